//! Ports: numbers, ranges, service names and, in the default face, lists.
//!
//! A service name is looked up by the function that the caller gives; nothing here does I/O.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use super::number::{Problem, decimal};
use crate::plan::{PortRange, Transport};

/// Finds the port of a service's name; `None` where there is none of that name.
pub type Services<'a> = &'a dyn Fn(&OsStr, Transport) -> Option<u16>;

/// A port that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadPort {
    /// The part of the argument that is at fault.
    pub part: OsString,
    /// Why.
    pub problem: Problem,
}

impl BadPort {
    fn new(part: &[u8], problem: Problem) -> Self {
        Self { part: OsStr::from_bytes(part).to_owned(), problem }
    }
}

/// A port, a range `lo-hi` whose ends may come in either order, or a service's name. What begins
/// with a digit is no name, so `ftp-data` is one and `1-ssh` is not. Port 0 is too small.
pub fn range(
    argument: &OsStr,
    transport: Transport,
    services: Services<'_>,
) -> Result<PortRange, BadPort> {
    let bytes = argument.as_bytes();
    if !bytes.first().is_some_and(u8::is_ascii_digit) {
        return single(argument, 1, transport, services).map(PortRange::single);
    }
    match bytes.iter().position(|&byte| byte == b'-') {
        Some(dash) => {
            let (low, high) = bytes.split_at(dash);
            // The upper end first, as netcat-openbsd does: the first error is the one that is told.
            let high = number(high.get(1..).unwrap_or_default(), 1)?;
            Ok(PortRange::new(number(low, 1)?, high))
        }
        None => number(bytes, 1).map(PortRange::single),
    }
}

/// Ranges and names with commas between them: `80,443,8000-8010`.
pub fn list(
    argument: &OsStr,
    transport: Transport,
    services: Services<'_>,
) -> Result<Vec<PortRange>, BadPort> {
    argument
        .as_bytes()
        .split(|&byte| byte == b',')
        .map(|part| range(OsStr::from_bytes(part), transport, services))
        .collect()
}

/// One port, a number from `least` or a service's name.
pub fn single(
    argument: &OsStr,
    least: u16,
    transport: Transport,
    services: Services<'_>,
) -> Result<u16, BadPort> {
    match number(argument.as_bytes(), least) {
        Err(BadPort { problem: Problem::Invalid, part }) if !argument.is_empty() => {
            services(argument, transport)
                .filter(|&port| port != 0)
                .ok_or(BadPort { part, problem: Problem::Invalid })
        }
        result => result,
    }
}

/// A port's number.
pub fn number(text: &[u8], least: u16) -> Result<u16, BadPort> {
    decimal(OsStr::from_bytes(text), i64::from(least), i64::from(u16::MAX))
        .and_then(|port| u16::try_from(port).map_err(|_| Problem::TooLarge))
        .map_err(|problem| BadPort::new(text, problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn services(name: &OsStr, transport: Transport) -> Option<u16> {
        match (name.to_str()?, transport) {
            ("ssh", Transport::Tcp) => Some(22),
            ("ftp-data", _) => Some(20),
            _ => None,
        }
    }

    fn read(text: &str) -> Result<Vec<(u16, u16)>, (String, Problem)> {
        list(OsStr::new(text), Transport::Tcp, &services)
            .map(|list| list.iter().map(|range| (range.first, range.last)).collect())
            .map_err(|bad| (bad.part.to_string_lossy().into_owned(), bad.problem))
    }

    #[test]
    fn numbers_ranges_names_and_lists() {
        use Problem::{Invalid, TooLarge, TooSmall};
        for (text, ports) in [
            ("80", Ok(vec![(80, 80)])),
            ("00080", Ok(vec![(80, 80)])),
            ("5-3", Ok(vec![(3, 5)])),
            ("ssh", Ok(vec![(22, 22)])),
            ("ftp-data", Ok(vec![(20, 20)])),
            ("80,443,8000-8010", Ok(vec![(80, 80), (443, 443), (8000, 8010)])),
            ("1-65535", Ok(vec![(1, 65535)])),
            ("0", Err(("0", TooSmall))),
            ("0-5", Err(("0", TooSmall))),
            ("3-0", Err(("0", TooSmall))),
            ("65536", Err(("65536", TooLarge))),
            ("1-65536", Err(("65536", TooLarge))),
            ("99999999999999999999999", Err(("99999999999999999999999", TooLarge))),
            ("1--2", Err(("-2", TooSmall))),
            ("-80", Err(("-80", TooSmall))),
            ("abc", Err(("abc", Invalid))),
            ("22x", Err(("22x", Invalid))),
            ("3-", Err(("", Invalid))),
            ("1-ssh", Err(("ssh", Invalid))),
            ("80-90-100", Err(("90-100", Invalid))),
            ("", Err(("", Invalid))),
            ("80,", Err(("", Invalid))),
            (" 80", Err((" 80", Invalid))),
            ("+80", Err(("+80", Invalid))),
        ] {
            let expected = ports.map_err(|(part, problem)| (part.to_owned(), problem));
            assert_eq!(read(text), expected, "{text:?}");
        }
        let udp = single(OsStr::new("ssh"), 0, Transport::Udp, &services);
        assert!(udp.is_err(), "a service of another transport");
        assert_eq!(single(OsStr::new("0"), 0, Transport::Tcp, &services), Ok(0));
    }
}
