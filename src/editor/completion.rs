//! What a word that is begun may become: an HTTP method, a header's name, a word typed before.
//!
//! Names of headers are those that requests have in the IANA registry of HTTP fields and that
//! people type.

use super::glyph::{decode, encode};
use crate::proto::http_method;

const NAMES: &[&str] = &[
    "Accept: ",
    "Accept-Charset: ",
    "Accept-Encoding: ",
    "Accept-Language: ",
    "Authorization: ",
    "Cache-Control: ",
    "Connection: ",
    "Content-Disposition: ",
    "Content-Encoding: ",
    "Content-Language: ",
    "Content-Length: ",
    "Content-Location: ",
    "Content-Range: ",
    "Content-Type: ",
    "Cookie: ",
    "Date: ",
    "Expect: ",
    "Forwarded: ",
    "From: ",
    "Host: ",
    "If-Match: ",
    "If-Modified-Since: ",
    "If-None-Match: ",
    "If-Range: ",
    "If-Unmodified-Since: ",
    "Keep-Alive: ",
    "Max-Forwards: ",
    "Origin: ",
    "Pragma: ",
    "Prefer: ",
    "Priority: ",
    "Proxy-Authorization: ",
    "Range: ",
    "Referer: ",
    "Sec-WebSocket-Key: ",
    "Sec-WebSocket-Protocol: ",
    "Sec-WebSocket-Version: ",
    "TE: ",
    "Trailer: ",
    "Transfer-Encoding: ",
    "Upgrade: ",
    "User-Agent: ",
    "Via: ",
    "X-Forwarded-For: ",
    "X-Requested-With: ",
];

/// Words that stand behind a method or a name.
const VALUES: &[&str] = &[
    "HTTP/1.0",
    "HTTP/1.1",
    "application/json",
    "application/octet-stream",
    "application/x-www-form-urlencoded",
    "chunked",
    "close",
    "gzip",
    "keep-alive",
    "multipart/form-data; boundary=",
    "text/html",
    "text/plain",
    "websocket",
];

/// The most that are found.
const MOST: usize = 100;

/// What the word that ends `before`, the line up to the cursor, may become, each with its whole
/// spelling. `earlier` are lines typed before, the newest one first.
pub fn candidates<'a>(
    before: &[u8],
    earlier: impl Iterator<Item = &'a [u8]>,
) -> (usize, Vec<Vec<u8>>) {
    let line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let begin = line.iter().rposition(|byte| is_blank(*byte)).map_or(0, |at| at + 1);
    let word = &line[begin..];
    let mut found: Vec<Vec<u8>> = Vec::new();
    if word.is_empty() {
        return (0, found);
    }
    // a name may be spelled in any case (RFC 9110 section 5.1), a method not (section 9.1)
    let fits = |known: &&str| begins(known.as_bytes(), word, true);
    let methods = |any_case: bool| {
        let usual = http_method::USUAL.iter().filter(|_| begin == 0);
        let fitting = usual.filter(move |known| begins(known.as_bytes(), word, any_case));
        fitting.map(|method| format!("{method} ").into_bytes())
    };
    let table = if begin == 0 { NAMES } else { VALUES };
    found.extend(methods(false));
    found.extend(table.iter().copied().filter(fits).map(|known| known.as_bytes().to_vec()));
    if found.is_empty() {
        found.extend(methods(true));
    }
    for line in earlier {
        for earlier in line.split(|byte| is_blank(*byte)) {
            let is_new = || !found.iter().any(|found| found.trim_ascii_end() == earlier);
            let fits = earlier.len() > word.len() && begins(earlier, word, false);
            if found.len() < MOST && fits && is_new() {
                found.push(earlier.to_vec());
            }
        }
    }
    (word.len(), found)
}

/// The longest beginning that all have in common, of whole characters with what belongs to them.
/// Where they differ only in case, the first one's.
pub fn common(found: &[Vec<u8>]) -> Vec<u8> {
    let Some((first, rest)) = found.split_first() else { return Vec::new() };
    let first = decode(first);
    let shared = |other: &Vec<u8>| {
        first.iter().zip(decode(other)).take_while(|(one, two)| one.is_also(*two)).count()
    };
    let length = rest.iter().map(shared).min().unwrap_or(first.len());
    let is_whole = |length: &usize| first.get(*length).is_none_or(|next| next.stands_alone());
    encode(&first[..(0..=length).rev().find(is_whole).unwrap_or(0)])
}

fn begins(text: &[u8], with: &[u8], any_case: bool) -> bool {
    text.get(..with.len()).is_some_and(|begin| {
        if any_case { begin.eq_ignore_ascii_case(with) } else { begin == with }
    })
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(before: &str, earlier: &[&str]) -> Vec<String> {
        let (_, found) =
            candidates(before.as_bytes(), earlier.iter().rev().map(|line| line.as_bytes()));
        found.into_iter().map(|word| String::from_utf8(word).unwrap()).collect()
    }

    #[test]
    fn methods_names_and_earlier_words() {
        assert_eq!(found("GE", &[]), ["GET "]);
        assert_eq!(found("cont", &[])[..2], ["Content-Disposition: ", "Content-Encoding: "]);
        assert_eq!(found("get", &[]), ["GET "]);
        assert_eq!(found("Conne", &[]), ["Connection: "]);
        assert_eq!(found("CONNE", &[]), ["CONNECT ", "Connection: "]);
        assert_eq!(found("ho", &["house"]), ["Host: ", "house"]);
        assert_eq!(found("GET / HT", &[]), ["HTTP/1.0", "HTTP/1.1"]);
        assert_eq!(
            found("POST /lo", &["GET /login HTTP/1.1", "GET /lobby x"]),
            ["/lobby", "/login"]
        );
        assert_eq!(found("POST /lo", &["GET /login HTTP/1.1", "GET /login x"]), ["/login"]);
        assert_eq!(found("GET / HTTP/1.1\nHos", &["Host: x"]), ["Host: ", "Host:"][..1]);
        for nothing in ["", "GET ", "xyzzy", "GET /\n"] {
            assert!(found(nothing, &["one two"]).is_empty(), "{nothing:?}");
        }
    }

    #[test]
    fn the_common_beginning_is_what_is_certain() {
        let common = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
            String::from_utf8(common(&words)).unwrap()
        };
        assert_eq!(common(&["Content-Length: ", "Content-Type: "]), "Content-");
        assert_eq!(common(&["Host: ", "house"]), "Ho");
        assert_eq!(common(&["GET "]), "GET ");
        assert_eq!(common(&["/\u{e9}1", "/\u{e8}2"]), "/");
        assert_eq!(common(&["/a\u{e9}1", "/a\u{e9}2"]), "/a\u{e9}");
        // an accent stays with its letter
        assert_eq!(common(&["/ae\u{301}", "/ae\u{300}"]), "/a");
        assert_eq!(common(&[]), "");
    }

    #[test]
    fn each_name_is_there_once_and_whole() {
        let bare: Vec<_> = NAMES.iter().filter_map(|name| name.strip_suffix(": ")).collect();
        assert_eq!(bare.len(), NAMES.len());
        assert!(bare.is_sorted_by(|one, two| one < two) && VALUES.is_sorted());
    }
}
