//! `--explain-command`: what a line means, and the clear spelling that means the same.

#![allow(clippy::unwrap_used)] // a test may end so

mod cli_common;

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use cli_common::{means, planned, services};
use netcat::cli::explain::clear_spelling;
use netcat::cli::{Environment, Invocation, parse};
use netcat::event::VoiceName;
use netcat::plan::lint;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

fn asked(line: impl Into<OsString>) -> Result<String, String> {
    let mut option = OsString::from("--explain-command=");
    option.push(line.into());
    let args = vec![option];
    match parse("nc".as_ref(), args, &Environment::default(), &services) {
        Ok(Invocation::Help { text, on_stderr: false }) => Ok(text),
        Ok(other) => panic!("{other:?}"),
        Err(refusal) => Err(String::from_utf8(refusal.message()).unwrap()),
    }
}

/// What is told of a dialect, and what is told of every one.
fn told(line: &str, dialect: &str) -> Vec<String> {
    let mut inside = false;
    let mut lines = Vec::new();
    for told in asked(line).unwrap().lines() {
        if let Some(names) = told.strip_suffix(':').filter(|_| !told.starts_with(' ')) {
            inside = told.starts_with("in every") || names.split(", ").any(|name| name == dialect);
        } else if inside && !told.is_empty() {
            lines.push(told.trim().to_owned());
        }
    }
    lines
}

fn tells(line: &str, dialect: &str, sentences: &[&str]) {
    let told = told(line, dialect);
    for sentence in sentences {
        assert!(told.iter().any(|told| told == sentence), "{line}: {sentence:?} in {told:#?}");
    }
}

#[test]
fn the_line_of_a_tutorial_in_two_dialects() {
    let line = "nc -lvnp 4444 -q1";
    tells(
        line,
        "default",
        &[
            "Listens on TCP port 4444 of every address, IPv4 and IPv6.",
            "Looks up no names.",
            "Serves one client, then leaves.",
            "When its input ends: tells the peer (half-close), and leaves when it is done, after 1 s \
             at the latest.",
            "Says on standard error what happens.",
            "clear spelling: nc --listen --nodns --quit-after 1 --verbose 4444",
        ],
    );
    tells(
        line,
        "openbsd",
        &[
            "Listens on TCP port 4444 of every IPv4 address.",
            "clear spelling: nc --listen --ipv4 --nodns --quit-after 1 --verbose 4444",
            "which leaves out:",
            "the whole of it: nc --dialect openbsd -lvnp 4444 -q1",
        ],
    );
}

#[test]
fn the_same_line_is_a_pause_for_one_and_a_limit_for_another() {
    let line = "nc -lk -i 5 80";
    tells(line, "default", &["Pauses for 5 s after each line sent."]);
    tells(
        line,
        "ncat",
        &[
            "Fails when nothing has moved for 5 s.",
            "clear spelling: nc --listen --keep-open --max-conns 100 --idle-timeout 5 80",
            "the whole of it: nc --dialect ncat -lk -i 5 80",
        ],
    );
    tells(
        line,
        "traditional",
        &[
            "Listens on any free TCP port of every IPv4 address.",
            "Waits for 80 alone: anybody else ends it with an error.",
        ],
    );
}

