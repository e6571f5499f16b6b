//! `netcat::proto::fuzz::pem`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::pem(data));
