//! `netcat::proto::fuzz::challenge`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::challenge(data));
