//! Which version this is, which dialects it speaks and what it was built with.

use std::fmt::Write;

use super::Invocation;
use super::dialect::{DIALECTS, Dialect};
use super::option::Id;
use crate::event::VoiceName;
use crate::event::voice::NCAT_VERSION;

/// The package's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The version of Ncat that the dialect is, as Ncat writes it.
pub fn ncat() -> String {
    format!("{NCAT_VERSION} ( https://nmap.org/ncat )")
}

/// What a dialect with a version line of its own says, at once when it is asked.
pub fn as_told_by(dialect: &Dialect, asked: Id) -> Option<Invocation> {
    (asked == Id::Version && dialect.voice == VoiceName::Ncat)
        .then(|| Invocation::Help { text: format!("Ncat: Version {}\n", ncat()), on_stderr: true })
}

/// Optional abilities that this build has.
pub fn features() -> Vec<&'static str> {
    let built = [("json", cfg!(feature = "json")), ("lua", cfg!(feature = "lua"))];
    built.iter().filter(|(_, here)| *here).map(|(name, _)| *name).collect()
}

/// Some lines for people, or one JSON object.
pub fn text(json: bool) -> String {
    let dialects: Vec<&str> = DIALECTS.iter().map(|dialect| dialect.name).collect();
    if json {
        let list = |words: &[&str]| {
            let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            quoted.join(",")
        };
        // Names and versions hold nothing that JSON would want escaped.
        return format!(
            "{{\"name\":\"nc\",\"package\":\"{}\",\"version\":\"{VERSION}\",\"dialects\":[{}],\"features\":[{}]}}\n",
            env!("CARGO_PKG_NAME"),
            list(&dialects),
            list(&features()),
        );
    }
    let mut text = format!("nc ({}) {VERSION}\n", env!("CARGO_PKG_NAME"));
    for (name, words) in [("dialects", dialects), ("features", features())] {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{name}: {}", words.join(" "));
    }
    text
}
