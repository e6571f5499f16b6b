//! What a plan does, in plain sentences: one for each thing that a reader would ask about.
//!
//! Two plans that read the same do the same, as far as anybody at either end can tell.

use std::ffi::OsStr;
use std::num::NonZeroUsize;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use super::spelled::{joined, long, ports, unix_name};
use super::way::{dial, socket};
use super::{http, session};
use crate::event::{Colour, Reporting, VoiceName};
use crate::plan::{
    Access, AccessSource, Attached, CertificateCheck, Clients, Command, Connect, Family, Inet,
    Listen, Local, OnlyPeer, Plan, PortOrder, Program, ProgramErrors, Protocol, ProxySpeech,
    Remote, Scan, Service, Strangers, Transport, UdpProbe, UnixKind,
};
use crate::proto::escape::escape;

/// The sentences of a plan.
pub fn sentences(plan: &Plan, reporting: &Reporting) -> Vec<String> {
    let mut said = Vec::new();
    match plan {
        Plan::Connect(plan) => connect(&mut said, plan),
        Plan::Listen(plan) => listen(&mut said, plan),
        Plan::Scan(plan) => scan(&mut said, plan),
        Plan::Certificates(plan) => certificates(&mut said, plan),
        Plan::Compose(request) => said.push(format!("Prints {}, and leaves.", http::told(request))),
        Plan::Lab(lab) => {
            let host = lab
                .host
                .as_ref()
                .map_or(OsStr::new("the loopback address"), |host| host.as_os_str());
            said.push(format!(
                "Is a web server to practise with, on {} port {}.",
                shown(host),
                lab.port
            ));
            if lab.explain {
                said.push("Says of each line of a request how it was read.".to_owned());
            }
        }
    }
    if reporting.progress {
        said.push("Says on standard error how far it has come.".to_owned());
    }
    // the other netcats show it so, and say no word of it
    if reporting.voice == VoiceName::Default && plan.session().is_some_and(|it| !it.view.guarded) {
        said.push("Shows what the peer sends as it came, at a terminal too.".to_owned());
    }
    if plan.session().is_some_and(|session| session.view.marked) {
        said.push("Puts \"< \" before each line of the peer, at a terminal.".to_owned());
    }
    match reporting.colour {
        Colour::Never => {}
        Colour::AtTerminal => said.push("Shows it in colours, at a terminal.".to_owned()),
        Colour::Always => said.push(
            "Shows it in colours, at a terminal; its own words in a colour everywhere.".to_owned(),
        ),
    }
    match reporting.verbosity {
        0 => {}
        1 => said.push("Says on standard error what happens.".to_owned()),
        level => said.push(format!("Says on standard error what happens, at level {level}.")),
    }
    said
}

/// Fit for a message.
pub fn shown(value: &OsStr) -> String {
    escape(value.as_bytes()).to_string()
}

/// `500 ms`, `1 s`, `1.5 s`
pub fn time(time: Duration) -> String {
    match u64::try_from(time.as_millis()) {
        Ok(millis)
            if millis < 1_000 && time.subsec_nanos().is_multiple_of(1_000_000) && millis > 0 =>
        {
            format!("{millis} ms")
        }
        _ => format!("{} s", super::spelled::time(time)),
    }
}

fn transport(transport: Transport) -> &'static str {
    match transport {
        Transport::Tcp => "TCP",
        Transport::Udp => "UDP",
        Transport::Dccp => "DCCP",
        Transport::Sctp => "SCTP",
        Transport::UdpLite => "UDP-Lite",
    }
}

fn connect(said: &mut Vec<String>, plan: &Connect) {
    let protocol = match &plan.remote {
        Remote::Inet(inet) => {
            let target = target(inet);
            said.push(if inet.ports.single().is_some() {
                format!("Connects to {target}.")
            } else {
                format!("Connects to {target}, one port after the other.")
            });
            if inet.ports.single().is_none() {
                order(said, plan.order, plan.always_succeeds);
            }
            inet.transport.protocol()
        }
        Remote::Unix { kind, name, source } => {
            let (name, what) = (shown(&unix_name(name)), unix(*kind));
            said.push(format!("Connects to the Unix {what} {name}."));
            if let Some(source) = source {
                said.push(format!("Its own socket is {}.", shown(&unix_name(source))));
            }
            if *kind == UnixKind::Stream { Protocol::Stream } else { Protocol::Datagram }
        }
        Remote::File(path) => {
            said.push(format!("Opens the file {} for a network.", shown(path.as_os_str())));
            Protocol::Stream
        }
        Remote::Vsock { cid, port } => {
            said.push(format!("Connects to port {port} of the virtual machine {cid}."));
            Protocol::Stream
        }
    };
    dial(said, &plan.dial);
    if plan.pass_socket {
        said.push("Passes the socket over standard output, and leaves.".to_owned());
        return;
    }
    if let Some(request) = &plan.request {
        said.push(format!("Sends {}.", http::told(request)));
    }
    match &plan.program {
        Some(program) => {
            self::program(said, program, false);
            session::with_program(said, program, &plan.session, protocol);
        }
        None => session::session(said, &plan.session, protocol),
    }
}

