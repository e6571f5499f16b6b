//! Exact bytes of both voices: tables of (event, verbosity) to lines.

mod busybox;
mod default;
mod details;
mod failures;
mod gnu;
mod hostile;
mod ncat;
mod note;
mod openbsd;
mod openbsd_upstream;
mod other_note;
mod toybox;
mod traditional;

use super::{Voice, voice};
use std::time::Duration;

use crate::event::sample::{self, TOOK, address, inet, os_error, target};
use crate::event::{Attempt, Error, Event, Failure, PortState, Reporting, Summary, VoiceName};
use crate::plan::Transport;

const OPENBSD: VoiceName = VoiceName::OpenBsd;

const DEFAULT: VoiceName = VoiceName::Default;

/// Every voice there is.
const ALL: [VoiceName; 9] = [
    VoiceName::Default,
    VoiceName::OpenBsd,
    VoiceName::OpenBsdUpstream,
    VoiceName::Traditional,
    VoiceName::Ncat,
    VoiceName::BusyBox,
    VoiceName::BusyBoxSmall,
    VoiceName::Gnu,
    VoiceName::Toybox,
];

fn speaks(name: VoiceName) -> Box<dyn Voice> {
    voice(name, sample::services())
}

fn text(lines: Option<Vec<u8>>) -> String {
    String::from_utf8(lines.unwrap_or_default()).unwrap()
}

fn said(name: VoiceName, verbosity: u8, event: &Event) -> String {
    text(speaks(name).event(event, &sample::reporting(name, verbosity)))
}

/// All that a voice says of a run that took 0.4 s, and its status.
#[expect(clippy::needless_pass_by_value, reason = "results are made where they are told")]
fn story(reporting: &Reporting, events: &[Event], result: Result<(), Error>) -> (String, u8) {
    let voice = speaks(reporting.voice);
    let mut said = text(voice.opening(reporting));
    for event in events {
        said += &text(voice.event(event, reporting));
    }
    if let Err(error) = &result {
        said += &text(voice.error(error, reporting));
    }
    said += &text(voice.ending(&result, reporting, Duration::from_millis(400)));
    (said, voice.status(&result, reporting))
}

/// What a voice says of each of [`sample::errors`], with its status before it.
fn errors(name: VoiceName, verbosity: u8) -> String {
    let reporting = sample::reporting(name, verbosity);
    let mut lines = String::new();
    for error in sample::errors(b"x") {
        let voice = speaks(name);
        let words = text(voice.error(&error, &reporting));
        let status = voice.status(&Err(error), &reporting);
        let words = words.trim_end().replace('\n', " / ");
        lines.extend([status.to_string(), format!(" {words}\n")]);
    }
    lines
}

fn resolved(host: &str, addresses: &[&str], names: &[Option<&str>]) -> Event {
    Event::Resolved {
        host: host.into(),
        addresses: addresses.iter().map(|at| address(at)).collect(),
        names: names.iter().map(|name| name.map(|name| name.as_bytes().to_vec())).collect(),
        took: TOOK,
    }
}

fn not_connected(name: &str, port: u16) -> Error {
    Error::NotConnected { target: target(name, port, Transport::Tcp), failure: Failure::Refused }
}

fn closed(sent: u64, received: u64) -> Event {
    Event::Closed(Summary { sent, received, ..Summary::default() })
}

fn listening(at: &str) -> Event {
    Event::Listening(inet(Transport::Tcp, None, at))
}

fn reset(undelivered: u64) -> Error {
    Error::Connection { error: os_error(libc::ECONNRESET), undelivered }
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
        user: None,
    }
}

fn scanned(transport: Transport, state: PortState) -> Event {
    let address = Some(address("127.0.0.1:22"));
    let probe = (transport == Transport::Udp).then_some("DNS");
    let target = target("localhost", 22, transport);
    Event::Scanned { target, address, state, probe, took: TOOK }
}

const REFUSED: i32 = libc::ECONNREFUSED;
