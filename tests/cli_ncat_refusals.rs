//! Ncat command lines that are refused: the exact words, beside the real program where it is
//! installed.
#![allow(clippy::unwrap_used)] // a test may end so

mod cli_common;

use std::process::{Command, Stdio};

use cli_common::{run, words};
use netcat::cli::Environment;

const TRY: &str =
    "Ncat: Try `--help' or man(1) ncat for more information, usage options and help. QUITTING.\n";

/// What getopt says: without the program's name, and before the hint.
const GETOPT: &[(&str, &str)] = &[
    ("-Y", "invalid option -- 'Y'"),
    ("h 80 -vY", "invalid option -- 'Y'"),
    ("h -1", "invalid option -- '1'"),
    ("-l=5", "invalid option -- '='"),
    ("--frob", "unrecognized option '--frob'"),
    ("--frob=1", "unrecognized option '--frob=1'"),
    ("--ssl-x", "unrecognized option '--ssl-x'"),
    ("-w", "option requires an argument -- 'w'"),
    ("-vp", "option requires an argument -- 'p'"),
    ("--wait", "option '--wait' requires an argument"),
    ("--ex", "option '--exec' requires an argument"),
    ("--p", "option '--proxy' requires an argument"),
    ("--g", "option '--g' requires an argument"),
    ("--lua-e", "option '--lua-exec' requires an argument"),
    ("--listen=1", "option '--listen' doesn't allow an argument"),
    ("--lis=5", "option '--listen' doesn't allow an argument"),
    ("--4=1", "option '--4' doesn't allow an argument"),
    ("--a", "option '--a' is ambiguous; possibilities: '--append-output' '--allow' '--allowfile'"),
    ("--c", "option '--c' is ambiguous; possibilities: '--crlf' '--chat'"),
    ("--d", "option '--d' is ambiguous; possibilities: '--delay' '--deny' '--denyfile'"),
    ("--he", "option '--he' is ambiguous; possibilities: '--help' '--hex-dump'"),
    ("--l", "option '--l' is ambiguous; possibilities: '--lua-exec' '--listen'"),
    ("--no", "option '--no' is ambiguous; possibilities: '--no-shutdown' '--nodns'"),
    ("--n", "option '--n' is ambiguous; possibilities: '--no-shutdown' '--nodns' '--nsock-engine'"),
    ("--sou h", "option '--sou' is ambiguous; possibilities: '--source-port' '--source'"),
    (
        "--s=1",
        "option '--s=1' is ambiguous; possibilities: '--sh-exec' '--source-port' '--source' \
         '--send-only' '--sctp' '--ssl' '--ssl-cert' '--ssl-key' '--ssl-verify' \
         '--ssl-trustfile' '--ssl-ciphers' '--ssl-servername' '--ssl-alpn'",
    ),
    ("--t", "option '--t' is ambiguous; possibilities: '--talk' '--telnet'"),
    ("--u", "option '--u' is ambiguous; possibilities: '--unixsock' '--udp'"),
    ("--ver h 1", "option '--ver' is ambiguous; possibilities: '--version' '--verbose'"),
    ("--v", "option '--v' is ambiguous; possibilities: '--vsock' '--verbose'"),
];

