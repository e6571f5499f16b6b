//! Where a scenario is played: names, ports, the other side, and the record of what was seen.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use socket2::{Domain, SockAddr, Socket, Type};

use crate::actors::Actors;
use crate::common::peer;
use crate::common::process::{Input, Output, Program, called};
use crate::common::running::Running;
use crate::common::{DEADLINE, pattern};
use crate::original::Original;
use crate::scenario::{Family, In, Other, Out, Scenario};
use crate::words;

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
    /// What is in `{log}`, if there is such a file.
    pub log: Option<Vec<u8>>,
    /// What was left at `{path}` and `{own}`.
    pub left: Vec<&'static str>,
}

/// One run: what was seen, how long it took, and the program's own report.
pub struct Run {
    pub seen: Seen,
    pub lasted: Duration,
    pub report: String,
}

pub struct Stage {
    pub names: BTreeMap<&'static str, String>,
    pub directory: tempfile::TempDir,
    pub listener: Option<Socket>,
    #[expect(dead_code, reason = "sockets that only have to stay open")]
    props: Vec<Socket>,
    pub other: Other,
    /// The program's words, before names are filled in.
    asked: [&'static str; 2],
}

const KEPT: &str = "a file that stood here before\n";

impl Stage {
    fn new(scenario: &Scenario) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let other = scenario.other;
        let directory = tempfile::tempdir().expect("a directory");
        let path = |name: &str| directory.path().join(name).display().to_string();
        let mut names = BTreeMap::from([
            ("{dir}", path("")),
            ("{path}", path("socket")),
            ("{own}", path("own")),
            ("{file}", path("file")),
            ("{live}", path("live")),
            ("{stale}", path("stale")),
            ("{log}", path("log")),
            ("{given}", path("given")),
            ("{long}", path(&"x".repeat(120))),
        ]);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        names.insert("{abstract}", format!("@nc-differential-{}-{number}", std::process::id()));
        fs::write(&names["{file}"], KEPT).expect("a file");
        fs::write(&names["{given}"], scenario.given).expect("a file");

        let mut props = Vec::new();
        for (name, alive) in [("{live}", true), ("{stale}", false)] {
            let socket = Socket::new(Domain::UNIX, Type::STREAM, None).expect("a socket");
            socket.bind(&SockAddr::unix(&names[name]).expect("a path")).expect("a bound path");
            if alive {
                socket.listen(8).expect("a listener");
                props.push(socket);
            }
        }
        let (listener, around) = match other {
            Other::Listens(Family::Unix | Family::UnixDatagram) => {
                let kind =
                    if other == Other::Listens(Family::Unix) { Type::STREAM } else { Type::DGRAM };
                let socket = peer::socket(Domain::UNIX, kind);
                socket.bind(&SockAddr::unix(&names["{path}"]).expect("a path")).expect("bound");
                if kind == Type::STREAM {
                    socket.listen(8).expect("a listener");
                }
                (Some(socket), Vec::new())
            }
            Other::Listens(Family::Udp) => {
                (Some(at_any_port(Domain::IPV4, Type::DGRAM)), Vec::new())
            }
            Other::Listens(Family::Tcp6) => {
                let socket = at_any_port(Domain::IPV6, Type::STREAM);
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
        names.insert("{udp-closed}", undealt_port().to_string());

        let shared = peer::unnamed(|| {
            let shared = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
            shared.set_reuse_port(true).expect("SO_REUSEPORT");
            shared.bind(&any_port(Domain::IPV4)).expect("a port");
            shared
        });
        shared.listen(8).expect("a listener");
        names.insert("{shared}", peer::port_of(&shared).to_string());
        props.push(shared);

        let (full, port) = peer::unanswering();
        names.insert("{full}", port.to_string());
        props.extend(full);
        // Nobody else is given the port of a socket that is bound, but who asks for that port and
        // shares its address gets it.
        let (free, port) = reserved(other);
        names.insert("{free}", port.to_string());
        props.extend(free);
        let asked = [scenario.args, scenario.given];
        Self { names, directory, listener, props, other, asked }
    }

    /// Whether the program was given this name of ours.
    pub fn gave(&self, name: &str) -> bool {
        self.asked.iter().any(|words| words.contains(name))
    }

    pub fn fill(&self, word: &str) -> String {
        self.names.iter().fold(word.to_owned(), |word, (name, value)| word.replace(name, value))
    }
}

/// The address of a port on loopback, in the family's own version of IP.
pub fn loopback(family: Family, port: u16) -> SockAddr {
    match family {
        Family::Tcp6 => std::net::SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, port)).into(),
        _ => std::net::SocketAddr::from(([127, 0, 0, 1], port)).into(),
    }
}

