//! A datagram socket that locks on to nobody: what anybody sends is written out, and what we send
//! goes to whoever spoke last.
//!
//! It has no end, so `-q`, `-w` and `-W`, which say when to leave, say nothing here.

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use rustix::net::{SocketAddrAny, SocketAddrUnix};
use tokio::time::{Instant, sleep};

use super::access::{Guard, Verdict};
use super::door;
use super::entrance::{self, Patience};
use super::refusals::Refusals;
use crate::endpoint::Stream;
use crate::endpoint::stdio::{self, Input};
use crate::endpoint::unix;
use crate::event::{Error, Event, Failure, Observer, Peer};
use crate::layer::{Recorder, Screen, Stages};
use crate::plan::{Listen, Local, Transport, UnixKind};
use crate::relay::{Account, Meter, Outlet, Terms, datagram};
use crate::sys::fd::Fd;

/// How long one that takes nothing may hold up who spoke after it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Hears everybody who is let in, for ever.
pub async fn hear(
    listen: &Listen,
    md5_key: Option<&[u8]>,
    observer: &dyn Observer,
) -> Result<(), Error> {
    let output = stdio::shown(&listen.session, false)?;
    let input = stdio::input(&listen.session)?;
    let Some(out) = output.fd() else {
        return Ok(());
    };
    Terms::kept(&listen.session, observer, async |terms| {
        hear_on(listen, md5_key, &input, &out, &terms).await
    })
    .await
}

async fn hear_on(
    listen: &Listen,
    md5_key: Option<&[u8]>,
    input: &Input,
    out: &Rc<Fd>,
    terms: &Terms<'_>,
) -> Result<(), Error> {
    let observer = terms.observer;
    let guard = Guard::open(&listen.access, listen.numeric).await?;
    let room = Room {
        ears: Ears::open(listen, md5_key, observer).await?,
        guard,
        numeric: listen.numeric,
        patience: Patience::new(listen.accept_timeout),
        last: RefCell::new(None),
        refusals: Refusals::new(observer),
        observer,
        sent: Meter::default(),
        heard: Meter::default(),
    };
    let name = room.ears.name();
    if let Some(recorder) = &terms.recorder {
        room.ears.show_to(recorder);
    }
    let hearing = async {
        let each = (0..room.ears.sockets.len()).map(|index| room.receive(index, out, terms));
        door::first(each).await
    };
    let recording = async {
        match &terms.recorder {
            Some(recorder) => recorder.failure().await,
            None => pending().await,
        }
    };
    tokio::select! {
        biased; // who spoke last is known before we speak
        error = hearing => Err(error),
        error = room.speak(input, terms) => Err(error),
        error = room.patience.end() => Err(error),
        error = recording => Err(error),
        never = room.tell(&name) => match never {},
    }
}

/// Bound datagram sockets.
pub struct Ears {
    /// The sockets.
    pub sockets: Vec<Fd>,
    addresses: Vec<SocketAddr>,
    /// A path of our own is removed with this, which lives as long as we hear.
    _path: Option<unix::OwnPath>,
}

impl Ears {
    /// Binds what the plan names.
    pub async fn open(
        listen: &Listen,
        md5_key: Option<&[u8]>,
        observer: &dyn Observer,
    ) -> Result<Self, Error> {
        match &listen.local {
            Local::Inet { transport, .. } => {
                let bound = door::bind(listen, *transport, md5_key, observer).await?;
                let addresses = bound.iter().map(|bound| bound.address).collect();
                let sockets = bound.into_iter().map(|bound| bound.fd).collect();
                Ok(Self { sockets, addresses, _path: None })
            }
            Local::Vsock { .. } => Err(Error::Unsupported {
                what: "vsock",
                error: std::io::Error::from_raw_os_error(libc::EAFNOSUPPORT),
            }),
            Local::Unix { kind, name } => {
                let listener = unix::listen(*kind, name)?;
                observer.observe(&Event::Bound(listener.peer()));
                let (fd, path) = listener.into_parts();
                Ok(Self { sockets: vec![fd], addresses: Vec::new(), _path: path })
            }
        }
    }

    /// What they are called together.
    fn name(&self) -> Peer {
        match self.addresses.first() {
            Some(address) => {
                Peer::Inet { transport: Transport::Udp, host: None, address: *address }
            }
            None => Peer::Unix { kind: UnixKind::Datagram, name: None },
        }
    }

    /// Has the packets of all of them written down, where packets are.
    pub fn show_to(&self, recorder: &Recorder) {
        for (index, socket) in self.sockets.iter().enumerate() {
            recorder.watch_everybody(socket, self.address(index));
        }
    }

    /// The address of one of them, where it has one.
    pub fn address(&self, index: usize) -> Option<SocketAddr> {
        self.addresses.get(index).copied()
    }
}

/// Everybody who is heard.
struct Room<'a> {
    ears: Ears,
    guard: Guard,
    numeric: bool,
    patience: Patience,
    /// Who spoke last, and on which socket.
    last: RefCell<Option<(usize, SocketAddrAny)>>,
    refusals: Refusals<&'a dyn Observer>,
    observer: &'a dyn Observer,
    sent: Meter,
    heard: Meter,
}

