//! `netcat::proto::fuzz::lint`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::lint(data));
