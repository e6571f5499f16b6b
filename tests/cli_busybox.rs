//! The command lines of BusyBox's two netcats: what each means, and the words of each refusal,
//! beside the real program where it is installed.

mod cli_common;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use cli_common::{planned, refused, run, target, words};
use netcat::cli::{Environment, Invocation};
use netcat::event::VoiceName;
use netcat::plan::{
    AfterPeer, Attached, Clients, Command as Runs, Connect, Host, Inet, Listen, Local, OnlyPeer,
    Pace, PaceUnit, Plan, Program, ProgramErrors, RecordFormat, RecordTo, Recording, Remote, Scan,
    Service, Session, Strangers, Transport, UdpProbe,
};

type Rows<'a, T> = &'a [(&'a str, &'a dyn Fn(&mut T))];

const SECOND: Duration = Duration::from_secs(1);
const SMALL: &str = "nc --dialect busybox-small";

fn session() -> Session {
    Session {
        after_peer: AfterPeer::FinishInput,
        after_peer_at_terminal: AfterPeer::FinishInput,
        datagram_size: 8192,
        ..Session::default()
    }
}

fn small_session() -> Session {
    Session {
        after_peer: AfterPeer::LeaveWhenIdle(SECOND / 2),
        after_peer_at_terminal: AfterPeer::LeaveWhenQuiet,
        ..Session::default()
    }
}

fn connect() -> Connect {
    Connect { session: session(), ..Connect::new(Remote::Inet(target("h", &[(80, 80)]))) }
}

fn local(host: Option<&str>, port: u16) -> Local {
    Local::Inet { transport: Transport::Tcp, host: host.map(Host::from), port }
}

fn listen() -> Listen {
    Listen { session: session(), ..Listen::new(local(None, 80)) }
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

#[test]
fn the_applet_chooses_alpines_and_the_small_one_can_be_asked_for() {
    for line in ["busybox nc h 80", "/bin/busybox nc h 80", "busybox-nc h 80"] {
        let (plan, reporting) = planned(line);
        assert_eq!(plan, Plan::Connect(connect()), "{line}");
        assert_eq!(reporting.voice, VoiceName::BusyBox, "{line}");
    }
    assert_eq!(planned("busybox nc h 80").1.program, b"nc");
    let small = Environment { nc_dialect: Some("busybox-small".into()), ..Environment::default() };
    let by_environment = run("busybox nc h 80", &small).unwrap();
    assert!(
        matches!(by_environment, Invocation::Run { reporting, .. } if reporting.voice == VoiceName::BusyBoxSmall)
    );
    assert_eq!(planned(&format!("{SMALL} h 80")).1.voice, VoiceName::BusyBoxSmall);
}

#[test]
fn every_option_of_a_client_is_a_field_of_the_plan() {
    let udp = |inet: &Inet| Inet { transport: Transport::Udp, ..inet.clone() };
    let rows: Rows<'_, Connect> = &[
        ("h http", &|_| {}),
        ("h", &|plan| plan.remote = Remote::Inet(target("h", &[(0, 0)]))),
        ("h:80", &|_| {}),
        ("h:http", &|_| {}),
        ("[h]:80", &|_| {}),
        ("h:80 81", &|_| {}),
        ("::1 80", &|plan| plan.remote = Remote::Inet(target("::1", &[(80, 80)]))),
        ("[::1] 80", &|plan| plan.remote = Remote::Inet(target("::1", &[(80, 80)]))),
        ("[::1 80", &|plan| plan.remote = Remote::Inet(target("[::1", &[(80, 80)]))),
        (":1 80", &|plan| plan.remote = Remote::Inet(target(":1", &[(80, 80)]))),
        ("h 0", &|plan| plan.remote = Remote::Inet(target("h", &[(0, 0)]))),
        ("h 80 -vv", &|_| {}),
        ("-n h 80", &|_| {}),
        ("-n 127.0.0.1 80", &|plan| {
            plan.remote = Remote::Inet(target("127.0.0.1", &[(80, 80)]));
            plan.dial.numeric = true;
        }),
        ("-u h 80", &|plan| plan.remote = Remote::Inet(udp(&target("h", &[(80, 80)])))),
        ("-b h 80", &|plan| plan.dial.socket.broadcast = true),
        ("-s a -p 7 h 80", &|plan| {
            plan.dial.source_address = Some(Host::from("a"));
            plan.dial.source_port = Some(7);
        }),
        ("-w 0 h 80", &|_| {}),
        ("-w3 h 80", &|plan| {
            plan.dial.timeout = Some(3 * SECOND);
            plan.session.idle_timeout = Some(6 * SECOND);
        }),
        ("-i 2 h 80", &|plan| {
            let (unit, both_ways) = (PaceUnit::Line, false);
            plan.session.pace = Some(Pace { pause: 2 * SECOND, unit, before: true, both_ways });
        }),
        ("-o /x h 80", &|plan| {
            plan.session.recordings = vec![Recording {
                to: RecordTo::File(PathBuf::from("/x")),
                format: RecordFormat::HexTraditional,
                append: false,
            }];
        }),
        ("h 80 -e sh -i -v", &|plan| plan.program = Some(program(&["sh", "-i", "-v"]))),
        ("-o /x h 80 -ve cat -- -", &|plan| plan.program = Some(program(&["cat", "--", "-"]))),
        ("-z h 80 -e cat", &|plan| plan.program = Some(program(&["cat"]))),
        ("-k h 80", &|_| {}),
    ];
    for (line, change) in rows {
        let mut expected = connect();
        change(&mut expected);
        assert_eq!(planned(&format!("busybox nc {line}")).0, Plan::Connect(expected), "{line}");
    }
    let mut scan =
        Scan { udp_probe: UdpProbe::TwoNuls, ..Scan::new(udp(&target("h", &[(80, 80)]))) };
    scan.dial.timeout = Some(SECOND);
    assert_eq!(planned("busybox nc -zuw1 h 80").0, Plan::Scan(scan));
}

