//! Lets the kernel move the bytes, which then never come into our memory.
//!
//! Each of these ends with `Err` where the kernel turns out not to move between these two ends;
//! it holds the bytes that were taken and not yet written.

use std::io;
use std::rc::Rc;

use super::flow::{FlowEnd, Meter};
use super::outlet::write_all;
use crate::endpoint::{Bare, Stream};
use crate::sys::fd::{Fd, Kind};
use crate::sys::splice::{self, CHUNK, Pipe};

/// What is less than this is a message, which goes through a buffer with fewer calls; more is a
/// stream, which the kernel moves.
const MESSAGE: usize = 16 * 1024;

/// This many refusals in a row of two ends that both say they are ready: move in another way.
const PATIENCE: u32 = 16;

/// How a direction ended, or the bytes in hand where it has to go on in another way.
pub type Moved = Result<FlowEnd, Vec<u8>>;

/// Why a stream is not spliced any further for now.
enum Lull {
    /// It has become a trickle.
    Trickle,
    /// The direction ended.
    End(FlowEnd),
    /// The kernel does not move between these two ends.
    Unsupported(Vec<u8>),
}

/// From a pipe to a socket or from a socket to a pipe.
pub async fn splice(from: Bare<'_>, to: Bare<'_>, meter: &Meter) -> Moved {
    let (from, to): (&Fd, &Rc<Fd>) = (&from, &to);
    let mut widened = false;
    loop {
        if let Some(end) = messages(from, to, meter).await {
            return Ok(end);
        }
        if !std::mem::replace(&mut widened, true) {
            splice::widen(if from.kind() == Kind::Pipe { from } else { to }, CHUNK);
        }
        match stream(from, to, meter).await {
            Lull::Trickle => {}
            Lull::End(end) => return Ok(end),
            Lull::Unsupported(in_hand) => return Err(in_hand),
        }
    }
}

/// From a socket to anything, through a pipe of our own.
pub async fn splice_through(from: Bare<'_>, to: Bare<'_>, meter: &Meter) -> Moved {
    let (from, to): (&Fd, &Rc<Fd>) = (&from, &to);
    loop {
        if let Some(end) = messages(from, to, meter).await {
            return Ok(end);
        }
        match stream_through(from, to, meter).await {
            Lull::Trickle => {}
            Lull::End(end) => return Ok(end),
            Lull::Unsupported(in_hand) => return Err(in_hand),
        }
    }
}

/// Moves messages until the input turns out to be a stream; an end where it comes to one.
async fn messages(from: &Fd, to: &Rc<Fd>, meter: &Meter) -> Option<FlowEnd> {
    let out = Stream::Plain(Rc::clone(to));
    let mut buffer = vec![0; MESSAGE];
    loop {
        meter.set_quiet();
        let count = match from.read(&mut buffer).await {
            Ok(0) => return Some(FlowEnd::EndOfInput),
            Ok(count) => count,
            Err(error) => return Some(FlowEnd::Read(error)),
        };
        meter.set_moving();
        meter.took(count);
        if let Err(error) = write_all(&out, &buffer[..count], meter).await {
            return Some(FlowEnd::Write(error));
        }
        if count == buffer.len() {
            return None;
        }
    }
}

