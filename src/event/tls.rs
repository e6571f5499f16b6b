//! What is told of TLS: how a connection is secured, and why one is not.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::Failure;
use crate::plan::Host;
use crate::proto::certificate::pem::PemError;
use crate::proto::certificate::{Certificate, CertificateError, Timestamp};
use crate::proto::starttls::StartTlsError;

/// How a connection is secured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secured {
    /// `TLSv1.3`.
    pub version: &'static str,
    /// The suite, by its name of RFC 8446 or of the IANA: `TLS_AES_128_GCM_SHA256`.
    pub cipher: &'static str,
    /// The key exchange: `X25519`.
    pub exchange: Option<&'static str>,
    /// What is spoken inside, in the bytes that were agreed on.
    pub alpn: Option<Vec<u8>>,
    /// The name that was asked for (SNI): by us, or by the client. An address is not.
    pub server_name: Option<Vec<u8>>,
    /// The peer's certificate first; nothing where it shows none. One that cannot be read is its
    /// error.
    pub chain: Vec<Result<Certificate, CertificateError>>,
    /// What is known of who the peer is.
    pub verified: Verified,
    /// When.
    pub now: Timestamp,
    /// How long the handshake took.
    pub took: Duration,
}

/// What is known of who the peer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// Its certificate was checked: chain, dates, purpose and, if given, name.
    Chain {
        /// The name that it has.
        name: Option<Host>,
    },
    /// It has a certificate or key that was known beforehand, and nothing else was checked.
    Pin,
    /// Nothing was checked; why not to believe it, if there is a reason.
    Nothing(Option<Distrust>),
    /// It shows no certificate, and need not.
    Nobody,
}

/// What came of looking at a server's certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How the connection was secured, or why not.
    pub result: Result<Secured, TlsError>,
    /// What expires first of the chain, as far as that can be read.
    pub expiry: Option<Expiry>,
    /// When.
    pub now: Timestamp,
}

/// What expires first of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiry {
    /// Which certificate; 0 is the peer's own.
    pub index: usize,
    /// The last second in which it is valid.
    pub until: Timestamp,
    /// Whether that is sooner than was asked; `None` where nothing was.
    pub soon: Option<bool>,
}

/// Why a connection is not secured, or not any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsError {
    /// The stream was cut: its end came without the word that it is one (`close_notify`).
    Truncated,
    /// The peer's certificate is not believed.
    Untrusted {
        /// Who was asked for; `None` for a client.
        wanted: Option<Host>,
        /// Why.
        why: Distrust,
    },
    /// The peer says that something is wrong.
    Alert {
        /// The alert's number in the registry of the IANA.
        code: u8,
        /// Its name there.
        name: String,
    },
    /// What came is no TLS.
    Foreign {
        /// A client of ours sent it, not a server.
        from_client: bool,
        /// What it is, as far as that can be told.
        speech: Option<Speech>,
        /// Its first bytes.
        beginning: Vec<u8>,
    },
    /// Both sides have nothing of something in common: `version`, `cipher suite`, ….
    NothingInCommon(&'static str),
    /// The peer wants something that we do not have: `a certificate`.
    Refused(&'static str),
    /// The connection ended in the middle of the handshake.
    EndedInHandshake,
    /// The peer does not keep to the protocol.
    Broken(Breach),
    /// It failed here, through no fault of the peer's; what is missing.
    Ours(&'static str),
    /// It did not come to TLS.
    StartTls(StartTlsError),
    /// The connection failed in the middle of the handshake.
    Io(io::ErrorKind, Option<i32>),
}

/// How a peer does not keep to the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breach {
    /// A record or message that cannot be read.
    Malformed,
    /// One that is larger than any may be.
    TooLarge,
    /// A record that the keys do not open: it was changed on the way, or is not in its place.
    Undecryptable,
    /// A message where another one belongs.
    OutOfTurn,
    /// An answer or choice that was not offered.
    NotOffered,
    /// Its hello lacks something that must be there, in words: `key share`.
    Lacks(&'static str),
    /// Too many messages that bring nothing.
    Flood,
    /// Another rule of the protocol.
    Rule,
}

/// What somebody who speaks no TLS seems to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speech {
    /// HTTP in plain text.
    Http,
    /// SSH.
    Ssh,
    /// A mail or file server's greeting (`220 …`).
    Greeting220,
    /// IMAP's greeting (`* OK …`).
    Imap,
    /// POP3's greeting (`+OK …`).
    Pop3,
    /// MySQL's greeting.
    Mysql,
    /// SSL 2, or a version before TLS.
    OldSsl,
    /// Other text.
    Text,
}

/// Why a certificate is not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distrust {
    /// It has other names.
    WrongName {
        /// Those it has, in words; none where it has none.
        has: Vec<Vec<u8>>,
        /// The wanted name stands where names were written before 2000: in the subject alone.
        only_common_name: bool,
    },
    /// It was valid until then.
    Expired {
        /// The last second in which it was.
        since: Timestamp,
        /// The clock here.
        now: Timestamp,
    },
    /// It will be valid from then.
    NotYetValid {
        /// The first second in which it will be.
        from: Timestamp,
        /// The clock here.
        now: Timestamp,
    },
    /// It signed itself, and nobody here knows it.
    SelfSigned,
    /// Who signed it is not known here.
    UnknownIssuer {
        /// Who that is, as RFC 4514 writes it; foreign.
        issuer: Vec<u8>,
        /// The server sends this certificate alone, so one in between may be missing.
        alone: bool,
    },
    /// It is an authority's own, and was shown as somebody's.
    AuthorityAsPeer,
    /// It was signed by one that may not sign.
    PeerAsAuthority,
    /// It is for something else: what it is for, in words.
    WrongPurpose(Vec<String>),
    /// It was taken back.
    Revoked,
    /// A signature in the chain is wrong.
    BadSignature,
    /// It is somebody else's: what the peer signed in the handshake, it signed with another key.
    KeyNotHeld,
    /// It is none of those that are pinned; the pin that it has.
    NotPinned(String),
    /// The word that it is not revoked is missing.
    NoStaple,
    /// The word that it is not revoked is worth nothing.
    BadStaple(StapleFault),
    /// It cannot be read.
    Unreadable(CertificateError),
    /// It, or another one of the chain, is not as it should be.
    Faulty(Fault),
}

