//! A process that runs or has run: what it is fed, what it says, how it ends. Every wait has a deadline.

use std::fmt::Write as _;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use rustix::process::{Signal, pidfd_send_signal};

use super::{DEADLINE, STANDSTILL, show};

/// What the threads that watch a process report.
#[derive(Debug)]
pub(super) enum Event {
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
    StdoutEnded,
    StderrEnded,
    Exited(ExitStatus),
}

/// A program that runs, or has run; killed when dropped.
#[derive(Debug)]
pub struct Running {
    pub(super) line: String,
    pub(super) events: Receiver<Event>,
    pub(super) input: Option<Sender<Vec<u8>>>,
    pub(super) gate: Option<Sender<()>>,
    pub(super) pidfd: OwnedFd,
    pub(super) started: Instant,
    pub(super) ended: Option<Instant>,
    pub(super) stdout_open: bool,
    pub(super) stderr_open: bool,
    pub(super) taken: Arc<AtomicUsize>,
    pub(super) status: Option<ExitStatus>,
    /// What it has written to descriptor 1 so far, if that is collected.
    pub stdout: Vec<u8>,
    /// What it has written to descriptor 2 so far.
    pub stderr: Vec<u8>,
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

    /// Sends a signal that may have no name.
    pub fn signal_number(&self, number: i32) {
        let kill = format!("kill -{number} {}", self.process());
        let status = std::process::Command::new("/bin/sh").args(["-c", &kill]).status();
        if !status.is_ok_and(|status| status.success()) {
            self.fail(&kill);
        }
    }

    /// Waits at most `limit` until `met`; false at the limit, or as soon as nothing more can come.
    pub fn wait_for(&mut self, limit: Duration, met: impl Fn(&Self) -> bool) -> bool {
        let deadline = Instant::now() + limit;
        while !met(self) {
            match self.events.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(Event::Stdout(bytes)) => self.stdout.extend(bytes),
                Ok(Event::Stderr(bytes)) => self.stderr.extend(bytes),
                Ok(Event::StdoutEnded) => self.stdout_open = false,
                Ok(Event::StderrEnded) => self.stderr_open = false,
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

    /// Waits until that many lines on stderr start with `start`, and gives them all.
    pub fn wait_lines(&mut self, start: &str, count: usize) -> Vec<String> {
        let starts = |p: &Self| -> Vec<String> {
            p.said().lines().filter(|line| line.starts_with(start)).map(str::to_owned).collect()
        };
        let whole = |p: &Self| p.stderr.is_empty() || p.stderr.ends_with(b"\n");
        if !self.wait_for(DEADLINE, |p| whole(p) && starts(p).len() >= count) {
            self.fail(&format!("not {count} lines that start with {start:?}"));
        }
        starts(self)
    }

    /// What it has written to descriptor 2 so far, as text.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
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
        let port = line.rsplit([' ', ':']).next().and_then(|word| word.parse().ok());
        port.unwrap_or_else(|| self.fail(&format!("no port in {line:?}")))
    }

    /// Waits until at least `length` bytes came out of descriptor 1.
    pub fn wait_stdout(&mut self, length: usize) {
        if !self.wait_for(DEADLINE, |p| p.stdout.len() >= length) {
            self.fail(&format!("{} bytes on stdout, not {length}", self.stdout.len()));
        }
    }

    /// Whether it has closed descriptor 1, if that is collected.
    pub fn output_has_ended(&self) -> bool {
        !self.stdout_open
    }

    /// How many bytes of what was fed went into the pipe.
    pub fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    /// Waits until the pipe to its standard input takes no more, and gives how much it took.
    pub fn wait_input_full(&mut self) -> usize {
        let begun = Instant::now();
        loop {
            let before = self.taken();
            let _ = self.wait_for(STANDSTILL, Self::has_ended);
            if self.taken() == before {
                return before;
            }
            if begun.elapsed() > DEADLINE {
                self.fail("its input never came to a standstill");
            }
        }
    }

    /// Whether it has ended and all that it said is here.
    pub fn has_ended(&self) -> bool {
        self.status.is_some() && !self.stdout_open && !self.stderr_open
    }

    /// How it ended: `exit 0`, `signal 15`; `None` while it runs.
    pub fn status(&self) -> Option<String> {
        self.status.map(|status| match (status.code(), status.signal()) {
            (Some(code), _) => format!("exit {code}"),
            (None, signal) => format!("signal {}", signal.unwrap_or_default()),
        })
    }

    /// From its start to its end, or to now.
    pub fn lasted(&self) -> Duration {
        self.ended.unwrap_or_else(Instant::now).duration_since(self.started)
    }

    fn process(&self) -> String {
        let about = format!("/proc/self/fdinfo/{}", self.pidfd.as_raw_fd());
        let about = std::fs::read_to_string(about).unwrap_or_default();
        let pid = about.lines().find_map(|line| line.strip_prefix("Pid:")).unwrap_or_default();
        pid.trim().to_owned()
    }

    /// The most memory that it has had so far, in bytes.
    pub fn most_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process()));
        let status =
            status.unwrap_or_else(|error| self.fail(&format!("no account of it: {error}")));
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let most = most.and_then(|most| most.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        1024 * most.unwrap_or_else(|| self.fail("no account of its memory"))
    }

    /// The time of the processor that it has used so far, its ended children's not among it.
    pub fn processor_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process()));
        let stat = stat.unwrap_or_else(|error| self.fail(&format!("no account of it: {error}")));
        let fields = stat.rsplit(')').next().unwrap_or_default().split_ascii_whitespace();
        // user and system time, in hundredths of a second on every Linux
        let ticks: u64 =
            fields.skip(11).take(2).filter_map(|number| number.parse::<u64>().ok()).sum();
        Duration::from_millis(10 * ticks)
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
        let _ = writeln!(text, "  stdout ({} bytes): {}", self.stdout.len(), show(&self.stdout));
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
        whole.lines().find(|line| line.starts_with(start)).map(str::to_owned)
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
