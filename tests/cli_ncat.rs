//! Ncat's command line: argv to plan.
#![allow(clippy::unwrap_used)] // a test may end so

mod cli_common;

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use cli_common::{connect, planned, run, target, words};
use netcat::cli::dialect::NCAT;
use netcat::cli::{Environment, Invocation};
use netcat::event::VoiceName;
use netcat::plan::{
    Access, AccessSource, AfterInput, AfterPeer, Attached, Clients, Command, Connect, Dial, Family,
    Host, Inet, Listen, Local, Pace, PaceUnit, Plan, Program, ProgramErrors, Proxy, ProxyKind,
    ProxyServer, ProxySpeech, RecordFormat, RecordTo, Recording, Remote, Scan, Service, Session,
    SourceRoute, SourceRouteLayout, Telnet, Transport, UdpProbe, UnixKind, UnixName,
};

/// A command line without `ncat`, and what it changes.
type Rows<'a, T> = &'a [(&'a str, &'a dyn Fn(&mut T))];

const SECOND: Duration = Duration::from_secs(1);

fn session() -> Session {
    Session {
        after_peer: AfterPeer::LeaveWhenIdle(SECOND / 2),
        after_peer_at_terminal: AfterPeer::LeaveWhenQuiet,
        datagram_size: 8192,
        ..Session::default()
    }
}

fn dial() -> Dial {
    Dial { timeout: Some(10 * SECOND), ..Dial::default() }
}

fn client() -> Connect {
    Connect { dial: dial(), session: session(), ..connect() }
}

fn listener() -> Listen {
    let local = Local::Inet { transport: Transport::Tcp, host: None, port: 80 };
    Listen { session: session(), ipv6_first: true, ..Listen::new(local) }
}

fn many() -> Listen {
    Listen { clients: Clients::AtOnce, most_clients: NonZeroUsize::new(100), ..listener() }
}

fn program(command: Command) -> Program {
    Program {
        command,
        attached: Attached::Pipes,
        errors: ProgramErrors::Ours,
        ncat_environment: true,
        gives_status: false,
    }
}

fn argv(words: &[&str]) -> Command {
    Command::Argv { argv: words.iter().map(OsString::from).collect(), search: false }
}

fn sent_by_udp(plan: &mut Connect) {
    if let Remote::Inet(inet) = &mut plan.remote {
        inet.transport = Transport::Udp;
    }
    plan.session.after_input = AfterInput::Quit(Duration::ZERO);
}

fn connects(rows: Rows<'_, Connect>) {
    for (line, change) in rows {
        let mut expected = client();
        change(&mut expected);
        assert_eq!(planned(&format!("ncat {line}")).0, Plan::Connect(expected), "{line}");
    }
}

fn listens(base: fn() -> Listen, rows: Rows<'_, Listen>) {
    for (line, change) in rows {
        let mut expected = base();
        change(&mut expected);
        assert_eq!(planned(&format!("ncat {line}")).0, Plan::Listen(expected), "{line}");
    }
}

