//! Scans of listeners in this process, over the library's API.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::cell::RefCell;
use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::process::Command;
use std::rc::Rc;
use std::time::Duration;

use netcat::event::{Error, Event, Failure, Observer, PortState};
use netcat::plan::{
    Dial, Inet, Plan, PortList, PortOrder, PortRange, Proxy, ProxyKind, Scan, Transport, UdpProbe,
};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

/// What no step of a test may reach.
const DEADLINE: Duration = Duration::from_secs(60);

/// A finding, as far as a test looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    port: u16,
    address: Option<SocketAddr>,
    state: &'static str,
    answer: Option<usize>,
    probe: Option<&'static str>,
}

#[derive(Default)]
struct Recorder {
    found: RefCell<Vec<Found>>,
    /// Names of the other events, in order.
    others: RefCell<Vec<&'static str>>,
}

impl Observer for Recorder {
    fn observe(&self, event: &Event) {
        let other = match event {
            Event::Scanned { target, address, state, probe, .. } => {
                let answer = match state {
                    PortState::Open { answer } => *answer,
                    _ => None,
                };
                self.found.borrow_mut().push(Found {
                    port: target.port,
                    address: *address,
                    state: name(state),
                    answer,
                    probe: *probe,
                });
                return;
            }
            Event::Resolved { .. } => "resolved",
            Event::Probing { .. } => {
                assert!(self.found.borrow().is_empty(), "said before anything is found");
                "probing"
            }
            Event::AttemptFailed(_) => "attempt failed",
            _ => "something else",
        };
        self.others.borrow_mut().push(other);
    }
}

fn name(state: &PortState) -> &'static str {
    match state {
        PortState::Open { .. } => "open",
        PortState::Closed(error) => {
            assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
            "closed"
        }
        PortState::NoAnswer(_) => "no answer",
        PortState::Failed(_) => "failed",
        PortState::ProxyRefused(_) => "refused by the proxy",
    }
}

fn plan(transport: Transport, ports: &[u16]) -> Scan {
    let ports = PortList(ports.iter().map(|port| PortRange::single(*port)).collect());
    Scan {
        dial: Dial { timeout: Some(Duration::from_secs(10)), ..Dial::default() },
        ..Scan::new(Inet { transport, host: "127.0.0.1".into(), ports })
    }
}

struct Outcome {
    found: Vec<Found>,
    others: Vec<&'static str>,
    result: Result<(), Error>,
}

impl Outcome {
    fn states(&self) -> Vec<(u16, &'static str)> {
        self.found.iter().map(|found| (found.port, found.state)).collect()
    }

    fn failure(&self) -> Failure {
        match &self.result {
            Err(Error::NothingOpen(failure)) => *failure,
            other => panic!("{other:?}"),
        }
    }
}

async fn scan(scan: Scan) -> Outcome {
    let recorder = Rc::new(Recorder::default());
    let plan = Plan::Scan(scan);
    let run = netcat::run::run(&plan, Rc::clone(&recorder) as Rc<dyn Observer>);
    let result = timeout(DEADLINE, run).await.expect("the scan ends");
    Outcome { found: recorder.found.take(), others: recorder.others.take(), result }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { timeout(DEADLINE, future).await.expect("in time") })
}

fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// A port that refuses as long as the socket lives: bound, and not listening.
fn refusing() -> (Socket, u16) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP)).unwrap();
    socket.bind(&"127.0.0.1:0".parse::<SocketAddr>().unwrap().into()).unwrap();
    let port = socket.local_addr().unwrap().as_socket().unwrap().port();
    (socket, port)
}

/// A port that does not answer: its backlog is full, so the kernel drops what comes. `None` where
/// this kernel does otherwise.
fn silent() -> Option<(Vec<Socket>, u16)> {
    let (listening, port) = refusing();
    listening.listen(0).unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let mut held = vec![listening];
    for _ in 0..8 {
        let filler = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP)).unwrap();
        if filler.connect_timeout(&address.into(), Duration::from_millis(100)).is_err() {
            return Some((held, port));
        }
        held.push(filler);
    }
    None
}

