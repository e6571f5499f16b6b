//! What happens on a connection, in plain sentences.

use std::time::Duration;

use super::sentences::{shown, time};
use crate::plan::{
    AfterInput, AfterPeer, Attached, Edit, LARGEST_DATAGRAM, PaceUnit, Program, Protocol,
    RecordFormat, RecordTo, Recording, Session, Telnet,
};
use crate::proto::lint::LintKind;

/// The sentences of a conversation with one peer.
pub fn session(said: &mut Vec<String>, session: &Session, protocol: Protocol) {
    let leaves_at_once = session.idle_timeout == Some(Duration::ZERO);
    if leaves_at_once {
        said.push("Leaves as soon as it is connected.".to_owned());
    } else if session.read_input {
        let then = match protocol {
            Protocol::Stream => after_input(session.after_input),
            Protocol::Datagram => after_datagrams(session.after_input),
        };
        said.push(format!("When its input ends: {then}."));
        if protocol == Protocol::Stream {
            ends_of_peer(said, session);
        }
    } else {
        said.push("Reads no input.".to_owned());
    }
    shared(said, session, protocol);
}

/// The sentences that hold for several clients as well.
pub fn shared(said: &mut Vec<String>, session: &Session, protocol: Protocol) {
    if let Some(limit) = session.idle_timeout.filter(|limit| !limit.is_zero()) {
        let how = if session.idle_is_failure { "Fails" } else { "Leaves" };
        said.push(format!("{how} when nothing has moved for {}.", time(limit)));
    }
    if session.wants_answer.is_some() {
        said.push("Fails when the peer ends without a whole answer.".to_owned());
    }
    if !session.show_peer {
        said.push("Drops what the peer sends.".to_owned());
    }
    match session.edit {
        Some(Edit { history: true }) => {
            said.push("Edits lines at a terminal, and keeps them for the next run.".to_owned());
        }
        Some(Edit { history: false }) => said.push("Edits lines at a terminal.".to_owned()),
        None => {}
    }
    if session.crlf {
        said.push("Sends each LF as CR LF.".to_owned());
    }
    if session.escapes {
        said.push("Sends the bytes that escapes in its input stand for.".to_owned());
    }
    if session.fill {
        said.push("Fills {len}, {env:NAME} and {now} in what it sends.".to_owned());
    }
    match session.telnet {
        None => {}
        Some(Telnet::Requests) => said.push("Refuses what telnet asks for.".to_owned()),
        Some(Telnet::Everything) => {
            said.push("Refuses what telnet asks for, and answers its acknowledgements.".to_owned());
        }
        Some(Telnet::Removed) => {
            said.push("Refuses what telnet asks for, and does not show it.".to_owned());
        }
    }
    if let Some(pace) = session.pace {
        let unit = match pace.unit {
            PaceUnit::Line => "line",
            PaceUnit::Block => "block",
        };
        let place = if pace.before { "before" } else { "after" };
        let moved = if pace.both_ways { "sent or shown" } else { "sent" };
        said.push(format!("Pauses for {} {place} each {unit} {moved}.", time(pace.pause)));
    }
    if let Some(rate) = session.rate {
        said.push(format!("Moves at most {rate} bytes a second each way."));
    }
    if session.sum {
        said.push("Says at the end what the SHA-256 of each direction is.".to_owned());
    }
    if let Some(kind) = session.lint {
        said.push(match kind {
            LintKind::Http => "Reads along and notes what is wrong in HTTP.".to_owned(),
            LintKind::Smtp => "Reads along and notes what is wrong in SMTP.".to_owned(),
            LintKind::Redis => "Reads along and notes what is wrong for Redis.".to_owned(),
            LintKind::Auto => {
                "Reads along and notes what is wrong, if the first line is of HTTP.".to_owned()
            }
            LintKind::Nothing => "Notes nothing about what is typed.".to_owned(),
        });
    }
    said.extend(session.recordings.iter().map(recording));
    if let Some(limit) = session.receive_limit {
        said.push(format!("Leaves after {limit} reads from the network."));
    }
    if protocol == Protocol::Datagram && session.datagram_size != LARGEST_DATAGRAM {
        said.push(format!("Puts at most {} bytes into a datagram.", session.datagram_size));
    }
}

