//! Terminals: the mode that one is in, asking for a password at the controlling one, and reading keys
//! at ours.
//!
//! Whatever is set differently for that is set back (`altered`).

mod altered;

use std::io;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, SpecialCodeIndex, isatty, tcgetattr, tcgetpgrp,
    tcgetsid, tcgetwinsize,
};

use super::fd::Fd;
use altered::{Altered, Before};

/// The longest password taken, in bytes.
const LONGEST: usize = 1024;

static PASSWORD_ASKED: AtomicBool = AtomicBool::new(false);

/// Whether this run has asked for a password.
pub fn password_was_asked() -> bool {
    PASSWORD_ASKED.load(Ordering::Relaxed)
}

/// Shows `prompt` at the controlling terminal and reads a line without echo. An error where there
/// is no terminal, or where it is at its end.
pub async fn ask_password(prompt: &[u8]) -> io::Result<Vec<u8>> {
    PASSWORD_ASKED.store(true, Ordering::Relaxed);
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let terminal = Fd::owned(rustix::fs::open("/dev/tty", flags, Mode::empty())?)?;
    let before = Before {
        terminal: terminal.as_fd().try_clone_to_owned()?,
        settings: tcgetattr(&terminal)?,
        // what was typed of it is for nobody else
        action: OptionalActions::Flush,
        screen: terminal.as_fd().try_clone_to_owned()?,
        farewell: b"\r\n",
    };
    let mut silent = before.settings.clone();
    silent.local_modes.remove(LocalModes::ECHO);
    // whoever had the terminal meanwhile might set the echo again
    silent.special_codes[SpecialCodeIndex::VSUSP] = DISABLED;
    let _silent = Altered::begin(before, &silent)?;
    terminal.write_all(prompt).await?;
    let mut line = Vec::new();
    let mut buffer = [0; LONGEST];
    while !line.ends_with(b"\n") {
        let count = terminal.read(&mut buffer).await?;
        if count == 0 || line.len() + count > LONGEST {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        line.extend_from_slice(&buffer[..count]);
    }
    line.pop();
    terminal.write_all(b"\n").await?;
    Ok(line)
}

/// No key (`_POSIX_VDISABLE`).
#[cfg(target_os = "linux")]
const DISABLED: u8 = 0;
#[cfg(not(target_os = "linux"))]
const DISABLED: u8 = 0xff;

/// How long a terminal may take to show the last of it where nobody can wait: 200 ms.
const PATIENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

/// A terminal that gives each key as it is pressed and shows nothing of it, until this goes away.
/// Keys that send a signal still do.
#[derive(Debug)]
pub struct Uncooked {
    _altered: Altered,
}

impl Uncooked {
    /// From now on; of the terminal that is our input. Should we die at once, `screen` gets
    /// `farewell`.
    pub fn begin(
        terminal: impl AsFd,
        screen: impl AsFd,
        farewell: &'static [u8],
    ) -> io::Result<Self> {
        let before = Before {
            terminal: terminal.as_fd().try_clone_to_owned()?,
            settings: tcgetattr(&terminal)?,
            action: OptionalActions::Now,
            screen: screen.as_fd().try_clone_to_owned()?,
            farewell,
        };
        let mut uncooked = before.settings.clone();
        // what is pasted has line ends that are told apart
        uncooked.input_modes.remove(InputModes::ICRNL | InputModes::INLCR | InputModes::IGNCR);
        uncooked.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO | LocalModes::IEXTEN);
        uncooked.special_codes[SpecialCodeIndex::VMIN] = 1;
        uncooked.special_codes[SpecialCodeIndex::VTIME] = 0;
        Ok(Self { _altered: Altered::begin(before, &uncooked)? })
    }
}

/// Whether a descriptor is a terminal that takes whole lines, as a shell leaves it. One in raw mode
/// was put there by somebody who wants every byte, for a shell at the other end.
pub fn is_cooked(terminal: impl AsFd) -> bool {
    tcgetattr(terminal).is_ok_and(|now| now.local_modes.contains(LocalModes::ICANON))
}

/// Whether it also shows what is typed.
pub fn echoes(terminal: impl AsFd) -> bool {
    tcgetattr(terminal)
        .is_ok_and(|now| now.local_modes.contains(LocalModes::ICANON | LocalModes::ECHO))
}

/// Whether we may read its keys now. Of a terminal that does not control us nobody else does.
pub fn is_foreground(terminal: impl AsFd) -> bool {
    tcgetpgrp(terminal).map_or(true, |group| group == rustix::process::getpgrp())
}

/// The keys that erase a character, a word, a line, and that end the input.
pub fn special_keys(terminal: impl AsFd) -> io::Result<[u8; 4]> {
    use SpecialCodeIndex as Code;
    let now = tcgetattr(terminal)?;
    Ok([Code::VERASE, Code::VWERASE, Code::VKILL, Code::VEOF].map(|code| now.special_codes[code]))
}

/// Columns and rows; zeroes where it does not say.
pub fn size(terminal: impl AsFd) -> (usize, usize) {
    tcgetwinsize(terminal).map_or((0, 0), |size| (size.ws_col.into(), size.ws_row.into()))
}

/// Whether standard error is this terminal too.
pub fn is_error_output(terminal: impl AsFd) -> bool {
    let stderr = rustix::stdio::stderr();
    let device = |stat: rustix::io::Result<rustix::fs::Stat>| stat.map(|stat| stat.st_rdev).ok();
    let of_terminal = device(rustix::fs::fstat(&terminal));
    let of_stderr = device(rustix::fs::fstat(stderr));
    // what was opened by this name is the terminal that controls us, whatever that is called
    let named = device(rustix::fs::stat("/dev/tty"));
    let is_named = named.is_some() && (of_terminal == named || of_stderr == named);
    let controls_us = || tcgetsid(&terminal).is_ok() && tcgetsid(stderr).is_ok();
    isatty(stderr) && isatty(&terminal) && (of_terminal == of_stderr || is_named && controls_us())
}

/// Writes to a terminal of ours that does not block, where nobody can wait: gives how many bytes it
/// took, the last of them within [`PATIENCE`] after the ones before.
pub fn write_briefly(terminal: impl AsFd, bytes: &[u8]) -> usize {
    let mut written = 0;
    while written < bytes.len() {
        match rustix::io::write(&terminal, &bytes[written..]) {
            Ok(count) => written += count,
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => {
                let mut polled = [PollFd::new(&terminal, PollFlags::OUT)];
                if !rustix::event::poll(&mut polled, Some(&PATIENCE)).is_ok_and(|count| count > 0) {
                    break;
                }
            }
            Err(_) => break,
        }
    }
    written
}
