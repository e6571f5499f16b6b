//! The packets of a UDP socket.

use std::net::SocketAddr;
use std::time::Duration;

use super::{block, packet};
use crate::proto::direction::Direction;

/// A UDP socket, or another one of datagrams that is shown as one.
#[derive(Debug)]
pub struct Datagrams {
    ours: SocketAddr,
    /// Stands at the first packet.
    comment: Option<String>,
}

impl Datagrams {
    /// A socket of this address.
    pub fn new(ours: SocketAddr, comment: Option<String>) -> Self {
        Self { ours, comment }
    }

    /// Writes a datagram between us and them. One that is longer than any over IP, as a Unix socket
    /// takes them, is cut, which its comment says.
    pub fn datagram(
        &mut self,
        direction: Direction,
        theirs: SocketAddr,
        bytes: &[u8],
        at: Duration,
        out: &mut Vec<u8>,
    ) {
        let Some((ours, theirs)) = packet::ends(self.ours, theirs) else {
            return;
        };
        let (from, to) = match direction {
            Direction::Sent => (ours, theirs),
            Direction::Received => (theirs, ours),
        };
        let most = packet::largest_datagram(to);
        let shown = bytes.get(..most).unwrap_or(bytes);
        let mut comment = self.comment.take();
        if shown.len() < bytes.len() {
            let cut = format!("the first {most} bytes of {}", bytes.len());
            comment = Some(comment.map_or(cut.clone(), |first| format!("{first}; {cut}")));
        }
        let mut written = Vec::with_capacity(48 + shown.len());
        packet::udp(from, to, shown, &mut written);
        block::packet(at, direction, comment.as_deref(), &written, out);
    }
}

#[cfg(test)]
mod tests {
    use super::super::reading;
    use super::*;

    const AT: Duration = Duration::from_secs(5);

    #[test]
    fn each_is_a_packet_also_an_empty_one() {
        let ours = "[::1]:4000".parse().unwrap();
        let theirs = "[::1]:53".parse().unwrap();
        let mut socket = Datagrams::new(ours, Some("made up".to_owned()));
        let mut file = Vec::new();
        socket.datagram(Direction::Sent, theirs, b"question", AT, &mut file);
        socket.datagram(Direction::Received, theirs, b"", AT, &mut file);
        let blocks = reading::blocks(&file);
        let first = blocks[0].packet();
        assert_eq!((first.from, first.to, first.payload), (ours, theirs, &b"question"[..]));
        assert_eq!(blocks[0].comment().as_deref(), Some("made up"));
        let second = blocks[1].packet();
        assert_eq!((second.from, second.to, second.payload), (theirs, ours, &b""[..]));
        assert_eq!(blocks[1].comment(), None);
        assert_eq!(blocks.len(), 2);
    }

    #[test]
    fn one_that_no_ip_packet_holds_is_cut_and_says_so() {
        let ours = "127.0.0.1:4000".parse().unwrap();
        let theirs = "127.0.0.2:4000".parse().unwrap();
        let mut socket = Datagrams::new(ours, Some("made up".to_owned()));
        let mut file = Vec::new();
        for length in [65_507, 65_508, 100_000] {
            socket.datagram(Direction::Sent, theirs, &vec![1; length], AT, &mut file);
        }
        let blocks = reading::blocks(&file);
        assert!(blocks.iter().all(|block| block.packet().payload.len() == 65_507));
        let comments: Vec<_> = blocks.iter().map(reading::Block::comment).collect();
        let cut = |of: usize| Some(format!("the first 65507 bytes of {of}"));
        assert_eq!(comments, [Some("made up".to_owned()), cut(65_508), cut(100_000)]);
    }
}
