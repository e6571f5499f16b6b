//! The body of what reads along in conversations by hand.

use std::time::Duration;

use super::super::direction::Direction;
use super::super::lint::{LONG_SILENCE, Lint, LintKind, NOTES_MAX, Note, SHOWN_MAX, SILENCE};

/// What moves a conversation on beside its bytes; none of these is in UTF-8.
const TURN: u8 = 0xf8;
const PAUSE: u8 = 0xf9;
const LONG_PAUSE: u8 = 0xfa;
const PASTE: u8 = 0xfb;

/// The first byte chooses the protocol, the second how bytes are cut; the turns follow, ours first.
/// What is noted depends on the turns alone, and has its limits.
pub fn lint(data: &[u8]) {
    let [choice, seed, talk @ ..] = data else {
        return;
    };
    let kind = match choice % 4 {
        0 => LintKind::Http,
        1 => LintKind::Smtp,
        2 => LintKind::Redis,
        _ => LintKind::Auto,
    };
    let whole = notes(kind, talk, usize::MAX);
    assert_eq!(notes(kind, talk, 1), whole);
    assert_eq!(notes(kind, talk, usize::from(*seed) + 2), whole);
    assert!(whole.len() <= NOTES_MAX + 1);
    for note in &whole {
        assert!(note.foreign().is_none_or(|bytes| bytes.len() <= SHOWN_MAX));
        assert!(note.line() != Some(0) && !note.name().is_empty());
    }
    let enough = whole.iter().position(|note| *note == Note::Enough);
    assert!(enough.is_none_or(|at| at == NOTES_MAX && at == whole.len() - 1));
}

/// What is noted where bytes come in reads of that length.
fn notes(kind: LintKind, talk: &[u8], length: usize) -> Vec<Note> {
    let (mut lint, mut notes) = (Lint::new(kind), Vec::new());
    let mut ours = true;
    for run in talk.chunk_by(|before, next| !is_mark(*before) && !is_mark(*next)) {
        match run {
            [TURN] => ours = !ours,
            [PAUSE] => lint.silent(SILENCE, &mut notes),
            [LONG_PAUSE] => lint.silent(LONG_SILENCE, &mut notes),
            [PASTE] => lint.pasted(2, &mut notes),
            bytes => {
                for read in bytes.chunks(length) {
                    if ours {
                        lint.sent(read, &mut notes);
                    } else {
                        lint.received(read, &mut notes);
                    }
                }
            }
        }
    }
    lint.silent(Duration::ZERO, &mut notes);
    lint.ended(Direction::Sent, &mut notes);
    lint.ended(Direction::Received, &mut notes);
    notes
}

fn is_mark(byte: u8) -> bool {
    matches!(byte, TURN | PAUSE | LONG_PAUSE | PASTE)
}
