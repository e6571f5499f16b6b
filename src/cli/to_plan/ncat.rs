//! Ncat: which options and operands go together, in the original's order of refusals, and what it
//! does at the end of input.
//!
//! Numbers are strict where the original takes what a C function makes of them; what it ignores
//! in silence though it was asked for is refused.

mod ends;
mod proxy;
mod refusals;
mod tls;
mod values;

use std::num::NonZeroUsize;
use std::time::Duration;

use super::Operands;
use crate::cli::option::Id;
use crate::cli::port::Services;
use crate::cli::settings::{Quit, Settings};
use crate::cli::usage_error::UsageError;
use crate::plan::{
    AfterInput, AfterPeer, Clients, Connect, Dial, Family, Host, Inet, Listen, Local, Pace,
    PaceUnit, Plan, PortList, PortRange, ProxyServer, ProxySpeech, RecordFormat, RecordTo,
    Recording, Remote, Scan, Service, Session, SocketOptions, SourceRoute, SourceRouteLayout,
    Telnet, Transport, UdpProbe, UnixKind, View,
};
use ends::Ends;
use refusals::Asked;
use values::Values;

/// How long a connection may take unless `-w` says otherwise.
const CONNECT: Duration = Duration::from_secs(10);

/// How long `-zu` listens for a refusal unless `-i` says otherwise.
const SILENCE: Duration = Duration::from_secs(2);

/// How many clients at once unless `-m` says otherwise.
const MOST_CLIENTS: usize = 100;

/// The size of the original's buffer, and so of its datagrams, in bytes.
const DATAGRAM: usize = 8192;

/// The original leaves when the peer has closed, whatever its input still holds. Ours sends what
/// comes: an input that pauses for so long has nothing to say.
const PRODUCER: Duration = Duration::from_millis(500);

/// Makes the plan.
pub fn ncat(
    settings: &Settings,
    operands: &Operands,
    _services: Services<'_>,
) -> Result<Plan, UsageError> {
    let values = values::read(settings)?;
    plan(settings, operands, &values).map_err(|error| match settings.verbosity {
        0 => error,
        _ => UsageError::AfterVersion(Box::new(error)),
    })
}

fn plan(settings: &Settings, operands: &Operands, values: &Values) -> Result<Plan, UsageError> {
    let asked = Asked::of(settings);
    refusals::by_domain(asked)?;
    let proxy = proxy::client(settings, asked, values.proxy_dns)?;
    refusals::before_operands(asked)?;
    let ends = ends::read(settings, asked, values, &operands.values)?;
    refusals::after_operands(asked)?;
    let wanted = Wanted { settings, asked, values };
    Ok(match ends {
        Ends::Local(local) => {
            Plan::Listen(Listen { tls: tls::server(settings)?, ..wanted.listen(local)? })
        }
        Ends::Remote(remote) => {
            if let (Some(_), Remote::Inet(inet)) = (&proxy, &remote) {
                proxy::check_target(inet, values.proxy_dns)?;
            }
            let tls = tls::client(settings)?;
            wanted.client(remote, Dial { proxy, tls, ..wanted.dial() })
        }
    })
}

/// All that was asked for.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    settings: &'a Settings,
    asked: Asked,
    values: &'a Values,
}