fn scan(said: &mut Vec<String>, plan: &Scan) {
    said.push(format!("Looks what answers, and sends no data: {}.", target(&plan.target)));
    if plan.target.ports.single().is_none() {
        order(said, plan.order, plan.always_succeeds);
        if let Some(interval) = plan.interval {
            said.push(format!("Pauses for {} between two ports.", time(interval)));
        }
    }
    if plan.target.transport.protocol() == Protocol::Datagram {
        said.push(
            match plan.udp_probe {
                UdpProbe::Nothing => "Sends no probe: any port counts as open.",
                UdpProbe::Xs => "Sends an X several times: what does not refuse counts as open.",
                UdpProbe::TwoNuls => "Sends two NULs: what does not refuse counts as open.",
                UdpProbe::OneNul => "Sends a NUL: what does not refuse counts as open.",
                UdpProbe::Service => {
                    "Asks what the port's usual service answers: open, closed or no answer."
                }
            }
            .to_owned(),
        );
    }
    dial(said, &plan.dial);
}

fn certificates(said: &mut Vec<String>, plan: &CertificateCheck) {
    let place = match &plan.remote {
        Remote::Inet(inet) => target(inet),
        Remote::Unix { name, .. } => format!("the Unix socket {}", shown(&unix_name(name))),
        Remote::Vsock { cid, port } => format!("port {port} of the virtual machine {cid}"),
        Remote::File(path) => shown(path.as_os_str()),
    };
    said.push(format!("Shows the certificates of {place}, and sends no data."));
    dial(said, &plan.dial);
    if let Some(warn) = plan.warn {
        said.push(format!("Fails if one of them expires within {}.", long(warn)));
    }
    if let Some(path) = &plan.pem {
        said.push(format!("Writes them to a new file, {}.", shown(path.as_os_str())));
    }
}

fn order(said: &mut Vec<String>, order: PortOrder, always_succeeds: bool) {
    said.extend(match order {
        PortOrder::Upward => None,
        PortOrder::Downward => Some("Takes the ports downward.".to_owned()),
        PortOrder::Random => Some("Takes the ports in random order.".to_owned()),
    });
    if always_succeeds {
        said.push("Exits with 0 whatever comes of them.".to_owned());
    }
}

fn listen(said: &mut Vec<String>, plan: &Listen) {
    let protocol = match &plan.local {
        Local::Inet { transport: carrier, host, port } => {
            let name = transport(*carrier);
            let port = match port {
                0 => format!("any free {name} port"),
                port => format!("{name} port {port}"),
            };
            let host = match (host, plan.family) {
                (Some(host), _) => format!("address {}", shown(host.as_os_str())),
                (None, Family::Any) => "every address, IPv4 and IPv6".to_owned(),
                (None, Family::V4) => "every IPv4 address".to_owned(),
                (None, Family::V6) => "every IPv6 address".to_owned(),
            };
            said.push(format!("Listens on {port} of {host}."));
            carrier.protocol()
        }
        Local::Unix { kind, name } => {
            let (name, what) = (shown(&unix_name(name)), unix(*kind));
            said.push(format!("Listens on the Unix {what} {name}."));
            if *kind == UnixKind::Stream { Protocol::Stream } else { Protocol::Datagram }
        }
        Local::Vsock { cid, port } => {
            let cid = cid.map_or_else(String::new, |cid| format!(" as machine {cid}"));
            said.push(format!("Listens on port {port} for virtual machines{cid}."));
            Protocol::Stream
        }
    };
    if plan.numeric {
        said.push("Looks up no names.".to_owned());
    }
    said.push(
        match plan.clients {
            Clients::One => "Serves one client, then leaves.",
            Clients::InTurn => "Serves clients one after another, for ever.",
            Clients::AtOnce => "Serves all clients at once, for ever.",
        }
        .to_owned(),
    );
    if let Some(tls) = &plan.tls {
        super::tls::server(said, tls, plan.clients == Clients::One);
    }
    if plan.tells_port {
        said.push("Writes its port to standard output.".to_owned());
    }
    if let Some(most) = plan.most_clients.map(NonZeroUsize::get) {
        said.push(format!("Turns away whoever comes while {most} are served."));
    }
    match plan.accept_timeout {
        Some(limit) => said.push(format!("Gives up if nobody comes within {}.", time(limit))),
        None => said.push("Waits for the first client as long as it takes.".to_owned()),
    }
    access(said, &plan.access);
    socket(said, &plan.socket);
    service(said, plan, protocol);
}

