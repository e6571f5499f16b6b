//! Words to bytes, and words to items and back.

use std::convert::Infallible;
use std::path::Path;

use proptest::prelude::*;

use super::{Item, Place, Problem, Request, Scheme, is_method};

/// The bytes of a request. A file holds its path here, and a line that looks like a boundary's.
fn encoded(request: &Request) -> String {
    let read = |path: &Path| format!("[{}]\r\n--nc-", path.display()).into_bytes();
    let Ok(bytes) = request.encode(|path| Ok::<_, Infallible>(read(path)));
    String::from_utf8(bytes).unwrap()
}

/// The request of some words, its address among them.
fn request(words: &[&str], multipart: bool) -> Result<Request, Problem> {
    let (method, words) = match words {
        [first, rest @ ..] if is_method(first.as_bytes()) => (Some(first.as_bytes()), rest),
        words => (None, words),
    };
    let place = Place::parse(words[0].as_bytes())?;
    let port = place.port.as_ref().map(|port| str::from_utf8(port).unwrap().parse().unwrap());
    let host = place.authority(port, place.scheme.unwrap_or(Scheme::Http));
    let items: Result<Vec<_>, _> =
        words[1..].iter().map(|word| Item::parse(word.as_bytes())).collect();
    Request::compose(method, host, place.target, items?, multipart).map_err(|(_, why)| why)
}

fn bytes(words: &[&str]) -> String {
    encoded(&request(words, false).unwrap())
}