#[test]
fn a_listener_takes_one_client_or_runs_a_program_for_each() {
    let only = |port| Some(OnlyPeer { host: Host::from("h"), port, others: Strangers::Ignore });
    let serves = |plan: &mut Listen, clients, argv| {
        plan.clients = clients;
        plan.service = Service::Program(program(argv));
    };
    let rows: Rows<'_, Listen> = &[
        ("-l -p 80", &|_| {}),
        ("-lk -p 80", &|_| {}),
        ("-ll -p 80", &|_| {}),
        ("-lz -p 80", &|_| {}),
        ("-l", &|plan| plan.local = local(None, 0)),
        ("-l h", &|plan| {
            plan.local = local(None, 0);
            plan.access.only = only(None);
        }),
        ("-lp 80 h", &|plan| plan.access.only = only(None)),
        ("-lp 80 h 7", &|plan| plan.access.only = only(Some(7))),
        ("-lp 80 h 0", &|plan| plan.access.only = only(None)),
        ("-l -s a -p 80", &|plan| plan.local = local(Some("a"), 80)),
        ("-nlp 80", &|plan| plan.numeric = true),
        ("-nlp 80 h", &|plan| plan.access.only = only(None)),
        ("-lp 80 -w 3", &|plan| {
            plan.accept_timeout = Some(3 * SECOND);
            plan.session.idle_timeout = Some(6 * SECOND);
        }),
        ("-lp 80 -e cat x", &|plan| serves(plan, Clients::One, &["cat", "x"])),
        ("-lkp 80 -e cat", &|plan| serves(plan, Clients::AtOnce, &["cat"])),
        ("-llp 80 -e cat", &|plan| serves(plan, Clients::AtOnce, &["cat"])),
        ("-p 80 -lke cat", &|plan| serves(plan, Clients::AtOnce, &["cat"])),
    ];
    for (line, change) in rows {
        let mut expected = listen();
        change(&mut expected);
        assert_eq!(planned(&format!("busybox nc {line}")).0, Plan::Listen(expected), "{line}");
    }
}

#[test]
fn the_small_one_has_files_and_leaves_with_its_peer() {
    let base = || Connect { session: small_session(), ..connect() };
    let rows: Rows<'_, Connect> = &[
        ("h 80", &|_| {}),
        ("h", &|plan| plan.remote = Remote::Inet(target("h", &[(0, 0)]))),
        ("-p 0 h 80", &|_| {}),
        ("-w3 h 80", &|plan| plan.dial.timeout = Some(3 * SECOND)),
        ("-i 0 h 80", &|_| {}),
        ("-i 2 h 80", &|plan| {
            let (unit, before) = (PaceUnit::Block, false);
            plan.session.pace = Some(Pace { pause: 2 * SECOND, unit, before, both_ways: true });
        }),
        ("h 80 -e cat -u", &|plan| plan.program = Some(program(&["cat", "-u"]))),
        ("-f /x -p 1 -e cat h", &|plan| {
            plan.remote = Remote::File(PathBuf::from("/x"));
            plan.program = Some(program(&["cat", "h"]));
        }),
    ];
    for (line, change) in rows {
        let mut expected = base();
        change(&mut expected);
        assert_eq!(planned(&format!("{SMALL} {line}")).0, Plan::Connect(expected), "{line}");
    }
    let rows: Rows<'_, Listen> = &[
        ("-lp 80 -w 3", &|plan| plan.accept_timeout = Some(3 * SECOND)),
        ("-l a:81 -p 80", &|plan| plan.local = local(Some("a"), 81)),
        ("-l -p 80 a", &|plan| plan.local = local(Some("a"), 80)),
        ("-l", &|plan| plan.local = local(None, 0)),
        ("-ll -p 80", &|_| {}),
        ("-lp 80 -ll -e cat", &|plan| {
            plan.clients = Clients::AtOnce;
            plan.service = Service::Program(program(&["cat"]));
        }),
    ];
    for (line, change) in rows {
        let mut expected = Listen { session: small_session(), ..listen() };
        change(&mut expected);
        assert_eq!(planned(&format!("{SMALL} {line}")).0, Plan::Listen(expected), "{line}");
    }
}

