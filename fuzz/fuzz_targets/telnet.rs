//! `netcat::proto::fuzz::telnet`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::telnet(data));
