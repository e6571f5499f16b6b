//! Exact bytes of both voices: tables of (event, verbosity) to lines.

mod default;
mod failures;
mod hostile;
mod openbsd;

use super::{Voice, voice};
use crate::event::sample::{self, TOOK, address, inet, target};
use crate::event::{Attempt, Event, PortState, VoiceName};
use crate::plan::Transport;

const OPENBSD: VoiceName = VoiceName::OpenBsd;

const DEFAULT: VoiceName = VoiceName::Default;

fn speaks(name: VoiceName) -> Box<dyn Voice> {
    voice(name, sample::services())
}

fn text(lines: Option<Vec<u8>>) -> String {
    String::from_utf8(lines.unwrap_or_default()).unwrap()
}

fn said(name: VoiceName, verbosity: u8, event: &Event) -> String {
    text(speaks(name).event(event, &sample::reporting(name, verbosity)))
}

fn connected(name: &str, port: u16, at: &str, transport: Transport) -> Event {
    Event::Connected {
        target: target(name, port, transport),
        peer: inet(transport, Some(name), at),
        local: Some(address("127.0.0.1:43210")),
        proxied: false,
        took: TOOK,
    }
}

fn attempt_failed(name: &str, at: &str, error: std::io::Error) -> Event {
    let target = target(name, address(at).port(), Transport::Tcp);
    Event::AttemptFailed(Attempt {
        target,
        address: address(at),
        error,
        took: TOOK,
        to_proxy: false,
    })
}

fn accepted(name: Option<&[u8]>) -> Event {
    Event::Accepted {
        peer: inet(Transport::Tcp, None, "127.0.0.1:43210"),
        name: name.map(<[u8]>::to_vec),
        local: Some(address("127.0.0.1:8000")),
    }
}

fn scanned(transport: Transport, state: PortState) -> Event {
    let address = Some(address("127.0.0.1:22"));
    let probe = (transport == Transport::Udp).then_some("DNS");
    let target = target("localhost", 22, transport);
    Event::Scanned { target, address, state, probe, took: TOOK }
}

const REFUSED: i32 = libc::ECONNREFUSED;
