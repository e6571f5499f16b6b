//! Moves bytes through a buffer of ours, past whatever looks at them.

use std::io;

use super::flow::{FlowEnd, Meter};
use crate::endpoint::Stream;
use crate::layer::Stages;
use crate::sys::fd::Kind;
use crate::sys::splice;

/// The budget of a direction: what is in hand at most, before filters that make it longer.
pub const BUFFER: usize = 256 * 1024;

/// What is read at once to be dropped, in bytes.
const DISCARDED: usize = 64 * 1024;

/// Who reads this much at once reads a stream, in bytes: somewhat less than a pipe holds as it is
/// made.
const STREAM: usize = 60 * 1024;

/// Moves bytes until the direction ends. `in_hand` was already read and is written first.
pub async fn copy(
    from: &Stream,
    to: &Stream,
    in_hand: Vec<u8>,
    stages: &mut Stages,
    meter: &Meter,
) -> FlowEnd {
    if let Err(error) = write_all(to, &in_hand, meter).await {
        return FlowEnd::Write(error);
    }
    drop(in_hand);
    let mut buffer = vec![0; BUFFER];
    let mut changed = Vec::new();
    let mut widened = false;
    loop {
        meter.set_quiet();
        let count = match from.read(&mut buffer).await {
            Ok(0) => return end(to, stages, &mut changed, meter).await,
            Ok(count) => count,
            Err(error) => return FlowEnd::Read(error),
        };
        meter.set_moving();
        if count >= STREAM && !std::mem::replace(&mut widened, true) {
            widen(from);
            widen(to);
        }
        meter.read(&buffer[..count]);
        let bytes = stages.pass(&buffer[..count], &mut changed).await;
        meter.set_in_hand(bytes.len() + stages.held());
        let before = meter.moved();
        if let Err(error) = write_paced(to, bytes, stages, meter).await {
            return FlowEnd::Write(error);
        }
        if let Some(error) = stages.wrong() {
            return FlowEnd::Read(error);
        }
        if let Some(count) = stages.stands_for() {
            meter.stood_for(before, count);
        }
        if stages.was_last_read() {
            return FlowEnd::Limit;
        }
    }
}

/// The direction is at its end: writes what the stages still have.
pub async fn end(
    to: &Stream,
    stages: &mut Stages,
    changed: &mut Vec<u8>,
    meter: &Meter,
) -> FlowEnd {
    let rest = stages.rest(changed).await;
    if let Some(error) = stages.wrong() {
        return FlowEnd::Read(error);
    }
    if !rest.is_empty() {
        meter.set_moving();
        meter.set_in_hand(rest.len());
        let before = meter.moved();
        if let Err(error) = write_paced(to, rest, stages, meter).await {
            return FlowEnd::Write(error);
        }
        if let Some(count) = stages.stands_for() {
            meter.stood_for(before, count);
        }
    }
    FlowEnd::EndOfInput
}

/// A pipe that holds all that is moved at once means fewer turns between us and who is at its
/// other end.
fn widen(stream: &Stream) {
    if let Some(pipe) = stream.plain().filter(|fd| fd.kind() == Kind::Pipe) {
        splice::widen(&**pipe, BUFFER);
    }
}

/// Reads to the end of the direction, and drops what comes.
pub async fn discard(from: &Stream, stages: &mut Stages, meter: &Meter) -> FlowEnd {
    let mut buffer = vec![0; DISCARDED];
    let mut changed = Vec::new();
    loop {
        meter.set_quiet();
        let count = match from.read(&mut buffer).await {
            // a datagram may be empty
            Ok(0) if !from.has_end() => continue,
            Ok(0) => return FlowEnd::EndOfInput,
            Ok(count) => count,
            Err(error) => return FlowEnd::Read(error),
        };
        meter.set_moving();
        meter.dropped(&buffer[..count]);
        stages.pass(&buffer[..count], &mut changed).await;
        stages.pause_before(count).await;
        if stages.was_last_read() {
            return FlowEnd::Limit;
        }
    }
}

/// Writes all of it, with the pauses that the plan asks for.
async fn write_paced(to: &Stream, bytes: &[u8], stages: &Stages, meter: &Meter) -> io::Result<()> {
    for piece in stages.pieces(bytes) {
        stages.pause_before(piece.len()).await;
        write_all(to, piece, meter).await?;
        stages.pause_after().await;
    }
    Ok(())
}

/// Writes all of it.
pub async fn write_all(to: &Stream, mut bytes: &[u8], meter: &Meter) -> io::Result<()> {
    while !bytes.is_empty() {
        let (written, rest) = bytes.split_at(to.write(bytes).await?);
        meter.wrote(written);
        bytes = rest;
    }
    Ok(())
}
