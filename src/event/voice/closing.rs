//! The end of a conversation in one line.

use super::quantity::{bytes, duration};
use crate::event::{DropReason, Side, Summary, TcpInfo};

/// Who ended it and after how long: `closed by the peer after 0.21 s`.
pub fn end(summary: &Summary) -> String {
    let how = match summary.first_to_finish {
        _ if summary.interrupted => "interrupted",
        _ if summary.failed => "cut short",
        _ if summary.by_timeout => "ended by the timeout",
        Some(Side::Peer) => "closed by the peer",
        Some(Side::Us) => "closed by us",
        None => "closed",
    };
    format!("{how} after {}", duration(summary.duration))
}

/// The same with the bytes each way and what the kernel knows of the connection.
pub fn line(summary: &Summary) -> String {
    let mut moved = vec![
        format!("sent {}", bytes(summary.sent)),
        format!("received {}", bytes(summary.received)),
    ];
    if summary.undelivered > 0 {
        moved.push(format!("{} not delivered", bytes(summary.undelivered)));
    }
    let parts = [Some(moved.join(", ")), summary.tcp.as_ref().map(kernel)];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    format!("{}: {}", end(summary), parts.join("; "))
}

/// Why a client was dropped.
pub fn dropped(reason: DropReason) -> &'static str {
    match reason {
        DropReason::DoesNotRead => "it does not read",
        DropReason::NoDescriptors => "it was idle, and no descriptor was left",
    }
}

/// `rtt 0.1 ms, no retransmits`
pub fn kernel(tcp: &TcpInfo) -> String {
    let retransmits = match tcp.retransmits {
        0 => "no retransmits".to_owned(),
        1 => "1 retransmit".to_owned(),
        count => format!("{count} retransmits"),
    };
    let mut parts = vec![format!("rtt {}", duration(tcp.rtt)), retransmits];
    if tcp.unacknowledged > 0 {
        let unsent = match tcp.unsent {
            None | Some(0) => String::new(),
            Some(unsent) => format!(" ({unsent} of them not sent)"),
        };
        parts.push(format!("{} not acknowledged{unsent}", bytes(tcp.unacknowledged.into())));
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_line_says_who_how_long_and_how_much() {
        let mut summary = Summary {
            first_to_finish: Some(Side::Peer),
            sent: 61,
            received: 214,
            duration: Duration::from_millis(210),
            tcp: Some(TcpInfo { rtt: Duration::from_micros(84), ..TcpInfo::default() }),
            ..Summary::default()
        };
        assert_eq!(
            line(&summary),
            "closed by the peer after 0.21 s: sent 61 bytes, received 214 bytes; \
             rtt 0.1 ms, no retransmits"
        );
        summary.first_to_finish = Some(Side::Us);
        summary.undelivered = 1;
        summary.tcp = Some(TcpInfo { retransmits: 1, unacknowledged: 9, ..TcpInfo::default() });
        assert_eq!(
            line(&summary),
            "closed by us after 0.21 s: sent 61 bytes, received 214 bytes, 1 byte not delivered; \
             rtt 0.0 ms, 1 retransmit, 9 bytes not acknowledged"
        );
        summary.tcp = None;
        summary.by_timeout = true;
        assert_eq!(end(&summary), "ended by the timeout after 0.21 s");
        summary.interrupted = true;
        assert_eq!(end(&summary), "interrupted after 0.21 s");
        assert_eq!(end(&Summary::default()), "closed after 0.0 ms");
    }
}
