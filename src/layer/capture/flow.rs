//! The packets of one connection, from what passes through its descriptor.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use super::Capture;
use crate::proto::direction::Direction;
use crate::proto::pcapng::{Conversation, Datagrams, block};
use crate::sys::fd::Tap;

/// What is held back until the secrets are known, at most, in bytes: a handshake has less.
const MOST_HELD: usize = 512 * 1024;

/// One connection, or one socket of datagrams.
#[derive(Debug)]
pub struct Flow {
    capture: Rc<Capture>,
    number: u32,
    talk: RefCell<Talk>,
    /// Blocks that are to stand behind the secrets.
    held: RefCell<Option<Vec<u8>>>,
    aborts: Cell<bool>,
}

/// What kind of packets there are.
#[derive(Debug)]
pub enum Talk {
    /// A stream.
    Stream(Conversation),
    /// Datagrams, and the address of a peer that is named with none of them.
    Datagrams(Datagrams, Option<SocketAddr>),
    /// It is over.
    Over,
}

impl Flow {
    /// One whose beginning is written.
    pub fn new(capture: Rc<Capture>, number: u32, talk: Talk) -> Self {
        Self {
            capture,
            number,
            talk: RefCell::new(talk),
            held: RefCell::new(None),
            aborts: Cell::new(false),
        }
    }

    /// It is closed, or about to be.
    pub fn close(&self) {
        let aborts = self.aborts.get();
        self.stream(|talk, at, out| {
            if aborts {
                talk.reset(Direction::Sent, at, out);
            } else {
                talk.end(Direction::Sent, at, out);
            }
        });
        self.let_go("");
        self.talk.replace(Talk::Over);
    }

    fn stream(&self, packets: impl FnOnce(&mut Conversation, Duration, &mut Vec<u8>)) {
        if let Talk::Stream(talk) = &mut *self.talk.borrow_mut() {
            self.write(|at, out| packets(talk, at, out));
        }
    }

    fn moved(&self, direction: Direction, bytes: &[u8], named: Option<SocketAddr>) {
        match &mut *self.talk.borrow_mut() {
            Talk::Stream(talk) => self.write(|at, out| talk.data(direction, bytes, at, out)),
            Talk::Datagrams(socket, peer) => {
                if let Some(peer) = named.or(*peer) {
                    self.write(|at, out| socket.datagram(direction, peer, bytes, at, out));
                }
            }
            Talk::Over => {}
        }
    }

    fn write(&self, packets: impl FnOnce(Duration, &mut Vec<u8>)) {
        let at = self.capture.now();
        let mut held = self.held.borrow_mut();
        let Some(blocks) = &mut *held else {
            return self.capture.write(|out| packets(at, out));
        };
        packets(at, blocks);
        if blocks.len() > MOST_HELD {
            drop(held);
            self.let_go("");
        }
    }
}

impl Tap for Flow {
    fn received(&self, bytes: &[u8], from: Option<SocketAddr>) {
        self.moved(Direction::Received, bytes, from);
    }

    fn sent(&self, bytes: &[u8], to: Option<SocketAddr>) {
        self.moved(Direction::Sent, bytes, to);
    }

    fn peer_ended(&self) {
        self.stream(|talk, at, out| talk.end(Direction::Received, at, out));
    }

    fn ended(&self) {
        self.stream(|talk, at, out| talk.end(Direction::Sent, at, out));
    }

    fn failed(&self, error: &io::Error) {
        // of all failures, this one came as a packet
        if error.kind() == io::ErrorKind::ConnectionReset {
            self.stream(|talk, at, out| talk.reset(Direction::Received, at, out));
        }
    }

    fn set_abort(&self, abort: bool) {
        self.aborts.set(abort);
    }

    fn hold_back(&self) {
        self.held.borrow_mut().get_or_insert_default();
    }

    fn let_go(&self, secrets: &str) {
        let held = self.held.take();
        self.capture.write(|out| {
            if !secrets.is_empty() {
                block::secrets(secrets, out);
            }
            out.extend(held.unwrap_or_default());
        });
    }
}

impl Drop for Flow {
    fn drop(&mut self) {
        self.close();
        self.capture.flows.borrow_mut().remove(&self.number);
    }
}
