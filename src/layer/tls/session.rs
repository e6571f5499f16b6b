//! A TLS connection as a layer over a descriptor.
//!
//! What has come is read in large pieces, decrypted in place, and handed to whoever reads; what is
//! to be sent is encrypted in large pieces and goes out in one write. A connection that waits keeps
//! no room for either.
//!
//! The stream ends where the peer says so (`close_notify`, RFC 8446 section 6.1); one that just
//! stops was cut, after all that came before has been delivered.

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::rc::Rc;

use super::buffer::Buffer;
use super::engine::{Engine, Say, Step};
use super::failure;
use super::ledger::Ledger;
use crate::endpoint::Layer;
use crate::event::TlsError;
use crate::sys::fd::Fd;

/// What is read at once, at first: a record of the largest size (RFC 8446, section 5.2).
const LEAST_READ: usize = 5 + 16 * 1024 + 256;

/// What is read at once, at most.
const MOST_READ: usize = 128 * 1024;

/// What is encrypted at once, at most.
const MOST_SAID: usize = 64 * 1024;

/// What is kept of the first bytes that came, in case they are no TLS.
const BEGINNING: usize = 64;

/// A TLS connection.
pub struct Session {
    fd: Rc<Fd>,
    state: RefCell<State>,
}

struct State {
    engine: Engine,
    /// What came and was not decrypted.
    incoming: Buffer,
    /// What was decrypted and not taken.
    plain: Buffer,
    /// What was encrypted and not sent.
    outgoing: Buffer,
    /// What became of the user's bytes.
    ledger: Ledger,
    /// How much is read next.
    read: usize,
    /// What came may hold something that is whole.
    is_fresh: bool,
    /// The first bytes that came, until the handshake is over.
    beginning: Vec<u8>,
    /// The peer has ended its stream.
    peer_ended: bool,
    /// Nothing more comes from the descriptor.
    is_over: bool,
    /// We ended ours.
    ended: bool,
    /// The descriptor's own end follows what is in `outgoing`.
    shuts: bool,
    failure: Option<TlsError>,
}

impl Session {
    /// A connection whose handshake is about to begin.
    pub fn new(fd: Rc<Fd>, engine: Engine) -> Self {
        let state = State {
            engine,
            incoming: Buffer::default(),
            plain: Buffer::default(),
            outgoing: Buffer::default(),
            ledger: Ledger::default(),
            read: LEAST_READ,
            is_fresh: true,
            beginning: Vec::new(),
            peer_ended: false,
            is_over: false,
            ended: false,
            shuts: false,
            failure: None,
        };
        Self { fd, state: RefCell::new(state) }
    }

    /// Drives the handshake to its end. No byte of the user's is sent before.
    pub async fn handshake(&self) -> Result<(), TlsError> {
        loop {
            let (waits, shaken) = self.state.borrow_mut().shake();
            if let Err(error) = shaken {
                // an alert that says why, to a peer that may not be there any more
                let _ = self.flush();
                return Err(error);
            }
            self.flushed().await.map_err(|error| TlsError::of(&error))?;
            if !waits {
                return Ok(());
            }
            self.fd.readable().await.map_err(|error| TlsError::of(&error))?;
            match self.fill() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.fd.not_readable().await;
                }
                other => other.map_err(|error| TlsError::of(&error))?,
            }
        }
    }

    /// The descriptor under it.
    pub fn descriptor(&self) -> &Fd {
        &self.fd
    }

    /// What is asked of the library's connection.
    pub fn ask<T>(&self, question: impl FnOnce(&rustls::CommonState) -> T) -> T {
        question(self.state.borrow().engine.facts())
    }

    /// Sends what is to be sent.
    pub async fn flushed(&self) -> io::Result<()> {
        loop {
            match self.flush() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.fd.not_writable().await;
                    self.fd.writable().await?;
                }
                other => return other,
            }
        }
    }
}

