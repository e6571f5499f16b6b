//! The bodies of the codecs for HTTP: its heads as a client reads them, its authentication, and the
//! proxy's side of it.

use super::super::challenge::{CHALLENGES_MAX, Challenge};
use super::super::digest::{self, Credentials};
use super::super::head::{self, Head};
use super::super::proxy_server::{
    AnswerHead, FIELDS_MAX, HEAD_MAX, LINE_MAX, Loop, Method, Pseudonym, RequestHead, request_head,
};
use super::super::step::{Fed, Step};
use super::reads::{drive, however_cut};

/// A head ends with an empty line, the first behind the status line, and keeps to its limits.
pub fn head(data: &[u8]) {
    let (stream, run) = however_cut(data, |reads| {
        let mut parser = Head::default();
        drive(reads, |read| parser.feed(read))
    });
    assert!(run.sent.is_empty());
    assert!(run.used <= head::HEAD_MAX);
    if let Some(Ok(response)) = run.end {
        assert!(response.status < 1000);
        assert!(response.status == 407 || response.challenges.is_empty());
        assert!(response.challenges.len() <= CHALLENGES_MAX);
        let whole = &stream[..run.used];
        let end = |text: &[u8]| text.ends_with(b"\n\r\n") || text.ends_with(b"\n\n");
        assert!(whole.starts_with(b"HTTP/1.") && end(whole));
        assert!(!(1..whole.len()).any(|length| end(&whole[..length])));
        let lines = whole.split(|&byte| byte == b'\n');
        assert!(lines.clone().count() <= head::HEADERS_MAX + 3);
        for line in lines {
            assert!(line.len() <= head::LINE_MAX + 1);
        }
    }
}

/// Lists are bounded, the same by themselves as behind another challenge, and what can be answered
/// is answered without a control character.
pub fn challenge(data: &[u8]) {
    let list = Challenge::list(data);
    assert!(list.len() <= CHALLENGES_MAX);
    let behind = Challenge::list(&[b"Negotiate abc==, Basic, ", data].concat());
    assert!(behind[1].is("Basic") && (behind.len() <= 2 || list.starts_with(&behind[2..])));
    for challenge in list.iter().filter_map(digest::Challenge::new) {
        let answer = challenge.answer(b"joe", b"pw", b"GET", b"/", [0; 8], 1);
        assert!(answer.is_ok_and(|answer| !answer.iter().any(u8::is_ascii_control)));
    }
}

/// The server proves what the client answered: the first line is the user, the rest the challenge.
/// The rest as credentials proves nothing.
pub fn digest(data: &[u8]) {
    let end = data.iter().position(|&byte| byte == b'\n').unwrap_or(0);
    let (user, rest) = data.split_at(end);
    let value = rest.trim_ascii_start();
    if let Some(credentials) = Credentials::parse(value) {
        assert!(!credentials.proves(b"GET", b"joe", b"Ncat", b"a password that is not guessed"));
    }
    let list = Challenge::list(value);
    let Some((given, challenge)) =
        list.iter().find_map(|given| digest::Challenge::new(given).map(|read| (given, read)))
    else {
        return;
    };
    let Ok(answer) = challenge.answer(user, b"pw", b"GET", b"http://a/b?c", [0xab; 8], 0xcd) else {
        assert!(user.iter().any(u8::is_ascii_control));
        return;
    };
    assert!(answer.starts_with(b"Digest username=\""));
    assert!(!answer.iter().any(u8::is_ascii_control));
    let credentials = Credentials::parse(&answer);
    assert_eq!(credentials.is_some(), given.parameter("qop").is_some());
    let (realm, nonce) = (given.parameter("realm"), given.parameter("nonce"));
    if let (Some(credentials), Some(realm), Some(nonce)) = (credentials, realm, nonce) {
        assert_eq!((credentials.nonce(), credentials.count()), (nonce, 0xcd));
        assert_eq!(credentials.uri(), b"http://a/b?c");
        assert!(credentials.proves(b"GET", user, realm, b"pw"));
        assert!(!credentials.proves(b"GET", user, realm, b"pv"));
        assert!(!credentials.proves(b"HEAD", user, realm, b"pw"));
    }
}

/// A request ends where its head does; forwarded, it is a head that says the same, and loops.
pub fn proxy_request(data: &[u8]) {
    let (stream, run) = however_cut(data, |reads| {
        let mut parser = RequestHead::default();
        drive(reads, |read| parser.feed(read))
    });
    assert!(run.sent.is_empty() && run.used <= HEAD_MAX);
    let Some(Ok(request)) = run.end else {
        return;
    };
    assert!(ends_at_its_empty_line(&stream[..run.used]));
    assert!(request.fields.len() <= FIELDS_MAX && !request.authority.is_empty());
    if request.method == Method::Connect {
        return;
    }
    let Ok(head) = request_head(&request, &Pseudonym::new(7)) else {
        return;
    };
    assert!(ends_at_its_empty_line(&head));
    let Some(behind) = head.strip_prefix(format!("{} ", request.method.name()).as_bytes()) else {
        unreachable!("the method is first");
    };
    let authority = &request.authority[..];
    let method = request.method.name().as_bytes();
    let again = [method, b" http://", authority, behind].concat();
    let Ok(Fed { used, step: Step::Done(again_read) }) = RequestHead::default().feed(&again) else {
        return assert!(
            again.len() > HEAD_MAX || head.len() > LINE_MAX || request.fields.len() > 90
        );
    };
    assert_eq!(used, again.len());
    assert_eq!(again_read.target, request.target);
    assert_eq!(again_read.content_length, request.content_length);
    assert_eq!(request_head(&again_read, &Pseudonym::new(7)), Err(Loop));
}

/// The second byte decides what was asked. What the client gets is a head that says the same.
pub fn proxy_answer(data: &[u8]) {
    let (&seed, rest) = data.split_first().unwrap_or((&0, &[]));
    let (&choice, answer) = rest.split_first().unwrap_or((&0, &[]));
    let method = if choice & 1 == 1 { Method::Head } else { Method::Get };
    let (stream, run) = however_cut(&[&[seed], answer].concat(), |reads| {
        let mut parser = AnswerHead::new(method);
        drive(reads, |read| parser.feed(read))
    });
    assert!(run.sent.is_empty() && run.used <= HEAD_MAX);
    let Some(Ok(answer)) = run.end else {
        return;
    };
    assert!(stream[..run.used].ends_with(b"\n"));
    let head = answer.head();
    assert!(ends_at_its_empty_line(&head));
    if let Ok(Fed { used, step: Step::Done(again) }) = AnswerHead::new(method).feed(&head) {
        assert_eq!((used, again.status, again.body), (head.len(), answer.status, answer.body));
        assert_eq!(again.head(), head);
    } else {
        assert!(head.len() > LINE_MAX || answer.fields.len() > 90);
    }
}

/// The first empty line is the last, and no CR stands by itself.
fn ends_at_its_empty_line(head: &[u8]) -> bool {
    let end = |text: &[u8]| text.ends_with(b"\n\r\n") || text.ends_with(b"\n\n");
    let lonely = head.windows(2).any(|pair| pair[0] == b'\r' && pair[1] != b'\n');
    end(head) && !lonely && !(1..head.len()).any(|length| end(&head[..length]))
}
