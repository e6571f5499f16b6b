//! `netcat::proto::fuzz::escape`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::escape(data));
