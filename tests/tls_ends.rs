//! How streams over TLS end: halves, cuts, deadlines; and no byte is lost.
#![cfg(feature = "tls")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{self, Write};
use std::net::Shutdown;
use std::sync::mpsc;
use std::time::Duration;

use common::authority::{Files, Identity, Leaf};
use common::peer::connect;
use common::process::{Input, Program};
use common::running::Running;
use common::secured::{Ends, OneClient, ServerStream, Version, connected, server};
use common::{pattern, under_test};
use socket2::SockRef;

const CUT: &str = "nc: the stream was cut: the connection ended without the word that nothing \
                   follows (close_notify)";
const MIB: usize = 1 << 20;

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args)
}

fn identity() -> Identity {
    Leaf::of(&["127.0.0.1", "localhost"]).self_signed()
}

/// A client of a server that does this, with these arguments and this input.
fn client_of<T: Send + 'static>(
    version: Version,
    args: &[&str],
    input: Input,
    serve: impl FnOnce(ServerStream) -> io::Result<T> + Send + 'static,
) -> (Running, OneClient<io::Result<T>>) {
    let identity = identity();
    let pin = identity.certificate().key_fingerprint.pin();
    let peer = OneClient::start(&server(&identity, &[version]), serve);
    let port = peer.port.to_string();
    let program = nc(&["--tls", "127.0.0.1", &port, "--pin", &pin]).args(args).input(input);
    (program.start(), peer)
}

/// A listener with these arguments and this input, and its port.
fn listener(args: &[&str], input: Input) -> (Running, u16) {
    let mut running = nc(&["-v", "-l", "--tls", "127.0.0.1", "0"]).args(args).input(input).start();
    let port = running.listening_port();
    (running, port)
}

#[track_caller]
fn shows(running: &mut Running, status: &str, stdout: &[u8]) {
    let ended = running.wait_end();
    let same = running.stdout == stdout;
    assert!(same && ended == status, "not {status} with {}: {}", stdout.len(), running.report());
}

#[test]
fn no_byte_is_lost_in_either_direction_at_once() {
    let (there, back) = (pattern(32 * MIB), pattern(32 * MIB + 5)[5..].to_vec());
    for version in ["1.3", "1.2"] {
        let max = ["--tls-max", version];
        let (mut server, port) = listener(&max, Input::Regular(back.clone()));
        let pin = server.wait_line("nc: a client trusts it by --pin ");
        let pin = pin.rsplit(' ').next().unwrap();
        let mut client = nc(&["--tls", "--pin", pin, "127.0.0.1", &port.to_string()])
            .input(Input::Regular(there.clone()))
            .start();
        shows(&mut client, "exit 0", &back);
        shows(&mut server, "exit 0", &there);
        assert!(client.said().is_empty());
    }
}

#[test]
fn a_cut_is_told_of_after_all_that_came() {
    for version in Version::ALL {
        for count in [0, 1, 100_000] {
            let (mut client, peer) = client_of(version, &[], Input::Null, move |mut stream| {
                stream.write_all(&pattern(count))?;
                stream.flush()?;
                stream.socket().shutdown(Shutdown::Write)?;
                stream.read_all()
            });
            shows(&mut client, "exit 14", &pattern(count));
            assert_eq!(client.said().trim_end(), CUT);
            let _ = peer.done();

            let (mut running, port) = listener(&[], Input::Null);
            let mut stream = connected(connect(port), version).unwrap();
            stream.write_all(&pattern(count)).unwrap();
            stream.flush().unwrap();
            stream.socket().shutdown(Shutdown::Write).unwrap();
            let _ = stream.read_all();
            shows(&mut running, "exit 14", &pattern(count));
            assert!(running.said().contains(CUT), "{}", running.said());
        }
    }
}

#[test]
fn either_side_may_end_first() {
    for version in Version::ALL {
        let (question, answer) = (pattern(MIB), pattern(2 * MIB + 3)[3..].to_vec());
        // the client does: the answer comes after its end
        let (all, kept) = (answer.clone(), question.clone());
        let input = Input::Regular(question.clone());
        let (mut client, peer) = client_of(version, &[], input, move |mut stream| {
            let question = stream.read_all()?;
            stream.write_all(&all)?;
            stream.end();
            Ok(question)
        });
        shows(&mut client, "exit 0", &answer);
        assert!(peer.done().unwrap() == kept);
        assert_eq!(client.said(), "");

        // the server does, by its word alone; what it is sent after that comes to it
        let (all, kept) = (answer.clone(), question.clone());
        let (mut client, peer) = client_of(version, &[], Input::Pipe, move |mut stream| {
            stream.write_all(&all)?;
            stream.say_end();
            stream.read_all()
        });
        client.wait_stdout(answer.len());
        client.feed(&question);
        client.end_input();
        shows(&mut client, "exit 0", &answer);
        assert!(peer.done().unwrap() == kept);
        assert_eq!(client.said(), "");
    }
}

