//! `netcat::proto::fuzz::editor`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::editor(data));
