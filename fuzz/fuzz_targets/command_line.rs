//! `netcat::proto::fuzz::command_line`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::proto::fuzz::command_line(data));