impl State {
    /// As far as the handshake goes without waiting; whether it has to wait for the peer.
    fn shake(&mut self) -> (bool, Result<(), TlsError>) {
        loop {
            let plain = &mut self.plain;
            let step = self.engine.step(
                &mut self.incoming,
                &mut self.outgoing,
                Say::Nothing,
                // a peer may speak right behind its handshake
                |bytes| plain.push(bytes),
            );
            match step {
                Err(error) => {
                    let is_secured = !self.engine.facts().is_handshaking();
                    let error = self.failed(error);
                    if is_secured {
                        // what came between the handshake and this is delivered first
                        self.failure.get_or_insert(error);
                        return (false, Ok(()));
                    }
                    return (false, Err(error));
                }
                Ok(Step::Again | Step::Received | Step::Said) => {}
                Ok(Step::PeerEnded) if self.engine.facts().is_handshaking() => {
                    return (false, Err(TlsError::EndedInHandshake));
                }
                Ok(Step::PeerEnded) => self.peer_ended = true,
                Ok(Step::Waiting) if !self.engine.facts().is_handshaking() => {
                    self.beginning = Vec::new();
                    return (false, Ok(()));
                }
                Ok(Step::Waiting) if self.is_over => {
                    let error = match failure::speech(&self.beginning, self.engine.is_server()) {
                        Some(error) => error,
                        None => TlsError::EndedInHandshake,
                    };
                    return (false, Err(error));
                }
                Ok(Step::Waiting) => return (true, Ok(())),
            }
        }
    }

    /// The library's error as ours, once it has said to the peer what it has to say. What came is
    /// not looked at any more.
    fn failed(&mut self, error: rustls::Error) -> TlsError {
        let mut nothing = Buffer::default();
        while self.engine.facts().wants_write() {
            let last = self.engine.step(&mut nothing, &mut self.outgoing, Say::Nothing, |_| ());
            if !matches!(last, Ok(Step::Again)) {
                break;
            }
        }
        failure::of(error, &self.beginning, self.engine.is_server())
    }

    /// Decrypts into the buffer, and what has no place there into `plain`.
    fn decrypt(&mut self, buffer: &mut [u8]) -> usize {
        let mut count = 0;
        while self.is_fresh && self.failure.is_none() && count < buffer.len() {
            let plain = &mut self.plain;
            let step =
                self.engine.step(&mut self.incoming, &mut self.outgoing, Say::Nothing, |bytes| {
                    let fits = bytes.len().min(buffer.len() - count);
                    buffer[count..count + fits].copy_from_slice(&bytes[..fits]);
                    count += fits;
                    if fits < bytes.len() {
                        plain.push(&bytes[fits..]);
                    }
                });
            self.note(step);
        }
        count
    }

    fn note(&mut self, step: Result<Step, rustls::Error>) {
        match step {
            Ok(Step::Again | Step::Received | Step::Said) => {}
            Ok(Step::Waiting) => self.is_fresh = false,
            Ok(Step::PeerEnded) => {
                self.peer_ended = true;
                self.is_fresh = false;
            }
            Err(error) => {
                let error = self.failed(error);
                self.failure.get_or_insert(error);
                self.is_fresh = false;
            }
        }
    }

    fn take(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        if !self.plain.is_empty() {
            let count = self.plain.len().min(buffer.len());
            buffer[..count].copy_from_slice(&self.plain.bytes()[..count]);
            self.plain.take_out(count);
            self.plain.let_go();
            return Ok(Some(count));
        }
        let count = self.decrypt(buffer);
        if count > 0 {
            return Ok(Some(count));
        }
        if let Some(error) = &self.failure {
            return Err(error.clone().into());
        }
        if self.peer_ended {
            return Ok(Some(0));
        }
        if self.is_over {
            return Err(TlsError::Truncated.into());
        }
        self.incoming.let_go();
        Ok(None)
    }

    fn is_done(&self) -> bool {
        let unsent = self.ledger.carried(self.outgoing.len() as u64);
        self.peer_ended && self.ended && unsent == 0
    }