#[test]
fn every_option_of_a_client_is_a_field_of_the_plan() {
    connects(&[
        ("h 80", &|_| {}),
        ("-4 h 80", &|plan| plan.dial.family = Family::V4),
        ("--6 h 80", &|plan| plan.dial.family = Family::V6),
        ("-6 -4 h 80", &|plan| plan.dial.family = Family::V4),
        ("-C h 80", &|plan| plan.session.crlf = true),
        ("-n h 80", &|plan| plan.dial.numeric = true),
        ("-t h 80", &|plan| plan.session.telnet = Some(Telnet::Removed)),
        ("-p 1234 h 80", &|plan| plan.dial.source_port = Some(1234)),
        ("-p 0 h 80", &|_| {}),
        ("-s 127.0.0.2 h 80", &|plan| plan.dial.source_address = Some(Host::from("127.0.0.2"))),
        ("-w 1.5 h 80", &|plan| plan.dial.timeout = Some(3 * SECOND / 2)),
        ("-d 50ms h 80", &|plan| {
            let pause = SECOND / 20;
            let unit = PaceUnit::Block;
            plan.session.pace = Some(Pace { pause, unit, before: true, both_ways: true });
        }),
        ("-i 2 h 80", &|plan| {
            plan.session.idle_timeout = Some(2 * SECOND);
            plan.session.idle_is_failure = true;
        }),
        ("--recv-only h 80", &|plan| plan.session.read_input = false),
        ("-e /bin/cat h 80", &|plan| plan.program = Some(program(argv(&["/bin/cat"])))),
        ("-c cat h 80", &|plan| plan.program = Some(program(Command::Shell("cat".into())))),
        ("--lua-exec a.lua h 80", &|plan| {
            plan.program = Some(program(Command::Lua(PathBuf::from("a.lua"))));
        }),
        ("-4 -g 10.0.0.1,,b -g c -G 8 h 80", &|plan| {
            plan.dial.family = Family::V4;
            plan.dial.socket.source_route = Some(SourceRoute {
                hops: ["10.0.0.1", "b", "c"].map(Host::from).to_vec(),
                pointer: 8,
                layout: SourceRouteLayout::Ncat,
            });
        }),
        ("-G 28 h 80", &|_| {}),
        ("--nsock-engine poll --test h 80", &|_| {}),
        ("-u h 80", &sent_by_udp),
        ("--sctp -u h 80", &sent_by_udp),
        ("-u --sctp h 80", &|plan| {
            plan.remote =
                Remote::Inet(Inet { transport: Transport::Sctp, ..target("h", &[(80, 80)]) });
        }),
        ("h", &|plan| plan.remote = Remote::Inet(target("h", &[(31337, 31337)]))),
        ("h 0", &|plan| plan.remote = Remote::Inet(target("h", &[(0, 0)]))),
        ("22x 80", &|plan| plan.remote = Remote::Inet(target("22x", &[(80, 80)]))),
        ("-- -1 80", &|plan| plan.remote = Remote::Inet(target("-1", &[(80, 80)]))),
        ("h -vvv 80 -n", &|plan| plan.dial.numeric = true),
    ]);
    let (_, reporting) = planned("ncat -vvv h 80");
    assert_eq!((reporting.voice, reporting.verbosity), (VoiceName::Ncat, 3));
    assert!(planned("ncat -z h 80").1.scanning);
}

#[test]
fn what_the_ends_of_input_and_peer_mean() {
    let finish = |plan: &mut Connect| {
        plan.session.after_peer = AfterPeer::FinishInput;
        plan.session.after_peer_at_terminal = AfterPeer::FinishInput;
    };
    connects(&[
        ("-k h 80", &finish),
        ("--send-only h 80", &|plan| {
            finish(plan);
            plan.session.show_peer = false;
            plan.session.after_input = AfterInput::Quit(Duration::ZERO);
        }),
        ("--no-shutdown h 80", &|plan| plan.session.after_input = AfterInput::StayOpen),
        ("-q 2 h 80", &|plan| plan.session.after_input = AfterInput::Quit(2 * SECOND)),
        ("-q 0 h 80", &|plan| plan.session.after_input = AfterInput::Quit(Duration::ZERO)),
        ("-q 100 h 80", &|plan| plan.session.after_input = AfterInput::Quit(100 * SECOND)),
        ("-q -1 h 80", &|_| {}),
        ("-u -q 2 h 80", &|plan| {
            sent_by_udp(plan);
            plan.session.after_input = AfterInput::Quit(2 * SECOND);
        }),
        ("-u -q -1 h 80", &|plan| {
            sent_by_udp(plan);
            plan.session.after_input = AfterInput::StayOpen;
        }),
    ]);
}

#[test]
fn times_are_what_ncat_takes_for_one() {
    let timeout = |text: &str| match planned(&format!("ncat -w {text} h 80")).0 {
        Plan::Connect(connect) => connect.dial.timeout.map(|time| time.as_millis()),
        other => panic!("{other:?}"),
    };
    for (text, milliseconds) in [
        ("1", 1000),
        (".5", 500),
        ("1.", 1000),
        ("1.s", 1000),
        ("+2", 2000),
        ("1ms", 1),
        ("1MS", 1),
        ("2M", 120_000),
        ("1.5h", 5_400_000),
        ("99.9", 99_900),
        ("100s", 100_000),
        ("2147483s", 2_147_483_000),
    ] {
        assert_eq!(timeout(text), Some(milliseconds), "{text}");
    }
}

#[test]
fn records_are_kept_in_two_forms() {
    let record = |path: &str, format, append| Recording {
        to: RecordTo::File(PathBuf::from(path)),
        format,
        append,
    };
    connects(&[
        ("-o a h 80", &|plan| {
            plan.session.recordings = vec![record("a", RecordFormat::Raw, false)];
        }),
        ("-x b -o a --append-output h 80", &|plan| {
            plan.session.recordings = vec![
                record("a", RecordFormat::Raw, true),
                record("b", RecordFormat::HexNcat, true),
            ];
        }),
        ("-x b -x c h 80", &|plan| {
            plan.session.recordings = vec![record("c", RecordFormat::HexNcat, false)];
        }),
    ]);
}

