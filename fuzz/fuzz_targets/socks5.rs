//! `netcat::proto::fuzz::socks5`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::socks5(data));