fn service(said: &mut Vec<String>, plan: &Listen, protocol: Protocol) {
    match &plan.service {
        Service::Streams if plan.clients != Clients::One && protocol == Protocol::Datagram => {
            let anybody = plan.session.clone().with_anybody();
            session::session(said, &anybody, protocol);
        }
        Service::Streams => session::session(said, &plan.session, protocol),
        Service::Program(program) => {
            self::program(said, program, plan.clients != Clients::One);
            session::with_program(said, program, &plan.session, protocol);
        }
        Service::Broker => {
            said.push("Passes what a client or its input says on to all others.".to_owned());
            session::shared(said, &plan.session, protocol);
        }
        Service::Chat => {
            said.push("Passes what a client says on to all others, with who said it.".to_owned());
            session::shared(said, &plan.session, protocol);
        }
        Service::Proxy(server) => {
            said.push(
                match server.speaks {
                    ProxySpeech::Http => "Is an HTTP proxy: CONNECT, GET, HEAD and POST.",
                    ProxySpeech::Socks => "Is a SOCKS proxy: 4, 4a and 5.",
                }
                .to_owned(),
            );
            if let Some((user, _)) = &server.credentials {
                said.push(format!("Asks its clients for a password, of user {}.", shown(user)));
            }
            dial(said, &server.dial);
            session::shared(said, &plan.session, protocol);
        }
        Service::Tunnel(tunnel) => {
            said.push(format!("Connects each client to {}.", target(&tunnel.target)));
            dial(said, &tunnel.dial);
            session::shared(said, &plan.session, protocol);
        }
    }
}

fn access(said: &mut Vec<String>, access: &Access) {
    let list = |sources: &[AccessSource]| {
        let sources = sources.iter().map(|source| match source {
            AccessSource::List(list) => shown(list),
            AccessSource::File(path) => format!("those in {}", shown(path.as_os_str())),
        });
        sources.collect::<Vec<_>>().join(", ")
    };
    if !access.deny.is_empty() {
        said.push(format!("Turns away {}.", list(&access.deny)));
    }
    if !access.allow.is_empty() {
        said.push(format!("Lets only these in: {}.", list(&access.allow)));
    }
    if let Some(OnlyPeer { host, port, others }) = &access.only {
        let port = port.map_or_else(String::new, |port| format!(" port {port}"));
        let others = match others {
            Strangers::Fail => "anybody else ends it with an error",
            Strangers::Ignore => "anybody else is turned away",
        };
        said.push(format!("Waits for {}{port} alone: {others}.", shown(host.as_os_str())));
    }
}

fn program(said: &mut Vec<String>, program: &Program, each: bool) {
    let what = match &program.command {
        Command::Argv { argv, search } => {
            let place = match search {
                true if !argv.first().is_some_and(|file| file.as_bytes().contains(&b'/')) => {
                    ", found in PATH"
                }
                _ => "",
            };
            format!("the program {}{place}", shown(&joined(argv)))
        }
        Command::Shell(line) => format!("the shell command {}", shown(line)),
        Command::Lua(path) => format!("the Lua script {}", shown(path.as_os_str())),
    };
    let each = if each { " for each client" } else { " for the peer" };
    said.push(format!("Runs {what}{each}."));
    said.push(
        match program.attached {
            Attached::Socket => "Gives it the connection itself.",
            Attached::Pipes => "Passes its input and output on, so that records see them.",
            Attached::Terminal => "Gives it a terminal.",
        }
        .to_owned(),
    );
    if program.errors == ProgramErrors::Peer {
        said.push("Sends its errors to the peer.".to_owned());
    }
    if program.gives_status {
        said.push("Exits with its status.".to_owned());
    }
}

fn target(inet: &Inet) -> String {
    let (host, ports) = (shown(inet.host.as_os_str()), ports(&inet.ports));
    let noun = if inet.ports.single().is_some() { "port" } else { "ports" };
    format!("{host}, {} {noun} {ports}", transport(inet.transport))
}

fn unix(kind: UnixKind) -> &'static str {
    match kind {
        UnixKind::Stream => "socket",
        UnixKind::Datagram => "datagram socket",
    }
}