/// What the original says, between `Ncat: ` and ` QUITTING.`.
const SAID: &[(&str, &str)] = &[
    ("", "You must specify a host to connect to."),
    ("--", "You must specify a host to connect to."),
    ("'' 1", "You must specify a host to connect to."),
    ("1", "You must specify a host to connect to."),
    ("1 2", "You must specify a host to connect to."),
    ("-k", "You must specify a host to connect to."),
    ("--chat 4001", "You must specify a host to connect to."),
    ("--vsock", "You must specify a host to connect to."),
    ("--proxy 127.0.0.1:1", "You must specify a host to connect to."),
    ("--ssl-cert f 127.0.0.1 1", "The --ssl-key and --ssl-cert options must be used together."),
    ("-lu --ssl 127.0.0.1 1", "DTLS is not supported in listen mode\n"),
    ("-lu --ssl -e cat 1", "DTLS is not supported in listen mode\n"),
    ("-l --ssl-key f 1", "The --ssl-key and --ssl-cert options must be used together."),
    ("--ssl-c h 1", "You must specify a host to connect to."),
    ("127.0.0.1 65536", "Invalid port number \"65536\"."),
    ("127.0.0.1 1-3", "Invalid port number \"1-3\"."),
    ("127.0.0.1 ssh", "Invalid port number \"ssh\"."),
    ("127.0.0.1 -- -5", "Invalid port number \"-5\"."),
    ("-l 65536", "Invalid port number \"65536\"."),
    ("127.0.0.1 1 2 3", "Got more than one port specification: 1 2 3."),
    ("-l 1 2 3", "Got more than one port specification: 1 2 3."),
    ("-l 4001 127.0.0.1", "Got more than one port specification: 4001 127.0.0.1."),
    ("-l -p 4001 4002", "Got more than one port specification: 4001 4002."),
    ("-l -p 4001 127.0.0.1 4002 3", "Got more than one port specification: 4001 4002 3."),
    ("-l -p x", "Invalid source port number \"x\"."),
    ("-l -p 65536", "Invalid source port 65536."),
    ("-p 1x 127.0.0.1 1", "Invalid source port number \"1x\"."),
    // Times
    ("-w x h 1", "Invalid -w timeout \"x\" (must be greater than 0 and less than 2147483s)."),
    ("-w 0 h 1", "Invalid -w timeout \"0\" (must be greater than 0 and less than 2147483s)."),
    ("-w '' h 1", "Invalid -w timeout \"\" (must be greater than 0 and less than 2147483s)."),
    ("-w=5 h 1", "Invalid -w timeout \"=5\" (must be greater than 0 and less than 2147483s)."),
    (
        "-w 0.0001 h 1",
        "Invalid -w timeout \"0.0001\" (must be greater than 0 and less than 2147483s).",
    ),
    (
        "-w 2147484 h 1",
        "Invalid -w timeout \"2147484\" (must be greater than 0 and less than 2147483s).",
    ),
    ("-i -1 h 1", "Invalid -i timeout \"-1\" (must be greater than 0 and less than 2147483s)."),
    ("-d 1000h h 1", "Invalid -d delay \"1000h\" (must be greater than 0 and less than 2147483s)."),
    (
        "-w 100 h 1",
        "Since April 2010, the default unit for -w timeout is seconds, so your time of \"100\" is \
         1.7 minutes. Use \"100ms\" for 100 milliseconds.",
    ),
    (
        "-i 999.9 h 1",
        "Since April 2010, the default unit for -i timeout is seconds, so your time of \"999.9\" \
         is 16.7 minutes. Use \"999.9ms\" for 999.9 milliseconds.",
    ),
    (
        "-d 2147483 h 1",
        "Since April 2010, the default unit for -d delay is seconds, so your time of \"2147483\" \
         is 35791.4 minutes. Use \"2147483ms\" for 2147483 milliseconds.",
    ),
    // Values
    ("-4 -g 1,2,3,4,5,6,7,8,9 h 1", "Sorry, you gave too many source route hops."),
    ("-G 5 h 1", "Invalid source-route hop pointer 5."),
    ("-G 32 h 1", "Invalid source-route hop pointer 32."),
    ("--proxy-dns foo h 1", "Invalid proxy DNS type."),
    ("--proxy-dns LOCAL h 1", "Invalid proxy DNS type."),
    ("--nsock-engine foo h 1", "Unknown or non-available engine: foo."),
    ("-e a -c b h 1", "Only one of --exec, --sh-exec, and --lua-exec is allowed."),
    ("--proxy p --proxy p h 1", "You can't specify more than one --proxy."),
    ("--proxy-type http --proxy-type http h 1", "You can't specify more than one --proxy-type."),
    ("--proxy-auth a:b --proxy-auth a:b h 1", "You can't specify more than one --proxy-auth."),
    (
        "--ssl-trustfile x --ssl-trustfile y h 1",
        "The --ssl-trustfile option may be given only once.",
    ),
    // Unix sockets
    ("-U", "You have to specify path to a socket to connect to."),
    ("-lU", "You have to specify path to a socket to listen on."),
    ("-U a b", "Invalid port number \"b\"."),
    ("-U a 1 2", "Got more than one port specification: 1 2."),
    (
        "-U --proxy x --ssl --broker -p 1 -g 127.0.0.1 -z",
        "Proxy option not supported when using Unix domain sockets.",
    ),
    ("-lU --proxy-type http a", "Proxy option not supported when using Unix domain sockets."),
    ("-U --ssl --broker -p 1", "SSL option not supported when using Unix domain sockets."),
    ("-U --chat -p 1", "Connection brokering not supported when using Unix domain sockets."),
    (
        "-U -p 1 -g 127.0.0.1 -z",
        "Specifying source port when using Unix domain sockets doesn't make sense.",
    ),
    ("-U -g 127.0.0.1 -z -t", "Loose source routing not allowed when using Unix domain sockets."),
    // Virtual machines
    ("--vsock --proxy x --ssl 2 1", "Proxy option not supported when using vsock sockets."),
    ("--vsock --ssl --broker 2 1", "SSL option not supported when using vsock sockets."),
    ("--vsock --broker -z 2 1", "Connection brokering not supported when using vsock sockets."),
    (
        "--vsock -g 127.0.0.1 -z -t 2 1",
        "Loose source routing not allowed when using vsock sockets.",
    ),
    ("--vsock x 1", "Invalid CID \"x\"."),
    ("--vsock 4294967296 1", "Invalid CID \"4294967296\"."),
    ("--vsock 2 4294967296", "Invalid port number \"4294967296\"."),
    ("--vsock 2 1 3", "Got more than one port specification: 1 3."),
    ("--vsock -l x", "Invalid port number \"x\"."),
    ("--vsock -l x 5", "Invalid CID \"x\"."),
    ("--vsock -s x 2 1", "Invalid source address CID \"x\"."),
    // Proxies
    ("--proxy [::1 -l", "Invalid proxy IPv6 address \"[::1\"."),
    ("--proxy 127.0.0.1:x -l", "Invalid proxy port number \"x\"."),
    ("--proxy 127.0.0.1:65536 h 1", "Invalid proxy port number \"65536\"."),
    ("--proxy 127.0.0.1 -z -l", "Invalid option combination: --proxy and -l."),
    ("--proxy [::1 --proxy-type foo -l", "Invalid proxy type \"foo\"."),
    ("--proxy 127.0.0.1 --proxy-type Http h 1", "Invalid proxy type \"Http\"."),
    (
        "--proxy-type foo -z -l",
        "Invalid proxy type \"foo\"; Ncat proxy server only supports \"http\".",
    ),
    (
        "-l --proxy-type socks5 1",
        "Invalid proxy type \"socks5\"; Ncat proxy server only supports \"http\".",
    ),
    (
        "--proxy-type foo -z -t",
        "Proxy type (--proxy-type) specified without proxy address (--proxy).",
    ),
    (
        "-t --proxy-type http -l 4001",
        "Invalid option combination: --telnet has no effect with --proxy-type.",
    ),
    // Combinations
    ("-z -t -l", "Services designed for LISTENING can't be used with -z"),
    ("-z --broker", "Services designed for LISTENING can't be used with -z"),
    ("-z -t -e x", "Invalid option combination: -z and -t."),
    ("-z -c x", "Command execution can't be done along with option -z."),
    (
        "-l -s x 1 2 3",
        "-l and -s are incompatible.  Specify the address and port to bind to like you would a \
         host to connect to.",
    ),
    ("-lt --proxy-type http --broker -e x 4001", "Invalid option combination: --broker and -e."),
    ("--chat -l -e x 4001", "Invalid option combination: --broker and -e."),
    (
        "-m 5 --chat --allow 1.2.3.4 127.0.0.1 1",
        "Invalid option combination: allow/deny with connect.",
    ),
    ("-m 5 --chat 127.0.0.1 1", "Invalid option combination: `--max-conns' with connect."),
    ("-e x --talk 127.0.0.1 1", "Invalid option combination: `--chat' with connect."),
    ("-6 -g 127.0.0.1 ::1 1", "Sorry, -g can only currently be used with IPv4."),
    ("-g 127.0.0.1 127.0.0.1 1", "Sorry, -g can only currently be used with IPv4."),
];

