//! `netcat::proto::fuzz::socks_server`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::socks_server(data));
