//! `netcat::proto::fuzz::pin`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::pin(data));
