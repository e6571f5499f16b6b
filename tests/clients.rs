//! Listeners and their clients: who is served when, what goes to whom, and which doors are shut.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;

use common::peer::{connect, is_at_end, small_window};
use common::process::{Input, Program};
use common::running::Running;
use common::{DEADLINE, STANDSTILL, pattern, under_test};

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args)
}

/// A listener for many on 127.0.0.1, and its port.
fn hub(input: Input) -> (Running, u16) {
    let mut running = nc(&["-lkvn", "127.0.0.1", "0"]).input(input).start();
    let port = running.listening_port();
    (running, port)
}

/// Connects so many clients and waits until the listener has them all.
fn connected(running: &mut Running, port: u16, count: usize) -> Vec<TcpStream> {
    let clients = (0..count).map(|_| connect(port)).collect();
    running.wait_lines("Connection received on ", count);
    clients
}

fn line(client: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\n") {
        let mut byte = [0];
        client.read_exact(&mut byte).expect("a line");
        bytes.push(byte[0]);
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_page_goes_whole_to_twenty_clients_at_once() {
    const PAGE: usize = 1 << 20;
    let (mut running, port) = hub(Input::Regular(pattern(PAGE)));
    // Nobody leaves before everybody is served: one after the other would end at the deadline.
    let mut clients = connected(&mut running, port, 20);
    for client in clients.iter_mut().rev() {
        let mut page = Vec::new();
        client.read_to_end(&mut page).expect("the page and its end");
        assert!(page == pattern(PAGE), "{} bytes, or not these, of {PAGE}", page.len());
    }
    for (number, client) in clients.iter_mut().enumerate() {
        writeln!(client, "client {number:02} has it").unwrap();
    }
    drop(clients);
    running.wait_stdout(20 * "client 00 has it\n".len());
    let text = String::from_utf8(running.stdout.clone()).unwrap();
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    let expected: Vec<_> = (0..20).map(|number| format!("client {number:02} has it")).collect();
    assert_eq!(lines, expected);
    // and somebody who comes later gets it from its beginning
    let mut late = Vec::new();
    let mut client = connect(port);
    client.read_to_end(&mut late).expect("the page and its end");
    assert!(late == pattern(PAGE), "{} bytes, or not these, of {PAGE}", late.len());
}

#[test]
fn a_pipe_goes_to_all_who_are_connected() {
    let (mut running, port) = hub(Input::Pipe);
    let mut clients = connected(&mut running, port, 3);
    running.feed(b"one\n");
    for client in &mut clients {
        assert_eq!(line(client), "one\n");
    }
    clients.push(connect(port));
    running.wait_lines("Connection received on ", 4);
    running.feed(b"two\n");
    for client in &mut clients {
        assert_eq!(line(client), "two\n");
    }
    running.end_input();
    for client in &mut clients {
        let mut rest = Vec::new();
        client.read_to_end(&mut rest).expect("the end of the input");
        assert_eq!(rest, b"");
    }
}

#[test]
fn input_waits_for_the_first_client() {
    let (mut running, port) = hub(Input::Pipe);
    running.feed(b"fed before anybody came\n");
    running.end_input();
    let mut client = connect(port);
    assert_eq!(line(&mut client), "fed before anybody came\n");
}

#[test]
fn a_line_that_is_not_finished_waits_for_its_end() {
    let (mut running, port) = hub(Input::Pipe);
    let mut clients = connected(&mut running, port, 3);
    clients[0].write_all(b"the first half, ").unwrap();
    clients[1].write_all(b"another line\nand a be").unwrap();
    running.wait_stdout("another line\n".len());
    clients[0].write_all(b"the second half\nand a rest").unwrap();
    running.wait_stdout("another line\nthe first half, the second half\n".len());
    assert_eq!(
        running.stdout.escape_ascii().to_string(),
        "another line\\nthe first half, the second half\\n"
    );
    // a line that will never be finished comes when its client goes
    drop(clients.remove(1));
    let all = "another line\nthe first half, the second half\nand a be";
    running.wait_stdout(all.len());
    drop(clients.remove(0));
    running.wait_stdout(all.len() + "and a rest".len());
    assert_eq!(String::from_utf8_lossy(&running.stdout), format!("{all}and a rest"));
    // the only one left has nobody to wait for, though the others may still be listening
    clients[0].write_all(b"no line").unwrap();
    running.wait_stdout(all.len() + "and a restno line".len());
}

#[test]
fn whole_lines_of_many_stay_whole() {
    const CLIENTS: usize = 8;
    const LINES: usize = 150;
    let text = |client: usize| -> String {
        (0..LINES).fold(String::new(), |text, number| {
            let length = (client * 31 + number * 17) % 211;
            text + &format!("{client} {number} {}\n", "x".repeat(length))
        })
    };
    let (mut running, port) = hub(Input::Pipe);
    let clients = connected(&mut running, port, CLIENTS);
    let talk = |number: usize, mut client: TcpStream| {
        client.set_nodelay(true).expect("no delay");
        let text = text(number);
        for (turn, chunk) in text.as_bytes().chunks(13 + number * 2).enumerate() {
            client.write_all(chunk).expect("a listener that reads");
            if turn % 5 == 0 {
                thread::yield_now();
            }
        }
        client
    };
    // All stay until everything is out, so that several are talking all the time.
    let staying: Vec<TcpStream> = thread::scope(|scope| {
        let talks: Vec<_> = clients
            .into_iter()
            .enumerate()
            .map(|(number, client)| scope.spawn(move || talk(number, client)))
            .collect();
        talks.into_iter().map(|talk| talk.join().unwrap()).collect()
    });
    let total: usize = (0..CLIENTS).map(|number| text(number).len()).sum();
    running.wait_stdout(total);
    drop(staying);
    assert_eq!(running.stdout.len(), total);
    let mut seen = vec![String::new(); CLIENTS];
    for line in BufReader::new(running.stdout.as_slice()).lines() {
        let line = line.unwrap();
        let client = line.split(' ').next().and_then(|number| number.parse::<usize>().ok());
        let client = client.unwrap_or_else(|| panic!("a line of nobody's: {line:?}"));
        seen[client].push_str(&line);
        seen[client].push('\n');
    }
    for (client, seen) in seen.iter().enumerate() {
        assert!(*seen == text(client), "client {client}: lines are broken or out of order");
    }
}

#[test]
fn who_does_not_read_is_dropped_and_the_others_get_everything() {
    const MUCH: usize = 24 << 20;
    let (mut running, port) = hub(Input::Pipe);
    let stuck = small_window(port);
    let reader = connect(port);
    running.wait_lines("Connection received on ", 2);
    running.feed(&pattern(MUCH));
    running.end_input();
    let reading = thread::spawn(move || {
        let mut reader = reader;
        let mut seen = Vec::new();
        reader.read_to_end(&mut seen).map(|_| seen)
    });
    let seen = reading.join().unwrap().expect("everything, and its end");
    assert!(seen == pattern(MUCH), "{} bytes, or not these, of {MUCH}", seen.len());
    let stuck_at = stuck.local_addr().unwrap();
    let dropped = format!("{stuck_at} was dropped: it does not read (");
    if !running.wait_for(DEADLINE, |p| p.said().contains(&dropped)) {
        running.fail("nothing is said of the one that was dropped");
    }
    // it is gone altogether, not only forgotten
    let mut rest = stuck;
    let mut seen = Vec::new();
    let _ = rest.read_to_end(&mut seen);
    assert!(seen.len() < MUCH, "it got everything after all");
    assert!(pattern(MUCH).starts_with(&seen), "what it got is not the beginning");
}

#[test]
fn clients_come_and_go_and_are_named() {
    let (mut running, port) = hub(Input::Pipe);
    let mut clients = connected(&mut running, port, 3);
    let names: Vec<SocketAddr> = clients.iter().map(|c| c.local_addr().unwrap()).collect();
    for name in &names {
        running.wait_line(&format!("Connection received on 127.0.0.1 {}", name.port()));
    }
    let says = |running: &mut Running, words: String| {
        if !running.wait_for(DEADLINE, |p| p.said().contains(&words)) {
            running.fail(&format!("nothing says {words:?}"));
        }
    };
    let broken = clients.remove(2);
    socket2::SockRef::from(&broken).set_linger(Some(std::time::Duration::ZERO)).unwrap();
    drop(broken);
    says(&mut running, format!("{}: connection lost: Connection reset by peer", names[2]));
    // a client that has only half-closed is still there
    clients[1].shutdown(Shutdown::Write).unwrap();
    running.feed(b"for both\n");
    assert_eq!(line(&mut clients[0]), "for both\n");
    assert_eq!(line(&mut clients[1]), "for both\n");
    clients[0].write_all(b"still here\n").unwrap();
    running.wait_stdout("still here\n".len());
    running.end_input();
    says(&mut running, format!("{}: closed by the peer after", names[1]));
    drop(clients.remove(0));
    says(&mut running, format!("{}: closed by us after", names[0]));
    let mut last = connect(port);
    last.write_all(b"a fourth\n").unwrap();
    running.wait_stdout("still here\na fourth\n".len());
}

#[test]
fn openbsd_serves_one_after_the_other() {
    let mut running =
        nc(&["--dialect", "openbsd", "-lkvn", "127.0.0.1", "0"]).input(Input::Pipe).start();
    let port = running.listening_port();
    let mut first = connect(port);
    let mut second = connect(port);
    second.write_all(b"second\n").unwrap();
    first.write_all(b"first\n").unwrap();
    running.wait_stdout("first\n".len());
    assert!(!running.wait_for(STANDSTILL, |p| p.stdout.len() > "first\n".len()));
    assert_eq!(running.wait_lines("Connection received on ", 1).len(), 1);
    drop(first);
    running.wait_stdout("first\nsecond\n".len());
    assert_eq!(running.wait_lines("Connection received on ", 2).len(), 2);
    assert_eq!(running.stdout, b"first\nsecond\n");
}

#[test]
fn one_port_has_one_listener() {
    let (mut first, port) = hub(Input::Pipe);
    let port_word = port.to_string();
    for args in [
        &["-l", &port_word][..],
        &["-l", "127.0.0.1", &port_word],
        &["-lk", &port_word],
        &["--dialect", "openbsd", "-l", "127.0.0.1", &port_word],
    ] {
        let mut second = nc(args).start();
        let status = second.wait_end();
        if status != "exit 1" || !second.said().contains("Address already in use") {
            second.fail("it listens on a port that is taken");
        }
    }
    let mut client = connect(port);
    client.write_all(b"for the first\n").unwrap();
    first.wait_stdout("for the first\n".len());
}

#[test]
fn a_port_is_free_again_at_once() {
    // The listener closes first, so that its side of the connection goes on in TIME-WAIT.
    let mut first = nc(&["-lvn", "127.0.0.1", "0"]).input(Input::Pipe).start();
    let port = first.listening_port();
    let client = connect(port);
    first.end_input();
    assert!(is_at_end(&client));
    drop(client);
    first.succeeds();
    let mut second = nc(&["-lvn", "127.0.0.1", &port.to_string()]).start();
    assert_eq!(second.listening_port(), port);
}

#[test]
fn port_0_is_a_true_port_on_both_families() {
    let mut running = nc(&["-lkvn", "0"]).input(Input::Pipe).start();
    let port = running.listening_port();
    assert_ne!(port, 0);
    let mut v4 = connect(port);
    v4.write_all(b"over IPv4\n").unwrap();
    running.wait_stdout("over IPv4\n".len());
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        println!("skipped: there is no ::1 here");
        return;
    }
    let lines = running.wait_lines("Listening on ", 2);
    let ends = |line: &String| line.ends_with(&format!(" {port}"));
    assert!(lines.iter().all(ends) && lines.len() == 2, "{lines:?} do not name one port");
    let mut v6 = TcpStream::connect((Ipv6Addr::LOCALHOST, port)).expect("IPv6 is served too");
    v6.write_all(b"over IPv6\n").unwrap();
    running.wait_stdout("over IPv4\nover IPv6\n".len());
}

