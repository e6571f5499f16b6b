//! Listeners whose clients talk to programs: one, one after the other, all at once; over streams
//! and over datagrams. The engine runs in the test, the programs are real.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::num::NonZeroUsize;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use common::engine::{Engine, listening};
use common::process::Program as Process;
use common::running::Running;
use common::{DEADLINE, pattern, peer, under_test};
use netcat::plan::{
    Attached, Clients, Command, Listen, Local, Program, ProgramErrors, RecordFormat, RecordTo,
    Recording, Service, Transport, UnixKind, UnixName,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

fn shell(words: &str) -> Program {
    Program {
        command: Command::Shell(words.into()),
        attached: Attached::Pipes,
        errors: ProgramErrors::Ours,
        ncat_environment: false,
        gives_status: false,
    }
}

fn running(program: Program, clients: Clients, transport: Transport) -> Listen {
    Listen { clients, service: Service::Program(program), ..listening(transport) }
}

fn said(mut client: &TcpStream) -> String {
    let mut text = String::new();
    client.read_to_string(&mut text).unwrap();
    text
}

/// A client that sends datagrams to the engine, and its deadline.
fn sender(engine: &Engine) -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    socket.connect(("127.0.0.1", engine.port)).unwrap();
    socket
}

fn exchange(socket: &UdpSocket, bytes: &[u8]) -> Vec<u8> {
    socket.send(bytes).unwrap();
    let mut answer = vec![0; 1 << 16];
    let count = socket.recv(&mut answer).unwrap();
    answer.truncate(count);
    answer
}

/// Waits until a process is gone.
fn wait_gone(process: &OwnedFd) {
    let mut polled = [PollFd::new(process, PollFlags::IN)];
    let deadline = Timespec { tv_sec: 20, tv_nsec: 0 };
    assert_eq!(poll(&mut polled, Some(&deadline)).unwrap(), 1, "it lives on");
}

/// The process of the next program that the engine reports to have started.
fn next_process(engine: &mut Engine) -> OwnedFd {
    let event = engine.wait("ProgramStarted");
    let digits = event.rsplit("pid: ").next().unwrap().trim_end_matches([' ', '}']);
    let pid = digits.parse().ok().and_then(Pid::from_raw).expect("a process number");
    pidfd_open(pid, PidfdFlags::empty()).unwrap()
}

#[test]
fn one_client_and_the_status_of_its_program() {
    for attached in [Attached::Pipes, Attached::Socket, Attached::Terminal] {
        let program = Program { attached, gives_status: true, ..shell("echo bye; exit 7") };
        let mut engine = Engine::listen(running(program, Clients::One, Transport::Tcp));
        let client = peer::connect(engine.port);
        assert_eq!(said(&client).trim_end(), "bye", "{attached:?}");
        assert_eq!(engine.end(), "Err(ProgramEnded(Status(7)))", "{attached:?}");
    }
}

#[test]
fn all_at_once_each_has_a_program_of_its_own() {
    for attached in [Attached::Pipes, Attached::Socket] {
        let program = Program { attached, ..shell("echo $$; exec cat") };
        let engine = Engine::listen(running(program, Clients::AtOnce, Transport::Tcp));
        let clients = [(); 20].map(|()| peer::connect(engine.port));
        let mut processes = Vec::new();
        // nobody leaves before everybody is served
        for (mut client, number) in clients.iter().zip(0_u8..) {
            client.write_all(&[number; 1000]).unwrap();
            client.shutdown(std::net::Shutdown::Write).unwrap();
        }
        for (mut client, number) in clients.iter().zip(0_u8..) {
            let mut bytes = Vec::new();
            client.read_to_end(&mut bytes).unwrap();
            let end = bytes.iter().position(|byte| *byte == b'\n').unwrap();
            assert_eq!(bytes.split_off(end + 1), [number; 1000], "{attached:?}");
            processes.push(bytes);
        }
        processes.sort();
        processes.dedup();
        assert_eq!(processes.len(), 20, "{attached:?}");
    }
}

