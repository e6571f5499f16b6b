//! What a voice says that it shows is what it shows: what it does not show is not found out.

use super::*;
use crate::event::voice::shows;
use crate::event::{Detail, Peer};
use crate::plan::UnixKind;

/// The events that have something in them which was found out for who shows it: with it, without.
fn pairs() -> Vec<(Detail, Event, Event)> {
    let accepted = |transport, local: bool, name: bool| Event::Accepted {
        peer: inet(transport, None, "127.0.0.1:43210"),
        name: name.then(|| b"client".to_vec()),
        local: local.then(|| address("127.0.0.1:8000")),
        user: None,
    };
    let tcp = |known: bool| known.then(Default::default);
    let closed = |known| Event::Closed(Summary { tcp: tcp(known), ..Summary::default() });
    let left = |known| Event::ClientLeft {
        peer: Peer::Unix { kind: UnixKind::Stream, name: None },
        summary: Summary { tcp: tcp(known), ..Summary::default() },
    };
    let options = |options: &[u8]| Event::IpOptions {
        peer: inet(Transport::Tcp, None, "127.0.0.1:43210"),
        options: options.to_vec(),
    };
    vec![
        (
            Detail::LocalAddress,
            accepted(Transport::Tcp, true, false),
            accepted(Transport::Tcp, false, false),
        ),
        (
            Detail::LocalAddress,
            accepted(Transport::Udp, true, false),
            accepted(Transport::Udp, false, false),
        ),
        (
            Detail::ClientNames,
            accepted(Transport::Tcp, false, true),
            accepted(Transport::Tcp, false, false),
        ),
        (Detail::TcpInfo, closed(true), closed(false)),
        (Detail::TcpInfo, left(true), left(false)),
        (Detail::IpOptions, options(&[1]), options(&[2])),
    ]
}

#[test]
fn a_voice_shows_what_it_says_that_it_shows() {
    for name in ALL {
        for (verbosity, why) in [(0, false), (0, true), (1, false), (2, false), (3, true)] {
            let reporting = Reporting { why, ..sample::reporting(name, verbosity) };
            let shows = |detail| shows(&*speaks(name), detail, &reporting);
            let is_shown = |(_, with, without): &(Detail, Event, Event)| {
                let words = |event| text(speaks(name).event(event, &reporting));
                words(with) != words(without)
            };
            let what = format!("{name:?}, -v {verbosity} times, why {why}");
            for pair in pairs() {
                assert!(shows(pair.0) || !is_shown(&pair), "{what}: {:?}", pair.1);
            }
            for detail in [Detail::LocalAddress, Detail::ClientNames, Detail::IpOptions] {
                let needed = pairs().iter().any(|pair| pair.0 == detail && is_shown(pair));
                assert_eq!(shows(detail), needed, "{what}: {detail:?}");
            }
        }
    }
}
