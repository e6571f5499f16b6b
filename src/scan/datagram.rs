//! One UDP attempt: datagrams are sent until an answer, a refusal by ICMP or the end of the time.
//!
//! Silence does not tell an open port from a filtered one, nor, among many ports of a remote host,
//! from a closed one ([`Ration`]).

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags};
use socket2::Socket;
use tokio::io::Interest;
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};

use super::allowance::is_shortage;
use super::ration::{Ration, SLOT};
use super::socket::{Sockets, closed, is_own, state};
use super::sweep::{Started, Turn, Way};
use crate::event::PortState;
use crate::plan::UdpProbe;
use crate::proto::udp_probe::{self, Probe};
use crate::sys::sockopt;

/// How long a port is listened to where the plan has no timeout.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often a service is asked before its silence counts.
const TRIES: u32 = 3;

/// What openbsd sends.
const X: Probe = Probe { name: "X", ports: &[], bytes: b"X", answered_elsewhere: false };

/// What traditional, BusyBox and Ncat send.
const NUL: Probe = Probe { name: "NUL", ports: &[], bytes: b"\0", answered_elsewhere: false };

/// Attempts to get an answer.
#[derive(Debug)]
pub struct Asking<'a> {
    sockets: Sockets<'a>,
    kind: UdpProbe,
    schedule: Schedule,
    ration: Arc<Ration>,
}

/// When datagrams are sent, counted from the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Schedule {
    /// Sent at once.
    first: u32,
    /// Sent later.
    later: u32,
    /// Between those.
    gap: Duration,
    /// When it is over.
    end: Duration,
}

impl Schedule {
    fn new(kind: UdpProbe, timeout: Option<Duration>) -> Self {
        let end = timeout.unwrap_or(PATIENCE);
        match kind {
            // as netcat-openbsd: two, then one after each second, the last at the very end
            UdpProbe::Xs | UdpProbe::Nothing => {
                let later = u32::try_from(end.as_secs()).unwrap_or(u32::MAX);
                Self { first: 2, later, gap: Duration::from_secs(1), end }
            }
            UdpProbe::TwoNuls => Self { first: 2, later: 0, gap: end, end },
            UdpProbe::OneNul => Self { first: 1, later: 0, gap: end, end },
            UdpProbe::Service => Self { first: 1, later: TRIES - 1, gap: end / TRIES, end },
        }
    }
}

impl<'a> Asking<'a> {
    /// Attempts by these means.
    pub fn new(sockets: Sockets<'a>, kind: UdpProbe, timeout: Option<Duration>) -> Self {
        let schedule = Schedule::new(kind, timeout);
        Self { sockets, kind, schedule, ration: Arc::default() }
    }

    fn datagram(&self, port: u16) -> Option<&'static Probe> {
        match self.kind {
            UdpProbe::Nothing => None,
            UdpProbe::Xs => Some(&X),
            UdpProbe::TwoNuls | UdpProbe::OneNul => Some(&NUL),
            UdpProbe::Service => Some(udp_probe::for_port(port)),
        }
    }

    /// What silence means.
    fn silence(&self) -> PortState {
        match self.kind {
            UdpProbe::Service => PortState::NoAnswer(None),
            UdpProbe::Xs | UdpProbe::TwoNuls | UdpProbe::OneNul | UdpProbe::Nothing => {
                PortState::Open { answer: None }
            }
        }
    }
}

