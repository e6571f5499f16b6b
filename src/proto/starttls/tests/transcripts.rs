//! What servers say, by turns, in the forms in which programs in use say it.

use super::super::Kind;

/// A conversation that ends with TLS.
pub(super) struct Transcript {
    pub(super) kind: Kind,
    /// What the server says in each of its turns.
    pub(super) turns: &'static [&'static [u8]],
    /// What we send, all turns in one.
    pub(super) sent: &'static [u8],
}

/// The header of an XMPP stream as we send it.
pub(super) const STREAM: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
    xmlns:stream='http://etherx.jabber.org/streams' version='1.0' to='host.example'>";
/// A server's greeting in MySQL's protocol, of 8 bytes of scramble and capabilities f7ff.
pub(super) const MYSQL: &[u8] = b"\x4a\0\0\0\x0a8.0.36\0\x08\0\0\0abcdefgh\0\xff\xff\xff\x02\0\
    \xff\xdf\x15\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0caching_sha2_password\0";
/// The answer of a server's that agrees to StartTLS in LDAP.
pub(super) const LDAP: &[u8] = b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00";
const SSL_REQUEST: &[u8] = b"\x20\0\0\x01\x05\xaa\x08\0\0\0\0\x01\x2d\0\0\0\0\0\0\0\0\0\0\0\0\
    \0\0\0\0\0\0\0\0\0\0\0";
const START_TLS: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";

