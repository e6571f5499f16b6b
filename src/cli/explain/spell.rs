//! From a plan back to a command line of the default face, in long names.
//!
//! [`nearest`] says what can be said, and leaves out what only another dialect can; whether that
//! was everything, its reader finds out by reading it back.

use std::ffi::{OsStr, OsString};
use std::num::NonZeroU32;
use std::time::Duration;

use super::line::Line;
use super::spelled::{
    credentials, host_port, joined, kind, long, ports, rebracketed, time, unix_name,
};
use crate::event::{Colour, Reporting, VoiceName};
use crate::plan::{
    Access, AccessSource, AfterInput, Attached, CertificateCheck, Clients, Command, Connect, Dial,
    Family, Host, Inet, Lab, Listen, Local, PaceUnit, Plan, PortOrder, Program, ProgramErrors,
    Proxy, ProxyNames, ProxySpeech, RecordFormat, RecordTo, Recording, Remote, Scan, Service,
    Session, SocketOptions, TlsClient, Transport, Tunnel, UnixKind,
};

/// The arguments that come nearest to the plan.
pub fn nearest(plan: &Plan, reporting: &Reporting) -> Vec<OsString> {
    let mut line = Line::default();
    match plan {
        Plan::Connect(connect) => line.connect(connect),
        Plan::Listen(listen) => line.listen(listen),
        Plan::Scan(scan) => line.scan(scan),
        Plan::Certificates(check) => line.certificates(check),
        Plan::Lab(lab) => line.lab(lab),
        Plan::Compose(request) => line.composed(request),
    }
    if reporting.voice == VoiceName::Default {
        line.switch_if(plan.session().is_some_and(|session| !session.view.guarded), "raw");
    }
    line.switch_if(plan.session().is_some_and(|session| session.view.marked), "marks");
    match reporting.colour {
        Colour::Never => {}
        Colour::AtTerminal => line.switch("colour"),
        Colour::Always => line.switch("colour=always"),
    }
    for _ in 0..reporting.verbosity {
        line.switch("verbose");
    }
    line.switch_if(reporting.json, "json");
    line.switch_if(reporting.why, "why");
    line.switch_if(reporting.progress, "progress");
    if reporting.classic_status && reporting.voice == VoiceName::Default {
        line.value("exit-status", "classic");
    }
    line.finish()
}

impl Line {
    fn connect(&mut self, connect: &Connect) {
        if connect.request.is_some() {
            return self.http(connect);
        }
        let mut session = connect.session.clone();
        match &connect.remote {
            Remote::Inet(inet) => self.target(inet),
            Remote::Unix { kind, name, source } => {
                self.unix(*kind);
                self.operand(unix_name(name));
                if let Some(source) = source {
                    self.value("source", unix_name(source));
                }
                if session.idle_timeout == Some(Duration::ZERO) {
                    self.switch("zero");
                    (session.read_input, session.idle_timeout) = (true, connect.dial.timeout);
                }
            }
            Remote::File(path) => self.value("file", path),
            Remote::Vsock { cid, port } => {
                self.switch("vsock");
                self.operand(cid.to_string());
                self.operand(port.to_string());
            }
        }
        self.dial(&connect.dial);
        self.switch_if(connect.dial.socket.keep_alive, "keep-open");
        self.switch_if(connect.pass_socket, "pass-socket");
        self.switch_if(connect.order == PortOrder::Random, "randomize");
        if let Some(program) = &connect.program {
            self.program(program);
        }
        self.endless_handshake(&connect.dial);
        self.session(&session, connect.dial.timeout, connect.program.is_some());
    }

    fn scan(&mut self, scan: &Scan) {
        self.switch("zero");
        self.target(&scan.target);
        self.dial(&scan.dial);
        self.switch_if(scan.order == PortOrder::Random, "randomize");
        self.time("interval", scan.interval);
        self.time("wait", scan.dial.timeout);
    }

