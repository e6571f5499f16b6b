//! Our output, shared by all clients: as it comes while one talks, whole lines while several do.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use tokio::sync::{Mutex, Notify};

use crate::event::Error;
use crate::sys::fd::Fd;

/// A line may be so long, in bytes, before it is written in pieces.
const LONGEST_LINE: usize = 64 * 1024;

/// The output and who talks.
#[derive(Debug)]
pub struct Writer {
    out: Rc<Fd>,
    turn: Mutex<()>,
    talking: Cell<usize>,
    failure: RefCell<Option<Error>>,
    failed: Notify,
}

/// One client's place at the output: the line that it has begun.
#[derive(Debug, Default)]
pub struct Line(Vec<u8>);

impl Writer {
    /// To an open descriptor.
    pub fn new(out: Rc<Fd>) -> Self {
        Self {
            out,
            turn: Mutex::new(()),
            talking: Cell::new(0),
            failure: RefCell::new(None),
            failed: Notify::new(),
        }
    }

    /// A client begins to talk.
    pub fn begin(&self) {
        self.talking.set(self.talking.get() + 1);
    }

    /// A client has finished: what it has of a line is written.
    pub async fn end(&self, line: Line) {
        self.talking.set(self.talking.get() - 1);
        self.write_out(&line.0).await;
    }

    /// Writes what a client sent.
    pub async fn write(&self, line: &mut Line, bytes: &[u8]) {
        if self.talking.get() <= 1 && line.0.is_empty() {
            return self.write_out(bytes).await;
        }
        line.0.extend_from_slice(bytes);
        let whole = match line.0.iter().rposition(|byte| *byte == b'\n') {
            _ if self.talking.get() <= 1 || line.0.len() > LONGEST_LINE => line.0.len(),
            Some(end) => end + 1,
            None => return,
        };
        let rest = line.0.split_off(whole);
        let lines = std::mem::replace(&mut line.0, rest);
        self.write_out(&lines).await;
    }

    /// One client after the other, each as a whole.
    async fn write_out(&self, mut bytes: &[u8]) {
        let _turn = self.turn.lock().await;
        while !bytes.is_empty() {
            match self.out.write(bytes).await {
                Ok(count) => bytes = &bytes[count..],
                Err(error) => {
                    let undelivered = bytes.len() as u64;
                    *self.failure.borrow_mut() = Some(Error::Output { error, undelivered });
                    self.failed.notify_one();
                    // the run ends now; nothing more is taken from anybody
                    return std::future::pending().await;
                }
            }
        }
    }

    /// Comes back when writing failed.
    pub async fn failure(&self) -> Error {
        loop {
            if let Some(error) = self.failure.take() {
                return error;
            }
            self.failed.notified().await;
        }
    }
}
