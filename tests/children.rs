//! Programs that the library starts: what they find around themselves, and that nothing is left of
//! them. Real processes; each wait is for an event, with a deadline.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a helper tells what it sees")]

mod common;

use std::ffi::OsString;
use std::future::Future;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use netcat::sys::child::{self, Child, Ends, Exit, Program, Standard, Started};
use netcat::sys::fd::Fd;
use netcat::sys::limit::{self, Reserve};
use netcat::sys::pty;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl};
use rustix::io::FdFlags;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use tokio::time::timeout;

use common::DEADLINE;

/// What comes of something that must happen.
async fn within<T>(what: impl Future<Output = T>) -> T {
    timeout(DEADLINE, what).await.expect("before the deadline")
}

fn start(program: &Program, on: Standard) -> (Child, Ends) {
    let Started { child, ends } = program.start(on).expect("a program");
    (child, ends.expect("ends of ours"))
}

/// A command line for the shell, over pipes.
fn shell(command: &str) -> (Child, Ends) {
    start(&Program::shell(command), Standard::Pipes)
}

/// All that comes until the end, as text.
async fn text(from: &Fd) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    while let count @ 1.. = within(from.read(&mut buffer)).await.expect("output") {
        bytes.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8(bytes).expect("text")
}

/// All that comes up to the end of a line, without it.
async fn line(from: &Fd) -> String {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while within(from.read(&mut byte)).await.expect("output") == 1 && byte != *b"\n" {
        bytes.extend_from_slice(&byte);
    }
    String::from_utf8(bytes).expect("text")
}

/// What a program says that is only run.
async fn said(program: &Program) -> String {
    let (mut child, Ends { input, output }) = start(program, Standard::Pipes);
    drop(input);
    let text = text(&output).await;
    assert_eq!(within(child.wait()).await.expect("an end"), Exit::Status(0), "{text}");
    text
}

/// A process, to see it end.
fn watch(pid: &str) -> OwnedFd {
    let pid = pid.trim().parse().ok().and_then(Pid::from_raw).expect("a process number");
    pidfd_open(pid, PidfdFlags::empty()).expect("a process that runs")
}

/// Blocks until a process has ended.
fn wait_gone(process: &OwnedFd) {
    let deadline = Timespec { tv_sec: DEADLINE.as_secs().cast_signed(), tv_nsec: 0 };
    let count = poll(&mut [PollFd::new(process, PollFlags::IN)], Some(&deadline));
    assert_eq!(count, Ok(1), "the process lives on");
}

/// Another run of this test program, for one of the helpers below, behind a command that changes
/// what it inherits.
fn helper(name: &str, behind: &[&str]) -> Command {
    let mut words = behind.iter().map(OsString::from).collect::<Vec<_>>();
    words.push(std::env::current_exe().expect("this program").into());
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).args(["--ignored", "--exact", "--nocapture", name]);
    command
}

/// The values of the lines that a helper has marked with `name`.
fn value(output: &str, name: &str) -> String {
    let found = output.lines().find_map(|line| line.split_once(name));
    found.unwrap_or_else(|| panic!("{name} in {output}")).1.trim().to_owned()
}

#[tokio::test]
async fn it_has_descriptors_0_to_2_alone() {
    let inherited = std::fs::File::open("/dev/null").expect("a file");
    rustix::io::fcntl_setfd(&inherited, FdFlags::empty()).expect("a flag");
    let list = "ls /proc/$$/fd; true";
    assert_eq!(said(&Program::shell(list)).await, "0\n1\n2\n");
    let (_child, ends) = start(&Program::shell(list), Standard::Terminal);
    assert_eq!(text(&ends.output).await.split_whitespace().collect::<Vec<_>>(), ["0", "1", "2"]);
    drop(inherited);
}

#[tokio::test]
async fn its_errors_go_where_it_is_said() {
    let program = Program::shell("readlink /proc/self/fd/1 /proc/self/fd/2");
    let apart = said(&program).await;
    let together = said(&program.with_errors_on_output()).await;
    let ours = std::fs::read_link("/proc/self/fd/2").expect("a link");
    assert_eq!(apart.lines().nth(1), ours.to_str());
    assert_eq!(together.lines().next(), together.lines().nth(1), "{together}");
}