fn any_port(domain: Domain) -> SockAddr {
    loopback(if domain == Domain::IPV6 { Family::Tcp6 } else { Family::Tcp }, 0)
}

/// A socket at a free port, for a peer to be.
fn at_any_port(domain: Domain, kind: Type) -> Socket {
    peer::unnamed(|| {
        let socket = peer::socket(domain, kind);
        socket.bind(&any_port(domain)).expect("a free port");
        socket
    })
}

/// A port for the program to take. Where it listens for streams, a socket holds the port that shares
/// it with who asks for it by number. Datagrams would go to such a socket, and who calls from a port
/// may not share it: those get one that the kernel deals out to nobody.
fn reserved(other: Other) -> (Option<Socket>, u16) {
    let listens_for_streams =
        matches!(other, Other::Calls(_)) && other != Other::Calls(Family::Udp);
    if !listens_for_streams {
        return (None, undealt_port());
    }
    let socket = peer::unnamed(|| {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        socket.set_reuse_address(true).expect("SO_REUSEADDR");
        socket.bind(&any_port(Domain::IPV4)).expect("a free port");
        socket
    });
    let port = peer::port_of(&socket);
    (Some(socket), port)
}

/// A free port below those that the kernel deals out by itself.
fn undealt_port() -> u16 {
    loop {
        let number = RandomState::new().build_hasher().finish() % 16000;
        let port = 16384 + u16::try_from(number).expect("a small number");
        let everywhere = std::net::SocketAddr::from((std::net::Ipv4Addr::UNSPECIFIED, port));
        let free = [Type::STREAM, Type::DGRAM].into_iter().all(|kind| {
            let socket = Socket::new(Domain::IPV4, kind, None).expect("a socket");
            socket.bind(&everywhere.into()).is_ok()
        });
        if free && !peer::is_named(port) {
            return port;
        }
    }
}

/// A listener with a refusing port on either side.
fn between_refusing() -> (Socket, Vec<Socket>) {
    for _ in 0..1000 {
        let socket = at_any_port(Domain::IPV4, Type::STREAM);
        socket.listen(64).expect("a listener");
        let port = peer::port_of(&socket);
        let around = [port.checked_sub(1), port.checked_add(1)];
        let held: io::Result<Vec<Socket>> = around
            .into_iter()
            .map(|port| peer::refusing(Type::STREAM, port.unwrap_or(1)).map(|(socket, _)| socket))
            .collect();
        if let Ok(held) = held
            && !held.iter().map(peer::port_of).any(peer::is_named)
        {
            return (socket, held);
        }
    }
    panic!("no three ports in a row are free")
}

/// Plays `scenario` with `program`, called by the original's name, and tells what was seen. A wait
/// that is not met within `patience` leaves the program `still running`; where it runs on in any
/// case, it has as long to say what is `expected` on stdout and on stderr.
pub fn play(
    scenario: &Scenario,
    original: &'static Original,
    program: &Path,
    patience: Duration,
    expected: impl Fn(&[u8], &str) -> bool,
) -> Run {
    let stage = Stage::new(scenario);
    let link = called(program, original.argv0, stage.directory.path());
    let args: Vec<String> =
        words::split(scenario.args).iter().map(|word| stage.fill(word)).collect();
    let mut made =
        Program::new(&link).args(original.applet).args(&args).input(match scenario.input {
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
    for (name, value) in original.env.iter().chain(scenario.env) {
        made = made.env(name, stage.fill(value));
    }
    let mut actors = Actors::around(made.start(), original, patience);
    for step in scenario.steps {
        actors.act(&stage, &args, *step);
    }
    let Actors { mut running, peers, ports, received, notes, .. } = actors;
    let normal = |bytes: Vec<u8>| stage.normal_bytes(original, &ports, bytes);
    let stderr = |run: &Running| stage.normal(original, &link, &ports, &run.stderr);
    let _ = running.wait_for(Duration::ZERO, Running::has_ended);
    if !running.has_ended() {
        let met = |run: &Running| expected(&normal(run.stdout.clone()), &stderr(run));
        let _ = running.wait_for(patience, met);
    }
    let lasted = running.lasted();
    let report = running.report();
    drop(peers);
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
        stdout: normal(running.stdout.clone()),
        stderr: stderr(&running),
        received: received.into_iter().map(normal).collect(),
        notes,
        kept,
        log: fs::read(&stage.names["{log}"]).ok().map(normal),
        left,
    };
    Run { seen, lasted, report }
}

/// Patience for a run that must get to its end.
pub const PATIENT: Duration = DEADLINE;
/// Patience for a run of the original that is known to stand still.
pub const SHORT: Duration = Duration::from_secs(3);
