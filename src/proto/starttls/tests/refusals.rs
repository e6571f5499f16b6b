//! Servers that do not, cannot or must not be upgraded, and peers that are something else.

use super::super::{Kind, Refusal, Stage, StartTlsError};
use super::transcripts::MYSQL;
use super::whole;

/// What servers say, by turns.
type Turns<'a> = &'a [&'a [u8]];
/// Such a conversation, and where, with what code and in what words it is refused.
type Refused = (Kind, Turns<'static>, Stage, &'static [u8], &'static [u8]);

/// How a conversation ends.
fn end(kind: Kind, turns: Turns<'_>) -> StartTlsError {
    let talk = whole(kind, turns);
    talk.end.and_then(Result::err).unwrap_or_else(|| panic!("{kind}: {:?}", talk.shown))
}

#[test]
fn a_list_without_it_is_an_error_of_its_own() {
    let cases: &[(Kind, Turns<'_>)] = &[
        (Kind::Smtp, &[b"220 a\r\n", b"250-STARTTLS\r\n250 SIZE\r\n"]), // the first is its name
        (Kind::Smtp, &[b"220 STARTTLS\r\n", b"250-a\r\n250-XSTARTTLS\r\n250 STARTTLSX\r\n"]),
        (Kind::Lmtp, &[b"220 a\r\n", b"250 a\r\n"]),
        (Kind::Imap, &[b"* OK [CAPABILITY STARTTLS] a\r\n", b"* CAPABILITY IMAP4\r\na1 OK\r\n"]),
        (Kind::Nntp, &[b"200 a\r\n", b"101 b\r\nREADER\r\n.\r\n"]),
        (Kind::Sieve, &[b"\"SIEVE\" \"STARTTLS\"\r\nOK\r\n"]),
        (Kind::Sieve, &[b"\"SIEVE\" {8}\r\nSTARTTLS\r\nOK\r\n"]),
        (
            Kind::Xmpp,
            &[
                b"",
                b"<stream:stream version='1.0'><stream:features><a><starttls/></a>\
                             </stream:features>",
            ],
        ),
        (Kind::Xmpp, &[b"", b"<stream version='1.0'><features><starttls xmlns='b'/></features>"]),
        (Kind::Xmpp, &[b"", b"<stream version='1.0'><features/>"]),
        (Kind::Xmpp, &[b"", b"<stream:stream>"]), // older than features
        (Kind::Postgres, &[b"", b"N"]),
        (Kind::Mysql, &[&without_ssl()]),
        (Kind::Mysql, &[b"\x08\0\0\0\x093.20.9\0"]), // older than capabilities
    ];
    for (kind, turns) in cases {
        assert_eq!(end(*kind, turns), StartTlsError::NotOffered, "{kind} {turns:?}");
    }
}

/// The greeting of a server of MySQL's protocol without certificates.
fn without_ssl() -> Vec<u8> {
    let mut greeting = MYSQL.to_vec();
    // the upper byte of the lower half of its capabilities
    greeting[4 + 1 + 7 + 4 + 8 + 1 + 1] &= !0x08;
    greeting
}

#[test]
fn a_refusal_has_its_code_and_its_words() {
    let (greeting, list, tls) = (Stage::Greeting, Stage::Capabilities, Stage::GoAhead);
    let cases: &[Refused] = &[
        (Kind::Smtp, &[b"554-no\x1b\r\n554 go\r\n"], greeting, b"554", b"no\x1b go"),
        (Kind::Smtp, &[b"220 a\r\n", b"502 what\r\n"], list, b"502", b"what"),
        (
            Kind::Smtp,
            &[b"220 a\r\n", b"250-b\r\n250 STARTTLS\r\n", b"454 4.7.0 not now\r\n"],
            tls,
            b"454",
            b"4.7.0 not now",
        ),
        (Kind::Imap, &[b"* BYE busy\r\n"], greeting, b"BYE", b"busy"),
        (Kind::Imap, &[b"* PREAUTH hello\r\n"], greeting, b"PREAUTH", b"hello"),
        (Kind::Imap, &[b"* OK\r\n", b"a1 BAD what\r\n"], list, b"BAD", b"what"),
        (Kind::Imap, &[b"* OK\r\n", b"* BYE out\r\n"], list, b"BYE", b"out"),
        (
            Kind::Imap,
            &[b"* OK\r\n", b"* CAPABILITY STARTTLS\r\na1 OK\r\n", b"a2 NO later\r\n"],
            tls,
            b"NO",
            b"later",
        ),
        (Kind::Pop3, &[b"-ERR busy\r\n"], greeting, b"-ERR", b"busy"),
        (Kind::Pop3, &[b"+OK\r\n", b"-ERR Unknown command\r\n"], tls, b"-ERR", b"Unknown command"),
        (Kind::Ftp, &[b"421 Too many\r\n"], greeting, b"421", b"Too many"),
        (Kind::Ftp, &[b"220 a\r\n", b"530 Please login\r\n"], tls, b"530", b"Please login"),
        (Kind::Ftp, &[b"220 a\r\n", b"334 ADAT\r\n"], tls, b"334", b"ADAT"),
        (Kind::Nntp, &[b"502 no\r\n"], greeting, b"502", b"no"),
        (Kind::Nntp, &[b"200 a\r\n", b"400 gone\r\n"], list, b"400", b"gone"),
        (Kind::Nntp, &[b"200 a\r\n", b"500 a\r\n", b"580 no\r\n"], tls, b"580", b"no"),
        (Kind::Sieve, &[b"BYE \"busy\"\r\n"], list, b"BYE", b"\"busy\""),
        (Kind::Sieve, &[b"\"STARTTLS\"\r\nOK\r\n", b"NO {2}\r\nno\r\n"], tls, b"NO", b"{2}\r\nno"),
        (
            Kind::Xmpp,
            &[
                b"",
                b"<stream:stream version='1.0'><stream:error><host-unknown xmlns='a'/>\
                  <text xmlns='a'>not here</text></stream:error></stream:stream>",
            ],
            list,
            b"host-unknown",
            b"not here",
        ),
        (
            Kind::Xmpp,
            &[
                b"",
                b"<stream version='1.0'><features><starttls/></features>",
                b"<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>",
            ],
            tls,
            b"failure",
            b"",
        ),
        (
            Kind::Postgres,
            &[b"", b"E\0\0\0\x1dSFATAL\0C53300\0Mtoo many\0\0"],
            tls,
            b"53300",
            b"too many",
        ),
        (Kind::Postgres, &[b"", b"Ecould not fork\n\0"], tls, b"E", b"could not fork"),
        (Kind::Mysql, &[b"\x07\0\0\0\xff\x69\x04Host"], greeting, b"1129", b"Host"),
        (Kind::Mysql, &[b"\x0d\0\0\0\xff\x10\x04#08004Many"], greeting, b"1040", b"Many"),
        (
            Kind::Ldap,
            &[b"", b"\x30\x0e\x02\x01\x01\x78\x09\x0a\x01\x02\x04\x00\x04\x02no"],
            tls,
            b"2",
            b"no",
        ),
        // it says unasked that it ends the connection
        (
            Kind::Ldap,
            &[b"", b"\x30\x0e\x02\x01\x00\x78\x09\x0a\x01\x34\x04\x00\x04\x02by"],
            tls,
            b"52",
            b"by",
        ),
    ];
    for (kind, turns, stage, code, text) in cases {
        let refusal = Refusal { stage: *stage, code: code.to_vec(), text: text.to_vec() };
        assert_eq!(end(*kind, turns), StartTlsError::Refused(refusal), "{kind} {turns:?}");
    }
}

#[test]
fn other_protocols_are_told_as_soon_as_they_are_certain() {
    let unexpected: &[(Kind, Turns<'_>, Stage, &[u8])] = &[
        (
            Kind::Smtp,
            &[b"HTTP/1.1 400 Bad Request\r\n"],
            Stage::Greeting,
            b"HTTP/1.1 400 Bad Request",
        ),
        (Kind::Smtp, &[b"\x15\x03\x01\0\x02\x02\x46"], Stage::Greeting, b"\x15\x03\x01\0"),
        (Kind::Smtp, &[b"2200 a\r\n"], Stage::Greeting, b"2200 a"),
        (Kind::Smtp, &[b"220-a\r\n250 b\r\n"], Stage::Greeting, b"250 b"),
        (Kind::Imap, &[b"+ OK\r\n"], Stage::Greeting, b"+ OK"),
        (Kind::Imap, &[b"* OK\r\n", b"a2 OK\r\n"], Stage::Capabilities, b"a2 OK"),
        (Kind::Imap, &[b"* OK\r\n", b"a1 FINE\r\n"], Stage::Capabilities, b"a1 FINE"),
        (Kind::Pop3, &[b"+OKAY\r\n"], Stage::Greeting, b"+OKAY"),
        (Kind::Pop3, &[b"SSH-2.0-OpenSSH_9.2\r\n"], Stage::Greeting, b"SSH-2.0-OpenSSH_9.2"),
        (Kind::Nntp, &[b"200-a\r\n"], Stage::Greeting, b"200-a"),
        (Kind::Sieve, &[b"\"STARTTLS\"\r\nOK\r\n", b"\"a\"\r\n"], Stage::GoAhead, b"\"a\""),
        (Kind::Sieve, &[b"OKAY\r\n"], Stage::Capabilities, b"OKAY"),
        (Kind::Xmpp, &[b"", b"HTTP/1.1"], Stage::Greeting, b"H"),
        (Kind::Xmpp, &[b"", b"<html>"], Stage::Greeting, b"<html>"),
        (Kind::Xmpp, &[b"", b"<!-- a -->"], Stage::Greeting, b"<!-- a -->"),
        (Kind::Xmpp, &[b"", b"</a>"], Stage::Greeting, b"</a>"),
        (Kind::Xmpp, &[b"", b"<stream version='1.0'>text"], Stage::Capabilities, b"t"),
        (
            Kind::Xmpp,
            &[b"", b"<stream version='1.0'><proceed/>"],
            Stage::Capabilities,
            b"<proceed/>",
        ),
        (Kind::Postgres, &[b"", b"HTTP"], Stage::GoAhead, b"H"),
        (Kind::Postgres, &[b"", b"G"], Stage::GoAhead, b"G"),
        (Kind::Mysql, &[b"SSH-2.0"], Stage::Greeting, b"SSH"),
        (Kind::Mysql, &[b"\x4a\0\0\x01"], Stage::Greeting, b"\x4a\0\0\x01"),
        (Kind::Mysql, &[b"\x4a\0\0\0\x0b"], Stage::Greeting, b"\x4a\0\0\0\x0b"),
        (Kind::Mysql, &[b"\0\0\0\0"], Stage::Greeting, b"\0\0\0"),
        (Kind::Mysql, &[b"\x03\0\0\0\x0aa\0"], Stage::Greeting, b"\x03\0\0\0\x0aa\0"),
        (Kind::Ldap, &[b"", b"H"], Stage::GoAhead, b"H"),
        (Kind::Ldap, &[b"", b"\x30\x80"], Stage::GoAhead, b"\x30\x80"),
        (Kind::Ldap, &[b"", b"\x30\x02\x02\0"], Stage::GoAhead, b"\x30\x02\x02\0"),
        // the answer to a question that was not asked, and no answer at all
        (
            Kind::Ldap,
            &[b"", b"\x30\x0c\x02\x01\x02\x78\x07\x0a\x01\x00\x04\x00\x04\x00"],
            Stage::GoAhead,
            b"\x30\x0c\x02\x01\x02\x78\x07\x0a\x01\x00\x04\x00\x04\x00",
        ),
        (
            Kind::Ldap,
            &[b"", b"\x30\x0c\x02\x01\x00\x78\x07\x0a\x01\x00\x04\x00\x04\x00"],
            Stage::GoAhead,
            b"\x30\x0c\x02\x01\x00\x78\x07\x0a\x01\x00\x04\x00\x04\x00",
        ),
    ];
    for (kind, turns, stage, seen) in unexpected {
        let error = StartTlsError::Unexpected(*stage, seen.to_vec());
        assert_eq!(end(*kind, turns), error, "{kind} {turns:?}");
    }
}

#[test]
fn a_message_that_says_it_will_be_too_long_is_not_waited_for() {
    assert_eq!(end(Kind::Ldap, &[b"", b"\x30\x82\x40\x00"]), StartTlsError::MessageTooLong);
}

#[test]
fn a_stream_that_ends_is_a_connection_that_ends() {
    let closed = StartTlsError::Closed(Stage::Capabilities);
    assert_eq!(end(Kind::Xmpp, &[b"", b"<stream version='1.0'></stream>"]), closed);
}
