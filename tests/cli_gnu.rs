//! GNU netcat's command lines: what each means, and the words of each refusal.

mod cli_common;

use std::path::PathBuf;
use std::time::Duration;

use cli_common::{planned, refused, run, services, target, words};
use netcat::cli::{Environment, Invocation, answered};
use netcat::event::VoiceName;
use netcat::plan::{
    AccessSource, AfterInput, AfterPeer, Attached, Command, Connect, Dial, Family, Host, Inet,
    Listen, Local, OnlyPeer, Pace, Plan, PortOrder, Program, ProgramErrors, RecordFormat, RecordTo,
    Recording, Remote, Scan, Service, Session, Strangers, Telnet, Transport, Tunnel, UdpProbe,
};

type Rows<'a, T> = &'a [(&'a str, &'a dyn Fn(&mut T))];

const SECOND: Duration = Duration::from_secs(1);
const NAME: &str = "nc --dialect gnu";

fn session() -> Session {
    Session {
        after_input: AfterInput::StayOpen,
        after_peer: AfterPeer::LeaveWhenIdle(SECOND / 2),
        after_peer_at_terminal: AfterPeer::LeaveWhenQuiet,
        datagram_size: 1024,
        ..Session::default()
    }
}

fn v4() -> Dial {
    Dial { family: Family::V4, ..Dial::default() }
}

fn connect() -> Connect {
    let remote = Remote::Inet(target("h", &[(80, 80)]));
    Connect { dial: v4(), session: session(), ..Connect::new(remote) }
}

fn listen() -> Listen {
    let local = Local::Inet { transport: Transport::Tcp, host: None, port: 80 };
    Listen { family: Family::V4, session: session(), ..Listen::new(local) }
}

fn shell(words: &str) -> Program {
    Program {
        command: Command::Shell(words.into()),
        attached: Attached::Socket,
        errors: ProgramErrors::Peer,
        ncat_environment: false,
        gives_status: true,
    }
}

fn hex(to: RecordTo) -> Vec<Recording> {
    vec![Recording { to, format: RecordFormat::HexGnu, append: false }]
}

fn udp(inet: Inet) -> Inet {
    Inet { transport: Transport::Udp, ..inet }
}

#[test]
fn every_option_of_a_client_is_a_field_of_the_plan() {
    let ports = |plan: &mut Connect, ports| plan.remote = Remote::Inet(target("h", ports));
    let rows: Rows<'_, Connect> = &[
        ("h 80", &|_| {}),
        ("h http -vv", &|_| {}),
        ("-d -g a,b -G 7 h 80", &|_| {}),
        ("--debug --gateway a --pointer 7 h 80", &|_| {}),
        ("--tcp h 80", &|_| {}),
        ("-ut h 80", &|_| {}),
        ("-tu h 80", &|plan| plan.remote = Remote::Inet(udp(target("h", &[(80, 80)])))),
        ("--ud h 80", &|plan| plan.remote = Remote::Inet(udp(target("h", &[(80, 80)])))),
        ("-c h 80", &|plan| plan.session.after_input = AfterInput::Quit(Duration::ZERO)),
        ("--cl h 80", &|plan| plan.session.after_input = AfterInput::Quit(Duration::ZERO)),
        ("--dont h 80", &|plan| plan.dial.numeric = true),
        ("-T h 80", &|plan| plan.session.telnet = Some(Telnet::Everything)),
        ("-r h 80", &|plan| plan.order = PortOrder::Random),
        ("-s a -p 7 h 80", &|plan| {
            plan.dial.source_address = Some(Host::from("a"));
            plan.dial.source_port = Some(7);
        }),
        ("--wait=3 h 80", &|plan| {
            plan.dial.timeout = Some(3 * SECOND);
            plan.session.idle_timeout = Some(3 * SECOND);
        }),
        ("-i 2 h 80", &|plan| plan.session.pace = Some(Pace::after_lines(2 * SECOND))),
        ("-x h 80", &|plan| plan.session.recordings = hex(RecordTo::ErrorOutput)),
        ("-o /x h 80", &|plan| {
            plan.session.recordings = hex(RecordTo::File(PathBuf::from("/x")));
        }),
        ("-xo /x h 80", &|plan| {
            plan.session.recordings = hex(RecordTo::File(PathBuf::from("/x")));
        }),
        ("-x -e date h 80", &|plan| plan.program = Some(shell("date"))),
        ("h 5 3-4 80 4:6 80", &|plan| ports(plan, &[(3, 6), (80, 80)])),
        ("h -- -3", &|plan| ports(plan, &[(1, 3)])),
        ("h 65000-", &|plan| ports(plan, &[(65000, 65535)])),
        ("h ssh:80", &|plan| ports(plan, &[(22, 80)])),
    ];
    for (line, change) in rows {
        let mut expected = connect();
        change(&mut expected);
        let (plan, reporting) = planned(&format!("{NAME} {line}"));
        assert_eq!(plan, Plan::Connect(expected), "{line}");
        assert_eq!(reporting.voice, VoiceName::Gnu);
    }
    let scan = Scan {
        dial: v4(),
        interval: Some(SECOND),
        udp_probe: UdpProbe::Nothing,
        ..Scan::new(target("h", &[(1, 5)]))
    };
    assert_eq!(planned(&format!("{NAME} -z -i1 h 1-5")).0, Plan::Scan(scan));
}

