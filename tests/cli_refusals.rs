//! Command lines that are refused: the words of both faces, exact, and beside the real program
//! where it is installed.

mod cli_common;

use std::process::{Command, Stdio};

use cli_common::{refused, words};
use netcat::cli::help::OPENBSD_USAGE;

/// `USAGE` stands for the usage block; each line without `nc.openbsd: `.
const OPENBSD: &[(&str, &str)] = &[
    ("", "USAGE"),
    ("-N", "USAGE"),
    ("-z", "USAGE"),
    ("-U", "USAGE"),
    ("-k", "USAGE"),
    ("--", "USAGE"),
    ("-Z", "USAGE"),
    ("-ZU", "USAGE"),
    ("-Y", "invalid option -- 'Y'\nUSAGE"),
    ("h 1 -Y", "invalid option -- 'Y'\nUSAGE"),
    ("-vY", "invalid option -- 'Y'\nUSAGE"),
    ("-c x h 1", "invalid option -- 'c'\nUSAGE"),
    ("--frob h 1", "invalid option -- '-'\nUSAGE"),
    ("--json h 1", "invalid option -- '-'\nUSAGE"),
    ("--listen=1", "invalid option -- '-'\nUSAGE"),
    ("h -1", "invalid option -- '1'\nUSAGE"),
    ("h -3", "invalid option -- '3'\nUSAGE"),
    ("-w", "option requires an argument -- 'w'\nUSAGE"),
    ("-vw", "option requires an argument -- 'w'\nUSAGE"),
    ("h 1 -x", "option requires an argument -- 'x'\nUSAGE"),
    // Numbers
    ("-w abc h 1", "timeout invalid: abc"),
    ("-w '' h 1", "timeout invalid: "),
    ("-w -1 h 1", "timeout too small: -1"),
    ("-w -- h 1", "timeout invalid: --"),
    ("-w1v h 1", "timeout invalid: 1v"),
    ("-w=5 h 1", "timeout invalid: =5"),
    ("-w 1.5 h 1", "timeout invalid: 1.5"),
    ("-w 0x5 h 1", "timeout invalid: 0x5"),
    ("-w 2147484 h 1", "timeout too large: 2147484"),
    ("-w 99999999999999999999 h 1", "timeout too large: 99999999999999999999"),
    ("-i abc h 1", "interval invalid: abc"),
    ("-i 30s h 1", "interval invalid: 30s"),
    ("-i -1 h 1", "interval too small: -1"),
    ("-i 9999999999999 h 1", "interval too large: 9999999999999"),
    ("-q abc h 1", "quit timer invalid: abc"),
    ("-q 99999999999 h 1", "quit timer too large: 99999999999"),
    ("-q -99999999999 h 1", "quit timer too small: -99999999999"),
    ("-T foo h 1", "illegal tos value foo"),
    ("-T 256 h 1", "illegal tos value 256"),
    ("-T -1 h 1", "illegal tos value -1"),
    ("-T 0x1ff h 1", "illegal tos value 0x1ff"),
    ("-T 0X10 h 1", "illegal tos value 0X10"),
    ("-T AF11 h 1", "illegal tos value AF11"),
    ("-T Minimize-Delay h 1", "illegal tos value Minimize-Delay"),
    ("-T '' h 1", "illegal tos value "),
    ("-M 300 h 1", "ttl is too large"),
    ("-M -1 h 1", "ttl is too small"),
    ("-M abc h 1", "ttl is invalid"),
    ("-m -1 h 1", "minttl is too small"),
    ("-m 300 h 1", "minttl is too large"),
    ("-m x h 1", "minttl is invalid"),
    ("-I 0 h 1", "TCP receive window too small: 0"),
    ("-I abc h 1", "TCP receive window invalid: abc"),
    ("-I 99999999999 h 1", "TCP receive window too large: 99999999999"),
    ("-I 1073741825 h 1", "TCP receive window too large: 1073741825"),
    ("-O 0 h 1", "TCP send window too small: 0"),
    ("-O abc h 1", "TCP send window invalid: abc"),
    ("-O 99999999999 h 1", "TCP send window too large: 99999999999"),
    ("-W 0 h 1", "receive limit too small: 0"),
    ("-W abc h 1", "receive limit invalid: abc"),
    ("-W 99999999999 h 1", "receive limit too large: 99999999999"),
    ("-V 1 h 1", "no alternate routing table support available"),
    // The first mistake is the one that is told.
    ("-w abc -Y", "timeout invalid: abc"),
    ("-Y -w abc", "invalid option -- 'Y'\nUSAGE"),
    ("-Y -h", "invalid option -- 'Y'\nUSAGE"),
    ("-w abc -h", "timeout invalid: abc"),
    ("-k -X foo h 1", "unsupported proxy protocol"),
    // Operands
    ("h", "missing port number"),
    ("-u h", "missing port number"),
    ("-z h", "missing port number"),
    ("-4 -6 h", "missing port number"),
    ("-k -x foo h", "missing port number"),
    ("-x [::1 h", "missing port number"),
    ("-U -4 /x", "missing port number"),
    ("-l", "missing port number"),
    ("-lk", "missing port number"),
    ("-lkz", "missing port number"),
    ("-l -s 127.0.0.1", "missing port number"),
    ("-s 127.0.0.1 h", "USAGE"),
    ("-p 41234 h", "USAGE"),
    ("-l 1 2 3", "USAGE"),
    ("-l -p 41234 127.0.0.1", "USAGE"),
    ("-l -p 41234 41234", "USAGE"),
    ("-l -s 127.0.0.1 41234", "USAGE"),
    ("-l -s 127.0.0.1 127.0.0.1 41234", "USAGE"),
    ("-x p -l -s 127.0.0.1 1", "USAGE"),
    ("-s /x -U /y", "USAGE"),
    ("-p 1 -U /x", "USAGE"),
    ("-p 1 -uU /x", "USAGE"),
    ("-lU -s x /y", "USAGE"),
    ("-lU -p 1 /x", "USAGE"),
    ("-lU /x /y /z", "USAGE"),
    ("-lU", "missing socket pathname"),
    ("-lzU", "missing socket pathname"),
    ("-luU", "missing socket pathname"),
    ("-l -F -U", "missing socket pathname"),
    ("-U /x 1", "cannot use port with -U"),
    ("-U /x 1 2", "cannot use port with -U"),
    ("-lU /x 1", "cannot use port with -U"),
    ("-lU /x 1 -F", "cannot use port with -U"),
    ("-lU -p 1", "cannot use port with -U"),
    ("-U -s a -p 1 /x 1", "cannot use port with -U"),
    ("-l abc", "getaddrinfo: Servname not supported for ai_socktype"),
    ("-l 127.0.0.1", "getaddrinfo: Servname not supported for ai_socktype"),
    ("-l 127.0.0.1 1-3", "getaddrinfo: Servname not supported for ai_socktype"),
    ("-l -p abc", "getaddrinfo: Servname not supported for ai_socktype"),
    ("-l -p -1", "getaddrinfo: Servname not supported for ai_socktype"),
    // Combinations, in the original's order
    ("-lz 1", "cannot use -z and -l"),
    ("-lkz 1", "cannot use -z and -l"),
    ("-lzU /x", "cannot use -z and -l"),
    ("-zF -l 1 -x p", "cannot use -z and -l"),
    ("-k h 1", "must use -l with -k"),
    ("-k h 0", "must use -l with -k"),
    ("-kz h 1", "must use -l with -k"),
    ("-kU /x", "must use -l with -k"),
    ("-k -F -U /x", "must use -l with -k"),
    ("-k -x p -u h 1", "must use -l with -k"),
    ("-Z -U /x", "cannot use -Z and -U"),
    ("-lZU", "cannot use -Z and -U"),
    ("-k -Z -U /x", "cannot use -Z and -U"),
    ("-F -Z -U /x", "cannot use -Z and -U"),
    ("-U -Z /x 1", "cannot use -Z and -U"),
    ("-F -U /x", "cannot use -F and -U"),
    ("-F -U -l /x", "cannot use -F and -U"),
    ("-F -x p -U /x", "cannot use -F and -U"),
    ("-x p -u h 1", "no proxy support for UDP mode"),
    ("-x p -uU /x", "no proxy support for UDP mode"),
    ("-x p -u -l 1", "no proxy support for UDP mode"),
    ("-u -Z -x p h 1", "no proxy support for UDP mode"),
    ("-x p -s 1 -uU /x", "no proxy support for UDP mode"),
    ("-x [::1 -u h 1", "no proxy support for UDP mode"),
    ("-Z -x p h 1", "no proxy support for DCCP mode"),
    ("-x p -l -Z 1", "no proxy support for DCCP mode"),
    ("-x p -l 1", "no proxy support for listen"),
    ("-lU -x p /x", "no proxy support for listen"),
    ("-x p -U /x", "no proxy support for unix sockets"),
    ("-x p -s 1.1.1.1 h 1", "no proxy support for local source address"),
    ("-x p -s 1.1.1.1 h 0", "no proxy support for local source address"),
    ("-X foo h 1", "unsupported proxy protocol"),
    ("-X 4A -x p h 1", "unsupported proxy protocol"),
    ("-X http -x p h 1", "unsupported proxy protocol"),
    ("-x [::1 h 1", "missing closing bracket in proxy"),
    ("-x [::1 h 0", "missing closing bracket in proxy"),
    ("-x [::1]x:1 h 1", "garbage proxy port delimiter"),
    // Ports
    ("h 0", "port number too small: 0"),
    ("h 0-5", "port number too small: 0"),
    ("h 3-0", "port number too small: 0"),
    ("h 1--2", "port number too small: -2"),
    ("h -- -80", "port number too small: -80"),
    ("h 65536", "port number too large: 65536"),
    ("h 1-65536", "port number too large: 65536"),
    ("h 70000-3", "port number too large: 70000"),
    ("h 0-70000", "port number too large: 70000"),
    ("h 70000-b", "port number invalid: b"),
    ("h 99999999999", "port number too large: 99999999999"),
    ("h 99999999999999999999999", "port number too large: 99999999999999999999999"),
    ("h abc", "port number invalid: abc"),
    ("h 22x", "port number invalid: 22x"),
    ("h 3-", "port number invalid: "),
    ("h 1-ssh", "port number invalid: ssh"),
    ("h ssh-80", "port number invalid: ssh-80"),
    ("h 1-2-3", "port number invalid: 2-3"),
    ("h SSH", "port number invalid: SSH"),
    ("h 1,2", "port number invalid: 1,2"),
    ("h 0x16", "port number invalid: 0x16"),
    ("h ''", "port number invalid: "),
    ("h -", "port number invalid: -"),
    ("h 80 81 x", "port number invalid: x"),
    ("-u h ssh", "port number invalid: ssh"),
];

