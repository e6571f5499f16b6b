//! What wraps an end: proxy client, TLS and DTLS, telnet, CR LF, pace, records.
//!
//! [`Stages`] are the wrappers that look at the bytes of one direction; where there are none, the
//! kernel may move the bytes without showing them to us.

pub mod dial;
#[cfg(feature = "dtls")]
pub mod dtls;
#[cfg(not(feature = "dtls"))]
#[path = "no_dtls.rs"]
pub mod dtls;
mod lint;
pub mod proxy;
mod recorder;
pub mod security;
mod stages;
mod telnet;
#[cfg(feature = "tls")]
pub mod tls;
#[cfg(not(feature = "tls"))]
#[path = "no_tls.rs"]
pub mod tls;
mod witnesses;

pub use lint::Lint;
pub use recorder::Recorder;
pub use stages::Stages;
pub use telnet::Answers;
pub use witnesses::Witnesses;
