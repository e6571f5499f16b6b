//! Our output, shared by all clients: as it comes while one talks, whole lines while several do.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;

use tokio::sync::{Mutex, Notify};

use crate::event::{Cursor, Error};
use crate::layer::Screen;
use crate::sys::fd::Fd;

/// A line may be so long, in bytes, before it is written in pieces.
const LONGEST_LINE: usize = 64 * 1024;

/// So much room is kept for a line that has not begun, in bytes.
const KEPT: usize = 128;

/// The output and who talks.
#[derive(Debug)]
pub struct Writer {
    out: Rc<Fd>,
    /// Of the terminal that it is, where our words are shown there too.
    cursor: Option<Rc<Cursor>>,
    turn: Mutex<()>,
    talking: Cell<usize>,
    failure: RefCell<Option<Error>>,
    failed: Notify,
    alone: Notify,
}

/// One client's place at the output, and the line that it has begun.
#[derive(Debug)]
pub struct Talker<'a> {
    writer: &'a Writer,
    /// How it is shown, at a terminal.
    screen: Option<Box<RefCell<Screen>>>,
    /// As it is written.
    line: RefCell<Vec<u8>>,
    /// It counts among those who talk.
    counts: Cell<bool>,
}

impl Drop for Talker<'_> {
    fn drop(&mut self) {
        self.count_no_more();
        self.end_view();
        let line = self.line.get_mut();
        if !line.is_empty() {
            // a signal ends the run: what goes out at once does
            let _ = self.writer.try_write(line);
        }
    }
}

impl Talker<'_> {
    /// Takes what the client sent. What can be written at once is; [`Self::flush`] writes the rest
    /// of what is to be written now.
    pub fn take(&self, bytes: &[u8]) {
        let Some(screen) = &self.screen else {
            return self.put(bytes);
        };
        let mut shown = Vec::new();
        screen.borrow_mut().show(bytes, &mut shown);
        self.put(&shown);
    }

    /// Shows what was begun as it is, as nothing follows.
    fn end_view(&self) {
        if let Some(screen) = &self.screen {
            let mut rest = Vec::new();
            screen.borrow_mut().finish(&mut rest);
            self.put(&rest);
        }
    }

    fn put(&self, bytes: &[u8]) {
        let mut line = self.line.borrow_mut();
        let mut rest = bytes;
        if line.is_empty()
            && let Ok(_turn) = self.writer.turn.try_lock()
        {
            let mut ready = &bytes[..self.ready(bytes)];
            // an error comes again where it is waited for
            while !ready.is_empty()
                && let Ok(count @ 1..) = self.writer.try_write(ready)
            {
                ready = &ready[count..];
                rest = &rest[count..];
            }
        }
        line.extend_from_slice(rest);
    }

    /// Writes what is to be written now.
    pub async fn flush(&self) {
        let ready = self.ready(&self.line.borrow());
        if ready > 0 {
            Box::pin(self.write_out(ready)).await;
        }
    }

    /// How many of these bytes need not wait for the end of a line.
    fn ready(&self, line: &[u8]) -> usize {
        match line.iter().rposition(|byte| *byte == b'\n') {
            _ if self.writer.talking.get() <= 1 || line.len() > LONGEST_LINE => line.len(),
            Some(end) => end + 1,
            None => 0,
        }
    }

    /// The client has finished: what it has of a line is written, and the others need not wait for
    /// the end of it any more.
    pub async fn finish(&self) {
        self.count_no_more();
        self.end_view();
        let left = self.line.borrow().len();
        if left > 0 {
            Box::pin(self.write_out(left)).await;
        }
    }

    fn count_no_more(&self) {
        if self.counts.replace(false) {
            self.writer.talking.set(self.writer.talking.get() - 1);
            if self.writer.talking.get() == 1 {
                self.writer.alone.notify_waiters();
            }
        }
    }

    /// Waits until nobody else talks any more, while a line is begun.
    pub async fn left_alone(&self) {
        loop {
            let alone = self.writer.alone.notified();
            if self.writer.talking.get() <= 1 && !self.line.borrow().is_empty() {
                return;
            }
            alone.await;
        }
    }

    /// Writes the first bytes of the line as a whole. What is cut short in the middle is still in
    /// the line.
    async fn write_out(&self, count: usize) {
        let _turn = self.writer.turn.lock().await;
        let bytes = self.line.borrow()[..count].to_vec();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            match self.writer.out.write(rest).await {
                Ok(written) => {
                    self.writer.shows(&rest[..written]);
                    self.line.borrow_mut().drain(..written);
                    rest = &rest[written..];
                }
                Err(error) => {
                    self.writer.fail(error, rest.len());
                    // the run ends now; nothing more is taken from anybody
                    return std::future::pending().await;
                }
            }
        }
        self.line.borrow_mut().shrink_to(KEPT);
    }
}

impl Writer {
    /// To an open descriptor; `cursor` is that of a terminal at which our words are shown too.
    pub fn new(out: Rc<Fd>, cursor: Option<Rc<Cursor>>) -> Self {
        Self {
            out,
            cursor,
            turn: Mutex::new(()),
            talking: Cell::new(0),
            failure: RefCell::new(None),
            failed: Notify::new(),
            alone: Notify::new(),
        }
    }

    /// What it writes to.
    pub fn output(&self) -> &Rc<Fd> {
        &self.out
    }

    /// A place for a client that begins to talk, and is shown so.
    pub fn talker(&self, screen: Option<Screen>) -> Talker<'_> {
        self.talking.set(self.talking.get() + 1);
        let screen = screen.map(|screen| Box::new(RefCell::new(screen)));
        Talker { writer: self, screen, line: RefCell::default(), counts: Cell::new(true) }
    }

    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.try_write(bytes)?;
        self.shows(&bytes[..count]);
        Ok(count)
    }

    fn shows(&self, bytes: &[u8]) {
        if let Some(cursor) = &self.cursor {
            cursor.shows(bytes);
        }
    }

    fn fail(&self, error: io::Error, undelivered: usize) {
        let undelivered = undelivered as u64;
        self.failure.replace(Some(Error::Output { error, undelivered }));
        self.failed.notify_one();
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