fn after_input(after: AfterInput) -> String {
    match after {
        AfterInput::HalfClose => {
            "tells the peer (half-close), and takes what comes until the peer is done".to_owned()
        }
        AfterInput::StayOpen => {
            "tells the peer nothing, and takes what comes until the peer is done".to_owned()
        }
        AfterInput::StayUntilIdle(idle) => format!(
            "tells the peer nothing, and leaves when it is done or nothing has moved for {}",
            time(idle)
        ),
        AfterInput::Quit(limit) if limit.is_zero() => {
            "tells the peer (half-close), and leaves at once without its answer".to_owned()
        }
        AfterInput::Quit(limit) => format!(
            "tells the peer (half-close), and leaves when it is done, after {} at the latest",
            time(limit)
        ),
        AfterInput::Settle(idle) => format!(
            "tells the peer (half-close), and leaves when it is done or silent for {}",
            time(idle)
        ),
        AfterInput::Linger(wait) => format!(
            "tells the peer (half-close), takes what comes until the peer is done however late, and \
             leaves {} after that",
            time(wait)
        ),
    }
}

/// A peer that is sent datagrams cannot be told of an end.
fn after_datagrams(after: AfterInput) -> String {
    match after {
        AfterInput::HalfClose | AfterInput::StayOpen | AfterInput::Linger(_) => {
            "goes on receiving".to_owned()
        }
        AfterInput::StayUntilIdle(idle) | AfterInput::Settle(idle) => {
            format!("leaves when nothing has come for {}", time(idle))
        }
        AfterInput::Quit(limit) if limit.is_zero() => "leaves at once".to_owned(),
        AfterInput::Quit(limit) => format!("leaves {} later", time(limit)),
    }
}

/// The sentences of a program's conversation with one peer. Its ends are passed on whatever holds
/// for our own streams; one that has the connection itself is held by no rule of ours.
pub fn with_program(
    said: &mut Vec<String>,
    program: &Program,
    session: &Session,
    protocol: Protocol,
) {
    if program.attached == Attached::Socket {
        return;
    }
    if protocol == Protocol::Stream {
        said.push(
            "When the program's output ends: tells the peer (half-close), and leaves when it is done \
             or the program reads no more."
                .to_owned(),
        );
        said.push("When the peer is done: tells the program, and waits for its end.".to_owned());
    } else {
        said.push(
            "When the program's output ends: leaves when the program reads no more.".to_owned(),
        );
    }
    shared(said, session, protocol);
}

fn ends_of_peer(said: &mut Vec<String>, session: &Session) {
    let usual = after_peer(session.after_peer);
    said.push(if session.after_peer == session.after_peer_at_terminal {
        format!("When the peer is done: {usual}.")
    } else {
        let terminal = after_peer(session.after_peer_at_terminal);
        format!("When the peer is done: {usual}; at a terminal {terminal}.")
    });
}

fn after_peer(after: AfterPeer) -> String {
    match after {
        AfterPeer::FinishInput => "sends the rest, until the end or a refusal".to_owned(),
        AfterPeer::LeaveWhenQuiet => "sends what is already there, and leaves".to_owned(),
        AfterPeer::LeaveWhenIdle(idle) => {
            format!("sends the rest, until the end or a pause of {}", time(idle))
        }
    }
}

fn recording(recording: &Recording) -> String {
    let what = match recording.format {
        RecordFormat::HexTraditional => "a hex dump of what passes",
        RecordFormat::HexNcat => "a hex dump in Ncat's form",
        RecordFormat::HexToybox => "a hex dump of each packet",
        RecordFormat::HexGnu => "a hex dump in GNU netcat's form",
        RecordFormat::HexToyboxStream => "a hex dump across packets",
        RecordFormat::HexTimed => "a hex dump of what passes, with times,",
        RecordFormat::Raw => "the bytes that pass, as they are,",
        RecordFormat::Log => "a log of what passes",
        RecordFormat::Packets => "the packets of each connection, and TLS secrets,",
    };
    let how = if recording.append { "Appends" } else { "Writes" };
    match &recording.to {
        RecordTo::File(path) => {
            let file = shown(path.as_os_str());
            let emptied = if recording.append { "" } else { ", which is emptied first" };
            format!("{how} {what} to the file {file}{emptied}.")
        }
        RecordTo::Output => {
            let beside = match recording.format {
                RecordFormat::HexTimed => "in place of",
                _ => "beside",
            };
            format!("{how} {what} to standard output {beside} the bytes.")
        }
        RecordTo::ErrorOutput => format!("{how} {what} to standard error."),
    }
}
