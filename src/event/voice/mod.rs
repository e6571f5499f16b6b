//! The voices: what a user reads on standard error, and the status of the run.
//!
//! An event or an error in, whole lines out: a voice never looks anything up and never writes;
//! names of services come through a function given at the start. It may remember what it was told
//! ([`memory`]), for the originals say some things late. Every foreign byte in a line is escaped.

mod answer;
#[cfg(test)]
mod beside_openbsd;
mod busybox;
mod closing;
mod default;
mod failed_try;
mod gnu;
mod hint;
mod lines;
mod memory;
mod ncat;
pub mod note;
mod openbsd;
mod openbsd_upstream;
mod place;
pub(super) mod progress;
mod quantity;
#[cfg(test)]
mod snapshots;
mod sums;
mod system_error;
pub mod tls;
mod toybox;
mod traditional;

pub use busybox::{Build, BusyBoxVoice};
pub use default::DefaultVoice;
pub use gnu::GnuVoice;
pub use ncat::{NcatVoice, VERSION as NCAT_VERSION};
pub use openbsd::OpenBsdVoice;
pub use openbsd_upstream::OpenBsdUpstreamVoice;
pub use toybox::ToyboxVoice;
pub use traditional::TraditionalVoice;

use std::time::Duration;

use super::{Detail, Error, Event, Reporting, VoiceName};
use crate::plan::Transport;

/// The name of the service that has a port, if there is one.
pub type Services = Box<dyn Fn(u16, Transport) -> Option<String>>;

/// Words and statuses of one dialect.
pub trait Voice {
    /// Whole lines before anything else.
    fn opening(&self, _reporting: &Reporting) -> Option<Vec<u8>> {
        None
    }

    /// Whole lines about an event; `None` where this dialect says nothing.
    fn event(&self, event: &Event, reporting: &Reporting) -> Option<Vec<u8>>;

    /// Whole lines for standard output about what the run was for.
    fn result(&self, _event: &Event) -> Option<Vec<u8>> {
        None
    }

    /// Whole lines about the error that ended the run; `None` where this dialect says nothing, or
    /// said it as an event before.
    fn error(&self, error: &Error, reporting: &Reporting) -> Option<Vec<u8>>;

    /// Whole lines after everything else, errors too, when the run has taken so long.
    fn ending(
        &self,
        _result: &Result<(), Error>,
        _reporting: &Reporting,
        _took: Duration,
    ) -> Option<Vec<u8>> {
        None
    }

    /// Whole lines when a signal ends the run.
    fn interrupted(&self, _signal: i32, _reporting: &Reporting) -> Option<Vec<u8>> {
        None
    }

    /// The status of a run that this signal ends; `None` where the program dies of the signal.
    fn status_of_signal(&self, _signal: i32) -> Option<u8> {
        None
    }

    /// Whether it outlives the reader of its output and ends like any failure, as who ignores SIGPIPE
    /// does; others die of that signal, without a word.
    fn outlives_reader(&self) -> bool {
        false
    }

    /// Whether it is no original's. Then SIGUSR1 asks how it goes, of which the others die, and at a
    /// terminal `-v` says by itself what helps there.
    fn is_our_own(&self) -> bool {
        false
    }

    /// What it shows of all that has to be found out first, and from how many `-v` on.
    fn details(&self) -> &'static [(Detail, u8)] {
        &[]
    }

    /// The status of the run.
    fn status(&self, result: &Result<(), Error>, reporting: &Reporting) -> u8;
}

/// The voice of that name.
pub fn voice(name: VoiceName, services: Services) -> Box<dyn Voice> {
    match name {
        VoiceName::Default => Box::new(DefaultVoice::new(services)),
        VoiceName::OpenBsd => Box::new(OpenBsdVoice::new(services)),
        VoiceName::OpenBsdUpstream => Box::new(OpenBsdUpstreamVoice::new(services)),
        VoiceName::Traditional => Box::new(TraditionalVoice::new(services)),
        VoiceName::Ncat => Box::new(NcatVoice::default()),
        VoiceName::BusyBox => Box::new(BusyBoxVoice::new(Build::Compatible)),
        VoiceName::BusyBoxSmall => Box::new(BusyBoxVoice::new(Build::Small)),
        VoiceName::Gnu => Box::new(GnuVoice::new(services)),
        VoiceName::Toybox => Box::new(ToyboxVoice::default()),
    }
}

/// Whether a voice shows this. How a conversation ended is said in full by each that is asked why.
pub fn shows(voice: &dyn Voice, detail: Detail, reporting: &Reporting) -> bool {
    let shown = |(one, from): &(Detail, u8)| *one == detail && reporting.verbosity >= *from;
    voice.details().iter().any(shown) || (detail == Detail::TcpInfo && reporting.why)
}

#[cfg(feature = "json")]
pub(super) use {default::sentence, place::ip};
