//! The parts of the manual that no table holds.

/// When the text last changed.
pub const DATE: &str = "November 22, 2026";

/// DESCRIPTION
pub const DESCRIPTION: &[&str] = &[
    "`nc` connects standard input and output with the network: with a TCP or UDP port, a \
     Unix-domain socket, or a file in place of the network. It can listen instead of connecting, \
     go through proxies or be one, run a program for each client, and look which ports of a host \
     answer.",
    "What is read from standard input is sent to the peer, and what the peer sends is written to \
     standard output, byte for byte. The end of input is passed on to the peer, and its answer is \
     awaited however late it comes. When the peer is done, everything that it sent is written out; \
     then `nc` leaves if its input is a terminal, and goes on sending if it is a file or pipe.",
    "Nothing is lost without a word: what was accepted from one side and could not be delivered \
     to the other makes the exit status non-zero and is named on standard error.",
    "Options may stand before, between and behind the operands. Letters can be bundled, and a \
     value may be attached to its letter: `-lvnp 4444`, `-zvw1`. Of an option given twice, the \
     last one counts. `--` ends the options.",
];

/// HOSTS, PORTS AND TIMES
pub const OPERANDS: &[&str] = &[
    "A host is a name or an address; an IPv6 address may stand in brackets and may carry a zone: \
     `fe80::1%eth0`. All addresses of a name are tried, 250 ms apart, and the first to answer wins.",
    "A port is a number from 1 to 65535, a range in either order such as `20-25`, the name of a \
     service, or a list with commas: `80,443,8000-8010`. Several ports may be given; without \
     `-z` they are connected one after the other. Only a port of our own may be 0, for any free one.",
    "A listener takes its port and address in every form that netcats know: `-l PORT`, `-l ADDR \
     PORT`, `-l -p PORT`, `-l -p PORT ADDR` and `-l -s ADDR -p PORT`. It never falls back to a port \
     that was not asked for.",
    "`nc cert` takes one port, as `HOST:PORT`, `HOST PORT`, `tls://HOST:PORT` or \
     `starttls+PROTOCOL://HOST[:PORT]`, or a path with `-U`. It shows the certificates of that \
     server on standard output, one a line, says on standard error whether they are trusted and \
     why not, and sends no data. It takes 10 seconds at most unless `-w` says otherwise. Where the \
     word is followed by what can be a port and by no option of its own, or stands behind `--`, it \
     is a host.",
    "`nc http` takes a method, an address and items: `[http://|https://|tls://]HOST[:PORT][/PATH]`. A \
     method is a word in capitals, or one of the usual nine in any case; without one it is GET, or \
     POST where there is a body. With `-U` the socket's path stands before the address, which then \
     says `Host` and path alone; with `--vsock` the host is the machine's number. An item is told by \
     its first separator: `name=value` is a field of a form, `name@FILE` a file in one, `name:=json` a \
     member of a JSON object, `@FILE` the whole body (`-` is standard input), `name==value` a \
     parameter behind the path, `Header:value` a header. A backslash before a separator makes it part \
     of the name, and `name=\\=x` is a value that begins with an equals sign. A form with a file is \
     sent as `multipart/form-data`, any other as `application/x-www-form-urlencoded`; values are sent \
     as they are, line ends too. Sent without being asked for are `Host`, `Content-Type` and \
     `Content-Length` where there is a body, `Content-Length: 0` where a POST, PUT or PATCH has none, \
     and `Connection: close`; a header of the same name takes their place, and `Host:` and its like \
     leave them out. The boundary of `multipart/form-data` is chosen by `nc`, so no such type can be \
     given. Path and query are sent as they are given, except that what cannot stand there (blanks, \
     control characters, quotes, what is no ASCII) is percent-encoded by the rules of the WHATWG URL \
     standard; a fragment is not sent. Files are read before anybody is connected, \
     64 MiB together at most. The answer is printed as it comes, whatever its status; none at all is a \
     failure, and so is one that `-w` cuts short. A host of that name is reached as with `nc cert`.",
    "Times are seconds, with a fraction if need be, or carry one of the units `ms`, `s`, `m` and \
     `h`: `5`, `1.5`, `500ms`, `2m`, `1h`. Numbers are digits alone: what is not understood is \
     refused before anything is opened.",
];

/// SIGNALS
pub const SIGNALS: &[&str] = &[
    "By default, SIGUSR1 asks `nc` how it goes. It says on standard error, of each conversation that \
     it holds, the bytes each way, the rate since it was last asked, and of a TCP connection the \
     round-trip time, the retransmits, how many bytes the peer has not acknowledged and how many \
     of them were not sent yet, and the peer's window, as far as the kernel tells; with `--json` it \
     is an event. A port scan says how many ports it has tried; where no conversation is held, that is \
     said. Nothing else changes: `kill -USR1 PID`. Where the system has SIGINFO, Ctrl-T at the terminal does the same; Linux has not, and there Ctrl-T is a \
     character like others.",
    "An exact dialect dies of SIGUSR1, as the originals do. SIGHUP, SIGINT and SIGTERM end a run; with `-v` it says before how far it came.",
];

