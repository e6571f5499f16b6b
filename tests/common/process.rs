//! One real process: how it is started, what it was given, what it said, how it ended.

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::{DEADLINE, show};

/// What the program finds on descriptor 0.
#[derive(Debug)]
pub enum Input {
    /// A pipe, written by [`Running::feed`] and closed by [`Running::end_input`].
    Pipe,
    /// `/dev/null`.
    Null,
    /// A regular file with these bytes.
    Regular(Vec<u8>),
    /// Nothing: the descriptor is closed.
    Closed,
    /// This descriptor: a terminal, a socket.
    Descriptor(OwnedFd),
}

/// What the program finds on descriptor 1.
#[derive(Debug)]
pub enum Output {
    /// A pipe that is read all the time.
    Collected,
    /// A pipe that nobody reads until [`Running::read_output`].
    Held,
    /// `/dev/full`: every write fails with ENOSPC.
    Full,
    /// A pipe whose reader has gone: every write fails with EPIPE.
    Gone,
    /// This descriptor: a terminal, a socket.
    Descriptor(OwnedFd),
}

/// A program that is not yet started.
#[derive(Debug)]
pub struct Program {
    path: PathBuf,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    input: Input,
    output: Output,
    own_session: bool,
}

impl Program {
    /// The program at `path`, called by that path, with an empty `/dev/null` for input, its output
    /// collected, and an environment of `PATH` and `LC_ALL=C` alone.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            args: Vec::new(),
            env: Vec::new(),
            input: Input::Null,
            output: Output::Collected,
            own_session: false,
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.args
            .extend(args.into_iter().map(|a| a.as_ref().to_owned()));
        self
    }

    /// Sets one variable of the environment.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env
            .push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Chooses descriptor 0.
    #[must_use]
    pub fn input(mut self, input: Input) -> Self {
        self.input = input;
        self
    }

    /// Chooses descriptor 1.
    #[must_use]
    pub fn output(mut self, output: Output) -> Self {
        self.output = output;
        self
    }

    /// Takes the controlling terminal away, so that a prompt for a password finds none.
    #[must_use]
    pub fn without_terminal(mut self) -> Self {
        self.own_session = true;
        self
    }

    /// Starts it.
    pub fn start(self) -> Running {
        let mut words: Vec<OsString> = Vec::new();
        if self.own_session {
            words.push("setsid".into());
        }
        if matches!(self.input, Input::Closed) {
            words.extend(["/bin/sh", "-c", "exec \"$0\" \"$@\" <&-"].map(OsString::from));
        }
        words.push(self.path.into());
        words.extend(self.args);
        let line = words
            .iter()
            .map(|w| w.to_string_lossy())
            .collect::<Vec<_>>()
            .join(" ");

        let mut command = Command::new(&words[0]);
        command
            .args(&words[1..])
            .env_clear()
            .env("LC_ALL", "C")
            .envs(self.env);
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command.stdin(match self.input {
            Input::Pipe => Stdio::piped(),
            Input::Null | Input::Closed => Stdio::null(),
            Input::Regular(bytes) => Stdio::from(regular(&bytes)),
            Input::Descriptor(fd) => Stdio::from(fd),
        });
        let held = matches!(self.output, Output::Held);
        command.stdout(match self.output {
            Output::Collected | Output::Held => Stdio::piped(),
            Output::Full => Stdio::from(
                OpenOptions::new()
                    .write(true)
                    .open("/dev/full")
                    .expect("/dev/full"),
            ),
            Output::Gone => Stdio::from(std::io::pipe().expect("a pipe").1),
            Output::Descriptor(fd) => Stdio::from(fd),
        });
        let mut child = command
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {line}: {error}"));

        let pid = i32::try_from(child.id())
            .ok()
            .and_then(Pid::from_raw)
            .expect("a process id");
        let pidfd = pidfd_open(pid, PidfdFlags::empty()).expect("a pidfd");
        let (said, events) = mpsc::channel();
        let (release, gate) = mpsc::channel();
        let mut streams = 1;
        if let Some(stdout) = child.stdout.take() {
            streams += 1;
            let said = said.clone();
            thread::spawn(move || {
                if held {
                    let _ = gate.recv();
                }
                collect(stdout, &said, Event::Stdout);
            });
        }
        if let Some(stderr) = child.stderr.take() {
            let said = said.clone();
            thread::spawn(move || collect(stderr, &said, Event::Stderr));
        }
        let input = child.stdin.take().map(|mut stdin| {
            let (feed, food) = mpsc::channel::<Vec<u8>>();
            thread::spawn(move || {
                // Ends, and with it closes the pipe, when the test ends the input or the program
                // takes no more.
                for bytes in food {
                    if stdin.write_all(&bytes).is_err() {
                        return;
                    }
                }
            });
            feed
        });
        thread::spawn(move || {
            if let Ok(status) = child.wait() {
                let _ = said.send(Event::Exited(status));
            }
        });
        Running {
            line,
            events,
            input,
            gate: Some(release),
            pidfd,
            started: Instant::now(),
            ended: None,
            streams,
            status: None,
            stdout: Vec::new(),
            stderr: Vec::new(),
        }
    }
}

enum Event {
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
    StreamEnded,
    Exited(ExitStatus),
}

fn regular(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(bytes).expect("a full temporary file");
    file.rewind().expect("a rewound file");
    file
}

fn collect(mut stream: impl Read, said: &Sender<Event>, event: fn(Vec<u8>) -> Event) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = stream.read(&mut buffer) {
        if said.send(event(buffer[..length].to_vec())).is_err() {
            return;
        }
    }
    let _ = said.send(Event::StreamEnded);
}