/// Where we refuse and the original goes on: what it takes is a mistake (see the module docs of
/// `to_plan::openbsd` and `number`).
const STRICTER: &[(&str, &str)] = &[
    ("-w +5 h 1", "timeout invalid: +5"),
    ("-p 70000 h 1", "port number too large: 70000"),
    ("-l 70000", "port number too large: 70000"),
    ("-l -p 65536", "port number too large: 65536"),
    ("-l ''", "getaddrinfo: Servname not supported for ai_socktype"),
    ("-p abc h 1", "getaddrinfo: Servname not supported for ai_socktype"),
    ("-x a:b:c h 1", "getaddrinfo for host \"a:b\" port c: Servname not supported for ai_socktype"),
    ("-x p: h 1", "getaddrinfo for host \"p\" port : Servname not supported for ai_socktype"),
    ("-x :99 h 1", "missing host in proxy"),
    ("h +80", "port number invalid: +80"),
    ("-M 0 h 1", "ttl is too small"),
    ("h\\x1b[31m \\x1b[2J", "port number invalid: \\x1b[2J"),
    ("h \\xff", "port number invalid: \\xff"),
];

fn expected(words: &str) -> String {
    let usage = OPENBSD_USAGE;
    match words.strip_suffix("USAGE") {
        Some("") => usage.to_owned(),
        Some(line) => format!("nc.openbsd: {line}{usage}"),
        None => format!("nc.openbsd: {words}\n"),
    }
}

