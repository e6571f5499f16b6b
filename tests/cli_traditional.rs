//! netcat-traditional's command lines: what each means, and the words of each refusal, beside the
//! real program where it is installed.

mod cli_common;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use cli_common::{planned, refused, run, services, target, words};
use netcat::cli::{Environment, Invocation, answered};
use netcat::event::VoiceName;
use netcat::plan::{
    AfterInput, AfterPeer, Attached, Command as Runs, Connect, Family, Host, Listen, Local,
    OnlyPeer, Pace, PaceUnit, Plan, PortOrder, Program, ProgramErrors, RecordFormat, RecordTo,
    Recording, Remote, Scan, Service, Session, SourceRoute, SourceRouteLayout, Strangers, Telnet,
    Transport, UdpProbe,
};

type Rows<'a, T> = &'a [(&'a str, &'a dyn Fn(&mut T))];

const SECOND: Duration = Duration::from_secs(1);

fn session() -> Session {
    Session {
        after_input: AfterInput::StayOpen,
        after_peer: AfterPeer::LeaveWhenIdle(SECOND / 2),
        after_peer_at_terminal: AfterPeer::LeaveWhenQuiet,
        datagram_size: 8192,
        ..Session::default()
    }
}

fn connect() -> Connect {
    let mut connect = Connect {
        session: session(),
        order: PortOrder::Downward,
        always_succeeds: true,
        ..Connect::new(Remote::Inet(target("h", &[(80, 80)])))
    };
    connect.dial.family = Family::V4;
    connect
}

fn scan() -> Scan {
    Scan {
        dial: connect().dial,
        order: PortOrder::Downward,
        always_succeeds: true,
        udp_probe: UdpProbe::TwoNuls,
        ..Scan::new(target("h", &[(80, 80)]))
    }
}

fn listen() -> Listen {
    Listen {
        family: Family::V4,
        session: session(),
        ..Listen::new(Local::Inet { transport: Transport::Tcp, host: None, port: 80 })
    }
}

fn program(command: Runs) -> Program {
    Program {
        command,
        attached: Attached::Socket,
        errors: ProgramErrors::Ours,
        ncat_environment: false,
        gives_status: true,
    }
}

fn hex(path: &str) -> Vec<Recording> {
    let to = RecordTo::File(PathBuf::from(path));
    vec![Recording { to, format: RecordFormat::HexTraditional, append: false }]
}