#[test]
fn signals_are_as_in_a_fresh_process_whatever_we_inherited() {
    let behind = ["env", "--ignore-signal=USR1,CHLD,HUP", "--block-signal=USR2,TERM"];
    let output = helper("helper_shows_signals", &behind).output().expect("a helper");
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    for name in ["SigIgn:", "SigBlk:", "SigCgt:"] {
        assert_eq!(value(&output, name), "0000000000000000", "{name} in {output}");
    }
    assert_eq!(value(&output, "ended:"), "Status(7)", "SIGCHLD was ignored");
}

#[tokio::test]
#[ignore = "run by a test"]
async fn helper_shows_signals() {
    print!("{}", said(&Program::new("cat", vec!["/proc/self/status".into()]).searched()).await);
    let (mut child, _ends) = shell("exit 7");
    println!("\nended:{:?}", within(child.wait()).await.expect("an end"));
}

#[test]
fn its_limit_on_descriptors_is_that_from_before_we_raised_ours() {
    let behind = ["sh", "-c", "ulimit -Sn 200; ulimit -Hn 300; exec \"$0\" \"$@\""];
    let output = helper("helper_shows_limits", &behind).output().expect("a helper");
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!((value(&output, "ours:"), value(&output, "its:")), ("300".into(), "200".into()));
}

#[tokio::test]
#[ignore = "run by a test"]
async fn helper_shows_limits() {
    println!("\nours:{}", limit::raise_descriptors());
    println!("its:{}", said(&Program::shell("ulimit -Sn")).await);
}

#[test]
fn as_many_descriptors_as_are_put_by_are_enough() {
    let behind = ["sh", "-c", "ulimit -n 60; exec \"$0\" \"$@\""];
    let output = helper("helper_starts_with_few_descriptors", &behind).output().expect("a helper");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(value(&said, "started:"), "3", "{said} {output:?}");
    assert_eq!(value(&said, "missing:"), "3", "{said} {output:?}");
}

#[tokio::test]
#[ignore = "run by a test"]
async fn helper_starts_with_few_descriptors() {
    let program = Program::new("true", Vec::new()).searched();
    // what the library and the runtime open once
    let _ = said(&program).await;
    let (_peer, socket) = UnixStream::pair().expect("sockets");
    let copied = |socket: &UnixStream| socket.as_fd().try_clone_to_owned();
    let ways: [fn(OwnedFd) -> Standard; 3] =
        [|_| Standard::Pipes, |_| Standard::Terminal, Standard::Socket];
    let (mut started, mut missing) = (0, 0);
    for way in ways {
        let mut others = Vec::new();
        while let Ok(other) = Reserve::of(1) {
            others.push(other);
        }
        others.truncate(others.len() - child::DESCRIPTORS);
        let reserve = Reserve::of(child::DESCRIPTORS).expect("so many are free");
        let error = copied(&socket).expect_err("no more are");
        missing += usize::from(limit::is_reached(&error));
        drop(reserve);
        let standard = way(copied(&socket).expect("a descriptor"));
        // what is not for the program is given back
        let result = program.start(standard);
        started += usize::from(result.is_ok());
        drop((others, result));
    }
    println!("\nstarted:{started}\nmissing:{missing}");
}

#[tokio::test]
async fn it_has_our_variables_and_those_given_and_no_other_connection_s() {
    let shown = "echo $NCAT_PROTO $NCAT_REMOTE_ADDR; echo ${CARGO_PKG_NAME-none}";
    let given = vec![("NCAT_PROTO".into(), "TCP".into())];
    let inner = std::env::var("CARGO_PKG_NAME").unwrap_or_else(|_| "none".into());
    let text = said(&Program::shell(shown).with_environment(given)).await;
    assert_eq!(text, format!("TCP\n{inner}\n"));
    let mut nested = helper("helper_shows_environment", &["env", "NCAT_REMOTE_ADDR=192.0.2.1"]);
    let output = nested.output().expect("a helper");
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(value(&output, "variables:"), "TCP none", "{output}");
}