/// Splices until little comes at a time.
async fn stream(from: &Fd, to: &Fd, meter: &Meter) -> Lull {
    let mut refusals = 0;
    loop {
        meter.set_quiet();
        if let Err(error) = from.readable().await {
            return Lull::End(FlowEnd::Read(error));
        }
        meter.set_moving();
        if let Err(error) = to.writable().await {
            return Lull::End(FlowEnd::Write(error));
        }
        match splice::splice(from, to, CHUNK) {
            Ok(0) => return at_end(from),
            Ok(count) => {
                refusals = 0;
                meter.took(count);
                meter.gave(count);
                if count < MESSAGE {
                    return Lull::Trickle;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if !from.is_readable_now() {
                    from.not_readable().await;
                } else if !to.is_writable_now() {
                    to.not_writable().await;
                } else {
                    refusals += 1;
                    if refusals == PATIENCE {
                        return Lull::Unsupported(Vec::new());
                    }
                }
            }
            Err(error) if splice::is_unsupported(&error) => return Lull::Unsupported(Vec::new()),
            Err(error) => return Lull::End(blame(error, from)),
        }
    }
}

/// `splice` stops at urgent data, and then calls an end what is none: bytes behind it are left to
/// a buffer.
fn at_end(from: &Fd) -> Lull {
    if from.has_bytes() { Lull::Unsupported(Vec::new()) } else { Lull::End(FlowEnd::EndOfInput) }
}

/// The kernel does not say which side failed: from the net, all but a full or closed output is
/// the reading side; to the net, all is the writing side.
fn blame(error: io::Error, from: &Fd) -> FlowEnd {
    use io::ErrorKind as Error;
    let output_failed = matches!(error.kind(), Error::BrokenPipe | Error::StorageFull);
    if from.kind() == Kind::StreamSocket && !output_failed {
        FlowEnd::Read(error)
    } else {
        FlowEnd::Write(error)
    }
}

/// Splices through a pipe of our own until little comes at a time.
async fn stream_through(from: &Fd, to: &Fd, meter: &Meter) -> Lull {
    let Ok(mut pipe) = Pipe::open() else {
        return Lull::Unsupported(Vec::new());
    };
    loop {
        meter.set_quiet();
        if let Err(error) = from.readable().await {
            return Lull::End(FlowEnd::Read(error));
        }
        meter.set_moving();
        match splice::splice(from, &pipe.into, CHUNK) {
            Ok(0) => return at_end(from),
            Ok(count) => {
                pipe.held = count;
                meter.took(count);
                match drain(&mut pipe, to, meter).await {
                    Ok(Some(end)) => return Lull::End(end),
                    Err(in_hand) => return Lull::Unsupported(in_hand),
                    Ok(None) if count < MESSAGE => return Lull::Trickle,
                    Ok(None) => {}
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if from.is_readable_now() {
                    return Lull::Unsupported(Vec::new());
                }
                from.not_readable().await;
            }
            Err(error) if splice::is_unsupported(&error) => {
                return Lull::Unsupported(Vec::new());
            }
            Err(error) => return Lull::End(FlowEnd::Read(error)),
        }
    }
}

/// Empties the pipe; an end where writing failed.
async fn drain(pipe: &mut Pipe, to: &Fd, meter: &Meter) -> Result<Option<FlowEnd>, Vec<u8>> {
    while pipe.held > 0 {
        if let Err(error) = to.writable().await {
            return Ok(Some(FlowEnd::Write(error)));
        }
        match splice::splice(&pipe.out, to, pipe.held) {
            Ok(0) => return Ok(Some(FlowEnd::Write(io::ErrorKind::WriteZero.into()))),
            Ok(count) => {
                pipe.held -= count;
                meter.gave(count);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => to.not_writable().await,
            Err(error) if splice::is_unsupported(&error) => return Err(pipe.take_out()),
            Err(error) => return Ok(Some(FlowEnd::Write(error))),
        }
    }
    Ok(None)
}

/// From a regular file to a socket.
pub async fn sendfile(from: Bare<'_>, to: Bare<'_>, meter: &Meter) -> Moved {
    let (from, to): (&Fd, &Fd) = (&from, &to);
    loop {
        meter.set_moving();
        if let Err(error) = to.writable().await {
            return Ok(FlowEnd::Write(error));
        }
        match splice::sendfile(from, to, CHUNK) {
            Ok(0) => {
                meter.set_quiet();
                return Ok(FlowEnd::EndOfInput);
            }
            Ok(count) => {
                meter.took(count);
                meter.gave(count);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => to.not_writable().await,
            Err(error) if splice::is_unsupported(&error) => return Err(Vec::new()),
            Err(error) if splice::is_disk_error(&error) => return Ok(FlowEnd::Read(error)),
            Err(error) => return Ok(FlowEnd::Write(error)),
        }
    }
}
