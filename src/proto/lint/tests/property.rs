//! What is noted of anything at all does not depend on how it is cut, and ends.

use proptest::prelude::*;

use crate::proto::fuzz;

/// Talk that is rich in what is looked at.
fn talk() -> impl Strategy<Value = Vec<u8>> {
    let words: &[&[u8]] = &[
        b"GET / HTTP/1.1\r\n",
        b"POST /a  HTTP/1.0\n",
        b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"get /x y\n",
        b"Host: a\r\n",
        b"Content-Length: 5\r\n",
        b"Content-Length: 12\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Type: application/json\r\n",
        b"Connection: close\r\n",
        b"GET / HTP/1.1\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 9\r\n",
        b"Content-Length: 99999999999999999999\r\n",
        b"[1,\xc3",
        b"\r\n",
        b"\n",
        b"\r",
        b"name=J\xc3\xbcrgen&x=y\n",
        b"{\"a\":1}",
        b"{'a'}",
        b"5\r\nhello\r\n",
        b"0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.0 405 x\n",
        b"HTTP/1.1 100 x\r\n\r\n",
        b"HTTP/1.1 101 x\r\n\r\n",
        b"Server: nginx\r\n",
        b"SSH-2.0-x\r\n",
        b"220 mx\r\n",
        b"354 go\r\n",
        b"DATA\r\n",
        b".\r\n",
        b"*1\r\n$4\r\nPING\r\n",
        b"$-1\r\n",
        b"-ERR x\r\n",
        b"\x15\x03\x03\0\x02\x02\x0a",
        b"\xff\xfd\x18",
        b"\xf8",
        b"\xf8",
        b"\xf9",
        b"\xfa",
        b"\xfb",
        b"hello",
        b" ",
        b"\x1b[A",
    ];
    let word = prop_oneof![
        8 => prop::sample::select(words).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ];
    prop::collection::vec(word, 0..30).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn any_conversation(kind in 0..4_u8, seed in any::<u8>(), talk in talk()) {
        fuzz::lint(&[&[kind, seed], &talk[..]].concat());
    }
}
