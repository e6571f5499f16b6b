//! How far a connection is, without its descriptor: what came and was not taken, what is to be sent,
//! and how either direction ends.

use std::io;

use super::buffer::Buffer;
use super::engine::{Engine, Say, Step};
use super::failure;
use super::ledger::Ledger;
use crate::event::TlsError;

/// What is read at once, at first: a record of the largest size (RFC 8446, section 5.2).
const LEAST_READ: usize = 5 + 16 * 1024 + 256;

/// What is read at once, at most.
const MOST_READ: usize = 128 * 1024;

/// What is kept of the first bytes that came, in case they are no TLS.
const BEGINNING: usize = 64;

/// How far a connection is.
pub struct State {
    /// The library's connection.
    pub engine: Engine,
    /// What came and was not decrypted.
    incoming: Buffer,
    /// What was decrypted and not taken.
    plain: Buffer,
    /// What was encrypted and not sent.
    pub outgoing: Buffer,
    /// What became of the user's bytes.
    pub ledger: Ledger,
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
    pub ended: bool,
    /// The descriptor's own end follows what is in `outgoing`.
    pub shuts: bool,
    failure: Option<TlsError>,
}

impl State {
    /// Before the handshake.
    pub fn new(engine: Engine) -> Self {
        Self {
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
        }
    }

    /// Has something read, by `read`, into the room for what comes.
    pub fn fill(&mut self, read: impl FnOnce(&mut [u8]) -> io::Result<usize>) -> io::Result<()> {
        let space = self.incoming.space(self.read);
        let asked = space.len();
        let count = match read(space) {
            Ok(count) => count,
            Err(error) => {
                self.incoming.let_go();
                return Err(error);
            }
        };
        self.incoming.filled(count);
        if self.engine.facts().is_handshaking() && self.beginning.len() < BEGINNING {
            let more = BEGINNING - self.beginning.len();
            let came = &self.incoming.bytes()[self.incoming.len() - count..];
            self.beginning.extend_from_slice(&came[..count.min(more)]);
        }
        self.is_over |= count == 0;
        self.is_fresh = true;
        if count == asked {
            // a connection that fills its room gets more of it
            self.read = (self.read * 2).min(MOST_READ);
        }
        Ok(())
    }

    /// Whether [`Self::take`] has something to tell.
    pub fn has_read(&self) -> bool {
        let knows_end = self.peer_ended || self.is_over || self.failure.is_some();
        !self.plain.is_empty() || self.is_fresh || knows_end
    }

    /// Says that nothing follows.
    pub fn end(&mut self) {
        if !std::mem::replace(&mut self.ended, true) {
            // who cannot be told any more finds out otherwise
            let _ = self.put(Say::End);
            self.shuts = true;
        }
    }

    /// As far as the handshake goes without waiting; whether it has to wait for the peer.
    pub fn shake(&mut self) -> (bool, Result<(), TlsError>) {
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

    /// What was decrypted; `Some(0)` is the end, and nothing says that more has to come.
    pub fn take(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
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

    /// Whether both sides have ended, and nothing of the user's is left to be sent.
    pub fn is_done(&self) -> bool {
        let unsent = self.ledger.carried(self.outgoing.len() as u64);
        self.peer_ended && self.ended && unsent == 0
    }

    /// Encrypts.
    pub fn put(&mut self, say: Say<'_>) -> io::Result<()> {
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