#[test]
fn what_a_person_would_type() {
    let rows: &[(&[&str], &str)] = &[
        (&["h"], "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
        (
            &["HEAD", "http://h:8000?x=1#y"],
            "HEAD /?x=1 HTTP/1.1\r\nHost: h:8000\r\nConnection: close\r\n\r\n",
        ),
        (
            &["https://[fe80::1%eth0]:443/a b\t/é/%20%%2f"],
            "GET /a%20b%09/%C3%A9/%20%%2f HTTP/1.1\r\nHost: [fe80::1]\r\nConnection: close\r\n\r\n",
        ),
        (
            &["h/\"<>^`{}'|\\[]~!$&()*+,;=:@x?\"<>^`{}'|\\[]?/x y\x7f#z?", "a==b"],
            "GET /%22%3C%3E%5E%60%7B%7D'|\\[]~!$&()*+,;=:@x?%22%3C%3E^`{}%27|\\[]?/x%20y%7F&a=b \
             HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
        ),
        (&["h#/x?y"], "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
        (
            &["tls://[::1]:80/", "Accept:*/*", "X-Empty:", "Connection:", "Host: "],
            "GET / HTTP/1.1\r\nAccept: */*\r\nX-Empty:\r\nHost:\r\n\r\n",
        ),
        (
            &["h/s?a=1", "q==x y&=é", "r==", "host:o:1", "Cookie:a=b; c@d"],
            "GET /s?a=1&q=x+y%26%3D%C3%A9&r= HTTP/1.1\r\nhost: o:1\r\nCookie: a=b; c@d\r\n\
             Connection: close\r\n\r\n",
        ),
        (
            &["h/login", "username=student", "password=wel come&+"],
            "POST /login HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: 40\r\nConnection: close\r\n\r\nusername=student&password=wel+come%26%2B",
        ),
        (
            &["PATCH", "h", "*-._~=é", "a\\=b=\\=c", "=", "d=\\\\=", "e=\\f"],
            "PATCH / HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: 43\r\nConnection: close\r\n\r\n*-._%7E=%C3%A9&a%3Db=%3Dc&=&d=%5C%3D&e=%5Cf",
        ),
        (
            &["get", "h", "@body", "Content-Length:9"],
            "get / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\nConnection: close\r\n\r\n[body]\r\n--nc-",
        ),
        (
            &["POST", "h"],
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        ),
        (
            &["put", "h", "content-length:3"],
            "put / HTTP/1.1\r\nHost: h\r\ncontent-length: 3\r\nConnection: close\r\n\r\n",
        ),
        (
            &["PATCH", "h", "Content-Length:"],
            "PATCH / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
        ),
        (
            &["PUT", "h", "Transfer-Encoding:chunked"],
            "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
        ),
        (&["DELETE", "h"], "DELETE / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
        (
            &["h", "@body", "Transfer-Encoding:chunked"],
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
             d\r\n[body]\r\n--nc-\r\n0\r\n\r\n",
        ),
        (
            &["h", "transfer-encoding:Chunked", "a=b", "Content-Length:9"],
            "POST / HTTP/1.1\r\nHost: h\r\ntransfer-encoding: Chunked\r\nContent-Length: 9\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n\
             3\r\na=b\r\n0\r\n\r\n",
        ),
        (
            &["GET", "h", "Transfer-Encoding:chunked"],
            "GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
             0\r\n\r\n",
        ),
    ];
    for (words, expected) in rows {
        assert_eq!(bytes(words), *expected, "{words:?}");
    }
}

#[test]
fn parts_have_a_boundary_that_is_nowhere_in_them() {
    let words = ["h", "a\"\r\n=1\n2", "f@/tmp/x\"y", "plain=--nc-"];
    let found = bytes(&words);
    assert_eq!(found, bytes(&words), "the same each time");
    let (head, body) = found.split_once("\r\n\r\n").unwrap();
    let (_, boundary) = head.split_once("boundary=").unwrap();
    let boundary = boundary.lines().next().unwrap();
    assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{head}");
    let expected = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"a%22%0D%0A\"\r\n\r\n1\n2\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x%22y\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n[/tmp/x\"y]\r\n--nc-\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"plain\"\r\n\r\n--nc-\r\n\
         --{boundary}--\r\n"
    );
    assert_eq!(body, expected);
    let of_texts = encoded(&request(&["h", "a=1"], true).unwrap());
    assert!(of_texts.contains("multipart/form-data"));
    // by hand is anything but what nobody could take apart
    for typed in ["multipart/form-data", "Multipart/Mixed; boundary=x"] {
        let typed = format!("content-type: {typed}");
        assert_eq!(request(&["h", &typed, "a=1"], true), Err(Problem::Boundary));
        assert_eq!(request(&["h", "a@f", &typed], false), Err(Problem::Boundary));
        assert!(bytes(&["h", &typed, "a=1"]).ends_with("\r\n\r\na=1"));
        assert!(bytes(&["h", &typed, "@f"]).contains(&typed));
    }
    for typed in ["text/plain", "multipart", ""] {
        let typed = format!("Content-Type:{typed}");
        let found = encoded(&request(&["h", &typed, "a=1"], true).unwrap());
        assert!(
            found.contains("\r\nContent-Disposition") && !found.contains("boundary"),
            "{found}"
        );
    }
}

#[cfg(feature = "json")]
#[test]
fn json_stays_as_it_was_typed() {
    let found = bytes(&["h", "z:=1.0e2", "a\"\\b\u{1}\n:=[ true,{\"x\" :null}]", "z:=\"é\""]);
    let (head, body) = found.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, "{\"z\":1.0e2,\"a\\\"\\\\b\\u0001\\n\":[ true,{\"x\" :null}],\"z\":\"é\"}");
    assert!(head.starts_with("POST / ") && head.contains("Content-Type: application/json\r\n"));
    for (word, column) in [("a:=", 1), ("a:=[1,]", 4), ("a:=x", 1), ("a:=1 2", 3), ("a:={\n1}", 3)]
    {
        match Item::parse(word.as_bytes()) {
            Err(Problem::Json { column: found, why }) => {
                assert_eq!(found, column, "{word}: {why}");
                assert!(!why.is_empty() && !why.contains("line"), "{why}");
            }
            other => panic!("{word}: {other:?}"),
        }
    }
    assert!(matches!(Item::parse(b"a:=\"\xff\""), Err(Problem::Json { column: 2, .. })));
    assert_eq!(Item::parse(b"\xff:=1"), Err(Problem::JsonName));
    for (words, multipart) in
        [(&["h", "a:=1", "b=2"][..], false), (&["h", "b@f", "a:=1"], false), (&["h", "a:=1"], true)]
    {
        assert_eq!(request(words, multipart), Err(Problem::Mixed), "{words:?}");
    }
}

#[cfg(not(feature = "json"))]
#[test]
fn json_needs_to_be_built_in() {
    assert_eq!(Item::parse(b"a:=1"), Err(Problem::NotBuilt));
}

#[test]
fn what_is_refused() {
    for (words, problem) in [
        (&["h", "a"][..], Problem::NoSeparator),
        (&["h", ""], Problem::NoSeparator),
        (&["h", "a\\=b"], Problem::NoSeparator),
        (&["h", "a@"], Problem::NoFile),
        (&["h", "X Y:1"], Problem::HeaderName),
        (&["h", ":1"], Problem::HeaderName),
        (&["h", "X:a\r\nY: b"], Problem::HeaderValue),
        (&["h", "X:a\0"], Problem::HeaderValue),
        (&["h", "Transfer-Encoding:gzip, chunked"], Problem::Coding),
        (&["h", "transfer-encoding:", "a=b"], Problem::Coding),
        (&["h", "Transfer-Encoding:chunked", "Transfer-Encoding:chunked"], Problem::Coding),
        (&["h", "@a", "b=1"], Problem::SecondBody),
        (&["h", "b=1", "@a"], Problem::SecondBody),
        (&["h", "a@-", "b@-"], Problem::InputTwice),
        (&["ftp://h/"], Problem::Scheme),
        (&["://h/"], Problem::Scheme),
        (&["http://me:secret@h/"], Problem::Credentials),
        (&["::1/"], Problem::Brackets),
        (&["[::1]x:80/"], Problem::Brackets),
        (&["a b/"], Problem::Host),
        (&["h\r\n/"], Problem::Host),
        (&["h/\r\nX: y"], Problem::Target),
        (&["h?\n"], Problem::Target),
    ] {
        assert_eq!(request(words, false), Err(problem), "{words:?}");
    }
}

#[test]
fn which_words_are_methods() {
    for word in ["GET", "post", "Delete", "PROPFIND", "M-SEARCH", "X1", "!A"] {
        assert!(is_method(word.as_bytes()), "{word}");
    }
    for word in ["", "h", "localhost", "80", "HOST.EXAMPLE", "HOST:80", "HOST/", "A B", "Foo", "É"]
    {
        assert!(!is_method(word.as_bytes()), "{word}");
    }
}

/// Bytes rich in what separates.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let special = prop::sample::select(b"\\\\==:@ \t1a\"[]{}#?%'\xff".to_vec());
    prop::collection::vec(prop_oneof![4 => special, 1 => any::<u8>()], 0..12)
}

