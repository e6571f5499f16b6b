//! argv to plan, for both dialects: what each option, form and combination means.

mod cli_common;

use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use cli_common::{
    connect, listen, openbsd_connect, openbsd_listen, openbsd_session, planned, run, target,
};
use netcat::cli::dialect::DIALECTS;
use netcat::cli::{Environment, Invocation};
use netcat::event::VoiceName;
use netcat::plan::{
    Access, AccessSource, AfterInput, AfterPeer, Attached, CertificateCheck, Clients, Command,
    Connect, Dial, Family, HANDSHAKE_WITH_SERVER, Host, Identity, Inet, Lab, Listen, Local, Pace,
    PaceUnit, Plan, PortOrder, Program, ProgramErrors, Proxy, ProxyKind, ProxyServer, ProxySpeech,
    RecordFormat, RecordTo, Recording, Remote, Scan, Service, Session, SourceRoute,
    SourceRouteLayout, Telnet, Tls, TlsClient, TlsVersion, Transport, Trust, Tunnel, UdpProbe,
    UnixKind, UnixName,
};
use netcat::proto::http_request::{Body, Content, Header, Pair, Part, Request};
use netcat::proto::lint::AnswerTo;

/// A command line, and what it changes.
type Rows<'a, T> = &'a [(&'a str, &'a dyn Fn(&mut T))];

/// Command lines, and what each changes about a base plan.
fn connects(base: fn() -> Connect, rows: Rows<'_, Connect>) {
    for (line, change) in rows {
        let mut expected = base();
        change(&mut expected);
        assert_eq!(planned(line).0, Plan::Connect(expected), "{line}");
    }
}

fn listens(base: fn() -> Listen, rows: Rows<'_, Listen>) {
    for (line, change) in rows {
        let mut expected = base();
        change(&mut expected);
        let everywhere = matches!(expected.local, Local::Inet { host: None, .. });
        if line.starts_with("nc.openbsd") && everywhere && expected.family == Family::Any {
            // without an address the original takes IPv4 alone
            expected.family = Family::V4;
        }
        assert_eq!(planned(line).0, Plan::Listen(expected), "{line}");
    }
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn every_option_of_a_client_is_a_field_of_the_plan() {
    let rows: Rows<'_, Connect> = &[
        ("h 80", &|_| {}),
        ("-4 h 80", &|plan| plan.dial.family = Family::V4),
        ("-6 h 80", &|plan| plan.dial.family = Family::V6),
        ("-46 h 80", &|plan| plan.dial.family = Family::V6),
        ("-6 -4 h 80", &|plan| plan.dial.family = Family::V4),
        ("-b h 80", &|plan| plan.dial.socket.broadcast = true),
        ("-C h 80", &|plan| plan.session.crlf = true),
        ("-D h 80", &|plan| plan.dial.socket.debug = true),
        ("-d h 80", &|plan| plan.session.read_input = false),
        ("-F h 80", &|plan| plan.pass_socket = true),
        ("-I 4096 h 80", &|plan| plan.dial.socket.receive_buffer = NonZeroU32::new(4096)),
        ("-i 2 h 80", &|plan| plan.session.pace = Some(Pace::after_lines(2 * SECOND))),
        ("-i 0 h 80", &|_| {}),
        ("-M 9 h 80", &|plan| plan.dial.socket.ttl = Some(9)),
        ("-m 0 h 80", &|plan| plan.dial.socket.min_ttl = Some(0)),
        ("-m 255 h 80", &|plan| plan.dial.socket.min_ttl = Some(255)),
        ("-N h 80", &|plan| plan.session.after_input = AfterInput::HalfClose),
        ("-n h 80", &|plan| plan.dial.numeric = true),
        ("-O 1073741824 h 80", &|plan| plan.dial.socket.send_buffer = NonZeroU32::new(1 << 30)),
        ("-p 1234 h 80", &|plan| plan.dial.source_port = Some(1234)),
        ("-p domain h 80", &|plan| plan.dial.source_port = Some(53)),
        ("-p 0 h 80", &|_| {}),
        ("-S h 80", &|plan| plan.dial.socket.md5_signature = true),
        ("-s 127.0.0.2 h 80", &|plan| plan.dial.source_address = Some(Host::from("127.0.0.2"))),
        ("-T af11 h 80", &|plan| plan.dial.socket.tos = Some(0x28)),
        ("-T 0x10 h 80", &|plan| plan.dial.socket.tos = Some(16)),
        ("-v h 80", &|_| {}),
        ("-W 3 h 80", &|plan| plan.session.receive_limit = NonZeroU64::new(3)),
        ("-w 1 h 80", &|plan| {
            plan.dial.timeout = Some(SECOND);
            plan.session.idle_timeout = Some(SECOND);
        }),
        ("-r h 80", &|plan| plan.order = PortOrder::Random),
    ];
    for (rest, change) in rows {
        connects(connect, &[(&format!("nc {rest}"), change)]);
        connects(openbsd_connect, &[(&format!("nc.openbsd {rest}"), change)]);
        connects(openbsd_connect, &[(&format!("nc --dialect openbsd {rest}"), change)]);
    }
    // what is not the same in both
    connects(
        connect,
        &[
            ("nc -t h 80", &|plan| plan.session.telnet = Some(Telnet::Requests)),
            ("nc --escapes h 80", &|plan| plan.session.escapes = true),
            ("nc --fill h 80", &|plan| plan.session.fill = true),
            ("nc -w 0 h 80", &|_| {}),
        ],
    );
    connects(
        openbsd_connect,
        &[
            ("nc.openbsd -t h 80", &|plan| plan.session.telnet = Some(Telnet::Everything)),
            ("nc.openbsd -w 0 h 80", &|plan| plan.session.idle_timeout = Some(Duration::ZERO)),
        ],
    );
}

