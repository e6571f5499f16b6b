//! How a real process is started: its arguments, its environment, its descriptors 0 to 2.

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Instant;

use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::running::{Event, Running};

/// In front of a program: tests may run in the background of a shell that has its jobs ignore these
/// signals, and what is ignored stays so in a new program.
const AS_AT_A_PROMPT: [&str; 2] = ["env", "--default-signal=HUP,INT,QUIT,TERM"];

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
    terminal: bool,
    without_path: bool,
    before: String,
    redirections: String,
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
            terminal: false,
            without_path: false,
            before: String::new(),
            redirections: String::new(),
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.args.extend(args.into_iter().map(|a| a.as_ref().to_owned()));
        self
    }

    /// Sets one variable of the environment.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
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

    /// Makes the terminal on descriptor 0 the controlling one, as a login shell has it.
    #[must_use]
    pub fn at_terminal(mut self) -> Self {
        self.terminal = true;
        self
    }

    /// Leaves `PATH` out of the environment too.
    #[must_use]
    pub fn without_path(mut self) -> Self {
        self.without_path = true;
        self
    }

    /// Has a shell do this first, in the process that then becomes the program: `ulimit -n 10`.
    #[must_use]
    pub fn after(mut self, command: &str) -> Self {
        self.before = format!("{command} && ");
        self
    }

    /// Closes these of the descriptors 0 to 2.
    #[must_use]
    pub fn closed(mut self, descriptors: &[u8]) -> Self {
        for descriptor in descriptors {
            self.redirections += " ";
            self.redirections += &descriptor.to_string();
            self.redirections += ">&-";
        }
        self
    }

    /// Has its errors go where its output goes.
    #[must_use]
    pub fn errors_on_output(mut self) -> Self {
        self.redirections += " 2>&1";
        self
    }

    /// Starts it.
    pub fn start(mut self) -> Running {
        let mut words: Vec<OsString> = AS_AT_A_PROMPT.map(OsString::from).into();
        if self.own_session {
            words.push("setsid".into());
        }
        if self.terminal {
            words.extend(["setsid", "--ctty"].map(OsString::from));
        }
        if matches!(self.input, Input::Closed) {
            self = self.closed(&[0]);
        }
        if !(self.before.is_empty() && self.redirections.is_empty()) {
            let script = format!("{}exec \"$0\" \"$@\"{}", self.before, self.redirections);
            words.extend(["/bin/sh", "-c", &script].map(OsString::from));
        }
        words.push(self.path.into());
        words.extend(self.args);
        let line = words[AS_AT_A_PROMPT.len()..]
            .iter()
            .map(|w| w.to_string_lossy())
            .collect::<Vec<_>>()
            .join(" ");

        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).env_clear().env("LC_ALL", "C").envs(self.env);
        if let Some(path) = std::env::var_os("PATH").filter(|_| !self.without_path) {
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
            Output::Full => {
                Stdio::from(OpenOptions::new().write(true).open("/dev/full").expect("/dev/full"))
            }
            Output::Gone => Stdio::from(std::io::pipe().expect("a pipe").1),
            Output::Descriptor(fd) => Stdio::from(fd),
        });
        // It may have run for a while before we come to the next line.
        let started = Instant::now();
        let mut child = command
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {line}: {error}"));

        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).expect("a process id");
        let pidfd = pidfd_open(pid, PidfdFlags::empty()).expect("a pidfd");
        let (said, events) = mpsc::channel();
        let (release, gate) = mpsc::channel();
        let mut stdout_open = false;
        if let Some(stdout) = child.stdout.take() {
            stdout_open = true;
            let said = said.clone();
            thread::spawn(move || {
                if held {
                    let _ = gate.recv();
                }
                collect(stdout, &said, Event::Stdout, Event::StdoutEnded);
            });
        }
        if let Some(stderr) = child.stderr.take() {
            let said = said.clone();
            thread::spawn(move || collect(stderr, &said, Event::Stderr, Event::StderrEnded));
        }
        let taken = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&taken);
        let input = child.stdin.take().map(|mut stdin| {
            let (feed, food) = mpsc::channel::<Vec<u8>>();
            thread::spawn(move || {
                // Ends, and with it closes the pipe, when the test ends the input or the program
                // takes no more.
                for bytes in food {
                    for piece in bytes.chunks(1 << 12) {
                        if stdin.write_all(piece).is_err() {
                            return;
                        }
                        counted.fetch_add(piece.len(), Ordering::Relaxed);
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
            started,
            ended: None,
            stdout_open,
            stderr_open: true,
            taken,
            status: None,
            stdout: Vec::new(),
            stderr: Vec::new(),
        }
    }
}

fn regular(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(bytes).expect("a full temporary file");
    file.rewind().expect("a rewound file");
    file
}

fn collect(mut stream: impl Read, said: &Sender<Event>, event: fn(Vec<u8>) -> Event, end: Event) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = stream.read(&mut buffer) {
        if said.send(event(buffer[..length].to_vec())).is_err() {
            return;
        }
    }
    let _ = said.send(end);
}

/// A link named `name` to `program` in `directory`: the program called by another name.
pub fn called(program: &Path, name: &str, directory: &Path) -> PathBuf {
    let link = directory.join(name);
    std::os::unix::fs::symlink(program, &link).expect("a symbolic link");
    link
}
