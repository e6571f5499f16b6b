//! Unix sockets: what is replaced and what is left alone, what is removed at which exit, abstract
//! names, and the path of a client's own datagram socket.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::io::{Read, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::os::unix::net::{SocketAddr, UnixDatagram, UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use common::peer::again;
use common::process::{Input, Program};
use common::running::Running;
use common::{DEADLINE, under_test};
use rustix::process::Signal;

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args)
}

fn directory() -> tempfile::TempDir {
    tempfile::tempdir().expect("a directory")
}

fn word(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

fn stands(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// A listener that is ready.
fn listening(args: &[&str], path: &Path) -> Running {
    let mut running = nc(args).args([path]).input(Input::Pipe).start();
    running.wait_line(&format!("Listening on {}", word(path)));
    running
}

fn connect(path: &Path) -> UnixStream {
    let stream = UnixStream::connect(path).expect("nobody listens");
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream
}

fn datagrams(path: &Path) -> UnixDatagram {
    let socket = UnixDatagram::bind(path).expect("a free path");
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    socket
}

/// What the next datagram holds, and who sent it.
fn datagram(socket: &UnixDatagram) -> (Vec<u8>, PathBuf) {
    let mut bytes = vec![0; 1 << 16];
    let (length, sender) = again(|| socket.recv_from(&mut bytes)).expect("a datagram");
    bytes.truncate(length);
    (bytes, sender.as_pathname().map(Path::to_path_buf).unwrap_or_default())
}

#[test]
fn what_is_no_dead_socket_is_left_alone() {
    for dialect in ["default", "openbsd"] {
        for kind in ["-lU", "-luU"] {
            let directory = directory();
            let at = |name: &str| directory.path().join(name);
            fs::write(at("file"), "kept").unwrap();
            fs::create_dir(at("directory")).unwrap();
            symlink(at("file"), at("link")).unwrap();
            symlink(at("nowhere"), at("dangling")).unwrap();
            let live = UnixListener::bind(at("live")).unwrap();
            let bound = datagrams(&at("bound"));
            for name in ["file", "directory", "link", "dangling", "live", "bound"] {
                let mut running = nc(&["--dialect", dialect, kind]).args([at(name)]).start();
                let status = running.wait_end();
                let said = running.said();
                if status != "exit 1" || !(said.contains(name) || dialect == "openbsd") {
                    running.fail("it must name the path and refuse it");
                }
            }
            assert_eq!(fs::read_to_string(at("file")).unwrap(), "kept");
            assert!(at("directory").is_dir());
            assert_eq!(fs::read_link(at("link")).unwrap(), at("file"));
            assert_eq!(fs::read_link(at("dangling")).unwrap(), at("nowhere"));
            assert!(!stands(&at("nowhere")));
            let _client = connect(&at("live"));
            live.accept().expect("the client, and nobody's probe before it is in its way");
            let caller = UnixDatagram::unbound().unwrap();
            caller.send_to(b"alive", at("bound")).unwrap();
            assert_eq!(datagram(&bound).0, b"alive", "the refused one must not have sent anything");
        }
    }
}

#[test]
fn a_dead_socket_is_replaced() {
    let directory = directory();
    let path = directory.path().join("dead");
    drop(UnixListener::bind(&path).unwrap());
    let mut running = listening(&["-lUv"], &path);
    connect(&path).write_all(b"through the new one\n").unwrap();
    running.end_input();
    running.succeeds();
    assert_eq!(running.stdout, b"through the new one\n");
    assert!(!stands(&path));

    drop(UnixDatagram::bind(&path).unwrap());
    let mut running = nc(&["-luUv"]).args([&path]).input(Input::Pipe).start();
    running.wait_line(&format!("Bound on {}", word(&path)));
    UnixDatagram::unbound().unwrap().send_to(b"to the new one\n", &path).unwrap();
    running.wait_stdout(b"to the new one\n".len());
}

#[test]
fn its_own_path_goes_with_every_exit() {
    let directory = directory();
    let path = directory.path().join("own");
    for args in [&["-lUv"][..], &["-lkUv"], &["--dialect", "openbsd", "-lkUv"]] {
        for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
            for with_client in [false, true] {
                let mut running = listening(args, &path);
                assert!(fs::symlink_metadata(&path).unwrap().file_type().is_socket());
                let mut client = with_client.then(|| connect(&path));
                if let Some(client) = &mut client {
                    client.write_all(b"hello\n").unwrap();
                    running.wait_stdout(b"hello\n".len());
                }
                running.signal(signal);
                if running.wait_end() != format!("signal {}", signal.as_raw()) {
                    running.fail("it does not die of the signal");
                }
                assert!(!stands(&path), "{args:?} leaves its path at {signal:?}");
            }
        }
    }
    // failures are exits too
    let mut running = listening(&["-lkUv"], &path);
    running.signal(Signal::STOP);
    let peers: Vec<_> = (0..2).map(|_| connect(&path)).collect();
    running.signal(Signal::CONT);
    running.wait_lines("Connection received on ", 2);
    drop(peers);
    running.signal(Signal::TERM);
    running.wait_end();
    assert!(!stands(&path));
    let mut running = nc(&["-lUv"])
        .args([&path])
        .output(common::process::Output::Full)
        .input(Input::Pipe)
        .start();
    running.wait_line("Listening on ");
    connect(&path).write_all(b"nowhere to go\n").unwrap();
    assert_eq!(running.wait_end(), "exit 17");
    assert!(!stands(&path), "a failure leaves the path");
}

#[test]
fn a_path_that_somebody_replaced_stays() {
    for signal in [None, Some(Signal::TERM)] {
        let directory = directory();
        let path = directory.path().join("path");
        let mut running = listening(&["-lUv"], &path);
        fs::rename(&path, directory.path().join("ours")).unwrap();
        fs::write(&path, "somebody else's").unwrap();
        if let Some(signal) = signal {
            running.signal(signal);
        } else {
            running.end_input();
            drop(connect(&directory.path().join("ours")));
        }
        running.wait_end();
        assert_eq!(fs::read_to_string(&path).unwrap(), "somebody else's");
        // another socket is not ours either
        fs::remove_file(&path).unwrap();
        let mut running = listening(&["-lUv"], &path);
        fs::rename(&path, directory.path().join("ours")).unwrap();
        let theirs = UnixListener::bind(&path).unwrap();
        running.signal(Signal::TERM);
        running.wait_end();
        let _client = connect(&path);
        theirs.accept().expect("their socket still stands");
    }
}

#[test]
fn a_client_and_a_listener_of_ours() {
    let directory = directory();
    let path = directory.path().join("socket");
    let mut listener = listening(&["-lUv"], &path);
    let mut client = nc(&["-U"]).args([&path]).input(Input::Pipe).start();
    client.feed(b"from the client\n");
    listener.feed(b"from the listener\n");
    client.end_input();
    listener.end_input();
    client.succeeds();
    listener.succeeds();
    assert_eq!(client.stdout, b"from the listener\n");
    assert_eq!(listener.stdout, b"from the client\n");
    assert!(!stands(&path));
    let mut nobody = nc(&["-U"]).args([&path]).start();
    assert_eq!(nobody.wait_end(), "exit 1");
    assert!(nobody.said().contains("No such file or directory"), "{}", nobody.report());
    drop(UnixListener::bind(&path).unwrap());
    let mut refused = nc(&["-U"]).args([&path]).start();
    assert_eq!(refused.wait_end(), "exit 11");
    assert!(stands(&path), "a client removes what it could not connect to");
}

#[test]
fn abstract_names_leave_no_file() {
    let name = format!("nc-test-{}-stream", std::process::id());
    let at = format!("@{name}");
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    let directory = directory();
    let start = format!("cd '{}'", directory.path().display());
    let mut listener = nc(&["-lUv", &at]).input(Input::Pipe).after(&start).start();
    assert_eq!(listener.wait_line("Listening on "), format!("Listening on {at}"));
    let mut second = nc(&["-lU", &at]).start();
    assert_eq!(second.wait_end(), "exit 1");
    let mut client = nc(&["-U", &at]).input(Input::Pipe).start();
    client.feed(b"by an abstract name\n");
    client.end_input();
    listener.end_input();
    client.succeeds();
    listener.succeeds();
    assert_eq!(listener.stdout, b"by an abstract name\n");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    assert!(UnixStream::connect_addr(&address).is_err());

    let socket = UnixDatagram::bind_addr(&address).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    let own = format!("{at}-own");
    let mut client = nc(&["-uU", "-s", &own, &at]).input(Input::Pipe).start();
    client.feed(b"a datagram\n");
    let mut bytes = [0; 64];
    let (length, sender) = again(|| socket.recv_from(&mut bytes)).expect("a datagram");
    assert_eq!(&bytes[..length], b"a datagram\n");
    assert_eq!(sender.as_abstract_name(), Some(&own.as_bytes()[1..]));
    socket.send_to_addr(b"an answer\n", &sender).unwrap();
    client.wait_stdout(b"an answer\n".len());
}

#[test]
fn the_datagram_clients_directory_goes_with_it() {
    for dialect in ["default", "openbsd"] {
        for signal in [None, Some(Signal::TERM), Some(Signal::INT), Some(Signal::HUP)] {
            let directory = directory();
            let temporary = directory.path().join("tmp");
            fs::create_dir(&temporary).unwrap();
            let path = directory.path().join("server");
            let server = datagrams(&path);
            let mut client = nc(&["--dialect", dialect, "-uUvq0"])
                .args([&path])
                .env("TMPDIR", &temporary)
                .input(Input::Pipe)
                .start();
            client.feed(b"a question\n");
            let (question, own) = datagram(&server);
            assert_eq!(question, b"a question\n");
            server.send_to(b"an answer\n", &own).expect("the client can be answered");
            client.wait_stdout(b"an answer\n".len());
            if dialect == "default" {
                assert!(own.starts_with(&temporary), "{own:?} is not in TMPDIR");
            }
            assert!(stands(&own));
            if let Some(signal) = signal {
                client.signal(signal);
                assert_eq!(client.wait_end(), format!("signal {}", signal.as_raw()));
            } else {
                client.end_input();
                client.succeeds();
            }
            assert!(!stands(&own), "{own:?} stays, {dialect} {signal:?}");
            assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0, "{dialect} {signal:?}");
        }
    }
    // and when there is nobody to talk to
    let directory = directory();
    let mut client = nc(&["-uU", "/nonexistent/server"]).env("TMPDIR", directory.path()).start();
    assert_eq!(client.wait_end(), "exit 1");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn a_datagram_clients_path_may_be_chosen() {
    let directory = directory();
    let path = directory.path().join("server");
    let own = directory.path().join("own");
    let server = datagrams(&path);
    for signal in [None, Some(Signal::TERM)] {
        let mut client = nc(&["-uUq0", "-s", word(&own)]).args([&path]).input(Input::Pipe).start();
        client.feed(b"from a path of mine\n");
        assert_eq!(datagram(&server), (b"from a path of mine\n".to_vec(), own.clone()));
        match signal {
            Some(signal) => client.signal(signal),
            None => client.end_input(),
        }
        client.wait_end();
        assert!(!stands(&own), "{signal:?}");
    }
    fs::write(&own, "kept").unwrap();
    let mut client = nc(&["-uU", "-s", word(&own)]).args([&path]).start();
    assert_eq!(client.wait_end(), "exit 1");
    assert_eq!(fs::read_to_string(&own).unwrap(), "kept");
}

#[test]
fn datagrams_keep_their_boundaries() {
    let directory = directory();
    let path = directory.path().join("listener");
    let mut listener = nc(&["-luUv"]).args([&path]).input(Input::Pipe).start();
    listener.wait_line(&format!("Bound on {}", word(&path)));
    let caller = datagrams(&directory.path().join("caller"));
    caller.send_to(b"", &path).unwrap();
    caller.send_to(b"one", &path).unwrap();
    caller.send_to(b"", &path).unwrap();
    caller.send_to(&common::pattern(65_507), &path).unwrap();
    listener.wait_stdout(3 + 65_507);
    assert!(listener.stdout[3..] == common::pattern(65_507));
    listener.feed(b"an answer\n");
    assert_eq!(datagram(&caller).0, b"an answer\n");
    let stranger = datagrams(&directory.path().join("stranger"));
    stranger.set_nonblocking(true).unwrap();
    assert!(stranger.send_to(b"a stranger\n", &path).is_err(), "it is locked on to the caller");
}

#[test]
fn a_stream_ends_as_a_stream_does() {
    let directory = directory();
    let path = directory.path().join("server");
    let server = UnixListener::bind(&path).unwrap();
    let mut client = nc(&["-U"]).args([&path]).input(Input::Pipe).start();
    let (mut peer, _) = server.accept().unwrap();
    peer.set_read_timeout(Some(DEADLINE)).unwrap();
    client.feed(b"a request");
    client.end_input();
    let mut request = String::new();
    peer.read_to_string(&mut request).expect("a half-close");
    peer.write_all(b"a late answer").unwrap();
    drop(peer);
    client.succeeds();
    assert_eq!((request.as_str(), client.stdout.as_slice()), ("a request", &b"a late answer"[..]));
}
