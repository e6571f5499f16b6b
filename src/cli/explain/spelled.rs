//! How the parts of a plan are written on a command line: times, ports, addresses, commands.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::time::Duration;

use crate::cli::proxy::is_ipv6;
use crate::plan::{Host, PortList, ProxyKind, UnixName};

/// Seconds, with as much of a fraction as there is.
pub fn time(time: Duration) -> String {
    let (seconds, rest) = (time.as_secs(), time.subsec_nanos());
    if rest == 0 {
        return seconds.to_string();
    }
    let fraction = format!("{rest:09}");
    format!("{seconds}.{}", fraction.trim_end_matches('0'))
}

/// A time that may be long, with its unit: days where they are whole.
pub fn long(long: Duration) -> String {
    const DAY: u64 = 86_400;
    match (long.as_secs(), long.subsec_nanos()) {
        (seconds, 0) if seconds > 0 && seconds % DAY == 0 => format!("{}d", seconds / DAY),
        _ => time(long) + "s",
    }
}

/// The word for a kind of proxy.
pub fn kind(kind: ProxyKind) -> &'static str {
    match kind {
        ProxyKind::Socks4 => "socks4",
        ProxyKind::Socks4a => "socks4a",
        ProxyKind::Socks5 => "socks5",
        ProxyKind::HttpConnect => "http",
    }
}

/// `80,443,8000-8010`
pub fn ports(ports: &PortList) -> String {
    let ranges = ports.0.iter().map(|range| {
        if range.first == range.last {
            range.first.to_string()
        } else {
            format!("{}-{}", range.first, range.last)
        }
    });
    ranges.collect::<Vec<_>>().join(",")
}

/// A name of a Unix socket as it is shown.
pub fn unix_name(name: &UnixName) -> OsString {
    OsString::from_vec(name.display())
}

/// `HOST:PORT`, with the host in brackets where it has colons.
pub fn host_port(host: &Host, port: u16) -> OsString {
    let bracket = host.as_bytes().contains(&b':') || is_ipv6(host.as_bytes());
    let mut text = OsString::new();
    text.push(if bracket { "[" } else { "" });
    text.push(host.as_os_str());
    text.push(if bracket { "]:" } else { ":" });
    text.push(port.to_string());
    text
}

/// A host that would lose its brackets gets a second pair.
pub fn rebracketed(host: &Host) -> OsString {
    match host.as_bytes() {
        [b'[', inner @ .., b']'] if inner.contains(&b':') => {
            OsString::from_vec([b"[", host.as_bytes(), b"]"].concat())
        }
        _ => host.0.clone(),
    }
}

/// `USER` or `USER:PASSWORD`
pub fn credentials(user: &OsStr, password: Option<&OsString>) -> OsString {
    let mut text = user.to_owned();
    if let Some(password) = password {
        text.push(":");
        text.push(password);
    }
    text
}

/// The words of a command as `--exec` splits them.
pub fn joined(argv: &[OsString]) -> OsString {
    let mut line = Vec::new();
    for (number, word) in argv.iter().enumerate() {
        if number > 0 {
            line.push(b' ');
        }
        if word.is_empty() && number + 1 == argv.len() {
            // alone at the very end it stands for an empty word
            line.push(b'\\');
        }
        for byte in word.as_bytes() {
            if matches!(byte, b' ' | b'\t'..=b'\r' | b'\\') {
                line.push(b'\\');
            }
            line.push(*byte);
        }
    }
    OsString::from_vec(line)
}
