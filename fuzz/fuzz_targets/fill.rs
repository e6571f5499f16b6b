//! `netcat::proto::fuzz::fill`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::fill(data));