#[test]
fn every_option_of_a_client_is_a_field_of_the_plan() {
    let ports = |plan: &mut Connect, ports| plan.remote = Remote::Inet(target("h", ports));
    let rows: Rows<'_, Connect> = &[
        ("h 80", &|_| {}),
        ("h http", &|_| {}),
        ("-n h 80", &|plan| plan.dial.numeric = true),
        ("-b h 80", &|plan| plan.dial.socket.broadcast = true),
        ("-k h 80", &|plan| plan.dial.socket.keep_alive = true),
        ("-s a -p 7 h 80", &|plan| {
            plan.dial.source_address = Some(Host::from("a"));
            plan.dial.source_port = Some(7);
        }),
        ("-p ssh h 80", &|plan| plan.dial.source_port = Some(22)),
        ("-T Minimize-delay h 80", &|plan| plan.dial.socket.tos = Some(16)),
        ("-T 0x20 h 80", &|plan| plan.dial.socket.tos = Some(32)),
        ("-r h 80", &|plan| {
            plan.order = PortOrder::Random;
            plan.dial.random_source_port = true;
        }),
        ("-u h 80", &|plan| {
            let mut inet = target("h", &[(80, 80)]);
            inet.transport = Transport::Udp;
            plan.remote = Remote::Inet(inet);
        }),
        ("-w3 h 80", &|plan| {
            plan.dial.timeout = Some(3 * SECOND);
            plan.session.after_input = AfterInput::StayUntilIdle(6 * SECOND);
        }),
        ("-w3 -q 5 h 80", &|plan| {
            plan.dial.timeout = Some(3 * SECOND);
            plan.session.after_input = AfterInput::Quit(5 * SECOND);
        }),
        ("-q0 h 80", &|plan| plan.session.after_input = AfterInput::Quit(Duration::ZERO)),
        ("-q -1 h 80", &|_| {}),
        ("-w 3 -q-1 h 80", &|plan| {
            plan.dial.timeout = Some(3 * SECOND);
            plan.session.after_input = AfterInput::StayUntilIdle(6 * SECOND);
        }),
        ("-i 2 h 80", &|plan| {
            let (unit, both_ways) = (PaceUnit::Line, false);
            plan.session.pace = Some(Pace { pause: 2 * SECOND, unit, before: true, both_ways });
        }),
        ("-C h 80", &|plan| plan.session.crlf = true),
        ("-t h 80", &|plan| plan.session.telnet = Some(Telnet::Everything)),
        ("-o /x h 80", &|plan| plan.session.recordings = hex("/x")),
        ("-g a -g b h 80", &|plan| {
            plan.dial.socket.source_route = Some(SourceRoute {
                hops: vec![Host::from("a"), Host::from("b")],
                pointer: 4,
                layout: SourceRouteLayout::Traditional,
            });
        }),
        ("-G 12 -g a h 80", &|plan| {
            plan.dial.socket.source_route = Some(SourceRoute {
                hops: vec![Host::from("a")],
                pointer: 12,
                layout: SourceRouteLayout::Traditional,
            });
        }),
        ("-G 12 h 80", &|_| {}),
        ("h 3-5", &|plan| ports(plan, &[(3, 5)])),
        ("h 5-3 7", &|plan| ports(plan, &[(3, 5), (7, 7)])),
        ("h 20-ssh", &|plan| ports(plan, &[(20, 22)])),
        ("h ftp\\-data ftp\\-data-ssh", &|plan| ports(plan, &[(20, 20), (20, 22)])),
        ("h 80 -vv", &|_| {}),
    ];
    for (line, change) in rows {
        let mut expected = connect();
        change(&mut expected);
        let (plan, reporting) = planned(&format!("nc.traditional {line}"));
        assert_eq!(plan, Plan::Connect(expected), "{line}");
        assert_eq!(reporting.voice, VoiceName::Traditional);
        assert!(reporting.classic_status);
    }
}

#[test]
fn a_program_takes_netcats_place_and_the_last_one_counts() {
    let argv = |file: &str| program(Runs::Argv { argv: vec![file.into()], search: false });
    let shell = |text: &str| program(Runs::Shell(text.into()));
    for (line, runs) in [
        ("-e /bin/cat h 80", argv("/bin/cat")),
        ("-e /bin/cat -z h 80", argv("/bin/cat")),
        ("-o /x -e -v h 80", argv("-v")),
        ("-c date h 80", shell("date")),
        ("-c date -e date h 80", argv("date")),
        ("-e date -c date h 80", shell("date")),
    ] {
        let expected = Connect { program: Some(runs.clone()), ..connect() };
        assert_eq!(planned(&format!("nc.traditional {line}")).0, Plan::Connect(expected), "{line}");
        let line = format!("nc.traditional -lp 80 {}", line.trim_end_matches("h 80"));
        let expected = Listen { service: Service::Program(runs), ..listen() };
        assert_eq!(planned(&line).0, Plan::Listen(expected), "{line}");
    }
}

#[test]
fn a_scan_goes_downward_and_always_succeeds() {
    let rows: Rows<'_, Scan> = &[
        ("-z h 80", &|_| {}),
        ("-zn -w 2 -i 1 h 80", &|plan| {
            plan.dial.numeric = true;
            plan.dial.timeout = Some(2 * SECOND);
            plan.interval = Some(SECOND);
        }),
        ("-zr h 80", &|plan| {
            plan.order = PortOrder::Random;
            plan.dial.random_source_port = true;
        }),
        ("-zu h 80", &|plan| plan.target.transport = Transport::Udp),
        ("-z h 1-5 9", &|plan| plan.target = target("h", &[(1, 5), (9, 9)])),
    ];
    for (line, change) in rows {
        let mut expected = scan();
        change(&mut expected);
        assert_eq!(planned(&format!("nc.traditional {line}")).0, Plan::Scan(expected), "{line}");
    }
}

