//! An error as JSON: its name, its kind, and what is known of it.

use std::io;

use serde::Serialize;

use super::value::{Reason, Target};
use crate::event::{Error, Failure, ProxyReason, RequestFileReason, voice};
use crate::proto::lint::AnswerFault;

/// What an error says of itself.
#[derive(Serialize)]
pub struct Failed {
    /// Which error.
    error: &'static str,
    /// As coarse as an exit status.
    failure: &'static str,
    /// The default face's words.
    message: String,
    target: Option<Target>,
    reason: Option<Reason>,
    undelivered: u64,
}

impl From<&Error> for Failed {
    fn from(error: &Error) -> Self {
        Self {
            error: name(error),
            failure: failure(error.failure()),
            message: voice::sentence(error),
            target: target(error),
            reason: reason(error).map(Reason::from),
            undelivered: error.undelivered(),
        }
    }
}

fn name(error: &Error) -> &'static str {
    match error {
        Error::Lint(_) => "lint",
        Error::Lookup { .. } => "lookup",
        Error::LocalLookup { .. } => "local_lookup",
        Error::TimedOut { .. } => "timed_out",
        Error::NotConnected { .. } => "not_connected",
        Error::Source { .. } => "source",
        Error::Bind { .. } => "bind",
        Error::Unix { .. } => "unix",
        Error::PathTaken { .. } => "path_taken",
        Error::File { .. } => "file",
        Error::Socket(_) => "socket",
        Error::Option { .. } => "option",
        Error::Unsupported { .. } => "unsupported",
        Error::Password { .. } => "password",
        Error::Proxy { .. } => "proxy",
        Error::Accept(_) => "accept",
        Error::Connection { .. } => "connection",
        Error::Unacknowledged { .. } => "unacknowledged",
        Error::Input(_) => "input",
        Error::Output { .. } => "output",
        Error::PassSocket(_) => "pass_socket",
        Error::NothingOpen(_) => "nothing_open",
        Error::Access { .. } => "access",
        Error::Program { .. } => "program",
        Error::ProgramEnded(_) => "program_ended",
        Error::Idle { .. } => "idle",
        Error::Record { .. } => "record",
        Error::RequestFile { .. } => "request_file",
        Error::Answer(AnswerFault::Nothing | AnswerFault::Interim(_)) => "no_answer",
        Error::Answer(AnswerFault::Cut(_)) => "answer_cut",
        Error::Answer(_) => "answer_unclear",
        Error::InputText(_) => "input_text",
        Error::NobodyCame { .. } => "nobody_came",
        Error::WrongPeer { .. } => "wrong_peer",
        Error::NotBuilt { .. } => "not_built",
        Error::Tls { .. } => "tls",
        Error::HandshakeTimedOut { .. } => "handshake_timed_out",
        Error::TlsSetting(_) => "tls_setting",
        Error::ExpiresSoon { .. } => "expires_soon",
        Error::Start(_) => "start",
    }
}

fn failure(failure: Failure) -> &'static str {
    match failure {
        Failure::Other => "other",
        Failure::NotFound => "not_found",
        Failure::Refused => "refused",
        Failure::TimedOut => "timed_out",
        Failure::Unreachable => "unreachable",
        Failure::CutShort => "cut_short",
        Failure::Untrusted => "untrusted",
        Failure::ExpiresSoon => "expires_soon",
        Failure::LocalIo => "local_io",
    }
}

fn target(error: &Error) -> Option<Target> {
    match error {
        Error::TimedOut { target, .. } | Error::NotConnected { target, .. } => Some(target.into()),
        _ => None,
    }
}

fn reason(error: &Error) -> Option<&io::Error> {
    match error {
        Error::Source { error, .. }
        | Error::Bind { error, .. }
        | Error::Unix { error, .. }
        | Error::File { error, .. }
        | Error::Option { error, .. }
        | Error::Unsupported { error, .. }
        | Error::Password { error, .. }
        | Error::Proxy { reason: ProxyReason::Io(error), .. }
        | Error::Socket(error)
        | Error::Accept(error)
        | Error::Connection { error, .. }
        | Error::Input(error)
        | Error::Output { error, .. }
        | Error::PassSocket(error)
        | Error::Program { error, .. }
        | Error::Record { error, .. }
        | Error::RequestFile { reason: RequestFileReason::Read(error), .. }
        | Error::Start(error) => Some(error),
        Error::Lint(_)
        | Error::Lookup { .. }
        | Error::LocalLookup { .. }
        | Error::TimedOut { .. }
        | Error::NotConnected { .. }
        | Error::PathTaken { .. }
        | Error::Proxy { .. }
        | Error::Unacknowledged { .. }
        | Error::Access { .. }
        | Error::ProgramEnded(_)
        | Error::Idle { .. }
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
        | Error::NothingOpen(_) => None,
    }
}