#[test]
fn one_after_the_other_the_next_one_waits_for_its_turn() {
    let program = shell("echo served; exec cat");
    let engine = Engine::listen(running(program, Clients::InTurn, Transport::Tcp));
    let first = peer::connect(engine.port);
    let second = peer::connect(engine.port);
    let mut greeting = [0; 7];
    (&first).read_exact(&mut greeting).unwrap();
    second.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    assert!((&second).read(&mut greeting).is_err(), "it is not its turn");
    drop(first);
    second.set_read_timeout(Some(DEADLINE)).unwrap();
    (&second).read_exact(&mut greeting).unwrap();
    assert_eq!(&greeting, b"served\n");
}

/// A listener with little room, none of which is taken by what the tests have open.
fn with_few_descriptors(arguments: &[&str], limit: u8) -> Running {
    let closed: Vec<_> = (3..10).map(|number| format!("{number}>&-")).collect();
    let few = format!("exec {} && ulimit -n {limit}", closed.join(" "));
    Process::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(arguments).after(&few).start()
}

#[test]
fn without_room_for_a_program_nobody_is_let_in_and_everybody_is_served_in_the_end() {
    let lines: [&[&str]; 3] = [
        &["-lkvn", "-e", "cat", "127.0.0.1", "0"],
        &["-lkvn", "-c", "cat; true", "127.0.0.1", "0"],
        &["-lkvn", "--pty", "-c", "stty -echo; cat", "127.0.0.1", "0"],
    ];
    for (arguments, limit) in lines.iter().zip([19, 22, 40]) {
        let mut running = with_few_descriptors(arguments, limit);
        let port = running.listening_port();
        let clients = [(); 30].map(|()| peer::connect(port));
        for (mut client, number) in clients.iter().zip(0..) {
            client.set_read_timeout(Some(DEADLINE)).unwrap();
            writeln!(client, "this is {number}").unwrap();
            client.shutdown(std::net::Shutdown::Write).unwrap();
        }
        for (client, number) in clients.iter().zip(0..) {
            let mut text = String::new();
            let ended = { client }.read_to_string(&mut text);
            // a terminal echoes what comes before it is told not to
            assert!(
                ended.is_ok() && text.contains(&format!("this is {number}")),
                "{number}: {ended:?} {text:?} of {}",
                running.report()
            );
        }
        // each who left let one in, and accepting had not resumed for real before the last
        running.wait_lines("Connection received on ", clients.len());
        let paused = running.said().matches("no new connections for the moment").count();
        assert_eq!(paused, 1, "{}", running.report());
    }
}

#[test]
fn waiting_for_room_costs_nothing() {
    let arguments = ["-lkvn", "-c", "echo served; exec cat", "127.0.0.1", "0"];
    let mut running = with_few_descriptors(&arguments, 20);
    let port = running.listening_port();
    let mut inside = Vec::new();
    let waiting = loop {
        let client = peer::connect(port);
        client.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        if (&client).read_exact(&mut [0; 7]).is_err() {
            break client;
        }
        inside.push(client);
    };
    running.wait_line("nc: no new connections for the moment: accept: Too many open files");
    let before = running.processor_time();
    let _ = (&waiting).read(&mut [0; 1]).expect_err("there is no room");
    let spent = running.processor_time().saturating_sub(before);
    assert!(spent < Duration::from_millis(50), "{spent:?} while nothing happens");
    // who leaves makes room
    inside.pop().expect("somebody who is served");
    waiting.set_read_timeout(Some(DEADLINE)).unwrap();
    (&waiting).read_exact(&mut [0; 7]).unwrap();
}

#[test]
fn a_program_that_cannot_be_run_fails_its_client_alone() {
    for clients in [Clients::InTurn, Clients::AtOnce] {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("program");
        let command = Command::Argv { argv: vec![file.clone().into()], search: false };
        let program = Program { command, ..shell("") };
        let mut engine = Engine::listen(running(program, clients, Transport::Tcp));
        assert!(peer::is_at_end(&peer::connect(engine.port)));
        let failed = engine.wait("ClientFailed");
        assert!(failed.contains("Program {") && failed.contains("NotFound"), "{failed}");
        // as soon as there is something to run, it is run
        std::os::unix::fs::symlink("/bin/pwd", &file).unwrap();
        let expected = format!("{}\n", std::env::current_dir().unwrap().display());
        assert_eq!(said(&peer::connect(engine.port)), expected);
    }
}