/// What the original does not say: it takes these, fails later, or says something else.
const OURS: &[(&str, &str)] = &[
    // the original applies it to nobody, in silence
    ("--deny 1.2.3.4 127.0.0.1 1", "Invalid option combination: allow/deny with connect."),
    ("127.0.0.1 ''", "Invalid port number \"\"."),
    ("127.0.0.1 +1", "Invalid port number \"+1\"."),
    ("-l -p -1", "Invalid source port -1."),
    ("-l -p ''", "Invalid source port number \"\"."),
    ("--vsock -p 70000 2 1", "Invalid source port 70000."),
    ("-U ''", "You have to specify path to a socket to connect to."),
    ("-m x -lk 1", "Invalid number of connections \"x\"."),
    ("-m 0 -lk 1", "Invalid number of connections \"0\"."),
    ("-G x h 1", "Invalid source-route hop pointer x."),
    ("-q x h 1", "Invalid -q timeout \"x\"."),
    ("-w 1e3 h 1", "Invalid -w timeout \"1e3\" (must be greater than 0 and less than 2147483s)."),
    ("-e '' h 1", "There is no command to execute."),
    ("--lua-exec-internal x h 1", "--lua-exec-internal is not for users."),
    ("--vsock -u 2 1", "UDP not supported when using vsock sockets."),
    ("--proxy p: h 1", "Invalid proxy port number \"\"."),
    ("--proxy p:0 h 1", "Invalid proxy port number \"0\"."),
    ("--proxy [::1]x h 1", "Invalid proxy IPv6 address \"[::1]x\"."),
    ("--proxy :1 h 1", "Could not resolve proxy \"\": Name or service not known."),
    ("--proxy p -u h 1", "Invalid option combination: --proxy and -u."),
    ("--proxy p --sctp h 1", "Invalid option combination: --proxy and --sctp."),
    ("--proxy p --proxy-dns none h 1", "Error: Failed to resolve host h locally."),
    ("--proxy p --proxy-type socks5 --proxy-auth u h 1", "Error: invalid username:password combo."),
    ("-l --proxy-type http --proxy-auth u 1", "A proxy server's --proxy-auth is USER:PASSWORD."),
    ("--ssl-alpn h2,,x h 1", "Invalid list of protocols \"h2,,x\"."),
    ("--ssl-alpn '' -l 1", "Invalid list of protocols \"\"."),
    ("h 1\\x07", "Invalid port number \"1\\x07\"."),
];

