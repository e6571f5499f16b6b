//! What the default face says of an error.

use crate::event::strerror::strerror;
use crate::event::voice::quantity::bytes;
use crate::event::voice::{hint, openbsd, place};
use crate::event::{Error, Failure, ProgramEnd, Target};
use crate::proto::escape::escape;

/// The whole of what is said of an error, without the program's name and without a line end:
/// openbsd's words, and what to do next.
pub fn sentence(error: &Error) -> String {
    let words = match error {
        Error::NotConnected { target, failure } => not_connected(target, *failure),
        Error::NothingOpen(_) => "no port was open".to_owned(),
        Error::TimedOut { target, during } => {
            let how = format!("timed out waiting for {}", escape(during.as_bytes()));
            openbsd::connect(target, None, &how)
        }
        Error::Bind { local, error } => {
            format!("bind to {}: {}", place::name(local), strerror(error))
        }
        Error::PathTaken { name, by } => {
            format!("{} is taken by {by}; nothing was removed", escape(&name.display()))
        }
        Error::Socket(error) => format!("no socket could be had: {}", strerror(error)),
        Error::Option { option, error } => format!("socket option {option}: {}", strerror(error)),
        Error::Unsupported { what, error } => {
            format!("{what} is not supported here: {}", strerror(error))
        }
        Error::Password { purpose, error } => {
            format!("no password for {purpose} could be read: {}", strerror(error))
        }
        Error::Proxy { proxy, .. } => {
            let said = openbsd::sentence(error).unwrap_or_default();
            format!("proxy {}: {said}", escape(proxy.as_bytes()))
        }
        Error::Connection { error, undelivered } => {
            openbsd::lost(format!("connection lost: {}", strerror(error)), *undelivered)
        }
        Error::Unacknowledged { bytes: count } => {
            format!("the peer did not acknowledge the last {} in time", bytes(*count))
        }
        Error::Input(error) => format!("reading our input failed: {}", strerror(error)),
        Error::Output { error, undelivered } => {
            openbsd::lost(format!("writing our output failed: {}", strerror(error)), *undelivered)
        }
        Error::PassSocket(error) => {
            format!("passing the socket over standard output failed: {}", strerror(error))
        }
        Error::Lint(_)
        | Error::Lookup { .. }
        | Error::LocalLookup { .. }
        | Error::Source { .. }
        | Error::Unix { .. }
        | Error::File { .. }
        | Error::Accept(_)
        | Error::Access { .. }
        | Error::Program { .. }
        | Error::Idle { .. }
        | Error::Record { .. }
        | Error::RequestFile { .. }
        | Error::Answer(_)
        | Error::InputText(_)
        | Error::NobodyCame { .. }
        | Error::WrongPeer { .. }
        | Error::NotBuilt { .. }
        | Error::Tls { .. }
        | Error::HandshakeTimedOut { .. }
        | Error::ExpiresSoon { .. }
        | Error::TlsSetting(_)
        | Error::Start(_) => openbsd::sentence(error).unwrap_or_default(),
        Error::ProgramEnded(ProgramEnd::Status(status)) => {
            format!("the program ended with status {status}")
        }
        Error::ProgramEnded(ProgramEnd::Signal(number)) => {
            format!("the program was ended by signal {number}")
        }
    };
    match hint::of(error) {
        Some(hint) => format!("{words} ({hint})"),
        None => words,
    }
}

/// One line for all the addresses that were tried.
fn not_connected(target: &Target, failure: Failure) -> String {
    let how = match failure {
        Failure::Refused => "failed: Connection refused",
        Failure::TimedOut => "timed out",
        Failure::Unreachable => "failed: Network is unreachable",
        Failure::CutShort => "failed: Connection reset by peer",
        Failure::Other
        | Failure::NotFound
        | Failure::LocalIo
        | Failure::Untrusted
        | Failure::ExpiresSoon => "failed (-v says why)",
    };
    openbsd::connect(target, None, how)
}