#[test]
fn bundles_attached_values_permutation_and_repetition() {
    let wait = |plan: &mut Connect| {
        plan.dial.timeout = Some(SECOND);
        plan.session.idle_timeout = Some(SECOND);
    };
    let rows: Rows<'_, Connect> = &[
        ("-w1 h 80", &wait),
        ("-vw1 h 80", &wait),
        ("-vnw1 h 80", &|plan| {
            wait(plan);
            plan.dial.numeric = true;
        }),
        ("h 80 -w 1 -vvv", &wait),
        ("h -w1 80", &wait),
        ("-w 9 h 80 -w 1", &wait),
        ("-nC h 80", &|plan| {
            plan.dial.numeric = true;
            plan.session.crlf = true;
        }),
        ("-- h 80", &|_| {}),
        ("-v -- h 80", &|_| {}),
        ("h -- 80", &|_| {}),
        ("-- -1 80", &|plan| plan.remote = Remote::Inet(target("-1", &[(80, 80)]))),
        ("- 80", &|plan| plan.remote = Remote::Inet(target("-", &[(80, 80)]))),
        ("fe80::1%eth0 80", &|plan| {
            plan.remote = Remote::Inet(target("fe80::1%eth0", &[(80, 80)]));
        }),
        ("h ssh ftp-data 5-3 00080", &|plan| {
            plan.remote = Remote::Inet(target("h", &[(22, 22), (20, 20), (3, 5), (80, 80)]));
        }),
    ];
    for (rest, change) in rows {
        connects(connect, &[(&format!("nc {rest}"), change)]);
        connects(openbsd_connect, &[(&format!("nc.openbsd {rest}"), change)]);
    }
    for line in ["nc h 80 -vvv", "nc -vvv h 80", "nc -v h -v 80 -v", "nc.openbsd h 80 -vvv"] {
        assert_eq!(planned(line).1.verbosity, 3, "{line}");
    }
}

#[test]
fn posixly_correct_ends_options_at_the_first_operand() {
    let posix = Environment { posixly_correct: true, ..Environment::default() };
    for program in ["nc", "nc.openbsd"] {
        let right = run(&format!("{program} -v h 80"), &posix);
        assert!(matches!(right, Ok(Invocation::Run { reporting, .. }) if reporting.verbosity == 1));
        let wrong = run(&format!("{program} h 80 -v"), &posix).unwrap_err();
        let words = String::from_utf8(wrong.message()).unwrap();
        assert!(words.contains("port") && words.contains("-v"), "{words}");
        let dashes = run(&format!("{program} h -- 80"), &posix).unwrap_err();
        assert!(String::from_utf8(dashes.message()).unwrap().contains("--"));
        assert!(run(&format!("{program} -v -- h 80"), &posix).is_ok());
    }
}

#[test]
fn bytes_that_are_no_utf8_pass() {
    let (plan, _) = planned("nc -s \\xff\\xfe h\\xff 80");
    let Plan::Connect(plan) = plan else { panic!("{plan:?}") };
    let Remote::Inet(inet) = plan.remote else { panic!("{:?}", plan.remote) };
    assert_eq!(inet.host.as_bytes(), b"h\xff");
    assert_eq!(plan.dial.source_address.unwrap().as_bytes(), b"\xff\xfe");
    let (plan, _) = planned("nc.openbsd -U /tmp/\\xf0");
    let Plan::Connect(Connect { remote: Remote::Unix { name, .. }, .. }) = plan else {
        panic!("{plan:?}")
    };
    assert_eq!(name.display(), b"/tmp/\xf0");
}

#[test]
fn the_default_face_has_a_long_name_for_every_letter() {
    for (long, short) in [
        ("--ipv4 h 80", "-4 h 80"),
        ("--4 h 80", "-4 h 80"),
        ("--ipv6 h 80", "-6 h 80"),
        ("--broadcast h 80", "-b h 80"),
        ("--crlf h 80", "-C h 80"),
        ("--debug-socket h 80", "-D h 80"),
        ("--recv-only h 80", "-d h 80"),
        ("--pass-socket h 80", "-F h 80"),
        ("--file=/dev/ttyS0", "-f /dev/ttyS0"),
        ("--receive-buffer=9 h 80", "-I9 h 80"),
        ("--interval 3 h 80", "-i 3 h 80"),
        ("--listen --keep-open 80", "-lk 80"),
        ("--ttl 3 h 80", "-M3 h 80"),
        ("--min-ttl 3 h 80", "-m3 h 80"),
        ("--half-close h 80", "-N h 80"),
        ("--nodns h 80", "-n h 80"),
        ("--dont-resolve h 80", "-n h 80"),
        ("--send-buffer 9 h 80", "-O9 h 80"),
        ("--proxy p --proxy-user u h 80", "-x p -P u h 80"),
        ("--source-port 7 h 80", "-p 7 h 80"),
        ("--local-port 7 h 80", "-p 7 h 80"),
        ("--quit-after 3 h 80", "-q3 h 80"),
        ("--zero --randomize h 80", "-zr h 80"),
        ("--md5 h 80", "-S h 80"),
        ("--source a h 80", "-s a h 80"),
        ("--tos ef h 80", "-T ef h 80"),
        ("--telnet h 80", "-t h 80"),
        ("--unixsock p", "-U p"),
        ("--udp h 80", "-u h 80"),
        ("--verbose h 80", "-v h 80"),
        ("--receive-limit 3 h 80", "-W3 h 80"),
        ("--wait=1.5 h 80", "-w1.5 h 80"),
        ("--proxy-type socks4a --proxy p h 80", "-X 4A -xp h 80"),
        ("--dccp h 80", "-Z h 80"),
        ("--exec a h 80", "-e a h 80"),
        ("--sh-exec a h 80", "-c a h 80"),
        ("--sh-exec a --program-errors h 80", "-c a -E h 80"),
        ("--hex-file f h 80", "-o f h 80"),
        ("--listen --tunnel h:1 80", "-lL h:1 80"),
        ("--gateway a --pointer 8 h 80", "-g a -G 8 h 80"),
        ("--debug h 80", "-v h 80"),
        ("--tcp h 80", "h 80"),
        ("--close h 80", "-q 0 h 80"),
        ("--listen --talk 80", "-l --chat 80"),
    ] {
        assert_eq!(planned(&format!("nc {long}")), planned(&format!("nc {short}")), "{long}");
    }
}