#[test]
fn what_each_kind_of_plan_is_told_as() {
    for (line, sentences) in [
        (
            "nc -w 5 h 80",
            &["Connects to h, TCP port 80.", "Leaves when nothing has moved for 5 s."][..],
        ),
        ("nc -zv h 1-3 80", &["Looks what answers, and sends no data: h, TCP ports 1-3,80."]),
        ("nc -U @s", &["Connects to the Unix socket @s."]),
        ("nc --vsock 2 9", &["Connects to port 9 of the virtual machine 2."]),
        ("nc -f /dev/ttyS0", &["Opens the file /dev/ttyS0 for a network."]),
        ("nc -k -e '/bin/ls -l' -l 80", &["Runs the program /bin/ls -l for each client."]),
        ("nc -c \"a 'b'\" h 80", &["Runs the shell command a 'b' for the peer."]),
        ("nc -l --chat 80", &["Passes what a client says on to all others, with who said it."]),
        ("nc -l -X http 80", &["Is an HTTP proxy: CONNECT, GET, HEAD and POST."]),
        ("nc -l 80 -L h:22", &["Connects each client to h, TCP port 22."]),
        ("nc -l 80 --allow a --denyfile f", &["Turns away those in f.", "Lets only these in: a."]),
        (
            "nc -x p -x http://q h 80",
            &[
                "Goes through the http proxy q:3128, reached through the next.",
                "Goes through the socks5 proxy p:1080.",
                "clear spelling: nc --proxy socks5://p:1080 --proxy http://q:3128 h 80",
            ],
        ),
        (
            "nc tls://h:443 --sni n --alpn h2",
            &[
                "Speaks TLS, with whom the system trusts.",
                "The certificate must be for n.",
                "Offers the protocols h2.",
                "clear spelling: nc --tls --sni n --alpn h2 h 443",
            ],
        ),
        (
            "nc -lk tls://:443 --require-client-cert ca --cert c",
            &[
                "Speaks TLS with its clients.",
                "Lets in only clients whom ca vouches for.",
                "Shows the certificate c.",
                "clear spelling: nc --listen --keep-open --tls --require-client-cert ca --cert c 443",
            ],
        ),
        ("nc -i 0.5 h 80", &["Pauses for 500 ms after each line sent."]),
        (
            "nc --pcap p h 80",
            &[
                "Writes the packets of each connection, and TLS secrets, to the file p, which is emptied first.",
            ],
        ),
        ("nc --log - h 80", &["Writes a log of what passes to standard error."]),
        (
            "nc -q 0 h 80",
            &[
                "When its input ends: tells the peer (half-close), and leaves when it is done or silent for 1 s.",
            ],
        ),
        ("nc -u h 53", &["Connects to h, UDP port 53.", "When its input ends: goes on receiving."]),
        (
            "nc serve --lab http 80",
            &["Is a web server to practise with, on the loopback address port 80."],
        ),
        (
            "nc http PUT h:8000/x a=1 X:y",
            &[
                "Connects to h, TCP port 8000.",
                "Sends the request PUT /x for h:8000 with X:y, a=1.",
                "Fails when the peer ends without a whole answer.",
                "clear spelling: nc http PUT h:8000/x X:y a=1",
            ],
        ),
        (
            "nc http --dry-run h f@x",
            &[
                "Prints the request POST / for h with f@x (a form in parts), and leaves.",
                "clear spelling: nc --dry-run --multipart http POST http://h/ f@x",
            ],
        ),
        (
            "nc cert h:443 --warn 21d --pem f --starttls smtp",
            &[
                "Shows the certificates of h, TCP port 443, and sends no data.",
                "Asks for TLS in the words of smtp first.",
                "Fails if one of them expires within 21d.",
                "Writes them to a new file, f.",
                "clear spelling: nc --starttls smtp --wait 10 --warn 21d --pem f cert tls://h:443",
            ],
        ),
        (
            "nc tls://h:443 --insecure --alpn h2 --tls-min 1.3",
            &[
                "Speaks TLS, with anybody.",
                "Offers the protocols h2.",
                "Speaks no TLS older than 1.3.",
                "clear spelling: nc --tls --insecure --tls-min 1.3 --alpn h2 h 443",
            ],
        ),
        ("nc --help", &["Prints its help, and leaves."]),
        ("nc --version", &["Prints its version, and leaves."]),
        ("-l 80", &["clear spelling: nc --listen 80"]),
        ("busybox nc h 80", &["Connects to h, TCP port 80."]),
    ] {
        tells(line, "default", sentences);
    }
}

#[test]
fn refusals_are_told_in_the_dialects_own_words() {
    tells(
        "nc -c example.org 443",
        "default",
        &[
            "Refuses it:",
            "nc: option -c took \"example.org\" as a command, and no host and port are left",
        ],
    );
    tells("nc --frob h 80", "openbsd", &["Refuses it:", "nc: invalid option -- '-'"]);
    tells("nc -N", "openbsd", &["Refuses it:", "it prints how it is used"]);
}

#[test]
fn a_letter_that_is_two_things_is_told_apart() {
    let text = asked("nc -V 1 h 80").unwrap();
    assert!(text.contains("\n-V is not the same everywhere:\n"), "{text}");
    assert!(text.contains("-V rtable: Specify alternate routing table (openbsd"), "{text}");
    let text = asked("nc -i 5 h 80").unwrap();
    for told in [
        "-i is not the same everywhere:\n  -i TIME: pause between lines sent, and ports scanned (default, openbsd",
        "  -i <time>: fail when nothing moved for so long (ncat",
    ] {
        assert!(text.contains(told), "{text}");
    }
    assert!(!asked("nc -v h 80").unwrap().contains("not the same everywhere"));
}

