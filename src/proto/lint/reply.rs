//! Whether the answer to one request is whole (RFC 9112 sections 6.3 and 8), for whoever sent it and
//! has to be sure.
//!
//! It says nothing while it reads, and what is behind a whole answer is no concern of it.

use super::ending::{Framing, Unfinished};
use super::http::Asked;
use super::http_answer::{Answers, Turn};
use super::note::{Note, Talker, shown};

/// What in a request says where its answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerTo {
    /// HEAD: no answer has a body.
    Head,
    /// CONNECT: where it worked, what follows is a tunnel.
    Connect,
    /// Any other: the answer says it.
    Other,
}

impl AnswerTo {
    /// The answer to a method, which is known in capitals only (RFC 9110 section 9.1).
    pub fn method(method: &[u8]) -> Self {
        match method {
            b"HEAD" => Self::Head,
            b"CONNECT" => Self::Connect,
            _ => Self::Other,
        }
    }
}

/// Why a request was not answered, or not by a whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerFault {
    /// Nothing came.
    Nothing,
    /// Nothing but interim answers, the last of them with this status.
    Interim(u16),
    /// It ended too soon.
    Cut(Unfinished),
    /// It is none of HTTP/1.
    NotHttp {
        /// Its first line, at most [`SHOWN_MAX`](super::SHOWN_MAX) bytes of it.
        text: Vec<u8>,
    },
    /// Its chunks are none: where it ends, nobody knows.
    Chunks {
        /// Of the body, up to there.
        bytes: u64,
    },
    /// Its length is none, or it has two: where it ends, nobody knows.
    Length {
        /// What stands there, at most [`SHOWN_MAX`](super::SHOWN_MAX) bytes of it.
        value: Vec<u8>,
    },
}

/// Reads the answer to one request, the first of its connection.
#[derive(Debug)]
pub struct Reply {
    asked: Asked,
    answers: Answers,
    /// Why a length cannot be believed.
    length: Option<AnswerFault>,
    /// What is known of the answer if nothing more comes.
    so_far: Result<(), AnswerFault>,
    /// Nothing that comes changes it.
    is_sure: bool,
}

impl Reply {
    /// Before the first byte.
    pub fn new(to: AnswerTo) -> Self {
        let (head, connect) = (to == AnswerTo::Head, to == AnswerTo::Connect);
        Self {
            asked: Asked { head, connect, ..Asked::default() },
            answers: Answers::default(),
            length: None,
            so_far: Err(AnswerFault::Nothing),
            is_sure: false,
        }
    }

    /// Reads on.
    pub fn read(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() && !self.is_sure {
            let mut notes = Vec::new();
            let (used, turn) = self.answers.read(rest, false, &mut notes);
            if matches!(turn, Turn::Head { .. }) {
                self.answers.begin(self.asked, 1, &mut notes);
            }
            self.learn(notes);
            rest = &rest[used..];
        }
    }

    /// The connection has ended: whether the answer is whole.
    pub fn end(&mut self) -> Result<(), AnswerFault> {
        if !self.is_sure {
            let mut notes = Vec::new();
            self.answers.end(false, &mut notes);
            self.learn(notes);
            self.is_sure = true;
        }
        self.so_far.clone()
    }

