//! How far the way through a proxy has come.

use std::net::{IpAddr, SocketAddr};

use super::Target;

/// A step on the way through a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyStep {
    /// It is connected: straight, at this address, or through the proxy before it.
    Reached(Option<SocketAddr>),
    /// It said whether it wants to be shown user and password (SOCKS5).
    Authentication {
        /// It does.
        wanted: bool,
    },
    /// It is asked for the way.
    Asking {
        /// Where the way is to lead.
        target: Target,
        /// The target's address, where a name was looked up here.
        looked_up: Option<IpAddr>,
    },
}