#[test]
fn a_program_that_fails_is_reported_and_the_listener_goes_on() {
    let program = Program { gives_status: true, ..shell("read number; exit $number") };
    let mut engine = Engine::listen(running(program, Clients::AtOnce, Transport::Tcp));
    for number in ["3\n", "4\n"] {
        let mut client = peer::connect(engine.port);
        client.write_all(number.as_bytes()).unwrap();
        assert_eq!(said(&client), "");
        let failed = engine.wait("ClientFailed");
        assert!(failed.contains(&format!("ProgramEnded(Status({}))", number.trim())), "{failed}");
    }
}

#[test]
fn programs_end_with_the_server_and_with_their_clients() {
    let program = shell("echo here; exec sleep 1000");
    let mut engine = Engine::listen(running(program, Clients::AtOnce, Transport::Tcp));
    let mut clients = Vec::new();
    let mut processes = Vec::new();
    for _ in 0..3 {
        let client = peer::connect(engine.port);
        (&client).read_exact(&mut [0; 5]).unwrap();
        processes.push(next_process(&mut engine));
        clients.push(client);
    }
    // one that is reset takes its program with it
    let reset = clients.pop().unwrap();
    socket2::SockRef::from(&reset).set_linger(Some(Duration::ZERO)).unwrap();
    drop(reset);
    wait_gone(&processes[2]);
    assert_eq!(engine.stop(), "stopped");
    for process in &processes {
        wait_gone(process);
    }
}

#[test]
fn the_jobs_of_a_terminal_end_with_the_client_and_with_the_shell() {
    let words = "set -m; (trap '' HUP; exec sleep 1000) & echo $!; read line; exit";
    let program = Program { attached: Attached::Terminal, ..shell(words) };
    let engine = Engine::listen(running(program, Clients::AtOnce, Transport::Tcp));
    for leaves in [true, false] {
        let client = peer::connect(engine.port);
        let mut output = BufReader::new(&client);
        let mut number = String::new();
        output.read_line(&mut number).unwrap();
        let pid = number.trim().parse().ok().and_then(Pid::from_raw).expect("a process number");
        let job = pidfd_open(pid, PidfdFlags::empty()).unwrap();
        if leaves {
            drop(client);
        } else {
            (&client).write_all(b"\n").unwrap();
            // the job has the terminal, and its end is the end of the connection
            output.read_to_string(&mut number).unwrap();
        }
        wait_gone(&job);
    }
}

#[test]
fn the_tail_of_a_large_output_arrives() {
    const SIZE: usize = 5 << 20;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("pattern");
    std::fs::write(&path, pattern(SIZE)).unwrap();
    let program = shell(&format!("cat '{}'", path.display()));
    let engine = Engine::listen(running(program, Clients::AtOnce, Transport::Tcp));
    let clients = [(); 4].map(|()| peer::connect(engine.port));
    for mut client in &clients {
        let mut bytes = Vec::new();
        client.read_to_end(&mut bytes).unwrap();
        assert!(bytes == pattern(SIZE), "{} bytes, or not these", bytes.len());
    }
}

#[test]
fn each_sender_of_datagrams_has_a_program_of_its_own() {
    let words = "read line; while [ -n \"$line\" ]; do echo $$ $line; read line; done";
    let program = shell(words);
    let mut engine = Engine::listen(running(program, Clients::AtOnce, Transport::Udp));
    let [one, other] = [(); 2].map(|()| sender(&engine));
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let first = text(exchange(&one, b"one\n"));
    let second = text(exchange(&other, b"other\n"));
    let (one_process, other_process) =
        (first.strip_suffix(" one\n").unwrap(), second.strip_suffix(" other\n").unwrap());
    assert_ne!(one_process, other_process);
    let again = text(exchange(&one, b"again\n"));
    assert_eq!(again, format!("{one_process} again\n"));
    // when its program has ended, it is somebody new
    one.send(b"\n").unwrap();
    engine.wait("ProgramEnded");
    let mut anew = String::new();
    for _ in 0..100 {
        one.send(b"anew\n").unwrap();
        one.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let mut answer = [0; 100];
        if let Ok(count) = one.recv(&mut answer) {
            anew = text(answer[..count].to_vec());
            break;
        }
    }
    assert!(anew.ends_with(" anew\n") && !anew.starts_with(one_process), "{anew}");
    // and the other one never noticed
    let still = text(exchange(&other, b"still\n"));
    assert_eq!(still, format!("{other_process} still\n"));
}

