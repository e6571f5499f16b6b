//! The kinds of failure that an exit status can tell apart.

/// Why a run failed, as coarse as an exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The command line was wrong, or something without a kind of its own.
    Other,
    /// The name was not found.
    NotFound,
    /// The peer refused.
    Refused,
    /// It took too long.
    TimedOut,
    /// There is no way to the peer.
    Unreachable,
    /// The connection was reset or cut short.
    CutShort,
    /// The peer's certificate is not believed, or it does not believe ours.
    Untrusted,
    /// A certificate expires sooner than was asked.
    ExpiresSoon,
    /// Our own input or output failed.
    LocalIo,
}

impl Failure {
    /// The default face's exit status; `docs/exit-status.md` lists them.
    pub fn status(self) -> u8 {
        match self {
            Self::Other => 1,
            Self::NotFound => 10,
            Self::Refused => 11,
            Self::TimedOut => 12,
            Self::Unreachable => 13,
            Self::CutShort => 14,
            Self::Untrusted => 15,
            Self::ExpiresSoon => 16,
            Self::LocalIo => 17,
        }
    }

    /// The kind of failure that a network operation's error is.
    pub fn of_network(error: &std::io::Error) -> Self {
        use std::io::ErrorKind as Kind;
        match error.kind() {
            Kind::ConnectionRefused => Self::Refused,
            Kind::TimedOut => Self::TimedOut,
            Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::NetworkDown => {
                Self::Unreachable
            }
            Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe => Self::CutShort,
            _ => Self::Other,
        }
    }
}
