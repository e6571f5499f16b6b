//! netcat-openbsd 1.219, to the letter.
//!
//! Where it keeps silent about a failure that lost bytes (a reset in mid-transfer, a full disk), a
//! line in its style says so, and the status is 1.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;

use super::lines::Lines;
use super::quantity::{bytes, duration};
use super::{Services, Voice, answer, closing, place, tls};
use crate::event::strerror::strerror;
use crate::event::{
    Detail, Error, Event, Peer, PortState, ProxyReason, RefusalReason, Reporting,
    RequestFileReason, Target,
};
use crate::plan::Transport;
use crate::proto::escape::escape;
use crate::proto::escape::escape_at_most;
use crate::proto::head::HeadError;
use crate::proto::socks4::Socks4Error;
use crate::proto::socks5::Socks5Error;
use crate::proto::target::NameError;

/// The words of netcat-openbsd.
pub struct OpenBsdVoice {
    services: Services,
}

impl OpenBsdVoice {
    /// A voice that names services by `services`.
    pub fn new(services: Services) -> Self {
        Self { services }
    }

    /// `Connection to localhost (127.0.0.1) 22 port [tcp/ssh] succeeded!`
    fn succeeded(&self, target: &Target, address: Option<&SocketAddr>) -> String {
        format!(
            "Connection to {} {} port [{}] succeeded!",
            place::host(&target.host, address),
            target.port,
            self.service(target)
        )
    }

    /// `tcp/ssh`; `tcp/*` with `-n` or where the port has no name.
    pub fn service(&self, target: &Target) -> String {
        let named =
            if target.numeric { None } else { (self.services)(target.port, target.transport) };
        let transport = target.transport.name();
        match named {
            Some(name) => format!("{transport}/{}", escape(name.as_bytes())),
            None => format!("{transport}/*"),
        }
    }

    fn verbose<'a>(&self, event: &Event, lines: Lines<'a>, reporting: &Reporting) -> Lines<'a> {
        match event {
            Event::Connected { target, peer: Peer::Inet { address, .. }, proxied, .. } => {
                // through a proxy it does not know the target's address
                lines.plain(&self.succeeded(target, (!proxied).then_some(address)))
            }
            // a scan tells of a port once, when it is done with it
            Event::AttemptFailed(attempt) if !reporting.scanning => {
                // of a proxy it does not know the address
                let address = (!attempt.to_proxy).then_some(&attempt.address);
                lines.prefixed(&failed(&attempt.target, address, &attempt.error))
            }
            Event::Bound(peer) => lines.plain(&format!("Bound on {}", place::spaced(peer))),
            Event::Listening(peer) => lines.plain(&format!("Listening on {}", place::spaced(peer))),
            Event::Accepted { peer, name, .. } => {
                let from = match (peer, name) {
                    (Peer::Inet { address, .. }, Some(name)) => {
                        format!("{} {}", escape(name), address.port())
                    }
                    _ => place::spaced(peer),
                };
                lines.plain(&format!("Connection received on {from}"))
            }
            Event::Scanned { target, address, state, .. } => {
                let address = address.as_ref();
                match state {
                    PortState::Open { .. } => lines.plain(&self.succeeded(target, address)),
                    // of datagrams that were refused or not answered it says nothing
                    PortState::Closed(_) | PortState::NoAnswer(_)
                        if target.transport == Transport::Udp =>
                    {
                        lines
                    }
                    PortState::Closed(error)
                    | PortState::Failed(error)
                    | PortState::NoAnswer(Some(error)) => {
                        lines.prefixed(&failed(target, address, error))
                    }
                    PortState::NoAnswer(None) => {
                        lines.prefixed(&failed(target, address, &ErrorKind::TimedOut.into()))
                    }
                    PortState::ProxyRefused(error) => {
                        lines.prefixed(&sentence(error).unwrap_or_default())
                    }
                }
            }
            _ => lines,
        }
    }
}

impl Voice for OpenBsdVoice {
    fn event(&self, event: &Event, reporting: &Reporting) -> Option<Vec<u8>> {
        let lines = Lines::new(reporting);
        let lines = match event {
            Event::ClientDropped { undelivered, .. } => {
                lines.prefixed(&lost("client does not read".to_owned(), *undelivered))
            }
            Event::ClientFailed { error, .. } => match sentence(error) {
                Some(words) => lines.prefixed(&words),
                None => lines,
            },
            Event::ClientRefused { peer, reason, .. } => lines.prefixed(&refused(peer, *reason)),
            Event::RefusalsLeftOut { count } => lines.prefixed(&refused_too(*count)),
            Event::AcceptPaused(error) => lines.prefixed(&format!("accept: {}", strerror(error))),
            Event::Closed(summary) if reporting.why => lines.prefixed(&closing::line(summary)),
            _ if reporting.verbosity > 0 => self.verbose(event, lines, reporting),
            _ => lines,
        };
        lines.finish()
    }

    fn error(&self, error: &Error, reporting: &Reporting) -> Option<Vec<u8>> {
        Lines::new(reporting).prefixed(&sentence(error)?).finish()
    }