#[test]
fn openbsd_refuses_in_its_own_words() {
    for (line, words) in OPENBSD.iter().chain(STRICTER) {
        assert_eq!(refused(&format!("nc.openbsd {line}")), expected(words), "nc.openbsd {line}");
    }
}

#[test]
fn the_real_openbsd_refuses_in_the_same_words() {
    if Command::new("nc.openbsd").arg("-h").stderr(Stdio::null()).status().is_err() {
        println!("skipped: nc.openbsd is not installed");
        return;
    }
    for (line, expected_words) in OPENBSD {
        let output = Command::new("nc.openbsd")
            .args(words(line))
            .env("LC_ALL", "C")
            .env_remove("POSIXLY_CORRECT")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let real = String::from_utf8(output.stderr).unwrap();
        assert_eq!(real, expected(expected_words), "nc.openbsd {line}");
        assert_eq!(output.status.code(), Some(1), "nc.openbsd {line}");
    }
}

#[test]
fn getopts_messages_begin_with_the_whole_name_and_others_with_its_last_part() {
    let path = "/opt/my/nc.openbsd";
    assert!(refused(&format!("{path} -Y")).starts_with("/opt/my/nc.openbsd: invalid option"));
    assert!(refused(&format!("{path} -w")).starts_with("/opt/my/nc.openbsd: option requires"));
    assert_eq!(refused(&format!("{path} h")), "nc.openbsd: missing port number\n");
}

const COMMAND_LETTER: &str = "-c CMD runs a shell command here; as a switch it is --ssl (OpenBSD), \
                              -q 0 (GNU) or -C (macOS)";