/// Why the word that a certificate is not revoked is worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StapleFault {
    /// It cannot be read, or says that there is no answer.
    Malformed,
    /// It is not signed by the issuer, nor by somebody whom that has put in charge.
    Unsigned,
    /// It is about another certificate.
    OfAnother,
    /// It is of the future, or holds no more.
    OutOfTime,
    /// It says that the certificate is not known.
    Undecided,
}

/// What is wrong with a certificate, whoever shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is not written as RFC 5280 has it.
    Malformed,
    /// It is of version 1 or 2, which have no names.
    OldVersion,
    /// It must not be used by who does not understand a part of it, and that is so here.
    NotUnderstood,
    /// It is signed in a way that is not accepted (any more).
    Algorithm,
    /// Its key, or one above it, is too short to be of worth.
    ShortKey,
    /// It ends before it begins.
    Dates,
    /// One above it does not vouch for such names.
    OutsideNames,
    /// There are more authorities above it than they let be.
    PathTooLong,
    /// There are too many ways up to be tried.
    TooManyPaths,
    /// Something else.
    Other,
}

/// Why a file of certificates or a key is of no use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// A certificate in it cannot be read.
    Unreadable(CertificateError),
    /// Its certificate is not as it should be.
    Certificate(Fault),
    /// Its key cannot be read, or is of no kind that is known here.
    Key,
    /// Nobody in it can vouch for others.
    NoAuthority,
    /// DTLS does not take it; its library's words.
    Dtls(String),
}

/// A setting of TLS that cannot be used.
#[derive(Debug)]
pub enum TlsSettingError {
    /// A file cannot be read.
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file does not hold what it should.
    Pem {
        /// Which.
        path: PathBuf,
        /// Why.
        error: PemError,
    },
    /// A certificate or key in a file cannot be used.
    Material {
        /// Which.
        path: PathBuf,
        /// What about it.
        why: Unusable,
    },
    /// The key is not that of the certificate.
    KeyMismatch {
        /// The certificate's file.
        certificate: PathBuf,
    },
    /// No such cipher suite; the names that there are.
    Cipher {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<&'static str>,
    },
    /// None of the suites asked for is of a version that is spoken.
    NothingLeft,
    /// No roots of the system are found; where was looked, and why it failed.
    NoRoots(String),
    /// The host is no name that a certificate could have.
    Name(Host),
    /// A file of ours cannot be written.
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file that was to be made is there already.
    Taken {
        /// Which.
        path: PathBuf,
    },
    /// A certificate could not be made; the library's words.
    NotMade(String),
}

impl TlsError {
    /// Of an error that came through the stream: what it was, or the connection's own.
    pub fn of(error: &io::Error) -> Self {
        match Self::in_stream(error) {
            Some(inner) => inner.clone(),
            None => Self::Io(error.kind(), error.raw_os_error()),
        }
    }

    /// The error of TLS that came through a stream as one of its own.
    pub fn in_stream(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }

    /// The kind of failure.
    pub fn failure(&self) -> Failure {
        match self {
            Self::Io(kind, code) => Failure::of_network(&io_error(*kind, *code)),
            // certificate_revoked, …_expired, …_unknown, unknown_ca, access_denied, and those of a
            // staple and of none
            Self::Ours(_) => Failure::Other,
            Self::Untrusted { .. }
            | Self::Refused(_)
            | Self::Alert { code: 42..=46 | 48 | 49 | 113 | 116, .. } => Failure::Untrusted,
            _ => Failure::CutShort,
        }
    }
}

fn io_error(kind: io::ErrorKind, code: Option<i32>) -> io::Error {
    code.map_or_else(|| kind.into(), io::Error::from_raw_os_error)
}

impl From<TlsError> for io::Error {
    fn from(error: TlsError) -> Self {
        Self::other(error)
    }
}

impl From<StartTlsError> for TlsError {
    fn from(error: StartTlsError) -> Self {
        Self::StartTls(error)
    }
}

impl std::error::Error for TlsError {}
