//! Where a scenario is played: names, ports, the other side, and the record of what was seen.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::process::Signal;
use socket2::{Domain, SockAddr, Socket, Type};

use crate::common::peer::{self, Peer};
use crate::common::process::{Input, Output, Program, Running, called};
use crate::common::{DEADLINE, pattern};
use crate::scenario::{Family, In, Other, Out, Scenario, Step};

/// What one run has shown, with ports and paths replaced by their names.
#[derive(Debug, PartialEq)]
pub struct Seen {
    /// `None`: it still ran when the scenario was over.
    pub status: Option<String>,
    pub stdout: Vec<u8>,
    pub stderr: String,
    /// What the other side received, by connection or datagram, and what it noted.
    pub received: Vec<Vec<u8>>,
    pub notes: Vec<String>,
    /// Whether the stage's own file and living socket are untouched.
    pub kept: bool,
    /// What was left at `{path}` and `{own}`.
    pub left: Vec<&'static str>,
}

/// One run: what was seen, how long it took, and the program's own report.
pub struct Run {
    pub seen: Seen,
    pub lasted: Duration,
    pub report: String,
}

struct Stage {
    names: BTreeMap<&'static str, String>,
    directory: tempfile::TempDir,
    listener: Option<Socket>,
    #[expect(dead_code, reason = "sockets that only have to stay open")]
    props: Vec<Socket>,
    other: Other,
}

/// What may stand behind a port in a message.
const PUNCTUATION: [char; 6] = [' ', '\n', ',', ')', ':', '"'];

const KEPT: &str = "a file that stood here before\n";

impl Stage {
    fn new(other: Other) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let directory = tempfile::tempdir().expect("a directory");
        let path = |name: &str| directory.path().join(name).display().to_string();
        let mut names = BTreeMap::from([
            ("{dir}", path("")),
            ("{path}", path("socket")),
            ("{own}", path("own")),
            ("{file}", path("file")),
            ("{live}", path("live")),
            ("{stale}", path("stale")),
            ("{long}", path(&"x".repeat(120))),
        ]);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        names.insert(
            "{abstract}",
            format!("@nc-differential-{}-{number}", std::process::id()),
        );
        fs::write(&names["{file}"], KEPT).expect("a file");

        let mut props = Vec::new();
        for (name, alive) in [("{live}", true), ("{stale}", false)] {
            let socket = Socket::new(Domain::UNIX, Type::STREAM, None).expect("a socket");
            socket
                .bind(&SockAddr::unix(&names[name]).expect("a path"))
                .expect("a bound path");
            if alive {
                socket.listen(8).expect("a listener");
                props.push(socket);
            }
        }
        let (listener, around) = match other {
            Other::Listens(Family::Unix | Family::UnixDatagram) => {
                let kind = if other == Other::Listens(Family::Unix) {
                    Type::STREAM
                } else {
                    Type::DGRAM
                };
                let socket = peer::socket(Domain::UNIX, kind);
                socket
                    .bind(&SockAddr::unix(&names["{path}"]).expect("a path"))
                    .expect("bound");
                if kind == Type::STREAM {
                    socket.listen(8).expect("a listener");
                }
                (Some(socket), Vec::new())
            }
            Other::Listens(Family::Udp) => {
                let socket = peer::socket(Domain::IPV4, Type::DGRAM);
                socket.bind(&any_port(Domain::IPV4)).expect("a free port");
                (Some(socket), Vec::new())
            }
            Other::Listens(Family::Tcp6) => {
                let socket = peer::socket(Domain::IPV6, Type::STREAM);
                socket.bind(&any_port(Domain::IPV6)).expect("a free port");
                socket.listen(8).expect("a listener");
                (Some(socket), Vec::new())
            }
            _ => {
                let (socket, around) = between_refusing();
                (Some(socket), around)
            }
        };
        if let Some(port @ 1..) = listener.as_ref().map(peer::port_of) {
            names.insert("{port}", port.to_string());
            names.insert("{below}", (port - 1).to_string());
            names.insert("{above}", (port + 1).to_string());
        }
        props.extend(around);
        for (name, kind) in [("{closed}", Type::STREAM), ("{closed2}", Type::STREAM)] {
            let (socket, port) = peer::refusing(kind, 0).expect("a port");
            names.insert(name, port.to_string());
            props.push(socket);
        }
        // Closed for UDP is a port that nobody holds: a bound socket would take the datagram.
        let udp = Socket::new(Domain::IPV4, Type::DGRAM, None).expect("a socket");
        udp.bind(&any_port(Domain::IPV4)).expect("a port");
        names.insert("{udp-closed}", peer::port_of(&udp).to_string());
        drop(udp);

