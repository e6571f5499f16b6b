//! The way through a proxy: SOCKS 4, 4a and 5, HTTP CONNECT.
//!
//! The codecs are in `proto`; here they are fed from a socket, never one byte beyond the proxy's
//! answer, so that what the target sends early stays where the relay finds it.

use std::cell::OnceCell;
use std::io;
use std::os::unix::ffi::OsStrExt;

use tokio::time::Instant;

use crate::endpoint::Link;
use crate::endpoint::inet::{self, Means};
use crate::event::{Error, Event, Observer, ProxyReason, Target};
use crate::net::lookup;
use crate::plan::{Family, Proxy, ProxyKind, Transport};
use crate::proto::head::{Head, Response};
use crate::proto::socks5::Credentials;
use crate::proto::step::{Fed, Step};
use crate::proto::{connect, escape, socks4, socks5, target};
use crate::sys::fd::Fd;
use crate::sys::terminal;

/// The most read at once: heads are small.
const READ: usize = 4096;

/// How often a proxy may refuse a password that was asked for at the terminal.
const TRIES: u32 = 3;

/// Connects to the proxy and has it open the way to the target, all within the deadline.
pub async fn connect(
    target: &Target,
    proxy: &Proxy,
    means: Means<'_>,
    observer: &dyn Observer,
) -> Result<Link, Error> {
    let way = Way { target, proxy, means, observer, password: OnceCell::new() };
    match means.deadline {
        None => way.open().await,
        Some(deadline) => {
            tokio::time::timeout_at(deadline, way.open()).await.unwrap_or_else(|_| {
                Err(Error::TimedOut { target: target.clone(), during: "the proxy's answer" })
            })
        }
    }
}

struct Way<'a> {
    target: &'a Target,
    proxy: &'a Proxy,
    means: Means<'a>,
    observer: &'a dyn Observer,
    /// The password, once it was needed.
    password: OnceCell<Vec<u8>>,
}

