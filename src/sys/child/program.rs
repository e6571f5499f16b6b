//! What program to run, and on what.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::rc::Rc;

use rustix::fs::OFlags;
use rustix::process::Pid;

use super::group::Extent;
use super::inside::Inside;
use super::{Child, warden};
use crate::sys::fd::Fd;
use crate::sys::{pty, signal};

/// The variables that Ncat gives its programs; no program gets those of another connection.
const OURS: &[u8] = b"NCAT_";

/// The program that we are, to be run once more, also where another file stands at its path by now
/// (an update, say) or none. Where the kernel has no such name for it, its path.
pub fn ourselves() -> io::Result<PathBuf> {
    let running = PathBuf::from("/proc/self/exe");
    if running.exists() { Ok(running) } else { env::current_exe() }
}

/// A program to run.
#[derive(Debug, Clone)]
pub struct Program {
    file: OsString,
    arguments: Vec<OsString>,
    name: Option<OsString>,
    searched: bool,
    environment: Vec<(OsString, OsString)>,
    errors_with_output: bool,
}

/// What stands at descriptors 0 and 1 of a program.
#[derive(Debug)]
pub enum Standard {
    /// This socket itself; nothing of it passes through us.
    ///
    /// The program finds it blocking. O_NONBLOCK belongs to the socket and not to one of its
    /// descriptors, so it is blocking for us as well: an [`Fd::owned`] of it is to be dropped
    /// first, and what we still do with it goes through an [`Fd::shared`], which asks the kernel
    /// not to wait at each call. Where the program cannot be started, the socket is as before.
    Socket(OwnedFd),
    /// Two pipes, whose other ends are ours.
    Pipes,
    /// A new pseudo-terminal, which is the program's controlling terminal and its descriptor 2 too.
    /// Our end of it is both its input and its output; [`pty`] says how it behaves.
    Terminal,
}

/// Our ends of a program's input and output. Both are the same where it runs at a terminal.
#[derive(Debug, Clone)]
pub struct Ends {
    /// What the program reads is written here. It comes to its end when this is closed, which is
    /// when the last of its `Rc` is dropped; at a terminal, see [`pty::type_end`].
    pub input: Rc<Fd>,
    /// What the program writes is read here. It is at its end when nobody has it open for writing
    /// any more: the program and all that inherited it from the program.
    pub output: Rc<Fd>,
}

/// A program that was started.
#[derive(Debug)]
pub struct Started {
    /// The process.
    pub child: Child,
    /// Our ends, unless the program is on the socket itself.
    pub ends: Option<Ends>,
}

impl Program {
    /// The file to execute, with the arguments after its name. A file without a slash is in the
    /// working directory.
    ///
    /// As the C library's `execvp` has it, a script without `#!` is run by `/bin/sh`.
    pub fn new(file: impl Into<OsString>, arguments: Vec<OsString>) -> Self {
        Self {
            file: file.into(),
            arguments,
            name: None,
            searched: false,
            environment: Vec::new(),
            errors_with_output: false,
        }
    }

    /// A command line for `/bin/sh -c`.
    pub fn shell(command: impl Into<OsString>) -> Self {
        Self::new("/bin/sh", vec!["-c".into(), command.into()]).named("sh")
    }

    /// The same, called by this name (`argv[0]`) and not by that of its file.
    #[must_use]
    pub fn named(mut self, name: impl Into<OsString>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The same, looked for along `PATH` if its name has no slash.
    #[must_use]
    pub fn searched(mut self) -> Self {
        self.searched = true;
        self
    }

    /// The same, with these variables besides our own; any other `NCAT_` variable is taken away.
    #[must_use]
    pub fn with_environment(mut self, variables: Vec<(OsString, OsString)>) -> Self {
        self.environment = variables;
        self
    }

    /// The same, with its descriptor 2 where its descriptor 1 is, and not where ours is.
    #[must_use]
    pub fn with_errors_on_output(mut self) -> Self {
        self.errors_with_output = true;
        self
    }

    /// Starts it, from within the runtime. The error is that of whatever failed: finding it, its
    /// permissions, a limit on processes (`WouldBlock`) or on descriptors, a NUL byte in an argument
    /// (`InvalidInput`).
    ///
    /// Waits until the program has been executed. The thread that calls is to live as long as the
    /// process: the kernel takes its end for ours.
    pub fn start(&self, on: Standard) -> io::Result<Started> {
        signal::keep_ended_children()?;
        warden::appoint();
        let mut command = self.command();
        let inside = Inside::new(self.errors_with_output);
        match on {
            Standard::Socket(socket) => {
                let child = on_socket(command, inside, &socket)?;
                Ok(Started { child, ends: None })
            }
            Standard::Pipes => {
                command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
                let (child, input, output) = spawn(command, inside)?;
                let (Some(input), Some(output)) = (input, output) else {
                    return Err(io::ErrorKind::BrokenPipe.into());
                };
                let input = Rc::new(Fd::owned(input)?);
                let output = Rc::new(Fd::owned(output)?);
                Ok(Started { child, ends: Some(Ends { input, output }) })
            }
            Standard::Terminal => {
                let pair = pty::open()?;
                let ours = Rc::new(Fd::owned(pair.ours)?);
                command.stdin(pair.theirs.try_clone()?).stdout(pair.theirs);
                let (child, ..) = spawn(command, inside.at_terminal())?;
                let ends = Ends { input: Rc::clone(&ours), output: ours };
                Ok(Started { child, ends: Some(ends) })
            }
        }
    }

    fn command(&self) -> Command {
        let has_slash = self.file.as_bytes().contains(&b'/');
        let mut file = self.file.clone();
        // an empty name is that of no file, and not of the directory
        if !self.searched && !has_slash && !file.is_empty() {
            file = OsString::from("./");
            file.push(&self.file);
        }
        let mut command = Command::new(file);
        command.arg0(self.name.as_ref().unwrap_or(&self.file)).args(&self.arguments);
        for (name, _) in env::vars_os().filter(|(name, _)| is_ours(name)) {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}

fn is_ours(name: &OsStr) -> bool {
    name.as_bytes().starts_with(OURS)
}

/// Starts a program on a socket, which is left as it was where that fails.
fn on_socket(mut command: Command, inside: Inside, socket: &OwnedFd) -> io::Result<Child> {
    let was_waiting = !rustix::fs::fcntl_getfl(socket)?.contains(OFlags::NONBLOCK);
    command.process_group(0).stdin(socket.try_clone()?).stdout(socket.try_clone()?);
    match spawn(command, inside.on_socket()) {
        Ok((child, ..)) => Ok(child),
        Err(error) => {
            rustix::io::ioctl_fionbio(socket, !was_waiting)?;
            Err(error)
        }
    }
}

/// The process, and our ends of its pipes. The program's own ends are closed here with the command.
type Spawned = (Child, Option<OwnedFd>, Option<OwnedFd>);

fn spawn(mut command: Command, inside: Inside) -> io::Result<Spawned> {
    // SAFETY: `prepare` makes system calls alone, all of them allowed between `fork` and `exec`.
    unsafe { command.pre_exec(move || inside.prepare()) };
    let mut process = command.spawn()?;
    let extent = if inside.leads_session() { Extent::Session } else { Extent::Group };
    let child = Child::new(Pid::from_child(&process), extent)?;
    let input = process.stdin.take().map(OwnedFd::from);
    let output = process.stdout.take().map(OwnedFd::from);
    Ok((child, input, output))
}