#[test]
fn a_listeners_operands_are_its_peer() {
    let local = |transport, host: Option<&str>, port| Local::Inet {
        transport,
        host: host.map(Host::from),
        port,
    };
    let only = |port| Some(OnlyPeer { host: Host::from("h"), port, others: Strangers::Fail });
    let rows: Rows<'_, Listen> = &[
        ("-l -p 80", &|_| {}),
        ("-lp80", &|_| {}),
        ("-lz -p http", &|_| {}),
        ("-l", &|plan| plan.local = local(Transport::Tcp, None, 0)),
        ("-l h", &|plan| {
            plan.local = local(Transport::Tcp, None, 0);
            plan.access.only = only(None);
        }),
        ("-l -p 80 h", &|plan| plan.access.only = only(None)),
        ("-lp 80 h 7", &|plan| plan.access.only = only(Some(7))),
        ("-l -s a -p 80", &|plan| plan.local = local(Transport::Tcp, Some("a"), 80)),
        ("-lu -p 80", &|plan| plan.local = local(Transport::Udp, None, 80)),
        ("-lk -p 80 -w 3", &|plan| {
            plan.socket.keep_alive = true;
            plan.accept_timeout = Some(3 * SECOND);
            plan.session.after_input = AfterInput::StayUntilIdle(6 * SECOND);
        }),
        ("-nlvp 80", &|plan| plan.numeric = true),
    ];
    for (line, change) in rows {
        let mut expected = listen();
        change(&mut expected);
        assert_eq!(planned(&format!("nc.traditional {line}")).0, Plan::Listen(expected), "{line}");
    }
}

const GETOPT: &str = "\nnc -h for help";

/// The words of the original; `nc.traditional: ` stands before what getopt says.
const REFUSALS: &[(&str, &str)] = &[
    ("-Y", "invalid option -- 'Y'"),
    ("h 1 -Y", "invalid option -- 'Y'"),
    ("--frob h 1", "invalid option -- '-'"),
    ("-d h 1", "invalid option -- 'd'"),
    ("-Y -a", "invalid option -- 'Y'"),
    ("-w", "option requires an argument -- 'w'"),
    ("-vw", "option requires an argument -- 'w'"),
    ("-a h 1", "all-A-records NIY"),
    ("-a -Y", "all-A-records NIY"),
    ("-v", "no destination"),
    ("-z", "no destination"),
    ("-e x", "no destination"),
    ("-n 127.0.0.1", "no port[s] to connect to"),
    ("-w 0 h 1", "invalid wait-time 0"),
    ("-w abc h 1", "invalid wait-time abc"),
    ("-w '' h 1", "invalid wait-time "),
    ("-w 0 -Y", "invalid wait-time 0"),
    ("-i 0 h 1", "invalid interval time 0"),
    ("-i abc h 1", "invalid interval time abc"),
    ("-i 65536 h 1", "invalid interval time 65536"),
    ("-p abc h 1", "invalid local port abc"),
    ("-p 0 h 1", "invalid local port 0"),
    ("-p '' h 1", "invalid local port "),
    ("-p 65536 h 1", "invalid local port 65536"),
    ("-n -p ssh h 1", "invalid local port ssh"),
    ("-G 5 h 1", "invalid hop pointer 5, must be multiple of 4 <= 28"),
    ("-G 0 h 1", "invalid hop pointer 0, must be multiple of 4 <= 28"),
    ("-G 32 h 1", "invalid hop pointer 32, must be multiple of 4 <= 28"),
    ("-G -4 h 1", "invalid hop pointer -4, must be multiple of 4 <= 28"),
    ("127.0.0.1 0", "invalid port 0"),
    ("127.0.0.1 65536", "invalid port 65536"),
    ("127.0.0.1 abc", "invalid port abc"),
    ("127.0.0.1 ''", "invalid port "),
    ("127.0.0.1 -- -80", "invalid port "),
    ("127.0.0.1 3-", "invalid port "),
    ("-z 127.0.0.1 3-x", "invalid port x"),
    ("-z 127.0.0.1 3-0", "invalid port 0"),
    ("-z 127.0.0.1 0-3", "invalid port 0"),
    ("-z 127.0.0.1 3-65536", "invalid port 65536"),
    ("-n 127.0.0.1 ssh", "invalid port ssh"),
    ("127.0.0.1 ftp-data", "invalid port data"),
    ("-l -p 0", "invalid local port 0"),
    ("-l -p abc", "invalid local port abc"),
    ("-l 127.0.0.1 0", "invalid port 0"),
    ("-l 127.0.0.1 abc", "invalid port abc"),
    ("-lu", "UDP listen needs -p arg"),
];