#[test]
fn a_peer_that_ends_and_goes_has_ended_well() {
    for version in Version::ALL {
        for round in 0..5 {
            let (mut client, peer) = client_of(version, &[], Input::Null, move |mut stream| {
                stream.write_all(&pattern(5000))?;
                // its socket is closed with it, whatever is said to it then
                stream.say_end();
                Ok(round)
            });
            shows(&mut client, "exit 0", &pattern(5000));
            assert_eq!(client.said(), "");
            peer.done().unwrap();

            let (mut running, port) = listener(&[], Input::Null);
            let mut stream = connected(connect(port), version).unwrap();
            stream.write_all(b"all of it").unwrap();
            stream.say_end();
            drop(stream);
            shows(&mut running, "exit 0", b"all of it");
        }
    }
}

#[test]
fn a_peer_that_is_gone_is_told_of() {
    for version in Version::ALL {
        let input = Input::Regular(pattern(4 * MIB));
        let (mut client, peer) = client_of(version, &[], input, |mut stream| {
            stream.write_all(b"some")?;
            stream.flush()?;
            let mut some = [0; 1000];
            io::Read::read_exact(&mut stream, &mut some)?;
            SockRef::from(stream.socket()).set_linger(Some(Duration::ZERO))
        });
        shows(&mut client, "exit 14", b"some");
        assert!(client.said().contains("reset"), "{}", client.said());
        peer.done().unwrap();
    }
}

#[test]
fn deadlines_hold_over_tls() {
    for version in Version::ALL {
        // nothing moves
        let (mut client, peer) = client_of(version, &["-w", "1"], Input::Pipe, |mut stream| {
            stream.write_all(b"once")?;
            stream.read_all()
        });
        shows(&mut client, "exit 0", b"once");
        let lasted = client.lasted();
        assert!(lasted.as_millis() >= 1000, "{lasted:?}");
        let _ = peer.done();
        // so long after the end of the input
        let (gone, left) = mpsc::channel::<()>();
        let (mut client, peer) =
            client_of(version, &["-q", "1"], Input::Null, move |mut stream| {
                let heard = stream.read_all();
                let _ = left.recv_timeout(common::DEADLINE);
                heard
            });
        shows(&mut client, "exit 0", b"");
        let lasted = client.lasted();
        assert!(lasted.as_millis() >= 1000, "{lasted:?}");
        drop(gone);
        assert_eq!(peer.done().unwrap(), b"");
    }
}

#[test]
fn who_does_not_keep_to_the_records_is_told_of_after_all_that_came() {
    for version in Version::ALL {
        for (garbage, words) in [
            (
                &b"HTTP/1.1 200 OK\r\n\r\n"[..],
                "nc: the peer does not keep to TLS: it sent what cannot be read",
            ),
            (
                b"\x17\x03\x03\0\x20abcdefghijklmnopqrstuvwxyz012345",
                "nc: the peer does not keep to TLS: it sent what does not decrypt, or was changed on the way",
            ),
            (
                b"\x17\x03\x03\xff\xff",
                "nc: the peer does not keep to TLS: it sent more in one piece than there may be",
            ),
            // an end in plain text is anybody's
            (
                b"\x15\x03\x03\0\x02\x01\0",
                "nc: the peer does not keep to TLS: it sent what does not decrypt, or was changed on the way",
            ),
        ] {
            let (mut client, peer) = client_of(version, &[], Input::Null, move |mut stream| {
                stream.write_all(b"before")?;
                stream.flush()?;
                stream.get_mut().write_all(garbage)?;
                stream.read_all()
            });
            shows(&mut client, "exit 14", b"before");
            assert_eq!(client.said().trim_end(), words);
            let _ = peer.done();
        }
    }
}

#[test]
fn a_unix_socket_is_secured_as_well() {
    let files = Files::new();
    let path = files.path("socket");
    let own = files.identity("own", &identity());
    let mut server = nc(&["-v", "-l", "--tls", "-U", &path])
        .args(&own)
        .input(Input::Regular(b"from the server".to_vec()))
        .start();
    server.wait_line("Listening on ");
    let mut client = nc(&["--tls", "-U", &path, "--cafile", &own[1]])
        .input(Input::Regular(b"from the client".to_vec()))
        .start();
    shows(&mut client, "exit 0", b"from the server");
    shows(&mut server, "exit 0", b"from the client");
    assert_eq!(client.said(), "");
}

/// Where clients are served in turn, the door is where they wait, not in a handshake that would be
/// let go when another one is done.
#[test]
fn who_waits_for_its_turn_is_served_then() {
    let files = Files::new();
    let [_, certificate, _, key] = files.identity("server", &identity());
    let line = ["--dialect", "openbsd-upstream", "-vnlkc", "-C", &certificate, "-K", &key];
    let mut running = nc(&line).args(["127.0.0.1", "0"]).input(Input::Pipe).start();
    let port = running.listening_port();
    // one who does not speak, and two who do
    let silent = connect(port);
    running.wait_line("Connection received on ");
    let first = connect(port);
    let second = connect(port);
    drop(silent);
    let mut first = connected(first, Version::Tls13).unwrap();
    first.write_all(b"first").unwrap();
    running.wait_stdout(5);
    first.end();
    let mut second = connected(second, Version::Tls13).unwrap();
    second.write_all(b"second").unwrap();
    running.wait_stdout(11);
    assert_eq!(running.stdout, b"firstsecond", "{}", running.report());
}