#[test]
fn times_and_the_end_of_input_in_the_default_face() {
    connects(
        connect,
        &[
            ("nc -w 500ms h 80", &|plan| {
                plan.dial.timeout = Some(SECOND / 2);
                plan.session.idle_timeout = Some(SECOND / 2);
            }),
            ("nc -w 9 --idle-timeout 2m h 80", &|plan| {
                plan.dial.timeout = Some(9 * SECOND);
                plan.session.idle_timeout = Some(120 * SECOND);
            }),
            ("nc --idle-timeout 1.5 h 80", &|plan| {
                plan.session.idle_timeout = Some(SECOND * 3 / 2);
            }),
            ("nc --interval 500ms h 80", &|plan| {
                plan.session.pace = Some(Pace::after_lines(SECOND / 2));
            }),
            ("nc -i 0.5 h 80", &|plan| plan.session.pace = Some(Pace::after_lines(SECOND / 2))),
            ("nc -q 0 h 80", &|plan| plan.session.after_input = AfterInput::Settle(SECOND)),
            ("nc -q 1h h 80", &|plan| plan.session.after_input = AfterInput::Quit(3600 * SECOND)),
            ("nc -q -1 h 80", &|_| {}),
            ("nc -q-1 h 80", &|_| {}),
            ("nc --no-shutdown h 80", &|plan| plan.session.after_input = AfterInput::StayOpen),
            ("nc --no-shutdown -N h 80", &|_| {}),
            ("nc -N --no-shutdown h 80", &|plan| plan.session.after_input = AfterInput::StayOpen),
            ("nc -k h 80", &|plan| plan.dial.socket.keep_alive = true),
        ],
    );
}

#[test]
fn the_end_of_input_in_openbsd() {
    connects(
        openbsd_connect,
        &[
            ("nc.openbsd -q 0 h 80", &|plan| {
                plan.session.after_input = AfterInput::Linger(Duration::ZERO);
            }),
            ("nc.openbsd -q 1 h 80", &|plan| plan.session.after_input = AfterInput::Linger(SECOND)),
            ("nc.openbsd -Nq 1 h 80", &|plan| {
                plan.session.after_input = AfterInput::Linger(SECOND);
            }),
            ("nc.openbsd -q -1 h 80", &|_| {}),
            ("nc.openbsd -q -1 -N h 80", &|plan| plan.session.after_input = AfterInput::HalfClose),
            ("nc.openbsd -u -q 1 h 53", &|plan| {
                let mut inet = target("h", &[(53, 53)]);
                inet.transport = Transport::Udp;
                plan.remote = Remote::Inet(inet);
                plan.session.after_input = AfterInput::Quit(SECOND);
            }),
        ],
    );
    listens(
        openbsd_listen,
        &[
            ("nc.openbsd -l -q 1 80", &|plan| plan.session.after_input = AfterInput::Quit(SECOND)),
            ("nc.openbsd -lN 80", &|plan| plan.session.after_input = AfterInput::HalfClose),
        ],
    );
}

#[test]
fn every_form_of_listening() {
    let at = |host: Option<&str>, port| Local::Inet {
        transport: Transport::Tcp,
        host: host.map(Host::from),
        port,
    };
    let some = |plan: &mut Listen| plan.local = at(Some("a"), 80);
    let both: Rows<'_, Listen> = &[
        ("-l 80", &|_| {}),
        ("-l a 80", &some),
        ("-l -p 80", &|_| {}),
        ("-lp 80", &|_| {}),
        ("-lvnp 4444", &|plan| {
            plan.local = at(None, 4444);
            plan.numeric = true;
        }),
        ("-lvp4444", &|plan| plan.local = at(None, 4444)),
        ("-l -s a -p 80", &some),
        ("-l http", &|_| {}),
        ("-l 0", &|plan| plan.local = at(None, 0)),
        ("-l -p 0", &|plan| plan.local = at(None, 0)),
        ("-l 80 -w 1", &|plan| plan.session.idle_timeout = Some(SECOND)),
        ("-4 -l 80", &|plan| plan.family = Family::V4),
        ("-ul 80", &|plan| {
            plan.local = Local::Inet { transport: Transport::Udp, host: None, port: 80 };
        }),
        ("-Zl 80", &|plan| {
            plan.local = Local::Inet { transport: Transport::Dccp, host: None, port: 80 };
        }),
        ("-lU /s", &|plan| {
            let name = UnixName::Path(PathBuf::from("/s"));
            plan.local = Local::Unix { kind: UnixKind::Stream, name };
        }),
        ("-lU -s /s", &|plan| {
            let name = UnixName::Path(PathBuf::from("/s"));
            plan.local = Local::Unix { kind: UnixKind::Stream, name };
        }),
        ("-luU @s", &|plan| {
            let name = UnixName::Abstract(b"s".to_vec());
            plan.local = Local::Unix { kind: UnixKind::Datagram, name };
        }),
    ];
    for (rest, change) in both {
        listens(listen, &[(&format!("nc {rest}"), change)]);
        listens(openbsd_listen, &[(&format!("nc.openbsd {rest}"), change)]);
    }
    listens(
        listen,
        &[
            ("nc -l -p 80 a", &some),
            ("nc -l -s a 80", &some),
            ("nc -l -s a a 80", &some),
            ("nc -l -p 80 80", &|_| {}),
            ("nc -l -p 80 080", &|_| {}),
            ("nc -l -p 80 a 80", &some),
            ("nc -l [::1] 80", &|plan| plan.local = at(Some("::1"), 80)),
            ("nc -lk 80", &|plan| plan.clients = Clients::AtOnce),
        ],
    );
    listens(openbsd_listen, &[("nc.openbsd -lk 80", &|plan| plan.clients = Clients::InTurn)]);
}

#[test]
fn scans() {
    let scan = |probe| Scan { udp_probe: probe, ..Scan::new(target("h", &[(1, 3)])) };
    let service = || scan(UdpProbe::Service);
    let mut timed = service();
    timed.dial.timeout = Some(SECOND);
    let mut many = service();
    many.target = target("h", &[(80, 80), (443, 443), (8000, 8010), (22, 22)]);
    let mut slow = service();
    slow.interval = Some(SECOND);
    slow.order = PortOrder::Random;
    let udp = |probe| {
        let mut udp = scan(probe);
        udp.target.transport = Transport::Udp;
        udp
    };
    for (line, expected) in [
        ("nc -z h 1-3", service()),
        ("nc -zv h 3-1", service()),
        ("nc -zvw1 h 1-3", timed),
        ("nc -z h 80,443,8000-8010 ssh", many),
        ("nc -zr -i 1 h 1-3", slow),
        ("nc -zu h 1-3", udp(UdpProbe::Service)),
        ("nc.openbsd -z h 1-3", scan(UdpProbe::Nothing)),
        ("nc.openbsd -zv h 1-3", scan(UdpProbe::Xs)),
        ("nc.openbsd -zu h 1-3", udp(UdpProbe::Nothing)),
        ("nc.openbsd -zuv h 1-3", udp(UdpProbe::Xs)),
    ] {
        let (plan, reporting) = planned(line);
        assert_eq!(plan, Plan::Scan(expected), "{line}");
        assert!(reporting.scanning, "{line}");
    }
    assert!(!planned("nc h 80").1.scanning);
}

