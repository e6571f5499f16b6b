//! `netcat::proto::fuzz::session_log`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::session_log(data));
