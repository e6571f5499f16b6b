//! What wraps an end: proxy client, TLS and DTLS, telnet, CR LF, pace, records, packet captures, the
//! view at a terminal.
//!
//! [`Stages`] are the wrappers that look at the bytes of one direction; where there are none, the
//! kernel may move the bytes without showing them to us.

pub mod capture;
pub mod dial;
#[cfg(feature = "dtls")]
pub mod dtls;
#[cfg(not(feature = "dtls"))]
#[path = "no_dtls.rs"]
pub mod dtls;
mod limiter;
mod lint;
pub mod proxy;
mod recorder;
mod screen;
pub mod security;
mod stages;
mod sums;
mod telnet;
#[cfg(feature = "tls")]
pub mod tls;
#[cfg(not(feature = "tls"))]
#[path = "no_tls.rs"]
pub mod tls;
mod witnesses;

pub use lint::Lint;
pub use recorder::Recorder;
pub use screen::Screen;
pub use stages::Stages;
pub use sums::Sums;
pub use telnet::Answers;
pub use witnesses::Witnesses;
