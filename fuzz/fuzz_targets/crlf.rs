//! `netcat::proto::fuzz::crlf`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::crlf(data));
