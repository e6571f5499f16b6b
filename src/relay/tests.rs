//! The cells of the end-of-input matrix, over both kinds of mover, between kernel objects that
//! never leave this process: pipes at home, a socket pair as the net.

use std::cell::RefCell;
use std::num::NonZeroU64;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use rustix::pipe::PipeFlags;
use tokio::task::{LocalSet, yield_now};
use tokio::time::timeout;

use super::adding::Adding;
use super::{Terms, converse};
use crate::endpoint::Link;
use crate::endpoint::stdio::{Input, Output};
use crate::event::{Error, Event, Extent, Observer, Peer, Side, Sum, Summary};
use crate::plan::{AfterInput, AfterPeer, Session, UnixKind};
use crate::sys::fd::Fd;

const PATIENCE: Duration = Duration::from_secs(20);

/// More than all buffers on the way together.
const PLENTY: usize = 5 << 20;

#[derive(Default)]
struct Log {
    movers: RefCell<Vec<(&'static str, &'static str)>>,
    closed: RefCell<Vec<Summary>>,
    sent: RefCell<Option<Sum>>,
}

impl Observer for Log {
    fn observe(&self, event: &Event) {
        match event {
            Event::Moving { up, down } => self.movers.borrow_mut().push((up, down)),
            Event::Sums { sent, .. } => drop(self.sent.replace(sent.clone())),
            Event::Closed(summary) => self.closed.borrow_mut().push(summary.clone()),
            _ => {}
        }
    }
}

/// The far ends of a conversation that runs beside the test.
struct Stage {
    /// Write here what our side says; `None` once it has finished.
    input: Option<Fd>,
    output: Fd,
    peer: Fd,
    log: Rc<Log>,
    result: tokio::task::JoinHandle<Result<(), Error>>,
}

fn pipe() -> (OwnedFd, OwnedFd) {
    rustix::pipe::pipe_with(PipeFlags::CLOEXEC).unwrap()
}

fn stage(session: Session) -> Stage {
    let (ours, peer) = UnixStream::pair().unwrap();
    let (input, input_far) = pipe();
    let (output_far, output) = pipe();
    let name = Peer::Unix { kind: UnixKind::Stream, name: None };
    let link = Link::new(Fd::owned(ours.into()).unwrap(), name, None);
    let log = Rc::new(Log::default());
    let watching = Rc::clone(&log);
    let result = tokio::task::spawn_local(async move {
        let input = Input::new(Fd::shared(input).unwrap());
        let output = Output::new(Fd::shared(output).unwrap(), false);
        let terms = Terms { session: &session, recorder: None, observer: &*watching };
        converse(&link, &input, &output, &terms).await
    });
    Stage {
        input: Some(Fd::owned(input_far).unwrap()),
        output: Fd::owned(output_far).unwrap(),
        peer: Fd::owned(peer.into()).unwrap(),
        log,
        result,
    }
}