#[test]
fn a_listener_a_peer_and_a_tunnel() {
    let only = |port| Some(OnlyPeer { host: Host::from("h"), port, others: Strangers::Ignore });
    let rows: Rows<'_, Listen> = &[
        ("-l -p 80", &|_| {}),
        ("--listen --local-port=80", &|_| {}),
        ("-l", &|plan| {
            plan.local = Local::Inet { transport: Transport::Tcp, host: None, port: 0 };
        }),
        ("-lp 80 -s a", &|plan| {
            let host = Some(Host::from("a"));
            plan.local = Local::Inet { transport: Transport::Tcp, host, port: 80 };
        }),
        ("-lp 80 h", &|plan| plan.access.only = only(None)),
        ("-lp 80 h 7", &|plan| plan.access.only = only(Some(7))),
        ("-lp 80 -w 3", &|plan| {
            plan.accept_timeout = Some(3 * SECOND);
            plan.session.idle_timeout = Some(3 * SECOND);
        }),
        ("-lp 80 -e date", &|plan| plan.service = Service::Program(shell("date"))),
        ("-lz -p 80", &|plan| {
            plan.access.deny = vec![AccessSource::List("0.0.0.0/0".into())];
            plan.session.read_input = false;
        }),
        ("-lzu -p 80", &|plan| {
            plan.local = Local::Inet { transport: Transport::Udp, host: None, port: 80 };
            plan.session.read_input = false;
        }),
        ("-L h:8080 -p 80", &|plan| {
            let tunnel = Tunnel { target: target("h", &[(8080, 8080)]), dial: v4() };
            plan.service = Service::Tunnel(tunnel);
        }),
        ("--tunnel=h:http --tunnel-p 9 --tunnel-s a -p 80", &|plan| {
            let source_address = Some(Host::from("a"));
            let dial = Dial { source_address, source_port: Some(9), ..v4() };
            plan.service = Service::Tunnel(Tunnel { target: target("h", &[(80, 80)]), dial });
        }),
    ];
    for (line, change) in rows {
        let mut expected = listen();
        change(&mut expected);
        assert_eq!(planned(&format!("{NAME} {line}")).0, Plan::Listen(expected), "{line}");
    }
}

