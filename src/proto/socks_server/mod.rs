//! SOCKS 4, 4a and 5, the proxy's side: the handshake up to a request, and the replies to it.
//!
//! RFC 1928 and 1929, and the papers on 4 and 4a. The first byte tells the version. Only CONNECT.
//! With credentials set, SOCKS 5 must bring them by RFC 1929, and SOCKS 4 as the user id
//! `USER:PASSWORD`, the form in which Ncat sends them. Not for connecting.

mod error;
mod five;
mod four;

use std::net::SocketAddr;

pub use error::SocksError;

use super::socks5::{Credentials, Refusal};
use super::step::{Fed, Step};
use super::target::Target;

/// The version that a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// 4 or 4a.
    Four,
    /// 5
    Five,
}

impl Version {
    /// The reply that the connection stands; `bound` is the address that we connect from.
    pub fn granted(self, bound: SocketAddr) -> Vec<u8> {
        match self {
            Self::Four => four::granted(bound),
            Self::Five => five::granted(bound),
        }
    }

    /// The reply that there is no connection. SOCKS 4 has one code for every reason.
    pub fn refused(self, refusal: Refusal) -> Vec<u8> {
        match self {
            Self::Four => four::refused(four::REJECTED),
            Self::Five => five::refused(refusal),
        }
    }
}

/// What a client asks for: a connection to the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// In which to reply.
    pub version: Version,
    /// Where to connect to. A name that spells an address is an address.
    pub target: Target,
}

/// The message that is expected next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Its first byte tells the version: the request of SOCKS 4, the greeting of SOCKS 5.
    First,
    Password,
    Request,
}

/// One handshake. It holds one message at most, 521 bytes.
#[derive(Debug, Clone)]
pub struct Handshake {
    credentials: Option<Credentials>,
    stage: Stage,
    /// The message so far.
    seen: Vec<u8>,
}

impl Handshake {
    /// A handshake that has not begun; whoever comes must have the credentials, if there are any.
    pub fn new(credentials: Option<Credentials>) -> Self {
        Self { credentials, stage: Stage::First, seen: Vec::new() }
    }

    /// Takes what belongs to the next message from `input`. The bytes behind a request are the
    /// target's.
    ///
    /// An error stays: send its [`reply`](SocksError::reply) and close.
    pub fn feed(&mut self, input: &[u8]) -> Result<Fed<Request>, SocksError> {
        let mut used = 0;
        loop {
            let missing = self.missing()?;
            if missing == 0 {
                let step = self.advance()?;
                return Ok(Fed { used, step });
            }
            let taken = missing.min(input.len() - used);
            if taken == 0 {
                let step = Step::Read(missing);
                return Ok(Fed { used, step });
            }
            self.seen.extend_from_slice(&input[used..used + taken]);
            used += taken;
        }
    }

    /// How many bytes the message still needs at least; 0 if it is whole.
    fn missing(&self) -> Result<usize, SocksError> {
        let seen = &self.seen[..];
        match (self.stage, seen.first()) {
            (Stage::First, None) => Ok(2),
            (Stage::First, Some(&four::VERSION)) => four::missing(seen),
            (Stage::First, Some(&five::VERSION)) => Ok(five::greeting_missing(seen)),
            (Stage::First, Some(&other)) => Err(SocksError::Version(other)),
            (Stage::Password, _) => five::password_missing(seen),
            (Stage::Request, _) => five::request_missing(seen),
        }
    }

    /// Goes on from a whole message.
    fn advance(&mut self) -> Result<Step<Request>, SocksError> {
        let credentials = self.credentials.as_ref();
        // A request is kept, so that whoever asks again gets the same answer; an error too.
        let (answer, next) = match (self.stage, &self.seen[..]) {
            (Stage::First, request @ [four::VERSION, ..]) => {
                let target = four::target(request, credentials)?;
                return Ok(Step::Done(Request { version: Version::Four, target }));
            }
            (Stage::First, greeting) => match credentials {
                None => (five::choose(greeting, five::NO_AUTHENTICATION)?, Stage::Request),
                Some(_) => (five::choose(greeting, five::USER_AND_PASSWORD)?, Stage::Password),
            },
            (Stage::Password, message) => {
                (five::authenticate(message, credentials)?, Stage::Request)
            }
            (Stage::Request, request) => {
                let target = five::target(request)?;
                return Ok(Step::Done(Request { version: Version::Five, target }));
            }
        };
        self.stage = next;
        self.seen.clear();
        Ok(Step::Send(answer))
    }
}

#[cfg(test)]
mod tests;
