//! Where an answer ends (RFC 9112 section 6.3), how far it has come, and what becomes of the connection.

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