#[test]
fn unix_sockets_and_files() {
    let unix = |kind, name: &str, source: Option<&str>| Remote::Unix {
        kind,
        name: UnixName::parse(name.as_ref()),
        source: source.map(|source| UnixName::parse(source.as_ref())),
    };
    let rows: Rows<'_, Connect> = &[
        ("-U /s", &|plan| plan.remote = unix(UnixKind::Stream, "/s", None)),
        ("-U @s", &|plan| plan.remote = unix(UnixKind::Stream, "@s", None)),
        ("-uU /s", &|plan| plan.remote = unix(UnixKind::Datagram, "/s", None)),
        ("-uU -s /own /s", &|plan| plan.remote = unix(UnixKind::Datagram, "/s", Some("/own"))),
        ("-zU /s", &|plan| {
            plan.remote = unix(UnixKind::Stream, "/s", None);
            plan.session.read_input = false;
            plan.session.idle_timeout = Some(Duration::ZERO);
        }),
    ];
    for (rest, change) in rows {
        connects(connect, &[(&format!("nc {rest}"), change)]);
        connects(openbsd_connect, &[(&format!("nc.openbsd {rest}"), change)]);
    }
    connects(
        connect,
        &[("nc -f /dev/ttyS0", &|plan| plan.remote = Remote::File(PathBuf::from("/dev/ttyS0")))],
    );
    // There, -4, -6 and -U set one variable, and the last one wins.
    let (plan, _) = planned("nc.openbsd -4U /s");
    assert!(matches!(plan, Plan::Connect(Connect { remote: Remote::Unix { .. }, .. })));
    let (plan, _) = planned("nc.openbsd -U -4 h 80");
    assert!(matches!(plan, Plan::Connect(Connect { remote: Remote::Inet(_), .. })));
    // The original's client of a Unix socket is a client as any other.
    let Plan::Connect(plan) = planned("nc.openbsd -U /s").0 else { panic!() };
    assert_eq!(plan.session, openbsd_session());
}

#[test]
fn proxies() {
    let proxy = |kind, host: &str, port| {
        let host = host.into();
        Some(Proxy {
            kind,
            host,
            port,
            user: None,
            names: netcat::plan::ProxyNames::There,
            via: None,
        })
    };
    let rows: &[(&str, Option<Proxy>)] = &[
        ("-x p", proxy(ProxyKind::Socks5, "p", 1080)),
        ("-X 5 -x p:99", proxy(ProxyKind::Socks5, "p", 99)),
        ("-x p -X 4", proxy(ProxyKind::Socks4, "p", 1080)),
        ("-X connect -x p", proxy(ProxyKind::HttpConnect, "p", 3128)),
        ("-X CONNECT -x [::1]:8", proxy(ProxyKind::HttpConnect, "::1", 8)),
        ("-xp:http", proxy(ProxyKind::Socks5, "p", 80)),
    ];
    for (rest, expected) in rows {
        let change = |plan: &mut Connect| plan.dial.proxy.clone_from(expected);
        connects(connect, &[(&format!("nc {rest} h 80"), &change)]);
        connects(openbsd_connect, &[(&format!("nc.openbsd {rest} h 80"), &change)]);
    }
    for (line, kind) in [
        ("nc -X 4A -x p h 80", ProxyKind::Socks4a),
        ("nc -X socks4 -x p h 80", ProxyKind::Socks4),
        ("nc -X HTTP -x p h 80", ProxyKind::HttpConnect),
    ] {
        let Plan::Connect(plan) = planned(line).0 else { panic!("{line}") };
        assert_eq!(plan.dial.proxy.map(|proxy| proxy.kind), Some(kind), "{line}");
    }
    for (line, name, password) in [
        ("nc -x p -P u:x h 80", "u:x", None),
        ("nc.openbsd -X connect -x p -P u h 80", "u", None),
        ("nc -x p --proxy-auth u:p:q h 80", "u", Some("p:q")),
        ("nc -x p --proxy-auth u h 80", "u", None),
    ] {
        let Plan::Connect(plan) = planned(line).0 else { panic!("{line}") };
        let user = plan.dial.proxy.and_then(|proxy| proxy.user);
        assert_eq!(user, Some((name.into(), password.map(Into::into))), "{line}");
    }
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
    Command::Argv { argv: words.iter().map(Into::into).collect(), search: true }
}

#[test]
fn programs_at_our_end() {
    connects(
        connect,
        &[
            ("nc -e cat h 80", &|plan| plan.program = Some(program(argv(&["cat"])))),
            ("nc -e /bin/ls\\x20-l h 80", &|plan| {
                plan.program = Some(program(argv(&["/bin/ls", "-l"])));
            }),
            ("nc h 80 -c date", &|plan| {
                plan.program = Some(program(Command::Shell("date".into())));
            }),
            ("nc --sh-exec=-x h 80", &|plan| {
                plan.program = Some(program(Command::Shell("-x".into())));
            }),
            ("nc --pty -e cat h 80", &|plan| {
                plan.program = Some(Program {
                    attached: Attached::Terminal,
                    errors: ProgramErrors::Peer,
                    ..program(argv(&["cat"]))
                });
            }),
            ("nc -Ee cat -d h 80", &|plan| {
                let errors = ProgramErrors::Peer;
                plan.program = Some(Program { errors, ..program(argv(&["cat"])) });
            }),
        ],
    );
    if cfg!(feature = "lua") {
        let lua = |plan: &mut Connect| plan.program = Some(program(Command::Lua("f".into())));
        connects(connect, &[("nc --lua-exec f h 80", &lua)]);
    }
    let cat = || Service::Program(program(argv(&["cat"])));
    listens(
        listen,
        &[
            ("nc -l -e cat 80", &|plan| plan.service = cat()),
            ("nc -lke cat 80", &|plan| {
                plan.service = cat();
                plan.clients = Clients::AtOnce;
            }),
        ],
    );
}