impl Wanted<'_> {
    fn client(self, remote: Remote, dial: Dial) -> Plan {
        match remote {
            // with TLS, the peer has to shake hands before it counts
            Remote::Inet(target) if self.asked.scan && dial.tls.is_none() => {
                let udp = target.transport == Transport::Udp;
                let silence = self.settings.idle_timeout.unwrap_or(SILENCE);
                let dial = Dial { timeout: if udp { Some(silence) } else { dial.timeout }, ..dial };
                Plan::Scan(Scan { dial, udp_probe: UdpProbe::OneNul, ..Scan::new(target) })
            }
            remote => {
                let datagrams = match &remote {
                    Remote::Inet(inet) => inet.transport == Transport::Udp,
                    Remote::Unix { kind, .. } => *kind == UnixKind::Datagram,
                    Remote::File(_) | Remote::Vsock { .. } => false,
                };
                let mut session = self.session(datagrams);
                if self.asked.scan {
                    // Connect, say so, leave: nothing of either side is passed on, and with
                    // -k there is nothing to stay for.
                    session.read_input = false;
                    session.show_peer = false;
                    session.after_peer = AfterPeer::LeaveWhenQuiet;
                    session.after_peer_at_terminal = AfterPeer::LeaveWhenQuiet;
                    session.idle_timeout = Some(Duration::ZERO);
                    session.idle_is_failure = false;
                }
                let program = self.values.program.clone();
                Plan::Connect(Connect { dial, session, program, ..Connect::new(remote) })
            }
        }
    }

    fn listen(self, local: Local) -> Result<Listen, UsageError> {
        let many = self.settings.has(Id::KeepOpen) || self.asked.broker;
        let most = self.values.most_clients.or(NonZeroUsize::new(MOST_CLIENTS));
        Ok(Listen {
            family: self.family(),
            ipv6_first: true,
            numeric: self.settings.has(Id::Numeric),
            clients: if many || self.asked.proxy_server() { Clients::AtOnce } else { Clients::One },
            service: self.service()?,
            access: self.values.access.clone(),
            most_clients: most.filter(|_| many),
            session: if self.asked.proxy_server() {
                self.session(false).untouched()
            } else {
                self.session(false)
            },
            ..Listen::new(local)
        })
    }

    fn service(self) -> Result<Service, UsageError> {
        if self.asked.proxy_server() {
            return Ok(Service::Proxy(ProxyServer {
                speaks: ProxySpeech::Http,
                credentials: proxy::credentials(self.settings)?,
                dial: Dial { source_address: None, source_port: None, ..self.dial() },
            }));
        }
        Ok(if self.settings.has(Id::Chat) {
            Service::Chat
        } else if self.asked.broker {
            Service::Broker
        } else {
            self.values.program.clone().map_or(Service::Streams, Service::Program)
        })
    }

    /// How to dial, but for the proxy.
    fn dial(self) -> Dial {
        let hops = &self.values.hops;
        let source_route = (!hops.is_empty()).then(|| SourceRoute {
            hops: hops.clone(),
            pointer: self.values.pointer,
            layout: SourceRouteLayout::Ncat,
        });
        Dial {
            family: self.family(),
            numeric: self.settings.has(Id::Numeric),
            timeout: Some(self.settings.wait.unwrap_or(CONNECT)),
            // with -U it is a path
            source_address: self
                .settings
                .source_address
                .clone()
                .filter(|_| !self.asked.unix())
                .map(Host),
            source_port: self.values.own_port(),
            socket: SocketOptions { source_route, ..SocketOptions::default() },
            ..Dial::default()
        }
    }

    fn family(self) -> Family {
        if self.asked.is_inet() { self.settings.family } else { Family::Any }
    }

    fn session(self, datagrams: bool) -> Session {
        let has = |id| self.settings.has(id);
        let send_only = has(Id::SendOnly);
        // with -l, -k is for those who come next
        let stays = has(Id::KeepOpen) && !has(Id::Listen);
        let (after_peer, after_peer_at_terminal) = if stays || send_only {
            (AfterPeer::FinishInput, AfterPeer::FinishInput)
        } else {
            (AfterPeer::LeaveWhenIdle(PRODUCER), AfterPeer::LeaveWhenQuiet)
        };
        Session {
            read_input: !has(Id::NoInput),
            after_input: match self.settings.quit {
                _ if send_only => AfterInput::Quit(Duration::ZERO),
                Some(Quit::After(time)) => AfterInput::Quit(time),
                Some(Quit::Never) if datagrams => AfterInput::StayOpen,
                _ if datagrams => AfterInput::Quit(Duration::ZERO),
                _ if has(Id::NoShutdown) => AfterInput::StayOpen,
                _ => AfterInput::HalfClose,
            },
            after_peer,
            after_peer_at_terminal,
            idle_timeout: self.settings.idle_timeout,
            idle_is_failure: self.settings.idle_timeout.is_some(),
            wants_answer: None,
            crlf: has(Id::Crlf),
            escapes: false,
            fill: false,
            telnet: has(Id::Telnet).then_some(Telnet::Removed),
            pace: self.values.delay.map(|pause| Pace {
                pause,
                unit: PaceUnit::Block,
                before: true,
                both_ways: true,
            }),
            show_peer: !send_only,
            view: View::default(),
            recordings: self.recordings(),
            lint: None,
            receive_limit: None,
            datagram_size: DATAGRAM,
            rate: None,
            sum: false,
            edit: None,
        }
    }

    fn recordings(self) -> Vec<Recording> {
        let append = self.settings.has(Id::AppendOutput);
        [(Id::Output, RecordFormat::Raw), (Id::HexDump, RecordFormat::HexNcat)]
            .into_iter()
            .filter_map(|(id, format)| {
                let to = RecordTo::File(self.settings.word(id)?.into());
                Some(Recording { to, format, append })
            })
            .collect()
    }
}

/// A host and its port.
fn inet(transport: Transport, host: &std::ffi::OsStr, port: u16) -> Inet {
    let ports = PortList(vec![PortRange::single(port)]);
    Inet { transport, host: Host(host.to_owned()), ports }
}
