//! `netcat::proto::fuzz::escapes`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::escapes(data));
