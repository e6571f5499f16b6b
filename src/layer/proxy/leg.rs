//! One proxy of a chain: where it is asked to lead, and what is known of it so far: the password,
//! and the scheme by which it wants to be shown one.

use std::cell::RefCell;
use std::os::unix::ffi::OsStrExt;

use crate::event::{Error, ProxyReason, Target};
use crate::plan::Proxy;
use crate::proto::{connect, digest, escape, target};
use crate::sys::{random, terminal};

/// A proxy on the way.
pub struct Leg<'a> {
    /// The plan's.
    pub proxy: &'a Proxy,
    /// Where it is to lead: to the next proxy, or to what was asked for.
    pub to: Target,
    /// The password that was asked for at the terminal.
    typed: RefCell<Option<Vec<u8>>>,
    /// How an HTTP proxy wants to be shown who asks, once it said so.
    scheme: RefCell<Option<Scheme>>,
}

/// How an HTTP proxy is shown who asks.
pub enum Scheme {
    /// User and password as they are.
    Basic,
    /// The answer to a challenge.
    Digest {
        /// What it asked.
        challenge: digest::Challenge,
        /// How often that was answered.
        answered: u32,
    },
}

impl<'a> Leg<'a> {
    /// A proxy of which nothing is known yet.
    pub fn new(proxy: &'a Proxy, to: Target) -> Self {
        Self { proxy, to, typed: RefCell::default(), scheme: RefCell::default() }
    }

    /// A failure of this proxy.
    pub fn refuse(&self, reason: impl Into<ProxyReason>) -> Error {
        let Proxy { host, kind, .. } = self.proxy;
        Error::Proxy { proxy: host.clone(), kind: *kind, reason: reason.into() }
    }

    /// The user, if there is one.
    pub fn user(&self) -> Option<&[u8]> {
        self.proxy.user.as_ref().map(|(user, _)| user.as_bytes())
    }

    /// Whether the password came with the plan, so that another one will not be had.
    pub fn has_password(&self) -> bool {
        matches!(self.proxy.user, Some((_, Some(_))))
    }

    /// The password: the plan's, or asked for at the terminal, once.
    pub async fn password(&self, user: &[u8]) -> Result<Vec<u8>, Error> {
        if let Some((_, Some(given))) = &self.proxy.user {
            return Ok(given.as_bytes().to_vec());
        }
        if let Some(typed) = &*self.typed.borrow() {
            return Ok(typed.clone());
        }
        let prompt = format!(
            "Proxy password for {}@{}: ",
            escape::escape(user),
            escape::escape(self.proxy.host.as_bytes())
        );
        let typed = terminal::ask_password(prompt.as_bytes())
            .await
            .map_err(|error| Error::Password { purpose: "proxy", error })?;
        self.typed.replace(Some(typed.clone()));
        Ok(typed)
    }

    /// What was typed was wrong.
    pub fn forget_password(&self) {
        self.typed.take();
    }

    /// Whether the proxy said how it wants to be shown who asks.
    pub fn knows_scheme(&self) -> bool {
        self.scheme.borrow().is_some()
    }

    /// How the proxy wants to be shown who asks.
    pub fn use_scheme(&self, scheme: Scheme) {
        self.scheme.replace(Some(scheme));
    }

    /// The request for HTTP CONNECT, with user and password once the proxy said how.
    pub async fn connect_request(&self, to: &target::Target) -> Result<Vec<u8>, Error> {
        let said = |request: Result<_, connect::CredentialsError>| {
            request.map_err(|error| self.refuse(error))
        };
        let Some(user) = self.user().filter(|_| self.knows_scheme()) else {
            return said(connect::request(to, None));
        };
        let password = &self.password(user).await?;
        let mut scheme = self.scheme.borrow_mut();
        let authorization = match &mut *scheme {
            None => None,
            Some(Scheme::Basic) => Some(connect::Authorization::Basic { user, password }),
            Some(Scheme::Digest { challenge, answered }) => {
                *answered += 1;
                let cnonce = random::bytes().map_err(Error::Start)?;
                let count = *answered;
                Some(connect::Authorization::Digest { challenge, user, password, cnonce, count })
            }
        };
        said(connect::request(to, authorization))
    }
}
