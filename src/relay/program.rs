//! A conversation between a peer and a program: through our relay, or on the connection's own
//! socket.
//!
//! The program's output is the input of the conversation; where it ends, the peer is told. A program
//! may read on all the same (one whose output was redirected says nothing from the start); once
//! it does not, what the peer still sends is taken for a moment, since closing over unread bytes
//! would reset the connection and with it what the peer has not read yet. A program ends with its
//! connection, unless it read to the end of it: then it has the time it needs. At a terminal, what a
//! program has left running ends with the program, as it does where one logs out.

use std::convert::Infallible;
use std::future::pending;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::timeout;

use super::converse::converse;
use super::delivery;
use super::flow::Meter;
use super::terms::Terms;
use super::{copy, flow::FlowEnd};
use crate::endpoint::stdio::{Input, Output};
use crate::endpoint::{Link, Stream, program};
use crate::event::{Error, Event, ProgramEnd};
use crate::layer::Stages;
use crate::plan::{AfterInput, AfterPeer, Program, Session};
use crate::sys::child::{Child, Ends, Started};
use crate::sys::fd::{Fd, Kind};

/// How long what the peer still sends is taken once the program has finished.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How long a program may take to end by itself once it has no connection any more.
const GRACE: Duration = Duration::from_secs(1);

/// Runs a program on a connection until both are over. With `gives_status`, one that ends otherwise
/// than with success is an error.
pub async fn with_program(link: &Link, program: &Program, terms: &Terms<'_>) -> Result<(), Error> {
    let Started { child, ends } = program::start(program, link)?;
    let pid = child.id().unsigned_abs();
    let name = program::name(&program.command).as_bytes().to_vec();
    terms.observer.observe(&Event::ProgramStarted { program: name, pid });
    let (how, result) = match ends {
        Some(ends) => relayed(link, child, ends, terms).await,
        None => on_socket(link, child).await,
    };
    if let Some(how) = how {
        terms.observer.observe(&Event::ProgramEnded { pid, how });
    }
    result?;
    match how {
        Some(how) if program.gives_status && how != ProgramEnd::Status(0) => {
            Err(Error::ProgramEnded(how))
        }
        _ => Ok(()),
    }
}

/// Both ends are told of each other's end; what the program does not read is nobody's loss.
async fn relayed(
    link: &Link,
    mut child: Child,
    ends: Ends,
    terms: &Terms<'_>,
) -> (Option<ProgramEnd>, Result<(), Error>) {
    let session = session(terms.session, link.fd().kind());
    let terms = Terms { session: &session, ..terms.clone() };
    let (input, output) = (Input::shared(ends.output), Output::program(ends.input));
    let result = tokio::select! {
        biased;
        result = converse(link, &input, &output, &terms) => result,
        never = log_out(&mut child) => match never {},
    };
    let grace = if output.end_is_read() { None } else { Some(GRACE) };
    drop((input, output));
    let how = end(child, result.is_ok(), grace).await;
    (how, result)
}

/// A program's session: its output ends, and so does the conversation.
fn session(session: &Session, net: Kind) -> Session {
    let last_words = if net == Kind::DatagramSocket { Duration::ZERO } else { LAST_WORDS };
    Session {
        read_input: true,
        after_input: AfterInput::Quit(last_words),
        after_peer: AfterPeer::FinishInput,
        after_peer_at_terminal: AfterPeer::FinishInput,
        ..session.clone()
    }
}

/// Where a program at a terminal has ended, ends what it has left running there: otherwise that
/// would hold the terminal, and the peer would wait for it.
async fn log_out(child: &mut Child) -> Infallible {
    if child.leads_session() {
        // where it cannot be told how it ended, it is ended with the connection
        let _ = child.end_others_after(GRACE).await;
    }
    pending().await
}

/// How it ended; one that may still finish by itself gets the time to, without `grace` any time.
async fn end(mut child: Child, may_finish: bool, grace: Option<Duration>) -> Option<ProgramEnd> {
    let ended = match grace {
        _ if !may_finish => None,
        Some(grace) => timeout(grace, child.wait()).await.ok(),
        None => Some(child.wait().await),
    };
    let ended = match ended {
        Some(Ok(_)) if child.leads_session() => Some(child.end_others_after(GRACE).await),
        other => other,
    };
    if let Some(ended) = ended {
        return ended.ok().map(ProgramEnd::from);
    }
    child.end(GRACE).await.ok().map(ProgramEnd::from)
}

/// The program has the socket; we wait for its end, and see to it that its last bytes arrive.
async fn on_socket(link: &Link, mut child: Child) -> (Option<ProgramEnd>, Result<(), Error>) {
    let how = child.wait().await.ok().map(ProgramEnd::from);
    drop(child);
    if link.fd().kind() != Kind::StreamSocket {
        return (how, Ok(()));
    }
    // a peer that is gone already needs no word of the end
    let _ = link.half_close();
    // the socket is blocking now, so it is read by calls that are told not to wait
    let rest = link.fd().as_fd().try_clone_to_owned().and_then(Fd::shared);
    if let Ok(rest) = rest {
        let meter = Meter::default();
        let mut unread = Stages::default();
        let _: Result<FlowEnd, _> =
            timeout(LAST_WORDS, copy::discard(&Stream::Plain(Rc::new(rest)), &mut unread, &meter))
                .await;
    }
    (how, delivery::acknowledged(link, Some(LAST_WORDS)).await)
}

#[cfg(test)]
mod tests;
