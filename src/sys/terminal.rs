//! Terminals: the mode that one is in, and asking for a password without echo.

use std::io;

use rustix::fs::{Mode, OFlags};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use super::fd::Fd;

/// Whether a descriptor is a terminal that takes whole lines, as a shell leaves it. One in raw mode
/// was put there by somebody who wants every byte, for a shell at the other end.
pub fn is_cooked(fd: &Fd) -> bool {
    tcgetattr(fd).is_ok_and(|termios| termios.local_modes.contains(LocalModes::ICANON))
}

/// The longest password taken, in bytes.
const LONGEST: usize = 1024;

/// Restores the terminal's settings when it goes away, also where a signal ends the wait.
struct Quiet {
    terminal: Fd,
    before: Termios,
}

impl Drop for Quiet {
    fn drop(&mut self) {
        let _ = tcsetattr(&self.terminal, OptionalActions::Flush, &self.before);
    }
}

/// Shows `prompt` at the controlling terminal and reads a line without echo. An error where there
/// is no terminal, or where it is at its end.
pub async fn ask_password(prompt: &[u8]) -> io::Result<Vec<u8>> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let terminal = Fd::owned(rustix::fs::open("/dev/tty", flags, Mode::empty())?)?;
    let before = tcgetattr(&terminal)?;
    let mut silent = before.clone();
    silent.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&terminal, OptionalActions::Flush, &silent)?;
    let quiet = Quiet { terminal, before };
    quiet.terminal.write_all(prompt).await?;
    let mut line = Vec::new();
    let mut buffer = [0; LONGEST];
    while !line.ends_with(b"\n") {
        let count = quiet.terminal.read(&mut buffer).await?;
        if count == 0 || line.len() + count > LONGEST {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        line.extend_from_slice(&buffer[..count]);
    }
    line.pop();
    quiet.terminal.write_all(b"\n").await?;
    Ok(line)
}
