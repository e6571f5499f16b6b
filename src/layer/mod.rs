//! What wraps an end: proxy client, telnet, CR LF, pace, records.
//!
//! [`Stages`] are the wrappers that look at the bytes of one direction; where there are none, the
//! kernel may move the bytes without showing them to us.

pub mod dial;
pub mod proxy;
mod recorder;
mod stages;
mod telnet;

pub use recorder::Recorder;
pub use stages::Stages;
pub use telnet::Answers;
