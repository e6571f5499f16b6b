//! The voices: what a user reads on standard error, and the status of the run.
//!
//! A voice is pure: an event or an error in, whole lines out. It never looks anything up and never
//! writes; names of services come through a function given at the start. Every foreign byte in a
//! line is escaped.

#[cfg(test)]
mod beside_openbsd;
mod closing;
mod default;
mod hint;
mod lines;
mod openbsd;
mod place;
mod quantity;
#[cfg(test)]
mod snapshots;

pub use default::DefaultVoice;
pub use openbsd::OpenBsdVoice;

use super::{Error, Event, Reporting, VoiceName};
use crate::plan::Transport;

/// The name of the service that has a port, if there is one.
pub type Services = Box<dyn Fn(u16, Transport) -> Option<String>>;

/// Words and statuses of one dialect.
pub trait Voice {
    /// Whole lines about an event; `None` where this dialect says nothing.
    fn event(&self, event: &Event, reporting: &Reporting) -> Option<Vec<u8>>;

    /// Whole lines about the error that ended the run; `None` where this dialect says nothing, or
    /// said it as an event before.
    fn error(&self, error: &Error, reporting: &Reporting) -> Option<Vec<u8>>;

    /// The status of the run.
    fn status(&self, result: &Result<(), Error>, reporting: &Reporting) -> u8;
}

/// The voice of that name.
pub fn voice(name: VoiceName, services: Services) -> Box<dyn Voice> {
    match name {
        VoiceName::Default
        | VoiceName::OpenBsdUpstream
        | VoiceName::Traditional
        | VoiceName::Ncat
        | VoiceName::BusyBox
        | VoiceName::BusyBoxSmall
        | VoiceName::Gnu
        | VoiceName::Toybox => Box::new(DefaultVoice::new(services)),
        VoiceName::OpenBsd => Box::new(OpenBsdVoice::new(services)),
    }
}

#[cfg(feature = "json")]
pub(super) use {default::sentence, place::ip};