        let shared = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        shared.set_reuse_port(true).expect("SO_REUSEPORT");
        shared.bind(&any_port(Domain::IPV4)).expect("a port");
        shared.listen(8).expect("a listener");
        names.insert("{shared}", peer::port_of(&shared).to_string());
        props.push(shared);

        let (full, port) = peer::unanswering();
        names.insert("{full}", port.to_string());
        props.extend(full);
        names.insert("{free}", peer::free_port().to_string());
        Self {
            names,
            directory,
            listener,
            props,
            other,
        }
    }

    fn fill(&self, word: &str) -> String {
        self.names
            .iter()
            .fold(word.to_owned(), |word, (name, value)| {
                word.replace(name, value)
            })
    }

    /// Where the program listens: read from its own line where it says one, else known beforehand.
    fn listening_at(&self, args: &[String], program: &mut Running, family: Family) -> SockAddr {
        let path = match family {
            Family::Unix | Family::UnixDatagram => {
                let path = args.last().map_or("", String::as_str);
                Some(
                    path.strip_prefix('@')
                        .map_or(path.to_owned(), |name| format!("\0{name}")),
                )
            }
            _ => None,
        };
        let says = args
            .iter()
            .any(|word| word.starts_with('-') && word.contains('v'));
        if says {
            let start = match family {
                Family::Udp | Family::UnixDatagram => "Bound on ",
                _ => "Listening on ",
            };
            let line = program.wait_line(start);
            if let Some(path) = path {
                return SockAddr::unix(path).expect("a path");
            }
            let port = line
                .rsplit(' ')
                .next()
                .and_then(|word| word.parse::<u16>().ok());
            let port = port.unwrap_or_else(|| program.fail("no port in its own line"));
            return loopback(family, port);
        }
        match path {
            Some(path) => SockAddr::unix(path).expect("a path"),
            None => loopback(family, self.names["{free}"].parse().expect("a number")),
        }
    }

    /// Connects; a listener that is silent may still be on its way.
    fn call(program: &mut Running, family: Family, address: &SockAddr, own: &Path) -> Peer {
        let domain = match family {
            Family::Tcp | Family::Udp => Domain::IPV4,
            Family::Tcp6 => Domain::IPV6,
            Family::Unix | Family::UnixDatagram => Domain::UNIX,
        };
        let kind = match family {
            Family::Udp | Family::UnixDatagram => Type::DGRAM,
            _ => Type::STREAM,
        };
        for _ in 0..2000 {
            let socket = peer::socket(domain, kind);
            if family == Family::UnixDatagram {
                let _ = fs::remove_file(own);
                socket
                    .bind(&SockAddr::unix(own).expect("a path"))
                    .expect("a bound path");
            }
            match Peer::calling(socket, address) {
                Ok(peer) => return peer,
                Err(_) if program.wait_for(Duration::from_millis(5), Running::has_ended) => break,
                Err(_) => {}
            }
        }
        program.fail("it never listened")
    }
}

fn loopback(family: Family, port: u16) -> SockAddr {
    match family {
        Family::Tcp6 => std::net::SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, port)).into(),
        _ => std::net::SocketAddr::from(([127, 0, 0, 1], port)).into(),
    }
}

fn any_port(domain: Domain) -> SockAddr {
    loopback(
        if domain == Domain::IPV6 {
            Family::Tcp6
        } else {
            Family::Tcp
        },
        0,
    )
}

/// A listener with a refusing port on either side.
fn between_refusing() -> (Socket, Vec<Socket>) {
    for _ in 0..1000 {
        let socket = peer::socket(Domain::IPV4, Type::STREAM);
        socket.bind(&any_port(Domain::IPV4)).expect("a free port");
        socket.listen(64).expect("a listener");
        let port = peer::port_of(&socket);
        let around = [port.checked_sub(1), port.checked_add(1)];
        let held: io::Result<Vec<Socket>> = around
            .into_iter()
            .map(|port| peer::refusing(Type::STREAM, port.unwrap_or(1)).map(|(socket, _)| socket))
            .collect();
        if let Ok(held) = held {
            return (socket, held);
        }
    }
    panic!("no three ports in a row are free")
}

