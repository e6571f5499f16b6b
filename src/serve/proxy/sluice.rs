//! Bodies that nobody looks at, moved inside the kernel.

use std::io;
use std::time::Duration;

use super::visit::within;
use crate::endpoint::Stream;
use crate::sys::fd::Fd;
use crate::sys::splice::{self, CHUNK, Pipe};

/// A pipe between two connections.
pub struct Sluice(Pipe);

/// What came of a call.
pub enum Moved {
    /// So many bytes; 0 is the end.
    Bytes(usize),
    /// The kernel does not move here: read and write instead, these bytes first.
    Unsupported(Vec<u8>),
}

impl Sluice {
    /// `None` where somebody has to see the bytes, or no pipe is to be had.
    pub fn open(from: &Stream, to: &Stream) -> Option<Self> {
        from.bare().zip(to.bare()).and_then(|_| Pipe::open().ok()).map(Self)
    }

    /// Takes up to `most` bytes in, which are all given out before more are taken.
    pub async fn take(&mut self, from: &Fd, most: u64, patience: Duration) -> io::Result<Moved> {
        let most = usize::try_from(most).map_or(CHUNK, |most| most.min(CHUNK));
        loop {
            within(patience, from.readable()).await?;
            match splice::splice(from, &self.0.into, most) {
                // `splice` stops at urgent data, and calls an end what is none
                Ok(0) if from.has_bytes() => return Ok(Moved::Unsupported(Vec::new())),
                Ok(count) => {
                    self.0.held = count;
                    return Ok(Moved::Bytes(count));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if from.is_readable_now() {
                        return Ok(Moved::Unsupported(Vec::new()));
                    }
                    within(patience, async {
                        from.not_readable().await;
                        Ok(())
                    })
                    .await?;
                }
                Err(error) if splice::is_unsupported(&error) => {
                    return Ok(Moved::Unsupported(Vec::new()));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives out some of what was taken in; 0 where nothing is left.
    pub async fn give(&mut self, to: &Fd, patience: Duration) -> io::Result<Moved> {
        while self.0.held > 0 {
            within(patience, to.writable()).await?;
            match splice::splice(&self.0.out, to, self.0.held) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => {
                    self.0.held -= count;
                    return Ok(Moved::Bytes(count));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => to.not_writable().await,
                Err(error) if splice::is_unsupported(&error) => {
                    return Ok(Moved::Unsupported(self.0.take_out()));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Moved::Bytes(0))
    }

    /// Bytes that were taken in and not given out.
    pub fn held(&self) -> usize {
        self.0.held
    }
}
