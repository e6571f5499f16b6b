//! Bytes that come in at one end and go out at the other, in one piece.
//!
//! A connection's buffers are empty most of the time, and as often as not for a moment only: the
//! room that one lets go is kept for the next one that asks, of whichever connection, so that
//! thousands of idle connections have none and a busy one never has to clear any anew.

use std::cell::RefCell;
use std::mem;

/// How many rooms are kept for who asks next: a busy connection lets go of two, by turns.
const SPARES: usize = 4;

/// What is larger than this is given back to the system, in bytes.
const MOST_SPARED: usize = 512 * 1024;

thread_local! {
    static SPARE: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// Room of somebody who had no more use for it, or none.
fn spare() -> Vec<u8> {
    let taken = SPARE.try_with(|spares| spares.borrow_mut().pop());
    taken.ok().flatten().unwrap_or_default()
}

/// Keeps room for the next one.
fn keep(room: Vec<u8>) {
    // where the thread is over already, nobody asks any more
    let _ = SPARE.try_with(|spares| {
        let mut spares = spares.borrow_mut();
        if spares.len() < SPARES && room.len() <= MOST_SPARED {
            spares.push(room);
        }
    });
}

/// A buffer that keeps its room while it is used, and none when it is let go.
#[derive(Debug, Default)]
pub struct Buffer {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Buffer {
    /// What stands in it.
    pub fn filled_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.start..self.end]
    }

    /// What stands in it.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// How much stands in it.
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// All the room behind what stands in it, at least `room` bytes.
    pub fn space(&mut self, room: usize) -> &mut [u8] {
        if self.bytes.is_empty() && room > 0 {
            self.bytes = spare();
        }
        if self.bytes.len() - self.end < room {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            if self.bytes.len() - self.end < room {
                self.bytes.resize(self.end + room, 0);
            }
        }
        &mut self.bytes[self.end..]
    }

    /// So many bytes were put into the room.
    pub fn filled(&mut self, count: usize) {
        self.end = (self.end + count).min(self.bytes.len());
    }

    /// Puts these behind what stands in it.
    pub fn push(&mut self, bytes: &[u8]) {
        self.space(bytes.len())[..bytes.len()].copy_from_slice(bytes);
        self.filled(bytes.len());
    }

    /// So many bytes in front are done with.
    pub fn take_out(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
        }
    }

    /// Gives its room back where nothing stands in it.
    pub fn let_go(&mut self) {
        if self.is_empty() {
            let room = mem::take(&mut self.bytes);
            if !room.is_empty() {
                keep(room);
            }
        }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.start = self.end;
        self.let_go();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_go_out_in_the_order_they_came() {
        let mut buffer = Buffer::default();
        buffer.push(b"abcdef");
        buffer.take_out(2);
        buffer.space(10)[..2].copy_from_slice(b"gh");
        buffer.filled(2);
        assert_eq!(buffer.bytes(), b"cdefgh");
        assert_eq!(buffer.len(), 6);
        buffer.let_go();
        assert_eq!(buffer.filled_mut(), b"cdefgh", "what stands in it is kept");
        buffer.take_out(6);
        assert!(buffer.is_empty());
        buffer.let_go();
        assert_eq!(buffer.space(0).len(), 0);
    }
}
