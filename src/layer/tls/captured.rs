//! The secrets of one connection for who is shown what passes through its descriptor.
//!
//! What passes is held back until the handshake is over, and the secrets go before it: who reads a
//! capture once, from its beginning to its end, needs them in that order.

use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::KeyLog;

use super::material::{Secrets, line};
use crate::sys::fd::Fd;

/// A handshake that is captured, until this is dropped.
#[derive(Debug)]
pub struct Captured {
    fd: Rc<Fd>,
    secrets: Arc<Collected>,
}

/// Secrets, which go to the file that the plan names as well.
#[derive(Debug)]
struct Collected {
    text: Mutex<String>,
    file: Option<Arc<Secrets>>,
}

impl Captured {
    /// Begins with a handshake, where somebody is shown what passes.
    pub fn begin(fd: &Rc<Fd>, file: Option<&Arc<Secrets>>) -> Option<Self> {
        fd.tap()?.hold_back();
        let secrets = Collected { text: Mutex::default(), file: file.map(Arc::clone) };
        Some(Self { fd: Rc::clone(fd), secrets: Arc::new(secrets) })
    }

    /// Who is to be told the secrets.
    pub fn key_log(&self) -> Arc<dyn KeyLog> {
        Arc::clone(&self.secrets) as _
    }
}

impl KeyLog for Collected {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let line = line(label, client_random, secret);
        if let Some(file) = &self.file {
            file.write(&line);
        }
        let mut text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        text.push_str(&line);
        text.push('\n');
    }
}

impl Drop for Captured {
    fn drop(&mut self) {
        if let Some(tap) = self.fd.tap() {
            tap.let_go(&self.secrets.text.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}
