//! `netcat::proto::fuzz::access`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::access(data));
