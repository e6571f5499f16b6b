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
    Opt::switch(Id::Scan, G::Mode).short('z').long("zero").says(
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
    Opt::value(Id::ExplainCommand, "LINE", G::Mode).long("explain-command").says(
        "what a command line means in each dialect",
        "Print what a command line means in each dialect, where they differ, and how it is spelled \
         clearly here: `nc --explain-command 'nc -lvnp 4444 -q1'`. The line is one argument, split \
         as a shell splits words; what a shell would replace (`~`, `$`, `*` in a word without a \
         colon) is refused unless it is quoted. Nothing is opened or looked up. It stands alone.",
    ),
    Opt::value(Id::Lab, "KIND", G::Mode).long("lab").says(
        "with the word serve: be a practice server (http)",
        "Only as `nc serve --lab http [ADDR:]PORT`: be a small web server to practise with. It \
         listens on the loopback address unless another is given.",
    ),
    Opt::switch(Id::LabExplain, G::Mode).long("explain").says(
        "with serve --lab: say how each line was read",
        "With `nc serve --lab http`: say of each line of a request how it was read, in the answer \
         (as `Explain` headers) and on standard error: `line 3 has no colon: reading headers \
         stopped here`.",
    ),
    Opt::switch(Id::Multipart, G::Mode).long("multipart").says(
        "with http: send the form as multipart/form-data",
        "Only with `nc http`: send the fields of a form as `multipart/form-data`, as it is anyway \
         where one of them is a file.",
    ),
    Opt::switch(Id::DryRun, G::Mode).long("dry-run").says(
        "with http: print the request, and send nothing",
        "Only with `nc http`: write the request on standard output, byte for byte, and connect to \
         nobody: `nc http --dry-run host:80/ | nc host 80` sends it.",
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
    Opt::switch(Id::Sctp, G::Ends)
        .long("sctp")
        .says("SCTP instead of TCP", "SCTP (RFC 9260), one stream of it, where the kernel has it."),
    Opt::switch(Id::UdpLite, G::Ends).long("udplite").says(
        "UDP-Lite instead of TCP",
        "UDP-Lite (RFC 3828), where the kernel has it: datagrams that may arrive damaged.",
    ),
    Opt::switch(Id::Tcp, G::Ends)
        .long("tcp")
        .says("TCP, as by default", "TCP. That is so anyway; the name is GNU netcat's."),
    Opt::switch(Id::Vsock, G::Ends).long("vsock").says(
        "virtual machines: CID PORT, or -l [CID] PORT",
        "Sockets between a virtual machine and its host. The operands are the number of the machine \
         (2 is the host) and a port, both up to 4294967295; a listener may leave the first out.",
    ),
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
    Opt::switch(Id::Escapes, G::Data).long("escapes").says(
        "\\n \\r \\t \\0 \\\\ \\xHH in what is sent are bytes",
        "In what is read from standard input, `\\n`, `\\r`, `\\t`, `\\0`, `\\\\` and `\\xHH` stand for the \
         bytes that they name. Anything else behind a backslash ends the run (status 17): what stands \
         before it is sent, but of a line that is typed at a terminal, and of a datagram, nothing. \
         With `-C`, line ends as they are typed become CR LF, and `\\n` stays LF.",
    ),
    Opt::switch(Id::Fill, G::Data).long("fill").says(
        "fill {len}, {env:NAME} and {now} in what is sent",
        "In what is read from standard input, `{len}` becomes the length of the message's body in \
         bytes, `{env:NAME}` a variable of the environment, `{now}` the date as HTTP's `Date` has it, \
         and `{{}` a brace. A body begins behind the empty line that follows `{len}` and goes to the \
         end of input; at a terminal an empty line ends it too, which is not sent, nor is the line end \
         before it, and another message may follow. A message is held back from its `{len}` on, up to \
         1 MiB, and counted as it is sent, after `-C` and `--escapes`; within a body `{len}` stands for \
         itself. Other braces stay as they are. A variable that is not there, or a `{len}` without a \
         body, ends the run (status 17): what stands before it and is not held back is sent, but of a \
         line that is typed at a terminal, and of a datagram, nothing. For one peer at a time.",
    ),
    Opt::switch(Id::Edit, G::Data).long("edit").common().says(
        "edit lines at a terminal, with history",
        "At a terminal, edit each line before it is sent: arrows, Ctrl-R, Tab, and a block that is \
         pasted waits for Enter. What arrives is shown above it. Elsewhere it does nothing.",
    ),
    Opt::switch(Id::NoHistory, G::Data).long("no-history").says(
        "do not keep the lines that are edited",
        "With `--edit`, neither read nor keep earlier lines. Without it, they are in a file of the \
         user's alone for each host and port, under `$XDG_STATE_HOME/nc/history` or \
         `~/.local/state/nc/history`.",
    ),
    Opt::switch(Id::NoInput, G::Data).short('d').long("recv-only").aliases(&["no-input"]).says(
        "do not read stdin, only receive",
        "Do not read standard input, and do not tell the peer that it ended.",
    ),
    Opt::switch(Id::SendOnly, G::Data).long("send-only").says(
        "drop what the peer sends; leave when input ends",
        "Send only: what the peer sends is taken and dropped, and `nc` leaves once the input has \
         ended and is delivered.",
    ),
    Opt::value(Id::Interval, "TIME", G::Data).short('i').long("interval").says(
        "pause between lines sent, and ports scanned",
        "Pause that long after each line sent, and between two ports of a scan. Not Ncat's `-i`, \
         which is `--idle-timeout` here; so `-i` takes no unit, and `--interval` does.",
    ),
    Opt::value(Id::Delay, "TIME", G::Data).long("delay").says(
        "pause before each block read or written",
        "Pause that long before each block that is sent or shown, whatever lines are in it: Ncat's \
         `-d`.",
    ),
    Opt::value(Id::Rate, "RATE", G::Data).long("rate").says(
        "at most so many bytes a second each way (2M)",
        "Move at most so many bytes a second in each direction: a whole number, with `k` (or `K`), \
         `M` or `G` behind it for thousands, millions and milliards, or `Ki`, `Mi` and `Gi` for powers of 1024. \
         With several clients, each has that rate. What the pauses hold back is not idle.",
    ),
    Opt::switch(Id::Sum, G::Data).long("sum").says(
        "print the SHA-256 of each direction at the end",
        "Print the SHA-256 of what was sent, as it went to the net (behind `-C`), and of what was \
         received, as it came, on standard error at the end: the same as `sha256sum` gives, which the \
         last word of each line is. Each line says whether that direction came to its end or was cut \
         short. Of datagrams it is the sum of all in their order. Not for clients that share our \
         input and output.",
    ),
    Opt::switch(Id::Telnet, G::Data).short('t').long("telnet").says(
        "answer telnet negotiation",
        "Refuse whatever telnet negotiation asks for, so that the conversation can go on.",
    ),
    Opt::value(Id::HexLines, "FILE", G::Data).short('o').long("hex-file").says(
        "write a hex dump of what passes to FILE",
        "Write what passes to this file as a hex dump, in the form that the first netcat gave it: \
         `<` or `>`, the offset, sixteen bytes in hexadecimal, and the same as text. The file is \
         emptied first. Here and with the next three, `-` is standard error.",
    ),
    Opt::value(Id::HexDump, "FILE", G::Data).long("hex-dump").says(
        "the same in Ncat's form",
        "Write what passes to this file as a hex dump in Ncat's form: what is sent and what is \
         received, without marks.",
    ),
    Opt::value(Id::Output, "FILE", G::Data).long("output").says(
        "write what passes to FILE as it is",
        "Write the bytes of both directions to this file as they pass: Ncat's `-o`, and not the \
         hex dump that `-o` is here.",
    ),
    Opt::value(Id::Log, "FILE", G::Data).long("log").says(
        "write time, direction, size and text to FILE",
        "Write a log with one line for each line that passes: the time in seconds, `>` or `<`, how \
         many bytes it has, and its text with everything escaped that is no text. It is of what goes \
         over the connection (inside TLS): what is sent is as `-C`, `--fill` and `--escapes` make it, \
         and what is received still has the telnet negotiation in it. It does not say whose \
         line it is: several clients (`-k`) are told apart by `--pcap` alone.",
    ),
    Opt::value(Id::Pcap, "FILE", G::Data).long("pcap").says(
        "write what passes as packets, for Wireshark",
        "Write what passes to this file as packets, in the form pcapng that Wireshark reads, without \
         being root: each connection of TCP or UDP from its beginning to its end, with what is said \
         to a proxy or before STARTTLS, and with true addresses and times. The headers are \
         synthesised, and the file's comment says so: one read or write is one segment (or a few, \
         where it is long) that is acknowledged at once. Under TLS the packets hold what was on the \
         wire, and before them stands a block with the secrets of the connection, so that they open \
         decrypted; the file becomes its owner's alone (0600), whoever could read \
         it before, and a regular file of somebody else's is refused before anything is \
         connected; a FIFO or a device is taken as it is. Who is turned away is not in it. Connections over Unix sockets and vsock get \
         addresses of 127.0.0.0/8 that are made up, which their first packet's comment says; a UDP \
         listener that hears everybody (`-k`) has the address that it is bound to. The \
         file is emptied first, and `--append-output` does not go with it; nor does DTLS.",
    ),
    Opt::value(Id::Lint, "KIND", G::Data).long("lint").says(
        "note what is wrong in http, smtp or redis",
        "Read along in a conversation by hand, as the client in it, and say on standard error which \
         line is wrong, what the other end waits for and what its answer means: KIND is `http`, \
         `smtp` or `redis`; `auto` is `http` where the first line sent is a request, and else \
         nothing; `none` is nothing. Not a byte of the conversation is changed or held up by it. \
         Where standard input and standard error are terminals, `-v` alone does as `auto`.",
    ),
    Opt::switch(Id::AppendOutput, G::Data).long("append-output").says(
        "append to these files instead of emptying them",
        "What `-o`, `--hex-dump`, `--output` and `--log` write is added to their files.",
    ),
    Opt::switch(Id::Hex, G::Data).long("hex").says(
        "show what passes as a hex dump, with times",
        "Write a hex dump of both directions to standard output, in place of what the peer sends: \
         the time in seconds, `>` or `<`, the offset in that direction, sixteen bytes in \
         hexadecimal, and the same as text. It is of the same bytes as `--log`, which is a file \
         that keeps them as well, as another record above does. Several clients (`-k`) share one \
         dump, and the offsets count what all of them sent or were sent.",
    ),
    Opt::switch(Id::Raw, G::Data).long("raw").says(
        "show what the peer sends as it came",
        "At a terminal, show what the peer sends as it came. Otherwise a peer cannot drive the \
         terminal: text and colours pass; other escape sequences and control characters, bytes \
         that are not UTF-8, and characters that turn the reading direction around are shown as \
         `\\xNN`. A terminal in raw mode (`stty raw`), a pipe and a file get every byte as it \
         came, and so does every record (`--log` and its kin).",
    ),
    Opt::switch(Id::Marks, G::Data).long("marks").says(
        "mark lines of the peer with \"< \", at a terminal",
        "At a terminal, put `< ` before each line that the peer sends, which tells it from what is \
         typed. A backspace is shown as `\\x08` then, and a line that is begun again has its mark \
         again. A pipe and a file get every byte as it came.",
    ),
    // Programs
    Opt::value(Id::Exec, "CMD", G::Programs).short('e').long("exec").common().says(
        "run a program and connect it with the peer",
        "Run a program in place of standard input and output: what the peer sends is its input, \
         and its output goes to the peer. CMD is one argument, split at blanks; a backslash keeps \
         the character behind it. Without a slash, the program is looked for in `PATH`. With \
         `-l` `-k` each client has one of its own. It finds who talks to whom in the variables \
         `NCAT_REMOTE_ADDR`, `NCAT_REMOTE_PORT`, `NCAT_LOCAL_ADDR`, `NCAT_LOCAL_PORT` and \
         `NCAT_PROTO`, and with TLS how the connection is secured and who the peer's \
         certificate says that it is in `NC_TLS_VERSION`, `NC_TLS_CIPHER`, `NC_TLS_ALPN`, \
         `NC_TLS_SERVER_NAME` (what the client asked for), `NC_TLS_VERIFIED` (`chain`, `pin`, `nothing` or `nobody`), `NC_TLS_PEER_SUBJECT`, \
         `NC_TLS_PEER_ISSUER`, `NC_TLS_PEER_NAMES` (a line each, as `dns:host.example`) and \
         `NC_TLS_PEER_SHA256`. The exit status is that of the connection, whatever the program's is. A \
         program ends with its connection and with `nc`, and whatever it has started ends with it: \
         its process group, and with `--pty` its session. What has left these on purpose \
         (`setsid`, a daemon) and what runs as another user is left alone. That holds even where \
         `nc` is killed by SIGKILL, as a process of its own, `program-watch`, waits for that; it \
         needs Linux 5.9 and `/proc`, and where it is killed as well, the program alone ends. \
         Where no descriptor is left for a program, new clients wait until one is free.",

    ),
    Opt::value(Id::ShellExec, "CMD", G::Programs).short('c').long("sh-exec").says(
        "run a command of the shell in the same way",
        "The same with a command for `/bin/sh`. As the letter is a switch in other netcats, `-c` \
         takes no CMD that begins with a hyphen, and says so where it has taken the host.",
    ),
    Opt::value(Id::LuaExec, "FILE", G::Programs).long("lua-exec").says(
        "run a Lua script in the same way",
        "The same with a script in Lua, where `nc` is built with it.",
    ),
    Opt::switch(Id::Pty, G::Programs).long("pty").says(
        "run the program in a pseudo-terminal",
        "Give the program a terminal, as shells and editors want it. Its errors then go to the \
         peer as well. When the program has ended or the peer has left, what still runs in the \
         session of that terminal, jobs in the background among it, gets SIGHUP and a second \
         later SIGKILL.",
    ),
    Opt::switch(Id::ProgramErrors, G::Programs).short('E').long("program-errors").says(
        "send the program's errors to the peer as well",
        "Send what the program writes to standard error to the peer. Otherwise it goes where that \
         of `nc` goes.",
    ),
    // Clients
    Opt::value(Id::MostClients, "N", G::Clients).long("max-conns").says(
        "serve at most N clients at once",
        "Serve at most so many clients at once; any further one is turned away. It needs `-k`, or \
         one of the options that imply it.",
    ),
    Opt::value(Id::Allow, "LIST", G::Clients).long("allow").says(
        "let only these in: addresses, networks, names",
        "Let only these clients in. The list has commas between addresses, names, networks such as \
         `10.0.0.0/8`, and patterns of octets such as `10.0.0-3.*`. Several options add up. A rule \
         that is not understood stops the start. `--deny` goes before.",
    ),
    Opt::value(Id::AllowFile, "FILE", G::Clients)
        .long("allowfile")
        .says("the same from a file", "The same, from a file with blanks or line ends between the rules."),
    Opt::value(Id::Deny, "LIST", G::Clients)
        .long("deny")
        .says("do not let these in", "Turn these clients away, whatever else allows them."),
    Opt::value(Id::DenyFile, "FILE", G::Clients)
        .long("denyfile")
        .says("the same from a file", "The same, from a file with blanks or line ends between the rules."),
    Opt::switch(Id::Broker, G::Clients).long("broker").says(
        "pass what each client says on to all others",
        "Listen, and pass what each client sends on to all other clients. What is read from \
         standard input goes to all. A client that has finished sending is parted with once it \
         has heard nothing for 2 seconds; one that only listens keeps its end open, as ours does \
         with `-d`. A client that takes nothing, or several times less than most others could, \
         does not hold them up: it is dropped, and the messages say so. It implies `-l` and `-k`.",
    ),
    Opt::switch(Id::Chat, G::Clients).long("chat").aliases(&["talk"]).says(
        "with -l: the same, and say who says it",
        "A broker for people: what is sent at once begins with a name for who sent it, comings \
         and goings are told, and control characters are shown as octal escapes. With `-l`; it implies `-k`.",
    ),
    Opt::value(Id::Tunnel, "HOST:PORT", G::Clients).short('L').long("tunnel").says(
        "with -l: connect each client to HOST:PORT",
        "With `-l`: connect every client to this host and port, over UDP where we listen on UDP and \
         over TCP otherwise; through a proxy where `--proxy` names one.",
    ),
    Opt::value(Id::TunnelPort, "PORT", G::Clients)
        .long("tunnel-port")
        .says("own port towards HOST", "Our own port on the far side of `--tunnel`."),
    Opt::value(Id::TunnelSource, "ADDR", G::Clients)
        .long("tunnel-source")
        .says("own address towards HOST", "Our own address on the far side of `--tunnel`."),
    // When to leave
    Opt::value(Id::Wait, "TIME", G::Leaving).short('w').long("wait").common().says(
        "limit for connecting, and for being idle",
        "One limit for name lookup, connection, proxy and TLS handshake together; and leave when \
         for so long nothing moved and nothing was waiting to move. A listener waits for its first \
         client as long as it takes. 0 is no limit. A record whose reader takes nothing for so long (1 \
         second at least) is a failure; without a limit it is waited for, as the reader of a pipe is. Without this option, a server has 60 seconds \
         for its TLS handshake and what is said before it, and a client of a listener has 10.",
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
    Opt::switch(Id::NoShutdown, G::Leaving).long("no-shutdown").says(
        "do not tell the peer when input ends",
        "Keep the connection open in both directions at the end of input.",
    ),
    Opt::value(Id::ReceiveLimit, "N", G::Leaving).short('W').long("receive-limit").says(
        "leave after N reads from the network",
        "Leave after so many reads from the network; with `-u` these are datagrams.",
    ),
    Opt::switch(Id::Close, G::Leaving).long("close").says(
        "leave when input ends, as -q 0",
        "Leave when the input has ended: `-q 0`, by GNU netcat's name.",
    ),
    // Proxies
    Opt::value(Id::Proxy, "HOST[:PORT]", G::Proxy).short('x').long("proxy").common().says(
        "connect through this proxy; repeated: a chain",
        "Connect through a proxy. An IPv6 address with a port stands in brackets. Without a port: \
         1080 for SOCKS, 3128 for HTTP. What it speaks and who we are may stand in front: \
         `socks5://user:password@host:port`, every character as it is. Given several times, each \
         proxy is reached through the one before it: the first is the nearest.",
    ),
    Opt::value(Id::ProxyKind, "KIND", G::Proxy).short('X').long("proxy-type").says(
        "4, 4a, 5 (default) or connect; with -l: be one",
        "What the proxy speaks: `4`, `4a`, `5` (the default) or `connect`; also `socks4`, \
         `socks4a`, `socks5` and `http`. With `-l`, be such a proxy: `http` answers CONNECT, GET, \
         HEAD and POST, and `socks5` speaks SOCKS 4, 4a and 5. All clients are served at once.",
    ),
    Opt::value(Id::ProxyUser, "USER", G::Proxy).short('P').long("proxy-user").says(
        "user name for the proxy",
        "User name for the proxy. The password is asked for at the terminal.",
    ),
    Opt::value(Id::ProxyAuth, "USER:PASS", G::Proxy).long("proxy-auth").says(
        "user name and password for the proxy",
        "User name and password for the proxy. Others on the machine may see the command line; \
         `--proxy-user` asks for the password instead. Where we are the proxy: what its clients \
         have to know.",
    ),
    Opt::value(Id::ProxyDns, "WHERE", G::Proxy).long("proxy-dns").says(
        "names are looked up: remote, local, both, none",
        "Who looks up the name of the host behind a proxy: the proxy (`remote`, the default), we \
         (`local`), we and the proxy what we do not find (`both`), or nobody (`none`, as with `-n`).",
    ),
    // TLS
    Opt::switch(Id::Tls, G::Tls).long("tls").aliases(&["ssl"]).says(
        "TLS, as tls://HOST:PORT is",
        "Speak TLS over the connection, through proxies and on Unix sockets too. `tls://HOST:PORT` \
         as an operand means the same, and so does `-l tls://:PORT`. A client checks the server's \
         certificate: chain, dates, purpose and name, and sends nothing before. A server shows \
         `--cert`, or a certificate that it makes for the run, whose pin it prints. TLS 1.2 and \
         1.3; an end that comes without the peer's word for it is an error (status 14), and a \
         certificate that is not trusted another (status 15). With `-u` it is DTLS 1.2, as \
         `dtls://HOST:PORT` is, if nc is built with it: each message stays one, what is lost stays \
         lost, and an end needs no word.",
    ),
    Opt::value(Id::TlsTrust, "FILE", G::Tls).long("cafile").aliases(&["ssl-trustfile"]).says(
        "trust the certificates in this file",
        "Trust those whose certificates stand in this file (PEM), instead of the system's. A \
         server's own certificate may stand there too.",
    ),
    Opt::value(Id::TlsPin, "PIN", G::Tls).long("pin").says(
        "trust whoever has this certificate or key",
        "Trust whoever has this certificate or key and nobody else: `sha256//` and the key's \
         SHA-256 in base64, or the certificate's SHA-256 in hexadecimal digits; several with `;` \
         in between. Without `--cafile`, nothing else is checked.",
    ),
    Opt::switch(Id::TlsInsecure, G::Tls).long("insecure").says(
        "trust anybody, and say so",
        "Do not check the server's certificate, and say so on standard error.",
    ),
    Opt::switch(Id::TlsVerify, G::Tls)
        .long("ssl-verify")
        .says("check the certificate, which is done anyway", "Ncat's; certificates are checked anyway."),
    Opt::value(Id::TlsName, "NAME", G::Tls).long("tls-name").says(
        "the name that the certificate must have",
        "The name or address that the peer's certificate must have, where it is not the host's; \
         at a server with `--require-client-cert`, the client's.",
    ),
    Opt::value(Id::TlsServerName, "NAME", G::Tls).long("sni").aliases(&["ssl-servername"]).says(
        "the name to ask the server for",
        "The name to ask the server for (SNI), which its certificate must have unless `--tls-name` \
         names another.",
    ),
    Opt::value(Id::TlsAlpn, "LIST", G::Tls).long("alpn").aliases(&["ssl-alpn"]).says(
        "protocols inside, with commas (h2,http/1.1)",
        "The protocols that may be spoken inside (ALPN), the first one preferred, with commas in \
         between: `h2,http/1.1`.",
    ),
    Opt::value(Id::TlsCert, "FILE", G::Tls).long("cert").aliases(&["ssl-cert"]).says(
        "our certificate (PEM)",
        "Our certificate, and those between it and its root (PEM). Its key may stand in the same \
         file.",
    ),
    Opt::value(Id::TlsKey, "FILE", G::Tls).long("key").aliases(&["ssl-key"]).says(
        "its key (PEM, not encrypted)",
        "The key of `--cert` (PEM: PKCS#8, PKCS#1 or SEC1; RSA, ECDSA or Ed25519). An encrypted \
         one is refused.",
    ),
    Opt::value(Id::TlsClients, "FILE", G::Tls).long("require-client-cert").says(
        "with -l: only clients whom these vouch for",
        "With `-l`: let in only clients with a certificate that one in this file vouches for.",
    ),
    Opt::value(Id::TlsMin, "VERSION", G::Tls)
        .long("tls-min")
        .says("the oldest version (1.2 or 1.3)", "The oldest version of TLS to speak: `1.2` or `1.3`."),
    Opt::value(Id::TlsMax, "VERSION", G::Tls)
        .long("tls-max")
        .says("the newest version (1.2 or 1.3)", "The newest version of TLS to speak: `1.2` or `1.3`."),
    Opt::value(Id::TlsCiphers, "LIST", G::Tls).long("ciphers").aliases(&["ssl-ciphers"]).says(
        "cipher suites, with colons or commas",
        "The cipher suites to speak, the first one preferred, by the registry's names or \
         OpenSSL's, with colons or commas in between.",
    ),
    Opt::value(Id::TlsKeylog, "FILE", G::Tls).long("keylog").says(
        "write the secrets there, for Wireshark",
        "Write the secrets of each connection to this file, with which Wireshark reads it. Without \
         it, to the file in `SSLKEYLOGFILE`, if that is set. Like that of `--pcap`, it becomes its \
         owner's alone, and somebody else's is refused.",
    ),
    Opt::value(Id::StartTls, "PROTOCOL", G::Tls).long("starttls").says(
        "begin in plain text: smtp, imap, pop3, ftp, ...",
        "Ask for TLS in the words of a protocol first: `smtp`, `lmtp`, `imap`, `pop3`, `ftp`, \
         `xmpp`, `postgres`, `mysql`, `ldap`, `nntp` or `sieve`; `starttls+smtp://HOST[:PORT]` \
         means the same. `-v` shows what is said. A server that does not offer it, or says more \
         than it was asked, ends the run.",
    ),
    Opt::value(Id::Warn, "TIME", G::Tls).long("warn").says(
        "with cert: fail if one expires within TIME",
        "Only with `nc cert`: leave with status 16 if a certificate of the chain expires within \
         this time, or has expired. It has a unit: `21d`, `12h`.",
    ),
    Opt::value(Id::Pem, "FILE", G::Tls).long("pem").says(
        "with cert: write the chain to FILE (PEM)",
        "Only with `nc cert`: write the certificates to this file in PEM, whether they are trusted \
         or not. A file that is there already is not replaced, and nothing is connected then.",
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
    Opt::value(Id::SourceRoute, "HOP,...", G::Socket).short('g').long("gateway").says(
        "hosts that packets are to pass: up to 8",
        "Loose source route (RFC 791) over these hosts, at most eight, with commas or repeated. It \
         means IPv4. Most networks drop such packets.",
    ),
    Opt::value(Id::SourceRoutePointer, "N", G::Socket).short('G').long("pointer").says(
        "pointer of the source route: 4, 8, ... 28",
        "Where in its source route a packet begins: a multiple of 4, from 4 (the default) to 28.",
    ),
    Opt::switch(Id::Mptcp, G::Socket).long("mptcp").says(
        "use several paths where the peer can (MPTCP)",
        "Multipath TCP (RFC 8684), where the kernel has it; with a peer that has not, plain TCP.",
    ),
    // Messages
    Opt::switch(Id::Verbose, G::Report).short('v').long("verbose").aliases(&["debug"]).common().says(
        "say what happens; -vv says more",
        "Say on standard error what happens: addresses, connections, results. Repeated, it says \
         more.",
    ),
    Opt::switch(Id::Why, G::Report).long("why").common().says(
        "say at the end who finished, and how much moved",
        "A closing line: who finished first, bytes each way, how long it took. At a terminal `-v` says \
         it too.",
    ),
    Opt::switch(Id::Progress, G::Report).long("progress").says(
        "say how far it is: bytes, rate, time left",
        "Say on standard error how many bytes have moved, how fast, and, where standard input is a \
         regular file, how long it will take: at a terminal in one line that is written over each \
         second, elsewhere in a line for each tenth of the file and every 10 seconds, and at the end \
         in one for all of it. At a terminal `-v` does so by itself after 2 seconds where standard \
         input or output is a regular file.",
    ),
    Opt::switch(Id::Json, G::Report).long("json").says(
        "events as JSON lines on stderr",
        "Events as JSON, one object a line, on standard error. The data stream is as ever; what \
         `nc cert` finds is JSON too, on standard output.",
    ),
    Opt::attached(Id::Colour, "WHEN", G::Report).long("colour").aliases(&["color"]).says(
        "colours at a terminal: auto, always or never",
        "`auto`, which is what it means by itself: show what the peer sends in one colour and our \
         own messages in another, each where it goes to a terminal, unless `NO_COLOR` is set or \
         `TERM` is `dumb`. `always`: whatever these are, and in our own messages even where they \
         go elsewhere. `never`: as without the option. What the peer sends is never coloured in a \
         pipe or a file.",
    ),
    Opt::value(Id::ExitStatus, "KIND", G::Report).long("exit-status").says(
        "classic (0 and 1) or detailed (the default)",
        "`classic`: 0 and 1 only. `detailed`: what failed, as below.",
    ),
    Opt::value(Id::Dialect, "NAME", G::Report).long("dialect").common().says(
        "speak as another netcat does",
        "Take the command line as that netcat does, with its words and its statuses. Found \
         anywhere before `--`.",
    ),
    Opt::attached(Id::Help, "all", G::Report).short('h').long("help").says(
        "this help; --help=all shows every option",
        "Print help on standard output; `--help=all` shows every option.",
    ),
    Opt::switch(Id::Version, G::Report).short('V').long("version").says(
        "version, dialects and features",
        "Print version, dialects and features; with `--json` as a JSON object.",
    ),
];
