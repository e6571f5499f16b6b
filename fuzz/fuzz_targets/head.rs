//! `netcat::proto::fuzz::head`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::head(data));
