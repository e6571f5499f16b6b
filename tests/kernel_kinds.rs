//! Kinds of sockets that not every kernel has: behaving where it has them, one clear error where it
//! has not. What counts packets or changes settings of the kernel does so in a network of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod common;

use std::fs;
use std::future::Future;
use std::io::{Read, Write};
use std::process::Command;

use netcat::endpoint::{Link, inet, udp};
use netcat::event::{Detail, Error, Event, Observer, Target};
use netcat::layer::dial::Way;
use netcat::net::socket::Request;
use netcat::plan::{Dial, SocketOptions, Transport};
use netcat::sys::fd::Fd;
use tokio::time::timeout;

use common::peer::{accept, connect, tcp_listener};
use common::{DEADLINE, may_skip, pattern};

struct Nobody;

impl Observer for Nobody {
    fn observe(&self, _: &Event) {}

    fn wants(&self, _: Detail) -> bool {
        true
    }
}

/// What comes of something that must happen.
async fn within<T>(what: impl Future<Output = T>) -> T {
    timeout(DEADLINE, what).await.expect("before the deadline")
}

/// Runs one of the helpers below, in a network that is its own and gone with it.
fn alone(helper: &str) {
    let mut command = Command::new("unshare");
    command.args(["-n", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"]);
    command.arg(std::env::current_exe().expect("this program"));
    command.args(["--ignored", "--exact", "--nocapture", helper]);
    let output = command.output();
    let said = output.as_ref().map_or_else(
        |error| format!("unshare: {error}"),
        |output| {
            let texts = [&output.stdout, &output.stderr];
            texts.map(|text| String::from_utf8_lossy(text).into_owned()).concat()
        },
    );
    if !said.contains("running 1 test") {
        assert!(may_skip(), "no network of our own: {said}");
        println!("skipped: no network of our own: {said}");
        return;
    }
    assert!(output.is_ok_and(|output| output.status.success()), "{said}");
    if let Some(why) = said.lines().find(|line| line.starts_with("skipped: ")) {
        println!("{why}");
    }
}

fn target(transport: Transport, port: u16) -> Target {
    Target { host: "127.0.0.1".into(), port, transport, numeric: true }
}

fn options(mptcp: bool) -> SocketOptions {
    SocketOptions { mptcp, ..SocketOptions::default() }
}

fn by(socket: SocketOptions) -> Dial {
    Dial { socket, timeout: Some(DEADLINE), ..Dial::default() }
}

fn listen(transport: Transport, options: &SocketOptions) -> Result<inet::Listener, Error> {
    let request = Request { transport, options, md5_key: None };
    inet::listen(request, &["127.0.0.1:0".parse().unwrap()]).map(|mut all| all.remove(0))
}

/// A connection's two ends.
async fn pair(transport: Transport, socket: &SocketOptions) -> Result<(Link, Link), Error> {
    let listener = listen(transport, socket)?;
    let (target, dial_by) = (target(transport, listener.address.port()), by(socket.clone()));
    let way = Way::plain(&dial_by, None);
    let both = async { tokio::join!(way.dial(&target, &Nobody), listener.accept()) };
    let (client, server) = within(both).await;
    Ok((client?, server.expect("a client")))
}

async fn all(from: &Fd) -> Vec<u8> {
    let (mut bytes, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
    while let count @ 1.. = from.read(&mut buffer).await.expect("an end") {
        bytes.extend_from_slice(&buffer[..count]);
    }
    bytes
}

/// Sends all of it and the end; gives what came meanwhile.
async fn talk(link: &Link, bytes: &[u8]) -> Vec<u8> {
    let sending = async {
        link.fd().write_all(bytes).await.expect("a peer that takes it");
        link.half_close().expect("an end");
    };
    within(async { tokio::join!(sending, all(link.fd())) }).await.1
}

/// Waits until the peer's kernel has everything.
async fn wait_acknowledged(link: &Link) {
    let all = async {
        while link.unacknowledged() > 0 {
            tokio::task::yield_now().await;
        }
    };
    within(all).await;
}

/// A counter of MPTCP's in this network.
fn counter(name: &str) -> u64 {
    let table = fs::read_to_string("/proc/net/netstat").expect("the kernel's counters");
    let mut rows = table.lines().filter_map(|line| line.strip_prefix("MPTcpExt: "));
    let (names, values) = (rows.next().expect("names"), rows.next().expect("values"));
    let at = names.split(' ').position(|known| known == name).expect(name);
    values.split(' ').nth(at).and_then(|value| value.parse().ok()).expect("a number")
}

#[test]
fn several_paths_are_used_where_both_ends_want_them() {
    alone("mptcp_on_both_ends");
    alone("mptcp_on_one_end");
    alone("mptcp_refused_by_the_kernel");
}

#[tokio::test]
#[ignore = "run in a network of its own by several_paths_are_used_where_both_ends_want_them"]
async fn mptcp_on_both_ends() {
    let (client, server) = match pair(Transport::Tcp, &options(true)).await {
        Err(Error::Unsupported { what: "MPTCP", error }) => {
            println!("skipped: no MPTCP: {error}");
            return;
        }
        other => other.expect("a connection"),
    };
    // of the first path, as long as that stands
    assert!(client.tcp_info_for(&Nobody).is_some_and(|info| !info.rtt.is_zero()));
    let bytes = pattern(4 << 20);
    let (there, back) = tokio::join!(talk(&server, &bytes), talk(&client, &bytes));
    assert!(there == bytes && back == bytes, "{} there, {} back", there.len(), back.len());
    wait_acknowledged(&client).await;
    wait_acknowledged(&server).await;
    assert_eq!(["MPCapableSYNRX", "MPCapableACKRX"].map(counter), [1, 1]);
    assert_eq!(["MPCapableFallbackACK", "MPCapableFallbackSYNACK"].map(counter), [0, 0]);

    // what nobody reads is not acknowledged for ever, and is counted
    let (client, server) = pair(Transport::Tcp, &options(true)).await.expect("a connection");
    while client.fd().try_write(&bytes).is_ok() {}
    assert!(client.unacknowledged() > 0);
    drop(server);
}

#[tokio::test]
#[ignore = "run in a network of its own by several_paths_are_used_where_both_ends_want_them"]
async fn mptcp_on_one_end() {
    let bytes = &pattern(1 << 20);
    let (listener, port) = tcp_listener();
    let played = std::thread::spawn(move || {
        let mut stream = accept(&listener);
        let mut seen = Vec::new();
        stream.read_to_end(&mut seen).unwrap();
        stream.write_all(&seen).unwrap();
    });
    let dial_by = by(options(true));
    let link = match Way::plain(&dial_by, None).dial(&target(Transport::Tcp, port), &Nobody).await {
        Err(Error::Unsupported { .. }) => return,
        other => other.expect("a connection"),
    };
    assert!(talk(&link, bytes).await == *bytes);
    wait_acknowledged(&link).await;
    played.join().unwrap();
    assert_eq!(["MPCapableSYNTX", "MPCapableSYNRX"].map(counter), [1, 0]);

    let listener = listen(Transport::Tcp, &options(true)).expect("a listener");
    let mut peer = connect(listener.address.port());
    let server = within(listener.accept()).await.expect("a client");
    let played = std::thread::spawn(move || {
        peer.write_all(b"a question").unwrap();
        peer.shutdown(std::net::Shutdown::Write).unwrap();
        let mut seen = Vec::new();
        peer.read_to_end(&mut seen).unwrap();
        seen
    });
    assert_eq!(talk(&server, b"an answer").await, b"a question");
    wait_acknowledged(&server).await;
    assert_eq!(played.join().unwrap(), b"an answer");
    assert_eq!(counter("MPCapableSYNRX"), 0);
}

#[tokio::test]
#[ignore = "run in a network of its own by several_paths_are_used_where_both_ends_want_them"]
async fn mptcp_refused_by_the_kernel() {
    if fs::write("/proc/sys/net/mptcp/enabled", "0").is_err() {
        println!("skipped: no MPTCP to switch off");
        return;
    }
    for transport in [Transport::Tcp, Transport::Udp] {
        let refused = listen(transport, &options(true));
        assert!(matches!(refused, Err(Error::Unsupported { what: "MPTCP", .. })), "{refused:?}");
        let refused =
            Way::plain(&by(options(true)), None).dial(&target(transport, 9), &Nobody).await;
        assert!(matches!(refused, Err(Error::Unsupported { what: "MPTCP", .. })), "{refused:?}");
    }
}

#[tokio::test]
async fn sctp_carries_a_stream_where_the_kernel_has_it() {
    let (client, server) = match pair(Transport::Sctp, &options(false)).await {
        Err(Error::Unsupported { what: "SCTP", error }) => {
            println!("skipped: no SCTP: {error}");
            return;
        }
        other => other.expect("a connection"),
    };
    let mut buffer = [0; 64];
    client.fd().write_all(b"a question").await.unwrap();
    assert_eq!(within(server.fd().read(&mut buffer)).await.unwrap(), 10);
    server.fd().write_all(b"an answer").await.unwrap();
    assert_eq!(within(client.fd().read(&mut buffer)).await.unwrap(), 9);
    client.half_close().unwrap();
    assert_eq!(within(server.fd().read(&mut buffer)).await.unwrap(), 0);
}

#[tokio::test]
async fn dccp_carries_datagrams_where_the_kernel_has_it() {
    let (client, server) = match pair(Transport::Dccp, &options(false)).await {
        Err(Error::Unsupported { what: "DCCP", error }) => {
            println!("skipped: no DCCP: {error}");
            return;
        }
        other => other.expect("a connection"),
    };
    client.fd().write_all(b"a question").await.unwrap();
    let mut buffer = [0; 64];
    assert_eq!(within(server.fd().read(&mut buffer)).await.unwrap(), 10);
}

#[tokio::test]
async fn udplite_carries_datagrams_where_the_kernel_has_it() {
    let options = options(false);
    let request = Request { transport: Transport::UdpLite, options: &options, md5_key: None };
    let bound = match udp::bind(request, &["127.0.0.1:0".parse().unwrap()]) {
        Err(Error::Unsupported { what: "UDP-Lite", error }) => {
            println!("skipped: no UDP-Lite: {error}");
            return;
        }
        other => other.expect("a socket").remove(0),
    };
    let target = target(Transport::UdpLite, bound.address.port());
    let client =
        Way::plain(&by(options.clone()), None).dial(&target, &Nobody).await.expect("a peer");
    client.fd().write_all(b"a question").await.unwrap();
    let peer = within(bound.first_peer()).await.unwrap();
    let server = bound.lock_on(peer).unwrap();
    let said = format!("{:?}", server.peer());
    assert!(said.contains("UdpLite"), "{said}");
    let mut buffer = [0; 64];
    assert_eq!(within(server.fd().read(&mut buffer)).await.unwrap(), 10);
    server.fd().write_all(b"an answer").await.unwrap();
    assert_eq!(within(client.fd().read(&mut buffer)).await.unwrap(), 9);
}
