//! One of every event and of every error, for the tests of the voices and of JSON.

use std::io;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use super::{
    AccessReason, Attempt, Distrust, DropReason, Error, Event, Expiry, Extent, Failure,
    InputTextError, NotEditing, Occasion, Peer, PortState, ProgramEnd, Progress, ProxyReason,
    ProxyStep, RefusalReason, Reporting, RequestFileReason, ScanProgress, Secured, Sha256Sum, Side,
    Sum, Summary, Target, TcpInfo, TlsError, TlsSettingError, Verdict, Verified, VoiceName,
};
use crate::plan::{Host, LintError, ProxyKind, Transport, UdpProbe, UnixKind, UnixName};
use crate::proto::certificate::{Certificate, CertificateError};
use crate::proto::direction::Direction;
use crate::proto::escape::escape;
use crate::proto::fill::FillError;
use crate::proto::lint::{AnswerFault, Note};
use crate::proto::starttls::Shown;

/// Everything that a terminal should never get from us, and text that is no UTF-8.
pub const HOSTILE: &[u8] =
    b"a\x1b]0;t\x07\r\nb\x00\x7f\xe2\x80\xae\xc2\x9b2J\xe2\x80\xa8\xff\xf0\x9f";

/// 84 µs, as on loopback.
pub const TOOK: Duration = Duration::from_micros(84);

/// How a program called `nc` reports with that many `-v`.
pub fn reporting(voice: VoiceName, verbosity: u8) -> Reporting {
    Reporting { voice, program: b"nc".to_vec(), verbosity, ..Reporting::default() }
}

/// The services that the tests know.
pub fn services() -> super::voice::Services {
    Box::new(|port, _| (port == 22).then(|| "ssh".to_owned()))
}

pub fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

pub fn os_error(number: i32) -> io::Error {
    io::Error::from_raw_os_error(number)
}

pub fn host(bytes: &[u8]) -> Host {
    Host(std::ffi::OsString::from_vec(bytes.to_vec()))
}

pub fn target(name: &str, port: u16, transport: Transport) -> Target {
    Target { host: name.into(), port, transport, numeric: false }
}

pub fn inet(transport: Transport, name: Option<&str>, at: &str) -> Peer {
    Peer::Inet { transport, host: name.map(Host::from), address: address(at) }
}

pub fn unix(kind: UnixKind, name: Option<&str>) -> Peer {
    Peer::Unix { kind, name: name.map(|name| UnixName::parse(name.as_ref())) }
}

/// A certificate whose subject would drive a terminal.
pub fn certificate() -> Certificate {
    Certificate::read(include_bytes!("sample.der")).unwrap()
}