    fn learn(&mut self, notes: Vec<Note>) {
        for note in notes {
            let known = match note {
                Note::Status { status, .. } => {
                    self.so_far = Err(AnswerFault::Interim(status));
                    continue;
                }
                Note::LengthNotNumber { side: Talker::Server, value, .. } => {
                    self.length = Some(AnswerFault::Length { value });
                    continue;
                }
                Note::TwoLengths { side: Talker::Server, first, second } => {
                    let value = shown(format!("{first}, {second}").as_bytes());
                    self.length = Some(AnswerFault::Length { value });
                    continue;
                }
                Note::Complete { framing: Framing::Length | Framing::Close, .. } => {
                    self.length.take().map_or(Ok(()), Err)
                }
                Note::Complete { .. } => Ok(()),
                Note::Cut(unfinished) => Err(AnswerFault::Cut(unfinished)),
                Note::NotHttp { text, .. } => Err(AnswerFault::NotHttp { text }),
                Note::BrokenChunk { bytes, .. } => Err(AnswerFault::Chunks { bytes }),
                _ => continue,
            };
            (self.so_far, self.is_sure) = (known, true);
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{AnswerFault, AnswerTo, Reply, Unfinished};

    fn read(to: AnswerTo, answer: &str) -> Result<(), AnswerFault> {
        let mut whole = Reply::new(to);
        whole.read(answer.as_bytes());
        let mut single = Reply::new(to);
        answer.as_bytes().chunks(1).for_each(|byte| single.read(byte));
        let end = whole.end();
        assert_eq!(single.end(), end, "{answer:?}");
        assert_eq!(single.end(), end, "said again");
        end
    }

    const OK: &str = "HTTP/1.1 200 OK\r\n";

    #[test]
    fn an_answer_is_whole_where_rfc_9112_has_its_end() {
        for (to, answer) in [
            (AnswerTo::Other, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
            (AnswerTo::Other, "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nhi"),
            (AnswerTo::Other, "HTTP/1.1 200 OK\nContent-Length: 0\n\n"),
            (AnswerTo::Other, "\r\nHTTP/1.0 200\r\nContent-Length: 2\r\n\r\nhi and more"),
            (AnswerTo::Other, "HTTP/1.1 200 OK\r\n\r\n"),
            (AnswerTo::Other, "HTTP/1.1 200 OK\r\n\r\nto the end"),
            (AnswerTo::Other, "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nto the end"),
            (AnswerTo::Other, "HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n"),
            (AnswerTo::Other, "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n"),
            (AnswerTo::Other, "HTTP/1.1 101 x\r\n\r\n\x01 5\r\n"),
            (
                AnswerTo::Other,
                "HTTP/1.1 100 x\r\n\r\nHTTP/1.1 103 x\r\nA: b\r\n\r\nHTTP/1.1 204\r\n\r\n",
            ),
            (
                AnswerTo::Other,
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: x\r\n\r\n2\r\nhi\r\n0\r\nA: b\r\n\r\n",
            ),
            (AnswerTo::Head, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
            (AnswerTo::Head, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
            (AnswerTo::Connect, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ntunnel"),
            (AnswerTo::method(b"head"), "HTTP/1.1 501 x\r\nContent-Length: 2\r\n\r\nno"),
        ] {
            assert_eq!(read(to, answer), Ok(()), "{answer:?}");
        }
    }

    #[test]
    fn what_is_not_whole_is_told() {
        let cut = AnswerFault::Cut;
        let head = |lines| cut(Unfinished::Head { lines });
        let not_http = |text: &str| AnswerFault::NotHttp { text: text.into() };
        let length = |value: &str| AnswerFault::Length { value: value.into() };
        for (behind, fault) in [
            ("", head(1)),
            ("Content-Length: 0\r\n", head(2)),
            ("Content-Length: 0\r\nA", head(2)),
            ("Content-Length: 40\r\n\r\nhi", cut(Unfinished::Length { bytes: 2, length: 40 })),
            ("Transfer-Encoding: chunked\r\n\r\n", cut(Unfinished::Chunks { bytes: 0 })),
            (
                "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n",
                cut(Unfinished::Chunks { bytes: 2 }),
            ),
            ("Transfer-Encoding: chunked\r\n\r\n2\r\nhi!\r\n", AnswerFault::Chunks { bytes: 2 }),
            ("Transfer-Encoding: chunked\r\n\r\nhi\r\n", AnswerFault::Chunks { bytes: 0 }),
            ("Content-Length: -1\r\n\r\nhi", length("-1")),
            ("Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi", length("2, 3")),
        ] {
            assert_eq!(read(AnswerTo::Other, &format!("{OK}{behind}")), Err(fault), "{behind:?}");
        }
        for (answer, fault) in [
            ("", AnswerFault::Nothing),
            ("\r\n", AnswerFault::Nothing),
            ("HTT", head(0)),
            ("HTTP/1.1 200", head(0)),
            ("HTTP/1.1 100 x\r\n\r\nHTTP/1.1 103 x\r\n\r\n", AnswerFault::Interim(103)),
            ("HTTP/1.1 100 x\r\n\r\nHTTP/1.1 200 x\r\n", head(1)),
            ("SSH-2.0-x\r\n", not_http("SSH-2.0-x")),
            ("hello", not_http("hello")),
            ("HTTP/1.1 2000 x\r\n\r\n", not_http("HTTP/1.1 2000 x")),
        ] {
            assert_eq!(read(AnswerTo::Other, answer), Err(fault), "{answer:?}");
        }
    }

    fn answer() -> impl Strategy<Value = (String, usize)> {
        let interim = "(HTTP/1\\.1 10[023] x\r\n(A: b\r\n)?\r\n){0,2}";
        let body = prop_oneof![
            "[a-z\r\n]{0,40}".prop_map(|body| (
                body.len(),
                format!("Content-Length: {}\r\n\r\n{body}", body.len())
            )),
            prop::collection::vec("[a-z\r\n]{1,20}", 0..4).prop_map(|chunks| {
                let chunks =
                    chunks.iter().map(|chunk| format!("{:x};e\r\n{chunk}\r\n", chunk.len()));
                let chunks: String = chunks.collect();
                (1, format!("Transfer-Encoding: chunked\r\n\r\n{chunks}0\r\nT: v\r\n\r\n"))
            }),
        ];
        (interim, body).prop_map(|(interim, (body, rest))| {
            let whole = format!("{interim}{OK}{rest}");
            (whole, body)
        })
    }

    proptest! {
        #[test]
        fn no_part_of_an_answer_is_taken_for_all_of_it((whole, _) in answer(), at in any::<prop::sample::Index>()) {
            prop_assert_eq!(read(AnswerTo::Other, &whole), Ok(()));
            let part = &whole[..at.index(whole.len())];
            prop_assert!(read(AnswerTo::Other, part).is_err(), "{:?}", part);
            prop_assert_eq!(read(AnswerTo::Other, &format!("{whole}and more")), Ok(()));
        }

        #[test]
        fn anything_is_read(answer in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut reply = Reply::new(AnswerTo::Other);
            reply.read(&answer);
            prop_assert_eq!(reply.end(), reply.end());
        }
    }
}
