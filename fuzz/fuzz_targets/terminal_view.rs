//! `netcat::proto::fuzz::terminal_view`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::terminal_view(data));
