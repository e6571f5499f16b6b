//! What a shell can offer as an option's value.

use netcat::cli::dialect::{DEFAULT, DIALECTS};
use netcat::cli::option::{Id, Opt};
use netcat::proto::lint::LintKind;

/// What may stand as a value.
pub enum Choices {
    /// One of these words.
    Words(Vec<&'static str>),
    /// A file's name.
    Files,
    /// Something that no shell can know.
    Free,
}

/// What may stand as the value of an option.
pub fn of(opt: &Opt) -> Choices {
    match opt.id {
        Id::Dialect => Choices::Words(DIALECTS.iter().map(|dialect| dialect.name).collect()),
        Id::ProxyKind => Choices::Words(DEFAULT.proxies.iter().map(|(word, _)| *word).collect()),
        Id::Tos => {
            Choices::Words(DEFAULT.tos.iter().copied().flatten().map(|row| row.word).collect())
        }
        Id::ExitStatus => Choices::Words(vec!["classic", "detailed"]),
        Id::Colour => Choices::Words(vec!["auto", "always", "never"]),
        Id::Help => Choices::Words(vec!["all"]),
        Id::Lab => Choices::Words(vec!["http"]),
        Id::Lint => Choices::Words(LintKind::WORDS.iter().map(|(word, _)| *word).collect()),
        Id::ProxyDns => Choices::Words(vec!["remote", "local", "both", "none"]),
        Id::Pem
        | Id::File
        | Id::AllowFile
        | Id::DenyFile
        | Id::LuaExec
        | Id::HexLines
        | Id::HexDump
        | Id::Output
        | Id::Log => Choices::Files,
        _ => Choices::Free,
    }
}
