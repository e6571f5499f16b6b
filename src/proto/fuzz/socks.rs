//! The bodies of the codecs for both sides of SOCKS.

use super::super::socks_server::{Handshake, Version};
use super::super::socks4::Reply;
use super::super::socks5::{Client, Credentials};
use super::super::target::Target;
use super::reads::{drive, however_cut};

/// The answer is decided by its first eight bytes and takes all of them.
pub fn socks4(data: &[u8]) {
    let (_, run) = however_cut(data, |reads| {
        let mut reply = Reply::default();
        drive(reads, |read| reply.feed(read))
    });
    assert!(run.sent.is_empty());
    assert_eq!(run.end.is_some_and(|end| end.is_ok()), run.used == 8);
}

/// The second byte decides whether there are credentials.
pub fn socks5(data: &[u8]) {
    let (&seed, rest) = data.split_first().unwrap_or((&0, &[]));
    let (&choice, answers) = rest.split_first().unwrap_or((&0, &[]));
    let Ok(target) = Target::new(b"host.example", 8080) else {
        return;
    };
    let credentials = Credentials::new(b"joe", b"pw").ok().filter(|_| choice & 1 == 1);
    let (answers, run) = however_cut(&[&[seed], answers].concat(), |reads| {
        let mut client = Client::new(&target, credentials.clone());
        drive(reads, |read| client.feed(read))
    });
    let request = b"\x05\x01\0\x03\x0chost.example\x1f\x90";
    if let Some(Ok(_)) = run.end {
        assert!(run.sent.ends_with(request));
        let greeting = if run.sent.len() > request.len() { 4 } else { 2 };
        let reply = &answers[greeting..run.used];
        let length = match reply[3] {
            1 => 10,
            4 => 22,
            _ => 7 + usize::from(reply[4]),
        };
        assert_eq!(reply.len(), length);
    }
}

/// The second byte decides whether there are credentials. A request ends where its message does,
/// and nobody gets as far without them.
pub fn socks_server(data: &[u8]) {
    let (&seed, rest) = data.split_first().unwrap_or((&0, &[]));
    let (&choice, messages) = rest.split_first().unwrap_or((&0, &[]));
    let credentials = Credentials::new(b"joe", b"pw").ok().filter(|_| choice & 1 == 1);
    let (stream, run) = however_cut(&[&[seed], messages].concat(), |reads| {
        let mut handshake = Handshake::new(credentials.clone());
        drive(reads, |read| handshake.feed(read))
    });
    let asked = match run.end {
        None => return,
        Some(Err(error)) => return assert!(error.reply().len() <= 10),
        Some(Ok(asked)) => asked,
    };
    let taken = &stream[..run.used];
    let refused = asked.version.refused(super::super::socks5::Refusal::NotAllowed);
    let contains = |text: &[u8]| taken.windows(text.len()).any(|part| part == text);
    match asked.version {
        Version::Four => {
            assert!(run.sent.is_empty() && taken[0] == 4 && taken.ends_with(b"\0"));
            assert!(credentials.is_none() || taken[8..].starts_with(b"joe:pw\0"));
            assert_eq!(refused.len(), 8);
        }
        Version::Five => {
            let sent: &[u8] = if credentials.is_some() { b"\x05\x02\x01\0" } else { b"\x05\0" };
            assert_eq!(run.sent, sent);
            assert!(credentials.is_none() || contains(b"\x01\x03joe\x02pw"));
            assert!(taken.ends_with(&asked.target.port().to_be_bytes()));
            assert_eq!(refused.len(), 10);
        }
    }
    if let Target::Name(name, _) = &asked.target {
        assert!(contains(name.as_bytes()));
    }
}
