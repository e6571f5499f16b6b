//! Answers to telnet negotiation, on their way to the peer beside the user's own data.

use std::cell::RefCell;
use std::convert::Infallible;
use std::io;

use tokio::sync::Notify;

use crate::endpoint::Stream;

/// A peer that asks without reading our answers gets no more of them than this, in bytes.
const MOST: usize = 16 * 1024;

/// Answers that wait to be sent.
#[derive(Debug, Default)]
pub struct Answers {
    bytes: RefCell<Vec<u8>>,
    added: Notify,
}

impl Answers {
    /// Lets `answer` append to what waits.
    pub fn add(&self, answer: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = self.bytes.borrow_mut();
        let before = bytes.len();
        answer(&mut bytes);
        if bytes.len() > MOST {
            bytes.truncate(before);
        }
        if bytes.len() > before {
            self.added.notify_one();
        }
    }

    /// Sends answers as they come, for as long as the connection takes them.
    pub async fn send_to(&self, link: &Stream) -> io::Result<Infallible> {
        loop {
            let waiting = std::mem::take(&mut *self.bytes.borrow_mut());
            link.write_all(&waiting).await?;
            if self.bytes.borrow().is_empty() {
                self.added.notified().await;
            }
        }
    }
}