#[test]
fn only_the_family_asked_for() {
    let mut running = nc(&["-4lkvn", "0"]).input(Input::Pipe).start();
    let port = running.listening_port();
    let _v4 = connect(port);
    running.wait_line("Connection received on 127.0.0.1 ");
    assert!(TcpStream::connect((Ipv6Addr::LOCALHOST, port)).is_err(), "-4 listens on IPv6");
}

#[test]
fn the_door_closes_behind_the_only_client() {
    for dialect in ["default", "openbsd"] {
        let args = ["--dialect", dialect, "-lvn", "127.0.0.1", "0"];
        let mut running = nc(&args).input(Input::Pipe).start();
        let port = running.listening_port();
        let mut client = connect(port);
        client.write_all(b"hello\n").unwrap();
        running.wait_stdout("hello\n".len());
        let error = TcpStream::connect(("127.0.0.1", port)).expect_err("a second client");
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused, "{dialect}");
        running.feed(b"goodbye\n");
        assert_eq!(line(&mut client), "goodbye\n");
        running.end_input();
        drop(client);
        running.succeeds();
    }
}

#[test]
fn who_is_left_alone_need_not_finish_a_line() {
    let (mut running, port) = hub(Input::Pipe);
    let mut clients = connected(&mut running, port, 2);
    clients[0].write_all(b"login: ").unwrap();
    drop(clients.pop());
    running.wait_stdout(b"login: ".len());
    assert_eq!(running.stdout, b"login: ");
}