proptest! {
    #[test]
    fn an_item_can_be_written_and_read_again(word in text()) {
        if let Ok(item) = Item::parse(&word) {
            let again = item.word();
            prop_assert_eq!(Item::parse(&again), Ok(item), "{:?} as {:?}", word, again);
        }
    }

    #[test]
    fn any_words(choice: u8, words in prop::collection::vec(prop_oneof![
        text(),
        prop::sample::select(b"POST h [::1]:8/a?b a=1 b@f @g c==d j:=1 X:y content-length:3".as_slice()
            .split(|byte| *byte == b' ').map(<[u8]>::to_vec).collect::<Vec<_>>()),
    ], 0..6)) {
        let words = words.join(&0);
        crate::proto::fuzz::http_request(&[&[choice], b"h\0".as_slice(), &words].concat());
        crate::proto::fuzz::http_request(&[&[choice], words.as_slice()].concat());
    }

    #[test]
    fn any_address(word in text(), head in prop::sample::select(vec!["", "http://", "h:8/", "[::1%a]/"])) {
        let word = [head.as_bytes(), &word].concat();
        if let Ok(place) = Place::parse(&word) {
            prop_assert!(place.target.starts_with(b"/") && place.target.is_ascii());
            prop_assert!(place.target.iter().all(u8::is_ascii_graphic));
            prop_assert!(!place.target.contains(&b'#'));
            let again = [b"h:8".as_slice(), &place.target].concat();
            prop_assert_eq!(Place::parse(&again).map(|again| again.target), Ok(place.target));
        }
    }
}
