//! Which way bytes went, for the records that show both ways of a conversation in one file.

/// The way of a block of bytes, as the one who keeps the record sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From us to the network.
    Sent,
    /// From the network to us.
    Received,
}