#[test]
fn datagrams_keep_their_size_both_ways() {
    let engine = Engine::listen(running(
        Program {
            attached: Attached::Socket,
            command: Command::Argv {
                argv: ["dd", "bs=65507", "status=none"].map(Into::into).to_vec(),
                search: true,
            },
            ..shell("")
        },
        Clients::AtOnce,
        Transport::Udp,
    ));
    let socket = sender(&engine);
    for size in [1, 1400, 30_000, 65_507] {
        assert!(exchange(&socket, &pattern(size)) == pattern(size), "{size}");
    }
}

#[test]
fn the_first_sender_of_datagrams_is_the_only_one() {
    let mut engine = Engine::listen(running(shell("exec cat"), Clients::One, Transport::Udp));
    let [one, other] = [(); 2].map(|()| sender(&engine));
    assert_eq!(exchange(&one, b"mine"), b"mine");
    other.send(b"not mine").unwrap();
    assert_eq!(exchange(&one, b"still mine"), b"still mine");
    let process = next_process(&mut engine);
    assert_eq!(engine.stop(), "stopped");
    wait_gone(&process);
}

#[test]
fn senders_of_datagrams_are_counted() {
    let mut listen = running(shell("exec cat"), Clients::AtOnce, Transport::Udp);
    listen.most_clients = NonZeroUsize::new(1);
    let mut engine = Engine::listen(listen);
    let [one, other] = [(); 2].map(|()| sender(&engine));
    assert_eq!(exchange(&one, b"first"), b"first");
    other.send(b"second").unwrap();
    let refused = engine.wait("ClientRefused");
    assert!(refused.contains("TooMany(1)"), "{refused}");
    assert_eq!(exchange(&one, b"third"), b"third");
}

#[test]
fn over_a_unix_socket_senders_are_told_by_their_names() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("server");
    let local = Local::Unix { kind: UnixKind::Datagram, name: UnixName::Path(path.clone()) };
    let program = Program { attached: Attached::Socket, ..shell("exec cat") };
    let listen = Listen { local, ..running(program, Clients::AtOnce, Transport::Udp) };
    let _engine = Engine::listen(listen);
    for name in ["one", "other"] {
        let socket = UnixDatagram::bind(directory.path().join(name)).unwrap();
        socket.set_read_timeout(Some(DEADLINE)).unwrap();
        socket.connect(&path).unwrap();
        socket.send(name.as_bytes()).unwrap();
        let mut answer = [0; 100];
        let count = socket.recv(&mut answer).unwrap();
        assert_eq!(&answer[..count], name.as_bytes());
    }
}

#[test]
fn a_record_shows_what_every_program_said() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("record");
    let mut listen = running(shell("exec cat"), Clients::AtOnce, Transport::Tcp);
    listen.session.recordings = vec![Recording {
        to: RecordTo::File(path.clone()),
        format: RecordFormat::Raw,
        append: false,
    }];
    let mut engine = Engine::listen(listen);
    for text in ["one\n", "other\n"] {
        let mut client = peer::connect(engine.port);
        client.write_all(text.as_bytes()).unwrap();
        client.shutdown(std::net::Shutdown::Write).unwrap();
        assert_eq!(said(&client), text);
    }
    assert_eq!(engine.stop(), "stopped");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\none\nother\nother\n");
}

#[test]
fn a_record_that_cannot_be_written_ends_the_run() {
    let mut listen = running(shell("exec cat"), Clients::AtOnce, Transport::Tcp);
    listen.session.recordings = vec![Recording {
        to: RecordTo::File("/dev/full".into()),
        format: RecordFormat::Raw,
        append: true,
    }];
    let mut engine = Engine::listen(listen);
    let mut client = peer::connect(engine.port);
    client.write_all(b"for the record\n").unwrap();
    let result = engine.end();
    assert!(result.starts_with("Err(Record {"), "{result}");
}
