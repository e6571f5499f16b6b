//! The bodies of the codecs that a running stream passes: CR LF, telnet, chat.

use super::super::chat::{self, User};
use super::super::crlf::Crlf;
use super::super::telnet::{Answer, Telnet};
use super::reads::however_cut;

/// No control but TAB, CR and LF reaches a chat, how a message is cut shows only in the prefixes,
/// and a peer's name does not end its line.
pub fn chat(data: &[u8]) {
    let (stream, said) = however_cut(data, |reads| {
        let mut said = Vec::new();
        for read in reads {
            let mut message = Vec::new();
            chat::message(7, read, &mut message);
            said.extend_from_slice(message.strip_prefix(b"<user7> ").unwrap_or_default());
            assert!(message.is_empty() == read.is_empty());
        }
        said
    });
    let plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    assert!(said.iter().all(plain));
    let escaped = stream.iter().filter(|byte| !plain(byte)).count();
    assert_eq!(said.len(), stream.len() + 3 * escaped);
    if escaped == 0 {
        assert_eq!(said, stream);
    }
    let user = User { number: 7, peer: data };
    let arrival = chat::arrival(user, [user]);
    assert_eq!(arrival.split(|byte| *byte == b'\n').count(), 3);
    assert!(arrival.ends_with(b" as <user7>.\n") && arrival.iter().all(plain));
}

/// No CR is lost or doubled: taking the CRs in front of LFs out again gives the same either way,
/// no bare LF is left, and what was turned once is not turned again.
pub fn crlf(data: &[u8]) {
    let run = |reads: &[&[u8]]| {
        let (mut crlf, mut out) = (Crlf::default(), Vec::new());
        for read in reads {
            crlf.push(read, &mut out);
        }
        out
    };
    let (stream, turned) = however_cut(data, run);
    assert!(turned.len() <= 2 * stream.len());
    let mut plain = &stream[..];
    let mut before = None;
    for &byte in &turned {
        if byte == b'\n' {
            assert_eq!(before, Some(b'\r'));
        }
        match plain {
            [first, rest @ ..] if *first == byte => plain = rest,
            _ => assert_eq!((byte, plain.first()), (b'\r', Some(&b'\n'))),
        }
        before = Some(byte);
    }
    assert!(plain.is_empty());
    assert_eq!(run(&[&turned]), turned);
}

/// Watching and filtering see the same; a stream without IAC is data; an answer has a cause.
pub fn telnet(data: &[u8]) {
    for answer in [Answer::Every, Answer::Requests] {
        let (stream, (text, answers)) = however_cut(data, |reads| {
            let (mut watcher, mut filter) = (Telnet::new(answer), Telnet::new(answer));
            let (mut text, mut answers, mut filtered) = (Vec::new(), Vec::new(), Vec::new());
            for read in reads {
                watcher.push(read, &mut answers);
                filter.filter(read, &mut text, &mut filtered);
            }
            assert_eq!(answers, filtered);
            assert_eq!(watcher, filter);
            (text, answers)
        });
        assert!(text.len() + answers.len() <= stream.len());
        for refusal in answers.chunks(3) {
            assert!(matches!(refusal, [255, 252 | 254, _]));
        }
        if !stream.contains(&255) {
            assert_eq!(text, stream);
        }
    }
}