impl Way for Asking<'_> {
    fn start(&mut self, turn: Turn) -> Started {
        let socket = match self.sockets.open(turn.address) {
            Ok(socket) => socket,
            Err(started) => return started,
        };
        let address = turn.address;
        let probe = self.datagram(address.port());
        let anybody = probe.is_some_and(|probe| probe.answered_elsewhere);
        let prepared = if anybody {
            sockopt::report_icmp(&socket, address.is_ipv6())
        } else {
            socket.connect(&address.into())
        };
        if let Err(error) = prepared {
            return if is_shortage(&error) {
                Started::Short(error)
            } else {
                Started::Settled(state(error))
            };
        }
        let Some(probe) = probe else {
            return Started::Settled(self.silence());
        };
        if self.sockets.sources.is_empty() && is_own(&socket, address) {
            return Started::Settled(closed());
        }
        let exchange = Exchange { socket, bytes: probe.bytes, peer: anybody.then_some(address) };
        for _ in 0..self.schedule.first {
            if let Some(state) = exchange.ask() {
                self.ration.note(&state);
                return Started::Settled(state);
            }
        }
        let (schedule, silence) = (self.schedule, self.silence());
        let ration = Arc::clone(&self.ration);
        let exchange = match exchange.registered() {
            Ok(exchange) => exchange,
            Err(error) if is_shortage(&error) => return Started::Short(error),
            Err(error) => return Started::Settled(PortState::Failed(error)),
        };
        Started::Waiting(Box::pin(async move {
            let state = match listen(&exchange, schedule).await {
                Some(state) => state,
                None if matches!(silence, PortState::NoAnswer(_)) => silence,
                None => match ration.turn(address) {
                    Some(turn) => once_more(&exchange, turn).await.unwrap_or(silence),
                    None => silence,
                },
            };
            ration.note(&state);
            state
        }))
    }

    fn probe(&self, port: u16) -> Option<&'static str> {
        self.datagram(port).map(|probe| probe.name)
    }

    /// Where silence is open, the first address that can be sent to has the last word, as in
    /// netcat-openbsd.
    fn ends(&self, state: &PortState) -> bool {
        match self.kind {
            UdpProbe::Service => matches!(state, PortState::Open { .. }),
            UdpProbe::Xs | UdpProbe::TwoNuls | UdpProbe::OneNul | UdpProbe::Nothing => {
                !matches!(state, PortState::Failed(_))
            }
        }
    }
}

/// A socket with what it sends.
#[derive(Debug)]
struct Exchange<S> {
    socket: S,
    bytes: &'static [u8],
    /// Whom to send to where the socket is not connected: then any port of that host may answer.
    peer: Option<SocketAddr>,
}

impl Exchange<Socket> {
    /// The same, to be waited for.
    fn registered(self) -> io::Result<Exchange<UdpSocket>> {
        let socket = UdpSocket::from_std(OwnedFd::from(self.socket).into())?;
        Ok(Exchange { socket, bytes: self.bytes, peer: self.peer })
    }
}

impl<S: AsFd> Exchange<S> {
    /// Sends once, and looks whether that tells something already.
    fn ask(&self) -> Option<PortState> {
        let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
        let sent = match &self.peer {
            None => rustix::net::send(&self.socket, self.bytes, flags),
            Some(peer) => rustix::net::sendto(&self.socket, self.bytes, flags, peer),
        };
        match sent {
            // a datagram that found no room is one that was lost
            Ok(_) | Err(Errno::AGAIN | Errno::NOBUFS | Errno::NOMEM | Errno::INTR) => self.heard(),
            Err(error) => Some(state(error.into())),
        }
    }

    /// What came back.
    fn heard(&self) -> Option<PortState> {
        let mut nothing = [0; 1];
        // TRUNC: the true length, without a buffer of it
        let flags = RecvFlags::DONTWAIT | RecvFlags::TRUNC;
        loop {
            match rustix::net::recvfrom(&self.socket, &mut nothing[..], flags) {
                Ok((_, length, sender)) => {
                    let sender = sender.and_then(|sender| SocketAddr::try_from(sender).ok());
                    let stranger = self
                        .peer
                        .is_some_and(|peer| sender.is_none_or(|sender| sender.ip() != peer.ip()));
                    if !stranger {
                        return Some(PortState::Open { answer: Some(length) });
                    }
                }
                Err(Errno::AGAIN) => return None,
                Err(Errno::INTR) => {}
                Err(error) => return Some(state(error.into())),
            }
        }
    }
}

/// An ICMP refusal makes a datagram socket not readable, but erroneous.
const NEWS: Interest = Interest::READABLE.add(Interest::ERROR);

