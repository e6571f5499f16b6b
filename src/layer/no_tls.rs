//! What a build without TLS answers.
#![allow(clippy::unused_async, reason = "who calls it waits for the real one")]

use std::cell::Cell;
use std::future::Ready;

use crate::endpoint::Link;
use crate::event::{Error, Observer};
use crate::plan::{Host, TlsClient, TlsServer};

/// Never there.
#[derive(Debug)]
pub enum Client {}

impl Client {
    /// Says so.
    pub fn open(_plan: &TlsClient) -> Result<Self, Error> {
        Err(Error::NotBuilt { what: "TLS" })
    }

    /// Never called.
    pub fn secure(
        &self,
        _link: Link,
        _host: Option<&Host>,
        _waits_for: &Cell<&'static str>,
        _observer: &dyn Observer,
    ) -> Ready<Result<Link, Error>> {
        match *self {}
    }
}

/// Never there.
#[derive(Debug)]
pub enum Server {}

impl Server {
    /// Says so.
    pub fn open(
        _plan: &TlsServer,
        _hosts: &[Host],
        _observer: &dyn Observer,
    ) -> Result<Self, Error> {
        Err(Error::NotBuilt { what: "TLS" })
    }

    /// Never called.
    pub fn secure(&self, _link: Link, _observer: &dyn Observer) -> Ready<Result<Link, Error>> {
        match *self {}
    }
}
