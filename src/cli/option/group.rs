//! The headings that options stand under.

/// The heading under which help and manual show an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// What `nc` is to do.
    Mode,
    /// Which end, and how it is named.
    Ends,
    /// What happens with the data.
    Data,
    /// Programs that talk to the peer.
    Programs,
    /// Who is served, and how many.
    Clients,
    /// When to leave.
    Leaving,
    /// Proxies.
    Proxy,
    /// TLS.
    Tls,
    /// Socket options.
    Socket,
    /// What is said, and how.
    Report,
}

impl Group {
    /// All, in the order shown.
    pub const ALL: [Self; 10] = [
        Self::Mode,
        Self::Ends,
        Self::Data,
        Self::Programs,
        Self::Clients,
        Self::Leaving,
        Self::Proxy,
        Self::Tls,
        Self::Socket,
        Self::Report,
    ];

    /// The heading.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Mode => "What to do",
            Self::Ends => "Addresses",
            Self::Data => "Data",
            Self::Programs => "Programs",
            Self::Clients => "Clients",
            Self::Leaving => "When to leave",
            Self::Proxy => "Proxies",
            Self::Tls => "TLS",
            Self::Socket => "Socket options",
            Self::Report => "Messages",
        }
    }

    /// The heading in one short word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mode => "Do",
            Self::Ends => "Ends",
            Self::Data => "Data",
            Self::Programs => "Run",
            Self::Clients => "Clients",
            Self::Leaving => "Leave",
            Self::Proxy => "Proxy",
            Self::Tls => "TLS",
            Self::Socket => "Socket",
            Self::Report => "Say",
        }
    }
}
