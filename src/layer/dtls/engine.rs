//! One session without a socket and without a clock: datagrams in and out, messages beside them.

use std::collections::VecDeque;
use std::fmt;
use std::io;

use openssl::error::ErrorStack;
use openssl::ssl::{ErrorCode, Ssl, SslRef, SslStream};

use super::wire::Wire;
use super::{failure, record};
use crate::event::TlsError;
use crate::layer::tls::lent;

/// So many messages wait to be read at most; more are lost, as in any socket.
const MOST: usize = 64;

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    /// Nothing was heard of the peer, which a server judges by its first datagram.
    Unheard,
    Handshake,
    Open,
    /// The peer said that nothing follows.
    PeerEnded,
    Failed(TlsError),
}

/// One session.
pub struct Engine {
    stream: SslStream<Wire>,
    stage: Stage,
    plain: VecDeque<Vec<u8>>,
    /// The bytes in which our end was said, once it was.
    ended: Option<usize>,
}

impl Engine {
    /// A client or a server, as the library's session was told; its settings are done.
    pub fn new(ssl: Ssl) -> Result<Self, ErrorStack> {
        let stage = if ssl.is_server() { Stage::Unheard } else { Stage::Handshake };
        let stream = SslStream::new(ssl, Wire::default())?;
        Ok(Self { stream, stage, plain: VecDeque::new(), ended: None })
    }

    /// The library's session, to be asked.
    pub fn ssl(&self) -> &SslRef {
        self.stream.ssl()
    }

    /// As far as the handshake goes without waiting; whether it is done. Called again after a while,
    /// it repeats what was not answered in time.
    pub fn shake(&mut self) -> Result<bool, TlsError> {
        self.drive();
        match &self.stage {
            Stage::Unheard | Stage::Handshake => Ok(false),
            Stage::Open | Stage::PeerEnded => Ok(true),
            Stage::Failed(error) => Err(error.clone()),
        }
    }

    /// Takes a datagram of the peer's.
    pub fn receive(&mut self, datagram: &[u8]) {
        if self.stage == Stage::Unheard && !datagram.is_empty() {
            self.stage = if record::is_handshake(datagram) {
                Stage::Handshake
            } else {
                Stage::Failed(lent::of_server(datagram))
            };
        }
        if record::is_whole(datagram, record::least_encrypted(self.ssl())) {
            self.stream.get_mut().arrived(datagram);
            self.drive();
        }
    }

    /// The next message; an empty one is the end, and an error comes after all messages.
    pub fn message(&mut self) -> Result<Option<Vec<u8>>, TlsError> {
        if let Some(message) = self.plain.pop_front() {
            return Ok(Some(message));
        }
        match &self.stage {
            Stage::PeerEnded => Ok(Some(Vec::new())),
            Stage::Failed(error) => Err(error.clone()),
            _ => Ok(None),
        }
    }

    /// The rest of a message that was not read whole.
    pub fn put_back(&mut self, rest: Vec<u8>) {
        self.plain.push_front(rest);
    }

    /// Whether [`Self::message`] has something to tell.
    pub fn has_message(&self) -> bool {
        !self.plain.is_empty() || matches!(self.stage, Stage::PeerEnded | Stage::Failed(_))
    }

    /// Says a message of no more than [`record::MOST_PLAIN`] bytes. There are no empty ones.
    pub fn say(&mut self, message: &[u8]) -> io::Result<()> {
        if let Stage::Failed(error) = &self.stage {
            return Err(error.clone().into());
        }
        if self.ended.is_some() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        if message.is_empty() {
            return Ok(());
        }
        match self.stream.ssl_write(message) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.failed(&error).into()),
        }
    }

    /// Says that nothing follows. It is said once, and may be lost.
    pub fn end(&mut self) {
        let open = matches!(self.stage, Stage::Open | Stage::PeerEnded);
        if open && self.ended.is_none() {
            let before = self.unsent();
            let _ = self.stream.shutdown();
            self.ended = Some(self.unsent() - before);
        }
    }

    /// In how many bytes it was said, once it was.
    pub fn end_size(&self) -> Option<usize> {
        self.ended
    }

    /// Whether both sides have said it, and nothing is left to be sent.
    pub fn is_done(&self) -> bool {
        self.stage == Stage::PeerEnded && self.ended.is_some() && self.unsent() == 0
    }

    /// What is to be sent.
    pub fn wire(&mut self) -> &mut Wire {
        self.stream.get_mut()
    }

    /// Bytes that are to be sent.
    pub fn unsent(&self) -> usize {
        self.stream.get_ref().unsent()
    }

    fn drive(&mut self) {
        if self.stage == Stage::Handshake {
            match self.stream.do_handshake() {
                Ok(()) => self.stage = Stage::Open,
                Err(error) if waits(&error) => {}
                Err(error) => {
                    self.failed(&error);
                }
            }
        }
        let mut buffer = [0; record::MOST_PLAIN];
        while self.stage == Stage::Open {
            match self.stream.ssl_read(&mut buffer) {
                Ok(count) if self.plain.len() < MOST => {
                    self.plain.push_back(buffer[..count].to_vec());
                }
                Ok(_) => {}
                Err(error) if waits(&error) => break,
                Err(error) if error.code() == ErrorCode::ZERO_RETURN => {
                    self.stage = Stage::PeerEnded;
                }
                Err(error) => {
                    self.failed(&error);
                }
            }
        }
    }

    fn failed(&mut self, error: &openssl::ssl::Error) -> TlsError {
        let error = failure::of(error);
        self.stage = Stage::Failed(error.clone());
        error
    }
}

fn waits(error: &openssl::ssl::Error) -> bool {
    matches!(error.code(), ErrorCode::WANT_READ | ErrorCode::WANT_WRITE)
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("stage", &self.stage).finish_non_exhaustive()
    }
}