#[test]
fn open_and_closed_ports_are_told_apart_in_the_order_of_the_list() {
    run(async {
        let (open, a) = listener();
        let (closed, b) = refusing();
        let (also_open, c) = listener();
        let (also_closed, d) = refusing();
        let ports = [d, a, c, b, a];
        let outcome = scan(plan(Transport::Tcp, &ports)).await;
        let wanted = [(d, "closed"), (a, "open"), (c, "open"), (b, "closed"), (a, "open")];
        assert_eq!(outcome.states(), wanted);
        assert!(outcome.result.is_ok());
        assert_eq!(outcome.others, ["resolved"], "the host is looked up once");
        for found in &outcome.found {
            assert_eq!(found.address, Some(SocketAddr::from(([127, 0, 0, 1], found.port))));
            assert_eq!((found.answer, found.probe), (None, None));
        }
        drop((open, closed, also_open, also_closed));
    });
}

#[test]
fn nothing_open_is_a_failure_of_its_own() {
    run(async {
        let (_closed, port) = refusing();
        let outcome = scan(plan(Transport::Tcp, &[port])).await;
        assert_eq!(outcome.failure(), Failure::Refused);
        let mut unknown = plan(Transport::Tcp, &[port]);
        unknown.target.host = "localhost".into();
        unknown.dial.numeric = true;
        let outcome = scan(unknown).await;
        assert!(matches!(outcome.result, Err(Error::Lookup { .. })));
        assert!(outcome.found.is_empty());
    });
}

#[test]
fn several_ports_succeed_where_they_always_do_and_one_does_not() {
    run(async {
        let (_closed, port) = refusing();
        let always = |ports: &[u16]| Scan { always_succeeds: true, ..plan(Transport::Tcp, ports) };
        assert_eq!(scan(always(&[port])).await.failure(), Failure::Refused);
        let several = scan(always(&[port, port])).await;
        assert!(several.result.is_ok(), "{:?}", several.result);
        assert_eq!(several.states(), [(port, "closed"); 2]);
    });
}

#[test]
fn a_random_source_port_is_no_ephemeral_one() {
    const TIMES: usize = 24;
    run(async {
        let (listener, port) = listener();
        let mut random = plan(Transport::Tcp, &[port; TIMES]);
        random.dial.random_source_port = true;
        let dial = random.dial.clone();
        assert_eq!(scan(random).await.states(), [(port, "open"); TIMES]);
        let target = netcat::layer::dial::target(&plan(Transport::Tcp, &[]).target, port, &dial);
        for _ in 0..TIMES {
            let link = netcat::layer::dial::Way::plain(&dial, None)
                .dial(&target, &Recorder::default())
                .await;
            link.expect("a connection");
        }
        let came = || listener.accept().expect("a connection").1.port();
        for _ in 0..2 {
            let ports: Vec<u16> = (0..TIMES).map(|_| came()).collect();
            // Linux gives out 32768 and above: all of them there is one chance in 600,000
            assert!(ports.iter().all(|port| *port >= 8192), "{ports:?}");
            assert!(ports.iter().any(|port| *port < 32768), "{ports:?}");
        }
    });
}

