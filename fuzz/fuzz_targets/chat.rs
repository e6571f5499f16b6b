//! `netcat::proto::fuzz::chat`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::chat(data));
