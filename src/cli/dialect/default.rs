//! The default face: the union grammar, with openbsd's letters and a long name for everything.
//!
//! Long names are Ncat's where it has one, GNU netcat's as aliases, and plain words otherwise.

use super::super::option::{Group as G, Id, Opt};
use super::super::to_plan;
use super::Dialect;
use crate::cli::proxy::ALL_PROXIES;
use crate::cli::time::TimeStyle;
use crate::cli::tos::{OPENBSD_TOS, TRADITIONAL_TOS};
use crate::cli::{help, words};
use crate::event::VoiceName;

/// The default face.
pub static DEFAULT: Dialect = Dialect {
    name: "default",
    summary: "the union of all netcats, on openbsd's letters",
    argv0: &["nc", "netcat"],
    opts: OPTS,
    runs_without_arguments: false,
    permute: true,
    long_options: true,
    refuses_option_as_value: true,
    classic_status: false,
    abbreviates: false,
    voice: VoiceName::Default,
    words: words::default,
    usage_status: 1,
    help: help::default,
    times: TimeStyle::Units,
    tos: &[OPENBSD_TOS, TRADITIONAL_TOS],
    proxies: ALL_PROXIES,
    to_plan: to_plan::default,
};

const OPTS: &[Opt] = &[
    // What to do
    Opt::switch(Id::Listen, G::Mode).short('l').long("listen").common().says(
        "listen for a connection instead of making one",
        "Listen: on a port, an address and a port, or with `-U` on a path. Port 0 lets the \
         system choose; `-v` says which it was. Without an address, IPv4 and IPv6 alike.",
    ),
    Opt::switch(Id::KeepOpen, G::Mode).short('k').long("keep-open").common().says(
        "with -l: serve all clients, and go on",
        "With `-l`: serve every client, all at once, for ever. A regular file on standard input \
         goes whole to each of them; any other input goes to all who are connected. Without \
         `-l`: ask the kernel to probe an idle connection (`SO_KEEPALIVE`).",
    ),
    Opt::switch(Id::Scan, G::Mode).short('z').long("zero").common().says(
        "only look which ports answer (with -v: say so)",
        "Look which of the ports answer, and send no data. The status is 0 if any did. With `-u`, \
         probes are sent, for UDP gives no sign otherwise.",
    ),
    Opt::switch(Id::Randomize, G::Mode)
        .short('r')
        .long("randomize")
        .says("scan ports in random order", "Look at the ports of a scan in random order."),
    Opt::switch(Id::PassSocket, G::Mode).short('F').long("pass-socket").says(
        "pass the connected socket over stdout and leave",
        "Connect, pass the socket over standard output, which must be a Unix socket, and leave: \
         for ssh with `ProxyUseFdpass`.",
    ),
    Opt::value(Id::Lab, "KIND", G::Mode).long("lab").says(
        "with the word serve: be a practice server (http)",
        "Only as `nc serve --lab http [ADDR:]PORT`: be a small web server to practise with. It \
         listens on the loopback address unless another is given.",
    ),
    // Addresses
    Opt::switch(Id::Ipv4, G::Ends)
        .short('4')
        .long("ipv4")
        .aliases(&["4"])
        .says("IPv4 only", "IPv4 only. Of `-4` and `-6` the last one counts."),
    Opt::switch(Id::Ipv6, G::Ends)
        .short('6')
        .long("ipv6")
        .aliases(&["6"])
        .says("IPv6 only", "IPv6 only."),
    Opt::switch(Id::Udp, G::Ends)
        .short('u')
        .long("udp")
        .common()
        .says("UDP instead of TCP", "UDP; with `-U` datagrams of the Unix domain."),
    Opt::switch(Id::Unix, G::Ends).short('U').long("unixsock").common().says(
        "a Unix-domain socket: PATH or @name",
        "Unix-domain sockets. The operand is a path, or an abstract name after `@`.",
    ),
    Opt::switch(Id::Dccp, G::Ends)
        .short('Z')
        .long("dccp")
        .says("DCCP instead of TCP", "DCCP (RFC 4340), where the kernel has it."),
    Opt::value(Id::File, "FILE", G::Ends).short('f').long("file").says(
        "a file or device in place of the network",
        "Open this file or device, a serial line for instance, in place of the network.",
    ),
    Opt::switch(Id::Numeric, G::Ends)
        .short('n')
        .long("nodns")
        .aliases(&["dont-resolve"])
        .common()
        .says("look up no names", "Hosts are numeric addresses; no name is looked up."),
    Opt::value(Id::SourcePort, "PORT", G::Ends)
        .short('p')
        .long("source-port")
        .aliases(&["local-port"])
        .common()
        .says(
            "own port; with -l the port to listen on",
            "Own port, a number or a service's name; with `-l` the port to listen on.",
        ),
    Opt::value(Id::SourceAddress, "ADDR", G::Ends).short('s').long("source").says(
        "own address; with -l the address to listen on",
        "Own address; with `-l` the address to listen on; with `-U` `-u` the path of the \
         client's own socket.",
    ),
    // Data
    Opt::switch(Id::Crlf, G::Data).short('C').long("crlf").common().says(
        "send LF as CR LF",
        "Send each line feed as carriage return and line feed; where both are there already, \
         nothing is added.",
    ),
    Opt::switch(Id::NoInput, G::Data).short('d').long("recv-only").aliases(&["no-input"]).says(
        "do not read stdin, only receive",
        "Do not read standard input, and do not tell the peer that it ended.",
    ),
    Opt::value(Id::Interval, "TIME", G::Data).short('i').long("interval").says(
        "pause between lines sent, and ports scanned",
        "Pause that long after each line sent, and between two ports of a scan. Not Ncat's `-i`, \
         which is `--idle-timeout` here; so `-i` takes no unit, and `--interval` does.",
    ),
    Opt::switch(Id::Telnet, G::Data).short('t').long("telnet").says(
        "answer telnet negotiation",
        "Refuse whatever telnet negotiation asks for, so that the conversation can go on.",
    ),
    // When to leave
    Opt::value(Id::Wait, "TIME", G::Leaving).short('w').long("wait").common().says(
        "limit for connecting, and for being idle",
        "One limit for name lookup, connection and proxy together; and leave when for so long \
         nothing moved and nothing was waiting to move. A listener waits for its first client \
         as long as it takes. 0 is no limit.",
    ),
    Opt::value(Id::IdleTimeout, "TIME", G::Leaving).long("idle-timeout").says(
        "leave when nothing moved for TIME",
        "Only the second half of `-w`: leave when nothing moved for so long.",
    ),
    Opt::value(Id::QuitAfter, "TIME", G::Leaving).short('q').long("quit-after").common().says(
        "leave at most TIME after the end of input",
        "At the end of input half-close, then leave when the peer is done or after so long. \
         `-q 0` leaves when the peer is done or has been silent for a second; `-q -1` waits for \
         ever.",
    ),
    Opt::switch(Id::HalfClose, G::Leaving).short('N').long("half-close").says(
        "tell the peer when input ends (as by default)",
        "Pass the end of input on as a half-close. That is so anyway; the option is here for \
         command lines written for openbsd.",
    ),
    Opt::switch(Id::NoShutdown, G::Leaving).long("no-shutdown").common().says(
        "do not tell the peer when input ends",
        "Keep the connection open in both directions at the end of input.",
    ),
    Opt::value(Id::ReceiveLimit, "N", G::Leaving).short('W').long("receive-limit").says(
        "leave after N reads from the network",
        "Leave after so many reads from the network; with `-u` these are datagrams.",
    ),
    // Proxies
    Opt::value(Id::Proxy, "HOST[:PORT]", G::Proxy).short('x').long("proxy").common().says(
        "connect through this proxy",
        "Connect through a proxy. An IPv6 address with a port stands in brackets. Without a port: \
         1080 for SOCKS, 3128 for HTTP.",
    ),
    Opt::value(Id::ProxyKind, "KIND", G::Proxy).short('X').long("proxy-type").says(
        "what it speaks: 4, 4a, 5 (default) or connect",
        "What the proxy speaks: `4`, `4a`, `5` (the default) or `connect`; also `socks4`, \
         `socks4a`, `socks5` and `http`.",
    ),
    Opt::value(Id::ProxyUser, "USER", G::Proxy).short('P').long("proxy-user").says(
        "user name for the proxy",
        "User name for the proxy. The password is asked for at the terminal.",
    ),
    Opt::value(Id::ProxyAuth, "USER:PASS", G::Proxy).long("proxy-auth").says(
        "user name and password for the proxy",
        "User name and password for the proxy. Others on the machine may see the command line; \
         `--proxy-user` asks for the password instead.",
    ),
    // Socket options
    Opt::value(Id::Tos, "WORD", G::Socket).short('T').long("tos").says(
        "type of service: af11, cs1, ef, lowdelay, …",
        "Type of service or traffic class: openbsd's words (`af11` to `af43`, `cs0` to `cs7`, \
         `ef`, `critical`, `inetcontrol`, `netcontrol`, `lowcost`, `lowdelay`, `reliability`, \
         `throughput`), traditional's (`Minimize-Delay` and its kin), a number up to 255, or 0x \
         and a hexadecimal number.",
    ),
    Opt::value(Id::Ttl, "N", G::Socket)
        .short('M')
        .long("ttl")
        .says("TTL of outgoing packets", "TTL or hop limit of outgoing packets, 1 to 255."),
    Opt::value(Id::MinTtl, "N", G::Socket).short('m').long("min-ttl").says(
        "drop packets that arrive with a lower TTL",
        "Drop packets that arrive with a lower TTL or hop limit (RFC 5082). With `-l` `-k`, where \
         Ncat's `-m` is a number of clients, only the long name is taken.",
    ),
    Opt::value(Id::ReceiveBuffer, "BYTES", G::Socket)
        .short('I')
        .long("receive-buffer")
        .says("size of the receive buffer", "Size of the socket's receive buffer in bytes."),
    Opt::value(Id::SendBuffer, "BYTES", G::Socket)
        .short('O')
        .long("send-buffer")
        .says("size of the send buffer", "Size of the socket's send buffer in bytes."),
    Opt::switch(Id::Md5, G::Socket).short('S').long("md5").says(
        "sign TCP segments with MD5; asks for the key",
        "Sign TCP segments with MD5 (RFC 2385). The key is asked for at the terminal.",
    ),
    Opt::switch(Id::DebugSocket, G::Socket)
        .short('D')
        .long("debug-socket")
        .says("set SO_DEBUG", "Set `SO_DEBUG` on the socket."),
    Opt::switch(Id::Broadcast, G::Socket)
        .short('b')
        .long("broadcast")
        .says("allow broadcast addresses", "Allow sending to broadcast addresses."),
    // Messages
    Opt::switch(Id::Verbose, G::Report).short('v').long("verbose").common().says(
        "say what happens; -vv says more",
        "Say on standard error what happens: addresses, connections, results. Repeated, it says \
         more.",
    ),
    Opt::switch(Id::Why, G::Report).long("why").common().says(
        "say at the end who finished, and how much moved",
        "A closing line: who finished first, bytes each way, how long it took.",
    ),
    Opt::switch(Id::Json, G::Report).long("json").common().says(
        "events as JSON lines on stderr",
        "Events as JSON, one object a line, on standard error. The data stream is as ever.",
    ),
    Opt::value(Id::ExitStatus, "KIND", G::Report).long("exit-status").says(
        "classic (0 and 1) or detailed (the default)",
        "`classic`: 0 and 1 only. `detailed`: what failed, as below.",
    ),
    Opt::value(Id::Dialect, "NAME", G::Report).long("dialect").common().says(
        "speak as another netcat does (openbsd)",
        "Take the command line as that netcat does, with its words and its statuses. Found \
         anywhere before `--`.",
    ),
    Opt::attached(Id::Help, "all", G::Report).short('h').long("help").common().says(
        "this help; --help=all shows every option",
        "Print help on standard output; `--help=all` shows every option.",
    ),
    Opt::switch(Id::Version, G::Report).short('V').long("version").says(
        "version, dialects and features",
        "Print version, dialects and features; with `--json` as a JSON object.",
    ),
];
