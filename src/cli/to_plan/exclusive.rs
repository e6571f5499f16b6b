//! What does not go together in the default face, as rows: two sets of options and the reason.

use crate::cli::option::{Id, Spelling};
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;

const PROGRAMS: &[Id] = &[Id::Exec, Id::ShellExec, Id::LuaExec];
const RECORDS: &[Id] = &[Id::HexLines, Id::HexDump, Id::Output, Id::Log, Id::Pcap];
const RULES: &[Id] = &[Id::Allow, Id::AllowFile, Id::Deny, Id::DenyFile];
const BROKERS: &[Id] = &[Id::Broker, Id::Chat];
const NOT_TCP: &[Id] = &[Id::Udp, Id::Dccp, Id::Sctp, Id::UdpLite];
const TLS: &[Id] = &[Id::Tls, Id::StartTls];
const DATAGRAMS: &[Id] = &[Id::Udp, Id::Dccp, Id::UdpLite];

/// Any of the first with any of the second.
const EXCLUSIVE: &[(&[Id], &[Id], &str)] = &[
    (&[Id::Scan], &[Id::Listen], "a scan connects, a listener waits"),
    (&[Id::Scan], &[Id::PassSocket], "a scan leaves no connection to pass on"),
    (&[Id::Scan], &[Id::File], "a file has no ports"),
    (&[Id::Scan], PROGRAMS, "a scan sends no data"),
    (&[Id::Scan], RECORDS, "a scan sends no data"),
    (&[Id::Scan], &[Id::Hex], "a scan sends no data"),
    (
        &[Id::Scan],
        &[Id::SendOnly, Id::Delay, Id::Rate, Id::Sum, Id::Progress, Id::Close],
        "a scan sends no data",
    ),
    (&[Id::Listen], &[Id::PassSocket], "only a connection that we make is passed on"),
    (&[Id::Listen], &[Id::File], "nobody connects to a file"),
    (&[Id::Listen], &[Id::SourceRoute], "a source route is for connecting"),
    (NOT_TCP, NOT_TCP, "they are two protocols"),
    (NOT_TCP, &[Id::Tcp], "they are two protocols"),
    (NOT_TCP, &[Id::Proxy, Id::ProxyKind], "a proxy carries TCP"),
    (NOT_TCP, &[Id::Mptcp], "only TCP has several paths"),
    (NOT_TCP, &[Id::Md5], "only TCP is signed"),
    (&[Id::Mptcp], &[Id::Md5], "a signed connection has one path"),
    (&[Id::Unix], &[Id::Proxy], "a Unix socket is on this machine"),
    (&[Id::Unix], &[Id::Vsock], "they are two ends"),
    (
        &[Id::Unix],
        &[Id::Dccp, Id::Sctp, Id::UdpLite, Id::Tcp, Id::Mptcp, Id::SourceRoute, Id::Ipv4, Id::Ipv6],
        "a Unix socket is none of the internet's",
    ),
    (&[Id::Unix], &[Id::PassSocket], "only a socket of the internet is passed on"),
    (&[Id::Unix], &[Id::SourcePort], "a Unix socket has no port"),
    (&[Id::Unix], &[Id::Md5], "only TCP is signed"),
    (&[Id::Unix], &[Id::File], "they are two ends"),
    (&[Id::File], NOT_TCP, "a file is no network"),
    (&[Id::File], &[Id::Tcp, Id::Mptcp, Id::SourceRoute, Id::Proxy], "a file is no network"),
    (&[Id::File], &[Id::PassSocket], "a file is no socket"),
    (&[Id::File], &[Id::SourcePort], "a file has no port"),
    (&[Id::File], &[Id::SourceAddress], "a file has no address"),
    (&[Id::File], &[Id::Md5], "only TCP is signed"),
    (&[Id::File], &[Id::Vsock], "they are two ends"),
    (&[Id::Vsock], NOT_TCP, "a virtual machine's socket is none of the internet's"),
    (
        &[Id::Vsock],
        &[Id::Tcp, Id::Mptcp, Id::SourceRoute, Id::Ipv4, Id::Ipv6, Id::SourceAddress],
        "a virtual machine's socket is none of the internet's",
    ),
    (&[Id::Vsock], &[Id::Scan], "only ports of the internet are scanned"),
    (&[Id::Vsock], &[Id::Proxy], "a proxy leads to the internet"),
    (&[Id::Vsock], &[Id::PassSocket], "only a socket of the internet is passed on"),
    (&[Id::Vsock], &[Id::Md5], "only TCP is signed"),
    (RULES, &[Id::Unix, Id::Vsock], "the rules are about addresses of the internet"),
    (&[Id::SourceRoute], &[Id::Ipv6], "only IPv4 has source routes"),
    (&[Id::NoShutdown], &[Id::QuitAfter, Id::Close, Id::SendOnly], LEAVING),
    (&[Id::Close], &[Id::QuitAfter], "they are two times to leave"),
    (&[Id::SendOnly], &[Id::NoInput], "then nothing would move"),
    (&[Id::Delay], &[Id::Interval], "they are two paces"),
    (&[Id::Rate], &[Id::Delay, Id::Interval], "they are two paces"),
    (
        &[Id::Rate, Id::Sum, Id::Progress],
        &[Id::PassSocket],
        "a socket that is passed on is no longer ours",
    ),
    (BROKERS, &[Id::Rate], "a broker passes on at once what each says"),
    (BROKERS, &[Id::Sum], SHARED),
    (PROGRAMS, PROGRAMS, "one program talks to the peer"),
    (PROGRAMS, &[Id::PassSocket], "a socket that is passed on is no longer ours"),
    (&[Id::Hex], &[Id::PassSocket], "a socket that is passed on is no longer ours"),
    (RECORDS, &[Id::PassSocket], "a socket that is passed on is no longer ours"),
    (&[Id::Pcap], &[Id::AppendOutput], "a capture begins a file"),
    (&[Id::Pcap], &[Id::Dccp, Id::Sctp, Id::UdpLite], "a capture has packets of TCP and UDP"),
    (&[Id::Pcap], &[Id::File], "a file has no packets"),
    (BROKERS, PROGRAMS, "a broker's clients talk to each other"),
    (BROKERS, &[Id::Tunnel], "a broker's clients talk to each other"),
    (BROKERS, DATAGRAMS, "a broker passes streams on"),
    (&[Id::Tunnel], PROGRAMS, "a tunnel's clients talk to its far end"),
    (&[Id::Tunnel], &[Id::Dccp, Id::UdpLite], "a tunnel carries TCP or UDP"),
    (TLS, &[Id::Dccp, Id::Sctp, Id::UdpLite], "TLS goes over TCP or UDP"),
    (&[Id::StartTls], &[Id::Udp], "STARTTLS begins in a stream"),
    (TLS, &[Id::File], "TLS goes over a connection"),
    (TLS, &[Id::PassSocket], "a socket that is passed on is no longer ours"),
    (TLS, &[Id::Scan], "a scan sends no data"),
    (&[Id::TlsInsecure], &[Id::TlsTrust, Id::TlsPin], "it trusts anybody"),
    (&[Id::TlsInsecure], &[Id::TlsVerify], "it trusts anybody"),
    (TEXT, PROGRAMS, "what a program says is sent as it is"),
    (TEXT, &[Id::Scan], "a scan sends no data"),
    (TEXT, &[Id::PassSocket], "a socket that is passed on is no longer ours"),
    (TEXT, BROKERS, ONE_PEER),
    (TEXT, &[Id::Tunnel], "a tunnel passes bytes on as they are"),
    (TEXT, &[Id::NoInput], "then nothing is read that could be changed"),
    (&[Id::Pty], DATAGRAMS, "a terminal carries a stream"),
];