/// The words of both, `USAGE` for what follows; each line without `nc: `.
const REFUSALS: &[(&str, &str)] = &[
    ("", "USAGE"),
    ("-p 1", "USAGE"),
    ("-w 1", "USAGE"),
    ("h 1 2", "USAGE"),
    ("-Y", "invalid option -- 'Y'\nUSAGE"),
    ("h 1 -Y", "invalid option -- 'Y'\nUSAGE"),
    ("-w", "option requires an argument -- 'w'\nUSAGE"),
    ("h 1 -e", "option requires an argument -- 'e'\nUSAGE"),
    ("-e", "option requires an argument -- 'e'\nUSAGE"),
    ("-e foo h 1", "USAGE"),
    ("-w abc h 1", "invalid number 'abc'"),
    ("-w -1 h 1", "invalid number '-1'"),
    ("-w 1.5 h 1", "invalid number '1.5'"),
    ("-w '' h 1", "invalid number ''"),
    ("-w +5 h 1", "invalid number '+5'"),
    ("-w 0x5 h 1", "invalid number '0x5'"),
    ("-w1v h 1", "invalid number '1v'"),
    ("-w 99999999999 h 1", "invalid number '99999999999'"),
    ("-i abc h 1", "invalid number 'abc'"),
    ("-i -1 h 1", "invalid number '-1'"),
    ("-p abc h 1", "bad port 'abc'"),
    ("-p 65536 h 1", "bad port '65536'"),
    ("-p '' h 1", "bad port ''"),
    ("127.0.0.1 abc", "bad port 'abc'"),
    ("127.0.0.1 ''", "bad port ''"),
    ("127.0.0.1 65536", "bad port '65536'"),
    ("127.0.0.1 22x", "bad port '22x'"),
    ("127.0.0.1:abc", "bad port 'abc'"),
    ("127.0.0.1:", "bad port ''"),
    ("127.0.0.1 1-3", "bad port '1-3'"),
    ("127.0.0.1 -- -1", "bad port '-1'"),
];

/// The words of the small one alone.
const SMALL_REFUSALS: &[(&str, &str)] = &[
    ("-v h 1", "invalid option -- 'v'\nUSAGE"),
    ("-n h 1", "invalid option -- 'n'\nUSAGE"),
    ("--frob h 1", "invalid option -- '-'\nUSAGE"),
    ("-l -w 1 127.0.0.1 1", "USAGE"),
    ("-f /dev/null 127.0.0.1", "USAGE"),
    ("-f /dev/null -l", "USAGE"),
];

/// Those of the other one.
const LARGE_REFUSALS: &[(&str, &str)] = &[
    ("--frob h 1", "unrecognized option '--frob'\nUSAGE"),
    ("-f /x", "invalid option -- 'f'\nUSAGE"),
    ("-v", "USAGE"),
    ("-l a 1 2", "USAGE"),
    ("-p 0 h 1", "bad local port '0'"),
    ("-i 0 h 1", "number 0 is not in 1..65535 range"),
    ("-i 65536 h 1", "number 65536 is not in 1..65535 range"),
    ("h \\x1b[2J", "bad port '\\x1b[2J'"),
];

fn usage(line: &str) -> String {
    match run(line, &Environment::default()) {
        Ok(Invocation::Help { text, on_stderr: true }) => text,
        other => panic!("{other:?}"),
    }
}

fn expected(words: &str, usage: &str) -> String {
    match words.strip_suffix("USAGE") {
        Some("") => usage.to_owned(),
        Some(line) => format!("nc: {line}{usage}"),
        None => format!("nc: {words}\n"),
    }
}

#[test]
fn both_refuse_in_their_own_words() {
    let large = usage("busybox nc --help");
    assert!(large.contains("\nUsage: nc [OPTIONS] HOST PORT"), "{large}");
    for (line, words) in REFUSALS.iter().chain(LARGE_REFUSALS) {
        assert_eq!(refused(&format!("busybox nc {line}")), expected(words, &large), "{line}");
    }
    let small = usage(&format!("{SMALL} --help"));
    assert!(small.contains("\nUsage: nc [-iN] [-wN] [-l]"), "{small}");
    for (line, words) in REFUSALS.iter().chain(SMALL_REFUSALS) {
        assert_eq!(refused(&format!("{SMALL} {line}")), expected(words, &small), "{line}");
    }
}

#[test]
fn the_real_small_one_refuses_in_the_same_words() {
    let real = |line: &str| {
        let mut command = Command::new("busybox");
        command.arg("nc").args(words(line)).env("LC_ALL", "C").env_remove("POSIXLY_CORRECT");
        command.stdin(Stdio::null()).output()
    };
    let usage = match real("--help") {
        Ok(output) if output.stderr.windows(4).any(|word| word == b"-iN]") => {
            String::from_utf8(output.stderr).unwrap()
        }
        _ => {
            println!("skipped: there is no BusyBox with the small nc");
            return;
        }
    };
    for (line, words) in REFUSALS.iter().chain(SMALL_REFUSALS) {
        let output = real(line).unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said, expected(words, &usage), "{line}");
        assert_eq!(output.status.code(), Some(1), "{line}");
    }
}