/// A listener, and a scan of its port with those around it, on an address of their own: no
/// listener of another test is touched.
fn around(address: &str) -> (TcpListener, u16, PortRange, Scan) {
    let listener = TcpListener::bind((address, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let range = PortRange::new(port.saturating_sub(300), port.saturating_add(300));
    let mut scan = plan(Transport::Tcp, &[]);
    scan.target.host = address.into();
    scan.target.ports = PortList(vec![range]);
    (listener, port, range, scan)
}

#[test]
fn a_range_comes_upward_and_whole() {
    run(async {
        let (_open, port, range, upward) = around("127.77.0.1");
        let outcome = scan(upward).await;
        let scanned: Vec<u16> = outcome.found.iter().map(|found| found.port).collect();
        assert_eq!(scanned, (range.first..=range.last).collect::<Vec<_>>());
        assert!(outcome.states().contains(&(port, "open")));
    });
}

#[test]
fn a_random_order_is_another_one_and_complete() {
    run(async {
        let (_open, port, range, mut random) = around("127.77.0.2");
        random.order = PortOrder::Random;
        let outcome = scan(random).await;
        let mut scanned: Vec<u16> = outcome.found.iter().map(|found| found.port).collect();
        assert!(!scanned.is_sorted());
        scanned.sort_unstable();
        assert_eq!(scanned, (range.first..=range.last).collect::<Vec<_>>());
        assert!(outcome.states().contains(&(port, "open")));
    });
}

#[test]
fn no_byte_is_sent_over_tcp() {
    run(async {
        let (listener, port) = listener();
        assert!(scan(plan(Transport::Tcp, &[port])).await.result.is_ok());
        listener.set_nonblocking(true).unwrap();
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        let (mut client, _) = listener.accept().await.unwrap();
        let mut sent = Vec::new();
        assert_eq!(client.read_to_end(&mut sent).await.unwrap(), 0, "closed without a byte");
    });
}

#[test]
fn silent_ports_cost_one_timeout_together() {
    let silent: Option<Vec<_>> = (0..30).map(|_| silent()).collect();
    let Some(silent) = silent else {
        println!("skipped: this kernel answers beyond a full backlog");
        return;
    };
    run(async {
        let (_open, open) = listener();
        let mut ports: Vec<u16> = silent.iter().map(|(_, port)| *port).collect();
        let mut plan_of_all = plan(Transport::Tcp, &[]);
        ports.push(open);
        plan_of_all.target = plan(Transport::Tcp, &ports).target;
        plan_of_all.dial.timeout = Some(Duration::from_secs(1));
        // one after the other, they would take 30 seconds
        let outcome = timeout(DEADLINE / 5, scan(plan_of_all)).await.expect("one timeout");
        let states = outcome.states();
        assert!(states[..30].iter().all(|(_, state)| *state == "no answer"), "{states:?}");
        assert_eq!(states[30], (open, "open"));
        let mut only_silent = plan(Transport::Tcp, &ports[..1]);
        only_silent.dial.timeout = Some(Duration::from_millis(100));
        assert_eq!(scan(only_silent).await.failure(), Failure::TimedOut);
    });
}

#[test]
fn source_address_and_port_are_those_asked_for() {
    run(async {
        let (listener, port) = listener();
        let (_closed, closed) = refusing();
        let (reserved, own) = refusing();
        drop(reserved);
        let mut bound = plan(Transport::Tcp, &[closed, port]);
        bound.dial.source_address = Some("127.0.0.2".into());
        bound.dial.source_port = Some(own);
        let outcome = scan(bound).await;
        assert_eq!(outcome.states(), [(closed, "closed"), (port, "open")]);
        let (_, peer) = listener.accept().unwrap();
        assert_eq!(peer, SocketAddr::from(([127, 0, 0, 2], own)));
        let mut foreign = plan(Transport::Tcp, &[port]);
        foreign.dial.source_address = Some("192.0.2.1".into());
        assert!(matches!(scan(foreign).await.result, Err(Error::Source { .. })));
        let mut other_family = plan(Transport::Tcp, &[port]);
        other_family.dial.source_address = Some("::1".into());
        let refused = scan(other_family).await.result;
        assert!(matches!(refused, Err(Error::LocalLookup { .. })), "{refused:?}");
    });
}

/// What the parent tells the child: the ports, with the state that each is to be found in.
const PORTS: &str = "NETCAT_SCAN_TEST_PORTS";

#[test]
fn few_descriptors_make_it_slower_and_no_less_true() {
    let Some(silent) = (0..4).map(|_| silent()).collect::<Option<Vec<_>>>() else {
        println!("skipped: this kernel answers beyond a full backlog");
        return;
    };
    let (_open, open) = listener();
    let (_closed, closed) = refusing();
    let mut ports = vec![format!("{closed}=closed")];
    ports.extend(silent.iter().map(|(_, port)| format!("{port}=no answer")));
    ports.extend([format!("{open}=open"), format!("{closed}=closed")]);
    for limit in ["10", "60"] {
        let output = Command::new("sh")
            .args(["-c", "ulimit -n $1 && shift && exec \"$@\"", "sh", limit])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "a_scan_with_few_descriptors", "--ignored", "--test-threads=1"])
            .env(PORTS, ports.join(","))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "ulimit -n {limit}: {said}");
        assert!(said.contains("1 passed"), "{said}");
    }
}

