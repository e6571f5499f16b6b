//! `netcat::serve::lab::fuzz::lab_request`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::serve::lab::fuzz::lab_request(data));
