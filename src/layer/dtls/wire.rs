//! What the library takes for its socket: a queue of datagrams each way, where each read takes one
//! and each write makes one.

use std::collections::VecDeque;
use std::io::{self, Read, Write};

/// So many datagrams wait in a direction at most. A flight of a handshake has fewer; more are lost,
/// as they would be on the way.
const MOST: usize = 64;

/// The two queues.
#[derive(Debug, Default)]
pub struct Wire {
    inbound: VecDeque<Vec<u8>>,
    outbound: VecDeque<Vec<u8>>,
}

impl Wire {
    /// A datagram came.
    pub fn arrived(&mut self, datagram: &[u8]) {
        // an empty one would be taken for an end
        if !datagram.is_empty() && self.inbound.len() < MOST {
            self.inbound.push_back(datagram.to_vec());
        }
    }

    /// The next one to send.
    pub fn next(&self) -> Option<&[u8]> {
        self.outbound.front().map(Vec::as_slice)
    }

    /// It was sent, or cannot be.
    pub fn sent(&mut self) {
        self.outbound.pop_front();
    }

    /// Bytes that are to be sent.
    pub fn unsent(&self) -> usize {
        self.outbound.iter().map(Vec::len).sum()
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(datagram) = self.inbound.pop_front() else {
            return Err(io::ErrorKind::WouldBlock.into());
        };
        let count = datagram.len().min(buffer.len());
        buffer[..count].copy_from_slice(&datagram[..count]);
        Ok(count)
    }
}

impl Write for Wire {
    fn write(&mut self, datagram: &[u8]) -> io::Result<usize> {
        if self.outbound.len() == MOST {
            self.outbound.pop_front();
        }
        self.outbound.push_back(datagram.to_vec());
        Ok(datagram.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
