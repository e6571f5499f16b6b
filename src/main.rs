//! `nc`: argv to dialect to plan to run to exit status.

fn main() {}