#[test]
fn a_line_that_names_its_dialect_says_so() {
    for line in ["nc.openbsd h 80", "nc --dialect openbsd h 80"] {
        let text = asked(line).unwrap();
        assert!(text.contains("It asks for the dialect openbsd by itself.\n"), "{text}");
    }
}

#[test]
fn what_is_no_plain_command_is_refused() {
    for (line, words) in [
        (
            "nc h 80 | cat",
            "line to explain: \"|\" is for the shell: give one plain command without it",
        ),
        ("nc 'h 80", "line to explain: \"'\" is not closed"),
        ("nc h 80 \\", "line to explain: \"\\\" has nothing behind it"),
        (
            "nc -U ~/x",
            "line to explain: \"~\" is for the shell: write what it makes of it, or put it in quotes",
        ),
        ("nc --explain-command 'nc h 80'", "--explain-command explains other lines than its own"),
        ("nc --dialect frob h 80", "--dialect: there is no dialect \"frob\"; there are: "),
    ] {
        let refused = asked(line).unwrap_err();
        assert!(refused.starts_with(&format!("nc: {words}")), "{refused}");
    }
    let continued = asked("nc -l \\\n8080").unwrap();
    assert_eq!(continued, asked("nc -l 8080").unwrap());
    let refused = |line: &str| cli_common::refused(line);
    assert_eq!(refused("nc --explain-command a 80"), "nc: \"80\" is one argument too many\n");
    assert!(refused("nc -v --explain-command a").contains("-v do not go together"));
}

/// Options that may stand in a command line, each with its value.
const OPTIONS: &[&[&str]] = &[
    &["--fill"],
    &["--escapes"],
    &["--dry-run"],
    &["--multipart"],
    &["-l"],
    &["-l"],
    &["-l"],
    &["-k"],
    &["-z"],
    &["-u"],
    &["-U"],
    &["-n"],
    &["-4"],
    &["-6"],
    &["-d"],
    &["-r"],
    &["-C"],
    &["-t"],
    &["-N"],
    &["-v"],
    &["-D"],
    &["-b"],
    &["-S"],
    &["-F"],
    &["-Z"],
    &["-E"],
    &["--sctp"],
    &["--udplite"],
    &["--vsock"],
    &["--mptcp"],
    &["--tcp"],
    &["--pty"],
    &["--broker"],
    &["--chat"],
    &["--close"],
    &["--send-only"],
    &["--no-shutdown"],
    &["--append-output"],
    &["--json"],
    &["--why"],
    &["-p", "7"],
    &["-s", "a"],
    &["-w", "1.5"],
    &["-w", "0"],
    &["-q", "0"],
    &["-q", "2"],
    &["-q", "-1"],
    &["-i", "0.25"],
    &["--delay", "2m"],
    &["--sum"],
    &["--progress"],
    &["--rate", "2M"],
    &["--idle-timeout", "3"],
    &["--idle-timeout", "0"],
    &["-W", "3"],
    &["-T", "ef"],
    &["-M", "3"],
    &["--min-ttl", "3"],
    &["-I", "9"],
    &["-O", "9"],
    &["-g", "a,b"],
    &["-G", "8"],
    &["-e", "a\\ b c\\\\"],
    &["-e", "a \\"],
    &["-c", "a 'b'"],
    &["--lua-exec", "f"],
    &["-o", "o"],
    &["--hex-dump", "-"],
    &["--output=-r"],
    &["--log", "l"],
    &["--pcap", "p"],
    &["--lint", "http"],
    &["--lint", "none"],
    &["--max-conns", "3"],
    &["--edit"],
    &["--edit", "--no-history"],
    &["--allow", "a,b"],
    &["--allowfile", "f"],
    &["--deny", ""],
    &["--denyfile", "g"],
    &["-L", "h:1"],
    &["-L", "[::1]:1"],
    &["--tunnel-port", "3"],
    &["--tunnel-source", "s"],
    &["-x", "p"],
    &["-x", "[::1]:9"],
    &["-x", "connect://u:p:q@r"],
    &["-x", "socks4://u@r:1"],
    &["-X", "4"],
    &["-X", "4a"],
    &["-X", "http"],
    &["-P", "u:v"],
    &["--proxy-auth", "u:v:w"],
    &["--proxy-dns", "local"],
    &["--proxy-dns", "remote"],
    &["--proxy-dns", "none"],
    &["-f", "/dev/x"],
    &["--exit-status", "classic"],
    &["--tls"],
    &["--tls"],
    &["--starttls", "smtp"],
    &["--cafile", "ca"],
    &["--pin", "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="],
    &["--insecure"],
    &["--tls-name", "n"],
    &["--sni", "s"],
    &["--alpn", "h2,http/1.1"],
    &["--cert", "c"],
    &["--key=-k"],
    &["--require-client-cert", "ca"],
    &["--tls-min", "1.2"],
    &["--tls-max", "1.3"],
    &["--ciphers", "TLS_AES_128_GCM_SHA256:HIGH"],
    &["--keylog", "f"],
    &["-L", "tls://h:1"],
    &["-L", "starttls+imap://h:1"],
];

