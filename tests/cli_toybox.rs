//! toybox's command lines: what each means, and the words of each refusal, beside the real program
//! where it is installed.

mod cli_common;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use cli_common::{planned, refused, run, target, words};
use netcat::cli::{Environment, Invocation};
use netcat::event::VoiceName;
use netcat::plan::{
    AfterInput, AfterPeer, Attached, Clients, Command as Runs, Connect, Family, Host, Inet, Listen,
    Local, Plan, Program, ProgramErrors, RecordFormat, RecordTo, Recording, Remote, Scan, Service,
    Session, Transport, UdpProbe, UnixKind, UnixName,
};

type Rows<'a, T> = &'a [(&'a str, &'a dyn Fn(&mut T))];

const SECOND: Duration = Duration::from_secs(1);

fn session() -> Session {
    Session {
        after_peer: AfterPeer::LeaveWhenIdle(SECOND / 2),
        after_peer_at_terminal: AfterPeer::LeaveWhenQuiet,
        datagram_size: 4096,
        ..Session::default()
    }
}

fn connect() -> Connect {
    Connect { session: session(), ..Connect::new(Remote::Inet(target("h", &[(80, 80)]))) }
}

fn unix(kind: UnixKind) -> Remote {
    Remote::Unix { kind, name: UnixName::Path(PathBuf::from("@x")), source: None }
}

fn listen() -> Listen {
    let local = Local::Inet { transport: Transport::Tcp, host: None, port: 80 };
    Listen { family: Family::V4, session: session(), ..Listen::new(local) }
}

fn program(argv: &[&str]) -> Program {
    Program {
        command: Runs::Argv { argv: argv.iter().map(Into::into).collect(), search: true },
        attached: Attached::Socket,
        errors: ProgramErrors::Ours,
        ncat_environment: false,
        gives_status: true,
    }
}

fn hex(to: RecordTo, format: RecordFormat) -> Vec<Recording> {
    vec![Recording { to, format, append: false }]
}

#[test]
fn every_option_of_a_client_is_a_field_of_the_plan() {
    let rows: Rows<'_, Connect> = &[
        ("h 80", &|_| {}),
        ("h http", &|_| {}),
        ("h 0", &|plan| plan.remote = Remote::Inet(target("h", &[(0, 0)]))),
        ("-4 h 80", &|plan| plan.dial.family = Family::V4),
        ("-6 h 80", &|plan| plan.dial.family = Family::V6),
        ("-n h 80", &|plan| plan.dial.numeric = true),
        ("-tvE h 80", &|_| {}),
        ("-u h 80", &|plan| {
            let transport = Transport::Udp;
            plan.remote = Remote::Inet(Inet { transport, ..target("h", &[(80, 80)]) });
        }),
        ("-s a -p 7 h 80", &|plan| {
            plan.dial.source_address = Some(Host::from("a"));
            plan.dial.source_port = Some(7);
        }),
        ("-w3 h 80", &|plan| plan.dial.timeout = Some(3 * SECOND)),
        ("-W3 h 80", &|plan| plan.session.idle_timeout = Some(3 * SECOND)),
        ("-q3 h 80", &|plan| plan.session.after_input = AfterInput::Quit(3 * SECOND)),
        ("-o /x h 80", &|plan| {
            let to = RecordTo::File(PathBuf::from("/x"));
            plan.session.recordings = hex(to, RecordFormat::HexToybox);
        }),
        ("-O - h 80", &|plan| {
            plan.session.recordings = hex(RecordTo::Output, RecordFormat::HexToyboxStream);
        }),
        ("-f /x", &|plan| plan.remote = Remote::File(PathBuf::from("/x"))),
        ("-lf /x", &|plan| plan.remote = Remote::File(PathBuf::from("/x"))),
        ("-U @x", &|plan| plan.remote = unix(UnixKind::Stream)),
        ("-Uu @x", &|plan| plan.remote = unix(UnixKind::Datagram)),
        ("-Uz @x", &|plan| {
            plan.remote = unix(UnixKind::Stream);
            plan.session.read_input = false;
            plan.session.idle_timeout = Some(Duration::ZERO);
        }),
    ];
    for (line, change) in rows {
        let mut expected = connect();
        change(&mut expected);
        let (plan, reporting) = planned(&format!("toybox nc {line}"));
        assert_eq!(plan, Plan::Connect(expected), "{line}");
        assert_eq!((reporting.voice, reporting.program), (VoiceName::Toybox, b"nc".to_vec()));
    }
    let scan = Scan { udp_probe: UdpProbe::Nothing, ..Scan::new(target("h", &[(80, 80)])) };
    assert_eq!(planned("/usr/bin/toybox netcat -z h 80").0, Plan::Scan(scan));
}

