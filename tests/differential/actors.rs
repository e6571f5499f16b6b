//! Who acts on the stage: the program, the other side, and what both noted, step by step.

use std::cell::Cell;
use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use socket2::{Domain, SockAddr, Socket, Type};

use crate::common::pattern;
use crate::common::peer::{self, Peer};
use crate::common::running::Running;
use crate::original::Original;
use crate::scenario::{Family, Other, Step};
use crate::stage::{Stage, loopback};

/// Who acts on the stage, and what they noted.
pub struct Actors {
    pub running: Running,
    original: &'static Original,
    /// Where the program listens, once known.
    at: Option<SockAddr>,
    /// Connections in the order in which they were made; those that were closed are empty.
    pub peers: Vec<Option<Peer>>,
    /// Which of them acts.
    now: usize,
    pub ports: Vec<u16>,
    pub received: Vec<Vec<u8>>,
    /// Which of the received belongs to each connection.
    places: Vec<Option<usize>>,
    pub notes: Vec<String>,
    patience: Duration,
    /// Patience was lost once: the rest of the waits is not worth it.
    lost: Cell<bool>,
}

impl Actors {
    /// A program that has been started, and nobody on the other side yet.
    pub fn around(running: Running, original: &'static Original, patience: Duration) -> Self {
        Self {
            running,
            original,
            at: None,
            peers: Vec::new(),
            now: 0,
            ports: Vec::new(),
            received: Vec::new(),
            places: Vec::new(),
            notes: Vec::new(),
            patience,
            lost: Cell::new(false),
        }
    }

    /// Does one step.
    pub fn act(&mut self, stage: &Stage, args: &[String], step: Step) {
        match step {
            Step::Meet => {
                self.leave();
                self.meet(stage, args);
            }
            Step::Join => self.meet(stage, args),
            Step::Called => {
                let met = stage.listener.as_ref().map(|listener| self.accept(listener));
                self.welcome(met);
            }
            Step::As(number) => self.now = number,
            Step::Refused => {
                let called = self.at.as_ref().map(|at| {
                    let socket = peer::socket(at.domain(), Type::STREAM);
                    Peer::calling(socket, at)
                });
                let refused = !matches!(called, Some(Ok(_)));
                self.notes.push(if refused { "refused" } else { "not refused" }.into());
            }
            Step::Stranger(bytes) => self.stranger(stage, bytes),
            Step::Send(bytes) => self.send(bytes),
            Step::SendNamed(text) => {
                let text = stage.fill(text);
                self.send(text.as_bytes());
            }
            Step::SendMany(length) => self.send(&pattern(length)),
            Step::Receive(length) => self.receive(length),
            Step::ReceiveHead => self.receive_until(b"\r\n\r\n"),
            Step::ReceiveUntil(end) => self.receive_until(end),
            Step::ReceiveAll => {
                if let Some((bytes, orderly)) = self.peer().map(Peer::receive_all) {
                    self.note_received(&bytes);
                    self.notes.push(if orderly { "end" } else { "no end" }.into());
                }
            }
            Step::Quiet => {
                let quiet = self.peer().is_some_and(|p| p.is_quiet(Duration::from_millis(300)));
                self.notes.push(if quiet { "quiet" } else { "not quiet" }.into());
            }
            Step::HalfClose => self.peer().iter().for_each(|peer| peer.half_close()),
            Step::Close => self.leave(),
            Step::Reset => {
                let peer = self.peers.get_mut(self.now).and_then(Option::take);
                peer.into_iter().for_each(Peer::reset);
            }
            Step::Feed(bytes) => self.running.feed(bytes),
            Step::EndInput => self.running.end_input(),
            Step::ReadOutput => self.running.read_output(),
            Step::Shown(length) => self.wait("shown", |p| p.stdout.len() >= length),
            Step::Says(start) => {
                self.wait(start, |p| {
                    // A piece without its newline may still grow.
                    let text = String::from_utf8_lossy(&p.stderr);
                    text.split_inclusive('\n')
                        .any(|line| line.starts_with(start) && line.ends_with('\n'))
                });
            }
            Step::Stays(milliseconds) => {
                let limit = Duration::from_millis(milliseconds);
                let gone = self.running.wait_for(limit, Running::has_ended);
                self.notes.push(if gone { "gone" } else { "stays" }.into());
            }
            Step::Signal(number) => {
                let signal = Signal::from_named_raw(number).expect("a signal");
                self.running.signal(signal);
            }
            Step::Ends => self.wait("ends", Running::has_ended),
        }
    }