    fn certificates(&mut self, check: &CertificateCheck) {
        self.operand("cert");
        match &check.remote {
            Remote::Inet(inet) => {
                // with a scheme it is no port and no option, whatever it is called
                let mut place = OsString::from("tls://");
                place.push(host_port(&inet.host, inet.ports.single().unwrap_or_default()));
                self.operand(place);
            }
            Remote::Unix { kind, name, .. } => {
                self.unix(*kind);
                self.operand(unix_name(name));
            }
            Remote::Vsock { cid, port } => {
                self.switch("vsock");
                self.operand(cid.to_string());
                self.operand(port.to_string());
            }
            Remote::File(path) => self.operand(path.as_os_str()),
        }
        self.dial(&check.dial);
        self.value("wait", time(check.dial.timeout.unwrap_or_default()));
        if let Some(warn) = check.warn {
            self.value("warn", long(warn));
        }
        if let Some(path) = &check.pem {
            self.value("pem", path);
        }
    }

    fn listen(&mut self, listen: &Listen) {
        self.switch("listen");
        let program = matches!(listen.service, Service::Program(_));
        self.switch_if(
            listen.clients != Clients::One
                && (program || matches!(listen.service, Service::Streams)),
            "keep-open",
        );
        self.family(listen.family);
        self.switch_if(listen.numeric, "nodns");
        self.socket(&listen.socket);
        self.local(&listen.local);
        let timeout = self.service(&listen.service, listen.numeric);
        let tunnel = match &listen.service {
            Service::Tunnel(tunnel) => {
                self.endless_handshake(&tunnel.dial);
                tunnel.dial.tls.as_deref()
            }
            _ => None,
        };
        let patience = listen.tls.as_ref().and_then(|tls| tls.patience);
        self.tls_server(listen.tls.as_deref(), tunnel);
        self.access(&listen.access);
        self.number("max-conns", listen.most_clients);
        self.session(&listen.session, timeout.or(patience), program);
    }

    fn lab(&mut self, lab: &Lab) {
        self.value("lab", "http");
        self.switch_if(lab.explain, "explain");
        self.operand("serve");
        self.operand(match &lab.host {
            Some(host) => host_port(host, lab.port),
            None => lab.port.to_string().into(),
        });
    }

    fn local(&mut self, local: &Local) {
        match local {
            Local::Inet { transport, host, port } => {
                self.transport(*transport);
                if let Some(host) = host {
                    // two numbers would be two ports
                    if host.as_bytes().iter().all(u8::is_ascii_digit) {
                        self.value("source", host.as_os_str());
                    } else {
                        self.operand(rebracketed(host));
                    }
                }
                self.operand(port.to_string());
            }
            Local::Unix { kind, name } => {
                self.unix(*kind);
                self.operand(unix_name(name));
            }
            Local::Vsock { cid, port } => {
                self.switch("vsock");
                if let Some(cid) = cid {
                    self.operand(cid.to_string());
                }
                self.operand(port.to_string());
            }
        }
    }

    /// What is done with the clients; gives the time within which they are connected elsewhere.
    fn service(&mut self, service: &Service, numeric: bool) -> Option<Duration> {
        match service {
            Service::Streams => None,
            Service::Program(program) => {
                self.program(program);
                None
            }
            Service::Broker => {
                self.switch("broker");
                None
            }
            Service::Chat => {
                self.switch("chat");
                None
            }
            Service::Proxy(server) => {
                let speaks = match server.speaks {
                    ProxySpeech::Http => "http",
                    ProxySpeech::Socks => "socks5",
                };
                self.value("proxy-type", speaks);
                if let Some((user, password)) = &server.credentials {
                    self.value("proxy-auth", credentials(user, Some(password)));
                }
                server.dial.timeout
            }
            Service::Tunnel(tunnel) => {
                self.tunnel(tunnel, tunnel.dial.numeric && !numeric);
                tunnel.dial.timeout
            }
        }
    }