#[test]
fn listeners_with_services_rules_and_bounds() {
    let at_once = |plan: &mut Listen, service| {
        plan.service = service;
        plan.clients = Clients::AtOnce;
    };
    let server = |speaks, credentials| {
        Service::Proxy(ProxyServer { speaks, credentials, dial: Dial::default() })
    };
    let list = |text: &str| AccessSource::List(text.into());
    let tunnel = || Tunnel { target: target("h", &[(22, 22)]), dial: Dial::default() };
    let broker = |plan: &mut Listen| {
        at_once(plan, Service::Broker);
        plan.session.after_peer = AfterPeer::LeaveWhenIdle(Duration::from_secs(2));
    };
    listens(
        listen,
        &[
            ("nc -l --broker 80", &broker),
            ("nc --broker 80", &broker),
            ("nc -l --chat 80", &|plan| at_once(plan, Service::Chat)),
            ("nc -l --talk --broker 80", &|plan| at_once(plan, Service::Chat)),
            ("nc -l --proxy-type http 80", &|plan| at_once(plan, server(ProxySpeech::Http, None))),
            ("nc -lk -X socks5 --proxy-auth u:p:q 80", &|plan| {
                at_once(plan, server(ProxySpeech::Socks, Some(("u".into(), "p:q".into()))));
            }),
            ("nc -l -X 4 -w 1 -n 80", &|plan| {
                let dial = Dial { timeout: Some(SECOND), numeric: true, ..Dial::default() };
                let (speaks, credentials) = (ProxySpeech::Socks, None);
                at_once(plan, Service::Proxy(ProxyServer { speaks, credentials, dial }));
                plan.numeric = true;
                plan.session.idle_timeout = Some(SECOND);
            }),
            ("nc -l 80 -L h:22", &|plan| at_once(plan, Service::Tunnel(tunnel()))),
            ("nc -l 80 -L h:ssh --tunnel-port 7 --tunnel-source a", &|plan| {
                let mut tunnel = tunnel();
                tunnel.dial.source_port = Some(7);
                tunnel.dial.source_address = Some(Host::from("a"));
                at_once(plan, Service::Tunnel(tunnel));
            }),
            ("nc -l 80 -L [::1]:22 -x p", &|plan| {
                let mut tunnel = tunnel();
                tunnel.target.host = Host::from("::1");
                tunnel.dial.proxy = Some(through(ProxyKind::Socks5, "p", 1080));
                at_once(plan, Service::Tunnel(tunnel));
            }),
            ("nc -lk --max-conns 3 80", &|plan| {
                plan.clients = Clients::AtOnce;
                plan.most_clients = NonZeroUsize::new(3);
            }),
            ("nc -l --allow a,b --allow c --denyfile f --deny d 80", &|plan| {
                plan.access = Access {
                    allow: vec![list("a,b"), list("c")],
                    deny: vec![list("d"), AccessSource::File(PathBuf::from("f"))],
                    only: None,
                };
            }),
            ("nc --vsock -l 9", &|plan| plan.local = Local::Vsock { cid: None, port: 9 }),
            ("nc --vsock -l 3 9", &|plan| plan.local = Local::Vsock { cid: Some(3), port: 9 }),
            ("nc --vsock -l -p 9 3", &|plan| plan.local = Local::Vsock { cid: Some(3), port: 9 }),
            ("nc --sctp -l 80", &|plan| {
                plan.local = Local::Inet { transport: Transport::Sctp, host: None, port: 80 };
            }),
        ],
    );
    let Plan::Listen(plan) = planned("nc -ul 80 -L h:53").0 else { panic!() };
    let Service::Tunnel(tunnel) = plan.service else { panic!("{:?}", plan.service) };
    assert_eq!(tunnel.target.transport, Transport::Udp);
}

#[test]
fn records_paces_routes_and_transports() {
    let record = |to: &str, format, append| {
        let to = match to {
            "-" => RecordTo::ErrorOutput,
            path => RecordTo::File(PathBuf::from(path)),
        };
        Recording { to, format, append }
    };
    let over = |transport| {
        move |plan: &mut Connect| {
            plan.remote = Remote::Inet(Inet { transport, ..target("h", &[(80, 80)]) });
        }
    };
    connects(
        connect,
        &[
            ("nc -o f h 80", &|plan| {
                plan.session.recordings = vec![record("f", RecordFormat::HexTraditional, false)];
            }),
            ("nc --log l --output r --hex-dump x -o h --append-output h 80", &|plan| {
                plan.session.recordings = vec![
                    record("h", RecordFormat::HexTraditional, true),
                    record("x", RecordFormat::HexNcat, true),
                    record("r", RecordFormat::Raw, true),
                    record("l", RecordFormat::Log, true),
                ];
            }),
            ("nc --log - -o - h 80", &|plan| {
                plan.session.recordings = vec![
                    record("-", RecordFormat::HexTraditional, false),
                    record("-", RecordFormat::Log, false),
                ];
            }),
            ("nc --pcap p --log l h 80", &|plan| {
                plan.session.recordings = vec![
                    record("l", RecordFormat::Log, false),
                    record("p", RecordFormat::Packets, false),
                ];
            }),
            ("nc -o f -o g h 80", &|plan| {
                plan.session.recordings = vec![record("g", RecordFormat::HexTraditional, false)];
            }),
            ("nc --delay 500ms h 80", &|plan| {
                let (pause, unit) = (SECOND / 2, PaceUnit::Block);
                plan.session.pace = Some(Pace { pause, unit, before: true, both_ways: true });
            }),
            ("nc --delay 0 h 80", &|_| {}),
            ("nc --sum h 80", &|plan| plan.session.sum = true),
            ("nc --rate 2M h 80", &|plan| plan.session.rate = NonZeroU64::new(2_000_000)),
            ("nc --rate 3Ki h 80", &|plan| plan.session.rate = NonZeroU64::new(3072)),
            ("nc --send-only h 80", &|plan| {
                plan.session.show_peer = false;
                plan.session.after_input = AfterInput::Quit(Duration::ZERO);
            }),
            ("nc --send-only -q 1 h 80", &|plan| {
                plan.session.show_peer = false;
                plan.session.after_input = AfterInput::Quit(SECOND);
            }),
            ("nc --close h 80", &|plan| plan.session.after_input = AfterInput::Settle(SECOND)),
            ("nc -g a,b -g c -G 8 h 80", &|plan| {
                plan.dial.family = Family::V4;
                plan.dial.socket.source_route = Some(SourceRoute {
                    hops: ["a", "b", "c"].map(Host::from).to_vec(),
                    pointer: 8,
                    layout: SourceRouteLayout::Ncat,
                });
            }),
            ("nc --mptcp h 80", &|plan| plan.dial.socket.mptcp = true),
            ("nc --sctp h 80", &over(Transport::Sctp)),
            ("nc --udplite h 80", &over(Transport::UdpLite)),
            ("nc --vsock 2 1024", &|plan| plan.remote = Remote::Vsock { cid: 2, port: 1024 }),
        ],
    );
}

