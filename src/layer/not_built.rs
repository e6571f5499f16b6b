//! What stands in for TLS, or for DTLS, in a build without it: files are never read for it, and
//! nothing is ever secured.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::Ready;

use crate::endpoint::Link;
use crate::event::{Error, Observer};
use crate::plan::{Host, TlsClient, TlsServer};

fn missing<T>(datagrams: bool) -> Result<T, Error> {
    Err(Error::NotBuilt { what: if datagrams { "DTLS" } else { "TLS" } })
}

/// Never there.
#[derive(Debug)]
pub struct Client<const DATAGRAMS: bool>(Infallible);

impl<const DATAGRAMS: bool> Client<DATAGRAMS> {
    /// Says so.
    pub fn open(_plan: &TlsClient) -> Result<Self, Error> {
        missing(DATAGRAMS)
    }

    /// Never called.
    pub fn secure(
        &self,
        _link: Link,
        _host: Option<&Host>,
        _waits_for: &Cell<&'static str>,
        _observer: &dyn Observer,
    ) -> Ready<Result<Link, Error>> {
        match self.0 {}
    }
}

/// Never there.
#[derive(Debug)]
pub struct Server<const DATAGRAMS: bool>(Infallible);

impl<const DATAGRAMS: bool> Server<DATAGRAMS> {
    /// Says so.
    pub fn open(
        _plan: &TlsServer,
        _hosts: &[Host],
        _observer: &dyn Observer,
    ) -> Result<Self, Error> {
        missing(DATAGRAMS)
    }

    /// Never called.
    pub fn secure(&self, _link: Link, _observer: &dyn Observer) -> Ready<Result<Link, Error>> {
        match self.0 {}
    }
}
