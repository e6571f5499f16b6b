//! What a listener does with its clients, who is let in, and how many.

use std::ffi::OsString;
use std::path::PathBuf;

use super::{Dial, Host, Inet, Program};

/// What is done with the clients of a listener.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Service {
    /// They talk to our standard streams.
    #[default]
    Streams,
    /// Each talks to a program of its own.
    Program(Program),
    /// What one says goes to all others, and our input to all.
    Broker,
    /// A broker that says who says it, in Ncat's words.
    Chat,
    /// Each is connected to where it asks to be.
    Proxy(ProxyServer),
    /// Each is connected to one target (GNU netcat's `-L`).
    Tunnel(Tunnel),
}

/// A proxy that we are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyServer {
    /// What it speaks.
    pub speaks: ProxySpeech,
    /// User and password that are asked of every client.
    pub credentials: Option<(OsString, OsString)>,
    /// How targets are reached.
    pub dial: Dial,
}

/// What a proxy server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxySpeech {
    /// HTTP: CONNECT, and GET, HEAD and POST with absolute URIs.
    Http,
    /// SOCKS 4, 4a and 5, told apart by the client's first byte.
    Socks,
}

/// A port of ours that leads elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tunnel {
    /// Where to; one port.
    pub target: Inet,
    /// How it is reached.
    pub dial: Dial,
}

/// Who is let in. Deny goes before allow; with any allow, nobody else is let in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Access {
    /// Who is let in; empty is everybody.
    pub allow: Vec<AccessSource>,
    /// Who is not.
    pub deny: Vec<AccessSource>,
    /// The only peer that may come (traditional's and BusyBox's operands behind `-l`).
    pub only: Option<OnlyPeer>,
}

/// Where rules stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessSource {
    /// On the command line, separated by commas.
    List(OsString),
    /// In a file.
    File(PathBuf),
}

/// The one peer of a listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnlyPeer {
    /// Its host.
    pub host: Host,
    /// Its port, where that matters too.
    pub port: Option<u16>,
    /// What is done with anybody else.
    pub others: Strangers,
}

/// What is done with a client that is not the one awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strangers {
    /// The run ends with an error (traditional).
    Fail,
    /// It is dropped, and the listener goes on waiting (BusyBox).
    Ignore,
}
