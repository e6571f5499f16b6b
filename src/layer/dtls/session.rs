//! The layer: a session over a socket of its own, or over one that it shares with other clients.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::timeout;

use super::engine::Engine;
use super::record;
use crate::endpoint::{Caller, Layer};
use crate::event::TlsError;
use crate::sys::fd::Fd;

/// How often the library is asked, in a handshake, whether it is time to repeat something. Its
/// first wait is a second, and each is twice the one before.
const LOOK: Duration = Duration::from_millis(250);

/// A session, and where its datagrams come from and go to.
#[derive(Debug)]
pub struct Session {
    fd: Rc<Fd>,
    /// Where it goes to, where that is not through the same socket.
    caller: Option<Rc<Caller>>,
    engine: RefCell<Engine>,
    /// Where a datagram is read.
    room: RefCell<Vec<u8>>,
}

impl Session {
    /// A session that is still to shake hands.
    pub fn new(fd: Rc<Fd>, caller: Option<Rc<Caller>>, engine: Engine) -> Self {
        let room = RefCell::new(vec![0; record::LARGEST]);
        Self { fd, caller, engine: RefCell::new(engine), room }
    }

    /// Asks the session something.
    pub fn ask<T>(&self, question: impl FnOnce(&Engine) -> T) -> T {
        question(&self.engine.borrow())
    }

    /// Shakes hands, for as long as the library has patience: some minutes. `progress` is called
    /// where something came.
    pub async fn handshake(&self, progress: impl Fn()) -> Result<(), TlsError> {
        loop {
            let shaken = self.engine.borrow_mut().shake();
            // also what says why it failed, to a peer that may not be there
            let flushed = self.flushed().await;
            if shaken? {
                return Ok(());
            }
            flushed.map_err(|error| TlsError::of(&error))?;
            match timeout(LOOK, self.fd.readable()).await {
                Err(_) => continue,
                Ok(ready) => ready.map_err(|error| TlsError::of(&error))?,
            }
            match self.fill() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.fd.not_readable().await;
                }
                other => other.map_err(|error| TlsError::of(&error))?,
            }
            progress();
        }
    }

    async fn flushed(&self) -> io::Result<()> {
        loop {
            match self.flush() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.outlet().not_writable().await;
                    self.outlet().writable().await?;
                }
                other => return other,
            }
        }
    }

    fn send(&self, datagram: &[u8]) -> io::Result<()> {
        match &self.caller {
            Some(caller) => caller.try_send(datagram),
            None => self.fd.try_write(datagram).map(|_| ()),
        }
    }
}

impl Layer for Session {
    fn fd(&self) -> &Rc<Fd> {
        &self.fd
    }

    fn outlet(&self) -> &Rc<Fd> {
        self.caller.as_ref().map_or(&self.fd, |caller| caller.socket())
    }

    fn largest(&self) -> Option<usize> {
        Some(record::MOST_PLAIN)
    }

    fn take(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        let message = self.engine.borrow_mut().message();
        // the library may have had something to say to the peer; what does not go now goes later
        let _ = self.flush();
        let Some(mut message) = message? else {
            return Ok(None);
        };
        let count = message.len().min(buffer.len());
        buffer[..count].copy_from_slice(&message[..count]);
        if count < message.len() {
            let rest = message.split_off(count);
            self.engine.borrow_mut().put_back(rest);
        }
        Ok(Some(count))
    }

    fn has_read(&self) -> bool {
        self.engine.borrow().has_message()
    }

    fn fill(&self) -> io::Result<()> {
        let mut room = self.room.borrow_mut();
        let count = self.fd.read_now(&mut room)?;
        self.engine.borrow_mut().receive(&room[..count]);
        Ok(())
    }

    fn put(&self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(record::MOST_PLAIN);
        self.engine.borrow_mut().say(&bytes[..count])?;
        Ok(count)
    }

    fn flush(&self) -> io::Result<()> {
        let mut engine = self.engine.borrow_mut();
        let wire = engine.wire();
        while let Some(datagram) = wire.next() {
            let sent = self.send(datagram);
            if let Err(error) = &sent
                && error.kind() == io::ErrorKind::WouldBlock
            {
                return sent;
            }
            wire.sent();
            sent?;
        }
        Ok(())
    }

    fn unflushed(&self) -> usize {
        self.engine.borrow().unsent()
    }

    fn end(&self) {
        self.engine.borrow_mut().end();
    }

    fn carried(&self, wire: u64) -> u64 {
        // of what waits, all but the word for the end is the user's, or a part of it
        wire.saturating_sub(self.engine.borrow().end_size().unwrap_or(0) as u64)
    }

    fn is_done(&self) -> bool {
        self.engine.borrow().is_done()
    }

    fn has_said_end(&self) -> bool {
        self.engine.borrow().end_size().is_some()
    }
}