fn through(kind: ProxyKind, host: &str, port: u16) -> Proxy {
    let host = host.into();
    Proxy { kind, host, port, user: None, names: netcat::plan::ProxyNames::There, via: None }
}

#[test]
fn proxies_in_a_chain_and_where_names_are_looked_up() {
    let user = |name: &str, password: Option<&str>| Some((name.into(), password.map(Into::into)));
    connects(
        connect,
        &[
            ("nc -x p --proxy connect://u:p@q:8@r:9 -x 4a://v@[::1] h 80", &|plan| {
                let near = Some(Box::new(through(ProxyKind::Socks5, "p", 1080)));
                let mut middle = through(ProxyKind::HttpConnect, "r", 9);
                (middle.user, middle.via) = (user("u", Some("p@q:8")), near);
                let mut far = through(ProxyKind::Socks4a, "::1", 1080);
                (far.user, far.via) = (user("v", None), Some(Box::new(middle)));
                plan.dial.proxy = Some(far);
            }),
            ("nc -x http://p/ h 80", &|plan| {
                plan.dial.proxy = Some(through(ProxyKind::HttpConnect, "p", 3128));
            }),
            ("nc -x p --proxy-dns local h 80", &|plan| {
                let here = through(ProxyKind::Socks5, "p", 1080);
                plan.dial.proxy = Some(Proxy { names: netcat::plan::ProxyNames::Here, ..here });
            }),
            ("nc -x p -X 4a --proxy-dns local h 80", &|plan| {
                plan.dial.proxy = Some(through(ProxyKind::Socks4, "p", 1080));
            }),
            ("nc -x p -X 4 --proxy-dns remote h 80", &|plan| {
                plan.dial.proxy = Some(through(ProxyKind::Socks4a, "p", 1080));
            }),
            ("nc -x p --proxy-dns none h 80", &|plan| {
                plan.dial.proxy = Some(through(ProxyKind::Socks5, "p", 1080));
                plan.dial.numeric = true;
            }),
        ],
    );
}

#[test]
fn serve_is_a_word_only_with_lab() {
    let says = |host: Option<&str>, port, explain| {
        Plan::Lab(Lab { host: host.map(Host::from), port, explain })
    };
    let lab = |host, port| says(host, port, false);
    for (line, expected) in [
        ("nc serve --lab http 8000", lab(None, 8000)),
        ("nc serve --lab http 0", lab(None, 0)),
        ("nc serve --lab=http 127.0.0.2:8000 -v", lab(Some("127.0.0.2"), 8000)),
        ("nc serve -v --lab http [::1]:8000 --json", lab(Some("::1"), 8000)),
        ("nc serve --lab http localhost:8000", lab(Some("localhost"), 8000)),
        ("nc serve --explain --lab http 8000", says(None, 8000, true)),
    ] {
        assert_eq!(planned(line).0, expected, "{line}");
    }
    let host = |plan: &mut Connect| plan.remote = Remote::Inet(target("serve", &[(80, 80)]));
    connects(
        connect,
        &[("nc serve 80", &host), ("nc serve -v 80", &host), ("nc -- serve 80", &host)],
    );
}

/// What `nc cert h:443` plans.
fn certificates() -> CertificateCheck {
    let dial = Dial { timeout: Some(10 * SECOND), ..Dial::default() };
    CertificateCheck {
        remote: Remote::Inet(target("h", &[(443, 443)])),
        dial: Dial { tls: Some(Box::default()), ..dial },
        warn: None,
        pem: None,
    }
}

