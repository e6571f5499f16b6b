//! `netcat::proto::fuzz::digest`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::digest(data));
