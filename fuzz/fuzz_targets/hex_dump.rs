//! `netcat::proto::fuzz::hex_dump`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::hex_dump(data));
