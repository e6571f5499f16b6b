//! `netcat::proto::fuzz::source_route`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::source_route(data));
