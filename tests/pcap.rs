//! Packet captures (`--pcap`), as Wireshark's own reader takes them: real processes on both ends,
//! and tshark as the judge, which reads each file once, from its beginning to its end.
#![allow(clippy::print_stdout, reason = "what is skipped says so")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::peer::{accept, connect, fill_with, tcp_listener};
use common::process::{Input, Program};
use common::running::Running;
use common::{DEADLINE, MORE_THAN_FITS, may_skip, pattern, under_test};
use rustix::process::Signal;
use tempfile::TempDir;

const REQUEST: &[u8] = b"GET /there HTTP/1.0\r\nHost: a\r\n\r\n";
const RESPONSE: &[u8] = b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nhi\n";

/// What the reader says of each packet: its transport's checksum (1 is good), and whatever is wrong
/// with it, of which what it takes for lost, doubled or out of its place is a flag.
const JUDGED: [&str; 6] = [
    "tcp.checksum.status",
    "udp.checksum.status",
    "ip.checksum.status",
    "tcp.analysis.flags",
    "_ws.malformed",
    "_ws.expert.severity",
];

/// Bits of a TCP header.
const FIN: u32 = 1;
const SYN: u32 = 2;
const RESET: u32 = 4;

/// From this on, the reader's own comments are warnings.
const WARNING: u64 = 0x60_0000;

/// The judge; nothing where there is none and the test may be skipped.
fn is_judged() -> bool {
    let found = Command::new("tshark").arg("--version").stdout(Stdio::null()).status().is_ok();
    if !found {
        assert!(may_skip(), "tshark is not installed");
        println!("skipped: tshark is not installed");
    }
    found
}

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args)
}

/// A directory, and captures in it.
struct Captures(TempDir);

impl Captures {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }
}

