//! The other side, inside the test: sockets on loopback whose every wait has a deadline.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use socket2::{Domain, SockAddr, SockRef, Socket, Type};

use super::{DEADLINE, MORE_THAN_FITS, STANDSTILL, pattern};

/// A TCP listener on a free port of 127.0.0.1; accepting gives up at the deadline.
pub fn tcp_listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    SockRef::from(&listener).set_read_timeout(Some(DEADLINE)).expect("a deadline");
    let port = listener.local_addr().expect("an address").port();
    (listener, port)
}

/// Accepts one connection; its reads and writes give up at the deadline.
pub fn accept(listener: &TcpListener) -> TcpStream {
    let (stream, _) = listener.accept().expect("nobody connected");
    patient(&stream);
    stream
}

/// Connects to 127.0.0.1; reads and writes give up at the deadline.
pub fn connect(port: u16) -> TcpStream {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let stream = TcpStream::connect_timeout(&address, DEADLINE).expect("nobody listens");
    patient(&stream);
    stream
}

/// Connects to 127.0.0.1 as a client that takes little before it has to read.
pub fn small_window(port: u16) -> TcpStream {
    let socket = socket(Domain::IPV4, Type::STREAM);
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    socket.connect(&SocketAddr::from(([127, 0, 0, 1], port)).into()).expect("nobody listens");
    socket.into()
}

fn patient(stream: &TcpStream) {
    stream.set_read_timeout(Some(DEADLINE)).expect("a deadline");
    stream.set_write_timeout(Some(DEADLINE)).expect("a deadline");
}

/// Writes the pattern until the other side takes no more; gives how much it took.
pub fn fill(stream: &TcpStream) -> usize {
    fill_with(stream, &pattern(MORE_THAN_FITS))
}

/// Writes these bytes until the other side takes no more; gives how many it took.
pub fn fill_with(mut stream: &TcpStream, bytes: &[u8]) -> usize {
    stream.set_write_timeout(Some(STANDSTILL)).expect("a deadline");
    let mut taken = 0;
    while taken < bytes.len() {
        match stream.write(&bytes[taken..]) {
            Ok(length) => taken += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                stream.set_write_timeout(Some(DEADLINE)).expect("a deadline");
                return taken;
            }
            Err(error) => panic!("cannot fill the connection: {error}"),
        }
    }
    panic!("{taken} bytes went into a connection that nobody reads")
}

/// Waits until the other side's kernel has all that was written, read there or not.
pub fn wait_arrived(stream: &TcpStream) {
    let local = stream.local_addr().expect("an address");
    let remote = stream.peer_addr().expect("an address");
    let entry = |address: SocketAddr| match address {
        SocketAddr::V4(v4) => {
            format!("{:08X}:{:04X}", u32::from_ne_bytes(v4.ip().octets()), v4.port())
        }
        SocketAddr::V6(_) => panic!("IPv4 only"),
    };
    let ours = format!("{} {} ", entry(local), entry(remote));
    // Nothing is ever sent: receiving is a wait with a deadline.
    let (_sender, tick) = mpsc::channel::<()>();
    let deadline = Instant::now() + DEADLINE;
    loop {
        let table = fs::read_to_string("/proc/net/tcp").expect("the kernel's table");
        let row = table.lines().find_map(|line| line.split_once(&ours)).expect("our row").1;
        // the state, then what is not acknowledged
        if row.split_whitespace().nth(1).is_some_and(|queues| queues.starts_with("00000000:")) {
            return;
        }
        assert!(Instant::now() < deadline, "the other side's kernel does not take it all");
        let _ = tick.recv_timeout(Duration::from_millis(2));
    }
}

/// Connects to a port of 127.0.0.1 as soon as somebody listens there.
pub fn connect_when_open(port: u16) -> TcpStream {
    let (_sender, tick) = mpsc::channel::<()>();
    let deadline = Instant::now() + DEADLINE;
    loop {
        match TcpStream::connect(("127.0.0.1", port)) {
            Ok(stream) => {
                patient(&stream);
                return stream;
            }
            Err(error) => assert!(Instant::now() < deadline, "nobody listens: {error}"),
        }
        let _ = tick.recv_timeout(Duration::from_millis(5));
    }
}

/// A port that was free a moment ago, for a program that cannot tell which one it took.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// A bound socket that does not listen, so that its port stays ours and refuses.
pub fn refusing(kind: Type, port: u16) -> io::Result<(Socket, u16)> {
    let bound = || -> io::Result<Socket> {
        let socket = Socket::new(Domain::IPV4, kind, None)?;
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], port)).into())?;
        Ok(socket)
    };
    let socket = if port == 0 { unnamed(|| bound().expect("a free port")) } else { bound()? };
    let port = port_of(&socket);
    Ok((socket, port))
}

/// A socket at a port of the kernel's choice that has no name: one whose number is a service's would
/// be called by it.
pub fn unnamed(bound: impl Fn() -> Socket) -> Socket {
    let mut named = Vec::new();
    loop {
        let socket = bound();
        if !is_named(port_of(&socket)) {
            return socket;
        }
        named.push(socket);
    }
}

