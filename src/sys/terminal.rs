//! Asking for a password at the controlling terminal, without echo.

use std::io;

use rustix::fs::{Mode, OFlags};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use super::fd::Fd;

/// The longest password taken, in bytes.
const LONGEST: usize = 1024;

/// Restores the terminal's settings when it goes away.
struct Quiet {
    terminal: Fd,
    before: rustix::termios::Termios,
}

impl Drop for Quiet {
    fn drop(&mut self) {
        let _ = tcsetattr(&self.terminal, OptionalActions::Flush, &self.before);
    }
}

/// Shows `prompt` at the controlling terminal and reads a line without echo. An error where there
/// is no terminal. May be dropped while it waits, for a signal's sake: the echo comes back then too.
pub async fn ask_password(prompt: &[u8]) -> io::Result<Vec<u8>> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let terminal = Fd::owned(rustix::fs::open("/dev/tty", flags, Mode::empty())?)?;
    let before = tcgetattr(&terminal)?;
    let mut quiet = before.clone();
    quiet.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&terminal, OptionalActions::Flush, &quiet)?;
    let guard = Quiet { terminal, before };
    rustix::io::write(&guard.terminal, prompt)?;
    let mut line = Vec::new();
    let mut byte = [0];
    while guard.terminal.read(&mut byte).await? == 1 && byte[0] != b'\n' {
        if line.len() == LONGEST {
            return Err(io::Error::from(io::ErrorKind::InvalidInput));
        }
        line.push(byte[0]);
    }
    rustix::io::write(&guard.terminal, b"\n")?;
    Ok(line)
}
