//! The way through proxies: SOCKS 4, 4a and 5, HTTP CONNECT, one or a chain of any of them.
//!
//! A proxy of a chain is reached through the tunnel that the one before it opened. The codecs are
//! in `proto`; here they are fed from a socket, never one byte beyond the proxy's answer, so that
//! what the target sends early stays where the relay finds it.

mod leg;

use std::cell::Cell;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;

use tokio::time::Instant;

use crate::endpoint::inet::{self, Means};
use crate::endpoint::{Link, Stream};
use crate::event::{Error, Event, Observer, Peer, ProxyReason, ProxyStep, Target};
use crate::layer::Recorder;
use crate::net::lookup;
use crate::plan::{Dial, Family, Host, Proxy, ProxyKind, ProxyNames, Transport};
use crate::proto::direction::Direction;
use crate::proto::head::{Head, Response};
use crate::proto::socks5::{Credentials, Progress, Socks5Error};
use crate::proto::step::{Fed, Step};
use crate::proto::{digest, socks4, socks5, target};

use leg::{Leg, Scheme};

/// The most read at once: heads are small.
const READ: usize = 4096;

/// How often a proxy may refuse a password that was asked for at the terminal.
const TRIES: u32 = 3;

/// What is under way where the deadline passes.
const ANSWER: &str = "the proxy's answer";
const LOOKUP: &str = "name lookup";

/// Connects to the proxy, through those before it, and has it open the way to the target, all
/// within the deadline.
pub async fn connect(
    target: &Target,
    proxy: &Proxy,
    means: Means<'_>,
    recorder: Option<&Recorder>,
    observer: &dyn Observer,
) -> Result<Link, Error> {
    let chain = Chain { recorder, ..Chain::new(target, proxy, means, observer) };
    let opening = chain.open(chain.legs.len() - 1);
    match means.deadline {
        None => opening.await,
        Some(deadline) => {
            tokio::time::timeout_at(deadline, opening).await.unwrap_or_else(|_| Err(chain.late()))
        }
    }
}

/// Names are looked up here, not by the proxy: in which family. `None` where the proxy does it.
pub fn looks_up_here(proxy: &Proxy, dial: &Dial) -> Option<Family> {
    let here = proxy.names != ProxyNames::There;
    match proxy.kind {
        ProxyKind::Socks4 => Some(Family::V4),
        ProxyKind::Socks4a => here.then_some(Family::V4),
        ProxyKind::Socks5 | ProxyKind::HttpConnect => here.then_some(dial.family),
    }
}

struct Chain<'a> {
    /// The nearest proxy first; at least one.
    legs: Vec<Leg<'a>>,
    means: Means<'a>,
    recorder: Option<&'a Recorder>,
    observer: &'a dyn Observer,
    /// Which proxy is being asked, and what is waited for.
    stage: Cell<(usize, &'static str)>,
}

type Opening<'a> = Pin<Box<dyn Future<Output = Result<Link, Error>> + 'a>>;

impl<'a> Chain<'a> {
    fn new(target: &Target, last: &'a Proxy, means: Means<'a>, observer: &'a dyn Observer) -> Self {
        let mut legs = vec![Leg::new(last, target.clone())];
        let mut behind = last;
        while let Some(proxy) = &behind.via {
            legs.push(Leg::new(proxy, place(behind, target.numeric)));
            behind = proxy;
        }
        legs.reverse();
        Self { legs, means, recorder: None, observer, stage: Cell::new((0, ANSWER)) }
    }

    /// The deadline has passed.
    fn late(&self) -> Error {
        let (index, during) = self.stage.get();
        Error::TimedOut { target: self.legs[index].to.clone(), during }
    }

    /// A connection to the proxy itself.
    async fn reach(&self, index: usize) -> Result<Link, Error> {
        let link = if let Some(before) = index.checked_sub(1) {
            self.open(before).await?
        } else {
            let first = &self.legs[index];
            let proxy = place(first.proxy, first.to.numeric);
            let link = inet::connect(&proxy, self.means, self.observer).await.map_err(of_proxy)?;
            if let Some(recorder) = self.recorder {
                recorder.watch(&link, Direction::Sent);
            }
            link
        };
        self.stage.set((index, ANSWER));
        self.step(index, ProxyStep::Reached(straight(index, &link)));
        Ok(link)
    }