#[test]
fn a_line_that_is_begun_is_written_when_a_signal_ends_the_run() {
    let (mut running, port) = hub(Input::Pipe);
    let mut clients = connected(&mut running, port, 2);
    clients[0].write_all(b"whole\nbegun").unwrap();
    running.wait_stdout(b"whole\n".len());
    running.signal(rustix::process::Signal::INT);
    assert_eq!(running.wait_end(), "signal 2");
    assert_eq!(running.stdout, b"whole\nbegun");
}

#[test]
fn who_has_told_a_broker_everything_comes_back() {
    let mut running = nc(&["-lvn", "--broker", "127.0.0.1", "0"]).input(Input::Pipe).start();
    let port = running.listening_port();
    let mut clients = connected(&mut running, port, 1);
    // an answer that comes in time is heard, and then there is none any more
    let mut asking = nc(&["-n", "127.0.0.1", &port.to_string()]).input(Input::Pipe).start();
    asking.feed(b"who is there?\n");
    asking.end_input();
    assert_eq!(line(&mut clients[0]), "who is there?\n");
    clients[0].write_all(b"me\n").unwrap();
    asking.wait_stdout("me\n".len());
    asking.succeeds();
    assert_eq!(asking.stdout, b"me\n");
    // who does not finish stays
    clients.push(connect(port));
    running.wait_lines("Connection received on ", 3);
    running.feed(b"still here?\n");
    for client in &mut clients {
        assert_eq!(line(client), "still here?\n");
    }
}