impl Room<'_> {
    /// Says how it goes, all together, whenever somebody wants to know.
    async fn tell(&self, name: &Peer) -> Infallible {
        let Some(asker) = self.observer.asker() else {
            return pending().await;
        };
        let account = Account {
            peer: name,
            link: None,
            up: &self.sent,
            down: &self.heard,
            started: Instant::now(),
            expected: None,
        };
        account.tell(asker, self.observer).await
    }

    async fn receive(&self, index: usize, out: &Rc<Fd>, terms: &Terms<'_>) -> Error {
        let socket = &self.ears.sockets[index];
        let session = terms.session.clone().with_anybody();
        let mut stages = Stages::incoming(&session, &terms.witnesses(), &Rc::default())
            .at(Screen::of(&session, out, self.observer.cursor()));
        let out = Stream::Plain(Rc::clone(out));
        let mut outlet = Outlet::new(&out, &mut stages, &self.heard);
        let mut buffer = vec![0; datagram::LARGEST];
        let mut changed = Vec::new();
        loop {
            let arrived = match socket.receive_whole(&mut buffer).await {
                Ok(arrived) => arrived,
                // somebody whom we answered is gone; the others are not
                Err(error) if Failure::of_network(&error) != Failure::Other => continue,
                Err(error) => return Error::Accept(error),
            };
            match self.admits(index, arrived.sender.clone()).await {
                Ok(true) => {}
                Ok(false) => continue,
                Err(error) => return error,
            }
            let heard = arrived.take();
            let count = heard.len();
            let bytes = stages.pass(heard, &mut changed).await;
            if !session.show_peer {
                self.heard.gave(count);
                continue;
            }
            if let Err(error) = shown(bytes, &mut outlet, &stages).await {
                return Error::Output { error, undelivered: count as u64 };
            }
        }
    }

    /// Whether this sender is heard; it is then who spoke last.
    async fn admits(&self, index: usize, sender: Option<SocketAddrAny>) -> Result<bool, Error> {
        let known = |last: &Option<(usize, SocketAddrAny)>| {
            last.as_ref().is_some_and(|(_, before)| Some(before) == sender.as_ref())
        };
        if known(&self.last.borrow()) {
            return Ok(true);
        }
        let peer = match &sender {
            Some(sender) => peer(sender),
            None => Peer::Unix { kind: UnixKind::Datagram, name: None },
        };
        match self.guard.judge(&peer) {
            Verdict::Admitted => {
                self.patience.is_over();
                if let Some(sender) = sender {
                    self.observer.observe(&Event::Heard(peer));
                    self.last.replace(Some((index, sender)));
                }
                Ok(true)
            }
            Verdict::Refused(reason) => {
                self.refusals.note(peer, reason);
                Ok(false)
            }
            Verdict::Wrong => {
                let local = self.ears.address(index);
                Err(entrance::wrong(peer, local, self.numeric, self.observer).await)
            }
        }
    }

    /// Sends our input to whoever spoke last. Before anybody spoke, it is not read. Comes back only
    /// where reading fails: after the end of our input, we go on hearing.
    async fn speak(&self, input: &Input, terms: &Terms<'_>) -> Error {
        let Some(from) = input.fd() else {
            return pending().await;
        };
        let size = terms.session.datagram_size;
        let mut stages = Stages::outgoing(terms.session, &terms.witnesses());
        let mut buffer = vec![0; size];
        let mut changed = Vec::new();
        loop {
            // both halves are one task: each datagram that is heard makes us look here
            poll_fn(|_| if self.last.borrow().is_some() { Poll::Ready(()) } else { Poll::Pending })
                .await;
            let count = match from.read(&mut buffer).await {
                Ok(0) => return pending().await,
                Ok(count) => count,
                Err(error) => return Error::Input(error),
            };
            let bytes = stages.pass(&buffer[..count], &mut changed).await;
            for message in datagram::messages(bytes, size, stages.cuts_lines()) {
                stages.pause_before(message.len()).await;
                self.answer(message).await;
                stages.pause_after().await;
            }
        }
    }

    /// Comes back some time after somebody else than this one spoke, who is not to wait for ever
    /// for one that does not read.
    async fn somebody_else(&self, than: &SocketAddrAny) {
        // both halves are one task: each datagram that is heard makes us look here
        poll_fn(|_| match &*self.last.borrow() {
            Some((_, last)) if last != than => Poll::Ready(()),
            _ => Poll::Pending,
        })
        .await;
        sleep(PATIENCE).await;
    }

    /// To whoever spoke last. Where that fails, it is between us and that one alone.
    async fn answer(&self, message: &[u8]) {
        let to = self.last.borrow().clone();
        let Some((index, to)) = to else {
            return;
        };
        let sent = tokio::select! {
            biased;
            sent = self.ears.sockets[index].send_to(message, &to) => sent,
            () = self.somebody_else(&to) => Err(std::io::ErrorKind::TimedOut.into()),
        };
        if sent.is_ok() {
            self.sent.gave(message.len());
        }
        if let Err(error) = sent {
            let error = Error::Connection { error, undelivered: message.len() as u64 };
            self.observer.observe(&Event::ClientFailed { peer: peer(&to), error });
        }
    }
}

/// Writes a datagram out, with the pauses that the plan asks for.
async fn shown(datagram: &[u8], outlet: &mut Outlet<'_>, stages: &Stages) -> std::io::Result<()> {
    for piece in stages.pieces(datagram) {
        stages.pause_before(piece.len()).await;
        outlet.write_all(piece).await?;
        stages.pause_after().await;
    }
    outlet.finish().await
}

/// Who it is, for messages.
pub fn peer(sender: &SocketAddrAny) -> Peer {
    if let Ok(address) = SocketAddr::try_from(sender.clone()) {
        return Peer::Inet { transport: Transport::Udp, host: None, address };
    }
    let unix = SocketAddrUnix::try_from(sender.clone()).ok();
    let name = unix.as_ref().and_then(unix::name_of);
    Peer::Unix { kind: UnixKind::Datagram, name }
}
