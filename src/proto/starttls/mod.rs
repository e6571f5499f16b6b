//! STARTTLS, the client's side: what is said in plain text until TLS may begin, for each protocol
//! that has such an upgrade.
//!
//! Responsible for what is asked and what the answers mean, from the greeting to the go-ahead, and
//! for their limits. Not for TLS, nor for anything the protocol says behind it. Every answer that
//! this module takes came unprotected: nothing of it is trusted but the go-ahead, and whoever can
//! change bytes on the way can prevent the upgrade, which is an error and never a connection
//! without TLS (RFC 7457 section 2.1).
//!
//! The conversation goes by turns. What comes behind an answer while it is our turn is refused:
//! nothing was asked that it could answer, and behind the go-ahead it would be read as protected.
//! So the result depends on the turns, and not on how the network cuts the bytes of one.

mod ber;
mod dialogue;
mod error;
mod ftp;
mod imap;
mod kind;
mod ldap;
mod line;
mod mysql;
mod nntp;
mod pop3;
mod postgres;
mod reply;
mod shown;
mod sieve;
mod smtp;
mod xml;
mod xmpp;

pub use error::{Refusal, Stage, StartTlsError};
pub use kind::Kind;
pub use shown::Shown;

use dialogue::{Dialogue, Next, Request};

use super::direction::Direction;
use super::target::Target;

/// The longest line or message of the server's, in bytes, its end included.
pub const MESSAGE_MAX: usize = 16 * 1024;
/// The most lines or messages of the server's before TLS.
pub const MESSAGES_MAX: usize = 512;
/// The most bytes of the server's before TLS.
pub const TOTAL_MAX: usize = 64 * 1024;

/// What an upgrade wants next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Send these bytes, then ask again.
    Send(Vec<u8>),
    /// Read any number of bytes and hand on all of them to [`Upgrade::received`], or say that
    /// there are none any more: [`Upgrade::closed`].
    Receive,
    /// Begin TLS.
    Done,
}

/// Whose turn it is.
#[derive(Debug)]
enum Turn {
    Ours { request: Request, last: bool },
    Theirs,
    Tls,
}

/// One upgrade of one connection.
///
/// Ask for the [`step`](Self::step), do it, ask again; after each call [`take_shown`] has what
/// was said since. It holds no more than [`TOTAL_MAX`] bytes and what is to be shown of them.
///
/// [`take_shown`]: Self::take_shown
#[derive(Debug)]
pub struct Upgrade {
    dialogue: Box<dyn Dialogue>,
    turn: Turn,
    /// The message so far.
    message: Vec<u8>,
    /// Messages so far, and bytes.
    messages: usize,
    total: usize,
    shown: Vec<Shown>,
    failed: Option<StartTlsError>,
}

impl Upgrade {
    /// An upgrade that has not begun. XMPP names the host in its first words, as it is given here;
    /// the others do not tell it. [`StartTlsError::Host`] is the only error.
    pub fn new(kind: Kind, host: &Target) -> Result<Self, StartTlsError> {
        let dialogue = kind.open(host)?;
        let turn = match dialogue.start() {
            Some(request) => Turn::Ours { request, last: false },
            None => Turn::Theirs,
        };
        Ok(Self {
            dialogue,
            turn,
            message: Vec::new(),
            messages: 0,
            total: 0,
            shown: Vec::new(),
            failed: None,
        })
    }

    /// What is to be done now. After an error, that error again.
    pub fn step(&mut self) -> Result<Step, StartTlsError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let after = match self.turn {
            Turn::Theirs => return Ok(Step::Receive),
            Turn::Tls | Turn::Ours { last: true, .. } => Turn::Tls,
            Turn::Ours { last: false, .. } => Turn::Theirs,
        };
        let Turn::Ours { request, .. } = std::mem::replace(&mut self.turn, after) else {
            return Ok(Step::Done);
        };
        self.shown.push(Shown { direction: Direction::Sent, text: request.shown });
        Ok(Step::Send(request.bytes))
    }

    /// Takes all that was read; to be called after [`Step::Receive`] with each read, and with what
    /// was read too much, if there is such a thing, before TLS begins.
    ///
    /// An error comes with the first byte that makes it certain, and again if called again.
    pub fn received(&mut self, bytes: &[u8]) -> Result<(), StartTlsError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        bytes.iter().try_for_each(|&byte| self.byte(byte)).map_err(|error| self.fail(error))
    }

    /// What is waited for, where that is not TLS.
    pub fn stage(&self) -> Stage {
        self.dialogue.stage()
    }

    /// The connection has ended: the error that this is.
    pub fn closed(&mut self) -> StartTlsError {
        match &self.failed {
            Some(error) => error.clone(),
            None => self.fail(StartTlsError::Closed(self.dialogue.stage())),
        }
    }

    /// What was said since this was asked last, in order: what the server said of it is raw.
    pub fn take_shown(&mut self) -> Vec<Shown> {
        std::mem::take(&mut self.shown)
    }

    fn byte(&mut self, byte: u8) -> Result<(), StartTlsError> {
        match self.turn {
            Turn::Tls | Turn::Ours { last: true, .. } => return Err(StartTlsError::Injected),
            Turn::Ours { .. } if self.dialogue.is_padding(byte) => return Ok(()),
            Turn::Ours { .. } => return Err(StartTlsError::Early),
            Turn::Theirs => {}
        }
        self.total += 1;
        if self.total > TOTAL_MAX {
            return Err(StartTlsError::TooMuch);
        }
        if self.message.len() == MESSAGE_MAX {
            return Err(StartTlsError::MessageTooLong);
        }
        self.message.push(byte);
        if !self.dialogue.is_whole(&self.message)? {
            return Ok(());
        }
        self.messages += 1;
        if self.messages > MESSAGES_MAX {
            return Err(StartTlsError::TooManyMessages);
        }
        self.show_message();
        let message = std::mem::take(&mut self.message);
        self.turn = match self.dialogue.message(&message)? {
            Next::Receive => Turn::Theirs,
            Next::Send(request) => Turn::Ours { request, last: false },
            Next::SendThenDone(request) => Turn::Ours { request, last: true },
            Next::Done => Turn::Tls,
        };
        Ok(())
    }

    /// Keeps the error, and shows what came of the message that did not come to its end.
    fn fail(&mut self, error: StartTlsError) -> StartTlsError {
        if !self.message.is_empty() {
            self.show_message();
            self.message.clear();
        }
        self.failed = Some(error.clone());
        error
    }

    fn show_message(&mut self) {
        let text = self.dialogue.shown(&self.message);
        self.shown.push(Shown { direction: Direction::Received, text });
    }
}

#[cfg(test)]
mod tests;
