//! The words of Ncat's chat (`--chat`): who came, who went, who said what.
//!
//! Followed: 7.93, with the port behind the address as since 7.94. Whatever a client sends in one
//! block (one read) goes to all others behind one `<userN> `, also when it is several lines or
//! part of one; so a client can begin a line of its own with somebody else's name, as with Ncat.
//! Bytes that are neither printable ASCII nor TAB, CR, LF become `\ooo`, three octal digits; a
//! backslash stays as it is. Not responsible for who the others are and for numbering the users
//! (Ncat takes the descriptor; the server itself is 0).

use std::io::Write;

/// The number of the server, whose standard input talks along.
pub const SERVER: u32 = 0;

/// The most bytes behind one prefix; Ncat's reads are no longer.
pub const BLOCK_MAX: usize = 8192;

/// The most users an announcement lists. Ncat, which lists all, has no more clients unless told.
pub const LISTED_MAX: usize = 100;

/// A client in the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct User<'a> {
    /// Its number.
    pub number: u32,
    /// Its address and port, IPv6 in brackets, or what else it is known by; not trusted.
    pub peer: &'a [u8],
}

/// What everybody, the new one too, is told when a user arrives: two lines. `others` are those
/// that were there before; beyond [`LISTED_MAX`] they are only counted.
pub fn arrival<'a>(user: User<'_>, others: impl IntoIterator<Item = User<'a>>) -> Vec<u8> {
    let mut out = b"<announce> ".to_vec();
    name(user.peer, &mut out);
    append(&mut out, format_args!(" is connected as <user{}>.\n", user.number));
    out.extend_from_slice(b"<announce> already connected: ");
    let mut others = others.into_iter();
    let mut listed = 0;
    for other in others.by_ref().take(LISTED_MAX) {
        if listed > 0 {
            out.extend_from_slice(b", ");
        }
        name(other.peer, &mut out);
        append(&mut out, format_args!(" as <user{}>", other.number));
        listed += 1;
    }
    match (listed, others.count()) {
        (0, _) => out.extend_from_slice(b"nobody"),
        (_, 0) => {}
        (_, more) => append(&mut out, format_args!(" and {more} more")),
    }
    out.extend_from_slice(b".\n");
    out
}

/// What the others are told when a user is gone.
pub fn departure(number: u32) -> Vec<u8> {
    format!("<announce> <user{number}> is disconnected.\n").into_bytes()
}

/// Appends what the others are told when a user has sent `block`: at most four bytes for each of
/// the block's, and a prefix for each begun [`BLOCK_MAX`] of them. An empty block is nothing.
pub fn message(number: u32, block: &[u8], out: &mut Vec<u8>) {
    for part in block.chunks(BLOCK_MAX) {
        append(out, format_args!("<user{number}> "));
        escape(part, |byte| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n'), out);
    }
}

/// A peer in an announcement: one word that stays in its line.
fn name(peer: &[u8], out: &mut Vec<u8>) {
    escape(peer, |byte| byte.is_ascii_graphic(), out);
}

fn escape(bytes: &[u8], passes: impl Fn(u8) -> bool, out: &mut Vec<u8>) {
    out.reserve(bytes.len());
    for byte in bytes {
        if passes(*byte) {
            out.push(*byte);
        } else {
            let digits = [byte >> 6, byte >> 3 & 7, byte & 7];
            out.push(b'\\');
            out.extend(digits.map(|digit| b'0' + digit));
        }
    }
}

fn append(out: &mut Vec<u8>, words: std::fmt::Arguments<'_>) {
    let _: Result<(), std::io::Error> = out.write_fmt(words); // a Vec takes everything
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BLOCK_MAX, LISTED_MAX, SERVER, User, arrival, departure, message};
    use crate::proto::fuzz;

    fn said(number: u32, block: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        message(number, block, &mut out);
        out
    }

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn announcements() {
        let user = |number, peer: &'static str| User { number, peer: peer.as_bytes() };
        let (first, second) = (user(5, "127.0.0.1:1024"), user(6, "[::1]:1025"));
        assert_eq!(
            text(arrival(first, [])),
            "<announce> 127.0.0.1:1024 is connected as <user5>.\n\
             <announce> already connected: nobody.\n"
        );
        assert_eq!(
            text(arrival(user(7, "127.0.0.1:9"), [first, second])),
            "<announce> 127.0.0.1:9 is connected as <user7>.\n\
             <announce> already connected: 127.0.0.1:1024 as <user5>, [::1]:1025 as <user6>.\n"
        );
        assert_eq!(text(departure(5)), "<announce> <user5> is disconnected.\n");
    }

    #[test]
    fn a_peer_stays_in_its_place() {
        let user = User { number: 4, peer: b"/tmp/a b\n<user9>\xff" };
        let text = text(arrival(user, []));
        assert!(text.starts_with("<announce> /tmp/a\\040b\\012<user9>\\377 is connected"));
        assert_eq!(text.lines().count(), 2);
    }

    #[test]
    fn a_long_list_is_counted() {
        let other = User { number: 4, peer: b"[::1]:1" };
        let list = |count| text(arrival(other, vec![other; count]));
        assert!(list(LISTED_MAX).ends_with(" as <user4>.\n"));
        assert!(list(LISTED_MAX + 2).ends_with(" as <user4> and 2 more.\n"));
        assert_eq!(list(LISTED_MAX + 2).matches(" as <user4>").count(), LISTED_MAX + 1);
    }

    #[test]
    fn messages_as_captured() {
        for (block, sent) in [
            (&b"one\n"[..], &b"<user4> one\n"[..]),
            (b"two\nthree\n", b"<user4> two\nthree\n"),
            (b"part", b"<user4> part"),
            (b"\n", b"<user4> \n"),
            (b"crlf\r\n", b"<user4> crlf\r\n"),
            (
                b"\0\x01\x1b[31m\x7f\x80\xff\\x\\033\t~ \n",
                b"<user4> \\000\\001\\033[31m\\177\\200\\377\\x\\033\t~ \n",
            ),
            (b"", b""),
        ] {
            assert_eq!(said(4, block), sent);
        }
        assert_eq!(said(SERVER, b"x"), b"<user0> x");
    }

    #[test]
    fn a_long_block_is_several() {
        let sent = text(said(4, &vec![b'B'; 30_000]));
        let prefixes: Vec<_> = sent.match_indices("<user4> ").map(|(at, _)| at).collect();
        assert_eq!((sent.len(), prefixes), (30032, vec![0, 8200, 16400, 24600]));
        assert_eq!(said(4, &[255; BLOCK_MAX]).len(), 8 + 4 * BLOCK_MAX);
    }

    proptest! {
        #[test]
        fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            fuzz::chat(&bytes);
        }
    }
}
