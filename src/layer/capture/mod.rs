//! Writes down all connections of a run as packets (`--pcap`): one file, a [`Flow`] for each.
//!
//! The file gets whole blocks alone. What a slow reader of it (a FIFO) does not take yet waits
//! here: whoever moves bytes waits until it has ([`Capture::settled`]), and where nobody does, no
//! more than [`MOST_QUEUED`] waits. A capture that cannot be written ends the run.
//!
//! Not here: what the packets look like (`proto::pcapng`).

mod flow;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::Notify;

use crate::endpoint::Link;
use crate::event::{Error, Peer};
use crate::plan::{Transport, UnixName};
use crate::proto::direction::Direction;
use crate::proto::escape::escape;
use crate::proto::pcapng::{Conversation, Datagrams, block, packet};
use crate::sys::fd::{Fd, Kind};

use flow::{Flow, Talk};

/// What is not written yet, at most, in bytes.
const MOST_QUEUED: usize = 16 * 1024 * 1024;

/// Who wrote the file.
const APPLICATION: &str = concat!("nc ", env!("CARGO_PKG_VERSION"));

/// What is to be known of it.
const COMMENT: &str = "The headers of these packets are synthesised by nc from what it read and \
    wrote: addresses, times and data are true; how the data was cut into segments, sequence \
    numbers, acknowledgments, and when a connection was opened (shown as it stood) are not those \
    of the wire.";

/// Ports for ends that have none: those that are nobody's (RFC 6335, section 6).
const NOBODYS: std::ops::RangeInclusive<u16> = 49_152..=65_535;

/// All packets of a run.
#[derive(Debug)]
pub struct Capture {
    fd: Fd,
    to: PathBuf,
    /// The time since 1970 at this moment.
    began: (Duration, Instant),
    /// How many connections there were.
    count: Cell<u32>,
    /// Those that are not over.
    flows: RefCell<BTreeMap<u32, Weak<Flow>>>,
    /// Whole blocks, of which the first may be written in part.
    queue: RefCell<Vec<u8>>,
    failure: RefCell<Option<io::Error>>,
    failed: Cell<bool>,
    changed: Notify,
}

impl Capture {
    /// Begins the file.
    pub fn begin(fd: Fd, to: PathBuf) -> Result<Rc<Self>, Error> {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let capture = Self {
            fd,
            to,
            began: (since_1970, Instant::now()),
            count: Cell::new(0),
            flows: RefCell::default(),
            queue: RefCell::default(),
            failure: RefCell::new(None),
            failed: Cell::new(false),
            changed: Notify::new(),
        };
        capture.write(|out| {
            block::section_header(APPLICATION, COMMENT, out);
            block::interface("nc", out);
        });
        capture.failed().map_or(Ok(Rc::new(capture)), Err)
    }

    /// Shows what passes through a connection from now on. `opened_by` says who connected.
    pub fn watch(self: &Rc<Self>, link: &Link, opened_by: Direction) {
        let number = self.next();
        let is_stream = link.fd().kind() == Kind::StreamSocket;
        let (ends, comment) = match link.peer() {
            Peer::Inet { transport: Transport::Tcp | Transport::Udp, address, .. } => {
                let ours = link.local().unwrap_or_else(|| unknown(*address));
                (packet::ends(ours, *address), None)
            }
            // those that have no packets of ours are refused before the run begins
            Peer::Inet { .. } | Peer::File(_) => (None, None),
            Peer::Unix { name, .. } => (Some(made_up(number)), Some(unix(name.as_ref()))),
            Peer::Vsock { cid, port } => {
                let what = format!("vsock {cid} {port}");
                (Some(made_up(number)), Some(made_up_words(&what)))
            }
        };
        let Some(ends) = ends else { return };
        let talk = if is_stream {
            let comment = comment.as_deref();
            let mut talk = None;
            self.write(|out| {
                talk = Some(Conversation::open(ends, opened_by, number, self.now(), comment, out));
            });
            let Some(talk) = talk else { return };
            Talk::Stream(talk)
        } else {
            Talk::Datagrams(Datagrams::new(ends.0, comment), Some(ends.1))
        };
        self.show(link.fd(), number, talk);
    }

