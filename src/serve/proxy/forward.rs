//! A request that is passed on, and the answer back: GET, HEAD and POST.
//!
//! The request's body goes out while the answer is already heard, because a server may answer
//! before it has all. A message that is cut off in the middle is passed on as one: the connection is
//! reset, so that nobody takes it for a whole one.

use std::io;
use std::pin::pin;

use tokio::time::{Instant, sleep_until, timeout};

use super::hear::{Silence, hear};
use super::http::{name, refuse};
use super::sluice::{Moved, Sluice};
use super::visit::{Visit, lost, prompt, within};
use crate::endpoint::Link;
use crate::event::Error;
use crate::event::strerror::strerror;
use crate::proto::direction::Direction;
use crate::proto::escape::escape;
use crate::proto::proxy_server::{Answer, AnswerHead, Body, Request, Status};

/// What of a body is in hand at most, in bytes.
const CHUNK: usize = 64 * 1024;

/// Why the target did not get the whole request.
enum Unsent {
    /// The client finished in the middle of the body.
    Ended,
    /// The client says nothing more.
    Late,
    /// The client's connection failed.
    Client(io::Error),
    /// The target takes no more; it may still answer.
    Target,
}

/// Passes the request on, whose body begins with `unread`, and the answer back.
pub async fn exchange(
    visit: &Visit<'_>,
    request: &Request,
    head: Vec<u8>,
    unread: Vec<u8>,
    target: &Link,
) -> Result<(), Error> {
    prompt(target);
    // what the target has of the request is not to be taken for all of it
    target.set_abort(true);
    let passing = Passing { visit, target };
    let length = request.content_length.unwrap_or(0);
    let mut sending = pin!(passing.request(head, unread, length));
    let mut is_sending = true;
    let mut answer_by = None;
    let mut behind = Vec::new();
    let mut codec = AnswerHead::new(request.method);
    let outcome = {
        let mut hearing = pin!(hear(target.stream(), &mut behind, |bytes| codec.feed(bytes)));
        loop {
            tokio::select! {
                biased;
                outcome = &mut hearing => break outcome,
                result = &mut sending, if is_sending => {
                    match result {
                        Ok(()) => target.set_abort(false),
                        Err(Unsent::Target) => {}
                        Err(Unsent::Client(error)) => return Err(lost(error, 0)),
                        Err(Unsent::Ended) => {
                            return refuse(visit, name(request), Status::BadRequest).await;
                        }
                        Err(Unsent::Late) => {
                            return refuse(visit, name(request), Status::RequestTimeout).await;
                        }
                    }
                    is_sending = false;
                    answer_by = Some(Instant::now() + visit.proxy.patience.answer);
                }
                () = sleep_until(answer_by.unwrap_or_else(Instant::now)), if answer_by.is_some() => {
                    break Err(Silence::Late);
                }
                error = visit.link.fd().failure() => return Err(lost(error, 0)),
            }
        }
    };
    let status = match outcome {
        Ok(answer) => {
            let words = format!("{} {}", answer.status, escape(&answer.reason));
            visit.report(name(request), words.trim_end());
            let mut returning = pin!(passing.answer(&answer, behind));
            loop {
                tokio::select! {
                    biased;
                    result = &mut returning => break result?,
                    result = &mut sending, if is_sending => {
                        is_sending = false;
                        match result {
                            Ok(()) => target.set_abort(false),
                            Err(Unsent::Client(error)) => return Err(lost(error, 0)),
                            // the answer comes all the same
                            Err(Unsent::Ended | Unsent::Late | Unsent::Target) => {}
                        }
                    }
                    error = visit.link.fd().failure() => return Err(lost(error, 0)),
                }
            }
            return visit.farewell().await;
        }
        Err(Silence::Late) => Status::GatewayTimeout,
        Err(Silence::Refused(error)) => error.status(),
        Err(Silence::Ended { .. } | Silence::Failed(_)) => Status::BadGateway,
    };
    refuse(visit, name(request), status).await
}

/// The two ends.
struct Passing<'a> {
    visit: &'a Visit<'a>,
    target: &'a Link,
}

