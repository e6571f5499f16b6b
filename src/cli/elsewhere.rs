//! Options of other netcats that this version does not have: what they mean there, so that
//! asking for one gets an answer instead of a riddle. When an ability comes, its row goes.

/// An option of another netcat.
#[derive(Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Its letter.
    pub short: Option<char>,
    /// Its long names, without dashes.
    pub long: &'static [&'static str],
    /// What it does there: follows "elsewhere it …".
    pub meaning: &'static str,
    /// What to use here, if there is something.
    pub instead: Option<&'static str>,
}

const fn row(
    short: Option<char>,
    long: &'static [&'static str],
    meaning: &'static str,
    instead: Option<&'static str>,
) -> Elsewhere {
    Elsewhere { short, long, meaning, instead }
}

/// The rows.
pub const ELSEWHERE: &[Elsewhere] = &[
    row(Some('a'), &[], "would try all addresses of a name", Some("that is so anyway")),
    row(
        None,
        &["hexdump"],
        "writes what passes as a hex dump",
        Some("-o FILE, or --hex-dump FILE for Ncat's form; - is standard error"),
    ),
    row(None, &["nsock-engine", "test"], "is for Ncat's own developers", None),
    row(Some('H'), &[], "names the hash of the peer's certificate", Some("--pin PIN")),
    row(Some('K'), &[], "names the file of a TLS key", Some("--key FILE")),
    row(Some('R'), &[], "names the file of trusted certificates", Some("--cafile FILE")),
];

/// The row of a letter.
pub fn letter(letter: char) -> Option<&'static Elsewhere> {
    ELSEWHERE.iter().find(|row| row.short == Some(letter))
}

/// The row of a long name, without dashes.
pub fn name(name: &str) -> Option<&'static Elsewhere> {
    ELSEWHERE.iter().find(|row| row.long.contains(&name))
}