#[test]
fn cert_is_a_word_where_no_port_can_follow() {
    let to = |host: &'static str| {
        move |plan: &mut CertificateCheck| {
            plan.remote = Remote::Inet(target(host, &[(443, 443)]));
        }
    };
    let tls = |change: fn(&mut TlsClient)| {
        move |plan: &mut CertificateCheck| change(plan.dial.tls.as_mut().unwrap())
    };
    let common = |change: fn(&mut Tls)| {
        move |plan: &mut CertificateCheck| change(&mut plan.dial.tls.as_mut().unwrap().common)
    };
    let identity = || Identity { certificate: "c".into(), key: Some("k".into()), staple: None };
    let rows: Rows<'_, CertificateCheck> = &[
        ("nc cert h:443", &|_| {}),
        ("nc cert h 443", &|_| {}),
        ("nc cert tls://h:443", &|_| {}),
        ("nc cert --tls --tcp h:443", &|_| {}),
        ("nc cert [::1]:443", &to("::1")),
        ("nc cert ::1 443", &to("::1")),
        ("nc cert [fe80::1%eth0] 443", &to("fe80::1%eth0")),
        ("nc cert tls://[::1]:443/", &to("::1")),
        ("nc cert 127.0.0.1:443", &to("127.0.0.1")),
        ("nc cert cert:443", &to("cert")),
        // what could be a port, and cannot be one with its own options or a scheme
        ("nc cert --warn 0 443 443", &|plan| {
            plan.remote = Remote::Inet(target("443", &[(443, 443)]));
            plan.warn = Some(Duration::ZERO);
        }),
        ("nc cert h:ssh", &|plan| plan.remote = Remote::Inet(target("h", &[(22, 22)]))),
        ("nc cert tls://ssh:443", &to("ssh")),
        ("nc cert -U /run/s", &|plan| {
            plan.remote = Remote::Unix {
                kind: UnixKind::Stream,
                name: UnixName::Path("/run/s".into()),
                source: None,
            };
        }),
        ("nc cert --vsock 2 443", &|plan| plan.remote = Remote::Vsock { cid: 2, port: 443 }),
        ("nc cert starttls+smtp://h", &|plan| {
            plan.remote = Remote::Inet(target("h", &[(25, 25)]));
            plan.dial.tls.as_mut().unwrap().upgrade = Some(netcat::proto::starttls::Kind::Smtp);
        }),
        (
            "nc cert --starttls smtp h 443",
            &tls(|tls| {
                tls.upgrade = Some(netcat::proto::starttls::Kind::Smtp);
            }),
        ),
        ("nc cert h:443 --warn 21d", &|plan| plan.warn = Some(21 * 24 * 3600 * SECOND)),
        ("nc cert --warn=1.5h h:443", &|plan| plan.warn = Some(5400 * SECOND)),
        ("nc cert h:443 --pem chain.pem", &|plan| plan.pem = Some("chain.pem".into())),
        ("nc cert -w 3 h:443", &|plan| plan.dial.timeout = Some(3 * SECOND)),
        ("nc cert -w 0 h:443", &|plan| plan.dial.timeout = None),
        ("nc cert -6n h:443", &|plan| {
            plan.dial.family = Family::V6;
            plan.dial.numeric = true;
        }),
        ("nc cert -x p h:443", &|plan| {
            plan.dial.proxy = Some(through(ProxyKind::Socks5, "p", 1080));
        }),
        ("nc cert -X connect -x p h:443", &|plan| {
            plan.dial.proxy = Some(through(ProxyKind::HttpConnect, "p", 3128));
        }),
        ("nc cert h:443 --insecure", &tls(|tls| tls.trust = Trust::Anybody)),
        ("nc cert h:443 --cafile f", &tls(|tls| tls.trust = Trust::File("f".into()))),
        (
            "nc cert h:443 --sni n",
            &tls(|tls| {
                (tls.name, tls.server_name) = (Some("n".into()), Some("n".into()));
            }),
        ),
        (
            "nc cert h:443 --sni n --tls-name m",
            &tls(|tls| {
                (tls.name, tls.server_name) = (Some("m".into()), Some("n".into()));
            }),
        ),
        ("nc cert h:443 --cert c --key k", &move |plan| {
            plan.dial.tls.as_mut().unwrap().common.identity = Some(identity());
        }),
        (
            "nc cert h:443 --tls-min 1.2 --tls-max 1.3",
            &common(|tls| {
                (tls.min, tls.max) = (Some(TlsVersion::Tls12), Some(TlsVersion::Tls13));
            }),
        ),
        (
            "nc cert h:443 --alpn h2,http/1.1",
            &common(|tls| {
                tls.alpn = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
            }),
        ),
    ];
    for (line, change) in rows {
        let mut expected = certificates();
        change(&mut expected);
        assert_eq!(planned(line).0, Plan::Certificates(expected), "{line}");
    }
    let host = |plan: &mut Connect| plan.remote = Remote::Inet(target("cert", &[(443, 443)]));
    connects(
        connect,
        &[
            ("nc cert 443", &host),
            ("nc -- cert 443", &host),
            ("nc cert ssh", &|plan| plan.remote = Remote::Inet(target("cert", &[(22, 22)]))),
            ("nc cert 80,443-445", &|plan| {
                plan.remote = Remote::Inet(target("cert", &[(80, 80), (443, 445)]));
            }),
            ("nc -U cert", &|plan| {
                let (kind, name) = (UnixKind::Stream, UnixName::Path("cert".into()));
                plan.remote = Remote::Unix { kind, name, source: None };
            }),
        ],
    );
}

/// What `nc http h` plans.
fn http() -> Connect {
    Connect {
        session: Session {
            after_input: AfterInput::StayOpen,
            idle_is_failure: true,
            wants_answer: Some(AnswerTo::Other),
            ..cli_common::session()
        },
        request: Some(Box::new(Request {
            method: b"GET".to_vec(),
            target: b"/".to_vec(),
            host: b"h".to_vec(),
            headers: Vec::new(),
            body: Body::Nothing,
        })),
        ..connect()
    }
}

/// The request of a plan, to be changed.
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
fn request(plan: &mut Connect) -> &mut Request {
    plan.request.as_mut().unwrap()
}

#[test]
fn http_is_a_word_where_no_port_can_follow() {
    let unix = |path: &str| Remote::Unix {
        kind: UnixKind::Stream,
        name: UnixName::Path(path.into()),
        source: None,
    };
    let secured = |plan: &mut Connect, port| {
        plan.remote = Remote::Inet(target("h", &[(port, port)]));
        let patience = Some(HANDSHAKE_WITH_SERVER);
        plan.dial.tls = Some(Box::new(TlsClient { patience, ..TlsClient::default() }));
    };
    connects(
        http,
        &[
            ("nc http h", &|_| {}),
            ("nc http GET http://h:80/", &|_| {}),
            ("nc http --tcp HTTP://h:http", &|_| {}),
            ("nc http post h:8000?x#y", &|plan| {
                plan.remote = Remote::Inet(target("h", &[(8000, 8000)]));
                request(plan).host = b"h:8000".to_vec();
                request(plan).target = b"/?x".to_vec();
                request(plan).method = b"post".to_vec();
            }),
            ("nc http [fe80::1%eth0]:80/\\xff", &|plan| {
                plan.remote = Remote::Inet(target("fe80::1%eth0", &[(80, 80)]));
                request(plan).host = b"[fe80::1]".to_vec();
                request(plan).target = b"/%FF".to_vec();
            }),
            ("nc http https://h", &move |plan| secured(plan, 443)),
            ("nc http tls://h:80", &move |plan| {
                secured(plan, 80);
                request(plan).host = b"h:80".to_vec();
            }),
            ("nc http --tls h/ --insecure", &move |plan| {
                secured(plan, 443);
                plan.dial.tls.as_mut().unwrap().trust = Trust::Anybody;
            }),
            ("nc http http:80", &|plan| {
                plan.remote = Remote::Inet(target("http", &[(80, 80)]));
                request(plan).host = b"http".to_vec();
            }),
            ("nc http -U /run/s /x", &move |plan| {
                plan.remote = unix("/run/s");
                request(plan).host = b"localhost".to_vec();
                request(plan).target = b"/x".to_vec();
            }),
            ("nc http -U PUT -- -s h:8000/", &move |plan| {
                plan.remote = unix("-s");
                request(plan).host = b"h:8000".to_vec();
                request(plan).method = b"PUT".to_vec();
            }),
            ("nc http -U /run/s PUT https://h:80/ --tls-name n", &move |plan| {
                plan.remote = unix("/run/s");
                let tls = TlsClient {
                    name: Some("n".into()),
                    server_name: Some("h".into()),
                    patience: Some(HANDSHAKE_WITH_SERVER),
                    ..TlsClient::default()
                };
                plan.dial.tls = Some(Box::new(tls));
                request(plan).host = b"h:80".to_vec();
                request(plan).method = b"PUT".to_vec();
            }),
            ("nc http --vsock 2:8000/x", &|plan| {
                plan.remote = Remote::Vsock { cid: 2, port: 8000 };
                request(plan).host = b"2:8000".to_vec();
                request(plan).target = b"/x".to_vec();
            }),
            ("nc http h -w 3 -i 1 -x p -4", &|plan| {
                (plan.dial.timeout, plan.session.idle_timeout) =
                    (Some(3 * SECOND), Some(3 * SECOND));
                plan.session.pace = Some(Pace::after_lines(SECOND));
                plan.dial.proxy = Some(through(ProxyKind::Socks5, "p", 1080));
                plan.dial.family = Family::V4;
            }),
            ("nc http h X:y Host: host:\\x20 q==1 -- -a=\\=b c\\:d=e", &|plan| {
                let pair =
                    |name: &str, value: &str| Pair { name: name.into(), value: value.into() };
                let request = request(plan);
                request.method = b"POST".to_vec();
                request.target = b"/?q=1".to_vec();
                request.headers = vec![
                    Header::Sent { name: b"X".to_vec(), value: b"y".to_vec() },
                    Header::Left(b"Host".to_vec()),
                    Header::Sent { name: b"host".to_vec(), value: Vec::new() },
                ];
                request.body = Body::Form(vec![pair("-a", "=b"), pair("c:d", "e")]);
            }),
            ("nc http h --multipart a=1", &|plan| {
                let content = Content::Text(b"1".to_vec());
                request(plan).method = b"POST".to_vec();
                request(plan).body = Body::Multipart(vec![Part { name: b"a".to_vec(), content }]);
            }),
            ("nc http GET h a@f", &|plan| {
                let content = Content::File("f".into());
                request(plan).body = Body::Multipart(vec![Part { name: b"a".to_vec(), content }]);
            }),
            ("nc http h @-", &|plan| {
                request(plan).method = b"POST".to_vec();
                request(plan).body = Body::File("-".into());
            }),
        ],
    );
    for line in
        ["nc http --dry-run h", "nc http --dry-run -U s h", "nc http https://h -w1 --dry-run"]
    {
        assert_eq!(planned(line).0, Plan::Compose(http().request.unwrap()), "{line}");
    }
    let at_80 = Request { host: b"h:80".to_vec(), ..*http().request.unwrap() };
    assert_eq!(planned("nc http --dry-run tls://h:80").0, Plan::Compose(Box::new(at_80)));
    let host = |plan: &mut Connect| plan.remote = Remote::Inet(target("http", &[(80, 80)]));
    connects(
        connect,
        &[
            ("nc http 80", &host),
            ("nc -- http 80", &host),
            ("nc http http", &host),
            ("nc -U http", &|plan| plan.remote = unix("http")),
        ],
    );
    listens(listen, &[("nc -l http", &|_| {})]);
}

