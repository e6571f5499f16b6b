//! One connection: reads, has each request answered in order, and closes so that the last answer
//! arrives.
//!
//! Only the socket and the clock are here; what the bytes mean is `reader`'s, what is answered is
//! `route`'s.

#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};

use super::limit::Limits;
use super::reader::{Reader, Step};
use super::refusal::Refusal;
use super::response::{CONTINUE, Connection, Response};
use super::route::{refuse, respond};
use super::{LabEnd, LabEvent};

/// Bytes read at a time.
const READ: usize = 8 * 1024;

/// A body up to this size is sent together with its head.
const TOGETHER: usize = 8 * 1024;

/// Serves `stream` to its end and reports what happens.
pub(super) async fn attend<S>(
    mut stream: S,
    peer: SocketAddr,
    limits: Limits,
    explain: bool,
    events: mpsc::Sender<LabEvent>,
) where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut reader = Reader::new(limits.sizes);
    if explain {
        reader = reader.explaining();
    }
    let how =
        converse(&mut stream, peer, reader, &limits, &events).await.unwrap_or_else(LabEnd::Failed);
    if !matches!(how, LabEnd::Failed(_)) {
        linger(&mut stream, &limits).await;
    }
    // If nobody listens to events any more, the server is being dropped.
    let _ = events.send(LabEvent::Closed { peer, how }).await;
}

/// Answers requests until there are no more.
async fn converse<S>(
    stream: &mut S,
    peer: SocketAddr,
    mut reader: Reader,
    limits: &Limits,
    events: &mpsc::Sender<LabEvent>,
) -> io::Result<LabEnd>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut chunk = vec![0; READ];
    let mut began: Option<Instant> = None;
    let mut answered = false;
    loop {
        let refusal = match reader.step() {
            Ok(Step::NeedMore) => match more(stream, &mut chunk, began, limits).await {
                Some(read) => {
                    let count = read?;
                    if count > 0 {
                        began.get_or_insert_with(Instant::now);
                        reader.push(&chunk[..count]);
                        continue;
                    }
                    match reader.end() {
                        Ok(()) => return Ok(LabEnd::PeerDone),
                        Err(refusal) => refusal,
                    }
                }
                // Between two requests silence is no mistake, so there is nothing to answer.
                None if answered && !reader.is_inside_request() => return Ok(LabEnd::Idle),
                None => Refusal::TooSlow,
            },
            Ok(Step::Continue) => {
                send(stream, CONTINUE, limits).await?;
                continue;
            }
            Ok(Step::Request(mut request)) => {
                let to_head = request.is_head();
                let wish = request.connection();
                let mut response = respond(&mut request);
                response.explanation = explained(&mut reader, peer, events).await;
                let status = response.status;
                let connection = if response.last { Connection::Close } else { wish };
                answer(stream, response, to_head, connection, limits).await?;
                let answer = LabEvent::Answered {
                    peer,
                    method: request.method,
                    target: request.target,
                    status,
                };
                let _ = events.send(answer).await;
                if connection == Connection::Close {
                    return Ok(LabEnd::LastAnswer);
                }
                answered = true;
                began = reader.is_inside_request().then(Instant::now);
                continue;
            }
            Err(refusal) => refusal,
        };
        reader.stopped(refusal);
        let mut response = refuse(refusal);
        response.explanation = explained(&mut reader, peer, events).await;
        answer(stream, response, reader.is_head(), Connection::Close, limits).await?;
        let _ = events.send(LabEvent::Refused { peer, refusal }).await;
        return Ok(LabEnd::LastAnswer);
    }
}

/// How the request was read, which is reported; nothing where nobody wants to know.
async fn explained(
    reader: &mut Reader,
    peer: SocketAddr,
    events: &mpsc::Sender<LabEvent>,
) -> Vec<String> {
    let sentences = reader.explanation();
    if !sentences.is_empty() {
        let _ = events.send(LabEvent::Explained { peer, sentences: sentences.clone() }).await;
    }
    sentences
}

/// Waits for bytes; `None` if they do not come in time.
async fn more<S>(
    stream: &mut S,
    chunk: &mut [u8],
    began: Option<Instant>,
    limits: &Limits,
) -> Option<io::Result<usize>>
where
    S: AsyncRead + Unpin,
{
    let next_byte = Instant::now() + limits.times.next_byte;
    let deadline = match began {
        Some(began) => next_byte.min(began + limits.times.whole_request),
        None => next_byte,
    };
    timeout_at(deadline, stream.read(chunk)).await.ok()
}

async fn answer<S>(
    stream: &mut S,
    response: Response,
    to_head: bool,
    connection: Connection,
    limits: &Limits,
) -> io::Result<()>
where
    S: AsyncWrite + Unpin,
{
    let (mut head, mut body) = response.into_bytes(to_head, connection);
    if body.len() <= TOGETHER {
        head.append(&mut body);
    }
    send(stream, &head, limits).await?;
    drop(head);
    if body.is_empty() {
        return Ok(());
    }
    send(stream, &body, limits).await
}

/// Writes all of `bytes`, in the time that an answer is given.
async fn send<S>(stream: &mut S, bytes: &[u8], limits: &Limits) -> io::Result<()>
where
    S: AsyncWrite + Unpin,
{
    let written = async {
        stream.write_all(bytes).await?;
        stream.flush().await
    };
    timeout(limits.times.answer, written)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// The end of RFC 9112 section 9.6: closing a socket with unread bytes in it resets the
/// connection, and a reset can overtake the answer and take it away from the peer. So our side is
/// closed first, then what still comes is thrown away, within bounds, until the peer is done too.
async fn linger<S>(stream: &mut S, limits: &Limits)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let deadline = Instant::now() + limits.times.linger;
    if !matches!(timeout_at(deadline, stream.shutdown()).await, Ok(Ok(()))) {
        return;
    }
    let mut left = limits.linger_bytes;
    let mut chunk = vec![0; READ];
    loop {
        let next_byte = deadline.min(Instant::now() + limits.times.linger_next_byte);
        match timeout_at(next_byte, stream.read(&mut chunk)).await {
            Ok(Ok(count)) if count > 0 && count <= left => left -= count,
            _ => return,
        }
    }
}
