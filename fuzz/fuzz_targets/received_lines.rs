//! `netcat::proto::fuzz::received_lines`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::received_lines(data));
