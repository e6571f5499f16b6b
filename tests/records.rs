//! Records that cannot be written to their end, and records that share a place.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::fs::File;
use std::io::{Read, Write};

use common::peer::{accept, connect, is_at_end, tcp_listener};
use common::process::{Input, Output, Program};
use common::running::Running;
use common::{pattern, under_test};

/// Runs nc against a peer that sends so much and closes.
fn told(count: usize, args: &[&str]) -> Running {
    let (listener, port) = tcp_listener();
    let nc = Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args);
    let running = nc.args(["127.0.0.1", &port.to_string()]).start();
    let mut peer = accept(&listener);
    peer.write_all(&pattern(count)).expect("the peer is heard");
    running
}

#[test]
fn the_last_bytes_of_a_record_count_too() {
    // whether the record or the conversation is over first is chance
    for _ in 0..20 {
        for to in ["--hex-dump", "--output", "--log", "-o"] {
            let mut running = told(10, &[to, "/dev/full"]);
            assert_eq!(running.wait_end(), "exit 17", "{to}");
        }
    }
    for args in [["gnu", "-xo"], ["toybox", "-O"]] {
        let mut running = told(10, &["--dialect", args[0], args[1], "/dev/full"]);
        assert_eq!(running.wait_end(), "exit 1", "{args:?}: a line that was begun");
    }
}

#[test]
fn two_records_in_one_file_do_not_write_over_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let raw = dir.path().join("record");
    let link = dir.path().join("link");
    std::os::unix::fs::symlink(&raw, &link).unwrap();
    let (raw, link) = (raw.to_str().unwrap(), link.to_str().unwrap());
    let mut running = told(16_000, &["--output", raw, "--hex-dump", link]);
    assert_eq!(running.wait_end(), "exit 0");
    // a line of the dump is 74 bytes for 16
    assert_eq!(std::fs::metadata(raw).unwrap().len(), 16_000 + 74_000);
}

#[test]
fn the_input_is_no_record() {
    let dir = tempfile::tempdir().unwrap();
    let (path, link) = (dir.path().join("file"), dir.path().join("link"));
    std::fs::write(&path, "what is to be sent").unwrap();
    std::os::unix::fs::symlink(&path, &link).unwrap();
    for options in [&["--log"][..], &["--pcap"], &["--append-output", "--output"]] {
        let (listener, port) = tcp_listener();
        let mut running = Program::new(under_test(env!("CARGO_BIN_EXE_nc")))
            .args(options)
            .args([link.to_str().unwrap(), "127.0.0.1", &port.to_string()])
            .input(Input::Descriptor(File::open(&path).unwrap().into()))
            .start();
        assert_eq!(running.wait_end(), "exit 17");
        assert!(running.said().contains("it is the input itself"), "{}", running.said());
        assert_eq!(std::fs::read(&path).unwrap(), b"what is to be sent");
        drop(listener);
    }
}

#[test]
fn two_records_may_go_to_standard_error() {
    let mut running = told(16, &["--output", "-", "--hex-dump", "-"]);
    assert_eq!(running.wait_end(), "exit 0");
    assert_eq!(running.stderr.len(), 16 + 74);
}

/// A FIFO and its reader.
fn fifo() -> (tempfile::TempDir, String, File) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("fifo");
    rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RWXU).unwrap();
    let reader = File::options().read(true).write(true).open(&path).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (dir, path, reader)
}

/// One that is full, and its reader has stopped.
fn full_fifo() -> (tempfile::TempDir, String, File) {
    let (dir, path, mut reader) = fifo();
    rustix::io::ioctl_fionbio(&reader, true).unwrap();
    while reader.write(&[0; 4096]).is_ok() {}
    (dir, path, reader)
}