/// Listens, and asks again when it is time; `None` where all was silent until the end.
async fn listen(exchange: &Exchange<UdpSocket>, schedule: Schedule) -> Option<PortState> {
    let started = Instant::now();
    for round in 1..=schedule.later {
        let until = started + schedule.gap.saturating_mul(round);
        if let Ok(state) = timeout_at(until, news(exchange)).await {
            return Some(state);
        }
        if let Some(state) = exchange.ask() {
            return Some(state);
        }
    }
    timeout_at(started + schedule.end, news(exchange)).await.ok()
}

/// Asks once more, when it is our turn for a refusal.
async fn once_more(exchange: &Exchange<UdpSocket>, turn: Instant) -> Option<PortState> {
    if let Ok(state) = timeout_at(turn, news(exchange)).await {
        return Some(state);
    }
    if let Some(state) = exchange.ask() {
        return Some(state);
    }
    timeout_at(turn + SLOT, news(exchange)).await.ok()
}

/// Waits for something to come back.
async fn news(exchange: &Exchange<UdpSocket>) -> PortState {
    let heard = || exchange.heard().ok_or_else(|| io::ErrorKind::WouldBlock.into());
    exchange.socket.async_io(NEWS, heard).await.unwrap_or_else(PortState::Failed)
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket; // in the place of tokio's

    use super::*;

    const DEADLINE: Duration = Duration::from_secs(10);

    fn exchange_with(peer: &UdpSocket) -> Exchange<Socket> {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(peer.local_addr().unwrap()).unwrap();
        socket.set_nonblocking(true).unwrap();
        Exchange { socket: socket.into(), bytes: b"?", peer: None }
    }

    #[test]
    fn xs_are_sent_as_openbsd_sends_them_and_services_asked_thrice() {
        let second = Duration::from_secs(1);
        let xs = Schedule::new(UdpProbe::Xs, None);
        assert_eq!(xs, Schedule { first: 2, later: 3, gap: second, end: 3 * second });
        let xs = Schedule::new(UdpProbe::Xs, Some(second));
        assert_eq!((xs.first + xs.later, xs.end), (3, second));
        let service = Schedule::new(UdpProbe::Service, Some(6 * second));
        assert_eq!(service, Schedule { first: 1, later: 2, gap: 2 * second, end: 6 * second });
    }

    #[tokio::test]
    async fn a_refusal_that_comes_late_is_heard_while_we_wait() {
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        let exchange = exchange_with(&peer);
        let other_hand = exchange.socket.try_clone().unwrap();
        drop(peer);
        let exchange = exchange.registered().unwrap();
        let refused = async {
            tokio::task::yield_now().await;
            other_hand.send(b"?").unwrap();
        };
        let heard = async { tokio::join!(news(&exchange), refused).0 };
        let state = tokio::time::timeout(DEADLINE, heard).await.expect("the refusal is heard");
        assert!(matches!(state, PortState::Closed(_)), "{state:?}");
    }

    #[tokio::test]
    async fn an_unconnected_socket_hears_other_ports_of_its_peer_and_refusals() {
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        let asked = peer.local_addr().unwrap();
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        sockopt::report_icmp(&socket, false).unwrap();
        let own = socket.local_addr().unwrap();
        let exchange = Exchange { socket, bytes: b"?", peer: Some(asked) };
        assert!(exchange.ask().is_none());
        UdpSocket::bind("127.0.0.2:0").unwrap().send_to(b"a stranger", own).unwrap();
        assert!(exchange.heard().is_none());
        UdpSocket::bind("127.0.0.1:0").unwrap().send_to(b"data", own).unwrap();
        let state = exchange.heard();
        assert!(matches!(state, Some(PortState::Open { answer: Some(4) })), "{state:?}");
        drop(peer);
        let state = exchange.ask();
        assert!(matches!(state, Some(PortState::Closed(_))), "{state:?}");
    }

    #[test]
    fn an_answer_is_counted_whole_and_may_be_empty() {
        for size in [0, 1, 9000] {
            let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
            let exchange = exchange_with(&peer);
            let own = exchange.socket.local_addr().unwrap().as_socket().unwrap();
            peer.send_to(&vec![7; size], own).unwrap();
            let state = exchange.heard();
            let Some(PortState::Open { answer: Some(count) }) = state else {
                panic!("{state:?}");
            };
            assert_eq!(count, size);
        }
    }
}