/// One of every event; what is foreign in them is `foreign`.
pub fn events(foreign: &[u8]) -> Vec<Event> {
    let target =
        || Target { host: host(foreign), port: 8000, transport: Transport::Tcp, numeric: false };
    let peer = || Peer::Inet {
        transport: Transport::Tcp,
        host: Some(host(foreign)),
        address: address("127.0.0.1:8000"),
    };
    let path = || UnixName::Path(PathBuf::from(host(foreign).0));
    let client = || Peer::Unix { kind: UnixKind::Stream, name: Some(path()) };
    vec![
        Event::Resolved {
            host: host(foreign),
            addresses: vec![address("[::1]:8000"), address("127.0.0.1:8000")],
            names: vec![None, Some(foreign.to_vec())],
            took: TOOK,
        },
        Event::Attempting { target: target(), address: address("127.0.0.1:8000") },
        Event::AttemptFailed(Attempt {
            target: target(),
            address: address("[::1]:8000"),
            error: os_error(libc::ECONNREFUSED),
            took: TOOK,
            to_proxy: false,
        }),
        Event::ProxyOpened {
            proxy: host(foreign),
            port: 1080,
            kind: ProxyKind::Socks5,
            address: Some(address("192.0.2.7:1080")),
            target: target(),
            looked_up: None,
            authenticated: true,
            took: TOOK,
        },
        Event::Connected {
            target: target(),
            peer: peer(),
            local: Some(address("127.0.0.1:43210")),
            proxied: false,
            took: TOOK,
        },
        Event::Opened(unix(UnixKind::Stream, Some("/run/s"))),
        Event::Composed { bytes: foreign.to_vec(), size: 1 << 20 },
        Event::BeforeTls(Shown { direction: Direction::Received, text: foreign.to_vec() }),
        Event::Secured {
            peer: peer(),
            secured: Rc::new(Secured {
                version: "TLSv1.3",
                cipher: "TLS_AES_128_GCM_SHA256",
                exchange: Some("X25519"),
                alpn: Some(foreign.to_vec()),
                server_name: Some(foreign.to_vec()),
                chain: vec![Ok(certificate()), Err(CertificateError::Trailing(1))],
                verified: Verified::Nothing(Some(Distrust::WrongName {
                    has: vec![foreign.to_vec()],
                    only_common_name: false,
                })),
                now: certificate().not_before,
                took: TOOK,
            }),
        },
        Event::Distrusted {
            certificate: Box::new(certificate()),
            why: Distrust::KeyNotHeld,
            now: certificate().not_before,
        },
        Event::CertificateMade(Box::new(certificate())),
        Event::CertificateSeen {
            index: 0,
            certificate: Ok(Box::new(certificate())),
            now: certificate().not_before,
        },
        Event::Verdict(Box::new(Verdict {
            result: Err(TlsError::Untrusted {
                wanted: Some(host(foreign)),
                why: Distrust::UnknownIssuer { issuer: foreign.to_vec(), alone: false },
            }),
            expiry: Some(Expiry { index: 0, until: certificate().not_after, soon: None }),
            now: certificate().not_before,
        })),
        Event::Bound(Peer::Unix { kind: UnixKind::Datagram, name: Some(path()) }),
        Event::Listening(client()),
        Event::Accepted {
            peer: inet(Transport::Tcp, None, "127.0.0.1:43210"),
            name: Some(foreign.to_vec()),
            local: Some(address("127.0.0.1:8000")),
            user: Some(4),
        },
        Event::Heard(client()),
        Event::Moving { up: "sendfile", down: "splice" },
        Event::Note(Note::NoColon { line: 3, text: foreign.to_vec() }),
        Event::FirstByte { from: Side::Peer, took: TOOK },
        Event::HalfClosed { by: Side::Us, bytes: 61, typed: false },
        Event::Progress(Box::new(Progress {
            occasion: Occasion::Asked,
            peer: client(),
            sent: 61,
            received: 214,
            sent_rate: 1000,
            received_rate: 0,
            duration: Duration::from_millis(210),
            expected: Some(610),
            tcp: Some(TcpInfo { rtt: TOOK, peer_window: Some(65_536), ..TcpInfo::default() }),
            is_landmark: false,
            is_alone: true,
        })),
        Event::ScanProgress(ScanProgress { tried: 412, of: 1000 }),
        Event::NoConversation,
        Event::Sums {
            peer: client(),
            sent: Some(Sum { sha256: Sha256Sum([0xa5; 32]), bytes: 61, extent: Extent::Whole }),
            received: Sum { sha256: Sha256Sum([0x5a; 32]), bytes: 1, extent: Extent::Cut },
        },
        Event::Closed(Summary {
            first_to_finish: Some(Side::Peer),
            sent: 61,
            received: 214,
            duration: Duration::from_millis(210),
            tcp: Some(TcpInfo { rtt: TOOK, ..TcpInfo::default() }),
            ..Summary::default()
        }),
        Event::ClientLeft {
            peer: client(),
            summary: Summary { received: 7, by_timeout: true, ..Summary::default() },
        },
        Event::ClientDropped { peer: client(), undelivered: 9, reason: DropReason::DoesNotRead },
        Event::ClientFailed {
            peer: client(),
            error: Error::Connection { error: os_error(libc::ECONNRESET), undelivered: 9 },
        },
        Event::ClientRefused {
            peer: client(),
            name: Some(foreign.to_vec()),
            user: None,
            reason: RefusalReason::NotAllowed,
        },
        Event::ProgramStarted { program: foreign.to_vec(), pid: 4711 },
        Event::ProgramEnded { pid: 4711, how: ProgramEnd::Status(7) },
        Event::ProxyAnswered {
            peer: client(),
            request: foreign.to_vec(),
            answer: String::from_utf8_lossy(foreign).into_owned(),
        },
        Event::IpOptions { peer: client(), options: vec![0x83, 7, 4, 127, 0, 0, 1, 1] },
        Event::AcceptPaused(os_error(libc::EMFILE)),
        Event::Scanned {
            target: target(),
            address: Some(address("127.0.0.1:8000")),
            state: PortState::Closed(os_error(libc::ECONNREFUSED)),
            probe: None,
            took: TOOK,
        },
        Event::Probing { probe: UdpProbe::Service },
        Event::LabExplained {
            peer: address("127.0.0.1:43210"),
            sentences: vec![
                escape(foreign).to_string(),
                "line 3 has no colon: reading headers stopped here".into(),
            ],
        },
        Event::LabAnswered {
            peer: address("127.0.0.1:43210"),
            method: foreign.to_vec(),
            target: foreign.to_vec(),
            status: 405,
        },
        Event::LabRefused {
            peer: address("127.0.0.1:43210"),
            status: 400,
            reason: String::from_utf8_lossy(foreign).into_owned(),
        },
        Event::ProxyStep {
            proxy: host(foreign),
            port: 1080,
            kind: ProxyKind::Socks5,
            step: ProxyStep::Asking {
                target: target(),
                looked_up: Some(address("192.0.2.9:1").ip()),
            },
        },
        Event::RefusalsLeftOut { count: 9 },
        Event::NotEditing(NotEditing::Raw),
        Event::NotKept { path: PathBuf::from(host(foreign).0), error: os_error(libc::EACCES) },
        Event::NotRecorded(Error::Record {
            to: PathBuf::from(host(foreign).0),
            error: os_error(libc::EACCES),
            unwritten: 9,
        }),
    ]
}

