//! Makes and checks what is derived from the option tables: manual and completions.

fn main() {}