    fn step(&self, index: usize, step: ProxyStep) {
        let Proxy { host, port, kind, .. } = self.legs[index].proxy;
        let (proxy, port, kind) = (host.clone(), *port, *kind);
        self.observer.observe(&Event::ProxyStep { proxy, port, kind, step });
    }

    /// It is asked for the way now.
    fn asking(&self, index: usize, to: &target::Target) {
        let target = self.legs[index].to.clone();
        let looked_up = looked_up(&target, to);
        self.step(index, ProxyStep::Asking { target, looked_up });
    }

    /// A connection to where the proxy leads.
    fn open(&self, index: usize) -> Opening<'_> {
        Box::pin(async move {
            let to = self.asked(index).await?;
            match self.legs[index].proxy.kind {
                ProxyKind::Socks4 | ProxyKind::Socks4a => self.socks4(index, &to).await,
                ProxyKind::Socks5 => self.socks5(index, &to).await,
                ProxyKind::HttpConnect => self.http_connect(index, &to).await,
            }
        })
    }

    /// What the proxy is asked for: a name that it looks up, or an address.
    async fn asked(&self, index: usize) -> Result<target::Target, Error> {
        let leg = &self.legs[index];
        let Target { host, port, numeric, .. } = &leg.to;
        let named =
            || target::Target::new(host.as_bytes(), *port).map_err(|error| leg.refuse(error));
        let Some(family) = looks_up_here(leg.proxy, self.means.dial) else {
            return named();
        };
        self.stage.set((index, LOOKUP));
        let asked = lookup::lookup(host, *port, family, *numeric).await;
        self.stage.set((index, ANSWER));
        let found = match asked {
            Ok(found) => found,
            Err(Error::Lookup { .. }) if leg.proxy.names == ProxyNames::HereOrThere => {
                return named();
            }
            Err(Error::Lookup { reason, .. }) => {
                let host = host.clone();
                return Err(leg.refuse(ProxyReason::Lookup { host, port: *port, reason }));
            }
            Err(other) => return Err(other),
        };
        match found.first() {
            Some(address) => Ok(target::Target::Ip(address.ip(), *port)),
            None => named(),
        }
    }

    fn opened(
        &self,
        index: usize,
        link: Link,
        to: &target::Target,
        authenticated: bool,
        since: Instant,
    ) -> Link {
        let leg = &self.legs[index];
        self.observer.observe(&Event::ProxyOpened {
            proxy: leg.proxy.host.clone(),
            port: leg.proxy.port,
            kind: leg.proxy.kind,
            address: straight(index, &link),
            target: leg.to.clone(),
            looked_up: looked_up(&leg.to, to),
            authenticated,
            took: since.elapsed(),
        });
        link
    }

    async fn socks4(&self, index: usize, to: &target::Target) -> Result<Link, Error> {
        let leg = &self.legs[index];
        let request = socks4::request(to, leg.user().unwrap_or_default())
            .map_err(|error| leg.refuse(error))?;
        let link = self.reach(index).await?;
        let since = Instant::now();
        self.asking(index, to);
        let mut reply = socks4::Reply::default();
        handshake(link.stream(), request, |bytes| reply.feed(bytes))
            .await
            .map_err(|reason| leg.refuse(reason))?;
        Ok(self.opened(index, link, to, false, since))
    }

    async fn socks5(&self, index: usize, to: &target::Target) -> Result<Link, Error> {
        let leg = &self.legs[index];
        let credentials = match leg.user() {
            None => None,
            Some(user) => {
                let password = leg.password(user).await?;
                Some(Credentials::new(user, &password).map_err(|error| leg.refuse(error))?)
            }
        };
        let mut client = socks5::Client::new(to, credentials);
        let link = self.reach(index).await?;
        let since = Instant::now();
        handshake(link.stream(), client.start(), |bytes| {
            let before = client.progress();
            let fed = client.feed(bytes)?;
            let now = client.progress();
            if before == Progress::Greeting && now != before {
                let wanted = now == Progress::Authenticating;
                self.step(index, ProxyStep::Authentication { wanted });
            }
            if now == Progress::Asking && now != before {
                self.asking(index, to);
            }
            Ok::<_, Socks5Error>(fed)
        })
        .await
        .map_err(|reason| leg.refuse(reason))?;
        Ok(self.opened(index, link, to, client.authenticated(), since))
    }

    /// A password is shown only after the proxy asked for it, on a new connection: in the answer
    /// to a Digest challenge where there is one that can be answered, else by Basic.
    async fn http_connect(&self, index: usize, to: &target::Target) -> Result<Link, Error> {
        let leg = &self.legs[index];
        let mut refused = 0;
        let mut asked = false;
        // a nonce may have grown too old, or be good for one connection, and the password right
        let mut renewed = false;
        let worked_before = leg.knows_scheme();
        loop {
            let shown = leg.knows_scheme();
            let request = leg.connect_request(to).await?;
            let link = self.reach(index).await?;
            let since = Instant::now();
            if !asked {
                self.asking(index, to);
                asked = true;
            }
            let mut head = Head::default();
            let response = handshake(link.stream(), request, |bytes| head.feed(bytes))
                .await
                .map_err(|reason| leg.refuse(reason))?;
            if response.is_tunnel() {
                return Ok(self.opened(index, link, to, shown, since));
            }
            let challenge = response.digest();
            let stale = challenge.as_ref().is_some_and(digest::Challenge::is_stale);
            let scheme = match challenge {
                Some(challenge) => Scheme::Digest { challenge, answered: 0 },
                None if response.offers_basic() => Scheme::Basic,
                None => return Err(refusal(leg, response)),
            };
            if leg.user().is_none() {
                return Err(refusal(leg, response));
            }
            if shown && !renewed && (stale || worked_before) {
                renewed = true;
            } else if shown {
                refused += 1;
                if refused == TRIES || leg.has_password() {
                    return Err(leg.refuse(ProxyReason::TooManyAuthenticationFailures));
                }
                leg.forget_password();
            }
            leg.use_scheme(scheme);
        }
    }
}

