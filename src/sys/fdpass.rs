//! Passing a descriptor to another process over a Unix socket (`SCM_RIGHTS`).

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;

use rustix::io::Errno;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};

use super::fd::Fd;

/// Sends one zero byte with `passed` over standard output, as netcat-openbsd's `-F` does. Not
/// over a terminal (`ENOTTY`).
pub async fn pass_over_stdout(passed: impl AsFd) -> io::Result<()> {
    if rustix::termios::isatty(rustix::stdio::stdout()) {
        return Err(io::Error::from_raw_os_error(libc::ENOTTY));
    }
    let output = Fd::standard(1)?;
    let descriptors = [passed.as_fd()];
    let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
    loop {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        control.push(SendAncillaryMessage::ScmRights(&descriptors));
        output.writable().await?;
        match rustix::net::sendmsg(&output, &[IoSlice::new(&[0])], &mut control, flags) {
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => output.not_writable().await,
            Err(error) => return Err(error.into()),
            Ok(_) => return Ok(()),
        }
    }
}
