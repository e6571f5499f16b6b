//! Moves bytes through a buffer of ours, past whatever looks at them.

use std::io;

use tokio::task::yield_now;

use super::flow::{FlowEnd, Meter};
use super::outlet::Outlet;
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
    let mut outlet = Outlet::new(to, stages, meter);
    if let Err(error) = outlet.write_all(&in_hand).await {
        return FlowEnd::Write(error);
    }
    drop(in_hand);
    let mut buffer = vec![0; BUFFER];
    let mut changed = Vec::new();
    let mut widened = false;
    let end = loop {
        meter.set_quiet();
        let count = match from.read(&mut buffer).await {
            Ok(0) => break rest(&mut outlet, stages, &mut changed, meter).await,
            Ok(count) => count,
            Err(error) => break FlowEnd::Read(error),
        };
        meter.set_moving();
        if count >= STREAM && !std::mem::replace(&mut widened, true) {
            widen(from);
            widen(to);
        }
        meter.read(&buffer[..count]);
        let bytes = stages.pass(&buffer[..count], &mut changed).await;
        meter.set_in_hand(bytes.len() + stages.held());
        if let Err(error) = write_paced(&mut outlet, bytes, stages).await {
            break FlowEnd::Write(error);
        }
        if let Some(error) = stages.wrong() {
            break FlowEnd::Read(error);
        }
        if stages.was_last_read() {
            break FlowEnd::Limit;
        }
        if count >= STREAM && !stages.is_empty() {
            // who looks at so much takes a while, and somebody else may be due
            yield_now().await;
        }
    };
    ended(&mut outlet, end).await
}

/// Writes what was held back to the end of the input.
async fn rest(
    outlet: &mut Outlet<'_>,
    stages: &mut Stages,
    changed: &mut Vec<u8>,
    meter: &Meter,
) -> FlowEnd {
    let rest = stages.rest(changed).await;
    if !rest.is_empty() {
        meter.set_moving();
        meter.set_in_hand(rest.len());
        if let Err(error) = write_paced(outlet, rest, stages).await {
            return FlowEnd::Write(error);
        }
    }
    stages.wrong().map_or(FlowEnd::EndOfInput, FlowEnd::Read)
}

/// The direction ended so, unless the last of it cannot be shown.
pub async fn ended(outlet: &mut Outlet<'_>, end: FlowEnd) -> FlowEnd {
    if matches!(end, FlowEnd::Write(_)) {
        return end;
    }
    match (outlet.finish().await, end) {
        (Err(error), FlowEnd::EndOfInput | FlowEnd::Limit) => FlowEnd::Write(error),
        (_, end) => end,
    }
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
async fn write_paced(outlet: &mut Outlet<'_>, bytes: &[u8], stages: &Stages) -> io::Result<()> {
    for piece in stages.pieces(bytes) {
        stages.pause_before(piece.len()).await;
        outlet.write_all(piece).await?;
        stages.pause_after().await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::future::ready;
    use std::rc::Rc;

    use super::*;
    use crate::layer::Witnesses;
    use crate::plan::Session;
    use crate::sys::fd::Fd;

    #[tokio::test]
    async fn somebody_else_has_a_turn_after_each_block_that_is_looked_at() {
        let device = |path: &str| {
            let file = File::options().read(true).write(true).open(path).unwrap();
            Stream::Plain(Rc::new(Fd::owned(file.into()).unwrap()))
        };
        let (from, to) = (device("/dev/zero"), device("/dev/null"));
        let session = Session { crlf: true, ..Session::default() };
        let mut stages = Stages::outgoing(&session, &Witnesses::none());
        let meter = Meter::default();
        tokio::select! {
            biased;
            end = copy(&from, &to, Vec::new(), &mut stages, &meter) => panic!("{end:?}"),
            () = ready(()) => {}
        }
        assert_eq!(meter.moved(), BUFFER as u64);
    }
}