/// `TRY` stands for the pointer to the help: those lines begin with `nc: `, the others with
/// `Error: `.
const REFUSALS: &[(&str, &str)] = &[
    ("-v", "missing hostname argumentTRY"),
    ("-z", "missing hostname argumentTRY"),
    ("-Y", "invalid option -- 'Y'TRY"),
    ("-k h 1", "invalid option -- 'k'TRY"),
    ("--frob h 1", "unrecognized option '--frob'TRY"),
    ("--listen=1", "option '--listen' doesn't allow an argumentTRY"),
    ("-w", "option requires an argument -- 'w'TRY"),
    ("h 1 --wait", "option '--wait' requires an argumentTRY"),
    (
        "--tun h",
        "option '--tun' is ambiguous; possibilities: '--tunnel' '--tunnel-port' \
         '--tunnel-source'TRY",
    ),
    ("h", "No ports specified for connection"),
    ("-w 0 h 1", "Invalid wait-time: 0"),
    ("-w abc h 1", "Invalid wait-time: abc"),
    ("-w 1.5 h 1", "Invalid wait-time: 1.5"),
    ("-w -1 h 1", "Invalid wait-time: -1"),
    ("-i 0 h 1", "Invalid interval time \"0\""),
    ("-i 22x h 1", "Invalid interval time \"22x\""),
    ("-p abc h 1", "Invalid local port: abc"),
    ("-p 0 h 1", "Invalid local port: 0"),
    ("-p 65536 h 1", "Invalid local port: 65536"),
    ("-L h:1 -P abc", "Invalid tunnel connect port: abc"),
    ("-L h:1 --tunnel-port abc", "Invalid tunnel connect port: abc"),
    ("-L h:x", "Invalid tunnel target port: x"),
    ("-L h", "Invalid target string for `-L' option"),
    ("-L h:", "Invalid target string for `-L' option"),
    ("-L :1", "Invalid target string for `-L' option"),
    ("-l -l", "You can specify mode flags (`-l' and `-L') only once"),
    ("-l -L h:1", "You can specify mode flags (`-l' and `-L') only once"),
    ("-L h:1 -z", "`-L' and `-z' options are incompatible"),
    ("-z -L h:1", "`-L' and `-z' options are incompatible"),
    ("-z -e x h 1", "`-e' and `-z' options are incompatible"),
    ("-e x -e y h 1", "Cannot specify `-e' option double"),
    ("h abc", "Invalid port specification: abc"),
    ("h 1-x", "Invalid port specification: 1-x"),
    ("h -", "Invalid port specification: -"),
    ("h 0", "Invalid port specification: 0"),
    ("h 65536", "Invalid port specification: 65536"),
    ("h 5-3", "Invalid port specification: 5-3"),
    ("h 80 x", "Invalid port specification: x"),
    ("-l h 1-3", "Invalid port specification: 1-3"),
    ("h \\x1b[2J", "Invalid port specification: \\x1b[2J"),
];

#[test]
fn it_refuses_in_its_own_words() {
    for (line, words) in REFUSALS {
        let expected = match words.strip_suffix("TRY") {
            Some(line) => format!("nc: {line}\nTry `nc --help' for more information.\n"),
            None => format!("Error: {words}\n"),
        };
        assert_eq!(refused(&format!("{NAME} {line}")), expected, "{line}");
    }
}

#[test]
fn help_and_version_are_on_standard_output_and_no_arguments_are_asked_for() {
    let ask = |line: &str| run(&format!("{NAME} {line}"), &Environment::default()).unwrap();
    assert!(matches!(ask("-h"), Invocation::Help { on_stderr: false, .. }));
    assert!(matches!(ask("--hel -Y"), Invocation::Help { on_stderr: false, .. }));
    assert!(matches!(ask("-V"), Invocation::Version { .. }));
    let dialect = "gnu";
    assert_eq!(ask(""), Invocation::AskCommandLine { prompt: "Cmd line: ", dialect });
    let environment = Environment::default();
    let answer = answered("nc".as_ref(), dialect, words("h 80"), &environment, &services);
    assert!(matches!(answer, Ok(Invocation::Run { plan, .. }) if plan == Plan::Connect(connect())));
}