const OPERANDS: &[&[&str]] = &[
    &[],
    &["80"],
    &["h", "80"],
    &["[::1]", "80"],
    &["1", "80"],
    &["h", "1-3,7", "ssh"],
    &["@s"],
    &["2", "3"],
    &["--", "-h", "80"],
    &["--", "-s"],
    &["http", "h"],
    &["http", "PUT", "https://h:80/x?y", "a=\\=b", "X:y", "q==1", "--", "-c@f"],
    &["http", "2:8/x", "s", "@-", "Host:", "A: "],
    &["http", "-s", "a\\:b=c"],
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(20_000) })]

    #[test]
    fn a_plan_spelled_clearly_is_the_same_plan(
        options in vec(select(OPTIONS), 0..6),
        operands in select(OPERANDS),
    ) {
        let mut args: Vec<OsString> = options.concat().iter().map(Into::into).collect();
        args.extend(operands.iter().map(OsString::from));
        let parsed = parse("nc".as_ref(), args.clone(), &Environment::default(), &services);
        if let Ok(Invocation::Run { plan, reporting }) = parsed {
            prop_assert_eq!(lint(&plan), Ok(()), "{:?}", args);
            let clear = clear_spelling(&plan, &reporting);
            prop_assert_eq!(means(clear.clone()), Some(plan), "{:?} as {:?}", args, clear);
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn any_line_is_explained_or_refused(line in vec(1_u8..=255, 0..24), begun in any::<bool>()) {
        let line = if begun { [b"nc -l ".as_slice(), &line].concat() } else { line };
        let text = asked(OsString::from_vec([b" ".as_slice(), &line].concat())).unwrap_or_else(|told| told);
        let shown = text.chars().filter(|c| !matches!(c, '\n' | '\t'));
        prop_assert!(shown.into_iter().all(|c| !c.is_control()), "{text:?}");
    }
}

#[test]
fn the_dialects_plans_come_near_where_they_cannot_be_spelled() {
    for line in ["nc.openbsd -q 3 h 80", "nc.openbsd -lk 80", "nc.openbsd -zuv h 1-3"] {
        let (plan, reporting) = planned(line);
        assert_eq!(reporting.voice, VoiceName::OpenBsd);
        let clear = clear_spelling(&plan, &reporting);
        assert!(means(clear.clone()).is_some(), "{line}: {clear:?}");
    }
}

#[test]
fn tls_of_the_other_dialects() {
    tells(
        "nc --ssl h 443",
        "ncat",
        &[
            "Speaks TLS, with anybody.",
            "clear spelling: nc --tls --insecure --wait 10 --idle-timeout 0 h 443",
        ],
    );
    tells("nc --ssl-verify h 443", "ncat", &["Speaks TLS, with whom the system trusts."]);
    tells(
        "nc -l --ssl 443",
        "ncat",
        &[
            "Speaks TLS with its clients, with a certificate that it makes.",
            "A client that cannot be secured ends it.",
            "which leaves out:",
        ],
    );
    tells(
        "nc -c -T muststaple -T noname h 443",
        "openbsd-upstream",
        &[
            "Speaks TLS, with whom the system trusts.",
            "The certificate may be for any name.",
            "The server must show that its certificate is not revoked.",
        ],
    );
    tells(
        "nc -lc -C c 443",
        "openbsd-upstream",
        &["Lets in only clients whom the system trusts, or without a certificate."],
    );
}

#[test]
fn who_runs_a_line_does_not_matter() {
    for line in ["nc -lvp 80", "ncat -lk 80 -e cat", "busybox nc -ll -p 80 -e cat"] {
        for before in ["sudo", "doas"] {
            assert_eq!(asked(format!("{before} {line}")), asked(line), "{before} {line}");
        }
    }
}