/// Plays `scenario` with `program`, called as `nc.openbsd`, and tells what was seen. A wait that is
/// not met within `patience` leaves the program `still running`.
pub fn play(scenario: &Scenario, program: &Path, patience: Duration) -> Run {
    let stage = Stage::new(scenario.other);
    let link = called(program, "nc.openbsd", stage.directory.path());
    let args: Vec<String> = scenario
        .args
        .split_whitespace()
        .map(|word| stage.fill(word))
        .collect();
    let mut made = Program::new(&link).args(&args).input(match scenario.input {
        In::Nothing | In::NoTerminal => Input::Null,
        In::Pipe => Input::Pipe,
        In::File(length) => Input::Regular(pattern(length)),
        In::Closed => Input::Closed,
    });
    made = made.output(match scenario.output {
        Out::Read => Output::Collected,
        Out::Held => Output::Held,
        Out::Full => Output::Full,
        Out::Gone => Output::Gone,
    });
    if matches!(scenario.input, In::NoTerminal) {
        made = made.without_terminal();
    }
    let mut actors = Actors {
        running: made.start(),
        at: None,
        peer: None,
        ports: Vec::new(),
        received: Vec::new(),
        notes: Vec::new(),
        patience,
        lost: Cell::new(false),
    };
    for step in scenario.steps {
        actors.act(&stage, &args, *step);
    }
    let Actors {
        mut running,
        peer,
        ports,
        received,
        notes,
        ..
    } = actors;
    let _ = running.wait_for(Duration::ZERO, Running::has_ended);
    let lasted = running.lasted();
    let report = running.report();
    drop(peer);
    let left = [("{path}", "{path}"), ("{own}", "{own}")]
        .into_iter()
        .filter(|(name, _)| fs::symlink_metadata(&stage.names[name]).is_ok())
        .map(|(_, name)| name)
        .collect();
    let live = fs::symlink_metadata(&stage.names["{live}"])
        .is_ok_and(|m| m.file_type().is_socket())
        && Socket::new(Domain::UNIX, Type::STREAM, None)
            .and_then(|s| s.connect(&SockAddr::unix(&stage.names["{live}"])?))
            .is_ok();
    let kept = live && fs::read_to_string(&stage.names["{file}"]).is_ok_and(|text| text == KEPT);
    let seen = Seen {
        status: running.status(),
        stdout: running.stdout.clone(),
        stderr: stage.normal(&link, &ports, &running.stderr),
        received,
        notes,
        kept,
        left,
    };
    Run {
        seen,
        lasted,
        report,
    }
}

impl Stage {
    /// Replaces what changes from run to run by its name.
    fn normal(&self, link: &Path, peers: &[u16], stderr: &[u8]) -> String {
        let mut text = String::from_utf8_lossy(stderr).into_owned();
        text = text.replace(&link.display().to_string(), "nc.openbsd");
        for name in [
            "{path}",
            "{own}",
            "{file}",
            "{live}",
            "{stale}",
            "{long}",
            "{abstract}",
            "{dir}",
        ] {
            text = text.replace(&self.names[name], name);
        }
        let mut numbers: Vec<(String, &str)> =
            peers.iter().map(|p| (p.to_string(), "{peer}")).collect();
        let ports = self
            .names
            .iter()
            .filter(|(_, value)| value.parse::<u16>().is_ok());
        numbers.extend(ports.map(|(name, value)| (value.clone(), *name)));
        let mut normal = String::new();
        for line in text.split_inclusive('\n') {
            // The port that the listener itself was given.
            let own = ["Listening on ", "Bound on "]
                .iter()
                .any(|start| line.starts_with(start));
            let last = line.trim_end().rsplit(' ').next().unwrap_or_default();
            let own = own && last.parse::<u16>().is_ok();
            for word in line.split_inclusive(PUNCTUATION) {
                let bare = word.trim_end_matches(PUNCTUATION);
                let name = if own && bare == last {
                    Some("{listening}")
                } else {
                    numbers
                        .iter()
                        .find(|(number, _)| number == bare)
                        .map(|(_, name)| *name)
                };
                // The name that mkdtemp makes up.
                let made_up = bare.strip_prefix("/tmp/nc-").and_then(|rest| rest.get(6..));
                match (name, made_up) {
                    (Some(name), _) => normal.push_str(&word.replacen(bare, name, 1)),
                    (None, Some(rest)) => {
                        normal.push_str("/tmp/nc-{made-up}");
                        normal.push_str(rest);
                        normal.push_str(&word[bare.len()..]);
                    }
                    (None, None) => normal.push_str(word),
                }
            }
        }
        normal
    }
}

/// Who acts on the stage, and what they noted.
struct Actors {
    running: Running,
    /// Where the program listens, once known.
    at: Option<SockAddr>,
    peer: Option<Peer>,
    ports: Vec<u16>,
    received: Vec<Vec<u8>>,
    notes: Vec<String>,
    patience: Duration,
    /// Patience was lost once: the rest of the waits is not worth it.
    lost: Cell<bool>,
}