impl Way<'_> {
    async fn open(&self) -> Result<Link, Error> {
        match self.proxy.kind {
            ProxyKind::Socks4 => {
                let target = self.resolved().await?;
                self.socks4(target).await
            }
            ProxyKind::Socks4a => self.socks4(self.named()?).await,
            ProxyKind::Socks5 => self.socks5(self.named()?).await,
            ProxyKind::HttpConnect => self.http_connect(self.named()?).await,
        }
    }

    fn refuse(&self, reason: impl Into<ProxyReason>) -> Error {
        Error::Proxy { proxy: self.proxy.host.clone(), reason: reason.into() }
    }

    /// The target for a proxy that looks names up.
    fn named(&self) -> Result<target::Target, Error> {
        target::Target::new(self.target.host.as_bytes(), self.target.port)
            .map_err(|error| self.refuse(error))
    }

    /// The target for SOCKS 4, which knows IPv4 addresses only.
    async fn resolved(&self) -> Result<target::Target, Error> {
        let (host, port) = (&self.target.host, self.target.port);
        let asked = lookup::lookup(host, port, Family::V4, self.means.dial.numeric).await;
        let found = asked.map_err(|error| match error {
            Error::Lookup { reason, .. } => {
                self.refuse(ProxyReason::Lookup { host: host.clone(), port, reason })
            }
            other => other,
        })?;
        match found.first() {
            Some(address) => Ok(target::Target::Ip(address.ip(), port)),
            None => self.named(),
        }
    }

    async fn dial(&self) -> Result<Link, Error> {
        let proxy = Target {
            host: self.proxy.host.clone(),
            port: self.proxy.port,
            transport: Transport::Tcp,
            numeric: self.target.numeric,
        };
        inet::connect(&proxy, self.means, self.observer).await
    }

    fn opened(&self, link: Link, since: Instant) -> Link {
        self.observer.observe(&Event::ProxyOpened {
            proxy: self.proxy.host.clone(),
            port: self.proxy.port,
            kind: self.proxy.kind,
            took: since.elapsed(),
        });
        link
    }

    fn user(&self) -> Option<&[u8]> {
        self.proxy.user.as_ref().map(|(user, _)| user.as_bytes())
    }

    /// The password that came with the plan, or that was asked for before.
    fn known_password(&self) -> Option<&[u8]> {
        let (_, given) = self.proxy.user.as_ref()?;
        given.as_ref().map(|given| given.as_bytes()).or(self.password.get().map(Vec::as_slice))
    }

    async fn ask_password(&self, user: &[u8]) -> Result<Vec<u8>, Error> {
        let prompt = format!(
            "Proxy password for {}@{}: ",
            escape::escape(user),
            escape::escape(self.proxy.host.as_bytes())
        );
        terminal::ask_password(prompt.as_bytes())
            .await
            .map_err(|error| Error::Password { purpose: "proxy", error })
    }

    async fn socks4(&self, target: target::Target) -> Result<Link, Error> {
        let request = socks4::request(&target, self.user().unwrap_or_default())
            .map_err(|error| self.refuse(error))?;
        let link = self.dial().await?;
        let since = Instant::now();
        let mut reply = socks4::Reply::default();
        handshake(link.fd(), request, |bytes| reply.feed(bytes))
            .await
            .map_err(|reason| self.refuse(reason))?;
        Ok(self.opened(link, since))
    }

    async fn socks5(&self, target: target::Target) -> Result<Link, Error> {
        let credentials = match self.user() {
            None => None,
            Some(user) => {
                if self.known_password().is_none() {
                    let asked = self.ask_password(user).await?;
                    let _ = self.password.set(asked);
                }
                let password = self.known_password().unwrap_or_default();
                Some(Credentials::new(user, password).map_err(|error| self.refuse(error))?)
            }
        };
        let mut client = socks5::Client::new(&target, credentials);
        let link = self.dial().await?;
        let since = Instant::now();
        handshake(link.fd(), client.start(), |bytes| client.feed(bytes))
            .await
            .map_err(|reason| self.refuse(reason))?;
        Ok(self.opened(link, since))
    }

    /// A password is sent only after the proxy asked for it with Basic, on a new connection.
    async fn http_connect(&self, target: target::Target) -> Result<Link, Error> {
        let mut credentials: Option<(Vec<u8>, Vec<u8>)> = None;
        let mut refused = 0;
        loop {
            let sent = credentials
                .as_ref()
                .map(|(user, password)| connect::Authorization::Basic { user, password });
            let request = connect::request(&target, sent).map_err(|error| self.refuse(error))?;
            let link = self.dial().await?;
            let since = Instant::now();
            let mut head = Head::default();
            let response = handshake(link.fd(), request, |bytes| head.feed(bytes))
                .await
                .map_err(|reason| self.refuse(reason))?;
            if response.is_tunnel() {
                return Ok(self.opened(link, since));
            }
            let Some(user) = self.user().filter(|_| response.offers_basic()) else {
                return Err(self.status(response));
            };
            if credentials.is_some() {
                refused += 1;
            }
            if refused == TRIES || (refused > 0 && self.known_password().is_some()) {
                return Err(self.refuse(ProxyReason::TooManyAuthenticationFailures));
            }
            let password = match self.known_password() {
                Some(known) => known.to_vec(),
                None => self.ask_password(user).await?,
            };
            credentials = Some((user.to_vec(), password));
        }
    }

    fn status(&self, response: Response) -> Error {
        self.refuse(ProxyReason::Status { line: response.line, status: response.status })
    }
}

/// Drives a codec: sends, reads no more than it says, until it is done.
async fn handshake<T, E: Into<ProxyReason>>(
    fd: &Fd,
    first: Vec<u8>,
    mut feed: impl FnMut(&[u8]) -> Result<Fed<T>, E>,
) -> Result<T, ProxyReason> {
    let mut buffer = [0; READ];
    let mut step = Step::Send(first);
    loop {
        let read = match step {
            Step::Done(result) => return Ok(result),
            Step::Send(bytes) => {
                fd.write_all(&bytes).await?;
                0
            }
            Step::Read(wanted) => {
                let count = fd.read(&mut buffer[..wanted.min(READ)]).await?;
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
