//! Whole conversations, bounds, and any bytes in any cuts.

use super::*;
use crate::serve::lab::limit::LIMITS;
use crate::serve::lab::response::Connection;
use proptest::prelude::*;

const SMALL: Sizes = Sizes { head: 96, headers: 3, body: 24, chunk_line: 8 };

/// All steps that these pieces lead to, and what their end means.
fn replay<'a>(
    sizes: Sizes,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<Step>, Result<(), Refusal>) {
    let mut reader = Reader::new(sizes);
    let mut steps = Vec::new();
    for piece in pieces {
        reader.push(piece);
        loop {
            match reader.step() {
                Ok(Step::NeedMore) => break,
                Ok(step) => steps.push(step),
                Err(refusal) => {
                    assert_eq!(reader.end(), Err(refusal));
                    return (steps, Err(refusal));
                }
            }
        }
    }
    (steps, reader.end())
}

fn whole(bytes: &str) -> (Vec<Step>, Result<(), Refusal>) {
    replay(LIMITS.sizes, [bytes.as_bytes()])
}

fn requests(bytes: &str) -> Vec<Request> {
    let (steps, end) = whole(bytes);
    assert_eq!(end, Ok(()), "{bytes:?}");
    steps
        .into_iter()
        .filter_map(|step| match step {
            Step::Request(request) => Some(request),
            Step::Continue | Step::NeedMore => None,
        })
        .collect()
}

#[test]
fn what_a_person_types() {
    let read = requests("GET /login  HTTP/1.1\n\n");
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].method, b"GET");
    assert_eq!(read[0].target, b"/login");
    assert_eq!(read[0].connection(), Connection::Silent);
}

#[test]
fn an_uncounted_enter_after_the_body_is_passed_over() {
    let read = requests(
        "POST /save HTTP/1.1\nContent-Length: 4\n\n1234\r\nGET /hello HTTP/1.1\r\n\r\n\n\n",
    );
    assert_eq!(read.len(), 2);
    assert_eq!(read[0].body, b"1234");
    assert_eq!(read[1].target, b"/hello");
}

#[test]
fn the_input_may_end_between_requests_only() {
    for (bytes, refusal) in [
        ("G", Refusal::CutInHead),
        ("GET /hello HTTP/1.1\n", Refusal::CutInHead),
        ("GET /hello HTTP/1.1\nA: b", Refusal::CutInHead),
        (
            "POST /login HTTP/1.1\nContent-Length: 34\n\nusername=student&password=welcome",
            Refusal::CutInBody { came: 33, length: 34 },
        ),
        ("POST /save HTTP/1.1\nTransfer-Encoding: chunked\n\n1\na\n0\n", Refusal::CutInChunks),
    ] {
        assert_eq!(whole(bytes).1, Err(refusal), "{bytes:?}");
    }
    assert_eq!(whole(""), (vec![], Ok(())));
    assert_eq!(whole("\n\r\n"), (vec![], Ok(())));
}

#[test]
fn expectations() {
    let first = |head: &str| whole(head).0.into_iter().next();
    assert_eq!(
        first("POST /save HTTP/1.1\nExpect: 100-Continue\nContent-Length: 4\n\n"),
        Some(Step::Continue)
    );
    for none in [
        "POST /save HTTP/1.0\nExpect: 100-continue\nContent-Length: 4\n\n1234",
        "POST /save HTTP/1.0\nExpect: magic\nContent-Length: 4\n\n1234",
        "POST /save HTTP/1.1\nExpect: 100-continue\n\n",
    ] {
        assert!(matches!(first(none), Some(Step::Request(_))), "{none:?}");
    }
    assert_eq!(whole("POST /save HTTP/1.1\nExpect: magic\n\n").1, Err(Refusal::Expectation));
}

#[test]
fn bounds() {
    let head = |length: usize| {
        let head = "GET /hello HTTP/1.1\nA: \n\n";
        head.replace("A: ", &format!("A: {}", "a".repeat(length - head.len())))
    };
    assert_eq!(requests(&head(LIMITS.sizes.head)).len(), 1);
    let too_long = head(LIMITS.sizes.head + 1);
    assert_eq!(whole(&too_long).1, Err(Refusal::HeadTooLong));

    let many = |count: usize| format!("GET /hello HTTP/1.1\n{}\n", "A: b\n".repeat(count));
    assert_eq!(requests(&many(64)).len(), 1);
    assert_eq!(whole(&many(65)).1, Err(Refusal::TooManyHeaders));

    let line = format!("GET /{} HTTP/1.1\n\n", "a".repeat(LIMITS.sizes.head));
    assert_eq!(whole(&line).1, Err(Refusal::LineTooLong));
    let empty = "\n".repeat(LIMITS.sizes.head);
    assert_eq!(whole(&empty).1, Err(Refusal::LineTooLong));
    assert_eq!(whole("GET /hello HTTP/1.1\nHost: a\nhost: a\n\n").1, Err(Refusal::SeveralHosts));
}

#[test]
fn a_refusal_knows_whether_it_answers_a_head() {
    for (bytes, is_head) in [
        ("HEAD /hello HTTP/1.1\nno colon\n", true),
        ("GET /hello HTTP/1.1\nno colon\n", false),
        ("HEAD /hello\n", false),
    ] {
        let mut reader = Reader::new(LIMITS.sizes);
        reader.push(bytes.as_bytes());
        assert!(reader.step().is_err());
        assert_eq!(reader.is_head(), is_head, "{bytes:?}");
    }
}

/// Bytes that get further than pure noise: pieces of requests, with noise among them.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => proptest::sample::select(vec![
            "GET /hello HTTP/1.1\n", "POST /save  HTTP/1.1\r\n", "HEAD / HTTP/1.0\n",
            "\n", "\r\n", "\r", "Content-Length: 5\n", "content-length:5, 5\r\n",
            "Content-Length: 25\n", "Transfer-Encoding: chunked\n", "Host: a\n",
            "Expect: 100-continue\n", "Connection: close\n", "hello", "5\r\n", "5;x\n",
            "0\n\n", "0\r\n\r\n", "0\n", "GET", " ", ":", "HTTP/1.1",
        ])
        .prop_map(|piece| piece.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..40),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn the_cuts_do_not_matter(
        bytes in stream(),
        cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..12),
    ) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.push(0);
        cuts.push(bytes.len());
        cuts.sort_unstable();
        let expected = replay(SMALL, [bytes.as_slice()]);
        let pieces = cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]);
        prop_assert_eq!(&replay(SMALL, pieces), &expected);
        prop_assert_eq!(&replay(SMALL, bytes.chunks(1)), &expected);
    }

    #[test]
    fn what_is_said_of_it_harms_no_answer(seed: u8, bytes in stream()) {
        crate::serve::lab::fuzz::lab_request(&[&[seed], bytes.as_slice()].concat());
    }

    #[test]
    fn what_is_kept_is_bounded(bytes in stream()) {
        let mut reader = Reader::new(SMALL);
        for byte in bytes {
            reader.push(&[byte]);
            let end = loop {
                match reader.step() {
                    Ok(Step::Request(_) | Step::Continue) => {}
                    end => break end,
                }
            };
            // After a refusal nothing is pushed any more.
            if end.is_err() {
                break;
            }
            prop_assert!(reader.bytes.len() <= SMALL.head);
            if let Phase::Body { request, .. } = &reader.phase {
                prop_assert!(request.body.len() <= SMALL.body);
            }
        }
    }
}