#[tokio::test]
#[ignore = "run by a test"]
async fn helper_shows_environment() {
    let given = vec![("NCAT_PROTO".into(), "TCP".into())];
    let program = Program::shell("echo $NCAT_PROTO ${NCAT_REMOTE_ADDR-none}");
    println!("\nvariables:{}", said(&program.with_environment(given)).await);
}

#[tokio::test]
async fn how_it_ended_is_told_as_often_as_one_asks() {
    let rows = [
        ("exit 0", Exit::Status(0), 0),
        ("exit 7", Exit::Status(7), 7),
        ("kill -TERM $$", Exit::Signal(15), 143),
    ];
    for (command, expected, status) in rows {
        let (mut child, _ends) = shell(command);
        for _ in 0..2 {
            let ended = within(child.wait()).await.expect("an end");
            assert_eq!((ended, ended.status()), (expected, status), "{command}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_run_says_why() {
    let folder = tempfile::tempdir().expect("a directory");
    let plain = folder.path().join("plain");
    std::fs::write(&plain, "text").expect("a file");
    std::fs::set_permissions(&plain, PermissionsExt::from_mode(0o644)).expect("a mode");
    let rows = [
        (Program::new("/nowhere/at/all", Vec::new()), io::ErrorKind::NotFound),
        (Program::new("cat", Vec::new()), io::ErrorKind::NotFound),
        (Program::new("no-such-program", Vec::new()).searched(), io::ErrorKind::NotFound),
        (Program::new("", Vec::new()), io::ErrorKind::NotFound),
        (Program::new(plain, Vec::new()), io::ErrorKind::PermissionDenied),
        (Program::new("/bin/cat", vec!["a\0b".into()]), io::ErrorKind::InvalidInput),
    ];
    for (program, expected) in rows {
        for on in [Standard::Pipes, Standard::Terminal] {
            let error = program.start(on).expect_err("no program");
            assert_eq!(error.kind(), expected, "{program:?}");
        }
    }
}

#[tokio::test]
async fn it_is_searched_and_named_as_asked() {
    let program =
        Program::new("sh", vec!["-c".into(), "tr '\\0' ' ' </proc/$$/cmdline; true".into()]);
    let program = program.searched().named("my name");
    assert!(said(&program).await.starts_with("my name -c tr"));
}

#[tokio::test]
async fn its_tail_arrives_when_it_has_ended_long_since() {
    let (mut child, ends) = shell("read line; echo \"got $line\"; exit 3");
    within(ends.input.write_all(b"this\n")).await.expect("its input");
    assert_eq!(within(child.wait()).await.expect("an end"), Exit::Status(3));
    assert_eq!(text(&ends.output).await, "got this\n");
}

#[tokio::test]
async fn what_it_started_may_hold_the_output_after_its_end() {
    let (mut child, ends) = shell("exec 3<&0; (read line <&3; echo \"late $line\") & exit 4");
    assert_eq!(within(child.wait()).await.expect("an end"), Exit::Status(4));
    within(ends.input.write_all(b"word\n")).await.expect("its input");
    assert_eq!(text(&ends.output).await, "late word\n");
}

#[tokio::test]
async fn dropping_kills_all_of_the_group_and_leaves_no_zombie() {
    let (child, ends) = shell("sleep 300 & echo $!; wait");
    let (program, started) = (watch(&child.id().to_string()), watch(&line(&ends.output).await));
    let path = format!("/proc/{}", child.id());
    drop(child);
    wait_gone(&program);
    wait_gone(&started);
    let collected = async {
        while std::fs::exists(&path).expect("an answer") {
            tokio::task::yield_now().await;
        }
    };
    within(collected).await;
}

#[tokio::test]
async fn dropping_one_that_has_ended_kills_what_it_started() {
    let (mut child, ends) = shell("sleep 300 & echo $!");
    let started = watch(&line(&ends.output).await);
    assert_eq!(within(child.wait()).await.expect("an end"), Exit::Status(0));
    let path = format!("/proc/{}", child.id());
    drop(child);
    assert!(!std::fs::exists(path).expect("an answer"), "collected at once");
    wait_gone(&started);
}

#[test]
fn dropping_the_runtime_ends_what_its_tasks_have_started() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let process = runtime.block_on(async {
        let (child, ends) = shell("echo $$; exec sleep 300");
        let process = watch(&line(&ends.output).await);
        let local = async move {
            let mut child = child;
            child.wait().await
        };
        tokio::spawn(local);
        process
    });
    runtime.shutdown_background();
    wait_gone(&process);
}

#[tokio::test]
async fn ending_asks_first_and_waits_for_the_whole_group() {
    // the program ends at once; what it started has something to do first. A signal to a process
    // that the shell has forked and that is not yet what it is to be would be lost
    let (child, ends) = shell(
        "(trap 'sleep 0.1; echo cleaned; exit' HUP; sleep 300 &
         until grep -q sleep /proc/$!/comm; do :; done; echo ready; wait) & wait",
    );
    assert_eq!(line(&ends.output).await, "ready");
    assert_eq!(within(child.end(2 * DEADLINE)).await.expect("an end"), Exit::Signal(1));
    assert_eq!(text(&ends.output).await, "cleaned\n");
}

#[tokio::test]
async fn ending_kills_what_does_not_listen() {
    let (child, ends) = shell("trap '' HUP; sleep 300 & echo $!; wait");
    let started = watch(&line(&ends.output).await);
    let ended = within(child.end(Duration::from_millis(50))).await.expect("an end");
    assert_eq!(ended, Exit::Signal(9));
    wait_gone(&started);
}

#[tokio::test]
async fn ending_wakes_what_is_stopped_and_waiting_does_not_mind_it() {
    let (mut child, ends) = shell("trap 'echo bye; exit 5' HUP; echo ready; kill -STOP $$; wait");
    assert_eq!(line(&ends.output).await, "ready");
    let stat = format!("/proc/{}/stat", child.id());
    let stopped = async {
        while !std::fs::read_to_string(&stat).expect("its state").contains(") T ") {
            tokio::task::yield_now().await;
        }
    };
    within(stopped).await;
    let waited = timeout(Duration::ZERO, child.wait()).await;
    assert!(waited.is_err(), "{waited:?} of one that is stopped");
    assert_eq!(within(child.end(2 * DEADLINE)).await.expect("an end"), Exit::Status(5));
    assert_eq!(text(&ends.output).await, "bye\n");
}

/// A shell with a job of its own that does not mind a hangup, and one that has left its session.
/// Says the number of each, the job's first.
const WITH_JOBS: &str = "(trap '' HUP; exec sleep 300) & echo $!
    setsid sh -c 'echo $$; exec sleep 300' & wait";

/// The same at a terminal, where a job has a group of its own.
fn with_jobs(at_terminal: bool) -> (Program, Standard) {
    if at_terminal {
        (Program::shell(format!("set -m; {WITH_JOBS}")), Standard::Terminal)
    } else {
        (Program::shell(WITH_JOBS), Standard::Pipes)
    }
}

/// One that has left on purpose lives on.
fn lives(process: &OwnedFd) {
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    assert_eq!(poll(&mut [PollFd::new(process, PollFlags::IN)], Some(&now)), Ok(0));
    rustix::process::pidfd_send_signal(process, Signal::KILL).expect("it lives");
}

#[test]
fn it_dies_when_we_are_killed_with_all_that_it_has_started() {
    for name in ["helper_waits", "helper_waits_at_a_terminal"] {
        let mut parent = helper(name, &["env"]);
        let mut parent = parent.stdout(Stdio::piped()).spawn().expect("a helper");
        let mut output = BufReader::new(parent.stdout.take().expect("its output")).lines();
        let processes = ["child:", "job:", "apart:"].map(|name| {
            let mut lines = output.by_ref().map_while(Result::ok);
            let found = lines.find_map(|line| line.strip_prefix(name).map(str::to_owned));
            watch(&found.expect("a process number"))
        });
        parent.kill().expect("a helper that runs");
        parent.wait().expect("its end");
        wait_gone(&processes[0]);
        wait_gone(&processes[1]);
        // nobody who would come for it is left any more, as nobody holds our output
        assert!(output.all(|line| line.is_ok()));
        lives(&processes[2]);
    }
}

async fn waits(at_terminal: bool) {
    let (program, standard) = with_jobs(at_terminal);
    let (mut child, ends) = start(&program, standard);
    let (job, apart) = (line(&ends.output).await, line(&ends.output).await);
    println!("\nchild:{}\njob:{job}\napart:{apart}", child.id());
    child.wait().await.expect("an end");
}

#[tokio::test]
#[ignore = "run by a test, which kills it"]
async fn helper_waits() {
    waits(false).await;
}

#[tokio::test]
#[ignore = "run by a test, which kills it"]
async fn helper_waits_at_a_terminal() {
    waits(true).await;
}

#[tokio::test]
async fn dropping_one_at_a_terminal_kills_its_jobs_and_nobody_who_has_left() {
    let (program, standard) = with_jobs(true);
    let (child, ends) = start(&program, standard);
    let (job, apart) = (watch(&line(&ends.output).await), watch(&line(&ends.output).await));
    drop((child, ends));
    wait_gone(&job);
    lives(&apart);
}

#[tokio::test]
async fn the_jobs_of_a_terminal_are_asked_to_end_before_they_are_killed() {
    let jobs = "set -m
        (trap 'echo cleaned; exit' HUP; sleep 300 &
         until grep -q sleep /proc/$!/comm; do :; done; echo ready; wait) &
        read line; exit 3";
    let (mut child, ends) = start(&Program::shell(jobs), Standard::Terminal);
    assert_eq!(line(&ends.output).await, "ready\r");
    within(ends.input.write_all(b"\n")).await.expect("a terminal");
    let ended = within(child.end_others_after(2 * DEADLINE)).await.expect("an end");
    assert_eq!(ended, Exit::Status(3));
    assert!(text(&ends.output).await.ends_with("cleaned\r\n"));
}

#[tokio::test]
async fn a_job_of_a_terminal_that_does_not_listen_is_killed_after_a_while() {
    let (program, standard) = with_jobs(true);
    let (mut child, ends) = start(&program, standard);
    let (job, apart) = (watch(&line(&ends.output).await), watch(&line(&ends.output).await));
    // nobody is hurried for as long as the program runs
    let grace = Duration::from_millis(50);
    let early = timeout(4 * grace, child.end_others_after(grace)).await;
    assert!(early.is_err(), "{early:?}");
    kill_process(Pid::from_raw(child.id()).expect("a number"), Signal::TERM).expect("it runs");
    let ended = within(child.end_others_after(grace)).await.expect("an end");
    assert_eq!(ended, Exit::Signal(15));
    wait_gone(&job);
    lives(&apart);
}

#[tokio::test]
async fn on_a_socket_it_reads_and_writes_as_on_any_blocking_one() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a listener");
    let mut peer = TcpStream::connect(listener.local_addr().expect("an address")).expect("a peer");
    let (socket, _) = listener.accept().expect("a connection");
    socket.set_nonblocking(true).expect("a flag");
    let ours = Fd::shared(socket.try_clone().expect("a descriptor").into()).expect("a socket");
    let program = Program::new("cat", Vec::new()).searched();
    let Started { mut child, ends } = program.start(Standard::Socket(socket.into())).expect("cat");
    assert!(ends.is_none());
    assert!(!fcntl_getfl(&ours).expect("flags").contains(OFlags::NONBLOCK));
    let idle = ours.try_read(&mut [0; 1]).expect_err("nothing to read");
    assert_eq!(idle.kind(), io::ErrorKind::WouldBlock);
    peer.set_read_timeout(Some(DEADLINE)).expect("a deadline");
    peer.write_all(b"there and back").expect("a connection");
    peer.shutdown(Shutdown::Write).expect("a connection");
    assert_eq!(within(child.wait()).await.expect("an end"), Exit::Status(0));
    drop((child, ours));
    let mut echoed = String::new();
    peer.read_to_string(&mut echoed).expect("an end");
    assert_eq!(echoed, "there and back");
}