    fn details(&self) -> &'static [(Detail, u8)] {
        &[(Detail::ClientNames, 1)]
    }

    fn status(&self, result: &Result<(), Error>, _reporting: &Reporting) -> u8 {
        match result {
            Err(Error::ProgramEnded(how)) => how.status(),
            other => u8::from(other.is_err()),
        }
    }
}

/// `connect to localhost (127.0.0.1) port 1 (tcp) failed: Connection refused`
pub fn failed(target: &Target, address: Option<&SocketAddr>, error: &io::Error) -> String {
    // our own deadline has no number; the kernel's has, and counts as any other failure
    let ours = error.kind() == ErrorKind::TimedOut && error.raw_os_error().is_none();
    let how = if ours {
        "timed out: Operation now in progress".to_owned()
    } else {
        format!("failed: {}", strerror(error))
    };
    connect(target, address, &how)
}

/// `connect to localhost (127.0.0.1) port 1 (tcp) ` and what came of it.
pub fn connect(target: &Target, address: Option<&SocketAddr>, how: &str) -> String {
    let host = place::host(&target.host, address);
    format!("connect to {host} port {} ({}) {how}", target.port, target.transport.name())
}

/// What it says of an error, without the program's name; `None` where it is silent because every
/// attempt was reported with `-v`.
pub fn sentence(error: &Error) -> Option<String> {
    let words = match error {
        Error::NotConnected { .. } | Error::NothingOpen(_) | Error::ProgramEnded(_) => {
            return None;
        }
        // the reader of our output went away: as quiet as SIGPIPE
        error if error.reader_is_gone() => {
            return None;
        }
        Error::Lint(error) => error.to_string(),
        Error::Lookup { host: Some(host), port, reason, .. } => format!(
            "getaddrinfo for host \"{}\" port {port}: {}",
            escape(host.as_bytes()),
            escape(reason.as_bytes())
        ),
        Error::Lookup { host: None, reason, .. } | Error::LocalLookup { reason, .. } => {
            format!("getaddrinfo: {}", escape(reason.as_bytes()))
        }
        Error::TimedOut { target, during } => {
            connect(target, None, &format!("timed out: {}", escape(during.as_bytes())))
        }
        Error::Source { error, .. } => format!("bind failed: {}", strerror(error)),
        Error::Bind { error, .. }
        | Error::Socket(error)
        | Error::Start(error)
        | Error::Unsupported { error, .. } => strerror(error),
        Error::Unix { name, error } => format!("{}: {}", escape(&name.display()), strerror(error)),
        Error::PathTaken { name, .. } => {
            format!("{}: Address already in use", escape(&name.display()))
        }
        Error::File { path, error } => {
            format!("{}: {}", escape(path.as_os_str().as_bytes()), strerror(error))
        }
        Error::Option { option, error } => {
            match OPTIONS.iter().find(|(known, _)| known == option) {
                Some((_, words)) => format!("{words}: {}", strerror(error)),
                None => strerror(error),
            }
        }
        Error::Password { purpose: "proxy", .. } => "Unable to read proxy passphrase".to_owned(),
        Error::Password { .. } => "Unable to read TCP MD5SIG password".to_owned(),
        Error::Proxy { reason, .. } => proxy(reason),
        Error::Accept(error) => format!("accept: {}", strerror(error)),
        Error::Connection { error, undelivered } => lost(strerror(error), *undelivered),
        Error::Unacknowledged { bytes } => lost("Connection timed out".to_owned(), *bytes),
        Error::Input(error) => format!("read: {}", strerror(error)),
        Error::Output { error, undelivered } => {
            lost(format!("write: {}", strerror(error)), *undelivered)
        }
        Error::Access { file: None, rule, reason } => {
            format!("rule \"{}\": {}", escape(rule), escape(reason.to_string().as_bytes()))
        }
        Error::Access { file: Some(file), rule, reason } => {
            let file = escape(file.as_os_str().as_bytes()).to_string();
            match rule.as_slice() {
                [] => format!("{file}: {}", escape(reason.to_string().as_bytes())),
                rule => {
                    format!(
                        "{file}: rule \"{}\": {}",
                        escape(rule),
                        escape(reason.to_string().as_bytes())
                    )
                }
            }
        }
        Error::Program { program, error } => format!("{}: {}", escape(program), strerror(error)),
        Error::Idle { after, .. } => format!("nothing moved for {}", duration(*after)),
        Error::Record { to, error, unwritten } => {
            let words = format!("{}: {}", escape(to.as_os_str().as_bytes()), strerror(error));
            match unwritten {
                0 => words,
                count => format!("{words} ({} of the record not written)", bytes(*count)),
            }
        }
        Error::RequestFile { path, reason } => {
            let path = escape(path.as_os_str().as_bytes());
            match reason {
                RequestFileReason::Read(error) => format!("{path}: {}", strerror(error)),
                RequestFileReason::TooLarge { most } => {
                    format!("{path}: the files of a request have {} at most", bytes(*most))
                }
            }
        }
        Error::InputText(error) => {
            format!("what is to be sent: {}", escape(error.to_string().as_bytes()))
        }
        Error::Answer(fault) => answer::fault(fault),
        Error::NobodyCame { after } => format!("nobody came within {}", duration(*after)),
        Error::WrongPeer { peer, .. } => {
            format!("connection from {}, who is not waited for", place::name(peer))
        }
        Error::Tls { error, undelivered, .. } => lost(error.to_string(), *undelivered),
        Error::HandshakeTimedOut { after } => {
            format!("no TLS handshake within {}", duration(*after))
        }
        Error::ExpiresSoon { index, until, now } => tls::expires_soon(*index, *until, *now),
        Error::TlsSetting(error) => error.to_string(),
        Error::NotBuilt { what } => format!("built without {what}"),
        Error::PassSocket(error) if error.raw_os_error() == Some(libc::ENOTTY) => {
            "Cannot pass file descriptor to tty".to_owned()
        }
        Error::PassSocket(error) => format!("sendmsg: {}", strerror(error)),
    };
    Some(words)
}