#[test]
fn a_command_is_split_at_blanks() {
    let mut words = words("-e X h 80");
    words[1] = OsString::from(r" /bin/echo a\ b  'c \\ ");
    match netcat::cli::parse("ncat".as_ref(), words, &Environment::default(), &|_, _| None) {
        Ok(Invocation::Run { plan: Plan::Connect(connect), .. }) => {
            let expected = program(argv(&["/bin/echo", "a b", "'c", "\\"]));
            assert_eq!(connect.program, Some(expected));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_scan_has_one_port() {
    let scan = |transport| Scan {
        dial: dial(),
        udp_probe: UdpProbe::OneNul,
        ..Scan::new(Inet { transport, ..target("h", &[(80, 80)]) })
    };
    assert_eq!(planned("ncat -z h 80").0, Plan::Scan(scan(Transport::Tcp)));
    let mut datagrams = scan(Transport::Udp);
    datagrams.dial.timeout = Some(Duration::from_secs(1));
    assert_eq!(planned("ncat -zu -i 1 h 80").0, Plan::Scan(datagrams));
    let looks = |plan: &mut Connect| {
        plan.session.read_input = false;
        plan.session.show_peer = false;
        plan.session.after_peer = AfterPeer::LeaveWhenQuiet;
        plan.session.idle_timeout = Some(Duration::ZERO);
        plan.remote = Remote::Vsock { cid: 2, port: 80 };
    };
    connects(&[("-z --vsock -i 4 2 80", &looks), ("-z -k --vsock 2 80", &looks)]);
}

#[test]
fn every_form_of_listening() {
    let at = |host: Option<&str>, port| Local::Inet {
        transport: Transport::Tcp,
        host: host.map(Host::from),
        port,
    };
    listens(
        listener,
        &[
            ("-l 80", &|_| {}),
            ("-l -p 80", &|_| {}),
            ("-l 0", &|plan| plan.local = at(None, 0)),
            ("-l", &|plan| plan.local = at(None, 31337)),
            ("-l h", &|plan| plan.local = at(Some("h"), 31337)),
            ("-l h 80", &|plan| plan.local = at(Some("h"), 80)),
            // as the original does
            ("-l -p 80 h", &|plan| plan.local = at(Some("h"), 31337)),
            ("-l -m 5 80", &|_| {}),
            ("-l -4n 80", &|plan| {
                plan.family = Family::V4;
                plan.numeric = true;
            }),
            ("-l -w 1 80", &|_| {}),
            ("-l -g 10.0.0.1 80", &|_| {}),
            ("-lu 80", &|plan| {
                plan.local = Local::Inet { transport: Transport::Udp, host: None, port: 80 };
            }),
            ("-l -e /bin/cat 80", &|plan| {
                plan.service = Service::Program(program(argv(&["/bin/cat"])));
            }),
            ("-l --allow a,b --deny c --allowfile d --denyfile e 80", &|plan| {
                plan.access = Access {
                    allow: vec![AccessSource::List("a,b".into()), AccessSource::File("d".into())],
                    deny: vec![AccessSource::List("c".into()), AccessSource::File("e".into())],
                    only: None,
                };
            }),
            ("-lU @s", &|plan| {
                let name = UnixName::Path(PathBuf::from("@s"));
                plan.local = Local::Unix { kind: UnixKind::Stream, name };
            }),
            ("-lUu 5", &|plan| {
                let name = UnixName::Path(PathBuf::from("5"));
                plan.local = Local::Unix { kind: UnixKind::Datagram, name };
            }),
            ("-l --vsock", &|plan| plan.local = Local::Vsock { cid: None, port: 31337 }),
            ("-l --vsock 70000", &|plan| plan.local = Local::Vsock { cid: None, port: 70000 }),
            ("-l --vsock -p 70000", &|plan| plan.local = Local::Vsock { cid: None, port: 70000 }),
            ("-l --vsock 3 5", &|plan| plan.local = Local::Vsock { cid: Some(3), port: 5 }),
        ],
    );
    listens(
        many,
        &[
            ("-lk 80", &|_| {}),
            ("-lk -m 5 80", &|plan| {
                plan.most_clients = NonZeroUsize::new(5);
            }),
            ("-lku 80", &|plan| {
                plan.local = Local::Inet { transport: Transport::Udp, host: None, port: 80 };
            }),
            ("-lk -c cat 80", &|plan| {
                plan.service = Service::Program(program(Command::Shell("cat".into())));
            }),
            ("--broker 80", &|plan| plan.service = Service::Broker),
            ("--broker -m 2 h 80", &|plan| {
                plan.service = Service::Broker;
                plan.most_clients = NonZeroUsize::new(2);
                plan.local = at(Some("h"), 80);
            }),
            ("-l --chat 80", &|plan| plan.service = Service::Chat),
            ("--broker --talk 80", &|plan| plan.service = Service::Chat),
        ],
    );
}

#[test]
fn unix_sockets_and_virtual_machines() {
    let path = |name: &str| UnixName::Path(PathBuf::from(name));
    connects(&[
        ("-U @s", &|plan| {
            plan.remote = Remote::Unix { kind: UnixKind::Stream, name: path("@s"), source: None };
        }),
        // the last of -4, -6, -U and --vsock
        ("--vsock -4 -U s -s ignored", &|plan| {
            plan.remote = Remote::Unix { kind: UnixKind::Stream, name: path("s"), source: None };
        }),
        ("-U -4 h 80", &|plan| plan.dial.family = Family::V4),
        ("-U s 5", &|plan| {
            plan.remote = Remote::Unix { kind: UnixKind::Stream, name: path("s"), source: None };
        }),
        ("-uU -s mine s", &|plan| {
            sent_by_udp(plan);
            let source = Some(path("mine"));
            plan.remote = Remote::Unix { kind: UnixKind::Datagram, name: path("s"), source };
        }),
        ("--vsock 2", &|plan| plan.remote = Remote::Vsock { cid: 2, port: 31337 }),
        ("--vsock 2 4294967295", &|plan| {
            plan.remote = Remote::Vsock { cid: 2, port: u32::MAX };
        }),
        ("--vsock -s 3 -p 9 2 80", &|plan| {
            plan.remote = Remote::Vsock { cid: 2, port: 80 };
            plan.dial.source_address = Some(Host::from("3"));
            plan.dial.source_port = Some(9);
        }),
    ]);
}

fn proxy(kind: ProxyKind, host: &str, port: u16) -> Proxy {
    Proxy {
        kind,
        host: Host::from(host),
        port,
        user: None,
        names: netcat::plan::ProxyNames::There,
        via: None,
    }
}

#[test]
fn proxies_to_connect_through() {
    use ProxyKind::{HttpConnect, Socks4, Socks4a, Socks5};
    let through = |line: &str| match planned(&format!("ncat {line}")).0 {
        Plan::Connect(connect) => connect.dial.proxy,
        other => panic!("{line}: {other:?}"),
    };
    for (line, kind, host, port) in [
        ("--proxy p h 80", HttpConnect, "p", 3128),
        ("--proxy p:9 h 80", HttpConnect, "p", 9),
        ("--pr p:9 h 80", HttpConnect, "p", 9),
        ("--proxy ::1 h 80", HttpConnect, "::1", 3128),
        ("--proxy [::1] h 80", HttpConnect, "::1", 3128),
        ("--proxy [::1]:9 h 80", HttpConnect, "::1", 9),
        ("--proxy p --proxy-type http h 80", HttpConnect, "p", 3128),
        ("--proxy p --proxy-type socks4 h 80", Socks4a, "p", 1080),
        ("--proxy p --proxy-type 4 h 80", Socks4a, "p", 1080),
        ("--proxy p --proxy-type socks5 h 80", Socks5, "p", 1080),
        ("--proxy p --proxy-type 5 h 80", Socks5, "p", 1080),
        ("--proxy p --proxy-dns remote --proxy-type socks5 h 80", Socks5, "p", 1080),
    ] {
        assert_eq!(through(line), Some(proxy(kind, host, port)), "{line}");
    }
    let both = |kind, port| Proxy {
        names: netcat::plan::ProxyNames::HereOrThere,
        ..proxy(kind, "p", port)
    };
    let here =
        |kind, port| Proxy { names: netcat::plan::ProxyNames::Here, ..proxy(kind, "p", port) };
    for (line, expected) in [
        ("--proxy p --proxy-dns local h 80", here(HttpConnect, 3128)),
        ("--proxy p --proxy-dns both h 80", both(HttpConnect, 3128)),
        ("--proxy p --proxy-dns both --proxy-type socks4 h 80", both(Socks4a, 1080)),
        ("--proxy p --proxy-dns local --proxy-type socks4 h 80", here(Socks4, 1080)),
        ("--proxy p --proxy-dns none ::1 80", here(HttpConnect, 3128)),
    ] {
        assert_eq!(through(line), Some(expected), "{line}");
    }
    for (line, user, password) in [
        ("--proxy p --proxy-auth u:p:q h 80", "u", Some("p:q")),
        ("--proxy p --proxy-auth u h 80", "u", Some("")),
        ("--proxy p --proxy-type socks5 --proxy-auth u:p h 80", "u", Some("p")),
        ("--proxy p --proxy-type socks4 --proxy-auth u:p h 80", "u:p", None),
        ("--proxy p --proxy-type socks4 --proxy-auth u h 80", "u", None),
    ] {
        let expected = Some((user.into(), password.map(OsString::from)));
        assert_eq!(through(line).unwrap().user, expected, "{line}");
    }
}

#[test]
fn the_environment_names_the_proxys_user() {
    let environment = Environment { ncat_proxy_auth: Some("u:p".into()), ..Environment::default() };
    let user = |line: &str| match run(line, &environment) {
        Ok(Invocation::Run { plan: Plan::Connect(connect), .. }) => connect.dial.proxy?.user,
        Ok(Invocation::Run { plan: Plan::Listen(listen), .. }) => match listen.service {
            Service::Proxy(server) => server.credentials.map(|(user, word)| (user, Some(word))),
            other => panic!("{line}: {other:?}"),
        },
        other => panic!("{line}: {other:?}"),
    };
    assert_eq!(user("ncat --proxy p h 80"), Some(("u".into(), Some("p".into()))));
    let given = user("ncat --proxy p --proxy-auth a:b h 80");
    assert_eq!(given, Some(("a".into(), Some("b".into()))));
    assert_eq!(user("ncat -l --proxy-type http 80"), Some(("u".into(), Some("p".into()))));
    assert_eq!(user("nc -x p h 80"), None, "of no other dialect");
}

#[test]
fn a_proxy_to_be() {
    let server = |credentials, dial| {
        let speaks = ProxySpeech::Http;
        Service::Proxy(ProxyServer { speaks, credentials, dial })
    };
    let http = || Listen { clients: Clients::AtOnce, most_clients: None, ..listener() };
    listens(
        http,
        &[
            ("-l --proxy-type http 80", &|plan| plan.service = server(None, dial())),
            ("-l --proxy-type http", &|plan| {
                plan.service = server(None, dial());
                plan.local = Local::Inet { transport: Transport::Tcp, host: None, port: 3128 };
            }),
            ("-lu --proxy-type http -w 3 -p 80", &|plan| {
                let timeout = Some(3 * SECOND);
                plan.service = server(None, Dial { timeout, ..Dial::default() });
            }),
            ("-ln4 --proxy-type http --proxy-auth u:p h 80", &|plan| {
                let dial = Dial { family: Family::V4, numeric: true, ..dial() };
                plan.service = server(Some(("u".into(), "p".into())), dial);
                plan.local = Local::Inet {
                    transport: Transport::Tcp,
                    host: Some(Host::from("h")),
                    port: 80,
                };
                plan.family = Family::V4;
                plan.numeric = true;
            }),
        ],
    );
}

#[test]
fn help_and_version_are_told_at_once() {
    let told = |line: &str| match run(line, &Environment::default()) {
        Ok(Invocation::Help { text, on_stderr }) => (text, on_stderr),
        other => panic!("{line}: {other:?}"),
    };
    let (version, on_stderr) = told("ncat -vv --version -Y");
    assert!(on_stderr);
    assert_eq!(version, "Ncat: Version 7.98 ( https://nmap.org/ncat )\n");
    let (help, on_stderr) = told("ncat -h -w x");
    assert!(!on_stderr);
    assert!(help.starts_with("Ncat 7.98 ( https://nmap.org/ncat )\nUsage: ncat "), "{help}");
    assert_eq!(told("ncat --help").0, help);
    for line in help.lines() {
        assert!(line.chars().count() <= 80, "{} columns: {line}", line.chars().count());
    }
    let hidden = ["nsock-engine", "test", "lua-exec-internal"];
    for opt in NCAT.opts {
        let shown = opt.long.is_none_or(|name| help.contains(&format!("--{name}")));
        assert_eq!(shown, !opt.long.is_some_and(|name| hidden.contains(&name)), "{:?}", opt.long);
        assert!(opt.short.is_none_or(|letter| help.contains(&format!("  -{letter}"))));
    }
}
