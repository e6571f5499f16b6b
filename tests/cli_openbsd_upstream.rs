//! The command lines of OpenBSD's own nc: where they mean the same as Debian's, where not, and the
//! words of each refusal.

mod cli_common;

use cli_common::{openbsd_connect, openbsd_listen, planned, refused, run, services, target, words};
use netcat::cli::help::OPENBSD_UPSTREAM_USAGE;
use netcat::cli::{Environment, parse};
use netcat::event::VoiceName;
use netcat::plan::{
    Clients, Family, Host, Listen, Local, Plan, Proxy, ProxyKind, Remote, Scan, Transport,
    UdpProbe, UnixKind, UnixName,
};

const NAME: &str = "nc --dialect openbsd-upstream";

#[test]
fn what_debian_takes_it_takes_alike() {
    for line in [
        "h 80",
        "-4 h 80",
        "-6nv h 80",
        "-D -I 9 -O 9 -M 3 -m 3 -S h 80",
        "-T af11 h 80",
        "-T 0x10 h 80",
        "-N h 80",
        "-d h 80",
        "-t h 80",
        "-i 3 h 80",
        "-w 3 h 80",
        "-W 3 h 80",
        "-u h 80",
        "-s a -p 7 h 80",
        "-F h 80",
        "-r h 1-5",
        "h ssh",
        "-x p:9 -X 4 h 80",
        "-x [::1]:9 -X connect -P u h 80",
        "-U /x",
        "-uU -s /own /x",
        "-l 80",
        "-lk 80",
        "-l a 80",
        "-lu 0",
        "-lU /x",
        "-zv h 1-5",
        "-zvu h 80",
    ] {
        let (plan, reporting) = planned(&format!("{NAME} {line}"));
        assert_eq!(plan, planned(&format!("nc.openbsd {line}")).0, "{line}");
        assert_eq!(reporting.voice, VoiceName::OpenBsdUpstream);
    }
}

#[test]
fn what_it_has_and_debian_has_not() {
    let mut connect = openbsd_connect();
    connect.dial.socket.tos = Some(0xb0);
    assert_eq!(planned(&format!("{NAME} -T va h 80")).0, Plan::Connect(connect.clone()));
    // a word about TLS that changes nothing without TLS
    let line = format!("{NAME} -T va -T ciphers=secure h 80");
    assert_eq!(planned(&line).0, Plan::Connect(connect));
    let mut connect = openbsd_connect();
    connect.dial.proxy = Some(Proxy {
        kind: ProxyKind::Socks4a,
        host: Host::from("p"),
        port: 1080,
        user: None,
        names: netcat::plan::ProxyNames::There,
        via: None,
    });
    assert_eq!(planned(&format!("{NAME} -X 4A -x p h 80")).0, Plan::Connect(connect));
    let probes = Scan { udp_probe: UdpProbe::Xs, ..Scan::new(target("h", &[(80, 80)])) };
    let (plan, reporting) = planned(&format!("{NAME} -z h 80"));
    assert_eq!(plan, Plan::Scan(probes));
    assert!(reporting.scanning && reporting.verbosity == 0);
    let listen = Listen {
        family: Family::V4,
        clients: Clients::InTurn,
        ..Listen { local: local(80), ..openbsd_listen() }
    };
    assert_eq!(planned(&format!("{NAME} -k -l 80")).0, Plan::Listen(listen));
    let (plan, _) = planned(&format!("{NAME} -U /x"));
    let Plan::Connect(connect) = plan else { panic!("{plan:?}") };
    let name = UnixName::Path("/x".into());
    assert_eq!(connect.remote, Remote::Unix { kind: UnixKind::Stream, name, source: None });
}

fn local(port: u16) -> Local {
    Local::Inet { transport: Transport::Tcp, host: None, port }
}

