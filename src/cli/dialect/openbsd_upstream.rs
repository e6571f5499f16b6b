//! OpenBSD's own nc, as of 2026.
//!
//! The letters and their arity are the original's.

use std::ffi::OsStr;

use super::super::option::{Group as G, Id, Opt};
use super::super::to_plan;
use super::Dialect;
use crate::cli::proxy::UPSTREAM_PROXIES;
use crate::cli::settings::Settings;
use crate::cli::time::TimeStyle;
use crate::cli::tos::{self, OPENBSD_TOS, UPSTREAM_TOS};
use crate::cli::usage_error::UsageError;
use crate::cli::{help, words};
use crate::event::VoiceName;

/// OpenBSD's own nc.
pub static OPENBSD_UPSTREAM: Dialect = Dialect {
    name: "openbsd-upstream",
    summary: "OpenBSD's own nc",
    argv0: &[],
    opts: OPTS,
    runs_without_arguments: false,
    permute: false,
    long_options: false,
    refuses_option_as_value: false,
    classic_status: true,
    abbreviates: false,
    voice: VoiceName::OpenBsdUpstream,
    words: words::openbsd_upstream,
    usage_status: 1,
    help: help::openbsd_upstream,
    times: TimeStyle::WholeSeconds,
    tos: &[OPENBSD_TOS, UPSTREAM_TOS],
    proxies: UPSTREAM_PROXIES,
    to_plan: to_plan::openbsd_upstream,
};

const OPTS: &[Opt] = &[
    Opt::switch(Id::Ipv4, G::Ends).short('4').says("Use IPv4", "IPv4 only."),
    Opt::switch(Id::Ipv6, G::Ends).short('6').says("Use IPv6", "IPv6 only."),
    Opt::value(Id::TlsCert, "certfile", G::Tls)
        .short('C')
        .says("Public key file", "Our certificate (PEM), and those between it and its root, with `-c`."),
    Opt::switch(Id::Tls, G::Tls).short('c').says(
        "Use TLS",
        "TLS. The server's certificate is checked: chain, dates, purpose and name; at a listener, the client's, if it shows one.",
    ),
    Opt::switch(Id::DebugSocket, G::Socket)
        .short('D')
        .says("Enable the debug socket option", "Set `SO_DEBUG`."),
    Opt::switch(Id::NoInput, G::Data)
        .short('d')
        .says("Detach from stdin", "Do not read standard input."),
    Opt::value(Id::TlsName, "name", G::Tls)
        .short('e')
        .says("Required name in peer certificate", "The name that the peer's certificate must have, and that a server is asked for, with `-c`."),
    Opt::switch(Id::PassSocket, G::Mode)
        .short('F')
        .says("Pass socket fd", "Pass the connected socket over standard output and leave."),
    Opt::value(Id::TlsPin, "hash", G::Tls)
        .short('H')
        .says("Hash string of peer certificate", "The SHA-256 of the peer's certificate as `-v` shows it, besides all else, with `-c`: `SHA256:` and 64 hexadecimal digits."),
    Opt::switch(Id::Help, G::Report)
        .short('h')
        .refuses(|_, _| Err(UsageError::Help))
        .says("This help text", "Print the help text on standard error and leave with status 1."),
    Opt::value(Id::ReceiveBuffer, "length", G::Socket)
        .short('I')
        .says("TCP receive buffer length", "Size of the receive buffer in bytes."),
    Opt::value(Id::Interval, "interval", G::Data).short('i').says(
        "Delay interval for lines sent, ports scanned",
        "Pause for whole seconds before each round of reading and writing.",
    ),
    Opt::value(Id::TlsKey, "keyfile", G::Tls)
        .short('K')
        .says("Private key file", "The key of our certificate (PEM, not encrypted), with `-c`."),
    Opt::switch(Id::KeepOpen, G::Mode).short('k').says(
        "Keep inbound sockets open for multiple connects",
        "With `-l`: serve clients one after another, for ever.",
    ),
    Opt::switch(Id::Listen, G::Mode).short('l').says(
        "Listen mode, for inbound connects",
        "Listen: on a port, or an address and a port. Neither `-p` nor `-s` goes with it.",
    ),
    Opt::value(Id::Ttl, "ttl", G::Socket)
        .short('M')
        .says("Outgoing TTL / Hop Limit", "TTL or hop limit of outgoing packets."),
    Opt::value(Id::MinTtl, "minttl", G::Socket)
        .short('m')
        .says("Minimum incoming TTL / Hop Limit", "Drop packets that arrive with a lower TTL."),
    Opt::switch(Id::HalfClose, G::Leaving).short('N').says(
        "Shutdown the network socket after EOF on stdin",
        "Pass the end of input on as a half-close. Without it the peer is told nothing.",
    ),
    Opt::switch(Id::Numeric, G::Ends)
        .short('n')
        .says("Suppress name/port resolutions", "Look up no host names."),
    Opt::value(Id::SendBuffer, "length", G::Socket)
        .short('O')
        .says("TCP send buffer length", "Size of the send buffer in bytes."),
    Opt::value(Id::TlsStaple, "staplefile", G::Tls)
        .short('o')
        .says("Staple file", "The word of our certificate's issuer that it is not revoked (OCSP, in DER), with `-C`."),
    Opt::value(Id::ProxyUser, "proxyuser", G::Proxy)
        .short('P')
        .says("Username for proxy authentication", "User name for the proxy."),
    Opt::value(Id::SourcePort, "port", G::Ends)
        .short('p')
        .says("Specify local port for remote connects", "Own port."),
    Opt::value(Id::TlsTrust, "CAfile", G::Tls)
        .short('R')
        .says("CA bundle", "Who is trusted to sign the peer's certificate (PEM), with `-c`; else those that the system trusts."),
    Opt::switch(Id::Randomize, G::Mode)
        .short('r')
        .says("Randomize remote ports", "Try the ports of a scan in random order."),
    Opt::switch(Id::Md5, G::Socket)
        .short('S')
        .says("Enable the TCP MD5 signature option", "Sign segments; the key is asked for."),
    Opt::value(Id::SourceAddress, "sourceaddr", G::Ends).short('s').says(
        "Local source address",
        "Own address; with `-U` `-u` the path of the client's own socket.",
    ),
    Opt::value(Id::TosOrTls, "keyword", G::Socket).short('T').refuses(keyword).says(
        "TOS value or TLS options",
        "Type of service: a word in lower case, a number or 0x and a number. Or a word about TLS, \
         with `-c`: `alpn=` and `ciphers=` with lists, `protocols=tlsv1.2` or `tlsv1.3`; `noverify` \
         checks nothing, `noname` no name, `muststaple` asks for the issuer's word that the \
         certificate is not revoked, `clientcert` (with `-l`) for a certificate.",
    ),
    Opt::switch(Id::Telnet, G::Data)
        .short('t')
        .says("Answer TELNET negotiation", "Refuse what telnet negotiation asks for."),
    Opt::switch(Id::Unix, G::Ends)
        .short('U')
        .says("Use UNIX domain socket", "Unix-domain sockets."),
    Opt::switch(Id::Udp, G::Ends).short('u').says("UDP mode", "UDP, or with `-U` datagrams."),
    Opt::value(Id::RoutingTable, "rtable", G::Socket)
        .short('V')
        .says("Specify alternate routing table", "An error: Linux has no such tables."),
    Opt::switch(Id::Verbose, G::Report)
        .short('v')
        .says("Verbose", "Say what happens on standard error."),
    Opt::value(Id::ReceiveLimit, "recvlimit", G::Leaving).short('W').says(
        "Terminate after receiving a number of packets",
        "Leave after that many reads from the network.",
    ),
    Opt::value(Id::Wait, "timeout", G::Leaving).short('w').says(
        "Timeout for connects and final net reads",
        "Limit in whole seconds for connecting, and for a connection on which nothing moves.",
    ),
    Opt::value(Id::ProxyKind, "proto", G::Proxy).short('X').says(
        "Proxy protocol: \"4\", \"4A\", \"5\" (SOCKS) or \"connect\"",
        "What the proxy speaks: `4`, `4A`, `5` (the default) or `connect`.",
    ),
    Opt::value(Id::Proxy, "addr[:port]", G::Proxy).short('x').says(
        "Specify proxy address and port",
        "Connect through this proxy; its port is 1080 for SOCKS and 3128 for `connect`.",
    ),
    Opt::value(Id::TlsKeepChain, "peercertfile", G::Tls)
        .short('Z')
        .says("Peer certificate file", "Where the certificates of the server are saved (PEM), with `-c`."),
    Opt::switch(Id::Scan, G::Mode)
        .short('z')
        .says("Zero-I/O mode [used for scanning]", "Look which ports answer; send no data."),
];

