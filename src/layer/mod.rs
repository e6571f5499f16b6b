//! What wraps an end: proxy client, TLS and DTLS, telnet, CR LF, pace, records, packet captures, the
//! view at a terminal.
//!
//! [`Stages`] are the wrappers that look at the bytes of one direction; where there are none, the
//! kernel may move the bytes without showing them to us.

pub mod capture;
pub mod dial;
#[cfg(feature = "dtls")]
pub mod dtls;
mod limiter;
mod lint;
#[cfg(not(all(feature = "tls", feature = "dtls")))]
mod not_built;
pub mod proxy;
mod recorder;
mod screen;
pub mod security;
mod spool;
mod stages;
mod telnet;
mod text;
#[cfg(feature = "tls")]
pub mod tls;
mod track;
mod witnesses;

pub use lint::Lint;
pub use recorder::Recorder;
pub use screen::Screen;
pub use stages::Stages;
pub use telnet::Answers;
pub use witnesses::Witnesses;

#[cfg(not(feature = "tls"))]
pub mod tls {
    //! Not built.

    /// A client's side.
    pub type Client = super::not_built::Client<false>;
    /// A server's side.
    pub type Server = super::not_built::Server<false>;
}

#[cfg(not(feature = "dtls"))]
pub mod dtls {
    //! Not built.

    /// A client's side.
    pub type Client = super::not_built::Client<true>;
    /// A server's side.
    pub type Server = super::not_built::Server<true>;
}
