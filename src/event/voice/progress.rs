//! How a conversation goes, in a line or two.

use super::closing::kernel;
use super::place;
use super::quantity::{bytes, duration, size};
use crate::event::{Occasion, Progress};

/// For who asked: what moved and how fast, and what the kernel knows of it.
pub fn status(progress: &Progress) -> Vec<String> {
    let peer = place::name(&progress.peer);
    let of = match expected(progress) {
        Some(expected) => format!(" of {expected}{}", percent(progress.sent, expected)),
        None => String::new(),
    };
    let moved = format!(
        "{peer}: after {}: sent {}{of} at {}/s, received {} at {}/s",
        duration(progress.duration),
        bytes(progress.sent),
        size(progress.sent_rate),
        bytes(progress.received),
        size(progress.received_rate),
    );
    let told = progress.tcp.as_ref().map(|tcp| {
        let window = match tcp.peer_window {
            Some(window) => format!(", the peer's window is {}", bytes(window.into())),
            None => String::new(),
        };
        format!("{peer}: {}{window}", kernel(tcp))
    });
    std::iter::once(moved).chain(told).collect()
}

/// For who watches: short enough for one line of a terminal where there is one conversation.
pub fn line(progress: &Progress) -> String {
    if progress.is_alone { moved(progress) } else { at_peer(progress, &moved(progress)) }
}

fn at_peer(progress: &Progress, words: &str) -> String {
    format!("{}: {words}", place::name(&progress.peer))
}

fn moved(progress: &Progress) -> String {
    let sent = match expected(progress) {
        Some(expected) => format!(
            "sent {} of {}{} at {}/s{}",
            size(progress.sent),
            size(expected),
            percent(progress.sent, expected),
            size(progress.sent_rate),
            left(progress, expected)
        ),
        None if progress.sent == 0 => String::new(),
        None => format!("sent {} at {}/s", size(progress.sent), size(progress.sent_rate)),
    };
    let received = match progress.received {
        0 => String::new(),
        count => format!("received {} at {}/s", size(count), size(progress.received_rate)),
    };
    let parts: Vec<_> = [sent, received].into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "nothing has moved yet".to_owned() } else { parts.join("; ") }
}

/// How much is to be sent, where that may still be true: a file may have grown meanwhile, and some
/// say that they are empty and are not.
fn expected(progress: &Progress) -> Option<u64> {
    progress.expected.filter(|expected| *expected >= progress.sent.max(1))
}

/// ` (20 %)`
fn percent(sent: u64, expected: u64) -> String {
    match (u128::from(sent) * 100).checked_div(expected.into()) {
        Some(percent) => format!(" ({percent} %)"),
        None => String::new(),
    }
}

/// `, 42 s left`; nothing where it is over, all sent, or stands still.
fn left(progress: &Progress, expected: u64) -> String {
    let rest = expected.saturating_sub(progress.sent);
    match rest.div_ceil(progress.sent_rate.max(1)) {
        0 => String::new(),
        _ if progress.sent_rate == 0 || progress.occasion == Occasion::Over => String::new(),
        seconds @ 1..100 => format!(", {seconds} s left"),
        seconds @ 100..6000 => format!(", {} min left", seconds.div_ceil(60)),
        seconds => format!(", {} h left", seconds.div_ceil(3600)),
    }
}

/// What is said of one that is over.
pub fn total(progress: &Progress) -> String {
    let took = duration(progress.duration);
    format!("{} in {took}", line(progress))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::event::{Peer, TcpInfo};
    use crate::plan::Transport;

    fn progress() -> Progress {
        Progress {
            occasion: Occasion::Passing,
            peer: Peer::Inet {
                transport: Transport::Tcp,
                host: None,
                address: "127.0.0.1:8000".parse().unwrap(),
            },
            sent: 10_485_760,
            received: 0,
            sent_rate: 2_000_000,
            received_rate: 0,
            duration: Duration::from_millis(5240),
            expected: Some(104_857_600),
            tcp: None,
            is_landmark: false,
            is_alone: true,
        }
    }

    #[test]
    fn the_line_says_how_far_it_is_and_how_long_it_takes() {
        assert_eq!(line(&progress()), "sent 10.5 MB of 105 MB (10 %) at 2.00 MB/s, 48 s left");
        let slow = Progress { sent_rate: 20_000, received: 7, ..progress() };
        let said = "sent 10.5 MB of 105 MB (10 %) at 20.0 kB/s, 79 min left; received 7 bytes at 0 bytes/s";
        assert_eq!(line(&slow), said);
        let hours = Progress { sent_rate: 1000, ..progress() };
        assert!(line(&hours).ends_with("at 1000 bytes/s, 27 h left"));
        let stands = Progress { sent_rate: 0, ..progress() };
        assert_eq!(line(&stands), "sent 10.5 MB of 105 MB (10 %) at 0 bytes/s");
        let all = Progress { sent: 104_857_600, ..progress() };
        assert_eq!(total(&all), "sent 105 MB of 105 MB (100 %) at 2.00 MB/s in 5.24 s");
        let shrunk = Progress { occasion: Occasion::Over, ..progress() };
        assert_eq!(total(&shrunk), "sent 10.5 MB of 105 MB (10 %) at 2.00 MB/s in 5.24 s");
        for not_so in [0, 10_485_759] {
            let grown = Progress { expected: Some(not_so), ..progress() };
            assert_eq!(line(&grown), "sent 10.5 MB at 2.00 MB/s");
        }
        let nothing = Progress { sent: 0, expected: None, ..progress() };
        assert_eq!(line(&nothing), "nothing has moved yet");
        let input = Progress { expected: None, ..progress() };
        assert_eq!(line(&input), "sent 10.5 MB at 2.00 MB/s");
    }

    #[test]
    fn who_asks_is_told_all_that_is_known() {
        let told = status(&Progress { received: 1, received_rate: 1, ..progress() });
        let moved = "127.0.0.1:8000: after 5.24 s: sent 10485760 bytes of 104857600 (10 %) at 2.00 MB/s, \
                     received 1 byte at 1 byte/s";
        assert_eq!(told, [moved]);
        let tcp = TcpInfo {
            rtt: Duration::from_micros(84),
            retransmits: 2,
            unacknowledged: 9000,
            unsent: Some(4000),
            peer_window: Some(65_536),
        };
        let several = Progress { is_alone: false, sent: 0, expected: None, ..progress() };
        assert_eq!(line(&several), "127.0.0.1:8000: nothing has moved yet");
        let told = status(&Progress { expected: None, tcp: Some(tcp), ..progress() });
        assert_eq!(
            told[1],
            "127.0.0.1:8000: rtt 0.1 ms, 2 retransmits, 9000 bytes not acknowledged (4000 of them not \
             sent), the peer's window is 65536 bytes"
        );
    }
}