#[tokio::test]
async fn a_socket_is_as_before_where_there_is_no_program() {
    let (socket, _peer) = UnixStream::pair().expect("sockets");
    for waits in [true, false] {
        socket.set_nonblocking(!waits).expect("a flag");
        let own = socket.as_fd().try_clone_to_owned().expect("a descriptor");
        let error = Program::new("/nowhere", Vec::new()).start(Standard::Socket(own));
        assert_eq!(error.expect_err("no program").kind(), io::ErrorKind::NotFound);
        let flags = fcntl_getfl(&socket).expect("flags");
        assert_eq!(flags.contains(OFlags::NONBLOCK), !waits);
    }
}

#[tokio::test]
async fn at_a_terminal_it_is_at_its_controlling_one_and_its_end_is_the_end() {
    let commands = "tty; tty <&2; stty size; stty -a; echo seen >/dev/tty; exit 6";
    let (mut child, ends) = start(&Program::shell(commands), Standard::Terminal);
    let text = text(&ends.output).await;
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].starts_with("/dev/pts/"), "{text}");
    assert_eq!(lines[0], lines[1], "{text}");
    let size: Vec<u16> = lines[2].split(' ').filter_map(|number| number.parse().ok()).collect();
    assert!(matches!(size[..], [1..=1000, 1..=1000]), "{text}");
    for setting in ["icanon", "echo", "isig", "icrnl", "onlcr", "iutf8"] {
        assert!(
            text.split([' ', ';', '\r', '\n']).any(|word| word == setting),
            "{setting}: {text}"
        );
    }
    assert_eq!(lines.last(), Some(&"seen"));
    assert_eq!(within(child.wait()).await.expect("an end"), Exit::Status(6));
    let error = within(ends.input.write_all(b"x")).await.expect_err("nobody is there");
    assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
}