    fn put(&mut self, say: Say<'_>) -> io::Result<()> {
        let plain = if let Say::Bytes(bytes) = say { bytes.len() } else { 0 };
        loop {
            if let Some(error) = &self.failure {
                return Err(error.clone().into());
            }
            let waiting = self.outgoing.len();
            let early = &mut self.plain;
            // what comes before it can be said is kept; it is no more than what was read
            let step = self
                .engine
                .step(&mut self.incoming, &mut self.outgoing, say, |bytes| early.push(bytes));
            match step {
                Ok(Step::Said) => {
                    self.ledger.enter(self.outgoing.len() - waiting, plain);
                    return Ok(());
                }
                Ok(Step::Waiting) => {
                    return Err(io::Error::from(io::ErrorKind::BrokenPipe));
                }
                step => self.note(step),
            }
        }
    }
}

impl Layer for Session {
    fn fd(&self) -> &Rc<Fd> {
        &self.fd
    }

    fn take(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        let taken = self.state.borrow_mut().take(buffer);
        // the library may have had something to say to the peer; what does not go now goes later
        let _ = self.flush();
        taken
    }

    fn has_read(&self) -> bool {
        let state = self.state.borrow();
        let knows_end = state.peer_ended || state.is_over || state.failure.is_some();
        !state.plain.is_empty() || state.is_fresh || knows_end
    }

    fn fill(&self) -> io::Result<()> {
        let mut state = self.state.borrow_mut();
        let state = &mut *state;
        let room = state.read;
        let space = state.incoming.space(room);
        let asked = space.len();
        let count = match self.fd.read_now(space) {
            Ok(count) => count,
            Err(error) => {
                state.incoming.let_go();
                return Err(error);
            }
        };
        state.incoming.filled(count);
        if state.engine.facts().is_handshaking() && state.beginning.len() < BEGINNING {
            let more = BEGINNING - state.beginning.len();
            let came = &state.incoming.bytes()[state.incoming.len() - count..];
            state.beginning.extend_from_slice(&came[..count.min(more)]);
        }
        state.is_over |= count == 0;
        state.is_fresh = true;
        // a connection that fills its room gets more of it
        state.read = if count == asked { (room * 2).min(MOST_READ) } else { room };
        Ok(())
    }

    fn put(&self, bytes: &[u8]) -> io::Result<usize> {
        let bytes = &bytes[..bytes.len().min(MOST_SAID)];
        self.state.borrow_mut().put(Say::Bytes(bytes))?;
        Ok(bytes.len())
    }

    fn flush(&self) -> io::Result<()> {
        let mut state = self.state.borrow_mut();
        while !state.outgoing.is_empty() {
            match self.fd.try_write(state.outgoing.bytes()) {
                // a peer that has said its end need not wait for ours
                Err(error) if error.kind() != io::ErrorKind::WouldBlock && state.is_done() => {
                    let left = state.outgoing.len();
                    state.outgoing.take_out(left);
                }
                Err(error) => return Err(error),
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => state.outgoing.take_out(count),
            }
        }
        state.outgoing.let_go();
        if state.shuts {
            state.shuts = false;
            match self.fd.shutdown_write() {
                Err(_) if state.is_done() => {}
                other => other?,
            }
        }
        Ok(())
    }

    fn unflushed(&self) -> usize {
        self.state.borrow().outgoing.len()
    }

    fn carried(&self, wire: u64) -> u64 {
        self.state.borrow().ledger.carried(wire)
    }

    fn is_done(&self) -> bool {
        self.state.borrow().is_done()
    }

    fn end(&self) {
        let mut state = self.state.borrow_mut();
        if !std::mem::replace(&mut state.ended, true) {
            // who cannot be told any more finds out otherwise
            let _ = state.put(Say::End);
            state.shuts = true;
        }
    }

    fn has_said_end(&self) -> bool {
        self.state.borrow().ended
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("fd", &self.fd).finish_non_exhaustive()
    }
}