    fn peer(&mut self) -> Option<&mut Peer> {
        self.peers.get_mut(self.now).and_then(Option::as_mut)
    }

    fn leave(&mut self) {
        if let Some(peer) = self.peers.get_mut(self.now) {
            *peer = None;
        }
    }

    fn meet(&mut self, stage: &Stage, args: &[String]) {
        let met = match stage.other {
            Other::Nobody => return,
            Other::Listens(_) => stage.listener.as_ref().map(|listener| self.accept(listener)),
            Other::Calls(family) => {
                if self.at.is_none() {
                    let at = stage.listening_at(self.original, args, &mut self.running, family);
                    self.at = Some(at);
                }
                let own = stage.directory.path().join("caller");
                self.at.as_ref().map(|at| Ok(Stage::call(&mut self.running, family, at, &own)))
            }
        };
        self.welcome(met);
    }

    fn welcome(&mut self, met: Option<io::Result<Peer>>) {
        match met {
            Some(Ok(peer)) => {
                self.ports.push(peer.port());
                self.places.push((!peer.datagrams()).then_some(self.received.len()));
                if !peer.datagrams() {
                    self.received.push(Vec::new());
                }
                self.now = self.peers.len();
                self.peers.push(Some(peer));
            }
            Some(Err(error)) => self.notes.push(format!("nobody came: {}", error.kind())),
            None => {}
        }
    }

    /// Accepts the program's next connection, but waits for none once it has ended.
    fn accept(&mut self, listener: &Socket) -> io::Result<Peer> {
        let begun = Instant::now();
        listener.set_read_timeout(Some(Duration::from_millis(50)))?;
        loop {
            let gone = self.running.wait_for(Duration::ZERO, Running::has_ended);
            match Peer::met_by(listener) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if gone || begun.elapsed() > self.patience {
                        return Err(error);
                    }
                }
                met => return met,
            }
        }
    }

    fn stranger(&self, stage: &Stage, bytes: &[u8]) {
        let Other::Calls(family @ Family::Udp) = stage.other else {
            return;
        };
        let socket = peer::socket(Domain::IPV4, Type::DGRAM);
        if let Some(at) = &self.at {
            let _ = (family, socket.send_to(bytes, at));
        }
    }

    fn send(&mut self, bytes: &[u8]) {
        let failed = self.peer().is_some_and(|peer| peer.send(bytes).is_err());
        if failed {
            self.notes.push("could not send".into());
        }
    }

    fn receive(&mut self, length: usize) {
        match self.peer().map(|peer| peer.receive(length)) {
            Some(Ok(bytes)) => self.note_received(&bytes),
            Some(Err(error)) => self.notes.push(format!("nothing received: {}", error.kind())),
            None => {}
        }
    }

    /// Byte by byte: what stands behind is for a later step.
    fn receive_until(&mut self, end: &[u8]) {
        let mut bytes = Vec::new();
        while !bytes.ends_with(end) {
            match self.peer().map(|peer| peer.receive(1)) {
                Some(Ok(byte)) if !byte.is_empty() => bytes.extend(byte),
                _ => {
                    self.notes.push("it ended before".into());
                    break;
                }
            }
        }
        self.note_received(&bytes);
    }

    fn note_received(&mut self, bytes: &[u8]) {
        let place = self.places.get(self.now).copied().flatten();
        match place.and_then(|place| self.received.get_mut(place)) {
            Some(stream) => stream.extend(bytes),
            None => self.received.push(bytes.to_vec()),
        }
    }

    fn wait(&mut self, what: &str, met: impl Fn(&Running) -> bool) {
        let patience = if self.lost.get() { Duration::ZERO } else { self.patience };
        if !self.running.wait_for(patience, met) {
            self.lost.set(true);
            self.notes.push(format!("in vain: {what}"));
        }
    }
}