#[test]
fn a_listeners_operands_are_a_program() {
    let serves = |plan: &mut Listen, program: Program| plan.service = Service::Program(program);
    let rows: Rows<'_, Listen> = &[
        ("-l -p 80", &|_| {}),
        ("-lp80", &|_| {}),
        ("-l", &|plan| {
            plan.local = Local::Inet { transport: Transport::Tcp, host: None, port: 0 };
            plan.tells_port = true;
        }),
        ("-6lp 80", &|plan| plan.family = Family::V6),
        ("-lp 80 -s ::", &|plan| {
            let host = Some(Host::from("::"));
            plan.local = Local::Inet { transport: Transport::Tcp, host, port: 80 };
            plan.family = Family::Any;
        }),
        ("-lUs @x", &|plan| {
            let name = UnixName::Path(PathBuf::from("@x"));
            plan.local = Local::Unix { kind: UnixKind::Stream, name };
            plan.family = Family::Any;
        }),
        ("-lp 80 -w 3", &|plan| plan.accept_timeout = Some(3 * SECOND)),
        ("-lp 80 cat -l x", &|plan| serves(plan, program(&["cat", "-l", "x"]))),
        ("-lp 80 -- -x", &|plan| serves(plan, program(&["-x"]))),
        ("-lEp 80 cat", &|plan| {
            serves(plan, Program { errors: ProgramErrors::Peer, ..program(&["cat"]) });
        }),
        ("-lp 80 -t cat", &|plan| {
            serves(plan, Program { attached: Attached::Terminal, ..program(&["cat"]) });
        }),
        ("-Lp 80", &|plan| plan.clients = Clients::InTurn),
        ("-Lp 80 cat", &|plan| {
            plan.clients = Clients::AtOnce;
            serves(plan, Program { gives_status: false, ..program(&["cat"]) });
        }),
    ];
    for (line, change) in rows {
        let mut expected = listen();
        change(&mut expected);
        assert_eq!(planned(&format!("toybox nc {line}")).0, Plan::Listen(expected), "{line}");
    }
}

const SEE: &str = " (see \"nc --help\")";