/// Why a proxy did not open the way.
fn proxy(reason: &ProxyReason) -> String {
    match reason {
        ProxyReason::Lookup { host, port, reason } => format!(
            "getaddrinfo(\"{}\", \"{port}\"): {}",
            escape(host.as_bytes()),
            escape(reason.as_bytes())
        ),
        ProxyReason::Name(NameError::TooLong(_)) => "hostname too long".to_owned(),
        ProxyReason::Name(_) => "Invalid hostname".to_owned(),
        ProxyReason::Socks4(Socks4Error::Refused(why)) => {
            format!("connection failed, SOCKSv4 error: {why}")
        }
        ProxyReason::Socks5(Socks5Error::Refused(why)) => {
            format!("connection failed, SOCKSv5 error: {why}")
        }
        ProxyReason::Socks5(Socks5Error::NoMethod) => {
            "authentication method negotiation failed".to_owned()
        }
        ProxyReason::Socks5(Socks5Error::AddressType(_)) => {
            "connection failed, unsupported address type".to_owned()
        }
        ProxyReason::Head(HeadError::TooManyHeaders) => {
            "Too many proxy headers received".to_owned()
        }
        ProxyReason::Head(HeadError::HeadTooLong | HeadError::LineTooLong) => {
            "proxy read too long".to_owned()
        }
        ProxyReason::Status { line, .. } | ProxyReason::Head(HeadError::Status(line)) => {
            format!("Proxy error: \"{}\"", escape_at_most(line, LINE))
        }
        // what it would take, or has no words for
        ProxyReason::Credentials(error) => error.to_string(),
        ProxyReason::Socks4(error) => format!("connection failed, {error}"),
        ProxyReason::Socks5(error) => format!("connection failed, {error}"),
        ProxyReason::Head(error) => format!("Proxy error: {error}"),
        ProxyReason::TooManyAuthenticationFailures => "Too many authentication failures".to_owned(),
        // it calls the proxy's end of file a broken pipe
        ProxyReason::Io(error) if error.kind() == ErrorKind::UnexpectedEof => {
            "proxy read: Broken pipe".to_owned()
        }
        ProxyReason::Io(error) => format!("proxy read: {}", strerror(error)),
    }
}

/// A client that was turned away.
pub fn refused(peer: &Peer, reason: RefusalReason) -> String {
    let who = place::name(peer);
    match reason {
        RefusalReason::NotAllowed => format!("{who} was refused: not allowed"),
        RefusalReason::TooMany(most) => format!("{who} was refused: there are {most} clients"),
        RefusalReason::NotThePeer => format!("{who} was refused: another peer is waited for"),
    }
}

/// How many datagrams more were turned away.
pub fn refused_too(count: u64) -> String {
    match count {
        1 => "1 datagram more was refused".to_owned(),
        count => format!("{count} datagrams more were refused"),
    }
}

/// A failure, and the bytes that it cost.
pub fn lost(words: String, undelivered: u64) -> String {
    match undelivered {
        0 => words,
        count => format!("{words} ({} not delivered)", bytes(count)),
    }
}

/// The most of a proxy's line that is shown: as much as the original reads of one.
const LINE: usize = 1024;

/// What it calls a socket option that the kernel refused; of the others it says the error alone.
const OPTIONS: &[(&str, &str)] = &[
    ("IP_TOS", "set IP ToS"),
    ("IPV6_TCLASS", "set IPv6 traffic class"),
    ("SO_RCVBUF", "set TCP receive buffer size"),
    ("SO_SNDBUF", "set TCP send buffer size"),
    ("IP_TTL", "set IP TTL"),
    ("IPV6_UNICAST_HOPS", "set IPv6 unicast hops"),
    ("IP_MINTTL", "set IP min TTL"),
    ("IPV6_MINHOPCOUNT", "set IPv6 min hop count"),
    ("SO_REUSEADDR", "Couldn't set SO_REUSEADDR"),
];
