//! Exact lines, and that `docs/json.md` tells of all of them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::event::sample::{self, HOSTILE, TOOK, host, inet, os_error, target};
use crate::event::{Error, Event, Failure, Peer, PortState, ProgramEnd, Side, Summary, TcpInfo};
use crate::plan::Transport;

const DOCUMENT: &str = include_str!("../../../docs/json.md");

fn line(event: &Event) -> String {
    String::from_utf8(super::event(event, Duration::from_micros(1234)).unwrap()).unwrap()
}

fn error_line(error: &Error) -> String {
    String::from_utf8(super::error(error, 11, Duration::ZERO).unwrap()).unwrap()
}

fn parsed(line: &str) -> Map<String, Value> {
    match serde_json::from_str(line) {
        Ok(Value::Object(object)) => object,
        other => panic!("{other:?}"),
    }
}

fn events() -> Vec<Event> {
    let mut events = sample::events(b"lo");
    events.push(Event::Listening(inet(Transport::Tcp, None, "[fe80::1%2]:8000")));
    events.push(Event::Bound(Peer::File("/dev/ttyS0".into())));
    events.push(Event::Listening(Peer::Vsock { cid: 2, port: 5000 }));
    events.push(Event::ProgramEnded { pid: 4711, how: ProgramEnd::Signal(9) });
    events
}