#[cfg(feature = "json")]
#[test]
fn json_is_read_with_the_command_line() {
    use netcat::proto::http_request::Member;

    connects(
        http,
        &[("nc http h a\\=:=[1,2.0] b:=null", &|plan| {
            let member = |name: &str, text: &str| Member { name: name.into(), text: text.into() };
            request(plan).method = b"POST".to_vec();
            request(plan).body = Body::Json(vec![member("a=", "[1,2.0]"), member("b", "null")]);
        })],
    );
    for (line, words) in [
        ("nc http h a:=[1,]", "\"a:=[1,]\": the value is no JSON, at byte 4: expected value"),
        ("nc http h a:=x", "\"a:=x\": the value is no JSON, at byte 1: expected value"),
        ("nc http h a:=1 b=2", "\"b=2\": name:=json and a form do not go together"),
        ("nc http h b=2 a:=1", "\"a:=1\": name:=json and a form do not go together"),
        ("nc http h --multipart a:=1", "\"a:=1\": name:=json and a form do not go together"),
    ] {
        let found = cli_common::refused(line);
        assert!(found.starts_with(&format!("nc: request: {words}")), "{line}: {found}");
    }
}

#[test]
fn the_dialect_comes_from_option_environment_or_name() {
    let environment =
        |name: &str| Environment { nc_dialect: Some(name.into()), ..Environment::default() };
    for (line, from_environment, voice) in [
        ("nc h 80", "", VoiceName::Default),
        ("/usr/bin/nc.openbsd h 80", "", VoiceName::OpenBsd),
        ("anything h 80", "", VoiceName::Default),
        ("./ncat h 80", "", VoiceName::Ncat),
        ("ncat.exe h 80", "", VoiceName::Default),
        ("nc h 80", "openbsd", VoiceName::OpenBsd),
        ("nc.openbsd h 80", "default", VoiceName::Default),
        ("nc h 80 --dialect=default", "openbsd", VoiceName::Default),
        ("nc h --dialect openbsd 80", "", VoiceName::OpenBsd),
        ("nc.openbsd --dialect default h 80", "", VoiceName::Default),
        ("nc --dialect default --dialect openbsd h 80", "", VoiceName::OpenBsd),
    ] {
        let found = run(line, &environment(from_environment));
        let Ok(Invocation::Run { reporting, .. }) = found else { panic!("{line}: {found:?}") };
        assert_eq!(reporting.voice, voice, "{line}");
        assert_eq!(reporting.classic_status, voice != VoiceName::Default, "{line}");
    }
    // Behind `--` it is a host.
    let found = run("nc -- --dialect 80", &Environment::default());
    assert!(matches!(found, Ok(Invocation::Run { .. })), "{found:?}");
    for (line, from_environment, source) in
        [("nc --dialect frob h 80", "", "--dialect"), ("nc h 80", "frob", "NC_DIALECT")]
    {
        let refusal = run(line, &environment(from_environment)).unwrap_err();
        let words = String::from_utf8(refusal.message()).unwrap();
        let names: Vec<_> = DIALECTS.iter().map(|dialect| dialect.name).collect();
        let names = names.join(", ");
        let expected = format!("nc: {source}: there is no dialect \"frob\"; there are: {names}\n");
        assert_eq!(words, expected);
    }
}

#[test]
fn reporting_says_how_to_tell() {
    let (_, reporting) = planned("/opt/x/nc --json --why -v --exit-status classic h 80");
    assert!(reporting.json && reporting.why && reporting.classic_status);
    assert_eq!(reporting.program, b"nc");
    let (_, reporting) = planned("nc --exit-status=detailed h 80");
    assert!(!reporting.classic_status && !reporting.json);
    assert_eq!(planned("nc h 80").0, Plan::Connect(connect()));
    assert_eq!(planned("nc --raw h 80").0.session(), Some(&Session::default()));
}