/// The kernel moves where nothing looks; a limit that is never reached and a line rule that finds
/// no line make a buffer do it.
fn sessions() -> [(&'static str, Session); 2] {
    let kernel = Session::default();
    let buffer =
        Session { crlf: true, receive_limit: NonZeroU64::new(u64::MAX), ..Session::default() };
    [("splice", kernel), ("copy", buffer)]
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Direction {
    ToNet,
    FromNet,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Other {
    Quiet,
    Full,
    Done,
}

async fn write_all(to: &Fd, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        let count = to.write(bytes).await.unwrap();
        bytes = &bytes[count..];
    }
}

/// Writes until nothing moves any more; gives what was taken.
async fn fill(to: &Fd) -> usize {
    let block = vec![b'f'; 64 * 1024];
    let (mut taken, mut refused) = (0, 0);
    while refused < 200 {
        match to.try_write(&block) {
            Ok(count) => (taken, refused) = (taken + count, 0),
            Err(_) => refused += 1,
        }
        yield_now().await;
    }
    taken
}

async fn read_exactly(from: &Fd, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    let mut filled = 0;
    while filled < count {
        let got = from.read(&mut bytes[filled..]).await.unwrap();
        assert_ne!(got, 0, "the stream ended after {filled} of {count} bytes");
        filled += got;
    }
    bytes
}

async fn read_end(from: &Fd) {
    assert_eq!(from.read(&mut [0; 16]).await.unwrap(), 0, "more than was sent");
}

fn pattern(count: usize) -> Vec<u8> {
    // no line ends, so that the line rule changes nothing
    (0..count).map(|index| b'a' + u8::try_from(index % 23).unwrap()).collect()
}

impl Stage {
    fn input(&self) -> &Fd {
        self.input.as_ref().expect("our side has finished")
    }

    fn finish(&mut self, direction: Direction) {
        match direction {
            Direction::ToNet => drop(self.input.take()),
            Direction::FromNet => self.peer.shutdown_write().unwrap(),
        }
    }

    /// Where one writes and where one reads in a direction.
    fn ends(&self, direction: Direction) -> (&Fd, &Fd) {
        match direction {
            Direction::ToNet => (self.input(), &self.peer),
            Direction::FromNet => (&self.peer, &self.output),
        }
    }

    fn far_end(&self, direction: Direction) -> &Fd {
        match direction {
            Direction::ToNet => &self.peer,
            Direction::FromNet => &self.output,
        }
    }
}

async fn cell(session: Session, direction: Direction, other: Other, data: usize) {
    let mut stage = stage(session);
    let opposite = match direction {
        Direction::ToNet => Direction::FromNet,
        Direction::FromNet => Direction::ToNet,
    };
    let mut waiting = 0;
    match other {
        Other::Quiet => {}
        Other::Full => waiting = fill(stage.ends(opposite).0).await,
        Other::Done => {
            stage.finish(opposite);
            if opposite == Direction::ToNet {
                read_end(&stage.peer).await;
            }
        }
    }
    if data > 0 {
        let sent = pattern(data);
        let (from, to) = stage.ends(direction);
        let ((), got) = tokio::join!(write_all(from, &sent), read_exactly(to, data));
        assert!(got == sent, "bytes changed on the way");
    }
    stage.finish(direction);
    if direction == Direction::ToNet {
        read_end(&stage.peer).await;
    }
    if other == Other::Full {
        let got = read_exactly(stage.far_end(opposite), waiting).await;
        assert!(got.iter().all(|byte| *byte == b'f'), "bytes changed on the way");
    }
    if other != Other::Done {
        stage.finish(opposite);
    }
    (&mut stage.result).await.unwrap().expect("a conversation with two ends is a success");
    read_end(&stage.output).await;
    let closed = stage.log.closed.borrow();
    let (sent, received) = match direction {
        Direction::ToNet => (data, waiting),
        Direction::FromNet => (waiting, data),
    };
    assert_eq!((closed[0].sent, closed[0].received), (sent as u64, received as u64));
    assert_eq!(closed[0].undelivered, 0);
}

#[tokio::test]
async fn every_cell_of_the_matrix_holds_over_both_movers() {
    for (mover, session) in sessions() {
        for direction in [Direction::ToNet, Direction::FromNet] {
            for other in [Other::Quiet, Other::Full, Other::Done] {
                for data in [PLENTY, 0] {
                    let label = format!("{mover} {direction:?} {other:?} {data}");
                    let run = cell(session.clone(), direction, other, data);
                    let done = timeout(PATIENCE, LocalSet::new().run_until(run)).await;
                    done.unwrap_or_else(|_| panic!("stuck: {label}"));
                }
            }
        }
    }
}

#[tokio::test]
async fn the_mover_is_the_one_that_the_session_allows() {
    LocalSet::new()
        .run_until(async {
            for (mover, session) in sessions() {
                let mut stage = stage(session);
                stage.finish(Direction::ToNet);
                stage.finish(Direction::FromNet);
                (&mut stage.result).await.unwrap().unwrap();
                assert_eq!(*stage.log.movers.borrow(), [(mover, mover)]);
            }
        })
        .await;
}

/// What arrived before a reset is delivered, then the reset is an error.
#[tokio::test]
async fn a_peer_that_goes_away_is_read_to_its_end_and_then_an_error() {
    for (mover, session) in sessions() {
        let run = async {
            let mut stage = stage(session);
            write_all(&stage.peer, b"last words").await;
            // unread input makes the close of a socket pair a reset
            write_all(stage.input(), b"unread").await;
            while stage.peer.try_read(&mut [0; 1]).is_err() {
                yield_now().await;
            }
            let Stage { peer, .. } = &mut stage;
            let (gone, _) = UnixStream::pair().unwrap();
            *peer = Fd::owned(gone.into()).unwrap();
            assert_eq!(read_exactly(&stage.output, 10).await, b"last words");
            let result = (&mut stage.result).await.unwrap();
            assert!(matches!(result, Err(Error::Connection { .. })), "{mover}: {result:?}");
        };
        timeout(PATIENCE, LocalSet::new().run_until(run)).await.expect(mover);
    }
}

#[tokio::test]
async fn the_sum_of_what_was_sent_is_of_what_the_net_took_and_no_more() {
    let session = Session { sum: true, ..Session::default() };
    let run = async {
        let mut stage = stage(session);
        // the net is full, and a block is in hand
        let waiting = fill(stage.input()).await;
        drop(std::mem::replace(
            &mut stage.peer,
            Fd::owned(UnixStream::pair().unwrap().0.into()).unwrap(),
        ));
        assert!((&mut stage.result).await.unwrap().is_err());
        let closed = stage.log.closed.borrow();
        let sum = stage.log.sent.take().unwrap();
        assert_eq!((sum.bytes, sum.extent), (closed[0].sent, Extent::Cut));
        assert!(closed[0].sent < waiting as u64 && closed[0].undelivered > 0);
        let taken = Adding::default();
        taken.add(&vec![b'f'; usize::try_from(closed[0].sent).unwrap()]);
        assert_eq!(sum, taken.sum(Extent::Cut));
    };
    timeout(PATIENCE, LocalSet::new().run_until(run)).await.unwrap();
}

#[tokio::test]
async fn an_output_that_is_gone_ends_the_conversation() {
    for (mover, session) in sessions() {
        let run = async {
            let mut stage = stage(session);
            stage.output = Fd::shared(pipe().0).unwrap();
            write_all(&stage.peer, b"for nobody").await;
            let result = (&mut stage.result).await.unwrap();
            assert!(matches!(result, Err(Error::Output { .. })), "{mover}: {result:?}");
        };
        timeout(PATIENCE, LocalSet::new().run_until(run)).await.expect(mover);
    }
}

#[tokio::test]
async fn a_quiet_input_is_left_when_the_peer_is_done_and_a_talking_one_is_not() {
    let session = Session { after_peer: AfterPeer::LeaveWhenQuiet, ..Session::default() };
    let run = async {
        let mut quiet = stage(session.clone());
        quiet.finish(Direction::FromNet);
        (&mut quiet.result).await.unwrap().unwrap();
        assert_eq!(quiet.log.closed.borrow()[0].first_to_finish, Some(Side::Peer));

        let mut talking = stage(session);
        let waiting = fill(talking.input()).await;
        talking.finish(Direction::FromNet);
        let got = read_exactly(&talking.peer, waiting).await;
        assert_eq!(got.len(), waiting);
        (&mut talking.result).await.unwrap().unwrap();
    };
    timeout(PATIENCE, LocalSet::new().run_until(run)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_idle_timer_runs_only_while_nothing_is_queued() {
    let idle = Duration::from_secs(60);
    for (mover, session) in sessions() {
        let session = Session { idle_timeout: Some(idle), ..session };
        LocalSet::new()
            .run_until(async {
                let mut stage = stage(session);
                let waiting = fill(stage.input()).await;
                // the peer does not read: however long, this is no idleness
                tokio::time::sleep(idle * 5).await;
                assert!(!stage.result.is_finished(), "{mover}");
                assert_eq!(read_exactly(&stage.peer, waiting).await.len(), waiting);
                (&mut stage.result).await.unwrap().unwrap();
                assert!(stage.log.closed.borrow()[0].by_timeout, "{mover}");
            })
            .await;
    }
}

#[tokio::test(start_paused = true)]
async fn quitting_waits_its_time_and_no_longer() {
    let after = Duration::from_secs(7);
    let session = Session { after_input: AfterInput::Quit(after), ..Session::default() };
    LocalSet::new()
        .run_until(async {
            let mut stage = stage(session);
            let started = tokio::time::Instant::now();
            stage.finish(Direction::ToNet);
            read_end(&stage.peer).await;
            (&mut stage.result).await.unwrap().unwrap();
            assert!(started.elapsed() >= after && started.elapsed() < after * 2);
        })
        .await;
}
