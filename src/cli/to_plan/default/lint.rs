//! Who reads along in a conversation by hand: `--lint`.

use crate::cli::option::{Id, Spelling};
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;
use crate::proto::lint::LintKind;

/// What leaves nothing to read along in.
const WITHOUT: &[(&[Id], &str)] = &[
    (&[Id::Listen, Id::Broker, Id::Chat], "it reads along as the client that connects"),
    (&[Id::Udp, Id::Dccp, Id::UdpLite], "it reads along in a stream"),
    (&[Id::File], "it reads along in a conversation"),
    (&[Id::Scan], "a scan sends no data"),
    (&[Id::PassSocket], "a socket that is passed on is no longer ours"),
];

/// What was asked for.
pub fn lint(settings: &Settings) -> Result<Option<LintKind>, UsageError> {
    let Some(word) = settings.word(Id::Lint) else { return Ok(None) };
    let option = settings.spelling(Id::Lint).unwrap_or(Spelling::Long("lint"));
    let Some((_, kind)) = LintKind::WORDS.iter().find(|(known, _)| word == known) else {
        return Err(UsageError::BadWord {
            option,
            value: word.clone(),
            words: LintKind::WORDS.iter().map(|(word, _)| *word).collect(),
        });
    };
    for (ids, why) in WITHOUT.iter().filter(|_| *kind != LintKind::Nothing) {
        if let Some(second) = ids.iter().find_map(|id| settings.spelling(*id)) {
            if settings.said(Id::Lint).is_none() {
                // who wants it always means wherever it can be
                return Ok(None);
            }
            return Err(UsageError::Exclusive { first: option, second, why });
        }
    }
    Ok(Some(*kind))
}
