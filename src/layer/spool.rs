//! What is to be written to a record and waits until its reader takes it.
//!
//! A regular file takes all at once; a FIFO takes what its reader leaves room for. Whoever moves
//! bytes waits until the record has them ([`Spool::settled`]), and where nobody does, no more than
//! [`MOST`] waits. A reader that takes nothing for too long fails, as a full disk does: what was
//! not written is counted, and everybody who asks the [`Alarm`] is told once.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::time::timeout_at;

use crate::event::Error;
use crate::plan::{RecordFormat, RecordTo, Recording};
use crate::sys::fd::Fd;
use crate::sys::file::Written;
use crate::sys::stdio;

/// What is not written yet, at most, in bytes.
const MOST: usize = 16 * 1024 * 1024;

/// A reader has so long at least, as it is a program that may have to wait for its turn.
const LEAST_PATIENCE: Duration = Duration::from_secs(1);

/// The failures of a run's records, until somebody is told; each record fails once.
#[derive(Debug, Default)]
pub struct Alarm {
    failures: RefCell<VecDeque<Error>>,
    raised: Notify,
}

/// One record's descriptor, and what waits for it.
#[derive(Debug)]
pub struct Spool {
    fd: Fd,
    /// Where it leads.
    pub place: RecordTo,
    to: PathBuf,
    queue: RefCell<Vec<u8>>,
    /// How long nothing may be taken; for ever without one.
    patience: Cell<Option<Duration>>,
    /// When something was taken last, or began to wait.
    since: Cell<Instant>,
    failed: Cell<bool>,
    alarm: Rc<Alarm>,
}

impl Alarm {
    /// What failed first, where nobody was told.
    pub fn take(&self) -> Option<Error> {
        self.failures.borrow_mut().pop_front()
    }

    /// Comes back where a record failed.
    pub async fn heard(&self) -> Error {
        loop {
            if let Some(error) = self.take() {
                return error;
            }
            self.raised.notified().await;
        }
    }

    fn raise(&self, error: Error) {
        self.failures.borrow_mut().push_back(error);
        self.raised.notify_one();
    }
}

impl Spool {
    /// Opens a record. Packets may hold the secrets of a connection.
    pub fn open(recording: &Recording, alarm: &Rc<Alarm>) -> Result<Self, Error> {
        let (opened, to) = match &recording.to {
            RecordTo::File(path) => {
                let is_secret = recording.format == RecordFormat::Packets;
                let file = Written { path, is_secret, keeps: recording.append };
                (file.open().and_then(Fd::owned), path.clone())
            }
            RecordTo::Output => (stdio::output_again(), PathBuf::from("standard output")),
            RecordTo::ErrorOutput => (stdio::error_output(), PathBuf::from("standard error")),
        };
        match opened {
            Ok(fd) => Ok(Self {
                fd,
                place: recording.to.clone(),
                to,
                queue: RefCell::default(),
                patience: Cell::new(None),
                since: Cell::new(Instant::now()),
                failed: Cell::new(false),
                alarm: Rc::clone(alarm),
            }),
            Err(error) => Err(Error::Record { to, error, unwritten: 0 }),
        }
    }

    /// From now on, its reader may take nothing for so long.
    pub fn set_patience(&self, patience: Option<Duration>) {
        self.patience.set(patience.map(|patience| patience.max(LEAST_PATIENCE)));
    }

    /// Whether it failed: nothing more is written to it.
    pub fn has_failed(&self) -> bool {
        self.failed.get()
    }

    /// Adds what is to be written, of which as much is written as goes at once.
    pub fn push(&self, add: impl FnOnce(&mut Vec<u8>)) {
        if self.queue.borrow().is_empty() {
            self.since.set(Instant::now());
        }
        add(&mut self.queue.borrow_mut());
        if self.failed.get() {
            self.queue.take();
        } else {
            self.flush();
        }
    }

    /// Whether all is written, or never will be.
    fn flush(&self) -> bool {
        let mut queue = self.queue.borrow_mut();
        let mut written = 0;
        let result = loop {
            match queue.get(written..) {
                None | Some([]) => break Ok(()),
                Some(rest) => match self.fd.try_write(rest) {
                    Ok(0) => break Err(io::ErrorKind::WriteZero.into()),
                    Ok(count) => written += count,
                    Err(error) => break Err(error),
                },
            }
        };
        queue.drain(..written);
        let left = queue.len();
        drop(queue);
        if written > 0 {
            self.since.set(Instant::now());
        }
        match result {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && left <= MOST => false,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.fail(io::Error::from_raw_os_error(libc::ENOBUFS));
                true
            }
            Err(error) => {
                self.fail(error);
                true
            }
        }
    }

    /// Waits until all is written, or never will be.
    pub async fn settled(&self) {
        while !self.queue.borrow().is_empty() {
            match self.writable().await {
                Ok(()) if self.flush() => {}
                Ok(()) => self.fd.not_writable().await,
                Err(error) => self.fail(error),
            }
        }
    }

    /// Waits until something may be taken, for as long as patience has it.
    async fn writable(&self) -> io::Result<()> {
        loop {
            let Some(patience) = self.patience.get() else { return self.fd.writable().await };
            let end = self.since.get() + patience;
            match timeout_at(end.into(), self.fd.writable()).await {
                Ok(ready) => return ready,
                // somebody else who waits may have written meanwhile
                Err(_) if self.since.get() + patience > end => {}
                Err(_) => {
                    let words = format!("its reader took nothing for {patience:?}");
                    return Err(io::Error::new(io::ErrorKind::TimedOut, words));
                }
            }
        }
    }

    fn fail(&self, error: io::Error) {
        let unwritten = self.queue.take().len() as u64;
        if self.failed.replace(true) {
            return;
        }
        // whoever reads our output may leave, as where it gets the bytes themselves
        self.alarm.raise(match self.place {
            RecordTo::Output => Error::Output { error, undelivered: unwritten },
            _ => Error::Record { to: self.to.clone(), error, unwritten },
        });
    }

    /// Writes as much as goes at once, and gives the rest up: nobody waits any more.
    pub fn give_up(&self) {
        if !self.flush() {
            self.fail(io::Error::new(io::ErrorKind::Interrupted, "interrupted"));
        }
    }
}