#[test]
fn a_reader_that_has_stopped_is_waited_for_as_long_as_is_told() {
    let (_dir, fifo, _reader) = full_fifo();
    for (to, missing) in [("--output", "(10 bytes"), ("--log", " bytes"), ("--pcap", " bytes")] {
        let mut running = told(10, &["-w", "0.1", to, &fifo]);
        assert_eq!(running.wait_end(), "exit 17", "{to}");
        let said = running.said();
        assert!(said.contains("its reader took nothing for 1s ("), "{to}: {said}");
        let words = format!("{missing} of the record not written)");
        assert!(said.contains(&words), "{to}: {said}");
    }
    // the peer has not finished, and neither has what was begun
    let (listener, port) = tcp_listener();
    let mut running = Program::new(under_test(env!("CARGO_BIN_EXE_nc")))
        .args(["-q", "1", "--output", &fifo, "127.0.0.1", &port.to_string()])
        .start();
    let mut peer = accept(&listener);
    peer.write_all(&pattern(10)).unwrap();
    assert_eq!(running.wait_end(), "exit 17");
    assert!(running.said().contains("(10 bytes of the record not written)"), "{}", running.said());
}

#[test]
fn a_signal_ends_the_wait_for_a_reader_with_words() {
    let (_dir, fifo, _reader) = full_fifo();
    let (listener, port) = tcp_listener();
    let mut running = Program::new(under_test(env!("CARGO_BIN_EXE_nc")))
        .args(["--pcap", &fifo, "127.0.0.1", &port.to_string()])
        .start();
    drop(accept(&listener));
    running.signal(rustix::process::Signal::INT);
    assert_eq!(running.wait_end(), "signal 2");
    let said = running.said();
    assert!(said.contains("fifo: interrupted (") && said.contains(" not written)"), "{said}");
}

#[test]
fn a_reader_that_is_slow_gets_all_of_it() {
    let (_dir, fifo, mut reader) = fifo();
    let sent = pattern(1 << 20);
    let reading = std::thread::spawn(move || {
        let mut all = vec![0; 1 << 20];
        reader.read_exact(&mut all).unwrap();
        all
    });
    let mut running = told(1 << 20, &["--output", &fifo]);
    running.succeeds();
    assert!(running.stdout == sent && reading.join().unwrap() == sent);
}

/// Lines of a dump without their times, which are checked.
fn untimed(dump: &[u8]) -> String {
    let text = std::str::from_utf8(dump).expect("text");
    let mut last = 0.0;
    let lines = text.lines().map(|line| {
        let (time, rest) = line.split_once(' ').expect("a time");
        let time: f64 = time.parse().expect("a time");
        assert!(time >= last, "{text}");
        last = time;
        format!("{rest}\n")
    });
    lines.collect()
}

#[test]
fn a_dump_takes_the_place_of_the_bytes_and_a_log_keeps_them() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    let (listener, port) = tcp_listener();
    let mut running = Program::new(under_test(env!("CARGO_BIN_EXE_nc")))
        .args(["--hex", "-C", "--why", "--log", log.to_str().unwrap()])
        .args(["127.0.0.1", &port.to_string()])
        .input(Input::Pipe)
        .start();
    let mut peer = accept(&listener);
    running.feed(b"GET / HTTP/1.0\n");
    peer.read_exact(&mut [0; 16]).unwrap();
    peer.write_all(b"\x1b[2J\xff reply").unwrap();
    peer.shutdown(std::net::Shutdown::Write).unwrap();
    let first = "\
> 00000000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 30 0d 0a  GET / HTTP/1.0..\n\
< 00000000  1b 5b 32 4a ff 20 72 65  70 6c 79                 .[2J. reply\n";
    // after the end of the peer, what is sent is still shown
    running.wait_stdout(2 * 9 + first.len());
    running.feed(b"more\n");
    running.end_input();
    running.succeeds();
    let last = "> 00000010  6d 6f 72 65 0d 0a                                 more..\n";
    assert_eq!(untimed(&running.stdout), format!("{first}{last}"));
    let logged = std::fs::read_to_string(log).unwrap();
    assert!(logged.contains(" > 16 GET / HTTP/1.0\\x0d\n") && logged.contains(" < 11+ \\x1b[2J"));
    let said = running.report();
    assert!(said.contains("22 bytes sent") || said.contains("sent 22 bytes"), "{said}");
}