/// What tshark prints of a file; it has to read all of it without a complaint.
fn tshark(file: &Path, args: &[&str]) -> String {
    let output = Command::new("tshark")
        .args(["-n", "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"])
        .args(["-o", "udp.check_checksum:TRUE", "-r"])
        .arg(file)
        .args(args)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {said}");
    let complaints: Vec<_> =
        said.lines().filter(|line| !line.starts_with("Running as user")).collect();
    assert!(complaints.is_empty(), "{args:?}: {complaints:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// These columns of each packet that the filter lets through; `more` is for tshark too. One run of
/// it for many columns, as each one takes its time.
fn table(file: &Path, filter: &str, columns: &[&str], more: &[&str]) -> Vec<Vec<String>> {
    let columns = columns.iter().flat_map(|column| ["-e", column]);
    let args = ["-Y", filter, "-T", "fields"].into_iter().chain(columns);
    let args: Vec<_> = args.chain(more.iter().copied()).collect();
    let text = tshark(file, &args);
    text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// A single column.
fn fields(file: &Path, filter: &str, field: &str, more: &[&str]) -> Vec<String> {
    table(file, filter, &[field], more).concat()
}

/// Nothing is wrong with any packet, all checksums were looked at, and the file says what it is.
#[track_caller]
fn is_sound(file: &Path) {
    let told = table(file, "frame", &JUDGED, &[]);
    assert!(!told.is_empty(), "no packets");
    for (column, packet) in told.iter().zip(1..) {
        assert_eq!([&*column[0], &column[1]].concat(), "1", "checksum of {packet}: {column:?}");
        assert!(["", "1"].contains(&&*column[2]), "checksum of {packet}: {column:?}");
        assert_eq!([&*column[3], &column[4]], ["", ""], "packet {packet}: {column:?}");
        let said = column[5].split(',').filter(|severity| !severity.is_empty());
        let worst = said.map(|severity| severity.parse::<u64>().unwrap()).max();
        assert!(worst.is_none_or(|worst| worst < WARNING), "packet {packet}: {column:?}");
    }
    let bytes = fs::read(file).unwrap();
    let says = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    assert!(says(b"synthesised by nc"));
}

/// The two sides of a TCP stream, who connected first.
fn stream(file: &Path, index: u32) -> [Vec<u8>; 2] {
    let text = tshark(file, &["-q", "-z", &format!("follow,tcp,raw,{index}")]);
    let mut sides = [Vec::new(), Vec::new()];
    for line in text.lines().skip_while(|line| !line.starts_with("Node 1")).skip(1) {
        let answer = line.starts_with('\t');
        let digits = line.trim();
        if digits.starts_with('=') {
            break;
        }
        for pair in digits.as_bytes().chunks(2) {
            let digits = std::str::from_utf8(pair).unwrap();
            sides[usize::from(answer)].push(u8::from_str_radix(digits, 16).unwrap());
        }
    }
    sides
}

/// A listener of one client with a capture, that sends this.
fn listener(args: &[&str], says: &[u8]) -> (Running, u16) {
    let program = nc(&["-v", "-l", "127.0.0.1", "0"]).args(args);
    let mut running = program.input(Input::Regular(says.to_vec())).start();
    let port = running.listening_port();
    (running, port)
}

#[test]
fn both_ends_of_a_tcp_connection_have_all_of_it() {
    if !is_judged() {
        return;
    }
    let captures = Captures::new();
    let (question, answer) = (pattern(140_000), pattern(70_001));
    let (mut server, port) = listener(&["--pcap", &captures.text("server")], &answer);
    let mut client = nc(&["--pcap", &captures.text("client"), "127.0.0.1", &port.to_string()])
        .input(Input::Regular(question.clone()))
        .start();
    client.succeeds();
    server.succeeds();
    assert!(client.stdout == answer && server.stdout == question);
    for name in ["client", "server"] {
        let file = captures.path(name);
        is_sound(&file);
        assert!(stream(&file, 0) == [question.clone(), answer.clone()], "{name}");
        let columns = ["tcp.dstport", "tcp.flags", "frame.p2p_dir"];
        let packets = table(&file, "frame", &columns, &[]);
        let port = port.to_string();
        let with = |flag: u32| {
            let flags = |packet: &[String]| {
                u32::from_str_radix(packet[1].trim_start_matches("0x"), 16).unwrap()
            };
            packets.iter().filter(|packet| flags(packet) & flag != 0).count()
        };
        assert_eq!([with(SYN), with(FIN), with(RESET)], [2, 2, 0], "{name}");
        assert_eq!(packets[0][0], port, "who connected comes first");
        // who wrote it is told which way each packet went
        let sent = if name == "client" { "0" } else { "1" };
        for packet in &packets {
            assert_eq!(packet[2] == sent, packet[0] == port, "{name}: {packet:?}");
        }
    }
}

#[test]
fn datagrams_over_both_kinds_of_ip() {
    if !is_judged() {
        return;
    }
    for host in ["127.0.0.1", "::1"] {
        let captures = Captures::new();
        let peer = UdpSocket::bind((host, 0)).unwrap();
        peer.set_read_timeout(Some(DEADLINE)).unwrap();
        let port = peer.local_addr().unwrap().port().to_string();
        let args = ["-u", "-W", "2", "--pcap", &captures.text("udp"), host, &port];
        let mut client = nc(&args).input(Input::Pipe).start();
        client.feed(b"question");
        let mut buffer = [0; 64];
        let (count, from) = peer.recv_from(&mut buffer).unwrap();
        assert_eq!(&buffer[..count], b"question");
        peer.send_to(b"", from).unwrap();
        peer.send_to(b"answer", from).unwrap();
        client.succeeds();
        let file = captures.path("udp");
        is_sound(&file);
        let own = from.port().to_string();
        let ip = if host == "::1" { "ipv6.src" } else { "ip.src" };
        let columns = ["udp.srcport", "udp.dstport", "udp.payload", ip];
        let found = table(&file, "udp", &columns, &["-d", "udp.port==0-65535,data"]);
        let [question, answer] = ["7175657374696f6e", "616e73776572"];
        let rows = [(&own, &port, question), (&port, &own, ""), (&port, &own, answer)];
        let wanted = rows.map(|(from, to, text)| {
            vec![from.clone(), to.clone(), text.to_owned(), host.to_owned()]
        });
        assert_eq!(found, wanted);
    }
}

#[test]
fn tcp_over_ipv6() {
    if !is_judged() {
        return;
    }
    let captures = Captures::new();
    let mut server = nc(&["-v", "-l", "--pcap", &captures.text("six"), "::1", "0"])
        .input(Input::Regular(b"answer".to_vec()))
        .start();
    let port = server.listening_port();
    let mut client = nc(&["::1", &port.to_string()]).input(Input::Regular(b"hi".to_vec())).start();
    client.succeeds();
    server.succeeds();
    is_sound(&captures.path("six"));
    assert_eq!(stream(&captures.path("six"), 0), [b"hi".to_vec(), b"answer".to_vec()]);
    assert_eq!(fields(&captures.path("six"), "tcp.flags.syn == 1", "ipv6.src", &[]), ["::1"; 2]);
}

#[test]
fn each_client_of_a_listener_is_a_connection_of_its_own() {
    if !is_judged() {
        return;
    }
    let captures = Captures::new();
    let mut server =
        nc(&["-v", "-l", "-k", "--pcap", &captures.text("many"), "127.0.0.1", "0"]).start();
    let port = server.listening_port();
    for word in ["one", "another"] {
        let mut peer = connect(port);
        peer.write_all(word.as_bytes()).unwrap();
        let words = word.len();
        assert!(server.wait_for(DEADLINE, |server| server.stdout.len() >= words));
        server.stdout.clear();
    }
    server.signal(Signal::TERM);
    server.wait_end();
    is_sound(&captures.path("many"));
    assert_eq!(stream(&captures.path("many"), 0)[0], b"one");
    assert_eq!(stream(&captures.path("many"), 1)[0], b"another");
}

#[test]
fn a_signal_leaves_whole_blocks_to_the_last_one() {
    if !is_judged() {
        return;
    }
    let captures = Captures::new();
    let (listener, port) = tcp_listener();
    let mut client = nc(&["--pcap", &captures.text("cut"), "127.0.0.1", &port.to_string()]).start();
    let mut peer = accept(&listener);
    peer.write_all(b"before").unwrap();
    assert!(client.wait_for(DEADLINE, |client| client.stdout == b"before"));
    client.signal(Signal::INT);
    client.wait_end();
    is_sound(&captures.path("cut"));
    assert_eq!(stream(&captures.path("cut"), 0)[1], b"before");
}

#[test]
fn a_peer_that_gives_up_is_seen_to() {
    if !is_judged() {
        return;
    }
    let captures = Captures::new();
    let (listener, port) = tcp_listener();
    let args = ["--pcap", &captures.text("reset"), "127.0.0.1", &port.to_string()];
    let mut client = nc(&args).input(Input::Pipe).start();
    let mut peer = accept(&listener);
    // one that gives up before it was heard of has not been connected
    client.feed(b"?");
    peer.read_exact(&mut [0]).unwrap();
    socket2::SockRef::from(&peer).set_linger(Some(std::time::Duration::ZERO)).unwrap();
    drop(peer);
    assert_eq!(client.wait_end(), "exit 14");
    let file = captures.path("reset");
    let resets = fields(&file, "tcp.flags.reset == 1", "tcp.srcport", &[]);
    assert_eq!(resets, [port.to_string()]);
    // the reset is no mistake of ours, though the reader warns of it
    assert_eq!(tshark(&file, &["-Y", "_ws.malformed || tcp.checksum.status == 0"]), "");
}

#[test]
fn what_is_said_to_a_proxy_is_part_of_it() {
    if !is_judged() {
        return;
    }
    let captures = Captures::new();
    let (mut proxy, proxy_port) =
        listener(&["-k", "--proxy-type", "http", "--pcap", &captures.text("proxy")], b"");
    let (listener, port) = tcp_listener();
    let through = format!("127.0.0.1:{proxy_port}");
    let args = ["-X", "connect", "-x", &through, "--pcap", &captures.text("client")];
    let mut client = nc(&args)
        .args(["127.0.0.1", &port.to_string()])
        .input(Input::Regular(b"hi".into()))
        .start();
    let mut peer = accept(&listener);
    let mut said = Vec::new();
    peer.read_to_end(&mut said).unwrap();
    peer.write_all(b"answer").unwrap();
    drop(peer);
    client.succeeds();
    proxy.signal(Signal::TERM);
    proxy.wait_end();
    let connects = format!("CONNECT 127.0.0.1:{port} HTTP/1.");
    let begins =
        |side: &[u8]| side.starts_with(connects.as_bytes()) && side.ends_with(b"\r\n\r\nhi");
    for name in ["client", "proxy"] {
        is_sound(&captures.path(name));
        let [asked, got] = stream(&captures.path(name), 0);
        assert!(begins(&asked), "{name}: {}", asked.escape_ascii());
        assert!(got.ends_with(b"answer"), "{name}: {}", got.escape_ascii());
    }
    assert_eq!(stream(&captures.path("proxy"), 1), [b"hi".to_vec(), b"answer".to_vec()]);
}

#[test]
fn a_unix_socket_says_that_its_addresses_are_made_up() {
    if !is_judged() {
        return;
    }
    let captures = Captures::new();
    let path = captures.text("a\nsocket");
    let listener = UnixListener::bind(&path).unwrap();
    let args = ["-U", "--pcap", &captures.text("unix"), &path];
    let mut client = nc(&args).input(Input::Regular(REQUEST.to_vec())).start();
    let (mut peer, _) = listener.accept().unwrap();
    let mut said = Vec::new();
    peer.read_to_end(&mut said).unwrap();
    peer.write_all(RESPONSE).unwrap();
    drop(peer);
    client.succeeds();
    let file = captures.path("unix");
    is_sound(&file);
    assert_eq!(stream(&file, 0), [REQUEST.to_vec(), RESPONSE.to_vec()]);
    let comments = fields(&file, "frame.comment", "frame.comment", &[]);
    assert_eq!(comments.len(), 1);
    let [before, after] = ["Unix socket ", "a\\x0asocket: the addresses and ports are made up"];
    assert!(comments[0].starts_with(before) && comments[0].ends_with(after), "{comments:?}");
}

#[test]
fn a_reader_that_looks_on_holds_it_up_and_misses_nothing() {
    const END: &[u8] = b"the end of the test";
    let captures = Captures::new();
    let fifo = captures.text("live");
    rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
    // a reader that has it open, and waits; a writer keeps it open beyond the program's end
    let mut reader = fs::OpenOptions::new().read(true).write(true).open(&fifo).unwrap();
    let mut writer = reader.try_clone().unwrap();
    let (listener, port) = tcp_listener();
    let sent = pattern(MORE_THAN_FITS);
    let args = ["--pcap", &fifo, "127.0.0.1", &port.to_string()];
    let mut client = nc(&args).start();
    let mut peer = accept(&listener);
    let taken = fill_with(&peer, &sent);
    assert!(client.most_memory() < 24 << 20, "{} bytes of memory", client.most_memory());
    let reading = std::thread::spawn(move || {
        let mut all = Vec::new();
        let mut buffer = vec![0; 1 << 20];
        while !all.ends_with(END) {
            let count = reader.read(&mut buffer).unwrap();
            all.extend_from_slice(&buffer[..count]);
        }
        all.truncate(all.len() - END.len());
        all
    });
    peer.write_all(&sent[taken..]).unwrap();
    drop(peer);
    client.succeeds();
    assert!(client.stdout == sent);
    writer.write_all(END).unwrap();
    let all = reading.join().unwrap();
    if is_judged() {
        fs::write(captures.path("kept"), &all).unwrap();
        let sizes = fields(&captures.path("kept"), "tcp.len > 0", "tcp.len", &[]);
        let total: usize = sizes.iter().map(|size| size.parse::<usize>().unwrap()).sum();
        assert_eq!(total, sent.len());
    }
}

#[test]
fn a_program_is_seen_too() {
    if !is_judged() {
        return;
    }
    let captures = Captures::new();
    let (mut server, port) =
        listener(&["-c", "read line; echo \"got $line\"", "--pcap", &captures.text("run")], b"");
    let mut peer = connect(port);
    peer.write_all(b"this\n").unwrap();
    let mut got = Vec::new();
    peer.read_to_end(&mut got).unwrap();
    drop(peer);
    server.succeeds();
    is_sound(&captures.path("run"));
    assert_eq!(stream(&captures.path("run"), 0), [b"this\n".to_vec(), b"got this\n".to_vec()]);
}

#[test]
fn the_file_is_emptied_and_its_owners_alone() {
    let captures = Captures::new();
    let [new, old] = [captures.path("new"), captures.path("old")];
    fs::write(&old, vec![b'x'; 1 << 20]).unwrap();
    fs::set_permissions(&old, fs::Permissions::from_mode(0o664)).unwrap();
    for file in [&new, &old] {
        let (listener, port) = tcp_listener();
        let args = ["--pcap", file.to_str().unwrap(), "127.0.0.1", &port.to_string()];
        let mut client = nc(&args).start();
        drop::<TcpStream>(accept(&listener));
        client.succeeds();
        let bytes = fs::read(file).unwrap();
        assert!(bytes.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]) && bytes.len() < 4096);
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

/// It ends with 17 and these words, and has connected to nobody.
#[track_caller]
fn does_not_connect(args: &[&str], why: &str) {
    let (listener, port) = tcp_listener();
    listener.set_nonblocking(true).unwrap();
    let mut client = nc(args).args(["127.0.0.1", &port.to_string()]).start();
    assert_eq!(client.wait_end(), "exit 17", "{args:?}");
    assert!(client.said().contains(why), "{}", client.said());
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn somebody_elses_file_gets_no_secrets() {
    // only root can give something away
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let captures = Captures::new();
    let (file, link) = (captures.path("theirs"), captures.path("link"));
    fs::write(&file, "kept").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    std::os::unix::fs::chown(&file, Some(65534), None).unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    for path in [&file, &link] {
        does_not_connect(&["--pcap", path.to_str().unwrap()], "belongs to somebody else");
    }
    assert_eq!(fs::read(&file).unwrap(), b"kept");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o666);
}

#[test]
fn a_fifo_that_nobody_reads_is_told() {
    let captures = Captures::new();
    let fifo = captures.text("fifo");
    rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
    for to in ["--pcap", "--log", "-o"] {
        does_not_connect(&[to, &fifo], "nobody reads this FIFO");
    }
}

/// How many packets a capture has.
fn packets(file: &Path) -> usize {
    let bytes = fs::read(file).unwrap();
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let (mut at, mut count) = (0, 0);
    while at < bytes.len() {
        count += usize::from(number(at) == 6);
        at += number(at + 4) as usize;
    }
    count
}

#[test]
fn who_is_turned_away_is_not_captured() {
    let captures = Captures::new();
    let deny = ["--deny", "127.0.0.2"];
    let sender = |host: &str| UdpSocket::bind((host, 0)).unwrap();

    let mut server = nc(&["-v", "-u", "-l", "-k", "--pcap", &captures.text("all")])
        .args(deny)
        .args(["127.0.0.1", "0"])
        .start();
    let port = server.bound_port();
    sender("127.0.0.2").send_to(b"refused", ("127.0.0.1", port)).unwrap();
    sender("127.0.0.1").send_to(b"heard", ("127.0.0.1", port)).unwrap();
    server.wait_stdout(5);
    server.signal(Signal::TERM);
    server.wait_end();
    assert_eq!(packets(&captures.path("all")), 1);

    // the second one is there before anybody is locked on to, or is refused by the kernel
    let mut server =
        nc(&["-v", "-u", "-l", "--pcap", &captures.text("one"), "127.0.0.1", "0"]).start();
    let port = server.bound_port();
    let (first, second) = (sender("127.0.0.1"), sender("127.0.0.1"));
    first.send_to(b"heard", ("127.0.0.1", port)).unwrap();
    second.send_to(b"refused", ("127.0.0.1", port)).unwrap();
    server.wait_stdout(5);
    first.send_to(b"again", ("127.0.0.1", port)).unwrap();
    server.wait_stdout(10);
    server.signal(Signal::TERM);
    server.wait_end();
    assert_eq!(packets(&captures.path("one")), 2);

    let mut server = nc(&["-v", "-l", "-k", "--pcap", &captures.text("tcp")])
        .args(deny)
        .args(["127.0.0.1", "0"])
        .start();
    let to: std::net::SocketAddr = ([127, 0, 0, 1], server.listening_port()).into();
    let refused = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    refused.bind(&std::net::SocketAddr::from(([127, 0, 0, 2], 0)).into()).unwrap();
    refused.connect(&to.into()).unwrap();
    assert_eq!(refused.recv(&mut [std::mem::MaybeUninit::uninit()]).unwrap(), 0);
    server.signal(Signal::TERM);
    server.wait_end();
    assert_eq!(packets(&captures.path("tcp")), 0);
}

#[test]
fn a_file_that_cannot_be_written_stops_it_before_it_connects() {
    for (file, why) in [
        ("/nonexistent/there", "No such file or directory"),
        ("/", "Is a directory"),
        ("/dev/full", "No space left on device"),
    ] {
        let (listener, port) = tcp_listener();
        listener.set_nonblocking(true).unwrap();
        let mut client = nc(&["--pcap", file, "127.0.0.1", &port.to_string()]).start();
        assert_eq!(client.wait_end(), "exit 17", "{file}");
        let said = client.said();
        assert!(said.contains(file) && said.contains(why), "{said}");
        assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    }
}

/// No file may grow beyond so much: a disk that becomes full on the way.
#[test]
fn a_disk_that_becomes_full_ends_the_run() {
    let captures = Captures::new();
    let (listener, port) = tcp_listener();
    // in units of 512 bytes, or of 1024
    let args = ["--pcap", &captures.text("full"), "127.0.0.1", &port.to_string()];
    let mut client = nc(&args).after("trap '' XFSZ; ulimit -f 40").start();
    let mut peer = accept(&listener);
    // it is gone before all is said
    let _ = peer.write_all(&pattern(1 << 20));
    drop(peer);
    assert_eq!(client.wait_end(), "exit 17");
    assert!(client.said().contains("full"), "{}", client.said());
}

#[cfg(feature = "tls")]
mod secured {
    use super::*;

    /// The listener's certificate is made on the spot; its pin is told.
    fn pin(server: &Running) -> String {
        let said = server.said();
        let pin = said.lines().find_map(|line| line.split_once("--pin ")).unwrap().1;
        pin.to_owned()
    }

    #[test]
    fn tls_opens_decrypted_at_both_ends() {
        if !is_judged() {
            return;
        }
        for version in ["1.2", "1.3"] {
            let captures = Captures::new();
            let args = ["--tls", "--tls-max", version, "--pcap", &captures.text("server")];
            let (mut server, port) = listener(&args, RESPONSE);
            let url = format!("tls://127.0.0.1:{port}");
            let pin = pin(&server);
            let mut client = nc(&["--pin", &pin, "--pcap", &captures.text("client"), &url])
                .input(Input::Regular(REQUEST.to_vec()))
                .start();
            client.succeeds();
            server.succeeds();
            assert_eq!(client.stdout, RESPONSE);
            let spoken = format!("tcp.port=={port},tls");
            for name in ["client", "server"] {
                let file = captures.path(name);
                is_sound(&file);
                let columns = ["http.request.method", "http.request.uri", "http.response.code"];
                let found = table(&file, "http", &columns, &["-d", &spoken]);
                let found: Vec<_> = found.into_iter().map(|row| row.join(" ")).collect();
                for message in ["GET /there ", "  200"] {
                    assert!(found.iter().any(|row| row == message), "{version} {name} {found:?}");
                }
                // and it is encrypted, where nobody has the secrets
                let [asked, got] = stream(&file, 0);
                let has = |bytes: &[u8], text: &[u8]| bytes.windows(text.len()).any(|w| w == text);
                assert!(!has(&asked, b"/there") && !has(&got, b"200 OK"), "{version} {name}");
                let secrets = fs::read(&file).unwrap();
                let word: &[u8] =
                    if version == "1.2" { b"CLIENT_RANDOM " } else { b"CLIENT_TRAFFIC_SECRET_0 " };
                assert!(has(&secrets, word), "{version} {name}");
            }
        }
    }

    #[test]
    fn several_clients_at_once_are_decrypted_each_by_its_secrets() {
        if !is_judged() {
            return;
        }
        let captures = Captures::new();
        let file = captures.text("many");
        let (mut server, port) = listener(&["-k", "--tls", "--pcap", &file], RESPONSE);
        let url = format!("tls://127.0.0.1:{port}");
        let pin = pin(&server);
        let ask = || nc(&["--pin", &pin, &url]).input(Input::Regular(REQUEST.to_vec())).start();
        let mut clients: Vec<_> = (0..4).map(|_| ask()).collect();
        for client in &mut clients {
            client.succeeds();
            assert_eq!(client.stdout, RESPONSE);
        }
        assert!(server.wait_for(DEADLINE, |server| server.stdout.len() == 4 * REQUEST.len()));
        server.signal(Signal::TERM);
        server.wait_end();
        let file = captures.path("many");
        let spoken = format!("tcp.port=={port},tls");
        assert_eq!(tshark(&file, &["-Y", "_ws.malformed || tcp.checksum.status == 0"]), "");
        let asked = fields(&file, "http.request", "tcp.stream", &["-d", &spoken]);
        let mut asked: Vec<u32> = asked.iter().map(|index| index.parse().unwrap()).collect();
        asked.sort_unstable();
        assert_eq!(asked, [0, 1, 2, 3]);
    }

    #[test]
    fn a_handshake_that_fails_is_there_as_far_as_it_came() {
        if !is_judged() {
            return;
        }
        let captures = Captures::new();
        let (server, port) = listener(&["--tls"], b"");
        let url = format!("tls://127.0.0.1:{port}");
        let wrong = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        let mut client = nc(&["--pin", wrong, "--pcap", &captures.text("failed"), &url]).start();
        assert_eq!(client.wait_end(), "exit 15");
        server.signal(Signal::TERM);
        let file = captures.path("failed");
        assert_eq!(tshark(&file, &["-Y", "_ws.malformed || tcp.checksum.status == 0"]), "");
        let spoken = format!("tcp.port=={port},tls");
        let hellos = fields(&file, "tls.handshake", "tls.handshake.type", &["-d", &spoken]);
        assert!(hellos.first().is_some_and(|first| first.starts_with('1')), "{hellos:?}");
        assert!(hellos.iter().any(|types| types.contains("11")), "decrypted: {hellos:?}");
    }
}
