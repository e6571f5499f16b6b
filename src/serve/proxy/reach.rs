//! From what a client asks for to a connection with it: lookup, rules, and the race of what is
//! left.

use std::cell::Cell;
use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStringExt;

use tokio::time::{Instant, timeout_at};

use super::Proxy;
use super::ourselves::destination;
use crate::endpoint::Link;
use crate::event::{Attempt, Error, Event, Failure, Observer, Target};
use crate::layer::dial::Way;
use crate::net::{lookup, race};
use crate::plan::{Host, Transport};
use crate::proto::proxy_server::Status;
use crate::proto::socks5::Refusal;
use crate::proto::target;

/// Why a target is not connected. Of several reasons, the first here says most about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unreached {
    /// Nobody listens there.
    Refused,
    /// It took too long.
    TimedOut,
    /// There is no way to the host.
    HostUnreachable,
    /// There is no way to its network.
    NetworkUnreachable,
    /// The name has no address.
    NotFound,
    /// The rules do not allow it, or it is ourselves.
    NotAllowed,
    /// Something else of the network, such as a proxy further on.
    Elsewhere,
    /// Something of ours: no descriptor left, a source address that cannot be taken.
    OurFault,
}

impl Unreached {
    /// In HTTP.
    pub fn status(self) -> Status {
        match self {
            Self::NotAllowed => Status::Forbidden,
            Self::OurFault => Status::InternalServerError,
            _ => Status::GatewayTimeout,
        }
    }

    /// In SOCKS, which has no code for a timeout: TTL expired is what comes nearest, and what Tor
    /// says.
    pub fn refusal(self) -> Refusal {
        match self {
            Self::Refused => Refusal::ConnectionRefused,
            Self::TimedOut => Refusal::TtlExpired,
            Self::HostUnreachable | Self::NotFound => Refusal::HostUnreachable,
            Self::NetworkUnreachable => Refusal::NetworkUnreachable,
            Self::NotAllowed => Refusal::NotAllowed,
            Self::Elsewhere | Self::OurFault => Refusal::General,
        }
    }

    /// Of an attempt's error.
    fn of(error: &io::Error) -> Self {
        use io::ErrorKind as Kind;
        match error.kind() {
            Kind::ConnectionRefused => Self::Refused,
            Kind::TimedOut => Self::TimedOut,
            Kind::HostUnreachable => Self::HostUnreachable,
            Kind::NetworkUnreachable | Kind::NetworkDown => Self::NetworkUnreachable,
            _ => Self::Elsewhere,
        }
    }

    fn of_dialling(error: &Error) -> Self {
        match error.failure() {
            Failure::Refused => Self::Refused,
            Failure::TimedOut => Self::TimedOut,
            Failure::Unreachable => Self::HostUnreachable,
            Failure::NotFound => Self::NotFound,
            Failure::CutShort | Failure::Untrusted => Self::Elsewhere,
            Failure::LocalIo | Failure::Other | Failure::ExpiresSoon => match error {
                Error::Proxy { .. } | Error::NotConnected { .. } => Self::Elsewhere,
                _ => Self::OurFault,
            },
        }
    }
}

/// Keeps why the last attempt failed, and tells nobody: a target's failure is no failure of the run.
#[derive(Default)]
struct Quiet(Cell<Option<Unreached>>);

impl Observer for Quiet {
    fn observe(&self, event: &Event) {
        if let Event::AttemptFailed(Attempt { error, to_proxy: false, .. }) = event {
            self.0.set(Some(Unreached::of(error)));
        }
    }
}

impl Proxy {
    /// Connects to a target, if it is allowed, within the deadline.
    pub(super) async fn reach(&self, target: &target::Target) -> Result<Link, Unreached> {
        let deadline = Instant::now() + self.dial.timeout.unwrap_or(self.patience.dial);
        let hosts =
            timeout_at(deadline, self.hosts(target)).await.unwrap_or(Err(Unreached::TimedOut))?;
        let mut reason = None;
        let attempt = |host: Host| async move {
            let transport = Transport::Tcp;
            let numeric = self.dial.numeric;
            let target = Target { host, port: target.port(), transport, numeric };
            let told = Quiet::default();
            let way = Way::plain(&self.dial, self.md5_key.as_deref());
            let way = way.recorded(self.recorder.clone());
            let dialled = way.dial(&target, &told).await;
            dialled.map_err(|error| told.0.take().unwrap_or(Unreached::of_dialling(&error)))
        };
        let failed = |_: &Host, error: Option<Unreached>, _| {
            let now = error.unwrap_or(Unreached::TimedOut);
            reason = Some(reason.map_or(now, |before: Unreached| before.min(now)));
        };
        match race::run(&hosts, Some(deadline), attempt, failed).await {
            Some((_, link)) => Ok(link),
            None => Err(reason.unwrap_or(Unreached::TimedOut)),
        }
    }

    /// What is to be dialled: the addresses that are allowed, so that nothing is looked up again
    /// once it was judged. Behind a proxy of our own, a name is looked up there, unless there are
    /// rules to be asked about its addresses.
    async fn hosts(&self, target: &target::Target) -> Result<Vec<Host>, Unreached> {
        let name = match target {
            target::Target::Ip(address, port) => {
                return self.allowed(&[SocketAddr::new(*address, *port)]);
            }
            target::Target::Name(name, _) => Host(OsString::from_vec(name.as_bytes().to_vec())),
        };
        if self.dial.proxy.is_some() && !self.has_rules() {
            return Ok(vec![name]);
        }
        // many clients at once wait for one another here rather than be refused
        let Ok(_place) = self.lookups.acquire().await else {
            return Err(Unreached::OurFault);
        };
        let asked = lookup::lookup(&name, target.port(), self.dial.family, self.dial.numeric);
        match asked.await {
            Ok(addresses) => self.allowed(&addresses),
            Err(error) => Err(Unreached::of_dialling(&error)),
        }
    }

    fn has_rules(&self) -> bool {
        self.rules.allow.is_some() || !self.rules.deny.is_empty()
    }

    fn allowed(&self, addresses: &[SocketAddr]) -> Result<Vec<Host>, Unreached> {
        let allowed: Vec<Host> = addresses
            .iter()
            .map(|address| destination(*address))
            .filter(|address| self.rules.admits(address.ip()) && !self.ourselves.are_at(*address))
            .map(|address| Host(numeric(address).into()))
            .collect();
        if allowed.is_empty() { Err(Unreached::NotAllowed) } else { Ok(allowed) }
    }
}

/// The host of an address with its zone, as it is read again.
fn numeric(address: SocketAddr) -> String {
    match address {
        SocketAddr::V6(v6) if v6.scope_id() != 0 => format!("{}%{}", v6.ip(), v6.scope_id()),
        _ => address.ip().to_string(),
    }
}
