//! Writes down what passes, beside the conversation: hex dumps, raw bytes, logs.
//!
//! One recorder serves all conversations of a run. Whoever moves bytes shows them to it and waits
//! until they are written, so that nothing waits in memory. A record that cannot be written ends
//! the run: [`Recorder::failure`] says so, and nothing more is written.

use std::cell::{Cell, RefCell};
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Instant;

use rustix::fs::{Mode, OFlags};
use tokio::sync::{Mutex, Notify};

use crate::event::Error;
use crate::plan::{RecordFormat, RecordTo, Recording};
use crate::proto::direction::Direction;
use crate::proto::hex_dump::{Format, HexDump};
use crate::proto::session_log;
use crate::sys::fd::Fd;
use crate::sys::stdio;

/// All records of a run.
#[derive(Debug)]
pub struct Recorder {
    tracks: Vec<Track>,
    failure: RefCell<Option<Error>>,
    failed: Cell<bool>,
    changed: Notify,
}

/// One record.
#[derive(Debug)]
struct Track {
    fd: Rc<Fd>,
    to: PathBuf,
    /// It shows bytes as they were read, before line ends are changed and telnet is taken out.
    as_read: bool,
    form: Mutex<Form>,
}

/// How a record is written.
#[derive(Debug)]
enum Form {
    Hex(HexDump),
    Raw,
    /// The time counts from this moment.
    Log(Instant),
}

impl Form {
    fn new(format: RecordFormat) -> Self {
        match format {
            RecordFormat::HexTraditional => Self::Hex(HexDump::new(Format::Traditional)),
            RecordFormat::HexNcat => Self::Hex(HexDump::new(Format::Ncat)),
            RecordFormat::HexToybox => Self::Hex(HexDump::new(Format::Toybox)),
            RecordFormat::HexToyboxStream => Self::Hex(HexDump::new(Format::ToyboxStream)),
            RecordFormat::HexGnu => Self::Hex(HexDump::new(Format::Gnu)),
            RecordFormat::Raw => Self::Raw,
            RecordFormat::Log => Self::Log(Instant::now()),
        }
    }

    fn push(&mut self, direction: Direction, block: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Hex(dump) => dump.push(direction, block, out),
            Self::Raw => out.extend_from_slice(block),
            Self::Log(since) => session_log::append(since.elapsed(), direction, block, out),
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        match self {
            Self::Hex(dump) => dump.finish(out),
            Self::Raw | Self::Log(_) => {}
        }
    }
}

impl Recorder {
    /// Opens every record; `None` where there is nothing to write down.
    pub fn open(recordings: &[Recording]) -> Result<Option<Rc<Self>>, Error> {
        if recordings.is_empty() {
            return Ok(None);
        }
        let mut tracks: Vec<Track> = Vec::with_capacity(recordings.len());
        for recording in recordings {
            // a standard stream can be waited for only once: records that go there share it
            let is_standard = !matches!(recording.to, RecordTo::File(_));
            let same = recordings.iter().position(|other| other.to == recording.to);
            let shared = same.filter(|_| is_standard).and_then(|same| tracks.get(same));
            let track = match shared {
                Some(other) => Track::new(recording, Rc::clone(&other.fd), other.to.clone()),
                None => Track::open(recording)?,
            };
            tracks.push(track);
        }
        Ok(Some(Rc::new(Self {
            tracks,
            failure: RefCell::new(None),
            failed: Cell::new(false),
            changed: Notify::new(),
        })))
    }

    /// Writes down a block as it was read.
    pub async fn read(&self, direction: Direction, block: &[u8]) {
        self.write(direction, block, true).await;
    }

    /// Writes down a block as it is passed on.
    pub async fn passed(&self, direction: Direction, block: &[u8]) {
        self.write(direction, block, false).await;
    }

    async fn write(&self, direction: Direction, block: &[u8], as_read: bool) {
        if block.is_empty() || self.failed.get() {
            return;
        }
        for track in self.tracks.iter().filter(|track| track.as_read == as_read) {
            if let Err(error) = track.write(direction, block).await {
                self.failure.replace(Some(Error::Record { to: track.to.clone(), error }));
                self.failed.set(true);
                self.changed.notify_one();
            }
        }
    }

    /// What went wrong, where nobody was told: the last bytes may be written down, or not, when
    /// nobody waits for [`Recorder::failure`] any more.
    pub fn failed(&self) -> Option<Error> {
        self.failure.take()
    }

    /// Writes the lines that were begun, as nothing more comes. Fails where a record did and
    /// nobody was told.
    pub async fn finish(&self) -> Result<(), Error> {
        for track in self.tracks.iter().filter(|_| !self.failed.get()) {
            if let Err(error) = track.finish().await {
                self.failure.replace(Some(Error::Record { to: track.to.clone(), error }));
                self.failed.set(true);
            }
        }
        self.failed().map_or(Ok(()), Err)
    }

    /// Comes back where a record could not be written.
    pub async fn failure(&self) -> Error {
        loop {
            if let Some(error) = self.failure.take() {
                return error;
            }
            self.changed.notified().await;
        }
    }
}

impl Track {
    fn open(recording: &Recording) -> Result<Self, Error> {
        let (opened, to) = match &recording.to {
            RecordTo::File(path) => (open_file(path, recording.append), path.clone()),
            RecordTo::Output => (stdio::output(), PathBuf::from("standard output")),
            RecordTo::ErrorOutput => (stdio::error_output(), PathBuf::from("standard error")),
        };
        let fd = opened.map_err(|error| Error::Record { to: to.clone(), error })?;
        Ok(Self::new(recording, Rc::new(fd), to))
    }

    fn new(recording: &Recording, fd: Rc<Fd>, to: PathBuf) -> Self {
        Self {
            fd,
            to,
            as_read: recording.format != RecordFormat::HexNcat
                && recording.format != RecordFormat::Raw,
            form: Mutex::new(Form::new(recording.format)),
        }
    }

    async fn write(&self, direction: Direction, block: &[u8]) -> io::Result<()> {
        let mut form = self.form.lock().await;
        let mut text = Vec::new();
        form.push(direction, block, &mut text);
        self.fd.write_all(&text).await
    }

    async fn finish(&self) -> io::Result<()> {
        let mut text = Vec::new();
        self.form.lock().await.finish(&mut text);
        self.fd.write_all(&text).await
    }
}

impl Drop for Track {
    /// A line that was begun is still written, as far as that goes at once, where a signal ends the run.
    fn drop(&mut self) {
        let mut text = Vec::new();
        self.form.get_mut().finish(&mut text);
        if !text.is_empty() {
            let _ = self.fd.try_write(&text);
        }
    }
}

/// Created where it does not stand, with what the umask leaves of 0666; a FIFO that nobody reads is
/// an error rather than waited for. Each write goes to the end, wherever that is by then: two records
/// in one file, by whatever names, do not write over each other.
fn open_file(path: &Path, append: bool) -> io::Result<Fd> {
    let begin = if append { OFlags::empty() } else { OFlags::TRUNC };
    let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE;
    let flags = flags | OFlags::NONBLOCK | OFlags::NOCTTY;
    let mode = Mode::from_raw_mode(0o666);
    Fd::owned(rustix::fs::open(path, flags | OFlags::CLOEXEC | begin, mode)?)
}
