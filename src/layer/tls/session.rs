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

use super::engine::{Engine, Say};
use super::state::State;
use crate::endpoint::Layer;
use crate::event::TlsError;
use crate::sys::fd::Fd;

/// What is encrypted at once, at most.
const MOST_SAID: usize = 64 * 1024;

/// A TLS connection.
pub struct Session {
    fd: Rc<Fd>,
    state: RefCell<State>,
}

impl Session {
    /// A connection whose handshake is about to begin.
    pub fn new(fd: Rc<Fd>, engine: Engine) -> Self {
        Self { fd, state: RefCell::new(State::new(engine)) }
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
            if let Err(error) = self.flushed().await {
                // who takes nothing any more may have said why
                return Err(self.last_words().unwrap_or_else(|| TlsError::of(&error)));
            }
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

    /// What a peer that has gone said of the reason.
    fn last_words(&self) -> Option<TlsError> {
        loop {
            // nothing more will come: what there is can be read at once
            self.fill().ok()?;
            match self.state.borrow_mut().shake() {
                (_, Err(error)) => return Some(error),
                (true, Ok(())) => {}
                (false, Ok(())) => return None,
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
        self.state.borrow().has_read()
    }

    fn fill(&self) -> io::Result<()> {
        self.state.borrow_mut().fill(|space| self.fd.read_now(space))
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
        self.state.borrow_mut().end();
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

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::net::UnixStream;
    use std::sync::Arc;

    use rustls::client::UnbufferedClientConnection;
    use rustls::pki_types::ServerName;
    use rustls::{ClientConfig, RootCertStore};

    use super::*;
    use crate::layer::tls::provider;
    use crate::plan::Tls;

    /// How the handshake of a client ends whose server says this and goes, before it is asked.
    async fn told(said: &[u8]) -> TlsError {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        theirs.write_all(said).unwrap();
        drop(theirs);
        let fd = Rc::new(Fd::owned(ours.into()).unwrap());
        let config =
            ClientConfig::builder_with_provider(provider::provider(&Tls::default()).unwrap())
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let connection = UnbufferedClientConnection::new(Arc::new(config), name).unwrap();
        let session = Session::new(fd, Engine::Client(Box::new(connection)));
        session.handshake().await.unwrap_err()
    }

    #[tokio::test]
    async fn who_goes_before_it_is_asked_is_heard_out() {
        let alert = told(b"\x15\x03\x03\0\x02\x02\x28").await;
        assert!(matches!(alert, TlsError::Alert { code: 40, .. }), "{alert:?}");
        let plain = told(b"421 too many connections\r\n").await;
        assert!(matches!(plain, TlsError::Foreign { .. }), "{plain:?}");
        assert_eq!(told(b"").await, TlsError::EndedInHandshake);
    }
}
