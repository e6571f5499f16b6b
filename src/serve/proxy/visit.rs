//! One client of the proxy: what is told of it, and how it is left.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::io;
use std::time::Duration;

use socket2::SockRef;
use tokio::time::{Instant, timeout};

use super::Proxy;
use crate::endpoint::Link;
use crate::event::{Error, Event, Summary};
use crate::relay::acknowledged;

/// What is taken from a client that has been answered, in bytes, so that it gets to read the answer.
const LAST_WORDS: usize = 4 << 20;

/// A client, and what it did so far.
pub struct Visit<'a> {
    /// What it came to.
    pub proxy: &'a Proxy,
    /// Its connection.
    pub link: &'a Link,
    /// Bytes that went from it to a target.
    pub received: Cell<u64>,
    /// Bytes that it got.
    pub sent: Cell<u64>,
    /// How its tunnel went, if it had one.
    pub tunnel: RefCell<Option<Summary>>,
    started: Instant,
}

impl<'a> Visit<'a> {
    /// It begins now, and is reported to have ended when this is dropped.
    pub fn new(proxy: &'a Proxy, link: &'a Link) -> Self {
        // what either side says is passed on at once, and one that is silently gone is found out
        prompt(link);
        Self {
            proxy,
            link,
            received: Cell::new(0),
            sent: Cell::new(0),
            tunnel: RefCell::new(None),
            started: Instant::now(),
        }
    }

    /// Tells what was asked and answered.
    pub fn report(&self, request: Vec<u8>, answer: impl Into<String>) {
        let (peer, answer) = (self.link.peer().clone(), answer.into());
        self.proxy.observer.observe(&Event::ProxyAnswered { peer, request, answer });
    }

    /// Writes to the client, which may not stop reading for too long.
    pub async fn write_all(&self, mut bytes: &[u8]) -> Result<(), Error> {
        while !bytes.is_empty() {
            let count = within(self.proxy.patience.answer, self.link.stream().write(bytes))
                .await
                .map_err(|error| lost(error, bytes.len()))?;
            self.sent.set(self.sent.get() + count as u64);
            bytes = &bytes[count..];
        }
        Ok(())
    }

    /// Answers, and lets the client read the answer.
    pub async fn dismiss(&self, answer: &[u8]) -> Result<(), Error> {
        self.write_all(answer).await?;
        self.farewell().await
    }

    /// Tells the client that this was all, and takes what it still sends for a moment: closing over
    /// unread bytes would reset the connection, and with it what the client has not read yet.
    pub async fn farewell(&self) -> Result<(), Error> {
        let _ = self.link.half_close();
        let mut dropped = vec![0; 16 * 1024];
        let mut left = LAST_WORDS;
        let taking = async {
            while left > 0
                && let Ok(count @ 1..) = self.link.stream().read(&mut dropped).await
            {
                left = left.saturating_sub(count);
            }
        };
        let taking = timeout(self.proxy.patience.farewell, taking);
        let stall = Some(self.proxy.patience.answer);
        tokio::join!(taking, acknowledged(self.link, stall)).1
    }

    /// Who was cut off must not take it for an end.
    pub async fn fail(&self, error: Error) {
        // what arrived before is delivered first, to a client that still takes it
        let _ = acknowledged(self.link, Some(self.proxy.patience.farewell)).await;
        self.link.set_abort(true);
        let peer = self.link.peer().clone();
        self.proxy.observer.observe(&Event::ClientFailed { peer, error });
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        let mut summary = self.tunnel.take().unwrap_or_default();
        summary.sent += self.sent.get();
        summary.received += self.received.get();
        summary.duration = self.started.elapsed();
        summary.tcp = self.link.tcp_info_for(&*self.proxy.observer);
        let peer = self.link.peer().clone();
        self.proxy.observer.observe(&Event::ClientLeft { peer, summary });
    }
}

/// Has what is written sent at once, and a silent peer asked now and then whether it is there.
pub fn prompt(link: &Link) {
    // a Unix socket has nothing to set
    let _ = SockRef::from(&**link.fd()).set_tcp_nodelay(true);
    link.ask_whether_alive();
}

/// A call that may not take longer.
pub async fn within<T>(
    patience: Duration,
    call: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    timeout(patience, call).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// The client's connection failed with so many bytes in hand.
pub fn lost(error: io::Error, in_hand: usize) -> Error {
    Error::Connection { error, undelivered: in_hand as u64 }
}