/// One line, and one hint at most; without `nc: `.
const DEFAULT: &[(&str, &str, &str)] = &[
    ("", "no host and port given", "nc HOST PORT, nc -l PORT, or nc --help"),
    ("-v", "no host and port given", "nc HOST PORT, nc -l PORT, or nc --help"),
    ("h", "no port given for \"h\"", ""),
    ("localhost:8000", "no port given for \"localhost:8000\"", "nc localhost 8000"),
    ("::1", "no port given for \"::1\"", ""),
    ("https://h/x", "no port given for \"https://h/x\"", "nc tls://h:443"),
    ("https://h:8443", "no port given for \"https://h:8443\"", "nc tls://h:8443"),
    ("http://h/x", "no port given for \"http://h/x\"", "nc h 80"),
    ("http://h:8000/", "no port given for \"http://h:8000/\"", "nc h 8000"),
    ("redis://h", "no port given for \"redis://h\"", "nc h PORT"),
    ("'' 80", "the host is empty", ""),
    ("-l", "no port to listen on", "nc -l PORT, or nc -l 0 for any free port"),
    ("-l 127.0.0.1", "port to listen on: \"127.0.0.1\" is no port (0 to 65535, or a service)", ""),
    ("-l host", "\"host\" is no port to listen on", "nc -l host PORT"),
    ("-l 1-3", "a listener has one port, and \"1-3\" are several", ""),
    ("-l a 1,2", "a listener has one port, and \"1,2\" are several", ""),
    ("-l -p 1-3", "a listener has one port, and \"1-3\" are several", ""),
    ("-l 80 81", "a listener has one port, and \"80\" and \"81\" are two", ""),
    ("-l -p 80 81", "a listener has one port, and \"80\" and \"81\" are two", ""),
    ("-l -p 80 a 81", "a listener has one port, and \"80\" and \"81\" are two", ""),
    ("-l -s a b 80", "a listener has one address, and \"a\" and \"b\" are two", ""),
    ("-l a 80 81", "\"81\" is one argument too many", ""),
    ("-l '' 80", "the host is empty", ""),
    ("-l 65536", "port to listen on: \"65536\" is more than 65535", ""),
    ("-l -p 70000", "option -p: \"70000\" is more than 65535", ""),
    ("-l --source-port x", "option --source-port: \"x\" is no port (0 to 65535, or a service)", ""),
    ("-p 65536 h 80", "option -p: \"65536\" is more than 65535", ""),
    ("-p -1 h 80", "option -p: \"-1\" is less than 0", ""),
    ("-lU", "option -U: no path to listen on", ""),
    ("-U", "option -U: no path to connect to", ""),
    ("-U ''", "option -U: no path to connect to", ""),
    ("-U /x 80", "\"80\" is one argument too many", ""),
    ("-lU /x 80", "\"80\" is one argument too many", ""),
    ("-f /x 80", "\"80\" is one argument too many", ""),
    (
        "-U -s /own /x",
        "option -s says nothing without -u, for with -U it names a datagram socket",
        "",
    ),
    // Ports
    ("h abc", "port \"abc\": no number, range or known service", ""),
    ("h ''", "port \"\": no number, range or known service", ""),
    ("h 22x", "port \"22x\": no number, range or known service", ""),
    ("h 0", "port \"0\": \"0\" is less than 1", ""),
    ("h 1-65536", "port \"1-65536\": \"65536\" is more than 65535", ""),
    ("h 80,,81", "port \"80,,81\": \"\" is not a number", ""),
    ("h 3-", "port \"3-\": \"\" is not a number", ""),
    ("h 80 x", "port \"x\": no number, range or known service", ""),
    ("h\\x07 \\x1b[2J", "port \"\\x1b[2J\": no number, range or known service", ""),
    // Values
    ("-w abc h 80", "option -w: \"abc\" is not a time (try 5, 1.5 or 500ms)", ""),
    ("--wait abc h 80", "option --wait: \"abc\" is not a time (try 5, 1.5 or 500ms)", ""),
    ("-w -1 h 80", "option -w: \"-1\" is less than nothing", ""),
    ("-w 9999999h h 80", "option -w: \"9999999h\" is more than 2147483 seconds", ""),
    ("-q -1.5 h 80", "option -q: \"-1.5\" is less than nothing", ""),
    ("-w", "option -w needs a value: -w TIME", ""),
    ("h 80 --wait", "option --wait needs a value: --wait TIME", ""),
    ("--dialect", "option --dialect needs a value: --dialect NAME", ""),
    ("--listen=80", "option --listen takes no value, and \"80\" is one", ""),
    ("-W 0 h 80", "option -W: \"0\" is less than 1", ""),
    ("-W x h 80", "option -W: \"x\" is not a number (1 to 2147483647)", ""),
    ("-M 300 h 80", "option -M: \"300\" is more than 255", ""),
    ("--exit-status frob h 80", "option --exit-status: \"frob\" is not classic or detailed", ""),
    ("--help=some", "option --help: \"some\" is not all", ""),
    (
        "-T frob h 80",
        "option -T: \"frob\" is no type of service",
        "a word such as lowdelay, af11 or ef, a number up to 255, or 0x10",
    ),
    ("-x p -X 6 h 80", "option -X: no proxy speaks \"6\"", "4, 4a, 5 or connect"),
    ("-x p: h 80", "option -x: \"p:\": \"\" is no port", ""),
    ("-x :9 h 80", "option -x: \":9\" has no host", ""),
    ("-x [::1 h 80", "option -x: \"[::1\" lacks the closing bracket", ""),
    ("-x [::1]8 h 80", "option -x: \"[::1]8\" has no :PORT behind the bracket", ""),
    (
        "-s -v h 80",
        "option -s needs a value, and \"-v\" is an option",
        "if it is the value all the same: -s-v",
    ),
    (
        "--source --verbose h 80",
        "option --source needs a value, and \"--verbose\" is an option",
        "if it is the value all the same: --source=--verbose",
    ),
    // Letters with another meaning elsewhere
    (
        "-x dump/x.hex h 80",
        "option -x: \"dump/x.hex\" is no proxy",
        "-x names a proxy here; Ncat's hex dump is --hex-dump FILE",
    ),
    (
        "-i 30s h 80",
        "option -i: \"30s\" has a unit, and -i takes plain seconds",
        "-i is the pause between lines (--interval takes units); to leave when idle use \
         --idle-timeout or -w",
    ),
    (
        "-d 1 h 80",
        "port \"h\": no number, range or known service",
        "-d takes no value here: it means not to read standard input; Ncat's is --delay TIME",
    ),
    (
        "-C cert.pem h 80",
        "port \"h\": no number, range or known service",
        "-C takes no value here: it sends LF as CR LF",
    ),
    (
        "-lk -m 5 80",
        "option -m is ambiguous with -l and -k",
        "--max-conns N limits the clients; --min-ttl N is the least TTL let in",
    ),
    // -c is a switch in three netcats: the host it would swallow is not run
    (
        "-c example.org 443",
        "option -c took \"example.org\" as a command, and no host and port are left",
        COMMAND_LETTER,
    ),
    (
        "-c example.org",
        "option -c took \"example.org\" as a command, and no host and port are left",
        COMMAND_LETTER,
    ),
    (
        "-lc 443",
        "option -c took \"443\" as a command, and no host and port are left",
        COMMAND_LETTER,
    ),
    ("-Uc /s", "option -c took \"/s\" as a command, and no host and port are left", COMMAND_LETTER),
    (
        "-c host 80 81",
        "option -c took \"host\" as a command, and no host and port are left",
        COMMAND_LETTER,
    ),
    (
        "-S 10.0.0.1 h 80",
        "port \"h\": no number, range or known service",
        "-S takes no value here: it signs TCP with MD5; GNU netcat's is --tunnel-source ADDR",
    ),
    (
        "-l --chat -m 5 80",
        "option -m is ambiguous with -l and -k",
        "--max-conns N limits the clients; --min-ttl N is the least TTL let in",
    ),
    ("-c -v h 80", "option -c needs a command, and \"-v\" is an option", COMMAND_LETTER),
    ("-c -1 h 80", "option -c needs a command, and \"-1\" is an option", COMMAND_LETTER),
    ("-c-v h 80", "option -c needs a command, and \"-v\" is an option", COMMAND_LETTER),
    ("-c '' h 80", "option -c: there is no command in it", ""),
    ("-e '' h 80", "option -e: there is no command in it", ""),
    ("--exec \\x20 h 80", "option --exec: there is no command in it", ""),
    ("-e cat", "no host and port given", "nc HOST PORT, nc -l PORT, or nc --help"),
    ("--cafile f h 80", "option --cafile says nothing without --tls or tls://", ""),
    (
        "--tls --insecure --pin x h 80",
        "--insecure and --pin do not go together: it trusts anybody",
        "",
    ),
    (
        "--tls --pin x h 80",
        "option --pin: \"x\" is no pin (sha256//BASE64, or 64 hexadecimal digits)",
        "",
    ),
    (
        "--tls --udplite h 80",
        "--tls and --udplite do not go together: TLS goes over TCP or UDP",
        "",
    ),
    ("--tls --key f h 80", "option --key says nothing without --cert", ""),
    ("--tls --tls-min 1.1 h 80", "option --tls-min: \"1.1\" is not 1.2 or 1.3", ""),
    ("--tls --tls-min 1.3 --tls-max 1.2 h 80", "--tls-min is newer than --tls-max", ""),
    (
        "--tls --alpn a,,b h 80",
        "option --alpn: \"a,,b\" has an item that is empty or longer than 255 bytes",
        "",
    ),
    ("tls://h", "tls://h: it wants a port (tls://HOST:PORT)", ""),
    (
        "tls://h:443/path",
        "tls://h:443/path: a path does not belong to a connection (nc sends what you type)",
        "",
    ),
    ("tls://h:443 80", "\"80\" is one argument too many", ""),
    (
        "-U tls://h:443",
        "-U and tls:// do not go together: nc --tls -U PATH is TLS on a Unix socket",
        "",
    ),
    (
        "-zv tls://h:443",
        "-z and tls:// do not go together: nc cert HOST:PORT shows who answers by TLS",
        "",
    ),
    ("-u tls://h:443", "-u and tls:// do not go together: dtls://HOST:PORT is over UDP", ""),
    (
        "--tls h:443",
        "no port given for \"h:443\": HOST and PORT are two words, or one as tls://HOST:PORT",
        "",
    ),
    ("--tls -l --insecure 80", "--insecure and -l do not go together: it is a client's", ""),
    ("-l starttls+smtp://:25", "a listener does not ask for STARTTLS: tls://", ""),
    ("starttls+x://h", "starttls+x://h: no such protocol before ://", ""),
    (
        "-K f h 80",
        "option -K: elsewhere it names the file of a TLS key; not in this version",
        "--key FILE",
    ),
    (
        "--hexdump h 80",
        "option --hexdump: elsewhere it writes what passes as a hex dump; not in this version",
        "-o FILE, or --hex-dump FILE for Ncat's form; - is standard error",
    ),
    (
        "-l 80 -L cat",
        "option -L: \"cat\" is no HOST:PORT",
        "-l PORT -L HOST:PORT forwards a port; toybox's -L CMD is -lk -e CMD",
    ),
    (
        "-l 80 -L ::1",
        "option -L: \"::1\" is no HOST:PORT",
        "-l PORT -L HOST:PORT forwards a port; toybox's -L CMD is -lk -e CMD",
    ),
    (
        "-l 80 --tunnel h:0",
        "option --tunnel: \"h:0\" is no HOST:PORT",
        "-l PORT -L HOST:PORT forwards a port; toybox's -L CMD is -lk -e CMD",
    ),
    ("-g a,,b h 80", "source route: \"a,,b\" has a hop without a name", ""),
    ("-g 1,2,3,4,5 -g 6,7,8,9 h 80", "source route: more than 8 hops", ""),
    ("-g a -G 5 h 80", "source route: \"5\" is no pointer (4, 8, 12, 16, 20, 24 or 28)", ""),
    ("-g a -G 32 h 80", "source route: \"32\" is no pointer (4, 8, 12, 16, 20, 24 or 28)", ""),
    (
        "-lk --max-conns 0 80",
        "option --max-conns: \"0\" is no number of clients (1 to 4294967295)",
        "",
    ),
    (
        "--rate 1.5M h 80",
        "option --rate: \"1.5M\" is not a rate",
        "bytes a second: 2000, 500k, 2M, 2Mi",
    ),
    ("--rate 0 h 80", "option --rate: \"0\" would let nothing through", ""),
    ("--rate 99999999999G h 80", "option --rate: \"99999999999G\" is too much", ""),
    ("--delay abc h 80", "option --delay: \"abc\" is not a time (try 5, 1.5 or 500ms)", ""),
    (
        "--proxy-dns here -x p h 80",
        "option --proxy-dns: \"here\" is not remote or local or both or none",
        "",
    ),
    ("-x ftp://p h 80", "option -x: no proxy speaks \"ftp\"", "4, 4a, 5 or connect"),
    ("-x socks5://u@ h 80", "option -x: \"socks5://u@\" has no host", ""),
    (
        "-x p --proxy q -P u h 80",
        "option -P does not say for which of the proxies",
        "--proxy socks5://USER:PASS@HOST:PORT says it for each",
    ),
    ("-l -X http --proxy-auth u 80", "option --proxy-auth: \"u\" has no password (USER:PASS)", ""),
    (
        "--vsock h 80",
        "\"h\" is no number of a virtual machine (0 to 4294967295; 2 is the host)",
        "",
    ),
    ("--vsock 2 http", "\"http\" is no port of a virtual machine (0 to 4294967295)", ""),
    (
        "--vsock -l 4294967296",
        "\"4294967296\" is no port of a virtual machine (0 to 4294967295)",
        "",
    ),
    ("--vsock 2", "no port given for \"2\"", ""),
    ("--vsock 2 3 4", "\"4\" is one argument too many", ""),
    (
        "--vsock -p 1 2 3",
        "option -p says nothing without -l, for a client's port of a virtual machine is any",
        "",
    ),
    // Programs, clients and records
    ("-e a -e b h 80", "-e and -e do not go together: one program talks to the peer", ""),
    ("-e a -c b h 80", "-e and -c do not go together: one program talks to the peer", ""),
    ("-z -e a h 80", "-z and -e do not go together: a scan sends no data", ""),
    (
        "-l --broker -e a 80",
        "--broker and -e do not go together: a broker's clients talk to each other",
        "",
    ),
    ("--broker -z 80", "-z and --broker do not go together: a scan connects, a listener waits", ""),
    ("--broker -u 80", "--broker and -u do not go together: a broker passes streams on", ""),
    (
        "-l -X http -e a 80",
        "-X and -e do not go together: a proxy's clients talk to where they ask to be",
        "",
    ),
    (
        "-l -X http --chat 80",
        "-X and --chat do not go together: a proxy's clients talk to where they ask to be",
        "",
    ),
    ("-l -X http -C 80", "-X and -C do not go together: a proxy passes bytes on as they are", ""),
    ("-l -X 5 -W 3 80", "-X and -W do not go together: a proxy passes bytes on as they are", ""),
    ("-l -X http -u 80", "-u and -X do not go together: a proxy carries TCP", ""),
    (
        "-l -L h:80 -e a 80",
        "-L and -e do not go together: a tunnel's clients talk to its far end",
        "",
    ),
    ("-l -L h:80 -X 5 80", "option -X says nothing without a proxy (-x HOST[:PORT])", ""),
    ("-l -x p 80", "-l and -x do not go together: a proxy is for connecting", ""),
    ("-L h:80 80", "option -L says nothing without -l PORT, the port that it forwards", ""),
    ("--chat 80", "option --chat says nothing without -l, for clients come to it", ""),
    (
        "--allow a h 80",
        "option --allow says nothing without -l, for the rules are about clients",
        "",
    ),
    (
        "-lU --deny a /s",
        "--deny and -U do not go together: the rules are about addresses of the internet",
        "",
    ),
    (
        "-l --max-conns 5 80",
        "option --max-conns says nothing without -k, for there is one client otherwise",
        "",
    ),
    (
        "-k --max-conns 5 h 80",
        "option --max-conns says nothing without -l, for it is about clients",
        "",
    ),
    ("--pty h 80", "option --pty says nothing without a program (-e CMD or -c CMD)", ""),
    ("-E h 80", "option -E says nothing without a program (-e CMD or -c CMD)", ""),
    (
        "--append-output h 80",
        "option --append-output says nothing without a record (-o, --hex-dump, --output or --log)",
        "",
    ),
    (
        "-o f --log f h 80",
        "-o and --log do not go together: they would write over each other in one file",
        "",
    ),
    (
        "--pcap f --log f h 80",
        "--log and --pcap do not go together: they would write over each other in one file",
        "",
    ),
    ("--pcap - h 80", "option --pcap wants a file, not -", ""),
    (
        "--pcap f --append-output h 80",
        "--pcap and --append-output do not go together: a capture begins a file",
        "",
    ),
    ("--pcap f -z h 80", "-z and --pcap do not go together: a scan sends no data", ""),
    (
        "--pcap f --sctp h 80",
        "--pcap and --sctp do not go together: a capture has packets of TCP and UDP",
        "",
    ),
    ("--pcap f -f /dev/x", "--pcap and -f do not go together: a file has no packets", ""),
    (
        "--pcap f -F h 80",
        "--pcap and -F do not go together: a socket that is passed on is no longer ours",
        "",
    ),
    ("--pcap f -u --tls h 80", "--pcap and DTLS do not go together", ""),
    ("--pcap f dtls://h:80", "--pcap and DTLS do not go together", ""),
    ("-o f -z h 80", "-z and -o do not go together: a scan sends no data", ""),
    ("--send-only -d h 80", "--send-only and -d do not go together: then nothing would move", ""),
    ("--delay 1 -i 1 h 80", "--delay and -i do not go together: they are two paces", ""),
    ("--rate 1 -i 1 h 80", "--rate and -i do not go together: they are two paces", ""),
    ("--rate 1 -z h 80", "-z and --rate do not go together: a scan sends no data", ""),
    (
        "--rate 1 --broker 80",
        "--broker and --rate do not go together: a broker passes on at once what each says",
        "",
    ),
    ("--sum -z h 80", "-z and --sum do not go together: a scan sends no data", ""),
    (
        "-lk --sum 80",
        "--sum and -k do not go together: a sum is of one conversation, and several share these \
         bytes",
        "",
    ),
    ("--close -q 1 h 80", "--close and -q do not go together: they are two times to leave", ""),
    ("--udp --sctp h 80", "--udp and --sctp do not go together: they are two protocols", ""),
    ("-u --tcp h 80", "-u and --tcp do not go together: they are two protocols", ""),
    ("-6 -g a h 80", "-g and -6 do not go together: only IPv4 has source routes", ""),
    ("-G 8 h 80", "option -G says nothing without a source route (-g HOP,...)", ""),
    ("--lisen 80", "unknown option --lisen", "did you mean --listen?"),
    ("--verb h 80", "unknown option --verb", "did you mean --verbose?"),
    (
        "-Q 1 h 80",
        "unknown option -Q",
        "did you mean -q (leave at most TIME after the end of input)?",
    ),
    ("-1 h 80", "unknown option -1", "nc --help=all shows every option"),
    ("--frobnicate h 80", "unknown option --frobnicate", "nc --help=all shows every option"),
    ("-\\x07 h 80", "unknown option -\\x07", "nc --help=all shows every option"),
    ("-é h 80", "unknown option -é", "nc --help=all shows every option"),
    // Combinations
    ("-zl 80", "-z and -l do not go together: a scan connects, a listener waits", ""),
    (
        "--zero --listen 80",
        "--zero and --listen do not go together: a scan connects, a listener waits",
        "",
    ),
    ("-x p -u h 80", "-u and -x do not go together: a proxy carries TCP", ""),
    ("-U -4 /x", "-U and -4 do not go together: a Unix socket is none of the internet's", ""),
    (
        "--no-shutdown -q 1 h 80",
        "--no-shutdown and -q do not go together: leaving begins with telling the peer that the \
         input ended",
        "",
    ),
    ("-P u h 80", "option -P says nothing without a proxy (-x HOST[:PORT])", ""),
    ("--lab http 80", "option --lab says nothing without the word serve before it", ""),
    ("--lab http -- serve 80", "option --lab says nothing without the word serve before it", ""),
    ("--lab http -v -- serve 80", "option --lab says nothing without the word serve before it", ""),
    ("--explain 80", "option --explain says nothing without serve --lab http", ""),
    ("serve --lab http", "practice server: no port given", "nc serve --lab http 8000"),
    ("serve --lab http x", "practice server: \"x\" is no [ADDR:]PORT", "nc serve --lab http 8000"),
    (
        "serve --lab http ::1",
        "practice server: \"::1\" is no [ADDR:]PORT",
        "nc serve --lab http 8000",
    ),
    ("serve --lab ftp 80", "option --lab: \"ftp\" is not http", ""),
    ("serve --lab http -u 80", "option -u is not for the practice server", ""),
    ("--warn 21d h 443", "option --warn says nothing without the word cert before the host", ""),
    (
        "--pem f -- cert h:443",
        "option --pem says nothing without the word cert before the host",
        "",
    ),
    ("cert h:443 -l", "option -l is not for looking at certificates (nc cert)", ""),
    ("cert h:443 -u", "option -u is not for looking at certificates (nc cert)", ""),
    ("cert h:443 -k", "option -k is not for looking at certificates (nc cert)", ""),
    (
        "cert h:443 --require-client-cert f",
        "option --require-client-cert is not for looking at certificates (nc cert)",
        "",
    ),
    (
        "cert h:443 --warn 21",
        "option --warn: \"21\" is no time with a unit (try 21d or 12h; at most 36500d)",
        "",
    ),
    (
        "cert h:443 --warn 40000d",
        "option --warn: \"40000d\" is no time with a unit (try 21d or 12h; at most 36500d)",
        "",
    ),
    ("cert h:443 --pem -", "option --pem: \"-\" is no file that can be made", ""),
    ("cert h", "no port given for \"h\"", ""),
    ("cert ::1:443", "no port given for \"::1:443\"", ""),
    ("cert :443", "the host is empty", ""),
    ("cert h 443 444", "\"444\" is one argument too many", ""),
    ("cert h:443 444", "\"444\" is one argument too many", ""),
    ("cert tls://h:443 444", "\"444\" is one argument too many", ""),
    ("cert h:0", "port \"0\": \"0\" is less than 1", ""),
    ("cert h:443x", "port \"443x\": no number, range or known service", ""),
    ("cert h 443-445", "port \"443-445\": no number, range or known service", ""),
    ("cert -U ''", "option -U: no path to connect to", ""),
    ("cert -U /s 443", "\"443\" is one argument too many", ""),
    ("http h -l", "option -l is not for sending a request (nc http)", ""),
    ("http h -C", "option -C is not for sending a request (nc http)", ""),
    ("http h --starttls smtp", "option --starttls is not for sending a request (nc http)", ""),
    (
        "--multipart h 80",
        "option --multipart says nothing without the word http before the address",
        "",
    ),
    (
        "--dry-run -- http h",
        "option --dry-run says nothing without the word http before the address",
        "",
    ),
    ("http --multipart h", "option --multipart says nothing without name=value or name@FILE", ""),
    (
        "http --multipart h @f",
        "option --multipart says nothing without name=value or name@FILE",
        "",
    ),
    ("http GET", "no address given: nc http [METHOD] HOST[:PORT][/PATH] [name=value ...]", ""),
    (
        "http -U GET /s",
        "no address given: nc http -U [METHOD] SOCKET [HOST]/PATH [name=value ...]",
        "",
    ),
    ("http -U ''", "option -U: no path to connect to", ""),
    (
        "http -U -s /x /s h/",
        "-U and -s do not go together: a request goes over a stream, which has no socket of its own",
        "",
    ),
    ("http /x", "the host is empty", ""),
    ("http h:0/", "port \"0\": \"0\" is less than 1", ""),
    ("http h:x/", "port \"x\": no number, range or known service", ""),
    (
        "http ftp://h/",
        "request: \"ftp://h/\": the scheme is none of http://, https:// and tls://",
        "",
    ),
    (
        "http --tls http://h/",
        "http://h/: http:// is without TLS, and --tls asks for it (https://)",
        "",
    ),
    (
        "http me:secret@h/",
        "request: \"me:secret@h/\": who you are is not part of an address: send it as \
         Authorization:'Basic ...'",
        "",
    ),
    ("http ::1/", "request: \"::1/\": an IPv6 address stands in brackets", ""),
    ("http h/\\x0aX", "request: \"h/\\x0aX\": a path has no line end and no NUL", ""),
    ("http h X:a\\x0db", "request: \"X:a\\x0db\": a header's value has no line end and no NUL", ""),
    (
        "http h X\\x20Y:a",
        "request: \"X Y:a\": a header's name has letters, digits and !#$%&'*+-.^_`|~ only",
        "",
    ),
    (
        "http h a",
        "request: \"a\": this is no name=value, name:=json, name@FILE, name==value or Header:value",
        "",
    ),
    ("http h a@", "request: \"a@\": there is no file behind the @", ""),
    ("http h a@- @-", "request: \"@-\": standard input can be read once only", ""),
    ("http h @f a=1", "request: \"a=1\": @FILE is the whole body, and there is another one", ""),
    ("http h --cafile f", "option --cafile says nothing without --tls or tls://", ""),
    ("serve --lab http 80 81", "\"81\" is one argument too many", ""),
];

#[test]
fn the_default_face_names_the_argument_in_one_line() {
    for (line, words, hint) in DEFAULT {
        let expected = match *hint {
            "" => format!("nc: {words}\n"),
            hint => format!("nc: {words}\nnc: hint: {hint}\n"),
        };
        assert_eq!(refused(&format!("nc {line}")), expected, "nc {line}");
    }
}

#[test]
fn lua_is_refused_where_it_is_not_built_in() {
    if !cfg!(feature = "lua") {
        let expected = "nc: option --lua-exec is for Lua, and nc is built without Lua\n";
        assert_eq!(refused("nc --lua-exec f h 80"), expected);
        assert_eq!(refused("nc -l --lua-exec f 80"), expected);
    }
}
