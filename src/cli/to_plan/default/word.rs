//! The words before the operands: `serve`, `cert` and `http`, as rows. When one is a word and no host,
//! and which options go with it.
//!
//! Not what is then done: each word has a file for that.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use super::{Operands, tls};
use crate::cli::option::Id;
use crate::cli::port::{Services, list};
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;
use crate::plan::Transport;

/// A word before the operands.
#[derive(Debug)]
pub struct Word {
    /// As it is written.
    name: &'static str,
    /// Options of this word alone, which mean nothing without it.
    own: &'static [Id],
    /// What else goes with it.
    with: &'static [&'static [Id]],
    /// The word and where it stands, for those who left it out.
    place: &'static str,
    /// What it is for.
    purpose: &'static str,
}

/// The practice server.
pub const SERVE: Word = Word {
    name: "serve",
    own: &[Id::Lab],
    with: &[REPORT, &[Id::LabExplain, Id::Colour, Id::Why]],
    place: "the word serve before it",
    purpose: "the practice server",
};

/// A look at certificates.
pub const CERT: Word = Word {
    name: "cert",
    own: &[Id::Warn, Id::Pem],
    with: &[REPORT, WAY, &[Id::Tls, Id::StartTls], tls::TERMS, &[Id::Colour]],
    place: "the word cert before the host",
    purpose: "looking at certificates (nc cert)",
};

/// A request that is composed.
pub const HTTP: Word = Word {
    name: "http",
    own: &[Id::Multipart, Id::DryRun],
    with: &[REPORT, WAY, &[Id::Tls], tls::TERMS, CONVERSATION, &[Id::Why]],
    place: "the word http before the address",
    purpose: "sending a request (nc http)",
};

/// What is said, and how.
const REPORT: &[Id] = &[Id::Verbose, Id::Json, Id::ExitStatus, Id::Dialect];

/// The way to the peer over a stream.
const WAY: &[Id] = &[
    Id::Ipv4,
    Id::Ipv6,
    Id::Unix,
    Id::Vsock,
    Id::Tcp,
    Id::Numeric,
    Id::SourcePort,
    Id::SourceAddress,
    Id::Wait,
    Id::Proxy,
    Id::ProxyKind,
    Id::ProxyUser,
    Id::ProxyAuth,
    Id::ProxyDns,
    Id::Tos,
    Id::Ttl,
    Id::MinTtl,
    Id::ReceiveBuffer,
    Id::SendBuffer,
    Id::Md5,
    Id::DebugSocket,
    Id::SourceRoute,
    Id::SourceRoutePointer,
    Id::Mptcp,
];

/// What happens to bytes that were there before the connection: paces, records, sums, notes.
const CONVERSATION: &[Id] = &[
    Id::Interval,
    Id::Delay,
    Id::Rate,
    Id::Sum,
    Id::Hex,
    Id::HexLines,
    Id::HexDump,
    Id::Output,
    Id::AppendOutput,
    Id::Log,
    Id::Pcap,
    Id::IdleTimeout,
    Id::Lint,
];

impl Word {
    /// The operands behind the word, where it is one: it is with an option of its own, and without
    /// one where `is_word` says so of what stands behind it. Behind `--` it is always a host.
    pub fn behind<'a>(
        &self,
        settings: &Settings,
        operands: &'a Operands,
        is_word: impl FnOnce(&[OsString]) -> bool,
    ) -> Result<Option<&'a [OsString]>, UsageError> {
        let behind = match operands.values.split_first() {
            Some((first, behind)) if first == self.name && !operands.first_after_dashes => {
                Some(behind)
            }
            _ => None,
        };
        match (behind, self.own.iter().find_map(|id| settings.spelling(*id))) {
            (Some(behind), Some(_)) => Ok(Some(behind)),
            (None, Some(option)) => Err(UsageError::Needs { option, needed: self.place }),
            (behind, None) => Ok(behind.filter(|behind| is_word(behind))),
        }
    }

    /// Refuses the first option of the command line that does not go with the word. What is a default
    /// of the environment was not said of it.
    pub fn refuse_others(&self, settings: &Settings) -> Result<(), UsageError> {
        match settings.said_here().find(|(id, _)| !self.fits(*id)) {
            Some((_, option)) => Err(UsageError::NotFor { option, purpose: self.purpose }),
            None => Ok(()),
        }
    }

    fn fits(&self, id: Id) -> bool {
        self.own.contains(&id) || self.with.iter().any(|ids| ids.contains(&id))
    }
}

/// Whether it could be meant as a port.
pub fn is_port(argument: &OsStr, services: Services<'_>) -> bool {
    let digit = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b',');
    argument.as_bytes().iter().all(digit) || list(argument, Transport::Tcp, services).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::dialect::DEFAULT;

    #[test]
    fn each_option_of_a_word_stands_once_in_its_row_and_is_one_of_the_default_face() {
        for word in [SERVE, CERT, HTTP] {
            let mut seen: Vec<Id> = Vec::new();
            for id in word.own.iter().chain(word.with.iter().copied().flatten()) {
                assert!(!seen.contains(id), "{}: {id:?} twice", word.name);
                assert!(DEFAULT.opts.iter().any(|opt| opt.id == *id), "{}: {id:?}", word.name);
                seen.push(*id);
            }
        }
    }
}
