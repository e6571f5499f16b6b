//! What a connection's bytes go through: its descriptor itself, or a layer over it.
//!
//! Not here: what a layer does with the bytes (`layer`), and who waits for which end (`relay`).

use std::fmt::Debug;
use std::io;
use std::ops::Deref;
use std::rc::Rc;

use crate::sys::fd::{Fd, Kind};

/// A layer over a descriptor that turns bytes into others on their way, TLS for one.
///
/// Nothing here waits. What the layer has taken and the descriptor does not take yet is its own,
/// bounded, and goes out with the next [`Layer::flush`].
pub trait Layer: Debug {
    /// The descriptor under it.
    fn fd(&self) -> &Rc<Fd>;

    /// What it writes to, where that is not the descriptor under it.
    fn outlet(&self) -> &Rc<Fd> {
        self.fd()
    }

    /// The most bytes that [`Layer::put`] takes of a message, where the layer keeps messages apart:
    /// each of its calls is then one, and each of [`Layer::take`] gives one where it fits.
    fn largest(&self) -> Option<usize> {
        None
    }

    /// Takes out of what was read before: `Some(0)` is the end of the peer's stream, `None` asks
    /// for [`Layer::fill`].
    fn take(&self, buffer: &mut [u8]) -> io::Result<Option<usize>>;

    /// Whether [`Layer::take`] is worth a call before anything more was read.
    fn has_read(&self) -> bool;

    /// Reads once from the descriptor; `WouldBlock` where there is nothing.
    fn fill(&self) -> io::Result<()>;

    /// Takes bytes to be sent, at least one of them; only where nothing is left to flush.
    fn put(&self, bytes: &[u8]) -> io::Result<usize>;

    /// Writes what was taken and not yet sent; `WouldBlock` where some of it is left.
    fn flush(&self) -> io::Result<()>;

    /// Bytes that wait to be flushed.
    fn unflushed(&self) -> usize;

    /// How many of the bytes taken are among the last `wire` ones that were sent, or are to be.
    fn carried(&self, wire: u64) -> u64;

    /// Whether both sides have ended their streams, and all that was taken is sent.
    fn is_done(&self) -> bool;

    /// Ends our stream, behind what was taken. What it takes to say so goes out with
    /// [`Layer::flush`].
    fn end(&self);

    /// Whether [`Layer::end`] was called.
    fn has_said_end(&self) -> bool;
}

/// A connection's byte stream.
#[derive(Debug, Clone)]
pub enum Stream {
    /// The descriptor's own.
    Plain(Rc<Fd>),
    /// Through a layer.
    Layered(Rc<dyn Layer>),
}

/// A descriptor whose bytes are nobody's business on their way: no layer is over it, and nobody is
/// shown what passes. Only between two of these may the kernel move bytes past us.
#[derive(Debug, Clone, Copy)]
pub struct Bare<'a>(&'a Rc<Fd>);

impl Deref for Bare<'_> {
    type Target = Rc<Fd>;

    fn deref(&self) -> &Rc<Fd> {
        self.0
    }
}

impl Stream {
    /// The descriptor at the bottom.
    pub fn fd(&self) -> &Rc<Fd> {
        match self {
            Self::Plain(fd) => fd,
            Self::Layered(layer) => layer.fd(),
        }
    }

    /// The descriptor, where its bytes are the stream's own.
    pub fn plain(&self) -> Option<&Rc<Fd>> {
        match self {
            Self::Plain(fd) => Some(fd),
            Self::Layered(_) => None,
        }
    }

