//! A request that is sent in place of standard input: its files are read, and its bytes become an
//! input like any other.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::stdio::Input;
use crate::event::{Error, Event, Observer, RequestFileReason};
use crate::plan::Request;
use crate::proto::direction::Direction;
use crate::proto::lint::{Lint, LintKind, Note};
use crate::sys::{blocking, memory};

/// How many bytes the files of one request may have together: they are held in memory.
pub const MOST: u64 = 64 << 20;

/// How many bytes of a request are told of.
const SHOWN: usize = 64 << 10;

/// Reads the files of a request, and tells what it is. The peer need not be there yet.
pub async fn compose(request: &Request, observer: &dyn Observer) -> Result<Vec<u8>, Error> {
    let request = request.clone();
    // a pipe or a device may take its time, and Ctrl-C is heard meanwhile
    let work = move || {
        let mut left = MOST;
        request.encode(|path| read(path, &mut left))
    };
    let bytes = blocking::run(work).await.map_err(Error::Start)??;
    let shown = bytes[..bytes.len().min(SHOWN)].to_vec();
    observer.observe(&Event::Composed { bytes: shown, size: bytes.len() as u64 });
    Ok(bytes)
}

/// Notes where a request that says by hand where its body ends does not tell the truth: that is
/// wanted sometimes, and a mistake more often.
pub fn note_framing(request: &Request, bytes: &[u8], observer: &dyn Observer) {
    if request.is_framed_by_hand() {
        let (mut lint, mut notes) = (Lint::new(LintKind::Http), Vec::new());
        lint.sent(bytes, &mut notes);
        lint.ended(Direction::Sent, &mut notes);
        for note in notes.into_iter().filter(Note::is_of_framing) {
            observer.observe(&Event::Note(note));
        }
    }
}

/// The bytes of a request as our input.
pub fn input(bytes: &[u8]) -> Result<Input, Error> {
    memory::file(bytes).map(Input::new).map_err(Error::Input)
}

fn read(path: &Path, left: &mut u64) -> Result<Vec<u8>, Error> {
    let fail = |reason| Error::RequestFile { path: path.to_owned(), reason };
    let bytes = if path.as_os_str() == "-" {
        all(io::stdin().lock(), *left)
    } else {
        File::open(path).and_then(|file| all(file, *left))
    };
    let bytes = bytes.map_err(|error| fail(RequestFileReason::Read(error)))?;
    match left.checked_sub(bytes.len() as u64) {
        Some(rest) => *left = rest,
        None => return Err(fail(RequestFileReason::TooLarge { most: MOST })),
    }
    Ok(bytes)
}

/// All of it, or one byte more than there is room for.
fn all(from: impl Read, room: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(room + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