#[tokio::test]
async fn keys_typed_at_its_terminal_are_keys() {
    let (mut child, ends) =
        start(&Program::shell("echo ready; exec sleep 300"), Standard::Terminal);
    assert_eq!(line(&ends.output).await, "ready\r");
    within(ends.input.write_all(b"\x03")).await.expect("a terminal");
    assert_eq!(within(child.wait()).await.expect("an end"), Exit::Signal(2));
}

#[tokio::test]
async fn the_end_of_input_can_be_typed_in_the_middle_of_a_line() {
    let commands = "stty -echo; echo ready; cat; echo over";
    let (_child, ends) = start(&Program::shell(commands), Standard::Terminal);
    assert_eq!(line(&ends.output).await, "ready\r");
    within(ends.input.write_all(b"whole\nbegun")).await.expect("a terminal");
    within(pty::type_end(&ends.input)).await.expect("a terminal");
    assert_eq!(text(&ends.output).await, "whole\r\nbegunover\r\n");
}

#[tokio::test]
async fn closing_our_end_of_a_terminal_hangs_up() {
    let commands = "trap 'exit 9' HUP; echo ready; read never";
    let (mut child, ends) = start(&Program::shell(commands), Standard::Terminal);
    assert_eq!(line(&ends.output).await, "ready\r");
    drop(ends);
    assert_eq!(within(child.wait()).await.expect("an end"), Exit::Status(9));
}

#[tokio::test]
async fn it_leads_a_group_of_its_own() {
    for on in [Standard::Pipes, Standard::Terminal] {
        let (child, ends) = start(&Program::shell("cut -d' ' -f5 /proc/$$/stat; true"), on);
        assert_eq!(line(&ends.output).await.trim(), child.id().to_string());
        assert_ne!(rustix::process::getpgrp().as_raw_nonzero().get(), child.id());
    }
}

#[tokio::test]
async fn many_at_once_are_all_told_apart() {
    let mut children: Vec<_> =
        (0..20).map(|number| (shell(&format!("read line; exit {number}")), number)).collect();
    for ((child, ends), number) in children.iter_mut().rev() {
        within(ends.input.write_all(b"\n")).await.expect("its input");
        assert_eq!(within(child.wait()).await.expect("an end"), Exit::Status(*number));
    }
    let ((child, _), _) = &children[0];
    let pid = Pid::from_raw(child.id()).expect("a number");
    kill_process(pid, Signal::TERM).expect("it is kept until it is dropped");
}
