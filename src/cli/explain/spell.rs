//! From a plan back to a command line of the default face, in long names.
//!
//! [`nearest`] says what can be said, and leaves out what only another dialect can; whether that
//! was everything, its reader finds out by reading it back.

mod serving;
mod way;

use std::ffi::OsString;
use std::time::Duration;

use super::line::Line;
use super::spelled::{host_port, joined, long, time, unix_name};
use crate::event::{Colour, Reporting, VoiceName};
use crate::plan::{
    AfterInput, Attached, CertificateCheck, Command, Connect, PaceUnit, Plan, PortOrder, Program,
    ProgramErrors, RecordFormat, RecordTo, Recording, Remote, Scan, Session,
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