/// Where a proxy is.
fn place(proxy: &Proxy, numeric: bool) -> Target {
    Target { host: proxy.host.clone(), port: proxy.port, transport: Transport::Tcp, numeric }
}

/// It was the proxy's name that was looked up.
fn of_proxy(mut error: Error) -> Error {
    if let Error::Lookup { to_proxy, .. } = &mut error {
        *to_proxy = true;
    }
    error
}

/// The address of a proxy that is connected straight.
fn straight(index: usize, link: &Link) -> Option<SocketAddr> {
    match link.peer() {
        Peer::Inet { address, .. } if index == 0 => Some(*address),
        _ => None,
    }
}

/// The address that is asked for in place of a name.
fn looked_up(target: &Target, to: &target::Target) -> Option<IpAddr> {
    match to {
        target::Target::Ip(address, _) if !is_address(&target.host) => Some(*address),
        _ => None,
    }
}

fn is_address(host: &Host) -> bool {
    host.as_os_str().to_str().is_some_and(|host| host.parse::<IpAddr>().is_ok())
}

/// An HTTP proxy said no.
fn refusal(leg: &Leg<'_>, response: Response) -> Error {
    leg.refuse(ProxyReason::Status { line: response.line, status: response.status })
}

/// Drives a codec: sends, reads no more than it says, until it is done.
async fn handshake<T, E: Into<ProxyReason>>(
    stream: &Stream,
    first: Vec<u8>,
    mut feed: impl FnMut(&[u8]) -> Result<Fed<T>, E>,
) -> Result<T, ProxyReason> {
    let mut buffer = [0; READ];
    let mut step = Step::Send(first);
    loop {
        let read = match step {
            Step::Done(result) => return Ok(result),
            Step::Send(bytes) => {
                stream.write_all(&bytes).await?;
                0
            }
            Step::Read(wanted) => {
                let count = stream.read(&mut buffer[..wanted.min(READ)]).await?;
                if count == 0 {
                    return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
                }
                count
            }
        };
        // all that was read belongs to the handshake, because no more was read than it asked for
        step = feed(&buffer[..read]).map_err(Into::into)?.step;
    }
}
