//! The application of the lesson, `tests/flask/app.py`, as a real server: Flask's own or gunicorn.
//!
//! The packages go into a virtual environment under the target directory, made once.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// What serves the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `python app.py`: the server that the lesson uses.
    Own,
    /// `gunicorn app:app`: strict about line ends and blanks.
    Gunicorn,
}

/// A running server; it ends when this is dropped.
#[derive(Debug)]
pub struct Flask {
    child: Child,
    /// Where it listens on 127.0.0.1.
    pub port: u16,
}

const PACKAGES_DEADLINE: Duration = Duration::from_secs(300);
const START_DEADLINE: Duration = Duration::from_secs(30);
const STOP_DEADLINE: Duration = Duration::from_secs(5);

impl Flask {
    /// Starts a server on a free port. `Err` says what this machine lacks for it.
    pub fn start(kind: Kind) -> Result<Self, String> {
        let python = environment()?;
        let mut command = Command::new(python);
        match kind {
            Kind::Own => command.args(["app.py", "0"]),
            // Its control socket would be one for all gunicorns of this user, in the home directory.
            Kind::Gunicorn => command.args(["-m", "gunicorn", "--no-control-socket"]).args([
                "-b",
                "127.0.0.1:0",
                "app:app",
            ]),
        };
        let mut child = command
            .current_dir(sources())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONUNBUFFERED", "1")
            .env_remove("GUNICORN_CMD_ARGS")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .process_group(0) // gunicorn has workers, which must not outlive a test
            .spawn()
            .expect("the python of the environment starts");
        let lines = BufReader::new(child.stderr.take().expect("stderr is a pipe")).lines();
        let (sender, said) = mpsc::channel();
        // Reads on to the end, so that the server never waits for somebody to read its log.
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        // Dropped, and with it the child ended, if the port does not come.
        let mut flask = Self { child, port: 0 };
        flask.port = port_from(&said);
        Ok(flask)
    }
}

impl Drop for Flask {
    fn drop(&mut self) {
        let pid = Pid::from_child(&self.child);
        let _ = kill_process(pid, Signal::TERM);
        let mut ended = || !matches!(self.child.try_wait(), Ok(None));
        let stopped = poll_until(STOP_DEADLINE, &mut ended);
        // Its workers too, whether or not it has ended them.
        let _ = kill_process_group(pid, Signal::KILL);
        if !stopped {
            let _ = self.child.wait();
        }
    }
}

/// Both servers listen before they name their address.
fn port_from(said: &mpsc::Receiver<String>) -> u16 {
    let deadline = Instant::now() + START_DEADLINE;
    let mut log = String::new();
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let Ok(line) = said.recv_timeout(left) else {
            panic!("the server did not name its port:\n{log}");
        };
        if let Some((_, rest)) = line.split_once("http://127.0.0.1:") {
            let digits = rest.split(|c: char| !c.is_ascii_digit()).next();
            if let Some(port) = digits.and_then(|digits| digits.parse().ok()) {
                return port;
            }
        }
        log.push_str(&line);
        log.push('\n');
    }
}

/// The interpreter of a virtual environment that holds what `requirements.txt` names.
fn environment() -> Result<PathBuf, String> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("the target directory")
        .join("flask-venv");
    let python = directory.join("bin/python");
    let requirements = sources().join("requirements.txt");
    let wanted = fs::read_to_string(&requirements).expect("requirements.txt");
    let stamp = directory.join("complete");
    let is_complete = || fs::read_to_string(&stamp).is_ok_and(|made| made == wanted);

    // Several tests, and several runs of them, may come here at once: one makes the environment,
    // the others wait. The lock goes when `lock` is closed, however this process ends.
    let lock = File::create(directory.with_extension("lock")).expect("a lock beside it");
    let mut locked = || flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok();
    assert!(
        poll_until(PACKAGES_DEADLINE, &mut locked),
        "somebody else has been making {} for too long",
        directory.display()
    );
    if is_complete() {
        return Ok(python);
    }
    if directory.exists() {
        fs::remove_dir_all(&directory).expect("an incomplete environment can be removed");
    }
    run(Command::new("python3").args(["-m", "venv"]).arg(&directory))
        .map_err(|problem| format!("no python3 with venv ({problem})"))?;
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(["--retries", "1", "--requirement"])
        .arg(&requirements))
    .map_err(|problem| format!("no Flask ({problem})"))?;
    fs::write(&stamp, wanted).expect("a stamp");
    Ok(python)
}

/// Runs a command to its end; `Err` with its last line if it fails.
fn run(command: &mut Command) -> Result<(), String> {
    let log = tempfile::NamedTempFile::new().expect("a file for the log");
    let output = |log: &tempfile::NamedTempFile| log.reopen().expect("the log");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(output(&log))
        .stderr(output(&log))
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut status = None;
    let ended = poll_until(PACKAGES_DEADLINE, &mut || {
        status = child.try_wait().expect("a child of ours");
        status.is_some()
    });
    if !ended {
        let _ = child.kill();
        let _ = child.wait();
        return Err("it took too long".into());
    }
    if status.is_some_and(|status| status.success()) {
        return Ok(());
    }
    let said = fs::read_to_string(log.path()).unwrap_or_default();
    Err(said.lines().last().unwrap_or("no message").to_owned())
}

/// Asks every few milliseconds; false if the answer was no until the deadline.
fn poll_until(deadline: Duration, is_done: &mut dyn FnMut() -> bool) -> bool {
    // Nothing is ever sent: receiving is a wait with a deadline.
    let (_sender, tick) = mpsc::channel::<()>();
    let end = Instant::now() + deadline;
    while !is_done() {
        if Instant::now() >= end {
            return false;
        }
        let _ = tick.recv_timeout(Duration::from_millis(5));
    }
    true
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/flask")
}
