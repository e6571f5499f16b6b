//! What Ncat 7.93 says, as Ncat 7.94 and later put it: one line for a connection instead of two, with
//! the client's port, and IPv6 addresses in brackets. Ours speaks as the newest.

use std::fmt::Write as _;

const FROM: &str = "Ncat: Connection from ";

/// Brings text up to date in which ports have their names already; leaves the newer words alone.
pub fn of_today(said: &str) -> String {
    let mut today = String::new();
    let mut lines = said.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let at = ["Ncat: Listening on ", "Ncat: Connected to "]
            .iter()
            .find_map(|start| line.strip_prefix(start).map(|rest| (*start, rest)));
        match (line.strip_prefix(FROM), at) {
            (Some(from), _) if !from.contains("Unix domain") && !from.contains("{peer}") => {
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
            _ => today += line,
        }
    }
    today
}

fn in_brackets(address: &str) -> String {
    if address.contains(':') && !address.starts_with('[') {
        format!("[{address}]")
    } else {
        address.to_owned()
    }
}