/// DIALECTS
pub const DIALECTS: &[&str] = &[
    "The same letter means different things to different netcats. By default `nc` takes \
     openbsd's letters, and a long name for everything. A dialect makes it take the command line \
     as that netcat does, with its words, its exit statuses and its habits at the end of input. It \
     is chosen by `--dialect`, else by the variable `NC_DIALECT`, else by the name the program is \
     called by, such as `nc.openbsd`.",
    "`nc --explain-command 'nc -lvnp 4444 -q1'` tells a line: what \
     holds in every dialect that takes it, what each one does besides or why it refuses, which \
     letters are not the same everywhere, and a clear spelling in the long names of the default. \
     Where a dialect does something that no option can say, that is named, with the `--dialect` \
     that does it. Nothing is opened, looked up or run.",
];

/// What holds in all of them.
pub const EVERY_DIALECT: &str = "In every dialect foreign bytes in messages are escaped; numbers are \
     digits alone and never wrap; a loss of data is named and is no success; nothing is removed \
     that `nc` has not made. `docs/differences.md` of the source has each case, found by playing \
     the original and this program side by side.";

/// Where a dialect does not do as the original, beyond that.
pub const DIFFERENCES: &[(&str, &[&str])] = &[
    (
        "openbsd",
        &[
            "A port of our own beyond 65535 is refused. The original takes it modulo 65536.",
            "`-i` takes up to 2147483 seconds, and `-M` begins at 1.",
            "An IPv6 address may be given to `-x` without brackets.",
            "A listener whose client has finished goes on sending until its input ends or pauses for \
             half a second. The original leaves at once, whatever its input still holds.",
        ],
    ),
    ("openbsd-upstream", &["The options of TLS are understood, and answered: built without TLS."]),
    (
        "traditional",
        &[
            "When the peer is done, what our input still holds is sent until it pauses for half a \
             second. The original leaves at once.",
            "A program ends with its connection, and its last bytes arrive whatever it left unread.",
            "`-C` turns every line end, and none twice.",
        ],
    ),
    (
        "ncat",
        &[
            "It follows Ncat as it is since 7.96: it leaves when the peer has closed, `-k` keeps a \
             client's connection, `-q` is there, and addresses are shown with their ports.",
            "As a proxy server it names itself in the `Via` of each request that it passes on, and \
             refuses one that comes back; it connects nobody to itself.",
            "A program that cannot be run, and an address of our own that cannot be had, are \
             failures. The original goes on.",
            "The options of TLS are understood, and answered: built without TLS.",
        ],
    ),
    (
        "busybox",
        &[
            "A program gets descriptors 0, 1 and 2 alone, and its last bytes arrive whatever it left \
           unread.",
        ],
    ),
    (
        "busybox-small",
        &["When the peer is done, what our input still holds is sent until it pauses for half a \
           second. The original leaves at once."],
    ),
    ("gnu", &["Options that the original takes and forgets are without effect here too."]),
    (
        "toybox",
        &["When the peer is done, what our input still holds is sent until it pauses for half a \
           second. The original leaves at once."],
    ),
];

/// EDITING LINES, before the keys.
pub const EDITING: &[&str] = &[
    "With `--edit`, where standard input and output are a terminal, a line is edited before it is \
     sent, and what arrives is shown above it. The bytes sent are those typed, and a line feed for \
     Enter; `-C`, `-i` and all else hold as ever. A terminal in raw mode is left as it is. A block \
     that is pasted goes out as it stands, with Enter.",
];

/// EDITING LINES, the keys.
pub const KEYS: &[(&str, &str)] = &[
    (
        "Left, Right, Home, End",
        "Move; with Ctrl or Alt, by words. Ctrl-A, Ctrl-B, Ctrl-E, Ctrl-F too.",
    ),
    (
        "Up, Down",
        "The line before or after, of a block or of those sent earlier. Ctrl-P, Ctrl-N too.",
    ),
    (
        "Ctrl-R",
        "Look for an earlier line that contains what is typed; again for one before that; \
      Ctrl-G gives up.",
    ),
    (
        "Tab",
        "Complete the word: an HTTP method, the name of a header, a word typed before. Twice \
      shows what there is to choose from. Behind a blank it is a tab.",
    ),
    (
        "Ctrl-W, Ctrl-U, Ctrl-K",
        "Take away the word before the cursor, all before it, all behind it; \
      Ctrl-Y brings it back.",
    ),
    ("Ctrl-T, Ctrl-L", "Two characters change places; the screen is cleared."),
    ("Ctrl-V", "The next key is typed as it is."),
    ("Alt-Enter", "A line end within the text, which is not sent yet."),
    (
        "Ctrl-D",
        "On an empty line the end of the input; behind a text it is sent without a line end; \
      elsewhere it takes a character away.",
    ),
    ("Ctrl-C, Ctrl-Z", "Leave, and stop, as ever; the terminal is as it was."),
];