impl Actors {
    fn act(&mut self, stage: &Stage, args: &[String], step: Step) {
        match step {
            Step::Meet => self.meet(stage, args),
            Step::Stranger(bytes) => self.stranger(stage, bytes),
            Step::Send(bytes) => self.send(bytes),
            Step::SendMany(length) => self.send(&pattern(length)),
            Step::Receive(length) => self.receive(length),
            Step::ReceiveAll => {
                if let Some((bytes, orderly)) = self.peer.as_mut().map(Peer::receive_all) {
                    self.note_received(&bytes);
                    self.notes
                        .push(if orderly { "end" } else { "no end" }.into());
                }
            }
            Step::Quiet => {
                let quiet = self
                    .peer
                    .as_mut()
                    .is_some_and(|p| p.is_quiet(Duration::from_millis(300)));
                self.notes
                    .push(if quiet { "quiet" } else { "not quiet" }.into());
            }
            Step::HalfClose => self.peer.iter().for_each(Peer::half_close),
            Step::Close => self.peer = None,
            Step::Reset => self.peer.take().into_iter().for_each(Peer::reset),
            Step::Feed(bytes) => self.running.feed(bytes),
            Step::EndInput => self.running.end_input(),
            Step::ReadOutput => self.running.read_output(),
            Step::Shown(length) => self.wait("shown", |p| p.stdout.len() >= length),
            Step::Says(start) => {
                self.wait(start, |p| {
                    String::from_utf8_lossy(&p.stderr)
                        .lines()
                        .any(|line| line.starts_with(start))
                });
            }
            Step::Stays(milliseconds) => {
                let limit = Duration::from_millis(milliseconds);
                let gone = self.running.wait_for(limit, Running::has_ended);
                self.notes.push(if gone { "gone" } else { "stays" }.into());
            }
            Step::Signal(number) => {
                let signal = Signal::from_named_raw(number).expect("a signal");
                self.running.signal(signal);
            }
            Step::Ends => self.wait("ends", Running::has_ended),
        }
    }

    fn meet(&mut self, stage: &Stage, args: &[String]) {
        self.peer = None;
        let met = match stage.other {
            Other::Nobody => return,
            Other::Listens(_) => stage.listener.as_ref().map(Peer::met_by),
            Other::Calls(family) => {
                if self.at.is_none() {
                    self.at = Some(stage.listening_at(args, &mut self.running, family));
                }
                let own = stage.directory.path().join("caller");
                self.at
                    .as_ref()
                    .map(|at| Ok(Stage::call(&mut self.running, family, at, &own)))
            }
        };
        match met {
            Some(Ok(peer)) => {
                self.ports.push(peer.port());
                if !peer.datagrams() {
                    self.received.push(Vec::new());
                }
                self.peer = Some(peer);
            }
            Some(Err(error)) => self.notes.push(format!("nobody came: {}", error.kind())),
            None => {}
        }
    }

    fn stranger(&self, stage: &Stage, bytes: &[u8]) {
        let Other::Calls(family @ Family::Udp) = stage.other else {
            return;
        };
        let socket = peer::socket(Domain::IPV4, Type::DGRAM);
        if let Some(at) = &self.at {
            let _ = (family, socket.send_to(bytes, at));
        }
    }

    fn send(&mut self, bytes: &[u8]) {
        let failed = self
            .peer
            .as_mut()
            .is_some_and(|peer| peer.send(bytes).is_err());
        if failed {
            self.notes.push("could not send".into());
        }
    }

    fn receive(&mut self, length: usize) {
        match self.peer.as_mut().map(|peer| peer.receive(length)) {
            Some(Ok(bytes)) => self.note_received(&bytes),
            Some(Err(error)) => self
                .notes
                .push(format!("nothing received: {}", error.kind())),
            None => {}
        }
    }

    fn note_received(&mut self, bytes: &[u8]) {
        match self.received.last_mut() {
            Some(last) if self.peer.as_ref().is_some_and(|p| !p.datagrams()) => last.extend(bytes),
            _ => self.received.push(bytes.to_vec()),
        }
    }

    fn wait(&mut self, what: &str, met: impl Fn(&Running) -> bool) {
        let patience = if self.lost.get() {
            Duration::ZERO
        } else {
            self.patience
        };
        if !self.running.wait_for(patience, met) {
            self.lost.set(true);
            self.notes.push(format!("in vain: {what}"));
        }
    }
}

/// Patience for a run that must get to its end.
pub const PATIENT: Duration = DEADLINE;
/// Patience for a run of the original that is known to stand still.
pub const SHORT: Duration = Duration::from_secs(3);
