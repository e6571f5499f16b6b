//! A proxy server on a thread of its own, what it tells, and clients and targets for it.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use netcat::event::{Event, Observer, Peer};
use netcat::plan::{
    AccessSource, Host, Listen, Local, Plan, ProxyServer, ProxySpeech, Service, Transport,
};
use tokio::sync::oneshot;

use crate::common::DEADLINE;
use crate::common::peer::connect;

/// A proxy server; it ends with this.
pub struct Server {
    pub port: u16,
    told: Receiver<Told>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What it tells, as far as a test looks at it.
#[derive(Debug, PartialEq, Eq)]
pub enum Told {
    Listening(u16),
    Accepted,
    Answered(String, String),
    Failed(String),
    Refused,
    /// Bytes that the client got, and sent.
    Left(u64, u64),
    Other(String),
}

struct Teller(Sender<Told>);

impl Observer for Teller {
    fn observe(&self, event: &Event) {
        let told = match event {
            Event::Listening(Peer::Inet { address, .. }) => Told::Listening(address.port()),
            Event::Accepted { .. } => Told::Accepted,
            Event::ProxyAnswered { request, answer, .. } => {
                Told::Answered(String::from_utf8_lossy(request).into_owned(), answer.clone())
            }
            Event::ClientFailed { error, .. } => Told::Failed(format!("{error:?}")),
            Event::ClientRefused { .. } => Told::Refused,
            Event::ClientLeft { summary, .. } => Told::Left(summary.sent, summary.received),
            other => Told::Other(format!("{other:?}")),
        };
        // the test may be over
        let _ = self.0.send(told);
    }
}

/// The plan of a server on a free port of 127.0.0.1.
pub fn plan(speaks: ProxySpeech) -> (Listen, ProxyServer) {
    let local = Local::Inet { transport: Transport::Tcp, host: Some("127.0.0.1".into()), port: 0 };
    let server = ProxyServer { speaks, credentials: None, dial: netcat::plan::Dial::default() };
    (Listen::new(local), server)
}

/// The same on every address.
pub fn everywhere(listen: Listen, host: Option<Host>) -> Listen {
    Listen { local: Local::Inet { transport: Transport::Tcp, host, port: 0 }, ..listen }
}

/// A list of rules.
pub fn rules(list: &str) -> Vec<AccessSource> {
    vec![AccessSource::List(list.into())]
}

impl Server {
    /// HTTP by the default rules.
    pub fn http() -> Self {
        let (listen, server) = plan(ProxySpeech::Http);
        Self::start(listen, server)
    }

    /// SOCKS by the default rules.
    pub fn socks() -> Self {
        let (listen, server) = plan(ProxySpeech::Socks);
        Self::start(listen, server)
    }

    pub fn start(listen: Listen, server: ProxyServer) -> Self {
        let plan = Plan::Listen(Listen { service: Service::Proxy(server), ..listen });
        let (sender, told) = channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                tokio::select! {
                    result = netcat::run::run(&plan, Rc::new(Teller(sender))) => {
                        panic!("a proxy server goes on for ever: {result:?}");
                    }
                    _ = stopped => {}
                }
            });
        });
        let mut server = Self { port: 0, told, stop: Some(stop), thread: Some(thread) };
        match server.tells() {
            Told::Listening(port) => server.port = port,
            other => panic!("{other:?}"),
        }
        server
    }

    /// The next event.
    pub fn tells(&self) -> Told {
        self.told.recv_timeout(DEADLINE).expect("an event")
    }

    /// The next answer that it tells of.
    pub fn answered(&self) -> (String, String) {
        loop {
            if let Told::Answered(request, answer) = self.tells() {
                return (request, answer);
            }
        }
    }

    /// Waits until it tells that a client was cut off.
    pub fn failed(&self) -> String {
        loop {
            match self.tells() {
                Told::Failed(error) => {
                    assert!(matches!(self.tells(), Told::Left(..)));
                    return error;
                }
                Told::Left(..) => panic!("the client left as if all were well"),
                _ => {}
            }
        }
    }

    /// A client that has said this.
    pub fn told(&self, bytes: &[u8]) -> TcpStream {
        let mut client = connect(self.port);
        client.write_all(bytes).expect("a server that reads");
        client
    }

    /// All that a client gets that says this and then waits.
    pub fn says(&self, bytes: &[u8]) -> Vec<u8> {
        all(&mut self.told(bytes))
    }

    /// It still serves.
    pub fn is_well(&self) {
        let (listener, port) = crate::common::peer::tcp_listener();
        let head = format!("CONNECT 127.0.0.1:{port} HTTP/1.0\r\n\r\n");
        let mut client = self.told(head.as_bytes());
        drop(crate::common::peer::accept(&listener));
        assert_eq!(all(&mut client), b"HTTP/1.0 200 OK\r\n\r\n");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(Err(panic)) = self.thread.take().map(JoinHandle::join)
            && !thread::panicking()
        {
            std::panic::resume_unwind(panic);
        }
    }
}

/// Reads to an orderly end.
pub fn all(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("an orderly end");
    bytes
}

/// Reads until the connection is reset, which it must be.
pub fn until_reset(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => panic!("an orderly end after {} bytes", bytes.len()),
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return bytes,
            Err(error) => panic!("no reset: {error}"),
        }
    }
}

/// Reads up to the end of a head.
pub fn head(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("a head");
        bytes.extend(byte);
    }
    String::from_utf8(bytes).expect("a head of text")
}

/// Reads exactly so many bytes.
pub fn exactly(stream: &mut TcpStream, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).expect("more bytes");
    bytes
}

/// Finishes sending.
pub fn finish(stream: &TcpStream) {
    stream.shutdown(Shutdown::Write).expect("a connection");
}

/// Resets a connection.
pub fn reset(stream: TcpStream) {
    let socket = socket2::Socket::from(stream);
    socket.set_linger(Some(std::time::Duration::ZERO)).expect("linger");
}

/// The request of SOCKS 5 for an address.
pub fn socks5_request(target: SocketAddr) -> Vec<u8> {
    let mut request = b"\x05\x01\0".to_vec();
    match target {
        SocketAddr::V4(v4) => {
            request.push(1);
            request.extend(v4.ip().octets());
        }
        SocketAddr::V6(v6) => {
            request.push(4);
            request.extend(v6.ip().octets());
        }
    }
    request.extend(target.port().to_be_bytes());
    request
}
