//! Replays the fuzz corpus through the bodies of the fuzz targets, without a fuzzer.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use netcat::proto::fuzz::{BODIES, Body};

fn fuzz_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// What is in a directory, by name.
fn entries(directory: &Path) -> io::Result<BTreeSet<String>> {
    let name = |entry: io::Result<fs::DirEntry>| {
        entry.map(|entry| entry.file_name().to_string_lossy().into_owned())
    };
    fs::read_dir(directory)?.map(name).collect()
}

fn bodies() -> impl Iterator<Item = &'static Body> {
    let bodies = BODIES.iter().chain([&netcat::editor::fuzz::BODY]);
    #[cfg(feature = "json")]
    let bodies = bodies.chain([&netcat::serve::lab::fuzz::BODY]);
    bodies
}

#[test]
fn the_corpus_passes() -> io::Result<()> {
    for (name, body) in bodies() {
        let directory = fuzz_directory().join("corpus").join(name);
        let inputs = entries(&directory)?;
        assert!(!inputs.is_empty(), "{name} has no corpus");
        for input in inputs {
            println!("{name}/{input}"); // shown if the body panics
            body(&fs::read(directory.join(input))?);
        }
    }
    Ok(())
}

// a build without JSON has no practice server
#[cfg(feature = "json")]
#[test]
fn every_body_has_a_target_and_every_target_a_body() -> io::Result<()> {
    let bodies: BTreeSet<_> = bodies().map(|(name, _)| (*name).to_owned()).collect();
    let targets: BTreeSet<_> = entries(&fuzz_directory().join("fuzz_targets"))?
        .iter()
        .filter_map(|file| file.strip_suffix(".rs").map(str::to_owned))
        .collect();
    assert_eq!(targets, bodies);
    assert_eq!(entries(&fuzz_directory().join("corpus"))?, bodies);
    Ok(())
}
