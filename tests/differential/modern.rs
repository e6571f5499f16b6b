//! What Ncat 7.93 says, as Ncat 7.94 and later put it: one line for a connection instead of two, with
//! the client's port, and IPv6 addresses in brackets. Ours speaks as the newest.

use std::fmt::Write as _;

const ANNOUNCE: &str = "<announce> ";

const FROM: &str = "Ncat: Connection from ";

/// Brings text up to date in which ports have their names already; leaves the newer words alone.
pub fn ncat(said: &str) -> String {
    let mut today = String::new();
    let mut lines = said.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let at = ["Ncat: Listening on ", "Ncat: Connected to "]
            .iter()
            .find_map(|start| line.strip_prefix(start).map(|rest| (*start, rest)));
        match (line.strip_prefix(FROM), at) {
            (Some(from), _) if from.contains("Unix domain") => {
                let _ = lines.next_if(|next| **next == format!("{FROM}.\n"));
                let _ = writeln!(today, "{FROM}(unnamed socket).");
            }
            (Some(from), _) if !from.contains("{peer}") && !from.starts_with('(') => {
                let end = from.find(" on file").or_else(|| from.rfind('.')).unwrap_or(from.len());
                let (address, tail) = from.split_at(end);
                let again = format!("{FROM}{address}:{{peer}}.\n");
                let _ = lines.next_if(|next| **next == again);
                let _ = write!(today, "{FROM}{}:{{peer}}{tail}", in_brackets(address));
            }
            (_, Some((start, rest))) => match rest.rsplit_once(':') {
                Some((address, port)) => {
                    let _ = write!(today, "{start}{}:{port}", in_brackets(address));
                }
                None => today += line,
            },
            _ => today += &announced(line),
        }
    }
    today
}

/// A chat names its users by address and port.
fn announced(line: &str) -> String {
    let Some(told) = line.strip_prefix(ANNOUNCE) else {
        return line.to_owned();
    };
    let told = match told.strip_prefix("already connected: ") {
        Some(users) => format!("already connected: {}", users.replace(" as <", ":{peer} as <")),
        None => told.replacen(" is connected as", ":{peer} is connected as", 1),
    };
    format!("{ANNOUNCE}{}", told.replace(":{peer}:{peer}", ":{peer}"))
}

fn in_brackets(address: &str) -> String {
    if address.contains(':') && !address.starts_with('[') {
        format!("[{address}]")
    } else {
        address.to_owned()
    }
}

#[test]
fn the_older_words_are_brought_up_to_date() {
    let old = "Ncat: Listening on :::{free}\n\
               Ncat: Connection from ::1.\n\
               Ncat: Connection from ::1:{peer}.\n\
               Ncat: Connection from 127.0.0.1 on file descriptor {n}.\n\
               Ncat: Connection from 127.0.0.1:{peer}.\n\
               Ncat: Connection from a client on Unix domain socket.\n\
               Ncat: Connection from .\n\
               Ncat: Connected to 127.0.0.1:{port}.\n";
    let new = "Ncat: Listening on [::]:{free}\n\
               Ncat: Connection from [::1]:{peer}.\n\
               Ncat: Connection from 127.0.0.1:{peer} on file descriptor {n}.\n\
               Ncat: Connection from (unnamed socket).\n\
               Ncat: Connected to 127.0.0.1:{port}.\n";
    assert_eq!(ncat(old), new);
    assert_eq!(ncat(new), new);
}