/// Whether the system's list of services has a name for a port.
pub fn is_named(port: u16) -> bool {
    let services = fs::read_to_string("/etc/services").unwrap_or_default();
    let number = |line: &str| line.split_whitespace().nth(1)?.split_once('/')?.0.parse().ok();
    services.lines().any(|line| number(line) == Some(port))
}

/// A listener whose queue is full: who connects waits for ever. Keep all that is given.
pub fn unanswering() -> (Vec<Socket>, u16) {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).expect("a free port");
    listener.listen(0).expect("a listener");
    let port = port_of(&listener);
    let mut all = vec![listener];
    for _ in 0..4 {
        let filler = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        filler.set_nonblocking(true).expect("non-blocking");
        let _ = filler.connect(&SocketAddr::from(([127, 0, 0, 1], port)).into());
        all.push(filler);
    }
    (all, port)
}

/// The local port of an IP socket; 0 for others.
pub fn port_of(socket: &Socket) -> u16 {
    let address = socket.local_addr().ok().and_then(|address| address.as_socket());
    address.map_or(0, |address| address.port())
}

/// A socket of any family with a deadline on reads and writes.
pub fn socket(domain: Domain, kind: Type) -> Socket {
    let socket = Socket::new(domain, kind, None).expect("a socket");
    socket.set_read_timeout(Some(DEADLINE)).expect("a deadline");
    socket.set_write_timeout(Some(DEADLINE)).expect("a deadline");
    socket
}

/// Whether the other side has passed its end on, and nothing before it.
pub fn is_at_end(mut stream: &TcpStream) -> bool {
    again(|| stream.read(&mut [0])).expect("an end") == 0
}

/// Whether a connection that is let in has nothing to read, and no end either.
pub fn is_let_in(mut stream: &TcpStream) -> bool {
    stream.set_read_timeout(Some(STANDSTILL)).expect("a deadline");
    let said = again(|| stream.read(&mut [0]));
    stream.set_read_timeout(Some(DEADLINE)).expect("a deadline");
    said.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

/// Tries again what a signal has interrupted: a call with a deadline is not restarted by itself.
pub fn again<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// A connection, or a datagram socket with a peer, of any family.
#[derive(Debug)]
pub struct Peer {
    socket: Socket,
    datagrams: bool,
}

impl Peer {
    /// Takes the next connection of a listener; for a datagram socket, the sender of the next
    /// datagram becomes the peer.
    pub fn met_by(listener: &Socket) -> io::Result<Self> {
        if listener.r#type()? == Type::DGRAM {
            let sender = again(|| listener.peek_sender())?;
            listener.set_read_timeout(Some(DEADLINE))?;
            listener.connect(&sender)?;
            return Ok(Self { socket: listener.try_clone()?, datagrams: true });
        }
        let (socket, _) = again(|| listener.accept())?;
        socket.set_read_timeout(Some(DEADLINE))?;
        socket.set_write_timeout(Some(DEADLINE))?;
        Ok(Self { socket, datagrams: false })
    }

    /// Connects `socket` to `address`.
    pub fn calling(socket: Socket, address: &SockAddr) -> io::Result<Self> {
        let datagrams = socket.r#type()? == Type::DGRAM;
        socket.connect(address)?;
        Ok(Self { socket, datagrams })
    }

    /// Whether what it receives comes in datagrams.
    pub fn datagrams(&self) -> bool {
        self.datagrams
    }

    /// Our own port.
    pub fn port(&self) -> u16 {
        port_of(&self.socket)
    }

    /// Sends all of `bytes`, on a datagram socket as one datagram.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.datagrams {
            return again(|| self.socket.send(bytes)).map(drop);
        }
        self.socket.write_all(bytes)
    }

    /// Receives `length` bytes, or less at the end of the stream; on a datagram socket one datagram.
    pub fn receive(&mut self, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; if self.datagrams { 1 << 16 } else { length }];
        let mut filled = 0;
        while filled < bytes.len() {
            let got = again(|| self.socket.read(&mut bytes[filled..]))?;
            filled += got;
            if got == 0 || self.datagrams {
                break;
            }
        }
        bytes.truncate(filled);
        Ok(bytes)
    }

    /// Receives up to the end of the stream and says whether it was an orderly one.
    pub fn receive_all(&mut self) -> (Vec<u8>, bool) {
        let mut bytes = Vec::new();
        let orderly = self.socket.read_to_end(&mut bytes).is_ok();
        (bytes, orderly)
    }

    /// Whether nothing, not even the end of the stream, comes within `limit`.
    pub fn is_quiet(&mut self, limit: Duration) -> bool {
        self.socket.set_read_timeout(Some(limit)).expect("a deadline");
        let quiet = again(|| self.socket.read(&mut [0])).is_err();
        self.socket.set_read_timeout(Some(DEADLINE)).expect("a deadline");
        quiet
    }

    /// Sends the end of the stream and goes on receiving.
    pub fn half_close(&self) {
        let _ = self.socket.shutdown(Shutdown::Write);
    }

    /// Closes with a reset instead of an end of the stream.
    pub fn reset(self) {
        self.socket.set_linger(Some(Duration::ZERO)).expect("linger");
    }
}
