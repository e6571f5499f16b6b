//! Passing a descriptor to another process over a Unix socket (`SCM_RIGHTS`).

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};

/// Sends one zero byte with `passed` over standard output, as netcat-openbsd's `-F` does.
pub fn pass_over_stdout(passed: impl AsFd) -> io::Result<()> {
    let descriptors = [passed.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    control.push(SendAncillaryMessage::ScmRights(&descriptors));
    loop {
        let stdout = rustix::stdio::stdout();
        match rustix::net::sendmsg(stdout, &[IoSlice::new(&[0])], &mut control, SendFlags::NOSIGNAL)
        {
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => wait_writable()?,
            Err(error) => return Err(error.into()),
            Ok(_) => return Ok(()),
        }
    }
}

fn wait_writable() -> io::Result<()> {
    let stdout = rustix::stdio::stdout();
    let mut polled = [rustix::event::PollFd::new(&stdout, rustix::event::PollFlags::OUT)];
    rustix::event::poll(&mut polled, None)?;
    Ok(())
}
