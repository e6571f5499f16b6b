//! What holds for every codec on any input: one body each, shared by the property tests beside
//! the codecs, the fuzz targets in `fuzz/`, and the plain test that replays their corpus.
//!
//! A body panics if the property is broken; the program calls none of them. Where the input is a
//! stream, its first byte only decides how the rest is cut into reads.

mod certificate;
mod http;
mod socks;
mod starttls;

use std::fmt::Debug;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use super::access::{self, Rule, Rules};
use super::challenge::CHALLENGES_MAX;
use super::chat::{self, User};
use super::command_line;
use super::connect;
use super::crlf::Crlf;
use super::direction::Direction;
use super::escape::{escape as show, escape_at_most};
use super::head::{self, Head};
use super::hex_dump::{Format, HexDump};
use super::session_log;
use super::socks4::{self, Reply};
use super::socks5::{Client, Credentials};
use super::source_route;
use super::step::{Fed, Step};
use super::target::{HostName, Target};
use super::telnet::{Answer, Telnet};

pub use certificate::{certificate, pem, pin};
pub use http::{challenge, digest, proxy_answer, proxy_request};
pub use socks::socks_server;
pub use starttls::starttls;
#[cfg(test)]
pub(in crate::proto) use starttls::{Talk, talk};

/// A body by the name of its target and corpus directory.
pub type Body = (&'static str, fn(&[u8]));

/// All bodies.
pub const BODIES: &[Body] = &[
    ("access", access),
    ("base64", base64),
    ("certificate", certificate),
    ("challenge", challenge),
    ("chat", chat),
    ("command_line", command_line),
    ("crlf", crlf),
    ("digest", digest),
    ("escape", escape),
    ("head", head),
    ("hex_dump", hex_dump),
    ("pem", pem),
    ("pin", pin),
    ("session_log", session_log),
    ("socks4", socks4),
    ("socks5", socks5),
    ("source_route", source_route),
    ("proxy_answer", proxy_answer),
    ("proxy_request", proxy_request),
    ("socks4", socks4),
    ("socks5", socks5),
    ("socks_server", socks_server),
    ("starttls", starttls),
    ("target", target),
    ("telnet", telnet),
];

/// A rule asks nothing of the spelling of an address, one that names all of its list denies all
/// of it, and a list holds what its items hold.
pub fn access(data: &[u8]) {
    let addresses = [Ipv4Addr::LOCALHOST, Ipv4Addr::new(10, 0, 255, 3)];
    if let Ok(rule) = Rule::parse(data) {
        let rule = match rule.name() {
            Some(_) => rule.resolved(&[addresses[0].into()]).ok(),
            None => Some(rule),
        };
        for (rule, address) in rule.iter().flat_map(|rule| addresses.map(|address| (rule, address)))
        {
            let (plain, mapped) = (IpAddr::from(address), address.to_ipv6_mapped().into());
            let matches = rule.matches(plain);
            assert_eq!(rule.matches(mapped), matches);
            let only = Rules { allow: Some(vec![rule.clone()]), deny: vec![] };
            let all_but = Rules { allow: None, deny: vec![rule.clone()] };
            for address in [plain, mapped] {
                assert_eq!((only.admits(address), all_but.admits(address)), (matches, !matches));
            }
        }
    }
    let items = data.split(|byte| *byte == b',').map(Rule::parse);
    assert_eq!(access::list(data).ok(), items.collect::<Result<Vec<_>, _>>().ok());
    let in_file = access::file(data).map_err(|(line, _)| line);
    assert!(
        in_file
            .as_ref()
            .map_or_else(|line| *line <= data.len() + 1, |rules| rules.len() <= data.len())
    );
}

/// The text has the length and letters it must have, and groups of three bytes stand alone.
pub fn base64(data: &[u8]) {
    let text = super::base64::encode(data);
    assert_eq!(text.len(), data.len().div_ceil(3) * 4);
    let digits = text.trim_end_matches('=');
    assert_eq!(digits.len(), (data.len() * 8).div_ceil(6));
    assert!(digits.bytes().all(|digit| digit.is_ascii_alphanumeric() || b"+/".contains(&digit)));
    let (head, tail) = data.split_at(data.len() / 6 * 3);
    let parts = [super::base64::encode(head), super::base64::encode(tail)];
    assert_eq!(parts.concat(), text);
    {
        use super::base64::{decode, encode};
        assert_eq!(decode(text.as_bytes()).as_deref(), Some(data));
        if let Some(bytes) = decode(data) {
            assert_eq!(encode(&bytes).as_bytes(), data, "one spelling for each value");
        }
    }
}

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

/// Words have no more bytes than the text and only the last can be empty; those of a prompt have
/// no blank in them, and do not depend on what is behind the line.
pub fn command_line(data: &[u8]) {
    let words = command_line::exec(data);
    let empty = words.iter().position(Vec::is_empty);
    assert!(empty.is_none_or(|empty| empty + 1 == words.len() && data.ends_with(b"\\")));
    assert!(words.iter().map(Vec::len).sum::<usize>() <= data.len());
    if let Ok(Some(answer)) = command_line::prompt(data, true) {
        let line = &data[..answer.used];
        for word in &answer.words {
            assert!(!word.iter().any(|byte| b" \t\n\0".contains(byte)));
            assert!(line.windows(word.len()).any(|part| part == word));
        }
        if line.ends_with(b"\n") {
            assert_eq!(command_line::prompt(line, false), Ok(Some(answer)));
        } else {
            assert_eq!(command_line::prompt(line, false), Ok(None));
        }
    }
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

/// The bytes of each direction can be read back from the dump, in order and none twice, and a
/// streamed dump does not show how its blocks were cut.
pub fn hex_dump(data: &[u8]) {
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

/// A route that was read is in the options, and what is shown are two digits for each byte.
pub fn source_route(data: &[u8]) {
    let text = source_route::Shown(data).to_string();
    assert_eq!(text.len(), "IP options: ".len() + 3 * data.len().min(40));
    if let Some(hops) = source_route::hops(data) {
        let octets: Vec<_> = hops.iter().flat_map(Ipv4Addr::octets).collect();
        assert!(octets.is_empty() || data.windows(octets.len()).any(|part| part == octets));
    }
}

/// A target that was accepted stands in each request where it should, whole and alone.
pub fn target(data: &[u8]) {
    let Ok(target) = Target::new(data, 8080) else {
        return;
    };
    if let Ok(request) = connect::request(&target, None) {
        let line = request.strip_suffix(b"\r\n\r\n");
        let words: Vec<_> = line.unwrap_or_default().split(|&byte| byte == b' ').collect();
        assert!(matches!(words[..], [b"CONNECT", _, b"HTTP/1.0"]));
        assert!(words[1].ends_with(b":8080"));
        assert!(!request[..request.len() - 4].iter().any(u8::is_ascii_control));
    }
    if let Ok(request) = socks4::request(&target, b"joe") {
        let fields: Vec<_> = request[8..].split(|&byte| byte == 0).collect();
        match &target {
            Target::Ip(..) => assert_eq!(fields, [&b"joe"[..], b""]),
            Target::Name(..) => assert_eq!(fields, [b"joe", data, b""]),
        }
    }
    let asked = Client::new(&target, None).feed(b"\x05\0");
    let Ok(Step::Send(request)) = asked.map(|fed| fed.step) else {
        unreachable!("the method was offered");
    };
    match &target {
        Target::Ip(address, _) => {
            assert_eq!(request.len(), if address.is_ipv4() { 10 } else { 22 });
        }
        Target::Name(..) => {
            assert!(data.len() <= usize::from(HostName::MAX));
            assert_eq!(usize::from(request[4]), data.len());
            assert_eq!(&request[5..request.len() - 2], data);
        }
    }
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

/// Runs a codec over the stream whole, byte by byte, and cut as the first byte says; the results
/// must be the same. Returns the stream and the result.
fn however_cut<R: PartialEq + Debug>(data: &[u8], run: impl Fn(&[&[u8]]) -> R) -> (Vec<u8>, R) {
    let (&seed, stream) = data.split_first().unwrap_or((&0, &[]));
    let whole = run(&[stream]);
    let single: Vec<_> = stream.chunks(1).collect();
    assert_eq!(run(&single), whole);

    let (mut reads, mut rest, mut random) = (Vec::new(), stream, u32::from(seed) + 1);
    while !rest.is_empty() {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let length = (random >> 24) as usize % 24; // empty reads too
        let (read, behind) = rest.split_at(length.min(rest.len()));
        reads.push(read);
        rest = behind;
    }
    assert_eq!(run(&reads), whole);
    (stream.to_vec(), whole)
}

/// How a handshake went.
#[derive(Debug, PartialEq)]
struct Run<T, E> {
    /// `None`: it wants more.
    end: Option<Result<T, E>>,
    /// Bytes taken; 0 if it failed, for then nobody asks.
    used: usize,
    sent: Vec<u8>,
}

/// Feeds the reads to a client, as whoever holds the socket does, and checks what it asks for.
fn drive<T: PartialEq + Debug, E: PartialEq + Debug>(
    reads: &[&[u8]],
    mut feed: impl FnMut(&[u8]) -> Result<Fed<T>, E>,
) -> Run<T, E> {
    let (mut used, mut sure, mut sent) = (0, 0, Vec::new());
    for read in reads {
        let mut rest = *read;
        loop {
            let Fed { used: taken, step } = match feed(rest) {
                Ok(progress) => progress,
                Err(error) => {
                    assert_eq!(feed(b"more").as_ref(), Err(&error), "an error stays");
                    let end = Some(Err(error));
                    return Run { end, used: 0, sent };
                }
            };
            used += taken;
            rest = &rest[taken..];
            match step {
                Step::Read(missing) => {
                    assert!(missing > 0 && rest.is_empty());
                    sure = used + missing;
                    break;
                }
                Step::Send(message) => sent.extend(message),
                Step::Done(done) => {
                    assert!(used >= sure, "it asked for bytes that were not its own");
                    let again = feed(b"more").ok();
                    let step = Step::Done(done);
                    assert_eq!(again.as_ref().map(|fed| (fed.used, &fed.step)), Some((0, &step)));
                    let end = again.and_then(|fed| match fed.step {
                        Step::Done(done) => Some(Ok(done)),
                        _ => None,
                    });
                    return Run { end, used, sent };
                }
            }
        }
    }
    Run { end: None, used, sent }
}
