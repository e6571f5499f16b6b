//! What an answer is to, where it ends (RFC 9112 section 6.3), how far it has come, and what becomes of the connection.

/// What a server answers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The request of that number, from 1.
    Request(u64),
    /// What was sent beyond a request, and may have been read as one.
    Beyond,
    /// Nothing that was sent.
    Nothing,
}

/// A head that is longer is refused by most clients, in bytes.
pub(super) const HEAD_MAX: u64 = 64 * 1024;

/// How far an answer has come that is not complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfinished {
    /// So many lines of its head, and no empty line.
    Head {
        /// Whole ones.
        lines: u64,
    },
    /// A part of the body.
    Length {
        /// Of the body, so far.
        bytes: u64,
        /// What it should have.
        length: u64,
    },
    /// Chunks, and not the last one.
    Chunks {
        /// Of the body, so far.
        bytes: u64,
    },
}

/// What says where an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Content-Length.
    Length,
    /// The last chunk.
    Chunked,
    /// It has no body: of HEAD, 204 or 304.
    NoBody,
    /// The end of the connection.
    Close,
}

/// What becomes of the connection behind an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It stays.
    Stays,
    /// The server ends it: it said `Connection: close`.
    ServerCloses,
    /// The server ends it: the request said `Connection: close`.
    WeAskedToClose,
    /// The server ends it: one of the two speaks HTTP/1.0.
    OldVersion,
    /// It is something else now: a tunnel, or another protocol.
    Changes,
}

#[cfg(test)]
mod tests {
    use super::super::{Lint, LintKind, Note};
    use super::HEAD_MAX;

    fn notes_of(answer: &[u8], read: usize) -> Vec<Note> {
        let (mut lint, mut notes) = (Lint::new(LintKind::Http), Vec::new());
        lint.sent(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", &mut notes);
        answer.chunks(read).for_each(|bytes| lint.received(bytes, &mut notes));
        notes
    }

    #[test]
    fn what_has_no_end_is_said_before_it_ends() {
        let endless_head = [&b"HTTP/1.1 200 OK\r\n"[..], &b"A: b\r\n".repeat(20_000)].concat();
        let endless_line = [&b"HTTP/1.1 200 OK\r\nA: "[..], &b"b".repeat(100_000)].concat();
        let nonsense = [b'x'; 10_000];
        for read in [1, 1000, 100_000] {
            let long = [Note::LongHead { bytes: HEAD_MAX }];
            assert_eq!(notes_of(&endless_head, read), long);
            assert_eq!(notes_of(&endless_line, read), long);
            let text = vec![b'x'; super::super::SHOWN_MAX];
            assert_eq!(
                notes_of(&nonsense, read),
                [Note::NotHttp { text, no_version_asked: false }]
            );
        }
    }
}