    /// Shows what passes through a socket that hears everybody. Which of our addresses somebody
    /// spoke to is not known where it is bound to all of them.
    pub fn watch_everybody(self: &Rc<Self>, socket: &Fd, ours: Option<SocketAddr>) {
        let number = self.next();
        let talk = if let Some(ours) = ours {
            Talk::Datagrams(Datagrams::new(ours, None), None)
        } else {
            let (ours, theirs) = made_up(number);
            Talk::Datagrams(Datagrams::new(ours, Some(unix(None))), Some(theirs))
        };
        self.show(socket, number, talk);
    }

    fn show(self: &Rc<Self>, fd: &Fd, number: u32, talk: Talk) {
        let flow = Rc::new(Flow::new(Rc::clone(self), number, talk));
        self.flows.borrow_mut().insert(number, Rc::downgrade(&flow));
        fd.show_to(flow);
    }

    fn next(&self) -> u32 {
        self.count.set(self.count.get().wrapping_add(1));
        self.count.get()
    }

    /// The time since 1970, which never goes back.
    fn now(&self) -> Duration {
        self.began.0 + self.began.1.elapsed()
    }

    /// Writes blocks, as far as that goes at once.
    fn write(&self, blocks: impl FnOnce(&mut Vec<u8>)) {
        blocks(&mut self.queue.borrow_mut());
        if self.failed.get() {
            self.queue.borrow_mut().clear();
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
        match result {
            Ok(()) => return true,
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => self.fail(error),
            Err(_) if queue.len() > MOST_QUEUED => {
                self.fail(io::Error::from_raw_os_error(libc::ENOBUFS));
            }
            Err(_) => return false,
        }
        queue.clear();
        true
    }

    fn fail(&self, error: io::Error) {
        if !self.failed.replace(true) {
            self.failure.replace(Some(error));
            self.changed.notify_one();
        }
    }

    /// Waits until all is written, so that nothing more waits in memory.
    pub async fn settled(&self) {
        while !self.queue.borrow().is_empty() {
            match self.fd.writable().await {
                Ok(()) if self.flush() => {}
                Ok(()) => self.fd.not_writable().await,
                Err(error) => {
                    self.fail(error);
                    self.queue.borrow_mut().clear();
                }
            }
        }
    }

    /// Ends what is still open, as the run is over.
    pub async fn finish(&self) {
        let open: Vec<_> = self.flows.borrow().values().filter_map(Weak::upgrade).collect();
        for flow in open {
            flow.close();
        }
        self.settled().await;
    }

    /// What went wrong, where nobody was told.
    pub fn failed(&self) -> Option<Error> {
        let error = self.failure.take()?;
        Some(Error::Record { to: self.to.clone(), error })
    }

    /// Comes back where something may have gone wrong.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }
}

/// An address of ours that is not known.
fn unknown(peer: SocketAddr) -> SocketAddr {
    crate::net::address::any(peer.is_ipv6(), 0)
}

/// Addresses for two ends that have none, ours first.
fn made_up(number: u32) -> (SocketAddr, SocketAddr) {
    let count = u32::from(NOBODYS.end() - NOBODYS.start()) + 1;
    let port = u16::try_from(number % count).map_or(*NOBODYS.end(), |at| NOBODYS.start() + at);
    (SocketAddr::from(([127, 0, 0, 1], port)), SocketAddr::from(([127, 0, 0, 2], port)))
}

fn unix(name: Option<&UnixName>) -> String {
    let name = match name {
        Some(UnixName::Path(path)) => format!(" {}", escape(path.as_os_str().as_bytes())),
        Some(UnixName::Abstract(name)) => format!(" @{}", escape(name)),
        None => String::new(),
    };
    made_up_words(&format!("Unix socket{name}"))
}

fn made_up_words(what: &str) -> String {
    format!("{what}: the addresses and ports are made up")
}
