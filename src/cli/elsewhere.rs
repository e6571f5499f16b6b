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
    row(Some('c'), &["sh-exec"], "runs a shell command, or turns TLS on", None),
    row(Some('e'), &["exec", "lua-exec"], "runs a program", None),
    row(Some('E'), &[], "gives a program's errors to the peer", None),
    row(Some('g'), &["gateway"], "sets a source route", None),
    row(Some('G'), &["pointer"], "sets the pointer of a source route", None),
    row(Some('H'), &[], "names the hash of the peer's certificate", None),
    row(Some('K'), &[], "names the file of a TLS key", None),
    row(Some('L'), &["tunnel"], "forwards a port to another host", None),
    row(Some('o'), &["output"], "writes what passes to a file", None),
    row(Some('R'), &[], "names the file of trusted certificates", None),
    row(None, &["hex-dump", "hexdump"], "writes what passes as a hex dump", None),
    row(None, &["append-output"], "appends to the file of what passes", None),
    row(None, &["allow", "allowfile"], "lets only some clients in", None),
    row(None, &["deny", "denyfile"], "keeps some clients out", None),
    row(None, &["broker", "chat", "talk"], "passes on what clients say to each other", None),
    row(None, &["max-conns"], "limits the number of clients", None),
    row(None, &["delay"], "waits before each read and write", Some("--interval paces lines")),
    row(None, &["send-only"], "ignores what the peer sends", None),
    row(None, &["proxy-dns"], "says who looks names up", Some("-X 4 or -X 4a decides it")),
    row(None, &["sctp"], "uses SCTP", None),
    row(None, &["vsock"], "uses sockets of virtual machines", None),
    row(None, &["tcp"], "uses TCP", Some("that is so anyway")),
    row(None, &["close"], "leaves at the end of input", Some("-q 0")),
    row(None, &["debug"], "says more", Some("-vvv")),
    row(None, &["tunnel-port", "tunnel-source"], "names the near end of a tunnel", None),
    row(None, &["nsock-engine", "test"], "is for Ncat's own developers", None),
    row(
        None,
        &[
            "ssl",
            "ssl-alpn",
            "ssl-cert",
            "ssl-ciphers",
            "ssl-key",
            "ssl-servername",
            "ssl-trustfile",
            "ssl-verify",
            "tls",
        ],
        "is for TLS",
        None,
    ),
];

/// The row of a letter.
pub fn letter(letter: char) -> Option<&'static Elsewhere> {
    ELSEWHERE.iter().find(|row| row.short == Some(letter))
}

/// The row of a long name, without dashes.
pub fn name(name: &str) -> Option<&'static Elsewhere> {
    ELSEWHERE.iter().find(|row| row.long.contains(&name))
}
