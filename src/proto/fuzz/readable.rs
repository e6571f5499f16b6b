//! The bodies of what makes bytes readable: escapes, dumps, the session log, Base64. What was written
//! can be read back.

use std::time::Duration;

use super::super::base64::encode;
use super::super::direction::Direction;
use super::super::escape::{escape as show, escape_at_most};
use super::super::hex_dump::{Format, HexDump};
use super::super::session_log;
use super::super::timed_hex::TimedHex;
use super::reads::however_cut;

/// The text has the length and letters it must have, and groups of three bytes stand alone.
pub fn base64(data: &[u8]) {
    let text = encode(data);
    assert_eq!(text.len(), data.len().div_ceil(3) * 4);
    let digits = text.trim_end_matches('=');
    assert_eq!(digits.len(), (data.len() * 8).div_ceil(6));
    assert!(digits.bytes().all(|digit| digit.is_ascii_alphanumeric() || b"+/".contains(&digit)));
    let (head, tail) = data.split_at(data.len() / 6 * 3);
    let parts = [encode(head), encode(tail)];
    assert_eq!(parts.concat(), text);
}

/// Nothing but readable characters comes out, the bytes can be told from it, and a cut one is
/// the beginning of the whole.
pub fn escape(data: &[u8]) {
    let text = show(data).to_string();
    assert!(!text.chars().any(char::is_control));
    assert_eq!(unescape(text.as_bytes()), data);
    let limit = text.len() / 2;
    let cut = escape_at_most(data, limit).to_string();
    match cut.strip_suffix('…') {
        Some(kept) if cut != text => {
            // The longest unit is one character of four bytes, or one escape.
            assert!(kept.len() <= limit && kept.len() + 4 > limit);
            assert!(text.starts_with(kept));
        }
        _ => assert_eq!(cut, text),
    }
    assert_eq!(escape_at_most(data, text.len()).to_string(), text);
}

/// The bytes of each direction can be read back from the dump, in order and none twice, and a
/// streamed dump does not show how its blocks were cut.
pub fn hex_dump(data: &[u8]) {
    timed_hex(data);
    for (format, received_mark, bytes_at) in [
        (Format::Traditional, Some(&b'<'), 11),
        (Format::Toybox, Some(&b'>'), 11),
        (Format::ToyboxStream, Some(&b'>'), 11),
        (Format::Ncat, None, 7),
        (Format::Gnu, None, 10),
    ] {
        let (mut dump, mut out) = (HexDump::new(format), Vec::new());
        let (mut sent, mut received) = (Vec::new(), Vec::new());
        for (index, block) in data.chunks(23).enumerate() {
            let (direction, all) = match index % 3 {
                0 if received_mark.is_some() => (Direction::Received, &mut received),
                _ => (Direction::Sent, &mut sent),
            };
            all.extend_from_slice(block);
            dump.push(direction, block, &mut out);
        }
        dump.finish(&mut out);
        let whole = out.len();
        dump.finish(&mut out);
        assert_eq!(out.len(), whole, "there is one end");
        assert!(!out.iter().any(|byte| byte.is_ascii_control() && *byte != b'\n'));

        let (mut sent_shown, mut received_shown) = (Vec::new(), Vec::new());
        for line in out.split(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"Sent")) {
            let is_received = received_mark.is_some() && line.first() == received_mark;
            let shown = if is_received { &mut received_shown } else { &mut sent_shown };
            let mut rest = line.get(bytes_at..).unwrap_or_default();
            for count in 1..=16 {
                let [high, low, b' ', behind @ ..] = rest else { break };
                let Some(byte) = hex_byte(*high, *low) else { break };
                shown.push(byte);
                // The blank between groups.
                rest = behind.strip_prefix(b" ").filter(|_| count % 4 == 0).unwrap_or(behind);
            }
        }
        assert_eq!((sent_shown, received_shown), (sent, received));
    }
    however_cut(data, |reads| {
        let (mut dump, mut out) = (HexDump::new(Format::ToyboxStream), Vec::new());
        for read in reads {
            dump.push(Direction::Sent, read, &mut out);
        }
        dump.finish(&mut out);
        out
    });
}

/// The same of the dump with times, however it is cut: offsets run on, and each line is a line.
fn timed_hex(data: &[u8]) {
    let (mut dump, mut out) = (TimedHex::default(), Vec::new());
    for block in data.chunks(23) {
        dump.push(Duration::from_millis(1_500), Direction::Received, block, &mut out);
    }
    let mut shown = Vec::new();
    for line in out.split_inclusive(|byte| *byte == b'\n') {
        let start = format!("1.500000 < {:08x}  ", shown.len());
        let rest = line.strip_prefix(start.as_bytes());
        assert!(rest.is_some() && line.len() < 110);
        let (hex, text) = rest.unwrap_or_default().split_at(49);
        let before = shown.len();
        let digits: Vec<_> = hex.iter().copied().filter(u8::is_ascii_hexdigit).collect();
        shown.extend(digits.chunks(2).filter_map(|digits| hex_byte(digits[0], digits[1])));
        let text = text.strip_suffix(b"\n").unwrap_or_default();
        assert!(text.iter().all(|byte| matches!(byte, b' '..=b'~')));
        assert_eq!(text.len(), shown.len() - before + 1);
    }
    assert_eq!(shown, data);
}

/// The bytes can be had back from the log, its sizes add up, and its lines are short.
pub fn session_log(data: &[u8]) {
    let mut log = Vec::new();
    session_log::append(Duration::from_millis(1_500), Direction::Sent, data, &mut log);
    let (mut size, mut bytes) = (0, Vec::new());
    assert!(log.ends_with(b"\n"));
    for line in log.split_inclusive(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        assert!(!line.iter().any(u8::is_ascii_control));
        assert!(line.len() < 20 + 4 * session_log::PIECE_MAX);
        let fields: Vec<_> = line.splitn(4, |byte| *byte == b' ').collect();
        assert_eq!(fields[..2], [&b"1.500000"[..], b">"]);
        let number = fields[2].strip_suffix(b"+");
        let digits = String::from_utf8_lossy(number.unwrap_or(fields[2]));
        let before = bytes.len();
        bytes.extend(unescape(fields.get(3).copied().unwrap_or_default()));
        if number.is_none() {
            bytes.push(b'\n');
        }
        assert_eq!(digits.parse(), Ok(bytes.len() - before));
        size += bytes.len() - before;
    }
    assert_eq!(size, data.len());
    assert_eq!(bytes, data);
}

/// The way back from the escaped text: `\x` and two hex digits are a byte.
fn unescape(text: &[u8]) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), text);
    while let [first, behind @ ..] = rest {
        let escape = match rest {
            [b'\\', b'x', high, low, ..] => hex_byte(*high, *low),
            _ => None,
        };
        bytes.push(escape.unwrap_or(*first));
        rest = if escape.is_some() { &rest[4..] } else { behind };
    }
    bytes
}

/// The byte that two hex digits are.
fn hex_byte(high: u8, low: u8) -> Option<u8> {
    let digit =
        |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}
