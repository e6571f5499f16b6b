//! One TCP (or DCCP) attempt: connect, look, close. No byte is ever sent.
//!
//! On loopback, and for the machine's own addresses, a non-blocking connect has its answer by the
//! time it says that it is in progress, so it is asked again at once; only what is then still
//! under way is waited for. A socket that was refused serves for the next port: both together
//! make a scan of a whole machine two system calls a port.

use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::io::Errno;
use socket2::Socket;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::allowance::is_shortage;
use super::socket::{Sockets, closed, is_own, state};
use super::sweep::{Started, Turn, Way};
use crate::event::PortState;

/// Attempts to connect.
#[derive(Debug)]
pub struct Connecting<'a> {
    sockets: Sockets<'a>,
    /// For one attempt; `None` leaves it to the kernel.
    timeout: Option<Duration>,
    /// Whoever asks for a source port may mean a connection to itself.
    may_be_own: bool,
    /// For each address of the host, a socket that was refused there.
    spares: Vec<Option<Socket>>,
    /// Whether the kernel has a refused socket connect again.
    reuses: bool,
}

impl<'a> Connecting<'a> {
    /// Attempts by these means.
    pub fn new(sockets: Sockets<'a>, timeout: Option<Duration>, source_port: Option<u16>) -> Self {
        // a bound socket stays as it is: its name was chosen for one connection
        let reuses = sockets.sources.is_empty();
        Self { sockets, timeout, may_be_own: source_port.is_some(), spares: Vec::new(), reuses }
    }

    fn spare(&mut self, turn: usize) -> &mut Option<Socket> {
        if self.spares.len() <= turn {
            self.spares.resize_with(turn + 1, || None);
        }
        &mut self.spares[turn]
    }

    /// Takes the answer of a connect that is over.
    fn settle(&mut self, socket: Socket, turn: Turn, error: Option<Errno>) -> Started {
        match error.map(std::io::Error::from) {
            None => Started::Settled(opened(&socket, turn.address, self.may_be_own)),
            Some(error) if is_shortage(&error) => Started::Short(error),
            Some(error) => {
                let state = state(error);
                if self.reuses && matches!(state, PortState::Closed(_)) {
                    *self.spare(turn.index) = Some(socket);
                }
                Started::Settled(state)
            }
        }
    }

    fn fresh(&mut self, turn: Turn) -> Started {
        let socket = match self.sockets.open(turn.address) {
            Ok(socket) => socket,
            Err(Started::Short(error)) => {
                self.spares.clear();
                return Started::Short(error);
            }
            Err(started) => return started,
        };
        match connect(&socket, turn.address) {
            Connect::Over(error) => self.settle(socket, turn, error),
            Connect::UnderWay => self.wait(socket, turn.address),
        }
    }

    fn wait(&self, socket: Socket, address: SocketAddr) -> Started {
        let deadline = self.timeout.map(|timeout| Instant::now() + timeout);
        // tokio waits for any socket by this type; nothing is read or written through it
        match TcpStream::from_std(OwnedFd::from(socket).into()) {
            Ok(socket) => {
                Started::Waiting(Box::pin(answer(socket, address, deadline, self.may_be_own)))
            }
            Err(error) if is_shortage(&error) => Started::Short(error),
            Err(error) => Started::Settled(PortState::Failed(error)),
        }
    }
}

impl Way for Connecting<'_> {
    fn start(&mut self, turn: Turn) -> Started {
        let Some(socket) = self.spare(turn.index).take() else {
            return self.fresh(turn);
        };
        match connect(&socket, turn.address) {
            Connect::UnderWay => self.wait(socket, turn.address),
            Connect::Over(error @ (None | Some(Errno::CONNREFUSED))) => {
                self.settle(socket, turn, error)
            }
            // it may be this socket, not the port: a new one tells
            Connect::Over(Some(_)) => {
                drop(socket);
                self.fresh(turn)
            }
        }
    }

    fn probe(&self, _port: u16) -> Option<&'static str> {
        None
    }

    fn ends(&self, state: &PortState) -> bool {
        matches!(state, PortState::Open { .. })
    }
}

enum Connect {
    UnderWay,
    Over(Option<Errno>),
}

/// Connects, and looks at once whether there is an answer already.
fn connect(socket: &Socket, address: SocketAddr) -> Connect {
    match rustix::net::connect(socket, &address) {
        Ok(()) => return Connect::Over(None),
        Err(Errno::INPROGRESS | Errno::INTR) => {}
        Err(error) => return Connect::Over(Some(error)),
    }
    match rustix::net::connect(socket, &address) {
        Err(Errno::ALREADY | Errno::INPROGRESS | Errno::INTR) => Connect::UnderWay,
        Ok(()) | Err(Errno::ISCONN) => Connect::Over(None),
        Err(error) => Connect::Over(Some(error)),
    }
}

/// Waits for the answer to a connect that is under way.
async fn answer(
    socket: TcpStream,
    address: SocketAddr,
    deadline: Option<Instant>,
    may_be_own: bool,
) -> PortState {
    let ready = match deadline {
        None => socket.writable().await,
        Some(deadline) => match timeout_at(deadline, socket.writable()).await {
            Ok(ready) => ready,
            Err(_) => return PortState::NoAnswer(None),
        },
    };
    if let Err(error) = ready {
        return PortState::Failed(error);
    }
    match socket.take_error().unwrap_or_else(Some) {
        None => opened(&socket, address, may_be_own),
        Some(error) => state(error),
    }
}

fn opened(socket: &impl AsFd, address: SocketAddr, may_be_own: bool) -> PortState {
    if !may_be_own && is_own(socket, address) { closed() } else { PortState::Open { answer: None } }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::os::fd::AsRawFd;

    use super::*;
    use crate::net::socket::Request;
    use crate::plan::{Dial, SocketOptions, Transport};

    #[test]
    fn a_connection_to_itself_is_no_open_port_unless_it_was_asked_for() {
        let socket = Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        let own = socket.local_addr().unwrap().as_socket().unwrap();
        socket.connect(&own.into()).unwrap();
        assert!(matches!(opened(&socket, own, false), PortState::Closed(_)));
        assert!(matches!(opened(&socket, own, true), PortState::Open { .. }));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let other = listener.local_addr().unwrap();
        let socket = std::net::TcpStream::connect(other).unwrap();
        assert!(matches!(opened(&socket, other, false), PortState::Open { .. }));
    }

    #[test]
    fn a_refused_socket_serves_for_the_next_port_of_its_address() {
        let options = SocketOptions::default();
        let request = Request { transport: Transport::Tcp, options: &options, md5_key: None };
        let dial = &Dial::default();
        let mut way =
            Connecting::new(Sockets { request, sources: &[], dial, route: None }, None, None);
        let refusing = Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        refusing.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        let address = refusing.local_addr().unwrap().as_socket().unwrap();
        let mut used = Vec::new();
        for index in [1, 1, 0] {
            let started = way.start(Turn { index, address });
            assert!(matches!(started, Started::Settled(PortState::Closed(_))));
            used.push(way.spare(index).as_ref().map(AsRawFd::as_raw_fd));
        }
        assert!(used[0].is_some() && used[0] == used[1] && used[1] != used[2], "{used:?}");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let started = way.start(Turn { index: 1, address });
        assert!(matches!(started, Started::Settled(PortState::Open { .. })));
        assert!(way.spare(1).is_none(), "a connected socket is not used again");
    }
}