pub(super) const UPGRADES: &[Transcript] = &[
    Transcript {
        kind: Kind::Smtp,
        turns: &[
            b"220 mail.example ESMTP Postfix (Debian/GNU)\r\n",
            b"250-mail.example\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-VRFY\r\n250-ETRN\r\n\
              250-STARTTLS\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
            b"220 2.0.0 Ready to start TLS\r\n",
        ],
        sent: b"EHLO localhost\r\nSTARTTLS\r\n",
    },
    // a greeting of two lines, the keyword in small letters, last, with a bare LF
    Transcript {
        kind: Kind::Smtp,
        turns: &[b"220-wait\n220 go\n", b"250-mail\n250 starttls\n", b"220\n"],
        sent: b"EHLO localhost\r\nSTARTTLS\r\n",
    },
    Transcript {
        kind: Kind::Lmtp,
        turns: &[
            b"220 mail.example Dovecot ready.\r\n",
            b"250-mail.example\r\n250-STARTTLS\r\n250 PIPELINING\r\n",
            b"220 2.0.0 OK\r\n",
        ],
        sent: b"LHLO localhost\r\nSTARTTLS\r\n",
    },
    Transcript {
        kind: Kind::Imap,
        turns: &[
            b"* OK [CAPABILITY IMAP4rev1 LITERAL+ STARTTLS LOGINDISABLED] Dovecot ready.\r\n",
            b"* CAPABILITY IMAP4rev1 SASL-IR LITERAL+ STARTTLS LOGINDISABLED\r\n\
              a1 OK Pre-login capabilities listed, post-login capabilities have more.\r\n",
            b"a2 OK Begin TLS negotiation now.\r\n",
        ],
        sent: b"a1 CAPABILITY\r\na2 STARTTLS\r\n",
    },
    // in letters of another case, and with something between
    Transcript {
        kind: Kind::Imap,
        turns: &[
            b"* Ok\r\n",
            b"* capability imap4rev1\r\n* NO slow today\r\n* Capability StartTls\r\na1 ok\r\n",
            b"* OK [ALERT] soon\r\na2 ok\r\n",
        ],
        sent: b"a1 CAPABILITY\r\na2 STARTTLS\r\n",
    },
    Transcript {
        kind: Kind::Pop3,
        turns: &[b"+OK Dovecot ready. <1.2@mail.example>\r\n", b"+OK Begin TLS now.\r\n"],
        sent: b"STLS\r\n",
    },
    Transcript {
        kind: Kind::Ftp,
        turns: &[b"220 (vsFTPd 3.0.3)\r\n", b"234 Proceed with negotiation.\r\n"],
        sent: b"AUTH TLS\r\n",
    },
    // put off first; then lines in between that look like others
    Transcript {
        kind: Kind::Ftp,
        turns: &[
            b"120 Ready in 1 minute.\r\n220-Welcome\r\n530 users\r\n 220 no end\r\n220-nor this\r\n\
              \r\n220 now\r\n",
            b"234-AUTH\r\n234\r\n",
        ],
        sent: b"AUTH TLS\r\n",
    },
    Transcript {
        kind: Kind::Xmpp,
        turns: &[
            b"<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' \
              xml:lang='en' id='9' from='host.example' version='1.0' xmlns='jabber:client'>\
              <stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/>\
              </starttls><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
              <mechanism>SCRAM-SHA-1</mechanism></mechanisms></stream:features>",
            b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
        ],
        sent: b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
    },
    // other prefixes and quotes, blanks between elements, and an end tag
    Transcript {
        kind: Kind::Xmpp,
        turns: &[
            b"\n<stream xmlns=\"http://etherx.jabber.org/streams\" version=\"1.0\" id='>'>\n\
              <features>\n<t:starttls xmlns:t=\"urn:ietf:params:xml:ns:xmpp-tls\"/>\n</features>\n",
            b" <proceed xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\"></proceed>",
        ],
        sent: b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
    },
    Transcript { kind: Kind::Postgres, turns: &[b"", b"S"], sent: b"\0\0\0\x08\x04\xd2\x16\x2f" },
    Transcript { kind: Kind::Mysql, turns: &[MYSQL], sent: SSL_REQUEST },
    Transcript { kind: Kind::Ldap, turns: &[b"", LDAP], sent: START_TLS },
    // with long lengths and the name of the operation, as Active Directory answers
    Transcript {
        kind: Kind::Ldap,
        turns: &[
            b"",
            b"\x30\x84\0\0\0\x28\x02\x01\x01\x78\x84\0\0\0\x1f\x0a\x01\x00\x04\x00\x04\x00\
              \x8a\x161.3.6.1.4.1.1466.20037",
        ],
        sent: START_TLS,
    },
    Transcript {
        kind: Kind::Nntp,
        turns: &[
            b"201 news.example InterNetNews NNRP server ready (no posting)\r\n",
            b"101 Capability list:\r\nVERSION 2\r\nREADER\r\nSTARTTLS\r\nLIST ACTIVE\r\n.\r\n",
            b"382 Begin TLS negotiation now\r\n",
        ],
        sent: b"CAPABILITIES\r\nSTARTTLS\r\n",
    },
    // older than the list
    Transcript {
        kind: Kind::Nntp,
        turns: &[b"200 hello\r\n", b"500 What?\r\n", b"382 Begin\r\n"],
        sent: b"CAPABILITIES\r\nSTARTTLS\r\n",
    },
    Transcript {
        kind: Kind::Sieve,
        turns: &[
            b"\"IMPLEMENTATION\" \"Dovecot Pigeonhole\"\r\n\"SIEVE\" \"fileinto reject\"\r\n\
              \"NOTIFY\" \"mailto\"\r\n\"SASL\" \"\"\r\n\"STARTTLS\"\r\n\"VERSION\" \"1.0\"\r\n\
              OK \"Dovecot ready.\"\r\n",
            b"OK \"Begin TLS negotiation now.\"\r\n",
        ],
        sent: b"STARTTLS\r\n",
    },
    // literals, one of which looks like an answer
    Transcript {
        kind: Kind::Sieve,
        turns: &[
            b"{8}\r\nSTARTTLS\r\n\"IMPLEMENTATION\" {9+}\r\nNO\r\nOK {5}\r\nOK (TAG {1}\r\nx) {4}\r\n\
              a\r\nb\r\n",
            b"ok\r\n",
        ],
        sent: b"STARTTLS\r\n",
    },
];
