//! A try that failed: an address that was not connected, or a port that did not open.

use std::io;
use std::net::SocketAddr;

use crate::event::{Event, PortState, Target};

/// A try that failed.
pub struct FailedTry<'a> {
    /// What was asked for.
    pub target: &'a Target,
    /// The target's address, where that is what was tried.
    pub address: Option<&'a SocketAddr>,
    /// Why.
    pub error: &'a io::Error,
}

impl<'a> FailedTry<'a> {
    /// What an event tells of one; `deadline` is the error where our own passed. What a proxy refused
    /// is the proxy's failure.
    pub fn of(event: &'a Event, deadline: &'a io::Error) -> Option<Self> {
        match event {
            Event::AttemptFailed(attempt) => Some(Self {
                target: &attempt.target,
                address: (!attempt.to_proxy).then_some(&attempt.address),
                error: &attempt.error,
            }),
            Event::Scanned { target, address, state, .. } => {
                let error = match state {
                    PortState::Closed(error)
                    | PortState::Failed(error)
                    | PortState::NoAnswer(Some(error)) => error,
                    PortState::NoAnswer(None) => deadline,
                    PortState::Open { .. } | PortState::ProxyRefused(_) => return None,
                };
                Some(Self { target, address: address.as_ref(), error })
            }
            _ => None,
        }
    }
}