    /// `numeric_beyond`: beyond the proxy there are no names, though there are on our side of it.
    fn tunnel(&mut self, tunnel: &Tunnel, numeric_beyond: bool) {
        let port = tunnel.target.ports.single().unwrap_or_default();
        let place = host_port(&tunnel.target.host, port);
        let mut target = OsString::from(match &tunnel.dial.tls {
            None => String::new(),
            Some(tls) => match tls.upgrade {
                Some(kind) => format!("starttls+{}://", kind.name()),
                None => "tls://".to_owned(),
            },
        });
        target.push(place);
        self.value("tunnel", target);
        self.number("tunnel-port", tunnel.dial.source_port);
        if let Some(address) = &tunnel.dial.source_address {
            self.value("tunnel-source", address.as_os_str());
        }
        self.proxies(tunnel.dial.proxy.as_ref());
        if numeric_beyond && tunnel.dial.proxy.is_some() {
            self.value("proxy-dns", "none");
        }
    }

    fn access(&mut self, access: &Access) {
        let rules = [("allow", "allowfile", &access.allow), ("deny", "denyfile", &access.deny)];
        for (list, file, sources) in rules {
            for source in sources {
                match source {
                    AccessSource::List(rules) => self.value(list, rules),
                    AccessSource::File(path) => self.value(file, path),
                }
            }
        }
        if let Some(only) = &access.only {
            self.value("allow", only.host.as_os_str());
        }
    }

    fn program(&mut self, program: &Program) {
        match &program.command {
            Command::Argv { argv, .. } => self.value("exec", joined(argv)),
            Command::Shell(line) => self.value("sh-exec", line),
            Command::Lua(path) => self.value("lua-exec", path),
        }
        let terminal = program.attached == Attached::Terminal;
        self.switch_if(terminal, "pty");
        self.switch_if(!terminal && program.errors == ProgramErrors::Peer, "program-errors");
    }

    fn target(&mut self, inet: &Inet) {
        self.transport(inet.transport);
        self.operand(rebracketed(&inet.host));
        self.operand(ports(&inet.ports));
    }

    fn transport(&mut self, transport: Transport) {
        match transport {
            Transport::Tcp => {}
            other => self.switch(other.name()),
        }
    }

    pub fn unix(&mut self, kind: UnixKind) {
        self.switch("unixsock");
        self.switch_if(kind == UnixKind::Datagram, "udp");
    }

    fn family(&mut self, family: Family) {
        self.switch_if(family == Family::V4, "ipv4");
        self.switch_if(family == Family::V6, "ipv6");
    }

    pub fn dial(&mut self, dial: &Dial) {
        self.family(dial.family);
        self.switch_if(dial.numeric, "nodns");
        if let Some(address) = &dial.source_address {
            self.value("source", address.as_os_str());
        }
        self.number("source-port", dial.source_port);
        self.proxies(dial.proxy.as_ref());
        self.socket(&dial.socket);
        if let Some(tls) = &dial.tls {
            self.tls_client(tls);
        }
    }

    /// A handshake has an end of its own where there is no other, unless that is told otherwise.
    pub fn endless_handshake(&mut self, dial: &Dial) {
        let is_endless = |tls: &TlsClient| tls.patience.or(dial.timeout).is_none();
        if dial.tls.as_deref().is_some_and(is_endless) {
            self.value("wait", "0");
        }
    }

    fn proxies(&mut self, last: Option<&Proxy>) {
        let mut chain = Vec::new();
        let mut next = last;
        while let Some(proxy) = next {
            chain.insert(0, proxy);
            next = proxy.via.as_deref();
        }
        self.switch_proxy_dns(&chain);
        if let [proxy] = chain.as_slice() {
            self.value("proxy-type", kind(proxy.kind));
            self.value("proxy", host_port(&proxy.host, proxy.port));
            match &proxy.user {
                Some((user, None)) => self.value("proxy-user", user),
                Some((user, password)) => {
                    self.value("proxy-auth", credentials(user, password.as_ref()));
                }
                None => {}
            }
            return;
        }
        for proxy in chain {
            let mut url = OsString::from(format!("{}://", kind(proxy.kind)));
            if let Some((user, password)) = &proxy.user {
                url.push(credentials(user, password.as_ref()));
                url.push("@");
            }
            url.push(host_port(&proxy.host, proxy.port));
            self.value("proxy", url);
        }
    }

