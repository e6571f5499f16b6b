//! A new pseudo-terminal, for a program that wants a terminal to run at.
//!
//! Our end is an [`Fd`] for both directions: what is written to it is typed at the program's
//! terminal, what is read from it is what the program shows. Once nobody has the program's side
//! open any more, reading comes to an end and writing fails as into a broken pipe: [`Fd`] sees to
//! both, as Linux has an error (`EIO`) for the one and takes bytes for nobody for the other. Closing our end hangs the terminal up: its session
//! gets SIGHUP.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::pty::{OpenptFlags, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{
    InputModes, OptionalActions, SpecialCodeIndex, Winsize, tcgetattr, tcgetwinsize, tcsetattr,
    tcsetwinsize,
};

use super::fd::Fd;

/// The size of a terminal that nobody sees, in characters.
const USUAL: Winsize = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };

/// Both sides of a new pseudo-terminal.
#[derive(Debug)]
pub(in crate::sys) struct Pair {
    /// Ours.
    pub(in crate::sys) ours: OwnedFd,
    /// The program's.
    pub(in crate::sys) theirs: OwnedFd,
}

/// Opens a pseudo-terminal in the state a login shell expects: line editing, echo and signals from
/// keys are on, its characters are UTF-8, and it is as large as the terminal we run at, or 24 lines
/// of 80.
pub(in crate::sys) fn open() -> io::Result<Pair> {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let ours = openpt(flags)?;
    unlockpt(&ours)?;
    let theirs = ioctl_tiocgptpeer(&ours, flags)?;
    let mut settings = tcgetattr(&theirs)?;
    settings.input_modes.insert(InputModes::IUTF8);
    tcsetattr(&theirs, OptionalActions::Now, &settings)?;
    tcsetwinsize(&theirs, our_size())?;
    Ok(Pair { ours, theirs })
}

/// The size of the first of our standard streams that is a terminal with one.
fn our_size() -> Winsize {
    let streams = [rustix::stdio::stdin(), rustix::stdio::stdout(), rustix::stdio::stderr()];
    streams
        .iter()
        .filter_map(|stream| tcgetwinsize(stream.as_fd()).ok())
        .find(|size| size.ws_row > 0 && size.ws_col > 0)
        .map_or(USUAL, |ours| Winsize { ws_xpixel: 0, ws_ypixel: 0, ..ours })
}

/// Types the end of input (usually Ctrl-D) at a pseudo-terminal of which `ours` is our end: a
/// terminal has no other way to tell its program that nothing more comes.
///
/// It is typed twice, because the first one only hands over a line that was begun.
pub async fn type_end(ours: &Fd) -> io::Result<()> {
    let end = tcgetattr(ours)?.special_codes[SpecialCodeIndex::VEOF];
    ours.write_all(&[end, end]).await
}
