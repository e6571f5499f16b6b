//! `netcat::proto::fuzz::starttls`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::starttls(data));