/// Why what clients share is not added up.
pub const SHARED: &str = "a sum is of one conversation, and several share these bytes";

/// Why a text is not changed for several clients.
pub const ONE_PEER: &str = "what is typed goes to one peer";

/// What changes a text that is typed or piped.
pub const TEXT: &[Id] = &[Id::Escapes, Id::Fill];

const LEAVING: &str = "leaving begins with telling the peer that the input ended";

/// What serves a proxy's clients leaves nothing for these to do.
const NO_PROXY_SERVER: &[(&[Id], &str)] = &[
    (PROGRAMS, "a proxy's clients talk to where they ask to be"),
    (BROKERS, "a proxy's clients talk to where they ask to be"),
    (AT_THE_BYTES, "a proxy passes bytes on as they are"),
];

/// What looks at the bytes of a conversation, and does something about them.
const AT_THE_BYTES: &[Id] = &[
    Id::Crlf,
    Id::Telnet,
    Id::Interval,
    Id::Delay,
    Id::Rate,
    Id::Sum,
    Id::ReceiveLimit,
    Id::SendOnly,
    Id::Escapes,
    Id::Fill,
];

/// An option, those of which it needs one, and what is said without.
const NEEDS: &[(&[Id], &[Id], &str)] = &[
    (&[Id::ProxyKind], &[Id::Proxy, Id::Listen], PROXY),
    (&[Id::ProxyUser, Id::ProxyDns], &[Id::Proxy], PROXY),
    (&[Id::ProxyAuth], &[Id::Proxy, Id::ProxyKind], PROXY),
    (&[Id::Chat], &[Id::Listen], "-l, for clients come to it"),
    (RULES, &[Id::Listen], "-l, for the rules are about clients"),
    (&[Id::Tunnel], &[Id::Listen], "-l PORT, the port that it forwards"),
    (&[Id::TunnelPort, Id::TunnelSource], &[Id::Tunnel], "a tunnel (-L HOST:PORT)"),
    (&[Id::MostClients], &[Id::Listen], "-l, for it is about clients"),
    (
        &[Id::MostClients],
        &[Id::KeepOpen, Id::Broker, Id::Chat, Id::Tunnel, Id::ProxyKind],
        "-k, for there is one client otherwise",
    ),
    (&[Id::Pty, Id::ProgramErrors], PROGRAMS, "a program (-e CMD or -c CMD)"),
    (&[Id::AppendOutput], RECORDS, "a record (-o, --hex-dump, --output or --log)"),
    (&[Id::SourceRoutePointer], &[Id::SourceRoute], "a source route (-g HOP,...)"),
];