    fn switch_proxy_dns(&mut self, chain: &[&Proxy]) {
        for (names, word) in [(ProxyNames::Here, "local"), (ProxyNames::HereOrThere, "both")] {
            if chain.iter().any(|proxy| proxy.names == names) {
                self.value("proxy-dns", word);
            }
        }
    }

    fn socket(&mut self, socket: &SocketOptions) {
        self.number("tos", socket.tos);
        self.number("ttl", socket.ttl);
        self.number("min-ttl", socket.min_ttl);
        self.number("receive-buffer", socket.receive_buffer.map(NonZeroU32::get));
        self.number("send-buffer", socket.send_buffer.map(NonZeroU32::get));
        self.switch_if(socket.md5_signature, "md5");
        self.switch_if(socket.debug, "debug-socket");
        self.switch_if(socket.broadcast, "broadcast");
        self.switch_if(socket.mptcp, "mptcp");
        if let Some(route) = &socket.source_route {
            let hops: Vec<&OsStr> = route.hops.iter().map(Host::as_os_str).collect();
            self.value("gateway", hops.join(OsStr::new(",")));
            self.number("pointer", Some(route.pointer).filter(|pointer| *pointer != 4));
        }
    }

    pub fn session(&mut self, session: &Session, timeout: Option<Duration>, program: bool) {
        self.time("wait", timeout);
        match (timeout, session.idle_timeout) {
            (timeout, idle) if timeout == idle => {}
            (_, idle) => self.value("idle-timeout", time(idle.unwrap_or_default())),
        }
        self.switch_if(!session.read_input && !program, "recv-only");
        self.after_input(session);
        self.switch_if(session.crlf, "crlf");
        self.switch_if(session.escapes, "escapes");
        self.switch_if(session.fill, "fill");
        self.switch_if(session.telnet.is_some(), "telnet");
        if let Some(edit) = session.edit {
            self.switch("edit");
            self.switch_if(!edit.history, "no-history");
        }
        if let Some(pace) = session.pace {
            let name = if pace.unit == PaceUnit::Line { "interval" } else { "delay" };
            self.value(name, time(pace.pause));
        }
        self.number("rate", session.rate);
        self.switch_if(session.sum, "sum");
        if let Some(kind) = session.lint {
            self.value("lint", kind.word());
        }
        for recording in &session.recordings {
            self.recording(recording);
        }
        self.switch_if(session.recordings.iter().any(|record| record.append), "append-output");
        self.number("receive-limit", session.receive_limit);
    }

    fn after_input(&mut self, session: &Session) {
        self.switch_if(!session.show_peer, "send-only");
        match session.after_input {
            AfterInput::HalfClose if !session.show_peer => self.value("quit-after", "-1"),
            AfterInput::Quit(after) if after.is_zero() && !session.show_peer => {}
            AfterInput::HalfClose | AfterInput::Linger(_) => {}
            AfterInput::StayOpen => self.switch_if(session.show_peer, "no-shutdown"),
            AfterInput::StayUntilIdle(idle) => {
                self.switch_if(session.show_peer, "no-shutdown");
                if session.idle_timeout.is_none() {
                    self.value("idle-timeout", time(idle));
                }
            }
            AfterInput::Quit(after) => self.value("quit-after", time(after)),
            AfterInput::Settle(_) => self.value("quit-after", "0"),
        }
    }

    fn recording(&mut self, recording: &Recording) {
        if recording.format == RecordFormat::HexTimed {
            return self.switch("hex");
        }
        let name = match recording.format {
            RecordFormat::HexNcat => "hex-dump",
            RecordFormat::Raw => "output",
            RecordFormat::Log => "log",
            RecordFormat::Packets => "pcap",
            RecordFormat::HexTraditional
            | RecordFormat::HexTimed
            | RecordFormat::HexGnu
            | RecordFormat::HexToybox
            | RecordFormat::HexToyboxStream => "hex-file",
        };
        match &recording.to {
            RecordTo::File(path) => self.value(name, path),
            RecordTo::Output | RecordTo::ErrorOutput => self.value(name, "-"),
        }
    }
}
