//! IP options: the loose source route of `-g` and `-G`, and how received options are shown.
//!
//! RFC 791 section 3.1. IPv4 alone has it. Responsible for the bytes of the socket option
//! `IP_OPTIONS`; not for setting it.

use std::fmt::{self, Display, Formatter};
use std::net::Ipv4Addr;

const END: u8 = 0;
const NO_OPERATION: u8 = 1;
const LOOSE_SOURCE_ROUTE: u8 = 0x83;

/// Type, length and pointer.
const HEAD: u8 = 3;
/// An address.
const HOP: u8 = 4;

/// The most hops that fit beside the destination: 40 bytes of options hold a head and nine
/// addresses.
pub const HOPS_MAX: usize = 8;

/// Where the one byte goes that fills the option up to a multiple of four.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Behind it, as 1.10 and GNU netcat have it.
    Traditional,
    /// In front of it, as Ncat has it.
    Ncat,
}

/// Which hop is the next: the option's third byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pointer(u8);

/// Why there is no such source route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// No hop at all.
    #[error("a source route without hops")]
    NoHop,
    /// More than [`HOPS_MAX`]; this many.
    #[error("a source route of {0} hops, more than 8")]
    TooManyHops(usize),
    /// Not one of 4, 8, … 28.
    #[error("invalid hop pointer {0}, must be a multiple of 4 up to 28")]
    Pointer(u32),
}

impl Pointer {
    /// Checks the number of `-G`.
    pub fn new(number: u32) -> Result<Self, RouteError> {
        match u8::try_from(number) {
            Ok(pointer) if (4..=28).contains(&pointer) && pointer % 4 == 0 => Ok(Self(pointer)),
            _ => Err(RouteError::Pointer(number)),
        }
    }
}

impl Default for Pointer {
    /// The first hop.
    fn default() -> Self {
        Self(4)
    }
}

/// The options for a connection to `destination` by way of `hops`, a multiple of four bytes and at
/// most 40.
pub fn options(
    layout: Layout,
    hops: &[Ipv4Addr],
    destination: Ipv4Addr,
    pointer: Pointer,
) -> Result<Vec<u8>, RouteError> {
    if hops.is_empty() {
        return Err(RouteError::NoHop);
    }
    let too_many = || RouteError::TooManyHops(hops.len());
    let count = u8::try_from(hops.len()).ok().filter(|count| usize::from(*count) <= HOPS_MAX);
    let length = HEAD + HOP * (count.ok_or_else(too_many)? + 1);
    let mut options = vec![LOOSE_SOURCE_ROUTE, length, pointer.0];
    for address in hops.iter().chain([&destination]) {
        options.extend(address.octets());
    }
    match layout {
        Layout::Traditional => options.push(NO_OPERATION),
        Layout::Ncat => options.insert(0, NO_OPERATION),
    }
    Ok(options)
}

/// Received options as traditional shows them: two small hex digits and a blank for each byte,
/// behind `IP options: `. At most 40 bytes are shown, for a header has no room for more.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a>(pub &'a [u8]);

impl Display for Shown<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str("IP options: ")?;
        self.0.iter().take(40).try_for_each(|byte| write!(out, "{byte:02x} "))
    }
}

/// The hops of a source route among received options, the destination included, if there is one
/// and it is well formed.
pub fn hops(options: &[u8]) -> Option<Vec<Ipv4Addr>> {
    let mut rest = options;
    loop {
        match rest {
            [] | [END, ..] => return None,
            [NO_OPERATION, behind @ ..] => rest = behind,
            [kind, length, ..] => {
                let (option, behind) = rest.split_at_checked(usize::from(*length))?;
                let data = option.get(2..)?;
                if *kind == LOOSE_SOURCE_ROUTE {
                    let (addresses, []) = data.get(1..)?.as_chunks::<4>() else {
                        return None;
                    };
                    return Some(addresses.iter().map(|octets| Ipv4Addr::from(*octets)).collect());
                }
                rest = behind;
            }
            [_] => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::{HOPS_MAX, Layout, Pointer, RouteError, Shown, hops, options};
    use crate::proto::fuzz;

    const A: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 5);
    const B: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 6);
    const DESTINATION: Ipv4Addr = Ipv4Addr::LOCALHOST;

    #[test]
    fn the_captured_option() {
        let made = options(Layout::Traditional, &[A, B], DESTINATION, Pointer::default()).unwrap();
        assert_eq!(made, b"\x83\x0f\x04\x7f\0\0\x05\x7f\0\0\x06\x7f\0\0\x01\x01");
        assert_eq!(
            Shown(&made).to_string(),
            "IP options: 83 0f 04 7f 00 00 05 7f 00 00 06 7f 00 00 01 01 "
        );
    }

    #[test]
    fn ncat_fills_up_in_front() {
        let pointer = Pointer::new(8).unwrap();
        let made = options(Layout::Ncat, &[A], DESTINATION, pointer).unwrap();
        assert_eq!(made, b"\x01\x83\x0b\x08\x7f\0\0\x05\x7f\0\0\x01");
    }

    #[test]
    fn hops_and_pointer_have_limits() {
        let make = |count| options(Layout::Ncat, &vec![A; count], B, Pointer::default());
        assert_eq!(make(0), Err(RouteError::NoHop));
        assert_eq!(make(8).unwrap().len(), 40);
        assert_eq!(make(9), Err(RouteError::TooManyHops(9)));
        assert_eq!(make(256), Err(RouteError::TooManyHops(256)));
        for number in 0..=300 {
            let valid = [4, 8, 12, 16, 20, 24, 28].contains(&number);
            assert_eq!(Pointer::new(number).is_ok(), valid, "{number}");
        }
        assert_eq!(Pointer::new(260), Err(RouteError::Pointer(260)));
    }

    #[test]
    fn a_route_is_found_among_other_options() {
        assert_eq!(hops(b"\x01\x07\x03\x04\x83\x07\x04\x7f\0\0\x05"), Some(vec![A]));
        for none in [&b""[..], b"\x01", b"\0\x83\x07\x04\x7f\0\0\x05", b"\x07\x00", b"\x07\x01"] {
            assert_eq!(hops(none), None);
        }
        for broken in [&b"\x83"[..], b"\x83\x02", b"\x83\x07\x04\x7f", b"\x83\x05\x04\x7f\0"] {
            assert_eq!(hops(broken), None);
        }
    }

    proptest! {
        #[test]
        fn hops_can_be_read_back(
            given in prop::collection::vec(any::<u32>(), 1..=HOPS_MAX),
            destination in any::<u32>(),
            layout in prop::sample::select(vec![Layout::Traditional, Layout::Ncat]),
        ) {
            let mut route: Vec<_> = given.into_iter().map(Ipv4Addr::from).collect();
            let made = options(layout, &route, destination.into(), Pointer::default()).unwrap();
            prop_assert!(made.len().is_multiple_of(4) && made.len() <= 40);
            route.push(destination.into());
            prop_assert_eq!(hops(&made), Some(route));
        }

        #[test]
        fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            fuzz::source_route(&bytes);
        }
    }
}
