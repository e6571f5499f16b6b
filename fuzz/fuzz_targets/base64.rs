//! `netcat::proto::fuzz::base64`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::base64(data));