#[test]
fn the_lines_are_these() {
    let lines: String = events().iter().map(line).collect();
    let expected = [
        r#""resolved","host":"lo","addresses":["::1","127.0.0.1"],"took":0.000084}"#,
        r#""attempting","target":{"host":"lo","port":8000,"transport":"tcp"},"address":{"ip":"127.0.0.1","port":8000}}"#,
        r#""attempt_failed","target":{"host":"lo","port":8000,"transport":"tcp"},"address":{"ip":"::1","port":8000},"reason":{"message":"Connection refused","errno":111},"took":0.000084,"to_proxy":false}"#,
        r#""proxy_opened","host":"lo","port":1080,"protocol":"5","address":{"ip":"192.0.2.7","port":1080},"target":{"host":"lo","port":8000,"transport":"tcp"},"looked_up":null,"authenticated":true,"took":0.000084}"#,
        r#""connected","target":{"host":"lo","port":8000,"transport":"tcp"},"peer":{"kind":"inet","transport":"tcp","host":"lo","ip":"127.0.0.1","port":8000},"local":{"ip":"127.0.0.1","port":43210},"proxied":false,"took":0.000084}"#,
        r#""opened","peer":{"kind":"unix","socket":"stream","name":"/run/s"}}"#,
        r#""composed","text":"lo","size":1048576}"#,
        r#""before_tls","from":"peer","text":"lo"}"#,
        r#""secured","peer":{"kind":"inet","transport":"tcp","host":"lo","ip":"127.0.0.1","port":8000},"tls":{"version":"TLSv1.3","cipher":"TLS_AES_128_GCM_SHA256","key_exchange":"X25519","alpn":"lo","server_name":"lo","verified":"nothing","verified_name":null,"distrust":"it is for lo, and another name was asked for","chain":[{"subject":"CN=a\u001b]0\\;t\u0007b","issuer":"CN=a\u001b]0\\;t\u0007b","names":[{"kind":"dns","name":"localhost"},{"kind":"ip","name":"127.0.0.1"}],"serial":"49125A8E8EEC32437E61243F18738D30E31A592E","not_before":"2026-11-22 23:55:52 UTC","not_after":"2126-10-29 23:55:52 UTC","days_left":36500,"key":"ECDSA P-256","signature":"ECDSA with SHA-256","authority":true,"self_signed":true,"sha256":"0E:F3:FC:44:D1:C9:6C:6B:25:10:D4:14:F6:32:B0:F0:0B:1A:39:36:28:1A:67:5E:07:C3:6C:C2:47:AB:53:51","pin":"sha256//Bggc3c18QZANJYbE+eGWcqW6hQ0qTnR5D9EWcGb13UE="}],"took":0.000084}}"#,
        r#""distrusted","certificate":{"subject":"CN=a\u001b]0\\;t\u0007b","issuer":"CN=a\u001b]0\\;t\u0007b","names":[{"kind":"dns","name":"localhost"},{"kind":"ip","name":"127.0.0.1"}],"serial":"49125A8E8EEC32437E61243F18738D30E31A592E","not_before":"2026-11-22 23:55:52 UTC","not_after":"2126-10-29 23:55:52 UTC","days_left":36500,"key":"ECDSA P-256","signature":"ECDSA with SHA-256","authority":true,"self_signed":true,"sha256":"0E:F3:FC:44:D1:C9:6C:6B:25:10:D4:14:F6:32:B0:F0:0B:1A:39:36:28:1A:67:5E:07:C3:6C:C2:47:AB:53:51","pin":"sha256//Bggc3c18QZANJYbE+eGWcqW6hQ0qTnR5D9EWcGb13UE="},"distrust":"it belongs to somebody else, for the peer does not have its key"}"#,
        r#""certificate_made","certificate":{"subject":"CN=a\u001b]0\\;t\u0007b","issuer":"CN=a\u001b]0\\;t\u0007b","names":[{"kind":"dns","name":"localhost"},{"kind":"ip","name":"127.0.0.1"}],"serial":"49125A8E8EEC32437E61243F18738D30E31A592E","not_before":"2026-11-22 23:55:52 UTC","not_after":"2126-10-29 23:55:52 UTC","days_left":36500,"key":"ECDSA P-256","signature":"ECDSA with SHA-256","authority":true,"self_signed":true,"sha256":"0E:F3:FC:44:D1:C9:6C:6B:25:10:D4:14:F6:32:B0:F0:0B:1A:39:36:28:1A:67:5E:07:C3:6C:C2:47:AB:53:51","pin":"sha256//Bggc3c18QZANJYbE+eGWcqW6hQ0qTnR5D9EWcGb13UE="}}"#,
        r#""certificate_seen","index":0,"certificate":{"subject":"CN=a\u001b]0\\;t\u0007b","issuer":"CN=a\u001b]0\\;t\u0007b","names":[{"kind":"dns","name":"localhost"},{"kind":"ip","name":"127.0.0.1"}],"serial":"49125A8E8EEC32437E61243F18738D30E31A592E","not_before":"2026-11-22 23:55:52 UTC","not_after":"2126-10-29 23:55:52 UTC","days_left":36500,"key":"ECDSA P-256","signature":"ECDSA with SHA-256","authority":true,"self_signed":true,"sha256":"0E:F3:FC:44:D1:C9:6C:6B:25:10:D4:14:F6:32:B0:F0:0B:1A:39:36:28:1A:67:5E:07:C3:6C:C2:47:AB:53:51","pin":"sha256//Bggc3c18QZANJYbE+eGWcqW6hQ0qTnR5D9EWcGb13UE="},"unreadable":null}"#,
        r#""verdict","verdict":"untrusted","verified_by":null,"name":"lo","why":"it is signed by lo, which nobody here trusts","expires_first":0,"until":"2126-10-29 23:55:52 UTC","days_left":36500,"expires_soon":null}"#,
        r#""bound","local":{"kind":"unix","socket":"datagram","name":"lo"}}"#,
        r#""listening","local":{"kind":"unix","socket":"stream","name":"lo"}}"#,
        r#""accepted","peer":{"kind":"inet","transport":"tcp","host":null,"ip":"127.0.0.1","port":43210},"name":"lo","local":{"ip":"127.0.0.1","port":8000},"user":4}"#,
        r#""heard","peer":{"kind":"unix","socket":"stream","name":"lo"}}"#,
        r#""moving","up":"sendfile","down":"splice"}"#,
        r#""note","note":"no_colon","request":null,"line":3,"status":null,"text":"lo","words":"line 3: \"lo\" has no colon: a header is Name: value"}"#,
        r#""first_byte","from":"peer","took":0.000084}"#,
        r#""half_closed","by":"us","bytes":61}"#,
        r#""progress","occasion":"asked","peer":{"kind":"unix","socket":"stream","name":"lo"},"sent":61,"received":214,"sent_rate":1000,"received_rate":0,"duration":0.21,"expected":610,"tcp":{"rtt":0.000084,"retransmits":0,"unacknowledged":0,"unsent":null,"peer_window":65536}}"#,
        r#""scan_progress","tried":412,"of":1000}"#,
        r#""no_conversation"}"#,
        r#""sums","peer":{"kind":"unix","socket":"stream","name":"lo"},"sent":{"sha256":"a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5","bytes":61,"extent":"whole"},"received":{"sha256":"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a","bytes":1,"extent":"cut"}}"#,
        r#""closed","first_to_finish":"peer","sent":61,"received":214,"undelivered":0,"duration":0.21,"by_timeout":false,"interrupted":false,"tcp":{"rtt":0.000084,"retransmits":0,"unacknowledged":0,"unsent":null,"peer_window":null}}"#,
        r#""client_left","peer":{"kind":"unix","socket":"stream","name":"lo"},"first_to_finish":null,"sent":0,"received":7,"undelivered":0,"duration":0.0,"by_timeout":true,"interrupted":false,"tcp":null}"#,
        r#""client_dropped","peer":{"kind":"unix","socket":"stream","name":"lo"},"undelivered":9,"reason":"does_not_read"}"#,
        r#""client_failed","peer":{"kind":"unix","socket":"stream","name":"lo"},"error":"connection","failure":"cut_short","message":"connection lost: Connection reset by peer (9 bytes not delivered)","target":null,"reason":{"message":"Connection reset by peer","errno":104},"undelivered":9}"#,
        r#""client_refused","peer":{"kind":"unix","socket":"stream","name":"lo"},"name":"lo","user":null,"reason":"not_allowed"}"#,
        r#""program_started","program":"lo","pid":4711}"#,
        r#""program_ended","pid":4711,"status":7,"signal":null}"#,
        r#""proxy_answered","peer":{"kind":"unix","socket":"stream","name":"lo"},"request":"lo","answer":"lo"}"#,
        r#""ip_options","peer":{"kind":"unix","socket":"stream","name":"lo"},"options":"8307047f00000101"}"#,
        r#""accept_paused","reason":{"message":"Too many open files","errno":24}}"#,
        r#""scanned","target":{"host":"lo","port":8000,"transport":"tcp"},"address":{"ip":"127.0.0.1","port":8000},"state":"closed","reason":{"message":"Connection refused","errno":111},"probe":null,"answer":null,"took":0.000084}"#,
        r#""probing","probe":"service"}"#,
        r#""lab_explained","peer":{"ip":"127.0.0.1","port":43210},"sentences":["lo","line 3 has no colon: reading headers stopped here"]}"#,
        r#""lab_answered","peer":{"ip":"127.0.0.1","port":43210},"method":"lo","path":"lo","status":405}"#,
        r#""lab_refused","peer":{"ip":"127.0.0.1","port":43210},"status":400,"reason":"lo"}"#,
        r#""proxy_step","host":"lo","port":1080,"protocol":"5","step":"asking","address":null,"wanted":null,"target":{"host":"lo","port":8000,"transport":"tcp"},"looked_up":"192.0.2.9"}"#,
        r#""refusals_left_out","count":9}"#,
        r#""not_editing","reason":"terminal_is_raw"}"#,
        r#""not_kept","path":"lo","reason":{"message":"Permission denied","errno":13}}"#,
        r#""not_recorded","error":"record","failure":"local_io","message":"lo: Permission denied (9 bytes of the record not written)","target":null,"reason":{"message":"Permission denied","errno":13},"undelivered":0}"#,
        r#""listening","local":{"kind":"inet","transport":"tcp","host":null,"ip":"fe80::1%2","port":8000}}"#,
        r#""bound","local":{"kind":"file","path":"/dev/ttyS0"}}"#,
        r#""listening","local":{"kind":"vsock","cid":2,"port":5000}}"#,
        r#""program_ended","pid":4711,"status":null,"signal":9}"#,
    ];
    let expected = expected.map(|rest| format!(r#"{{"v":1,"t":0.001234,"event":{rest}"#));
    assert_eq!(lines.lines().collect::<Vec<_>>(), expected);
    assert!(lines.ends_with('\n'));
}

#[test]
fn an_error_says_its_name_its_kind_and_its_words() {
    let error = Error::NotConnected {
        target: target("localhost", 8000, Transport::Tcp),
        failure: Failure::Refused,
    };
    assert_eq!(
        error_line(&error),
        concat!(
            r#"{"v":1,"t":0.0,"event":"error","status":11,"error":"not_connected","#,
            r#""failure":"refused","message":"connect to localhost port 8000 (tcp) failed: "#,
            r#"Connection refused (nothing listens on that port)","#,
            r#""target":{"host":"localhost","port":8000,"transport":"tcp"},"#,
            r#""reason":null,"undelivered":0}"#,
            "\n"
        )
    );
}

#[test]
fn a_summary_may_know_little() {
    let line = line(&Event::Closed(Summary { interrupted: true, ..Summary::default() }));
    let closed = parsed(&line);
    assert_eq!(closed["first_to_finish"], Value::Null);
    assert_eq!(closed["tcp"], Value::Null);
    assert_eq!(closed["interrupted"], true);
    let summary = Summary {
        first_to_finish: Some(Side::Us),
        tcp: Some(TcpInfo { rtt: TOOK, retransmits: 3, unacknowledged: 9, ..TcpInfo::default() }),
        ..Summary::default()
    };
    let line = super::event(&Event::Closed(summary), Duration::ZERO).unwrap();
    let closed = parsed(str::from_utf8(&line).unwrap());
    assert_eq!(closed["tcp"]["retransmits"], 3);
    assert_eq!(closed["first_to_finish"], "us");
}

#[test]
fn every_state_of_a_port_has_a_name() {
    let state = |state| {
        let target = target("localhost", 22, Transport::Udp);
        let event = Event::Scanned { target, address: None, state, probe: None, took: TOOK };
        let line = parsed(&line(&event));
        (line["state"].as_str().unwrap().to_owned(), line["reason"].is_object())
    };
    let refused = || os_error(libc::ECONNREFUSED);
    assert_eq!(state(PortState::Open { answer: None }), ("open".to_owned(), false));
    assert_eq!(state(PortState::Closed(refused())), ("closed".to_owned(), true));
    assert_eq!(state(PortState::NoAnswer(None)), ("no_answer".to_owned(), false));
    assert_eq!(state(PortState::Failed(refused())), ("failed".to_owned(), true));
}

/// One line, printable ASCII, and valid JSON, whatever is foreign in it.
#[test]
fn nothing_hostile_reaches_the_terminal() {
    let events = sample::events(HOSTILE);
    let errors = sample::errors(HOSTILE);
    for line in events.iter().map(line).chain(errors.iter().map(error_line)) {
        let body = line.strip_suffix('\n').unwrap();
        assert!(body.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{line:?}");
        parsed(body);
    }
}

#[test]
fn text_is_itself_and_bytes_are_escaped() {
    let host_of = |bytes: &[u8]| {
        let event = Event::Resolved {
            host: host(bytes),
            addresses: Vec::new(),
            names: Vec::new(),
            took: TOOK,
        };
        let line = line(&event);
        (line.clone(), parsed(&line)["host"].as_str().unwrap().to_owned())
    };
    let (line, back) = host_of("bücher\u{202e}\x1b🦀".as_bytes());
    assert_eq!(back, "bücher\u{202e}\x1b🦀");
    assert!(line.contains(r#""b\u00fccher\u202e\u001b\ud83e\udd80""#), "{line}");
    assert_eq!(host_of(b"a\xff\x1b").1, r"a\xff\x1b");
}

/// Every event has a section `### name` in the document, and in it a row for every field.
#[test]
fn the_document_tells_of_every_event_and_field() {
    let sections: BTreeMap<&str, &str> = DOCUMENT
        .split("\n### `")
        .skip(1)
        .filter_map(|section| section.split_once("`\n"))
        .map(|(name, body)| (name, body.split("\n## ").next().unwrap_or(body)))
        .collect();
    let mut told = Vec::new();
    let errors = sample::errors(b"lo");
    for line in events().iter().map(line).chain(errors.iter().map(error_line)) {
        let line = parsed(&line);
        let name = line["event"].as_str().unwrap();
        let section = sections.get(name).unwrap_or_else(|| panic!("no section for {name}"));
        for field in line.keys().filter(|field| !["v", "t", "event"].contains(&field.as_str())) {
            assert!(section.contains(&format!("| `{field}` |")), "{name}.{field}");
        }
        told.push(name.to_owned());
    }
    let untrue: Vec<_> = sections.keys().filter(|name| !told.contains(&(**name).into())).collect();
    assert!(untrue.is_empty(), "documented, but no such event: {untrue:?}");
}

/// Every error's name, and every kind of failure with its status, is in the documents.
#[test]
fn the_documents_tell_of_every_error_and_status() {
    let statuses = include_str!("../../../docs/exit-status.md");
    for error in sample::errors(b"lo") {
        let line = parsed(&error_line(&error));
        let name = line["error"].as_str().unwrap();
        assert!(DOCUMENT.contains(&format!("\n| `{name}` |")), "{name}");
        let failure = line["failure"].as_str().unwrap();
        assert!(DOCUMENT.contains(&format!("`{failure}`")), "{failure}");
        let row = format!("\n| {} | ", error.failure().status());
        assert!(statuses.contains(&row), "{row}");
        assert!(statuses.contains(&format!("`{failure}`")), "{failure}");
    }
}
