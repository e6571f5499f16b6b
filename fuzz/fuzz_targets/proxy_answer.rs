//! `netcat::proto::fuzz::proxy_answer`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::proxy_answer(data));