/// A program that runs, or has run; killed when dropped.
#[derive(Debug)]
pub struct Running {
    line: String,
    events: Receiver<Event>,
    input: Option<Sender<Vec<u8>>>,
    gate: Option<Sender<()>>,
    pidfd: OwnedFd,
    started: Instant,
    ended: Option<Instant>,
    streams: usize,
    status: Option<ExitStatus>,
    /// What it has written to descriptor 1 so far, if that is collected.
    pub stdout: Vec<u8>,
    /// What it has written to descriptor 2 so far.
    pub stderr: Vec<u8>,
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Event")
    }
}

impl Running {
    /// Queues bytes for its standard input; never blocks.
    pub fn feed(&self, bytes: &[u8]) {
        if let Some(input) = &self.input {
            // The program may have ended: then its status says so.
            let _ = input.send(bytes.to_vec());
        }
    }

    /// Ends its standard input behind what was fed.
    pub fn end_input(&mut self) {
        self.input = None;
    }

    /// Begins to read an output that was [`Output::Held`].
    pub fn read_output(&mut self) {
        self.gate = None;
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        pidfd_send_signal(&self.pidfd, signal)
            .unwrap_or_else(|e| self.fail(&format!("signal: {e}")));
    }

    /// Waits at most `limit` until `met`; false at the limit, or as soon as nothing more can come.
    pub fn wait_for(&mut self, limit: Duration, met: impl Fn(&Self) -> bool) -> bool {
        let deadline = Instant::now() + limit;
        while !met(self) {
            match self
                .events
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
            {
                Ok(Event::Stdout(bytes)) => self.stdout.extend(bytes),
                Ok(Event::Stderr(bytes)) => self.stderr.extend(bytes),
                Ok(Event::StreamEnded) => self.streams -= 1,
                Ok(Event::Exited(status)) => {
                    self.status = Some(status);
                    self.ended = Some(Instant::now());
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    return met(self);
                }
            }
        }
        true
    }

    /// Waits until a line on stderr starts with `start`, and gives the line without its end.
    pub fn wait_line(&mut self, start: &str) -> String {
        if !self.wait_for(DEADLINE, |p| p.line_with(start).is_some()) {
            self.fail(&format!("no line that starts with {start:?}"));
        }
        self.line_with(start).unwrap_or_default()
    }

    /// Waits for the listener's own line (`Listening on 0.0.0.0 4711`) and gives the port it names.
    pub fn listening_port(&mut self) -> u16 {
        self.named_port("Listening on ")
    }

    /// Waits for a datagram listener's own line (`Bound on 0.0.0.0 4711`).
    pub fn bound_port(&mut self) -> u16 {
        self.named_port("Bound on ")
    }

    fn named_port(&mut self, start: &str) -> u16 {
        let line = self.wait_line(start);
        let port = line
            .rsplit([' ', ':'])
            .next()
            .and_then(|word| word.parse().ok());
        port.unwrap_or_else(|| self.fail(&format!("no port in {line:?}")))
    }

    /// Waits until at least `length` bytes came out of descriptor 1.
    pub fn wait_stdout(&mut self, length: usize) {
        if !self.wait_for(DEADLINE, |p| p.stdout.len() >= length) {
            self.fail(&format!(
                "{} bytes on stdout, not {length}",
                self.stdout.len()
            ));
        }
    }

    /// Whether it has ended and all that it said is here.
    pub fn has_ended(&self) -> bool {
        self.status.is_some() && self.streams == 0
    }

    /// How it ended: `exit 0`, `signal 15`; `None` while it runs.
    pub fn status(&self) -> Option<String> {
        self.status
            .map(|status| match (status.code(), status.signal()) {
                (Some(code), _) => format!("exit {code}"),
                (None, signal) => format!("signal {}", signal.unwrap_or_default()),
            })
    }

    /// From its start to its end, or to now.
    pub fn lasted(&self) -> Duration {
        self.ended
            .unwrap_or_else(Instant::now)
            .duration_since(self.started)
    }

    /// Waits for its end and gives the status, as [`Self::status`] words it.
    pub fn wait_end(&mut self) -> String {
        self.read_output();
        if !self.wait_for(DEADLINE, Self::has_ended) {
            self.fail("it did not end");
        }
        self.status().unwrap_or_default()
    }

    /// Asserts that it ends with status 0.
    pub fn succeeds(&mut self) {
        if self.wait_end() != "exit 0" {
            self.fail("it did not succeed");
        }
    }

    /// All that is known about the run, for a failure message.
    pub fn report(&self) -> String {
        let mut text = format!("command: {}\n", self.line);
        let status = self.status().unwrap_or_else(|| "still running".into());
        let _ = writeln!(text, "  status: {status} after {:?}", self.lasted());
        let _ = writeln!(
            text,
            "  stdout ({} bytes): {}",
            self.stdout.len(),
            show(&self.stdout)
        );
        let _ = writeln!(text, "  stderr: {}", show(&self.stderr));
        text
    }

    /// Fails the test with all that is known.
    pub fn fail(&self, what: &str) -> ! {
        panic!("{what}\n{}", self.report())
    }

    fn line_with(&self, start: &str) -> Option<String> {
        let text = String::from_utf8_lossy(&self.stderr);
        // A last piece without its newline may still grow.
        let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
        whole
            .lines()
            .find(|line| line.starts_with(start))
            .map(str::to_owned)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.status.is_none() {
            // It may have ended by itself since; the pidfd names no other process.
            let _ = pidfd_send_signal(&self.pidfd, Signal::KILL);
        }
    }
}

/// A link named `name` to `program` in `directory`: the program called by another name.
pub fn called(program: &Path, name: &str, directory: &Path) -> PathBuf {
    let link = directory.join(name);
    std::os::unix::fs::symlink(program, &link).expect("a symbolic link");
    link
}
