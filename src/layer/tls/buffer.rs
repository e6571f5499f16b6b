//! Bytes that come in at one end and go out at the other, in one piece.

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
            self.bytes = Vec::new();
        }
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
