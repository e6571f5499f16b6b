//! What holds for the reader of the practice server on any input: the body of its fuzz target, which
//! the plain test replays beside those of the codecs.

use super::limit::Sizes;
use super::reader::{Reader, Step};
use super::request::Request;
use super::response::{Connection, Response};
use super::route::{refuse, respond};
use crate::proto::fuzz::{Body, however_cut};

/// The body by the name of its target.
pub const BODY: Body = ("lab_request", lab_request);

/// Small, so that they are reached.
const SIZES: Sizes = Sizes { head: 256, headers: 6, body: 64, chunk_line: 16 };

/// The first byte only decides how the rest is cut. However it is, it is read and explained in the
/// same way; what is read keeps to its bounds, and what is said of it cannot change an answer.
pub fn lab_request(data: &[u8]) {
    let (_, answers) = however_cut(data, |reads| {
        let mut reader = Reader::new(SIZES).explaining();
        let mut answers = Vec::new();
        for read in reads {
            reader.push(read);
            loop {
                match reader.step() {
                    Ok(Step::NeedMore) => break,
                    Ok(Step::Continue) => assert!(reader.is_inside_request()),
                    Ok(Step::Request(request)) => {
                        check(&request);
                        let to_head = request.is_head();
                        answers.push((answer(request), reader.explanation(), to_head));
                    }
                    Err(refusal) => {
                        assert_eq!(reader.end(), Err(refusal));
                        reader.stopped(refusal);
                        answers.push((refuse(refusal), reader.explanation(), reader.is_head()));
                        return answers;
                    }
                }
            }
        }
        if let Err(refusal) = reader.end() {
            reader.stopped(refusal);
            answers.push((refuse(refusal), reader.explanation(), reader.is_head()));
        }
        answers
    });
    for (response, explanation, to_head) in answers {
        assert!(!explanation.is_empty());
        assert!(
            explanation.iter().flat_map(|line| line.chars()).all(|letter| !letter.is_control())
        );
        let count = explanation.len();
        let (head, body) =
            Response { explanation, ..response }.into_bytes(to_head, Connection::Close);
        let Some(lines) = head.strip_suffix(b"\r\n\r\n") else {
            unreachable!("a head ends");
        };
        let lines: Vec<_> = lines.split(|&byte| byte == b'\n').collect();
        assert!(lines[0].starts_with(b"HTTP/1.1 "));
        assert!(lines[1..].iter().all(|line| line.contains(&b':')));
        assert_eq!(lines.iter().filter(|line| line.starts_with(b"Explain: ")).count(), count);
        assert!(body.is_empty() || !to_head);
    }
}

fn check(request: &Request) {
    assert!(request.headers.len() <= SIZES.headers && request.body.len() <= SIZES.body);
    assert!(!request.method.is_empty() && request.method.iter().all(u8::is_ascii_graphic));
    assert!(!request.target.iter().any(|byte| byte.is_ascii_control() || *byte == b' '));
    for header in &request.headers {
        assert!(!header.name.is_empty() && header.name.iter().all(u8::is_ascii_graphic));
        assert!(!header.value.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t'));
    }
}

fn answer(mut request: Request) -> Response {
    respond(&mut request)
}
