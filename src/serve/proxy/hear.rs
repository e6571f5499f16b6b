//! Feeds a codec from a socket until it is done.

use std::io;
use std::time::Duration;

use tokio::time::timeout;

use crate::endpoint::Stream;
use crate::proto::step::{Fed, Step};

/// What is read at once, in bytes: heads and handshakes are small.
const CHUNK: usize = 4096;

/// Why a head or a handshake did not come to its end.
#[derive(Debug)]
pub enum Silence<E> {
    /// It cannot be understood.
    Refused(E),
    /// The other side has finished, before its first byte or in the middle.
    Ended {
        /// Something had come.
        begun: bool,
    },
    /// It did not come in time.
    Late,
    /// The connection failed.
    Failed(io::Error),
}

/// Feeds what the peer sends, and what is in `unread` before it, until the codec is done. What stands
/// behind the end is left in `unread`.
pub async fn hear<T, E>(
    peer: &Stream,
    unread: &mut Vec<u8>,
    mut feed: impl FnMut(&[u8]) -> Result<Fed<T>, E>,
) -> Result<T, Silence<E>> {
    let mut begun = false;
    let mut buffer = [0; CHUNK];
    loop {
        begun |= !unread.is_empty();
        let Fed { used, step } = feed(unread).map_err(Silence::Refused)?;
        unread.drain(..used);
        match step {
            Step::Done(heard) => return Ok(heard),
            Step::Send(bytes) => peer.write_all(&bytes).await.map_err(Silence::Failed)?,
            Step::Read(_) => match peer.read(&mut buffer).await {
                Ok(0) => return Err(Silence::Ended { begun }),
                Ok(count) => unread.extend_from_slice(&buffer[..count]),
                Err(error) => return Err(Silence::Failed(error)),
            },
        }
    }
}

/// The same within a time, however slowly the bytes come.
pub async fn hear_within<T, E>(
    patience: Duration,
    peer: &Stream,
    unread: &mut Vec<u8>,
    feed: impl FnMut(&[u8]) -> Result<Fed<T>, E>,
) -> Result<T, Silence<E>> {
    timeout(patience, hear(peer, unread, feed)).await.unwrap_or(Err(Silence::Late))
}
