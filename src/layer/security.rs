//! What a connection is secured with: TLS where it is a stream, DTLS where it carries datagrams.

use std::cell::Cell;

use super::{dtls, tls};
use crate::endpoint::Link;
use crate::event::{Error, Observer};
use crate::plan::{Host, Protocol, TlsClient, TlsServer};

/// What is waited for where nothing is said before TLS, or not any more.
pub const HANDSHAKE: &str = "TLS handshake";

/// A client's side, with all files read.
#[derive(Debug)]
pub enum Client {
    /// Over a stream.
    Stream(Box<tls::Client>),
    /// Over datagrams.
    Datagrams(Box<dtls::Client>),
}

impl Client {
    /// Reads what the plan names.
    pub fn open(plan: &TlsClient, over: Protocol) -> Result<Self, Error> {
        Ok(match over {
            Protocol::Stream => Self::Stream(Box::new(tls::Client::open(plan)?)),
            Protocol::Datagram => Self::Datagrams(Box::new(dtls::Client::open(plan)?)),
        })
    }

    /// Secures a connection to a host. Bytes of the user's go out only behind this. What is waited
    /// for meanwhile stands in `waits_for`.
    pub async fn secure(
        &self,
        link: Link,
        host: Option<&Host>,
        waits_for: &Cell<&'static str>,
        observer: &dyn Observer,
    ) -> Result<Link, Error> {
        match self {
            Self::Stream(tls) => tls.secure(link, host, waits_for, observer).await,
            Self::Datagrams(dtls) => dtls.secure(link, host, waits_for, observer).await,
        }
    }
}

/// A server's side, with all files read.
#[derive(Debug)]
pub enum Server {
    /// Over streams.
    Stream(Box<tls::Server>),
    /// Over datagrams.
    Datagrams(Box<dtls::Server>),
}

impl Server {
    /// Reads what the plan names. Where it names no certificate, one is made for these hosts, and
    /// told of.
    pub fn open(
        plan: &TlsServer,
        over: Protocol,
        hosts: &[Host],
        observer: &dyn Observer,
    ) -> Result<Self, Error> {
        Ok(match over {
            Protocol::Stream => Self::Stream(Box::new(tls::Server::open(plan, hosts, observer)?)),
            Protocol::Datagram => {
                Self::Datagrams(Box::new(dtls::Server::open(plan, hosts, observer)?))
            }
        })
    }

    /// Secures a client's connection, in time.
    pub async fn secure(&self, link: Link, observer: &dyn Observer) -> Result<Link, Error> {
        match self {
            Self::Stream(tls) => tls.secure(link, observer).await,
            Self::Datagrams(dtls) => dtls.secure(link, observer).await,
        }
    }
}
