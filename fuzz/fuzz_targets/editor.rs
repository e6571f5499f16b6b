//! `netcat::editor::fuzz::editor`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| netcat::editor::fuzz::editor(data));