    /// The descriptor, where nobody has anything to do with its bytes on their way.
    pub fn bare(&self) -> Option<Bare<'_>> {
        self.plain().filter(|fd| fd.tap().is_none()).map(Bare)
    }

    /// The most bytes of a message, where a layer has a bound to them.
    pub fn largest_message(&self) -> Option<usize> {
        match self {
            Self::Plain(_) => None,
            Self::Layered(layer) => layer.largest(),
        }
    }

    /// Whether reading nothing is the end. Of datagrams it is an empty one, unless they go through a
    /// layer that has a word for the end.
    pub fn has_end(&self) -> bool {
        self.plain().is_none() || self.kind() != Kind::DatagramSocket
    }

    /// What kind of thing the descriptor is.
    pub fn kind(&self) -> Kind {
        self.fd().kind()
    }

    /// Waits until there may be something to read, an end, or an error.
    pub async fn readable(&self) -> io::Result<()> {
        match self {
            Self::Plain(fd) => fd.readable().await,
            // thousands of plain ones may wait at once, each with room for the largest thing
            Self::Layered(layer) => Box::pin(readable(&**layer)).await,
        }
    }

    /// There was nothing to read after all: the next wait is for a new event.
    pub async fn not_readable(&self) {
        self.fd().not_readable().await;
    }

    /// Reads what there is, at least one byte; 0 is the end.
    pub async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let layer = match self {
            Self::Plain(fd) => return fd.read(buffer).await,
            Self::Layered(layer) => layer,
        };
        loop {
            if let Some(count) = layer.take(buffer)? {
                // who always finds something must let the other direction have its turn
                tokio::task::coop::consume_budget().await;
                return Ok(count);
            }
            readable(&**layer).await?;
            match layer.fill() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    layer.fd().not_readable().await;
                }
                other => other?,
            }
        }
    }

    /// Reads after [`Self::readable`]; where it would block after all, [`Self::not_readable`] is to
    /// follow.
    pub fn read_now(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let layer = match self {
            Self::Plain(fd) => return fd.read_now(buffer),
            Self::Layered(layer) => layer,
        };
        loop {
            if let Some(count) = layer.take(buffer)? {
                return Ok(count);
            }
            layer.fill()?;
        }
    }

    /// Writes what is taken, at least one byte. What was taken is the kernel's when this comes
    /// back.
    pub async fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(fd) => fd.write(bytes).await,
            Self::Layered(layer) => {
                flush(&**layer).await?;
                let count = layer.put(bytes)?;
                flush(&**layer).await?;
                Ok(count)
            }
        }
    }

    /// Writes all of it.
    pub async fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let count = self.write(bytes).await?;
            bytes = &bytes[count..];
        }
        Ok(())
    }

    /// Writes what goes at once of our last words to it, as nobody is there any more who would wait;
    /// a layer keeps the rest.
    pub fn write_last(&self, bytes: &[u8]) {
        let _ = match self {
            _ if bytes.is_empty() => Ok(0),
            Self::Plain(fd) => fd.try_write(bytes),
            Self::Layered(layer) => {
                layer.put(bytes).and_then(|count| layer.flush().map(|()| count))
            }
        };
    }

    /// Writes without waiting; `WouldBlock` where nothing is taken. Through a layer that is always
    /// so, as what it has taken may have to wait: [`Self::write`] does.
    pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(fd) => fd.try_write(bytes),
            Self::Layered(_) => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    /// Whether there is something to read, or the end, at once.
    pub fn is_readable_now(&self) -> bool {
        match self {
            Self::Plain(fd) => fd.is_readable_now(),
            Self::Layered(layer) => layer.has_read() || layer.fd().is_readable_now(),
        }
    }

    /// Passes the end of our stream on. Where it cannot be sent at once, it goes with the next wait
    /// for the peer, or with [`Self::try_flush`].
    pub fn end(&self) -> io::Result<()> {
        match self {
            Self::Plain(fd) => fd.shutdown_write(),
            Self::Layered(layer) => {
                layer.end();
                self.try_flush()
            }
        }
    }

    /// Sends what a layer has taken, as far as that goes at once.
    pub fn try_flush(&self) -> io::Result<()> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Layered(layer) => match layer.flush() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
                other => other,
            },
        }
    }

    /// Whether a layer has said that our stream ended.
    pub fn has_said_end(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Layered(layer) => layer.has_said_end(),
        }
    }

    /// How many of the bytes written are among the last `wire` ones of the descriptor.
    pub fn carried(&self, wire: u64) -> u64 {
        match self {
            Self::Plain(_) => wire,
            Self::Layered(layer) => layer.carried(wire),
        }
    }

    /// Whether both sides have said through a layer that they finished; what becomes of the
    /// descriptor is of no importance then.
    pub fn is_done(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Layered(layer) => layer.is_done(),
        }
    }

    /// Bytes that a layer has taken and the kernel has not.
    pub fn unflushed(&self) -> usize {
        match self {
            Self::Plain(_) => 0,
            Self::Layered(layer) => layer.unflushed(),
        }
    }
}

/// Waits for the peer; what the layer has to say to it meanwhile goes out.
async fn readable(layer: &dyn Layer) -> io::Result<()> {
    if layer.has_read() {
        return Ok(());
    }
    if layer.unflushed() > 0 {
        tokio::select! {
            biased;
            ready = layer.fd().readable() => return ready,
            // a connection that takes nothing more may still have something to read
            _ = flush(layer) => {}
        }
    }
    layer.fd().readable().await
}

async fn flush(layer: &dyn Layer) -> io::Result<()> {
    loop {
        match layer.flush() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                layer.outlet().not_writable().await;
                layer.outlet().writable().await?;
            }
            other => return other,
        }
    }
}
