//! How a body reads with a codec: the stream cut in several ways, and handshakes driven to their end.

use std::fmt::Debug;

use super::super::step::{Fed, Step};

/// Runs a codec over the stream whole, byte by byte, and cut as the first byte says; the results
/// must be the same. Returns the stream and the result.
pub fn however_cut<R: PartialEq + Debug>(data: &[u8], run: impl Fn(&[&[u8]]) -> R) -> (Vec<u8>, R) {
    let (&seed, stream) = data.split_first().unwrap_or((&0, &[]));
    let whole = run(&[stream]);
    let single: Vec<_> = stream.chunks(1).collect();
    assert_eq!(run(&single), whole);

    let (mut reads, mut rest, mut random) = (Vec::new(), stream, u32::from(seed) + 1);
    while !rest.is_empty() {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let length = (random >> 24) as usize % 24; // empty reads too
        let (read, behind) = rest.split_at(length.min(rest.len()));
        reads.push(read);
        rest = behind;
    }
    assert_eq!(run(&reads), whole);
    (stream.to_vec(), whole)
}

/// How a handshake went.
#[derive(Debug, PartialEq)]
pub struct Run<T, E> {
    /// `None`: it wants more.
    pub end: Option<Result<T, E>>,
    /// Bytes taken; 0 if it failed, for then nobody asks.
    pub used: usize,
    pub sent: Vec<u8>,
}

/// Feeds the reads to a client, as whoever holds the socket does, and checks what it asks for.
pub fn drive<T: PartialEq + Debug, E: PartialEq + Debug>(
    reads: &[&[u8]],
    mut feed: impl FnMut(&[u8]) -> Result<Fed<T>, E>,
) -> Run<T, E> {
    let (mut used, mut sure, mut sent) = (0, 0, Vec::new());
    for read in reads {
        let mut rest = *read;
        loop {
            let Fed { used: taken, step } = match feed(rest) {
                Ok(progress) => progress,
                Err(error) => {
                    assert_eq!(feed(b"more").as_ref(), Err(&error), "an error stays");
                    let end = Some(Err(error));
                    return Run { end, used: 0, sent };
                }
            };
            used += taken;
            rest = &rest[taken..];
            match step {
                Step::Read(missing) => {
                    assert!(missing > 0 && rest.is_empty());
                    sure = used + missing;
                    break;
                }
                Step::Send(message) => sent.extend(message),
                Step::Done(done) => {
                    assert!(used >= sure, "it asked for bytes that were not its own");
                    let again = feed(b"more").ok();
                    let step = Step::Done(done);
                    assert_eq!(again.as_ref().map(|fed| (fed.used, &fed.step)), Some((0, &step)));
                    let end = again.and_then(|fed| match fed.step {
                        Step::Done(done) => Some(Ok(done)),
                        _ => None,
                    });
                    return Run { end, used, sent };
                }
            }
        }
    }
    Run { end: None, used, sent }
}
