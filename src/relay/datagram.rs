//! Moves messages: boundaries are kept both ways, and an empty message is a message.

use std::io;
use std::net::SocketAddr;

use super::copy;
use super::flow::{FlowEnd, Meter};
use super::outlet::Outlet;
use crate::endpoint::Stream;
use crate::layer::Stages;

/// Larger than any datagram over IP: 65,507 bytes over IPv4, 65,527 over IPv6.
pub const LARGEST: usize = 64 * 1024;

/// Each read of up to `size` bytes becomes a datagram, or as many as the output takes of a message.
pub async fn send(
    from: &Stream,
    to: &Stream,
    stages: &mut Stages,
    meter: &Meter,
    size: usize,
) -> FlowEnd {
    let size = to.largest_message().map_or(size, |largest| size.min(largest));
    let mut buffer = vec![0; size];
    let mut changed = Vec::new();
    loop {
        meter.set_quiet();
        let count = match from.read(&mut buffer).await {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) => return FlowEnd::Read(error),
        };
        meter.set_moving();
        meter.read(&buffer[..count]);
        let bytes = stages.pass(&buffer[..count], &mut changed).await;
        meter.set_in_hand(bytes.len() + stages.held());
        if let Some(error) = stages.wrong() {
            return FlowEnd::Read(error);
        }
        if let Err(error) = send_messages(to, bytes, stages, meter, size).await {
            return FlowEnd::Write(error);
        }
    }
    let rest = stages.rest(&mut changed).await;
    meter.set_in_hand(rest.len());
    if let Some(error) = stages.wrong() {
        return FlowEnd::Read(error);
    }
    match send_messages(to, rest, stages, meter, size).await {
        Ok(()) => FlowEnd::EndOfInput,
        Err(error) => FlowEnd::Write(error),
    }
}

async fn send_messages(
    to: &Stream,
    bytes: &[u8],
    stages: &Stages,
    meter: &Meter,
    size: usize,
) -> io::Result<()> {
    for message in messages(bytes, size, stages.cuts_lines()) {
        stages.pause_before(message.len()).await;
        // a datagram goes whole or not at all
        to.write(message).await?;
        meter.wrote(message);
        stages.pause_after().await;
    }
    Ok(())
}

/// What was read, cut where it is longer than a datagram and, with a pause after each line, at
/// line ends.
pub fn messages(bytes: &[u8], size: usize, lines: bool) -> impl Iterator<Item = &[u8]> {
    bytes
        .split_inclusive(move |byte| lines && *byte == b'\n')
        .flat_map(move |message| message.chunks(size))
}

/// Each datagram is written out whole before the next one is taken.
pub async fn receive(
    from: &Stream,
    to: &Stream,
    stages: &mut Stages,
    meter: &Meter,
    only: Option<SocketAddr>,
) -> FlowEnd {
    let mut buffer = vec![0; LARGEST];
    let mut changed = Vec::new();
    let mut refusal = None;
    let mut outlet = Outlet::new(to, stages, meter);
    let end = loop {
        meter.set_quiet();
        if let Some(error) = refusal.take_if(|_| !from.is_readable_now()) {
            break FlowEnd::Read(error);
        }
        let received = match from.plain() {
            Some(from) => match from.receive_whole(&mut buffer).await {
                Ok(arrived) if only.is_some() && arrived.internet() != only => continue,
                other => other.map(|arrived| arrived.take().len()),
            },
            // whose it is, the layer knows
            None => match from.read(&mut buffer).await {
                Ok(0) => break FlowEnd::EndOfInput,
                other => other,
            },
        };
        let count = match received {
            Ok(count) => count,
            // a refusal overtakes the datagrams that came before it
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                refusal = Some(error);
                continue;
            }
            Err(error) => break FlowEnd::Read(error),
        };
        meter.set_moving();
        meter.read(&buffer[..count]);
        let bytes = stages.pass(&buffer[..count], &mut changed).await;
        meter.set_in_hand(bytes.len());
        stages.pause_before(bytes.len()).await;
        if let Err(error) = outlet.write_message(bytes).await {
            break FlowEnd::Write(error);
        }
        if stages.was_last_read() {
            break FlowEnd::Limit;
        }
    };
    copy::ended(&mut outlet, end).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_cut_only_where_it_must_be() {
        let cut = |bytes, size, lines| messages(bytes, size, lines).collect::<Vec<_>>();
        assert_eq!(cut(b"a\nb\n", 100, false), [b"a\nb\n"]);
        assert_eq!(cut(b"a\nb\nc", 100, true), [&b"a\n"[..], b"b\n", b"c"]);
        assert_eq!(cut(b"abcde", 2, false), [&b"ab"[..], b"cd", b"e"]);
    }
}