#[test]
#[ignore = "run by few_descriptors_make_it_slower_and_no_less_true, under a limit"]
fn a_scan_with_few_descriptors() {
    let Ok(ports) = std::env::var(PORTS) else {
        println!("skipped: it needs the ports and the limit that its parent sets");
        return;
    };
    let wanted: Vec<(u16, &str)> = ports
        .split(',')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(port, state)| (port.parse().unwrap(), state))
        .collect();
    let ports: Vec<u16> = wanted.iter().map(|(port, _)| *port).collect();
    run(async {
        // others hold what the limit seems to leave; two are free again, if there were as many
        let mut hoard = Vec::new();
        while let Ok(file) = std::fs::File::open("/dev/null") {
            hoard.push(file);
        }
        hoard.truncate(hoard.len().saturating_sub(2));
        let mut all = plan(Transport::Tcp, &ports);
        all.dial.timeout = Some(Duration::from_millis(300));
        let outcome = scan(all).await;
        assert_eq!(outcome.states(), wanted);
    });
}

/// A UDP port that refuses as long as the socket lives: it hears another peer alone.
fn deaf() -> (UdpSocket, u16) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(socket.local_addr().unwrap()).unwrap();
    let port = socket.local_addr().unwrap().port();
    (socket, port)
}

/// The datagrams that are queued on a socket.
fn queued(socket: &UdpSocket) -> Vec<Vec<u8>> {
    socket.set_nonblocking(true).unwrap();
    let mut buffer = [0; 2048];
    std::iter::from_fn(|| socket.recv(&mut buffer).ok().map(|count| buffer[..count].to_vec()))
        .collect()
}

fn udp() -> (UdpSocket, u16) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    (socket, port)
}

#[test]
fn datagrams_are_answered_refused_or_lost() {
    run(async {
        let (silent, a) = udp();
        let (_deaf, b) = deaf();
        let (answering, c) = udp();
        answering.set_nonblocking(true).unwrap();
        let answering = tokio::net::UdpSocket::from_std(answering).unwrap();
        let answer = async {
            let (_, peer) = answering.recv_from(&mut [0; 16]).await.unwrap();
            answering.send_to(b"hello", peer).await.unwrap();
        };
        let mut all = plan(Transport::Udp, &[a, b, c]);
        all.dial.timeout = Some(Duration::from_millis(600));
        let (outcome, ()) = tokio::join!(scan(all), answer);
        assert_eq!(outcome.states(), [(a, "no answer"), (b, "closed"), (c, "open")]);
        assert_eq!(outcome.found[2].answer, Some(5));
        assert!(outcome.found.iter().all(|found| found.probe == Some("")), "{:?}", outcome.found);
        assert_eq!(outcome.others, ["resolved", "probing"]);
        assert!(outcome.result.is_ok());
        assert_eq!(queued(&silent), vec![Vec::<u8>::new(); 3], "thrice an empty datagram");
    });
}

#[test]
fn no_answer_from_a_service_is_no_open_port() {
    run(async {
        let (_silent, port) = udp();
        let mut silent = plan(Transport::Udp, &[port]);
        silent.dial.timeout = Some(Duration::from_millis(50));
        assert_eq!(scan(silent).await.failure(), Failure::TimedOut);
        let (_deaf, port) = deaf();
        assert_eq!(scan(plan(Transport::Udp, &[port])).await.failure(), Failure::Refused);
    });
}

