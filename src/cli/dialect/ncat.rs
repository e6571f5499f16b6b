//! Ncat, as it is since 7.96.
//!
//! Rows stand in an order in which getopt names the same candidates as the original does where an
//! abbreviation is not clear. `-q` has no long name.

use super::super::option::{Group as G, Id, Opt};
use super::super::to_plan;
use super::Dialect;
use crate::cli::time::TimeStyle;
use crate::cli::{help, words};
use crate::event::VoiceName;

/// Ncat.
pub static NCAT: Dialect = Dialect {
    name: "ncat",
    summary: "the Nmap project's Ncat, as it is since 7.96",
    argv0: &["ncat"],
    opts: OPTS,
    runs_without_arguments: false,
    permute: true,
    long_options: true,
    refuses_option_as_value: false,
    classic_status: true,
    abbreviates: true,
    voice: VoiceName::Ncat,
    words: words::ncat,
    usage_status: 2,
    help: help::ncat,
    times: TimeStyle::Ncat,
    tos: &[],
    proxies: &[],
    to_plan: to_plan::ncat,
};

const OPTS: &[Opt] = &[
    Opt::switch(Id::Ipv4, G::Ends)
        .short('4')
        .aliases(&["4"])
        .says("IPv4 only", "IPv4 only. Of `-4`, `-6`, `-U` and `--vsock` the last one counts."),
    Opt::switch(Id::Ipv6, G::Ends).short('6').aliases(&["6"]).says("IPv6 only", "IPv6 only."),
    Opt::switch(Id::Unix, G::Ends).short('U').long("unixsock").says(
        "Unix-domain sockets: a path, no host and port",
        "Unix-domain sockets; with `-u` datagrams. `@name` is a file of that name.",
    ),
    Opt::switch(Id::Vsock, G::Ends).long("vsock").says(
        "sockets of virtual machines: CID and port",
        "Sockets of virtual machines: a context id and a port.",
    ),
    Opt::switch(Id::Crlf, G::Data).short('C').long("crlf").says(
        "send LF as CR LF",
        "Send each line feed as carriage return and line feed, unless both are there.",
    ),
    Opt::value(Id::ShellExec, "<command>", G::Programs).short('c').long("sh-exec").says(
        "have /bin/sh run the command for the peer",
        "Run the command with `/bin/sh -c`; it talks to the peer through our relay.",
    ),
    Opt::value(Id::Exec, "<command>", G::Programs).short('e').long("exec").says(
        "run the command for the peer, without a shell",
        "Run a program; blanks separate its arguments, and a backslash takes the next byte as it \
         is. It needs the whole path.",
    ),
    Opt::value(Id::LuaExec, "<file>", G::Programs)
        .long("lua-exec")
        .says("run the Lua script for the peer", "Run a Lua script; it talks to the peer."),
    Opt::value(Id::NotYet, "<file>", G::Programs)
        .long("lua-exec-internal")
        .says("the original's own use", "How the original starts itself for a script; refused."),
    Opt::value(Id::SourceRoute, "<hop>[,<hop>...]", G::Socket).short('g').aliases(&["g"]).says(
        "hosts on the way (IPv4 only, at most 8)",
        "Loose source route: up to eight hosts. Only with `-4`.",
    ),
    Opt::value(Id::SourceRoutePointer, "<n>", G::Socket).short('G').aliases(&["G"]).says(
        "where on that way to begin: 4, 8, ... 28",
        "The pointer of the source route: a multiple of 4 from 4 to 28.",
    ),
    Opt::value(Id::MostClients, "<n>", G::Clients).short('m').long("max-conns").says(
        "with -l: at most so many clients at once",
        "With `-l` and `-k`, `--broker` or `--chat`: how many clients at once; 100 unless told.",
    ),
    Opt::switch(Id::Help, G::Report)
        .short('h')
        .long("help")
        .says("show this help", "Print the help text and leave with status 0."),
    Opt::switch(Id::Version, G::Report)
        .long("version")
        .says("show the version", "Print the version on standard error and leave with status 0."),
    Opt::value(Id::Delay, "<time>", G::Data).short('d').long("delay").says(
        "pause before each block moved",
        "Pause that long before each block that is sent or shown.",
    ),
    Opt::value(Id::Output, "<file>", G::Report).short('o').long("output").says(
        "record the bytes of both directions",
        "Write the bytes of both directions to a file, as they pass.",
    ),
    Opt::value(Id::HexDump, "<file>", G::Report).short('x').long("hex-dump").says(
        "record them as a hex dump",
        "Write the bytes of both directions to a file as a hex dump.",
    ),
    Opt::switch(Id::AppendOutput, G::Report)
        .long("append-output")
        .says("add to these files, do not empty them", "Append to the files of `-o` and `-x`."),
    Opt::value(Id::IdleTimeout, "<time>", G::Leaving).short('i').long("idle-timeout").says(
        "fail when nothing moved for so long",
        "Leave with an error when nothing moved for so long and nothing was waiting to move.",
    ),
    Opt::value(Id::QuitAfter, "<time>", G::Leaving).short('q').says(
        "leave so long after the end of input",
        "Leave that long after the end of input; a negative time is for ever.",
    ),
    Opt::value(Id::SourcePort, "<port>", G::Ends).short('p').long("source-port").says(
        "own port; with -l the port to listen on",
        "Own port, a number; with `-l` and no operands the port to listen on.",
    ),
    Opt::value(Id::SourceAddress, "<addr>", G::Ends).short('s').long("source").says(
        "own address (not with -l)",
        "Own address; with `-U` `-u` the path of the client's own socket.",
    ),
    Opt::switch(Id::Listen, G::Mode)
        .short('l')
        .long("listen")
        .says("listen for a connection", "Listen; on port 31337 unless another is given."),
    Opt::switch(Id::KeepOpen, G::Mode).short('k').long("keep-open").says(
        "many clients with -l; else: stay when peer ends",
        "With `-l`: serve many clients, all at once. Without: stay when the peer has closed.",
    ),
    Opt::switch(Id::SendOnly, G::Data).long("send-only").says(
        "drop what the peer sends; leave when input ends",
        "Drop what the peer sends, and leave at the end of input.",
    ),
    Opt::switch(Id::NoInput, G::Data)
        .long("recv-only")
        .says("do not read input, only receive", "Do not read standard input."),
    Opt::switch(Id::NoShutdown, G::Leaving).long("no-shutdown").says(
        "do not tell the peer when input ends",
        "Keep the connection open in both directions at the end of input.",
    ),
    Opt::switch(Id::Numeric, G::Ends)
        .short('n')
        .long("nodns")
        .says("look up no names", "Hosts are numeric addresses; no name is looked up."),
    Opt::switch(Id::Udp, G::Ends)
        .short('u')
        .long("udp")
        .says("UDP, or with -U datagrams", "UDP; with `-U` datagrams of the Unix domain."),
    Opt::switch(Id::Sctp, G::Ends).long("sctp").says("SCTP", "SCTP in place of TCP."),
    Opt::value(Id::Wait, "<time>", G::Leaving).short('w').long("wait").says(
        "limit for connecting (10 s unless told)",
        "Limit for connecting; ten seconds unless told otherwise.",
    ),
    Opt::switch(Id::Scan, G::Mode)
        .short('z')
        .says("only look whether the port answers", "Look whether the port answers; no data."),
    Opt::value(Id::Allow, "<host>[,...]", G::Clients).long("allow").says(
        "let only these hosts in",
        "Let only these hosts in: names, addresses, networks, octet ranges.",
    ),
    Opt::value(Id::AllowFile, "<file>", G::Clients)
        .long("allowfile")
        .says("let only the hosts of the file in", "A file of hosts that are let in."),
    Opt::value(Id::Deny, "<host>[,...]", G::Clients)
        .long("deny")
        .says("do not let these hosts in", "Do not let these hosts in."),
    Opt::value(Id::DenyFile, "<file>", G::Clients)
        .long("denyfile")
        .says("do not let the hosts of the file in", "A file of hosts that are not let in."),
    Opt::switch(Id::Broker, G::Clients).long("broker").says(
        "pass on what each client says to all others",
        "Listen, and pass on what each client says to all others.",
    ),
    Opt::switch(Id::Chat, G::Clients).long("chat").aliases(&["talk"]).says(
        "with -l: the same, with names before the lines",
        "With `-l`: pass on what each client says to all others, with its name.",
    ),
    Opt::switch(Id::Telnet, G::Data).short('t').long("telnet").says(
        "answer telnet negotiation",
        "Refuse what telnet negotiation asks for, and leave it out of the data.",
    ),
    Opt::switch(Id::Verbose, G::Report)
        .short('v')
        .long("verbose")
        .says("say more (up to three times)", "Say what happens on standard error."),
    Opt::value(Id::Proxy, "<addr[:port]>", G::Proxy)
        .long("proxy")
        .says("connect through this proxy", "Connect through this proxy."),
    Opt::value(Id::ProxyKind, "<type>", G::Proxy).long("proxy-type").says(
        "http, socks4, socks5; with -l: be an HTTP proxy",
        "What the proxy speaks: `http` (the default), `socks4` or `socks5`. With `-l` and `http`: \
         be a proxy.",
    ),
    Opt::value(Id::ProxyAuth, "<auth>", G::Proxy).long("proxy-auth").says(
        "who we are to the proxy, or who may use ours",
        "User name and password for the proxy, or those that our own proxy asks for. Unless \
         given, `NCAT_PROXY_AUTH` in the environment.",
    ),
    Opt::value(Id::ProxyDns, "<where>", G::Proxy).long("proxy-dns").says(
        "who looks names up: local, remote, both, none",
        "Who looks up the name behind the proxy: `local`, `remote` (the default), `both` or \
         `none`.",
    ),
    Opt::switch(Id::Tls, G::Tls).long("ssl").says(
        "TLS, without a look at who the peer is",
        "Speak TLS. A client checks nothing of the server's certificate unless `--ssl-verify` or \
         `--ssl-trustfile` asks for it; `-v` says so. A server shows `--ssl-cert`, or a certificate \
         that it makes for the run. Each of the other `--ssl` options means this one too.",
    ),
    Opt::value(Id::TlsCert, "<file>", G::Tls)
        .long("ssl-cert")
        .says("our certificate (PEM)", "Our certificate (PEM), with `--ssl-key`."),
    Opt::value(Id::TlsKey, "<file>", G::Tls)
        .long("ssl-key")
        .says("its key (PEM)", "The key of `--ssl-cert` (PEM, not encrypted)."),
    Opt::switch(Id::TlsVerify, G::Tls).long("ssl-verify").says(
        "trust and name are checked",
        "Check the server's certificate: chain, dates, purpose and name, by whom the system \
         trusts. A listener checks nobody.",
    ),
    Opt::value(Id::TlsTrust, "<file>", G::Tls).long("ssl-trustfile").says(
        "whom to trust instead of the system's (PEM)",
        "Trust those whose certificates stand in this file (PEM), instead of the system's; means \
         `--ssl-verify`.",
    ),
    Opt::value(Id::TlsCiphers, "<list>", G::Tls).long("ssl-ciphers").says(
        "which ciphers may be used",
        "The cipher suites to speak, by the registry's names or OpenSSL's, with colons in between; \
         words for all of them, as `HIGH`, and those with `!`, `-` or `@` are passed over.",
    ),
    Opt::value(Id::TlsServerName, "<name>", G::Tls).long("ssl-servername").says(
        "the server's name, to ask for and to check",
        "The name to ask the server for (SNI), which its certificate must have if it is checked.",
    ),
    Opt::value(Id::TlsAlpn, "<list>", G::Tls).long("ssl-alpn").says(
        "protocols inside, with commas",
        "The protocols that may be spoken inside (ALPN), the first one preferred, with commas in \
         between.",
    ),
    Opt::value(Id::Ignored, "<name>", G::Report).long("nsock-engine").says(
        "epoll, poll or select; changes nothing here",
        "`epoll`, `poll` or `select`: what the original waits with; changes nothing here.",
    ),
    Opt::switch(Id::Ignored, G::Report)
        .long("test")
        .says("changes nothing here", "What the original's own tests listen for; changes nothing."),
];
