//! How much of everything one client may use: bytes, headers, seconds, connections.

use std::time::Duration;

/// Bounds on what one request may weigh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sizes {
    /// Bytes of the request line, the headers and the empty lines around them.
    pub(super) head: usize,
    /// Number of header lines.
    pub(super) headers: usize,
    /// Bytes of the body, after decoding.
    pub(super) body: usize,
    /// Bytes of one line that gives the size of a chunk, extensions counted in.
    pub(super) chunk_line: usize,
}

/// Bounds on how long one connection may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Times {
    /// From one byte of a request to the next: somebody is typing by hand and reading along.
    pub(super) next_byte: Duration,
    /// From the first byte of a request to its last.
    pub(super) whole_request: Duration,
    /// For the peer to take one answer.
    pub(super) answer: Duration,
    /// After the last answer, from one byte that is thrown away to the next.
    pub(super) linger_next_byte: Duration,
    /// After the last answer, in all.
    pub(super) linger: Duration,
}

/// All bounds of one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    pub(super) sizes: Sizes,
    pub(super) times: Times,
    /// Bytes thrown away after the last answer before the connection is cut.
    pub(super) linger_bytes: usize,
}

/// The bounds that `serve` keeps.
pub(super) const LIMITS: Limits = Limits {
    sizes: Sizes { head: 16 * 1024, headers: 64, body: 1024 * 1024, chunk_line: 256 },
    times: Times {
        next_byte: Duration::from_secs(5 * 60),
        whole_request: Duration::from_secs(10 * 60),
        answer: Duration::from_secs(5 * 60),
        linger_next_byte: Duration::from_secs(5),
        linger: Duration::from_secs(30),
    },
    linger_bytes: 16 * 1024 * 1024,
};

/// Of a connection that comes when many are open: whoever says nothing makes room soon.
pub(super) const CROWDED: Limits =
    Limits { times: Times { next_byte: Duration::from_secs(10), ..LIMITS.times }, ..LIMITS };

/// Connections from which on it is crowded.
pub(super) const CROWD: usize = CONNECTIONS / 2;

/// Connections served at once; at this number accepting pauses until one ends.
pub(super) const CONNECTIONS: usize = 256;

/// How long accepting pauses after it failed, unless a connection ends before that.
pub(super) const ACCEPT_PAUSE: Duration = Duration::from_millis(250);
