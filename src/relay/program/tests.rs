//! Real programs on one end of a socket pair, the test on the other.

use std::cell::RefCell;
use std::os::unix::net::UnixStream;
use std::rc::Rc;

use tokio::task::LocalSet;

use super::*;
use crate::event::{Observer, Peer};
use crate::plan::{Attached, Command, ProgramErrors, UnixKind};

const PATIENCE: Duration = Duration::from_secs(30);

/// More than all buffers on the way together.
const PLENTY: usize = 5 << 20;

#[derive(Default)]
struct Ends(RefCell<Vec<ProgramEnd>>);

impl Observer for Ends {
    fn observe(&self, event: &Event) {
        if let Event::ProgramEnded { how, .. } = event {
            self.0.borrow_mut().push(*how);
        }
    }
}

fn shell(words: &str, attached: Attached) -> Program {
    Program {
        command: Command::Shell(words.into()),
        attached,
        errors: ProgramErrors::Ours,
        ncat_environment: true,
        gives_status: true,
    }
}

/// What the peer sends before it finishes, and when it reads.
#[derive(Clone, Copy)]
enum Says {
    Bytes(&'static [u8]),
    Plenty,
}

/// Runs a program against a peer that speaks, finishes and reads; gives what it read.
async fn played(program: Program, says: Says) -> (Vec<u8>, Result<(), Error>, Vec<ProgramEnd>) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let name = Peer::Unix { kind: UnixKind::Stream, name: None };
    let link = Link::new(Fd::owned(ours.into()).unwrap(), name, None);
    let peer = Rc::new(Fd::owned(theirs.into()).unwrap());
    let speaking = Rc::clone(&peer);
    let tasks = LocalSet::new();
    let work = async {
        let speaker = tokio::task::spawn_local(async move {
            let plenty = vec![b'p'; PLENTY];
            let bytes = match says {
                Says::Bytes(bytes) => bytes,
                Says::Plenty => &plenty,
            };
            // a program need not read
            let _ = speaking.write_all(bytes).await;
            let _ = speaking.shutdown_write();
        });
        let told = Ends::default();
        let session = Session::default();
        let terms = Terms { session: &session, recorder: None, observer: &told };
        let running = async {
            let result = with_program(&link, &program, &terms).await;
            drop(link);
            result
        };
        let reading = async {
            let mut got = Vec::new();
            let mut buffer = vec![0; 64 * 1024];
            while let Ok(count @ 1..) = peer.read(&mut buffer).await {
                got.extend_from_slice(&buffer[..count]);
            }
            got
        };
        let (result, got) = tokio::join!(running, reading);
        speaker.abort();
        (got, result, told.0.into_inner())
    };
    timeout(PATIENCE, Box::pin(tasks.run_until(work))).await.unwrap()
}

#[tokio::test]
async fn what_the_peer_says_comes_back_from_cat_in_full() {
    for attached in [Attached::Pipes, Attached::Socket] {
        let (got, result, ends) = Box::pin(played(shell("exec cat", attached), Says::Plenty)).await;
        assert_eq!(got.len(), PLENTY, "{attached:?}");
        assert!(result.is_ok(), "{attached:?} {result:?}");
        assert_eq!(ends, [ProgramEnd::Status(0)], "{attached:?}");
    }
}

#[tokio::test]
async fn the_tail_of_a_program_arrives_whatever_it_left_unread() {
    for attached in [Attached::Pipes, Attached::Socket] {
        let words = "head -c 3000000 /dev/zero; exit 7";
        let (got, result, _) = Box::pin(played(shell(words, attached), Says::Plenty)).await;
        assert_eq!(got.len(), 3_000_000, "{attached:?}");
        assert!(
            matches!(result, Err(Error::ProgramEnded(ProgramEnd::Status(7)))),
            "{attached:?} {result:?}"
        );
    }
}

#[tokio::test]
async fn a_program_that_reads_nothing_is_no_failure_where_its_status_says_nothing() {
    let quiet =
        Program { gives_status: false, ..shell("exec <&-; echo done; false", Attached::Pipes) };
    let (got, result, ends) = Box::pin(played(quiet, Says::Plenty)).await;
    assert_eq!(got, b"done\n");
    assert!(result.is_ok(), "{result:?}");
    assert_eq!(ends, [ProgramEnd::Status(1)]);
}

#[tokio::test]
async fn a_program_that_says_no_more_reads_on_and_has_its_time() {
    for says in [Says::Bytes(b"line\n"), Says::Plenty] {
        let file = tempfile::NamedTempFile::new().unwrap();
        // longer than what is left to one that neither says nor reads anything
        let words = format!("exec >{:?}; sleep 1.2; cat; sleep 1.2; echo over", file.path());
        let (got, result, ends) = Box::pin(played(shell(&words, Attached::Pipes), says)).await;
        assert!(got.is_empty() && result.is_ok(), "{result:?}");
        assert_eq!(ends, [ProgramEnd::Status(0)]);
        let written = std::fs::read(file.path()).unwrap();
        let length = if matches!(says, Says::Plenty) { PLENTY } else { 5 };
        assert_eq!(written.len(), length + 5);
        assert!(written.ends_with(b"over\n"));
    }
}

#[tokio::test]
async fn at_a_terminal_the_end_is_typed() {
    let words = "test -t 0 && test -t 1 && stty -echo && cat && echo over";
    let (got, result, _) =
        Box::pin(played(shell(words, Attached::Terminal), Says::Bytes(b"line\n"))).await;
    let got = String::from_utf8_lossy(&got).into_owned();
    assert!(result.is_ok(), "{result:?} {got}");
    assert!(got.contains("line\r\n") && got.ends_with("over\r\n"), "{got:?}");
}

#[tokio::test]
async fn what_cannot_be_run_is_said() {
    let command = Command::Argv { argv: vec!["/nonexistent/program".into()], search: false };
    let program = Program { command, ..shell("", Attached::Pipes) };
    let (_, result, _) = Box::pin(played(program, Says::Bytes(b""))).await;
    assert!(matches!(result, Err(Error::Program { .. })), "{result:?}");
}