fn refused(line: &str) -> String {
    match run(line, &Environment::default()) {
        Err(refusal) => {
            assert_eq!(refusal.status(), 2, "{line}");
            String::from_utf8(refusal.message()).unwrap()
        }
        other => panic!("{line}: {other:?}"),
    }
}

/// Every line that the original refuses, and what it says on standard error as `program`.
fn refusals(program: &str) -> impl Iterator<Item = (&'static str, String)> {
    let getopt =
        GETOPT.iter().map(move |(line, said)| (*line, format!("{program}: {said}\n{TRY}")));
    getopt.chain(SAID.iter().map(|(line, said)| (*line, format!("Ncat: {said} QUITTING.\n"))))
}

#[test]
fn refusals_are_the_originals_to_the_letter() {
    for (line, said) in refusals("/usr/bin/ncat") {
        assert_eq!(refused(&format!("/usr/bin/ncat {line}")), said, "{line}");
    }
    for (line, said) in OURS {
        let said = format!("Ncat: {said} QUITTING.\n");
        assert_eq!(refused(&format!("ncat {line}")), said, "{line}");
    }
}

#[test]
fn with_v_the_version_is_told_first_but_not_before_getopt() {
    let version = "Ncat: Version 7.98 ( https://nmap.org/ncat )\n";
    let host = "Ncat: You must specify a host to connect to. QUITTING.\n";
    assert_eq!(refused("ncat -v"), format!("{version}{host}"));
    assert_eq!(refused("ncat -v --ssl h x").lines().next(), version.lines().next());
    assert!(!refused("ncat -v -Y").contains("Version"));
    assert!(!refused("ncat -v -w x h 1").contains("Version"));
}

#[test]
fn the_original_says_the_same() {
    for (line, said) in refusals("ncat") {
        let real = Command::new("ncat")
            .args(words(line))
            .env("LC_ALL", "C")
            .env_remove("POSIXLY_CORRECT")
            .stdin(Stdio::null())
            .output();
        let Ok(real) = real else {
            println!("skipped: ncat is not installed");
            return;
        };
        assert_eq!(String::from_utf8_lossy(&real.stderr), said, "{line}");
        assert_eq!(real.status.code(), Some(2), "{line}");
    }
}