#[test]
fn a_log_is_of_what_went_over_the_connection() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    let (listener, port) = tcp_listener();
    let mut running = Program::new(under_test(env!("CARGO_BIN_EXE_nc")))
        .args(["-t", "--fill", "-C", "--log", log.to_str().unwrap()])
        .args(["127.0.0.1", &port.to_string()])
        .input(Input::Pipe)
        .start();
    let mut peer = accept(&listener);
    running.feed(b"Content-Length: {len}\n\nbody\n");
    running.end_input();
    let mut sent = [0; 27];
    peer.read_exact(&mut sent).unwrap();
    assert_eq!(&sent, b"Content-Length: 6\r\n\r\nbody\r\n");
    // IAC DO ECHO (RFC 857)
    peer.write_all(b"\xff\xfd\x01hello\n").unwrap();
    peer.shutdown(std::net::Shutdown::Write).unwrap();
    running.succeeds();
    let logged = std::fs::read_to_string(log).unwrap();
    for line in [" > 6 body\\x0d\n", "\\xff\\xfd\\x01hello\n"] {
        assert!(logged.contains(line), "{logged}");
    }
    let sizes = logged.lines().filter_map(|line| line.split_once(" > ")?.1.split_once(' '));
    let sizes = sizes.map(|(size, _)| size.trim_end_matches('+').parse::<usize>().unwrap());
    assert_eq!(sizes.sum::<usize>(), sent.len(), "{logged}");
}

#[test]
fn a_dump_of_several_clients_of_datagrams_and_of_a_program() {
    const HELLO: &str = "< 00000000  68 65 6c 6c 6f 0a                                 hello.\n";
    let nc = |args: &[&str]| Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args).start();
    let length = 9 + HELLO.len();

    let mut running = nc(&["-lkvn", "--hex", "127.0.0.1", "0"]);
    let mut peer = connect(running.listening_port());
    peer.write_all(b"hello\n").unwrap();
    running.wait_stdout(length);
    assert_eq!(untimed(&running.stdout), HELLO);

    for args in [&["-luvn", "--hex", "127.0.0.1", "0"][..], &["-lukvn", "--hex", "127.0.0.1", "0"]]
    {
        let mut running = nc(args);
        let peer = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        peer.send_to(b"hello\n", ("127.0.0.1", running.bound_port())).unwrap();
        running.wait_stdout(length);
        assert_eq!(untimed(&running.stdout), HELLO);
    }

    let mut running = nc(&["-lvn", "--hex", "-c", "cat", "127.0.0.1", "0"]);
    let mut peer = connect(running.listening_port());
    peer.write_all(b"hello\n").unwrap();
    peer.read_exact(&mut [0; 6]).unwrap();
    running.wait_stdout(2 * length);
    assert_eq!(untimed(&running.stdout), format!("{HELLO}{}", HELLO.replace('<', ">")));
}

#[test]
fn whoever_reads_a_dump_may_leave() {
    let (listener, port) = tcp_listener();
    let mut running = Program::new(under_test(env!("CARGO_BIN_EXE_nc")))
        .args(["--hex", "127.0.0.1", &port.to_string()])
        .input(Input::Pipe)
        .output(Output::Gone)
        .start();
    let mut peer = accept(&listener);
    peer.write_all(b"hello\n").unwrap();
    assert_eq!(running.wait_end(), "signal 13");
    assert!(running.stderr.is_empty(), "{}", running.report());
    drop(running);
    let _ = is_at_end(&peer);
}

#[test]
fn a_dump_of_toybox_on_standard_output_is_beside_the_bytes() {
    let mut running = told(4, &["--dialect", "toybox", "-o", "-"]);
    assert_eq!(running.wait_end(), "exit 0");
    let shown = String::from_utf8_lossy(&running.stdout);
    assert!(shown.contains("> 00000000 ") && shown.len() > 60 + 4, "{shown}");
}