#[test]
fn xs_take_silence_for_open() {
    run(async {
        let (silent, a) = udp();
        let (_deaf, b) = deaf();
        let mut xs = plan(Transport::Udp, &[a, b]);
        xs.udp_probe = UdpProbe::Xs;
        xs.dial.timeout = Some(Duration::from_secs(1));
        let outcome = scan(xs).await;
        assert_eq!(outcome.states(), [(a, "open"), (b, "closed")]);
        assert_eq!(outcome.found[0].answer, None);
        assert_eq!(outcome.found[0].probe, Some("X"));
        assert_eq!(outcome.others, ["resolved", "probing"]);
        assert_eq!(queued(&silent), vec![b"X".to_vec(); 3], "as openbsd in one second");
    });
}

#[test]
fn a_probe_of_nothing_sends_nothing_and_finds_everything_open() {
    run(async {
        let (silent, a) = udp();
        let (_deaf, b) = deaf();
        let mut nothing = plan(Transport::Udp, &[a, b]);
        nothing.udp_probe = UdpProbe::Nothing;
        let outcome = scan(nothing).await;
        assert_eq!(outcome.states(), [(a, "open"), (b, "open")]);
        assert!(outcome.found.iter().all(|found| found.probe.is_none()));
        assert_eq!(outcome.others, ["resolved"]);
        assert!(queued(&silent).is_empty());
    });
}

/// An HTTP proxy that opens the way to one port alone.
async fn proxy(listener: tokio::net::TcpListener, opens: u16) {
    let wanted = format!("CONNECT 127.0.0.1:{opens} ").into_bytes();
    loop {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(client.read_u8().await.unwrap());
        }
        let answer: &[u8] = if head.starts_with(&wanted) {
            b"HTTP/1.1 200 OK\r\n\r\n"
        } else {
            b"HTTP/1.1 502 Bad Gateway\r\n\r\n"
        };
        client.write_all(answer).await.unwrap();
    }
}

fn through(port: u16, ports: &[u16]) -> Scan {
    let mut scan = plan(Transport::Tcp, ports);
    let kind = ProxyKind::HttpConnect;
    scan.dial.proxy = Some(Proxy {
        kind,
        host: "127.0.0.1".into(),
        port,
        user: None,
        names: netcat::plan::ProxyNames::There,
        via: None,
    });
    scan
}

#[test]
fn a_proxy_has_the_last_word_on_a_port_and_not_on_the_scan() {
    run(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let ports: Vec<u16> = (1..=40).collect();
        let outcome = tokio::select! {
            outcome = scan(through(port, &ports)) => outcome,
            () = proxy(listener, 33) => unreachable!("the proxy goes on"),
        };
        assert!(outcome.result.is_ok());
        let state = |port| if port == 33 { "open" } else { "refused by the proxy" };
        let wanted: Vec<_> = ports.iter().map(|port| (*port, state(*port))).collect();
        assert_eq!(outcome.states(), wanted);
        assert!(outcome.found.iter().all(|found| found.address.is_none()));
        assert!(outcome.others.is_empty(), "{:?}", outcome.others);
    });
}

#[test]
fn an_interval_through_a_proxy_ends_too() {
    run(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut paced = through(listener.local_addr().unwrap().port(), &[1, 2, 3]);
        paced.interval = Some(Duration::from_millis(10));
        let outcome = tokio::select! {
            outcome = scan(paced) => outcome,
            () = proxy(listener, 2) => unreachable!("the proxy goes on"),
        };
        let refused = "refused by the proxy";
        assert_eq!(outcome.states(), [(1, refused), (2, "open"), (3, refused)]);
    });
}

#[test]
fn without_the_proxy_nothing_can_be_learned() {
    run(async {
        let (_closed, port) = refusing();
        let outcome = scan(through(port, &[1, 2, 3])).await;
        assert!(outcome.found.is_empty());
        assert_eq!(outcome.others, ["attempt failed"]);
        let Err(Error::NotConnected { target, failure }) = outcome.result else {
            panic!("{:?}", outcome.result);
        };
        assert_eq!((target.port, failure), (port, Failure::Refused));
    });
}
