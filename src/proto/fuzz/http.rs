//! The bodies of the codecs for HTTP's authentication.

use super::super::challenge::{CHALLENGES_MAX, Challenge};
use super::super::digest::{self, Credentials};

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
