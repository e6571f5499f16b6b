//! The body of what composes requests.

use std::convert::Infallible;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::super::http_request::{Body, Item, Place, Request, Scheme, is_method};

/// The first byte says whether parts are asked for; the rest are words with NUL between them. What
/// can be read can be spelled and read again, and the bytes are one request with nothing smuggled
/// into its head.
pub fn http_request(data: &[u8]) {
    let (choice, text) = data.split_first().unwrap_or((&0, &[]));
    let mut words = text.split(|&byte| byte == 0).peekable();
    let method = words.next_if(|word| is_method(word));
    let Ok(place) = Place::parse(words.next().unwrap_or_default()) else {
        return;
    };
    assert!(place.target.starts_with(b"/") && place.target.iter().all(u8::is_ascii_graphic));
    assert!(!place.target.contains(&b'#'));
    let again = Place::parse(&[b"h", place.target.as_slice()].concat());
    assert_eq!(again.as_ref().map(|again| &again.target), Ok(&place.target));
    let mut items = Vec::new();
    for word in words {
        let Ok(item) = Item::parse(word) else {
            return;
        };
        assert_eq!(Item::parse(&item.word()).as_ref(), Ok(&item));
        items.push(item);
    }
    let host = place.authority(None, Scheme::Http);
    let Ok(request) = Request::compose(method, host, place.target, items, choice & 1 == 1) else {
        return;
    };
    let (method, host, target) = (&request.method, &request.host, &request.target);
    let in_parts = matches!(request.body, Body::Multipart(_));
    let items = Item::of(&request);
    let again = Request::compose(Some(method), host.clone(), target.clone(), items, in_parts);
    assert_eq!(again.as_ref(), Ok(&request));
    check_bytes(&request);
}

/// A head of whole lines, and the body that it counts.
fn check_bytes(request: &Request) {
    let read = |path: &Path| Ok::<_, Infallible>(path.as_os_str().as_bytes().to_vec());
    let Ok(bytes) = request.encode(read);
    let Some(end) = bytes.windows(4).position(|part| part == b"\r\n\r\n") else {
        unreachable!("a head ends");
    };
    let (head, body) = (&bytes[..end + 2], &bytes[end + 4..]);
    let mut lines = head.split_inclusive(|&byte| byte == b'\n').map(|line| {
        let Some(line) = line.strip_suffix(b"\r\n") else {
            unreachable!("a line ends with both");
        };
        assert!(!line.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)));
        line
    });
    let first = [&request.method[..], b" ", &request.target, b" HTTP/1.1"].concat();
    assert_eq!(lines.next(), Some(&first[..]));
    let fields: Vec<_> = lines.map(name_and_value).collect();
    let by_hand = Item::of(request).len();
    assert!(fields.len() <= by_hand + 4);
    let given = |name: &str| {
        let is_it = |item: &Item| item.word().to_ascii_lowercase().starts_with(name.as_bytes());
        Item::of(request).iter().any(is_it)
    };
    if !given("content-length") && !given("transfer-encoding") {
        let told = fields.iter().find(|(name, _)| *name == b"Content-Length");
        let told = told.map(|(_, value)| value.to_vec());
        let length = body.len().to_string().into_bytes();
        assert!(told.map_or(body.is_empty(), |told| told == length));
    }
}

fn name_and_value(line: &[u8]) -> (&[u8], &[u8]) {
    let colon = line.iter().position(|&byte| byte == b':').unwrap_or(0);
    let (name, value) = line.split_at(colon);
    assert!(!name.is_empty() && name.iter().all(u8::is_ascii_graphic));
    (name, value[1..].trim_ascii_start())
}
