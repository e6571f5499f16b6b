//! `netcat::proto::fuzz::target`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::target(data));
