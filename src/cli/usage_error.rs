//! What can be wrong with a command line, as types.
//!
//! The words are a voice's: `words::openbsd` says what the original says, to the letter;
//! `words::default` names the argument and gives one hint.

use std::ffi::OsString;

use super::clash::Clash;
use super::number::Problem;
use super::option::Spelling;
use super::port::BadPort;
use super::proxy::BadProxy;
use super::unknown::Unknown;
use crate::proto::http_request::Problem as RequestProblem;

/// A command line that was not understood, or asks for what does not go together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsageError {
    /// Nothing was asked for.
    NoArguments,
    /// No option of this dialect.
    UnknownOption(Unknown),
    /// The value is missing.
    MissingValue {
        /// Which option.
        option: Spelling,
        /// What its value is called.
        metavar: &'static str,
    },
    /// A switch with a value.
    UnexpectedValue {
        /// Which option.
        option: Spelling,
        /// Its value.
        value: OsString,
    },
    /// The value looks like an option.
    OptionAsValue {
        /// Which option.
        option: Spelling,
        /// Its value.
        value: OsString,
    },
    /// Not a number, or out of bounds.
    BadNumber {
        /// Which option.
        option: Spelling,
        /// Of what it is the number.
        quantity: Quantity,
        /// As given.
        value: OsString,
        /// Why.
        problem: Problem,
        /// The least.
        least: i64,
        /// The most.
        most: i64,
    },
    /// Not a time, or out of bounds.
    BadTime {
        /// Which option.
        option: Spelling,
        /// For what it is the time.
        quantity: Quantity,
        /// As given.
        value: OsString,
        /// Why.
        problem: Problem,
    },
    /// Not a rate, or out of bounds.
    BadRate {
        /// Which option.
        option: Spelling,
        /// As given.
        value: OsString,
        /// Why.
        problem: Problem,
    },
    /// Ncat's `-i 30s` is another option here.
    IntervalWithUnit {
        /// As given.
        value: OsString,
    },
    /// No type of service.
    BadTos {
        /// Which option.
        option: Spelling,
        /// As given.
        value: OsString,
    },
    /// Nothing that a proxy speaks.
    BadProxyKind {
        /// Which option.
        option: Spelling,
        /// As given.
        value: OsString,
    },
    /// None of the words that an option takes.
    BadWord {
        /// Which option.
        option: Spelling,
        /// As given.
        value: OsString,
        /// What it takes.
        words: Vec<&'static str>,
    },
    /// `-V` of openbsd, which Linux cannot do.
    NoRoutingTables,
    /// The address of a proxy was not understood.
    BadProxy {
        /// Which option.
        option: Spelling,
        /// As given.
        value: OsString,
        /// Why.
        bad: BadProxy,
    },
    /// The value of `-x` is rather a file for a hex dump.
    ProxyLikeFile {
        /// As given.
        value: OsString,
    },
    /// A number and form of operands that means nothing: openbsd prints its usage.
    Operands,
    /// No host and no port.
    NoHost,
    /// A host of no letters.
    EmptyHost,
    /// No port.
    MissingPort {
        /// The host, if there is one.
        host: Option<OsString>,
        /// For a listener.
        listen: bool,
    },
    /// No path with `-U`.
    MissingPath {
        /// For a listener.
        listen: bool,
    },
    /// Something else behind the last operand that makes sense.
    ExtraOperand {
        /// As given.
        value: OsString,
    },
    /// A port that was not understood.
    BadPort {
        /// The whole argument.
        argument: OsString,
        /// The part at fault.
        bad: BadPort,
        /// An option that takes a value elsewhere, which could explain it.
        clash: Option<&'static Clash>,
    },
    /// A port of our own, `-p` or a listener's, that was not understood.
    BadLocalPort {
        /// Which option, if it was one.
        option: Option<Spelling>,
        /// As given.
        value: OsString,
        /// Why.
        problem: Problem,
    },
    /// A listener has one port.
    SeveralPorts {
        /// One of them, or the range.
        first: OsString,
        /// Another.
        second: Option<OsString>,
    },
    /// A listener has one address.
    SeveralAddresses {
        /// One.
        first: OsString,
        /// The other.
        second: OsString,
    },
    /// Two options that do not go together.
    Exclusive {
        /// One.
        first: Spelling,
        /// The other.
        second: Spelling,
        /// Why.
        why: &'static str,
    },
    /// An option that says nothing without another.
    Needs {
        /// Which option.
        option: Spelling,
        /// What it needs.
        needed: &'static str,
    },
    /// `-m` with `-l -k`: one thing here, another in Ncat.
    MinTtlOrClients,
    /// An option that means nothing with the word before the operands.
    NotFor {
        /// Which option.
        option: Spelling,
        /// What the word is for.
        purpose: &'static str,
    },
    /// A word that was to be part of a request.
    BadRequest {
        /// As given.
        value: OsString,
        /// Why.
        problem: RequestProblem,
    },
    /// The practice server's operand is no `[ADDR:]PORT`.
    BadLabAddress {
        /// As given; nothing, if there was none.
        value: Option<OsString>,
    },
    /// A combination that openbsd refuses.
    Combination(Combination),
    /// A long name that is short for several.
    AmbiguousOption {
        /// As given, without dashes.
        name: String,
        /// What it could be.
        candidates: Vec<&'static str>,
    },
    /// A combination that this dialect refuses, in its own words.
    Refused(&'static str),
    /// A value that this dialect refuses, in its own words: before the value, and after it.
    RefusedValue {
        /// Before the value.
        before: &'static str,
        /// As given.
        value: OsString,
        /// After it.
        after: &'static str,
    },
    /// `-e ''`
    EmptyCommand {
        /// Which option.
        option: Spelling,
    },
    /// `-c` took its value from what was to be the host, and is a switch elsewhere.
    CommandLeavesNoHost {
        /// Which option.
        option: Spelling,
        /// What it took.
        value: OsString,
    },
    /// An option for something that this build does not have.
    NotBuilt {
        /// Which option.
        option: Spelling,
        /// What it is for.
        what: &'static str,
    },
    /// One user and several proxies.
    UserOfWhichProxy {
        /// Which option names the user.
        option: Spelling,
    },
    /// What a tunnel leads to is no `HOST:PORT`.
    NoTunnelTarget {
        /// Which option.
        option: Spelling,
        /// As given.
        value: OsString,
    },
    /// Help, which this dialect gives with the status of an error (upstream OpenBSD).
    Help,
    /// What is wrong, of a command line that asks for talk: Ncat tells its version before.
    AfterVersion(Box<UsageError>),
    /// What is wrong stands in `NC_OPTIONS`.
    InNcOptions(Box<UsageError>),
    /// There is no such dialect.
    UnknownDialect {
        /// Where it was named.
        source: &'static str,
        /// As given.
        name: OsString,
    },
}

/// Of what a number is the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// `-M`
    Ttl,
    /// `-m`
    MinTtl,
    /// `-I`
    ReceiveBuffer,
    /// `-O`
    SendBuffer,
    /// `-W`
    ReceiveLimit,
    /// `-i`
    Interval,
    /// `-w`
    Wait,
    /// `--idle-timeout`
    IdleTimeout,
    /// `-q`
    Quit,
    /// Ncat's `-d`
    Delay,
}

/// The combinations that openbsd refuses, each with a sentence of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combination {
    /// `-Z -U`
    DccpUnix,
    /// `-U PATH PORT`
    PortWithUnix,
    /// `-z -l`
    ScanListen,
    /// `-k` without `-l`
    KeepOpenAlone,
    /// `-F -U`
    PassSocketUnix,
    /// `-x -u`
    ProxyUdp,
    /// `-x -Z`
    ProxyDccp,
    /// `-x -l`
    ProxyListen,
    /// `-x -U`
    ProxyUnix,
    /// `-x -s`
    ProxySource,
}
