//! Writes down all connections of a run as packets (`--pcap`): one file, a [`Flow`] for each.
//!
//! What passes is shown without a wait, whole blocks of it wait in a [`Spool`].
//!
//! Not here: what the packets look like (`proto::pcapng`).

mod flow;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::endpoint::Link;
use crate::event::Peer;
use crate::plan::{Transport, UnixName};
use crate::proto::direction::Direction;
use crate::proto::escape::escape;
use crate::proto::pcapng::{Conversation, Datagrams, block, packet};
use crate::sys::fd::{Fd, Kind};

use super::spool::Spool;
use flow::{Flow, Talk};

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
    spool: Rc<Spool>,
    /// The time since 1970 at this moment.
    began: (Duration, Instant),
    /// How many connections there were.
    count: Cell<u32>,
    /// Those that are not over.
    flows: RefCell<BTreeMap<u32, Weak<Flow>>>,
}

impl Capture {
    /// Begins the file.
    pub fn begin(spool: Rc<Spool>) -> Rc<Self> {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        spool.push(|out| {
            block::section_header(APPLICATION, COMMENT, out);
            block::interface("nc", out);
        });
        Rc::new(Self {
            spool,
            began: (since_1970, Instant::now()),
            count: Cell::new(0),
            flows: RefCell::default(),
        })
    }

    /// Where it goes.
    pub fn spool(&self) -> &Spool {
        &self.spool
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

    /// Writes blocks.
    fn write(&self, blocks: impl FnOnce(&mut Vec<u8>)) {
        self.spool.push(blocks);
    }

    /// Ends what is still open, as the run is over.
    pub fn end(&self) {
        let open: Vec<_> = self.flows.borrow().values().filter_map(Weak::upgrade).collect();
        for flow in open {
            flow.close();
        }
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
