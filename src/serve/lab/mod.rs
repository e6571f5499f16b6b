//! The practice server of `nc serve --lab http`: a small HTTP server to learn HTTP by hand with.
//!
//! It is the counterpart of a lesson in which somebody connects with `nc`, types a request line
//! by line and reads the answer. So it takes what a person types (bare LF, several blanks, no
//! Host), says in one line what was wrong with the rest, and waits minutes for the next key. It
//! serves three paths, `/hello`, `/login` and `/save`, and keeps no state.
//!
//! From bytes to answer it is pure (`line`, `head`, `body`, `reader`, `explanation`, `form`,
//! `route`, `response`); sockets and the clock are in `connection` and here. It opens no listener, words no
//! message and is no part of the data path.

mod body;
#[cfg(test)]
mod composed;
mod connection;
mod explanation;
mod form;
pub mod fuzz;
mod head;
mod limit;
mod line;
mod reader;
mod refusal;
mod request;
mod response;
mod route;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

pub use refusal::{NameFault, Refusal};
pub use response::Status;

use connection::attend;
use limit::{ACCEPT_PAUSE, CONNECTIONS, CROWD, CROWDED, LIMITS};

/// Something that happened at the practice server.
///
/// Bytes are as the peer sent them, and whoever shows them has to escape them; text is fit to be shown.
#[derive(Debug)]
#[non_exhaustive]
pub enum LabEvent {
    /// Somebody connected.
    Accepted {
        /// Who.
        peer: SocketAddr,
    },
    /// This is how the lines of a request were read; its answer follows.
    Explained {
        /// Whose request.
        peer: SocketAddr,
        /// A sentence for each line, fit to be shown: what the peer sent is escaped in it.
        sentences: Vec<String>,
    },
    /// A request was answered.
    Answered {
        /// To whom.
        peer: SocketAddr,
        /// The method as it came.
        method: Vec<u8>,
        /// The target as it came.
        target: Vec<u8>,
        /// The status of the answer.
        status: Status,
    },
    /// What came was no request that could be taken; `Refusal::status` was answered, and the
    /// connection ends.
    Refused {
        /// To whom.
        peer: SocketAddr,
        /// What was wrong.
        refusal: Refusal,
    },
    /// A connection has ended.
    Closed {
        /// Whose.
        peer: SocketAddr,
        /// What ended it.
        how: LabEnd,
    },
    /// So many connections are open that no more are accepted until one ends.
    Full {
        /// How many.
        connections: usize,
    },
    /// Accepting failed; it is tried again a little later.
    AcceptFailed {
        /// Why.
        error: io::Error,
    },
}

/// What ended a connection.
#[derive(Debug)]
#[non_exhaustive]
pub enum LabEnd {
    /// The peer said that it has no more requests.
    PeerDone,
    /// We sent an answer that was to be the last.
    LastAnswer,
    /// Nothing came after the last answer for a long time.
    Idle,
    /// Reading or writing failed: a reset, or a peer that did not take its answer in time.
    Failed(io::Error),
}

/// Serves the practice pages on `listener` and reports what happens, until it is dropped; all its
/// connections are dropped with it.
///
/// With `explain`, each answer says how the request was read, line by line, and so does what is
/// reported. At most 256 connections are served at once. Each is a task of its own, so a slow client holds
/// up no other. `report` is called between the tasks and should not block.
///
/// # Errors
/// If the listener cannot be used by this thread's runtime. After that nothing ends it.
pub async fn serve(
    listener: std::net::TcpListener,
    explain: bool,
    mut report: impl FnMut(LabEvent),
) -> io::Result<Infallible> {
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    let (sender, mut events) = mpsc::channel(CONNECTIONS);
    let mut connections = JoinSet::new();
    let mut paused_until: Option<Instant> = None;
    loop {
        let room = connections.len() < CONNECTIONS;
        tokio::select! {
            accepted = listener.accept(), if room && paused_until.is_none() => match accepted {
                Ok((stream, peer)) => {
                    // An answer is one write or two: there is nothing to wait for and to join.
                    // Where it cannot be set, answers are a little later.
                    let _ = stream.set_nodelay(true);
                    report(LabEvent::Accepted { peer });
                    let limits = if connections.len() < CROWD { LIMITS } else { CROWDED };
                    connections.spawn(attend(stream, peer, limits, explain, sender.clone()));
                    if connections.len() == CONNECTIONS {
                        report(LabEvent::Full { connections: CONNECTIONS });
                    }
                }
                Err(error) => {
                    // Out of descriptors, say: trying again at once would only burn the CPU.
                    paused_until = Some(Instant::now() + ACCEPT_PAUSE);
                    report(LabEvent::AcceptFailed { error });
                }
            },
            () = sleep_until(paused_until.unwrap_or_else(Instant::now)),
                if paused_until.is_some() => paused_until = None,
            Some(event) = events.recv() => report(event),
            Some(_) = connections.join_next() => paused_until = None,
        }
    }
}
