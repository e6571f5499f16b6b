//! The body of the codec for the proxy's side of SOCKS.

use super::super::socks_server::{Handshake, Version};
use super::super::socks5::Credentials;
use super::super::target::Target;
use super::{drive, however_cut};

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