/// `USAGE` stands for the usage block; each line without `nc: `.
const REFUSALS: &[(&str, &str)] = &[
    ("", "USAGE"),
    ("h", "USAGE"),
    ("-l", "USAGE"),
    ("-l -p 80", "USAGE"),
    ("-l 1 2 3", "USAGE"),
    ("h 1 2", "USAGE"),
    ("h 1 -v", "USAGE"),
    ("-U", "USAGE"),
    ("-U /x 1", "USAGE"),
    ("-Y", "unknown option -- Y\nUSAGE"),
    ("-q 1 h 1", "unknown option -- q\nUSAGE"),
    ("-b h 1", "unknown option -- b\nUSAGE"),
    ("--frob h 1", "unknown option -- -\nUSAGE"),
    ("-w", "option requires an argument -- w\nUSAGE"),
    ("-w abc h 1", "timeout invalid: abc"),
    ("-w -1 h 1", "timeout too small: -1"),
    ("-M 300 h 1", "ttl is too large"),
    ("-I 0 h 1", "TCP receive window too small: 0"),
    ("-T foo h 1", "illegal tos/tls value foo"),
    ("-T lowcost h 1", "illegal tos/tls value lowcost"),
    ("-T 256 h 1", "illegal tos/tls value 256"),
    ("-T alpn h 1", "invalid tls value `alpn'"),
    ("-T ciphers= h 1", "invalid tls value `ciphers='"),
    ("-X 6 h 1", "unsupported proxy protocol"),
    ("-V 1 h 1", "no alternate routing table support available"),
    ("h abc", "service \"abc\" unknown"),
    ("h 22x", "service \"22x\" unknown"),
    ("h 0", "port number too small: 0"),
    ("h 65536", "port number too large: 65536"),
    ("h 3-70000", "port number too large: 70000"),
    ("-l -s a 1", "cannot use -s and -l"),
    ("-l -p 1 1", "cannot use -p and -l"),
    ("-lz 1", "cannot use -z and -l"),
    ("-k h 1", "must use -l with -k"),
    ("-cu h 1", "cannot use -c and -u"),
    ("-cU /x", "cannot use -c and -U"),
    ("-FU /x", "cannot use -F and -U"),
    ("-Fc h 1", "cannot use -c and -F"),
    ("-T noverify h 1", "you must specify -c to use TLS options"),
    ("-C f h 1", "you must specify -c to use -C"),
    ("-K f h 1", "you must specify -c to use -K"),
    ("-Z f h 1", "you must specify -c to use -Z"),
    ("-co f h 1", "you must specify -C to use -o"),
    ("-R f h 1", "you must specify -c to use -R"),
    ("-H f h 1", "you must specify -c to use -H"),
    ("-e f h 1", "you must specify -c to use -e"),
    ("-x p -u h 1", "no proxy support for UDP mode"),
    ("-x p -l 1", "no proxy support for listen"),
    ("-x p -U /x", "no proxy support for unix sockets"),
    ("-x p -s a h 1", "no proxy support for local source address"),
    ("-c -T clientcert h 1", "clientcert is only valid with -l"),
    ("-c -H f -T noverify h 1", "-H and -T noverify may not be used together"),
    ("-c -K f h 1", "you must specify -C to use -K"),
    ("-c -H sha h 1", "-H takes SHA256: and 64 hexadecimal digits, not `sha'"),
    ("-c -T alpn=,x h 1", "invalid alpn protocol list `,x'"),
    ("-c -T protocols=ssl3 h 1", "invalid TLS protocols `ssl3'"),
    ("-c -T protocols=tlsv1.0 h 1", "no version of TLS that is spoken here in `tlsv1.0'"),
    ("h \\x1b[2J", "service \"\\x1b[2J\" unknown"),
];

#[test]
fn it_refuses_in_its_own_words() {
    for (line, words) in REFUSALS {
        let expected = match words.strip_suffix("USAGE") {
            Some("") => OPENBSD_UPSTREAM_USAGE.to_owned(),
            Some(line) => format!("nc: {line}{OPENBSD_UPSTREAM_USAGE}"),
            None => format!("nc: {words}\n"),
        };
        assert_eq!(refused(&format!("{NAME} {line}")), expected, "{line}");
    }
}

#[test]
fn help_is_an_error_there() {
    let help = refused(&format!("{NAME} -v -h -Y"));
    assert!(help.starts_with(OPENBSD_UPSTREAM_USAGE), "{help}");
    assert!(help.contains("\n\t\t-N\t\tShutdown the network socket"), "{help}");
}

#[test]
fn the_environment_chooses_it_too() {
    let environment =
        Environment { nc_dialect: Some("openbsd-upstream".into()), ..Environment::default() };
    let refusal = run("nc h", &environment).unwrap_err();
    assert_eq!(refusal.message(), OPENBSD_UPSTREAM_USAGE.as_bytes());
    assert!(parse("nc".as_ref(), words("h 80"), &environment, &services).is_ok());
}