/// One of every error; what is foreign in them is `foreign`.
pub fn errors(foreign: &[u8]) -> Vec<Error> {
    let target =
        || Target { host: host(foreign), port: 8000, transport: Transport::Tcp, numeric: false };
    let text = || String::from_utf8_lossy(foreign).into_owned();
    let path = || PathBuf::from(host(foreign).0);
    let name = || UnixName::Path(path());
    let client = || Peer::Unix { kind: UnixKind::Stream, name: Some(name()) };
    let failing = || os_error(libc::EIO);
    vec![
        Error::Lint(LintError { first: "a proxy", second: "datagrams" }),
        Error::Lookup {
            host: Some(host(foreign)),
            port: 80,
            to_proxy: false,
            numeric: false,
            reason: text(),
        },
        Error::LocalLookup { host: host(foreign), numeric: false, listening: true, reason: text() },
        Error::TimedOut { target: target(), during: "name lookup" },
        Error::NotConnected { target: target(), failure: Failure::Refused },
        Error::Source {
            address: Some(address("192.0.2.1:0")),
            error: os_error(libc::EADDRNOTAVAIL),
        },
        Error::Bind {
            local: inet(Transport::Tcp, None, "127.0.0.1:80"),
            error: os_error(libc::EACCES),
        },
        Error::Unix { name: name(), error: os_error(libc::ENOENT) },
        Error::PathTaken { name: name(), by: "a regular file" },
        Error::File { path: path(), error: os_error(libc::ENOENT) },
        Error::Option { option: "IP_TTL", error: os_error(libc::EINVAL) },
        Error::Unsupported { what: "DCCP", error: os_error(libc::ESOCKTNOSUPPORT) },
        Error::Password { purpose: "proxy", error: os_error(libc::ENXIO) },
        Error::Proxy {
            proxy: host(foreign),
            kind: ProxyKind::HttpConnect,
            reason: ProxyReason::Status { line: foreign.to_vec(), status: 407 },
        },
        Error::Accept(failing()),
        Error::Connection { error: os_error(libc::ECONNRESET), undelivered: 9 },
        Error::Unacknowledged { bytes: 9 },
        Error::Input(failing()),
        Error::Output { error: os_error(libc::ENOSPC), undelivered: 9 },
        Error::PassSocket(os_error(libc::ENOTSOCK)),
        Error::Access {
            file: Some(path()),
            rule: foreign.to_vec(),
            reason: AccessReason::Lookup(text()),
        },
        Error::Program { program: foreign.to_vec(), error: os_error(libc::ENOENT) },
        Error::ProgramEnded(ProgramEnd::Status(7)),
        Error::Idle { after: Duration::from_secs(1) },
        Error::Record { to: path(), error: os_error(libc::ENOSPC), unwritten: 9 },
        Error::RequestFile { path: path(), reason: RequestFileReason::Read(failing()) },
        Error::Answer(AnswerFault::NotHttp { text: foreign.to_vec() }),
        Error::InputText(InputTextError::Fill(FillError::NoVariable(text()))),
        Error::NobodyCame { after: Duration::from_secs(1) },
        Error::WrongPeer { peer: client(), name: Some(foreign.to_vec()), local: None },
        Error::NotBuilt { what: "Lua" },
        Error::Tls {
            error: TlsError::Untrusted {
                wanted: Some(host(foreign)),
                why: Distrust::UnknownIssuer { issuer: foreign.to_vec(), alone: true },
            },
            host: Some(host(foreign)),
            undelivered: 9,
        },
        Error::HandshakeTimedOut { after: Duration::from_secs(10) },
        Error::TlsSetting(TlsSettingError::Name(host(foreign))),
        Error::ExpiresSoon {
            index: 1,
            until: certificate().not_after,
            now: certificate().not_before,
        },
        Error::NothingOpen(Failure::TimedOut),
        Error::Start(io::Error::other(text())),
        Error::Socket(os_error(libc::EMFILE)),
    ]
}

