//! Links the unwinder into the optimised program in place of loading it as a library of its own: a
//! twelfth of the time of a short run goes into loading `libgcc_s`, and nothing of it is called.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// Stands in for the shared library: the linker finds it first and takes these archives instead.
const STAND_IN: &str = "GROUP ( -l:libgcc_eh.a -l:libgcc.a -lc )\n";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    let gnu = is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu");
    let native = env::var("HOST") == env::var("TARGET");
    if !(gnu && native && is("PROFILE", "release") && has_archive()) {
        return;
    }
    let Ok(directory) = env::var("OUT_DIR") else { return };
    if fs::write(Path::new(&directory).join("libgcc_s.so"), STAND_IN).is_ok() {
        println!("cargo:rustc-link-search=native={directory}");
    }
}

/// Whether the compiler that links has the unwinder as an archive; without it, all stays as it is.
fn has_archive() -> bool {
    let asked = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output();
    asked.is_ok_and(|answer| {
        let path = String::from_utf8_lossy(&answer.stdout);
        // a compiler that has no such file gives the bare name back
        Path::new(path.trim()).is_absolute()
    })
}