/// Whether a datagram socket is bound to this port: the kernel's own list says so.
fn is_bound(port: u16) -> bool {
    let end = format!(":{port:04X}");
    ["/proc/net/udp", "/proc/net/udp6"].iter().any(|list| {
        let text = fs::read_to_string(list).unwrap_or_default();
        text.lines().any(|row| row.split_whitespace().nth(1).is_some_and(|at| at.ends_with(&end)))
    })
}

impl Stage {
    /// Where the program listens: read from its own line where it says one, else known beforehand.
    fn listening_at(
        &self,
        original: &Original,
        args: &[String],
        program: &mut Running,
        family: Family,
    ) -> SockAddr {
        let path = match family {
            Family::Unix | Family::UnixDatagram => {
                let path = args.last().map_or("", String::as_str);
                Some(path.strip_prefix('@').map_or(path.to_owned(), |name| format!("\0{name}")))
            }
            _ => None,
        };
        let says = args.iter().any(|word| word.starts_with('-') && word.contains('v'));
        let start = match family {
            Family::Udp | Family::UnixDatagram => original.listening.last(),
            _ => original.listening.first(),
        };
        if let Some(start) = start.filter(|_| says) {
            let line = program.wait_line(start);
            if let Some(path) = path {
                return SockAddr::unix(path).expect("a path");
            }
            let port = line.rsplit(' ').find_map(|word| word.parse::<u16>().ok());
            let port = port.unwrap_or_else(|| program.fail("no port in its own line"));
            return loopback(family, port);
        }
        if let Some(path) = path {
            return SockAddr::unix(path).expect("a path");
        }
        let free = &self.names["{free}"];
        if !args.contains(free) {
            // toybox tells a port that it was given on stdout
            let told = String::from_utf8_lossy(&program.stdout).trim().parse();
            return loopback(family, told.unwrap_or_else(|_| program.fail("it tells no port")));
        }
        let port = free.parse().expect("a number");
        if family == Family::Udp {
            let tick = Duration::from_millis(5);
            let there = |program: &mut Running| {
                is_bound(port) || program.wait_for(tick, Running::has_ended)
            };
            if !(0..2000).any(|_| there(program)) {
                program.fail("it never bound its port");
            }
        }
        loopback(family, port)
    }

    /// Connects; a listener that is silent may still be on its way.
    fn call(program: &mut Running, family: Family, address: &SockAddr, own: &Path) -> Peer {
        let domain = match family {
            Family::Tcp | Family::Udp => Domain::IPV4,
            Family::Tcp6 => Domain::IPV6,
            Family::Unix | Family::UnixDatagram => Domain::UNIX,
        };
        let kind = match family {
            Family::Udp | Family::UnixDatagram => Type::DGRAM,
            _ => Type::STREAM,
        };
        for _ in 0..2000 {
            let socket = peer::socket(domain, kind);
            if family == Family::UnixDatagram {
                let _ = fs::remove_file(own);
                socket.bind(&SockAddr::unix(own).expect("a path")).expect("a bound path");
            }
            match Peer::calling(socket, address) {
                Ok(peer) => return peer,
                Err(_) if program.wait_for(Duration::from_millis(5), Running::has_ended) => break,
                Err(_) => {}
            }
        }
        program.fail("it never listened")
    }
}