/// Where no line is ever typed, whoever asks on this command line for an editor is told. Where it is
/// asked for always (`NC_OPTIONS`), it waits for a run that has lines.
const UNEDITED: &[(&[Id], &str)] = &[
    (&[Id::Scan], "a scan sends no data"),
    (PROGRAMS, "a program talks to the peer"),
    (BROKERS, "a broker's clients talk to each other"),
    (&[Id::Tunnel], "a tunnel's clients talk to its far end"),
    (&[Id::NoInput], "then no line is read"),
    (&[Id::PassSocket], "a socket that is passed on is no longer ours"),
];

const PROXY: &str = "a proxy (-x HOST[:PORT])";

/// Whether a program talks to the peer.
pub fn has_program(settings: &Settings) -> bool {
    PROGRAMS.iter().any(|id| settings.has(*id))
}

/// Refuses the first combination of the rows that was asked for.
pub fn refuse(settings: &Settings) -> Result<(), UsageError> {
    for (firsts, seconds, why) in EXCLUSIVE {
        refuse_any(settings, firsts, seconds, why)?;
    }
    if let Some(first) = settings.said(Id::Edit) {
        for (ids, why) in UNEDITED {
            if let Some(second) = ids.iter().find_map(|id| settings.spelling(*id)) {
                return Err(UsageError::Exclusive { first, second, why });
            }
        }
    }
    if !settings.has(Id::Tunnel) {
        refuse_any(settings, &[Id::Listen], &[Id::Proxy], "a proxy is for connecting")?;
        if said(settings, Id::Listen).is_some() {
            for (seconds, why) in NO_PROXY_SERVER {
                refuse_any(settings, &[Id::ProxyKind], seconds, why)?;
            }
        }
    }
    for (ids, others, needed) in NEEDS {
        let option = ids.iter().find_map(|id| settings.spelling(*id));
        let served = others.iter().any(|id| said(settings, *id).is_some());
        if let Some(option) = option.filter(|_| !served) {
            return Err(UsageError::Needs { option, needed });
        }
    }
    let of_a_tunnel = settings.has(Id::Tunnel) && !settings.has(Id::Proxy);
    if let Some(option) = settings
        .spelling(Id::ProxyKind)
        .or(settings.spelling(Id::ProxyAuth))
        .filter(|_| of_a_tunnel)
    {
        return Err(UsageError::Needs { option, needed: PROXY });
    }
    repeated_program(settings)
}

fn refuse_any(
    settings: &Settings,
    firsts: &[Id],
    seconds: &[Id],
    why: &'static str,
) -> Result<(), UsageError> {
    for first in firsts {
        for second in seconds.iter().filter(|second| *second != first) {
            if let (Some(first), Some(second)) = (said(settings, *first), said(settings, *second)) {
                return Err(UsageError::Exclusive { first, second, why });
            }
        }
    }
    Ok(())
}

/// How an option was written. `--broker` says `-l` as well.
fn said(settings: &Settings, id: Id) -> Option<Spelling> {
    match id {
        Id::Listen => settings.spelling(id).or(settings.spelling(Id::Broker)),
        id => settings.spelling(id),
    }
}

/// Of two commands the first would be lost without a word.
fn repeated_program(settings: &Settings) -> Result<(), UsageError> {
    let repeated = PROGRAMS.iter().find(|id| settings.count(**id) > 1);
    match repeated.and_then(|id| settings.spelling(*id)) {
        Some(option) => Err(UsageError::Exclusive {
            first: option,
            second: option,
            why: "one program talks to the peer",
        }),
        None => Ok(()),
    }
}
