//! netcat-openbsd 1.219 as Debian and Ubuntu ship it.
//!
//! The letters and their arity are the original's; the getopt string is checked by a test.

use super::super::option::{Group as G, Id, Opt};
use super::super::to_plan;
use super::Dialect;
use crate::cli::proxy::OPENBSD_PROXIES;
use crate::cli::time::TimeStyle;
use crate::cli::tos::OPENBSD_TOS;
use crate::cli::{help, words};
use crate::event::VoiceName;

/// netcat-openbsd 1.219, Debian.
pub static OPENBSD: Dialect = Dialect {
    name: "openbsd",
    summary: "netcat-openbsd 1.219, as Debian ships it",
    argv0: &["nc.openbsd"],
    opts: OPTS,
    runs_without_arguments: false,
    permute: true,
    long_options: false,
    refuses_option_as_value: false,
    classic_status: true,
    abbreviates: false,
    voice: VoiceName::OpenBsd,
    words: words::openbsd,
    usage_status: 1,
    help: help::openbsd,
    times: TimeStyle::WholeSeconds,
    tos: &[OPENBSD_TOS],
    proxies: OPENBSD_PROXIES,
    to_plan: to_plan::openbsd,
};

const OPTS: &[Opt] = &[
    Opt::switch(Id::Ipv4, G::Ends).short('4').says("Use IPv4", "IPv4 only."),
    Opt::switch(Id::Ipv6, G::Ends).short('6').says("Use IPv6", "IPv6 only."),
    Opt::switch(Id::Broadcast, G::Socket)
        .short('b')
        .says("Allow broadcast", "Allow sending to broadcast addresses."),
    Opt::switch(Id::Crlf, G::Data)
        .short('C')
        .says("Send CRLF as line-ending", "Send each line feed as carriage return and line feed."),
    Opt::switch(Id::DebugSocket, G::Socket)
        .short('D')
        .says("Enable the debug socket option", "Set `SO_DEBUG`."),
    Opt::switch(Id::NoInput, G::Data)
        .short('d')
        .says("Detach from stdin", "Do not read standard input."),
    Opt::switch(Id::PassSocket, G::Mode)
        .short('F')
        .says("Pass socket fd", "Pass the connected socket over standard output and leave."),
    Opt::switch(Id::Help, G::Report)
        .short('h')
        .says("This help text", "Print the help text on standard error and leave with status 0."),
    Opt::value(Id::ReceiveBuffer, "length", G::Socket)
        .short('I')
        .says("TCP receive buffer length", "Size of the receive buffer in bytes."),
    Opt::value(Id::Interval, "interval", G::Data).short('i').says(
        "Delay interval for lines sent, ports scanned",
        "Pause for whole seconds between lines sent and between ports scanned.",
    ),
    Opt::switch(Id::KeepOpen, G::Mode).short('k').says(
        "Keep inbound sockets open for multiple connects",
        "With `-l`: serve clients one after another, for ever.",
    ),
    Opt::switch(Id::Listen, G::Mode)
        .short('l')
        .says("Listen mode, for inbound connects", "Listen for a connection."),
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
    Opt::value(Id::ProxyUser, "proxyuser", G::Proxy)
        .short('P')
        .says("Username for proxy authentication", "User name for the proxy."),
    Opt::value(Id::SourcePort, "port", G::Ends).short('p').says(
        "Specify local port for remote connects",
        "Own port; with `-l` the port to listen on.",
    ),
    Opt::value(Id::QuitAfter, "secs", G::Leaving).short('q').says(
        "quit after EOF on stdin and delay of secs",
        "Half-close at the end of input; a listener and UDP leave that many seconds later, a TCP \
         client that many seconds after the peer has closed. Negative: never.",
    ),
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
    Opt::value(Id::Tos, "keyword", G::Socket)
        .short('T')
        .says("TOS value", "Type of service: a word in lower case, a number or 0x and a number."),
    Opt::switch(Id::Telnet, G::Data)
        .short('t')
        .says("Answer TELNET negotiation", "Refuse what telnet negotiation asks for."),
    Opt::switch(Id::Unix, G::Ends)
        .short('U')
        .says("Use UNIX domain socket", "Unix-domain sockets; `@name` is an abstract name."),
    Opt::switch(Id::Udp, G::Ends).short('u').says("UDP mode", "UDP, or with `-U` datagrams."),
    Opt::value(Id::RoutingTable, "rtable", G::Socket)
        .short('V')
        .says("Specify alternate routing table", "Always an error, as in the original on Linux."),
    Opt::switch(Id::Verbose, G::Report)
        .short('v')
        .says("Verbose", "Say what happens on standard error."),
    Opt::value(Id::ReceiveLimit, "recvlimit", G::Leaving).short('W').says(
        "Terminate after receiving a number of packets",
        "Leave after that many reads from the network.",
    ),
    Opt::value(Id::Wait, "timeout", G::Leaving).short('w').says(
        "Timeout for connects and final net reads",
        "Limit in whole seconds for connecting, and for a connection on which nothing moves. \
         0 is no limit.",
    ),
    Opt::value(Id::ProxyKind, "proto", G::Proxy).short('X').says(
        "Proxy protocol: \"4\", \"5\" (SOCKS) or \"connect\"",
        "What the proxy speaks: `4`, `5` (the default) or `connect`.",
    ),
    Opt::value(Id::Proxy, "addr[:port]", G::Proxy).short('x').says(
        "Specify proxy address and port",
        "Connect through this proxy; its port is 1080 for SOCKS and 3128 for `connect`.",
    ),
    Opt::switch(Id::Dccp, G::Ends).short('Z').says("DCCP mode", "DCCP in place of TCP."),
    Opt::switch(Id::Scan, G::Mode)
        .short('z')
        .says("Zero-I/O mode [used for scanning]", "Look which ports answer; send no data."),
];