/// A number for each kind of event: a new one does not compile before it has one here.
fn number_of_event(event: &Event) -> usize {
    match event {
        Event::Resolved { .. } => 0,
        Event::Attempting { .. } => 1,
        Event::AttemptFailed(_) => 2,
        Event::ProxyOpened { .. } => 3,
        Event::Connected { .. } => 4,
        Event::Bound(_) => 5,
        Event::Listening(_) => 6,
        Event::Accepted { .. } => 7,
        Event::Moving { .. } => 8,
        Event::FirstByte { .. } => 9,
        Event::HalfClosed { .. } => 10,
        Event::Closed(_) => 11,
        Event::ClientDropped { .. } => 12,
        Event::ClientFailed { .. } => 13,
        Event::AcceptPaused(_) => 14,
        Event::Scanned { .. } => 15,
        Event::Probing { .. } => 16,
        Event::LabAnswered { .. } => 17,
        Event::ClientLeft { .. } => 18,
        Event::LabRefused { .. } => 19,
        Event::Heard(_) => 20,
        Event::ClientRefused { .. } => 21,
        Event::ProgramStarted { .. } => 22,
        Event::ProgramEnded { .. } => 23,
        Event::ProxyAnswered { .. } => 24,
        Event::IpOptions { .. } => 25,
        Event::Opened(_) => 26,
        Event::ProxyStep { .. } => 27,
        Event::RefusalsLeftOut { .. } => 28,
        Event::BeforeTls(_) => 29,
        Event::Secured { .. } => 30,
        Event::CertificateMade(_) => 31,
        Event::CertificateSeen { .. } => 32,
        Event::Verdict(_) => 33,
        Event::Distrusted { .. } => 34,
        Event::LabExplained { .. } => 35,
        Event::Sums { .. } => 36,
        Event::Composed { .. } => 37,
        Event::NotEditing(_) => 38,
        Event::NotKept { .. } => 39,
        Event::Note(_) => 40,
        Event::Progress(_) => 41,
        Event::NotRecorded(_) => 42,
        Event::NoConversation => 43,
        Event::ScanProgress(_) => 44, // the highest, see EVENTS
    }
}

const EVENTS: usize = 45;

/// The same for errors.
fn number_of_error(error: &Error) -> usize {
    match error {
        Error::Lint(_) => 0,
        Error::Lookup { .. } => 1,
        Error::LocalLookup { .. } => 2,
        Error::TimedOut { .. } => 3,
        Error::NotConnected { .. } => 4,
        Error::Source { .. } => 5,
        Error::Bind { .. } => 6,
        Error::Unix { .. } => 7,
        Error::PathTaken { .. } => 8,
        Error::File { .. } => 9,
        Error::Option { .. } => 10,
        Error::Unsupported { .. } => 11,
        Error::Password { .. } => 12,
        Error::Proxy { .. } => 13,
        Error::Accept(_) => 14,
        Error::Connection { .. } => 15,
        Error::Unacknowledged { .. } => 16,
        Error::Input(_) => 17,
        Error::Output { .. } => 18,
        Error::PassSocket(_) => 19,
        Error::NothingOpen(_) => 20,
        Error::Start(_) => 21,
        Error::Access { .. } => 22,
        Error::Program { .. } => 23,
        Error::ProgramEnded(_) => 24,
        Error::Idle { .. } => 25,
        Error::Record { .. } => 26,
        Error::NobodyCame { .. } => 27,
        Error::WrongPeer { .. } => 28,
        Error::NotBuilt { .. } => 29,
        Error::Socket(_) => 30,
        Error::Tls { .. } => 31,
        Error::HandshakeTimedOut { .. } => 32,
        Error::TlsSetting(_) => 33,
        Error::ExpiresSoon { .. } => 34,
        Error::RequestFile { .. } => 35,
        Error::Answer(_) => 36,
        Error::InputText(_) => 37, // the highest, see ERRORS
    }
}

const ERRORS: usize = 38;

#[test]
fn there_is_one_of_everything() {
    let mut numbers: Vec<_> = events(b"").iter().map(number_of_event).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..EVENTS).collect::<Vec<_>>());
    let mut numbers: Vec<_> = errors(b"").iter().map(number_of_error).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..ERRORS).collect::<Vec<_>>());
}
