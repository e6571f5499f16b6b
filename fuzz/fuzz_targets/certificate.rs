//! `netcat::proto::fuzz::certificate`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::certificate(data));