/// Words of `-T` that are about TLS, and whether a value follows behind `=`.
const TLS_WORDS: &[(&str, bool)] = &[
    ("alpn", true),
    ("ciphers", true),
    ("clientcert", false),
    ("muststaple", false),
    ("noname", false),
    ("noverify", false),
    ("protocols", true),
];

/// A value of `-T` that is about TLS: its word, and what stands behind `=`. `Err` where that is
/// missing.
pub fn tls_word(value: &OsStr) -> Option<Result<(&'static str, &str), &'static str>> {
    let text = value.to_str()?;
    let (word, given) = text.split_once('=').unwrap_or((text, ""));
    let (word, needs) = TLS_WORDS.iter().find(|(known, _)| *known == word)?;
    Some(if *needs && given.is_empty() { Err(word) } else { Ok((word, given)) })
}

/// The type of service that a value of `-T` means.
pub fn type_of_service(value: &OsStr) -> Option<u8> {
    // Debian's alone
    let known = value != "lowcost";
    known.then(|| tos::parse(value, OPENBSD_UPSTREAM.tos)).flatten()
}

fn keyword(_: &Settings, value: &OsStr) -> Result<(), UsageError> {
    let refused =
        |before, after| Err(UsageError::RefusedValue { before, value: value.to_owned(), after });
    match (tls_word(value), type_of_service(value)) {
        (Some(Ok(_)), _) | (None, Some(_)) => Ok(()),
        (Some(Err(_)), _) => refused("invalid tls value `", "'"),
        (None, None) => refused("illegal tos/tls value ", ""),
    }
}