/// EDITING LINES, behind the keys.
pub const HISTORY: &str = "Lines are kept for each host and port in \
     `$XDG_STATE_HOME/nc/history/host:port`, or under `~/.local/state`, which the user alone can \
     read: not with `--no-history`, not in a run that asks for a password, and not those that begin \
     with a blank or have a secret in them: what follows `Authorization:`, `Cookie:`, `PASS` and \
     their kin, or `password`, `token` and the like in any place, the answers to SMTP's `AUTH`, and \
     what Redis is sent behind `AUTH`.";

/// EXIT STATUS, before the list.
pub const STATUS: &str = "`nc` says by its exit status what failed:";

/// EXIT STATUS, behind the list.
pub const STATUS_CLASSIC: &str = "With `--exit-status=classic`, and in the openbsd dialect, any \
     failure is 1. A scan ends with 0 if any port answered.";

/// JSON EVENTS
pub const JSON: &[&str] = &[
    "With `--json`, what happens is told on standard error as JSON, one object a line: lookups, \
     connection attempts, connections, listening, first bytes, half-closes, the end with bytes \
     each way and what the kernel knows of the connection, errors. The schema has a version, and \
     is described in `docs/json.md` of the source.",
];

/// ENVIRONMENT
pub const ENVIRONMENT: &[(&str, &str)] = &[
    ("NC_DIALECT", "The dialect, where the command line names none."),
    (
        "NC_OPTIONS",
        "Options that are put before those of the command line, in words as a shell splits them \
         (what a shell would replace, as `~`, `$` and `*`, is refused): `--marks --colour`. For the default face alone; what it says wrong is told as being its.",
    ),
    ("NO_COLOR", "If set and not empty, `--colour` alone means no colours."),
    ("POSIXLY_CORRECT", "If set, options end at the first operand."),
    ("XDG_STATE_HOME", "Where `--edit` keeps lines, in place of `~/.local/state`."),
    ("TERM", "If it is empty or `dumb`, `--edit` does nothing."),
];

/// EXAMPLES: what it does, and how.
pub const EXAMPLES: &[(&str, &str)] = &[
    ("Talk to a web server:", "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc localhost 8000"),
    ("Send a file; both sides end by themselves:", "nc -l 9000 > copy & nc localhost 9000 < file"),
    ("Look which ports answer, with one second for each try:", "nc -zvw1 localhost 1-1024"),
    ("Serve one page to everybody:", "nc -lk 8000 < page.http"),
    ("Talk to a Unix socket:", "nc -U /run/service.sock"),
    ("Go through a SOCKS proxy:", "nc -x proxy:1080 host.example 22"),
    (
        "A chain of proxies, the first the nearest:",
        "nc -x socks5://near -x http://u:p@far:8080 host 22",
    ),
    ("Give every client a shell command of its own:", "nc -lk -c 'date; uptime' 9000"),
    ("Let a network in, and nobody else:", "nc -lk --allow 192.168.1.0/24 -e cat 9000"),
    ("A place to chat; at most twenty come:", "nc -l --chat --max-conns 20 9000"),
    (
        "Be a SOCKS proxy with a password:",
        "nc -l --proxy-type socks5 --proxy-auth user:secret 1080",
    ),
    ("Forward a port:", "nc -l 8080 -L server.example:80"),
    ("Keep a log of a conversation:", "nc --log talk.log localhost 8000"),
    ("What does a line from a tutorial do?", "nc --explain-command 'nc -lvnp 4444 -e /bin/sh'"),
    ("Log in by a form:", "nc http localhost:8000/login username=student password=welcome"),
    (
        "Send JSON over TLS, and see the bytes:",
        "nc http -v PUT https://server.example/7 price:=9.5",
    ),
    ("Practise without a web server:", "nc serve --lab http 8000"),
    (
        "Show a server's certificates; fail if one expires soon:",
        "nc cert server.example:443 --warn 21d",
    ),
    ("A host that is called serve:", "nc -- serve 80"),
];

/// SEE ALSO
pub const SEE_ALSO: &[(&str, u8)] = &[("ncat", 1), ("socat", 1), ("ssh", 1), ("tcp", 7)];

/// STANDARDS
pub const STANDARDS: &str = "RFC 8305 (racing addresses), RFC 1928 and RFC 1929 (SOCKS5), RFC 9110 \
     section 9.3.6 (CONNECT), RFC 854 (telnet), RFC 2385 (TCP MD5 signatures), RFC 5082 (least TTL), RFC 791 (source \
     routes), RFC 9260 (SCTP), RFC 3828 (UDP-Lite), RFC 8684 (multipath TCP).";