/// The words of 0.8.9 without `nc: `, `SEE` where it points to its help.
const REFUSALS: &[(&str, &str)] = &[
    ("", "bad argument countSEE"),
    ("--", "bad argument countSEE"),
    ("h", "bad argument countSEE"),
    ("h 1 2", "bad argument countSEE"),
    ("h 1 -Y", "bad argument countSEE"),
    ("h 1 -z", "bad argument countSEE"),
    ("-U", "bad argument countSEE"),
    ("-U /x 1", "bad argument countSEE"),
    ("-f /dev/null 127.0.0.1", "bad argument countSEE"),
    ("-Y", "Unknown option 'Y'SEE"),
    ("-h", "Unknown option 'h'SEE"),
    ("--frob h 1", "Unknown option 'frob'SEE"),
    ("--help=x", "Unknown option 'help=x'SEE"),
    ("-w", "Missing argument to -wSEE"),
    ("-w abc h 1", "not integer: abc"),
    ("-w 1.5 h 1", "not integer: 1.5"),
    ("-w '' h 1", "not integer: "),
    ("-w1v h 1", "not integer: 1v"),
    ("-w 0 h 1", "-w < 1SEE"),
    ("-w -1 h 1", "-w < 1SEE"),
    ("-w 99999999999999999999999 h 1", "99999999999999999999999: Numerical result out of range"),
    ("-W 0 h 1", "-W < 1SEE"),
    ("-W x h 1", "not integer: x"),
    ("-q 0 h 1", "-q < 1SEE"),
    ("-q -1 h 1", "-q < 1SEE"),
    ("-q x h 1", "not integer: x"),
    ("-p abc h 1", "not integer: abc"),
    ("-p ssh h 1", "not integer: ssh"),
    ("-p '' h 1", "not integer: "),
    ("-p 0 h 1", "-p < 1SEE"),
    ("-p -1 h 1", "-p < 1SEE"),
    ("-p 65536 h 1", "-p > 65535SEE"),
    ("-4 -6 h 1", "No '6' with '4'SEE"),
    ("-6 -4 h 1", "No '4' with '6'SEE"),
    ("-U -4 h", "No '4' with 'U'SEE"),
    ("-6 -U x", "No 'U' with '6'SEE"),
    ("-l -L", "No 'L' with 'l'SEE"),
    ("-L -l", "No 'l' with 'L'SEE"),
    ("-L -w 1 cat", "No 'w' with 'L'SEE"),
    ("-w 1 -L cat", "No 'L' with 'w'SEE"),
    ("-u -L cat", "No 'L' with 'u'SEE"),
    ("127.0.0.1 abc", "127.0.0.1:abc: Servname not supported for ai_socktype"),
    ("127.0.0.1 22x", "127.0.0.1:22x: Servname not supported for ai_socktype"),
    ("127.0.0.1 1-3", "127.0.0.1:1-3: Servname not supported for ai_socktype"),
    ("127.0.0.1 -1", "127.0.0.1:-1: Servname not supported for ai_socktype"),
    ("-l -U", "-s must be provided if using -U with -L/-l"),
];

/// Where 0.8.9 goes on, or does not know the option yet.
const OTHER_REFUSALS: &[(&str, &str)] = &[
    ("-w 1k h 1", "not integer: 1k"),
    ("-w +5 h 1", "not integer: +5"),
    ("-w 0x5 h 1", "not integer: 0x5"),
    ("-w 99999999999 h 1", "99999999999: Numerical result out of range"),
    ("127.0.0.1 ''", "127.0.0.1:: Servname not supported for ai_socktype"),
    ("127.0.0.1 65536", "127.0.0.1:65536: Servname not supported for ai_socktype"),
    ("-o a -O b h 1", "No 'O' with 'o'SEE"),
    ("h \\x1b[2J", "h:\\x1b[2J: Servname not supported for ai_socktype"),
];

fn expected(words: &str) -> String {
    format!("nc: {}\n", words.replace("SEE", SEE))
}

#[test]
fn it_refuses_in_its_own_words() {
    for (line, words) in REFUSALS.iter().chain(OTHER_REFUSALS) {
        assert_eq!(refused(&format!("toybox nc {line}")), expected(words), "{line}");
    }
    match run("toybox nc --help", &Environment::default()) {
        Ok(Invocation::Help { text, on_stderr: false }) => assert!(text.contains("\n-W\t")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_real_one_refuses_in_the_same_words() {
    let real = |line: &str| {
        let mut command = Command::new("toybox");
        command.arg("nc").args(words(line)).env("LC_ALL", "C").stdin(Stdio::null());
        command.output()
    };
    if real("--help").is_err() {
        println!("skipped: toybox is not installed");
        return;
    }
    for (line, words) in REFUSALS.iter().filter(|(line, _)| !line.contains("-z")) {
        let output = real(line).unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said, expected(words), "{line}");
        assert_eq!(output.status.code(), Some(1), "{line}");
    }
}