/// Where the original goes on with half a number, or a wrong one.
const STRICTER: &[(&str, &str)] = &[
    ("-w -1 h 1", "invalid wait-time -1"),
    ("-w 22x h 1", "invalid wait-time 22x"),
    ("-w 1.5 h 1", "invalid wait-time 1.5"),
    ("-w1v h 1", "invalid wait-time 1v"),
    ("-w 99999999999 h 1", "invalid wait-time 99999999999"),
    ("-i -1 h 1", "invalid interval time -1"),
    ("-i 70000 h 1", "invalid interval time 70000"),
    ("-q abc h 1", "invalid quit time abc"),
    ("-q 1.5 h 1", "invalid quit time 1.5"),
    ("-p 70000 h 1", "invalid local port 70000"),
    ("-p 22x h 1", "invalid local port 22x"),
    ("-p -1 h 1", "invalid local port -1"),
    ("-l -p 1-3", "invalid local port 1-3"),
    ("-G abc h 1", "invalid hop pointer abc, must be multiple of 4 <= 28"),
    ("-T foo h 1", "invalid tos foo"),
    ("-T 256 h 1", "invalid tos 256"),
    ("h 22x", "invalid port 22x"),
    ("h +80", "invalid port +80"),
    ("h 1,2", "invalid port 1,2"),
    ("h 3-70000", "invalid port 70000"),
    ("h 99999999999", "invalid port 99999999999"),
    ("h 80 x", "invalid port x"),
    ("-l h 22-23", "invalid port 22-23"),
    ("-l h 22 23", "invalid port 23"),
    ("-g a -g a -g a -g a -g a -g a -g a -g a -g a h 1", "too many -g hops"),
    ("h \\x1b[2J", "invalid port \\x1b[2J"),
];

fn expected(words: &str) -> String {
    let getopt = words.starts_with("invalid option") || words.starts_with("option requires");
    if getopt { format!("nc.traditional: {words}{GETOPT}\n") } else { format!("{words}\n") }
}

#[test]
fn it_refuses_in_its_own_words() {
    for (line, words) in REFUSALS.iter().chain(STRICTER) {
        assert_eq!(refused(&format!("nc.traditional {line}")), expected(words), "{line}");
    }
}

#[test]
fn the_real_one_refuses_in_the_same_words_and_has_the_same_help() {
    let real = |line: &str| {
        let mut command = Command::new("nc.traditional");
        command.args(words(line)).env("LC_ALL", "C").env_remove("POSIXLY_CORRECT");
        command.stdin(Stdio::null()).output()
    };
    let Ok(help) = real("-h") else {
        println!("skipped: nc.traditional is not installed");
        return;
    };
    match run("nc.traditional -v -h -Y", &Environment::default()) {
        Ok(Invocation::Help { text, on_stderr: true }) => {
            assert_eq!(text, String::from_utf8(help.stderr).unwrap());
        }
        other => panic!("{other:?}"),
    }
    for (line, words) in REFUSALS {
        let output = real(line).unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said, expected(words), "{line}");
        assert_eq!(output.status.code(), Some(1), "{line}");
    }
}

#[test]
fn without_arguments_it_asks_for_them() {
    let asked = run("nc.traditional", &Environment::default());
    let dialect = "traditional";
    assert_eq!(asked.unwrap(), Invocation::AskCommandLine { prompt: "Cmd line: ", dialect });
    assert!(matches!(
        run("nc --dialect traditional", &Environment::default()),
        Ok(Invocation::AskCommandLine { .. })
    ));
    let answer = |line: &str| {
        let environment = Environment::default();
        answered("nc".as_ref(), "traditional", words(line), &environment, &services)
    };
    assert!(
        matches!(answer("h 80"), Ok(Invocation::Run { plan, .. }) if plan == Plan::Connect(connect()))
    );
    let refusal = answer("").unwrap_err();
    assert_eq!((refusal.message(), refusal.status()), (b"wrong\n".to_vec(), 1));
    assert_eq!(answer("h").unwrap_err().message(), b"no port[s] to connect to\n");
}
