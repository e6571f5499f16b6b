//! The bodies of the codecs that a running stream passes: CR LF, telnet, chat, the view at a terminal.

use super::super::chat::{self, User};
use super::super::crlf::Crlf;
use super::super::received_lines::{MARK, ReceivedLines};
use super::super::telnet::{Answer, Telnet};
use super::super::terminal_view::{PLAIN, TerminalView};
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

/// Nothing reaches the terminal but text, five controls and whole colour sequences; colours are
/// ended; text without controls is the same as before, and what was shown once passes as it is.
pub fn terminal_view(data: &[u8]) {
    let run = |reads: &[&[u8]]| {
        let (mut view, mut out) = (TerminalView::default(), Vec::new());
        for read in reads {
            view.push(read, &mut out);
        }
        view.finish(&mut out);
        let whole = out.len();
        view.finish(&mut out);
        assert_eq!(out.len(), whole, "there is one end");
        out
    };
    let (stream, shown) = however_cut(data, run);
    assert!(shown.len() <= 4 * stream.len() + PLAIN.len());
    let text = String::from_utf8_lossy(&shown);
    assert_eq!(text.as_bytes(), shown, "no UTF-8");
    let mut plain = String::new();
    let mut parts = text.split('\x1b');
    plain.extend(parts.next());
    let mut last = "[";
    for part in parts {
        let colour = part.split_once('m').filter(|(values, _)| values.starts_with('['));
        assert!(colour.is_some(), "no whole sequence of a colour: {part:?}");
        let (values, behind) = colour.unwrap_or_default();
        assert!(values.bytes().skip(1).all(|byte| matches!(byte, b'0'..=b'9' | b';' | b':')));
        last = values;
        plain.push_str(behind);
    }
    assert!(!last.contains(|digit: char| ('1'..='9').contains(&digit)), "a colour is left on");
    let passes = |shown: char| !shown.is_control() || "\t\n\r\x08\x07".contains(shown);
    assert!(plain.chars().all(passes));
    let turns = |shown: char| matches!(shown, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    assert!(!plain.contains(turns));
    if std::str::from_utf8(&stream)
        .is_ok_and(|text| text.chars().all(passes) && !text.contains(turns))
    {
        assert_eq!(shown, stream);
    }
    assert_eq!(run(&[&shown]), shown);
}

/// Each line has its mark, which nothing behind it writes over; without marks, bytes are the same.
pub fn received_lines(data: &[u8]) {
    let run = |marked: bool, coloured: bool, reads: &[&[u8]]| {
        let (mut lines, mut out) = (ReceivedLines::new(marked, coloured), Vec::new());
        for read in reads {
            lines.push(read, &mut out);
        }
        out
    };
    let (stream, marked) = however_cut(data, |reads| run(true, false, reads));
    assert!(marked.split_inclusive(|byte| *byte == b'\n').all(|line| line.starts_with(MARK)));
    assert!(!marked.contains(&0x08));
    for line in marked.split(|byte| *byte == b'\n') {
        let mut parts = line.split(|byte| *byte == b'\r').skip(1);
        assert!(parts.all(|part| part.is_empty() || part.starts_with(MARK)));
    }
    let (_, plain) = however_cut(data, |reads| run(false, false, reads));
    assert_eq!(plain, stream);
    let painted = run(true, true, &[&stream]);
    assert!(painted.len() <= 12 * stream.len() + 4);
}
