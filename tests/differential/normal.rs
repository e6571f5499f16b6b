//! What changes from run to run, ports, paths, numbers of versions and descriptors, is replaced by its
//! name, so that two runs compare.

use std::path::Path;

use crate::original::Original;
use crate::stage::Stage;

/// Longer data is made by a scenario and holds no names.
const TEXT: usize = 8192;

/// Values of HTTP authentication that are new each time.
const ONCE: [&str; 3] = ["cnonce=\"", "nonce=\"", "response=\""];

/// Numbers that a program counts in its own way.
const COUNTED: [&str; 2] = ["<user", "on file descriptor "];

/// A proxy server of ours puts its name into each request that it passes on, so that it knows one
/// that comes back; the manual says so.
fn via_aside(text: &str) -> String {
    text.split_inclusive('\n')
        .filter(|line| !line.contains("Via: 1.") || !line.contains(" nc-"))
        .collect()
}

impl Stage {
    /// What was said on stderr.
    pub fn normal(&self, original: &Original, link: &Path, peers: &[u16], stderr: &[u8]) -> String {
        let mut text = String::from_utf8_lossy(stderr).into_owned();
        text = text.replace(&link.display().to_string(), original.argv0);
        text = self.paths(text);
        let numbers = self.ports(peers);
        let mut normal = String::new();
        for words in text.split_inclusive('\n') {
            let mut words = words.to_owned();
            // The port that the listener itself was given, which may be the number of one of ours in
            // another family.
            if original.listening.iter().any(|start| words.starts_with(start)) {
                let own = words.split_whitespace().rev().find(|word| word.parse::<u16>().is_ok());
                let ours = numbers.iter().filter(|(_, name)| *name == "{peer}" || self.gave(name));
                let known = |own: &str| ours.clone().any(|(number, _)| number == own);
                if let Some(own) = own.filter(|own| !known(own)).map(str::to_owned) {
                    words = with_numbers(&words, &[(own, "{listening}")]);
                }
            }
            normal += &with_numbers(&words, &numbers);
        }
        usage_aside(original, &without_moment(&normal))
    }

    /// What came out of stdout, or to the other side, or into a file.
    pub fn normal_bytes(&self, original: &Original, peers: &[u16], bytes: Vec<u8>) -> Vec<u8> {
        if bytes.len() > TEXT || !bytes.is_ascii() {
            return bytes;
        }
        let text = String::from_utf8(bytes).expect("ASCII");
        // A port that a listener was given, on a line of its own, as toybox tells it.
        let told = text.strip_suffix('\n').and_then(|line| line.parse::<u16>().ok());
        if told.is_some_and(|port| port >= 1024) {
            return b"{listening}\n".to_vec();
        }
        let text = via_aside(&with_numbers(&self.paths(text), &self.ports(peers)));
        usage_aside(original, &without_moment(&text)).into_bytes()
    }

    fn paths(&self, mut text: String) -> String {
        for name in [
            "{path}",
            "{own}",
            "{file}",
            "{live}",
            "{stale}",
            "{long}",
            "{abstract}",
            "{given}",
            "{log}",
            "{dir}",
        ] {
            text = text.replace(&self.names[name], name);
        }
        text
    }

    fn ports(&self, peers: &[u16]) -> Vec<(String, &'static str)> {
        let mut numbers: Vec<(String, &str)> =
            peers.iter().filter(|p| **p > 0).map(|p| (p.to_string(), "{peer}")).collect();
        let ports = self.names.iter().filter(|(_, value)| value.parse::<u16>().is_ok());
        numbers.extend(ports.map(|(name, value)| (value.clone(), *name)));
        numbers
    }
}

/// Replaces numbers that stand by themselves.
fn with_numbers(text: &str, numbers: &[(String, &str)]) -> String {
    let mut normal = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(length);
        let name = numbers.iter().find(|(number, _)| number == word).map(|(_, name)| *name);
        normal += name.unwrap_or(word);
        let step = behind.chars().next().map_or(0, char::len_utf8);
        normal += &behind[..step];
        rest = &behind[step..];
    }
    normal
}

/// Replaces what depends on the moment: names that are made up, times, versions, descriptors.
fn without_moment(text: &str) -> String {
    let mut normal = String::new();
    for line in text.split_inclusive('\n') {
        let mut line = line.to_owned();
        // The names that mkdtemp and tempnam make up.
        line = replace_behind(&line, "/tmp/nc-", 6, "{made-up}");
        line = replace_behind(&line, "/tmp/ncat.", 6, "{made-up}");
        for start in ONCE {
            line = replace_up_to(&line, start, '"', "{once}");
        }
        for start in COUNTED {
            line = replace_digits(&line, start);
        }
        for start in ["Ncat: Version ", "Ncat "] {
            if line.starts_with(start) && line.contains(" ( ") {
                line = replace_up_to(&line, start, ' ', "{version}");
            }
        }
        if line.ends_with(" seconds.\n") {
            line = replace_up_to(&line, " received in ", ' ', "{time}");
        }
        normal += &line;
    }
    normal
}

fn replace_behind(line: &str, start: &str, length: usize, name: &str) -> String {
    match line.split_once(start) {
        Some((head, rest)) if rest.is_char_boundary(length.min(rest.len())) => {
            format!("{head}{start}{name}{}", &rest[length.min(rest.len())..])
        }
        _ => line.to_owned(),
    }
}

fn replace_up_to(line: &str, start: &str, end: char, name: &str) -> String {
    match line.split_once(start) {
        Some((head, rest)) => match rest.split_once(end) {
            Some((_, tail)) => format!("{head}{start}{name}{end}{tail}"),
            None => line.to_owned(),
        },
        None => line.to_owned(),
    }
}

/// A number behind `start`, wherever that stands; 0 keeps its meaning.
fn replace_digits(line: &str, start: &str) -> String {
    let mut pieces = line.split(start);
    let mut normal = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let rest = piece.trim_start_matches(|c: char| c.is_ascii_digit());
        let number = &piece[..piece.len() - rest.len()];
        normal += start;
        normal += if number.is_empty() || number == "0" { number } else { "{n}" };
        normal += rest;
    }
    normal
}

/// What options there are, each program says in its own words.
fn usage_aside(original: &Original, text: &str) -> String {
    let mut normal = String::new();
    for line in text.split_inclusive('\n') {
        if original.usage.iter().any(|start| line.starts_with(start)) {
            return normal + "{usage}";
        }
        normal += line;
    }
    normal
}
