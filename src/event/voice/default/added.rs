//! What `-v` and more of it add to openbsd's words.

use std::io::ErrorKind;

use super::{DefaultVoice, finished_typing};
use crate::event::strerror::strerror;
use crate::event::voice::place;
use crate::event::voice::quantity::{bytes, duration};
use crate::event::{Event, NotEditing, Peer, PortState, ProgramEnd, ProxyStep, Side};
use crate::plan::{ProxyKind, Transport};
use crate::proto::escape::escape;

impl DefaultVoice {
    /// What is added of an event, if anything is.
    pub(super) fn added(&self, event: &Event, verbosity: u8) -> Option<String> {
        match event {
            // of an address there was nothing to look up
            Event::Resolved { host, addresses, .. }
                if addresses.iter().any(|address| place::is_spelled(host, address.ip())) =>
            {
                None
            }
            Event::Resolved { host, addresses, took, .. } if verbosity > 1 => {
                let addresses: Vec<_> = addresses.iter().map(place::ip).collect();
                Some(format!(
                    "{} is {} (looked up in {})",
                    escape(host.as_bytes()),
                    addresses.join(", "),
                    duration(*took)
                ))
            }
            Event::Attempting { target, address } if verbosity > 2 => {
                Some(format!("trying {address} ({})", target.transport.name()))
            }
            Event::ProxyStep { proxy, port, step: ProxyStep::Asking { target, .. }, .. }
                if verbosity > 2 =>
            {
                let (proxy, host) = (escape(proxy.as_bytes()), escape(target.host.as_bytes()));
                Some(format!("asking proxy {proxy} port {port} for {host} port {}", target.port))
            }
            Event::ProxyOpened { proxy, port, kind, took, .. } => Some(format!(
                "{} proxy {} port {port} opened the way in {}",
                proxy_kind(*kind),
                escape(proxy.as_bytes()),
                duration(*took)
            )),
            Event::Connected { target, peer, local, proxied, took } => {
                let from = match local {
                    Some(local) if verbosity > 1 => format!(", from {local}"),
                    _ => String::new(),
                };
                let (at, took) = (place::name(peer), duration(*took));
                Some(match target.transport {
                    _ if *proxied => format!("connected through {at} in {took}{from}"),
                    Transport::Udp if matches!(peer, Peer::Inet { .. }) => format!(
                        "sending to {at}{from}: UDP has no handshake, only an answer shows that \
                         somebody listens"
                    ),
                    _ => format!("connected to {at} in {took}{from}"),
                })
            }
            // the host was said, its address was not
            Event::Bound(peer @ Peer::Inet { host: Some(_), address, .. })
            | Event::Listening(peer @ Peer::Inet { host: Some(_), address, .. })
                if place::spaced(peer) != format!("{} {}", place::ip(address), address.port()) =>
            {
                Some(format!("that is {}", place::name(peer)))
            }
            Event::Accepted { peer, local: Some(local), .. } if verbosity > 1 => {
                Some(format!("{} came to {local}", place::name(peer)))
            }
            Event::Heard(peer) => Some(format!("datagrams from {}", place::name(peer))),
            Event::Moving { up, down } if verbosity > 1 => {
                Some(format!("our input goes out by {up}, the peer's bytes come in by {down}"))
            }
            Event::FirstByte { from, took } if verbosity > 2 => {
                let from = match from {
                    Side::Us => "our input",
                    Side::Peer => "the peer",
                };
                Some(format!("first byte of {from} after {}", duration(*took)))
            }
            Event::HalfClosed { by: Side::Us, bytes: sent, typed } => {
                let after = match verbosity {
                    1 => String::new(),
                    _ => format!(" after {}", bytes(*sent)),
                };
                if *typed {
                    return Some(finished_typing(&after));
                }
                Some(format!(
                    "our input ended{after} and the peer was told; nc reads on until it finishes \
                     too (Ctrl-C leaves)"
                ))
            }
            Event::HalfClosed { by: Side::Peer, bytes: sent, .. } if verbosity > 1 => {
                Some(format!("the peer finished sending after {}", bytes(*sent)))
            }
            Event::Scanned { target, address, state, probe, took } => {
                let found = match state {
                    _ if target.transport != Transport::Udp => return None,
                    PortState::Open { answer: Some(count) } => format!(
                        "open (answered {} with {} in {})",
                        asked(*probe),
                        bytes(*count as u64),
                        duration(*took)
                    ),
                    PortState::Open { answer: None } => "taken for open".to_owned(),
                    PortState::Closed(error) if error.kind() == ErrorKind::ConnectionRefused => {
                        "closed (ICMP port unreachable)".to_owned()
                    }
                    PortState::Closed(error) => format!("closed ({})", strerror(error)),
                    PortState::NoAnswer(_) => {
                        format!("no answer to {} (open or filtered)", asked(*probe))
                    }
                    PortState::Failed(_) | PortState::ProxyRefused(_) => return None,
                };
                let host = place::host(&target.host, address.as_ref());
                Some(format!(
                    "{host} port {} [{}] {found}",
                    target.port,
                    self.openbsd.service(target)
                ))
            }
            Event::ProgramStarted { program, pid } => {
                Some(format!("started {} as process {pid}", escape(program)))
            }
            Event::ProgramEnded { pid, how } => Some(match how {
                ProgramEnd::Status(status) => format!("process {pid} ended with status {status}"),
                ProgramEnd::Signal(number) => format!("process {pid} was ended by signal {number}"),
            }),
            Event::ProxyAnswered { peer, request, answer } => Some(format!(
                "{}: {} -> {}",
                place::name(peer),
                escape(request),
                escape(answer.as_bytes())
            )),
            Event::IpOptions { peer, options } => {
                let bytes: Vec<_> = options.iter().map(|byte| format!("{byte:02x}")).collect();
                Some(format!("{} sends IP options: {}", place::name(peer), bytes.join(" ")))
            }
            Event::NotEditing(why) => {
                let why = match why {
                    NotEditing::Input => "standard input is no terminal",
                    NotEditing::Output => "standard output is no terminal",
                    NotEditing::Raw => "the terminal is in raw mode, and left as it is",
                    NotEditing::Dumb => "the terminal cannot move its cursor (TERM)",
                };
                Some(format!("lines are not edited: {why}"))
            }
            Event::NotKept { path, error } => Some(format!(
                "lines are not kept in {}: {}",
                escape(path.as_os_str().as_encoded_bytes()),
                strerror(error)
            )),
            Event::Probing { .. } => {
                Some("sending UDP probes: they are the only bytes that a scan sends".to_owned())
            }
            _ => None,
        }
    }
}

/// What a port was asked.
fn asked(probe: Option<&'static str>) -> String {
    match probe {
        None => "nothing".to_owned(),
        Some("") => "an empty datagram".to_owned(),
        Some(name) => format!("a {name} probe"),
    }
}

fn proxy_kind(kind: ProxyKind) -> &'static str {
    match kind {
        ProxyKind::Socks4 => "SOCKS4",
        ProxyKind::Socks4a => "SOCKS4A",
        ProxyKind::Socks5 => "SOCKS5",
        ProxyKind::HttpConnect => "HTTP",
    }
}