impl Passing<'_> {
    /// The head, and exactly `length` bytes of body, which begin with `unread`.
    async fn request(&self, head: Vec<u8>, unread: Vec<u8>, length: u64) -> Result<(), Unsent> {
        let first = usize::try_from(length).map_or(unread.len(), |most| unread.len().min(most));
        self.to_target(&[&head[..], &unread[..first]].concat()).await?;
        let mut left = length - first as u64;
        let mut buffer = vec![0; if left > 0 { CHUNK } else { 0 }];
        while left > 0 {
            let wanted = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
            let reading = self.visit.link.stream().read(&mut buffer[..wanted]);
            let count = match timeout(self.visit.proxy.patience.body, reading).await {
                Ok(Ok(0)) => return Err(Unsent::Ended),
                Ok(Ok(count)) => count,
                Ok(Err(error)) => return Err(Unsent::Client(error)),
                Err(_) => return Err(Unsent::Late),
            };
            self.to_target(&buffer[..count]).await?;
            left -= count as u64;
        }
        Ok(())
    }

    async fn to_target(&self, bytes: &[u8]) -> Result<(), Unsent> {
        self.record(Direction::Sent, bytes).await;
        let writing = self.target.stream().write_all(bytes);
        within(self.visit.proxy.patience.answer, writing).await.map_err(|_| Unsent::Target)?;
        self.visit.received.set(self.visit.received.get() + bytes.len() as u64);
        Ok(())
    }

    /// The head, and the body, which begins with `behind`.
    async fn answer(&self, answer: &Answer, behind: Vec<u8>) -> Result<(), Error> {
        let mut left = match answer.body {
            Body::None => 0,
            Body::Length(length) => length,
            Body::UntilEof => u64::MAX,
        };
        let first = usize::try_from(left).map_or(behind.len(), |most| behind.len().min(most));
        self.to_client(&[&answer.head()[..], &behind[..first]].concat()).await?;
        drop(behind);
        left -= first as u64;
        let mut buffer = vec![0; if left > 0 { CHUNK } else { 0 }];
        while left > 0 {
            let wanted = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
            let reading = self.target.stream().read(&mut buffer[..wanted]);
            let count = within(self.visit.proxy.patience.answer, reading).await;
            let count = Self::judge(count, answer.body)?;
            if count == 0 {
                return Ok(());
            }
            self.to_client(&buffer[..count]).await?;
            left -= count as u64;
            // more is there than is read at once, and nobody looks at it
            if count == CHUNK
                && self.visit.proxy.recorder.is_none()
                && let Some(sluice) = Sluice::open(self.target.stream(), self.visit.link.stream())
            {
                left = self.flood(sluice, answer.body, left).await?;
            }
        }
        Ok(())
    }

    /// Has the kernel move what is left, and says what is left after that.
    async fn flood(&self, mut sluice: Sluice, body: Body, mut left: u64) -> Result<u64, Error> {
        let patience = self.visit.proxy.patience.answer;
        while left > 0 {
            let taken = match sluice.take(self.target.fd(), left, patience).await {
                Ok(Moved::Unsupported(_)) => return Ok(left),
                Ok(Moved::Bytes(count)) => Self::judge(Ok(count), body)?,
                Err(error) => Self::judge(Err(error), body)?,
            };
            if taken == 0 {
                return Ok(0);
            }
            left -= taken as u64;
            loop {
                let held = sluice.held();
                match sluice.give(self.visit.link.fd(), patience).await {
                    Ok(Moved::Bytes(0)) => break,
                    Ok(Moved::Bytes(count)) => {
                        self.visit.sent.set(self.visit.sent.get() + count as u64);
                    }
                    Ok(Moved::Unsupported(bytes)) => {
                        self.visit.write_all(&bytes).await?;
                        return Ok(left);
                    }
                    Err(error) => return Err(lost(error, held)),
                }
            }
        }
        Ok(0)
    }

    /// Bytes of the target's answer, or 0 for its end, where that is no error.
    fn judge(read: io::Result<usize>, body: Body) -> Result<usize, Error> {
        match read {
            Ok(0) if body != Body::UntilEof => Err(cut_short(&io::ErrorKind::UnexpectedEof.into())),
            Ok(count) => Ok(count),
            Err(error) => Err(cut_short(&error)),
        }
    }

    async fn to_client(&self, bytes: &[u8]) -> Result<(), Error> {
        self.record(Direction::Received, bytes).await;
        self.visit.write_all(bytes).await
    }

    async fn record(&self, direction: Direction, bytes: &[u8]) {
        if let Some(recorder) = &self.visit.proxy.recorder {
            recorder.read(direction, bytes).await;
            recorder.passed(direction, bytes).await;
        }
    }
}

/// The target failed in the middle of its answer.
fn cut_short(error: &io::Error) -> Error {
    let words = format!("the answer of the target was cut short: {}", strerror(error));
    lost(io::Error::new(error.kind(), words), 0)
}
