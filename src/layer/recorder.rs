//! Writes down what passes, beside the conversation: hex dumps, raw bytes, logs, and packets.
//!
//! One recorder serves all conversations of a run. Whoever moves bytes shows them to it and waits
//! until they are written, so that nothing waits in memory. A record that cannot be written ends
//! the run: [`Recorder::failure`] says so, and nothing more is written.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Instant;

use rustix::fs::{Mode, OFlags};
use tokio::sync::{Mutex, Notify};

use super::capture::Capture;
use crate::endpoint::Link;
use crate::event::Error;
use crate::plan::{RecordFormat, RecordTo, Recording};
use crate::proto::direction::Direction;
use crate::proto::hex_dump::{Format, HexDump};
use crate::proto::session_log;
use crate::proto::timed_hex::TimedHex;
use crate::sys::fd::Fd;
use crate::sys::stdio;

/// All records of a run.
#[derive(Debug)]
pub struct Recorder {
    tracks: Vec<Track>,
    /// The packets, which are seen elsewhere.
    capture: Option<Rc<Capture>>,
    failure: RefCell<Option<Error>>,
    failed: Cell<bool>,
    changed: Notify,
}

/// One record.
#[derive(Debug)]
struct Track {
    fd: Rc<Fd>,
    place: RecordTo,
    to: PathBuf,
    sees: Sight,
    form: Mutex<Form>,
}

/// Which bytes a record is of, where line ends or text are changed or telnet is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    /// As they were read, of either side.
    Read,
    /// As they were passed on, to either side.
    Passed,
    /// As they went over the connection.
    Wire,
}

impl Sight {
    fn of(format: RecordFormat) -> Self {
        match format {
            RecordFormat::HexTraditional
            | RecordFormat::HexToybox
            | RecordFormat::HexToyboxStream
            | RecordFormat::HexGnu => Self::Read,
            RecordFormat::HexNcat | RecordFormat::Raw => Self::Passed,
            RecordFormat::HexTimed | RecordFormat::Log | RecordFormat::Packets => Self::Wire,
        }
    }

    /// Whether a block is one of them, as it was read or as it is passed on.
    fn sees(self, direction: Direction, as_read: bool) -> bool {
        match self {
            Self::Read => as_read,
            Self::Passed => !as_read,
            Self::Wire => as_read == (direction == Direction::Received),
        }
    }
}

/// How a record is written.
#[derive(Debug)]
enum Form {
    Hex(HexDump),
    Raw,
    /// In these two, the time counts from this moment.
    Log(Instant),
    HexTimed(Instant, TimedHex),
}

impl Form {
    /// `None` for what is no text of blocks.
    fn new(format: RecordFormat) -> Option<Self> {
        Some(match format {
            RecordFormat::HexTraditional => Self::Hex(HexDump::new(Format::Traditional)),
            RecordFormat::HexNcat => Self::Hex(HexDump::new(Format::Ncat)),
            RecordFormat::HexToybox => Self::Hex(HexDump::new(Format::Toybox)),
            RecordFormat::HexToyboxStream => Self::Hex(HexDump::new(Format::ToyboxStream)),
            RecordFormat::HexGnu => Self::Hex(HexDump::new(Format::Gnu)),
            RecordFormat::HexTimed => Self::HexTimed(Instant::now(), TimedHex::default()),
            RecordFormat::Raw => Self::Raw,
            RecordFormat::Log => Self::Log(Instant::now()),
            RecordFormat::Packets => return None,
        })
    }

    fn push(&mut self, direction: Direction, block: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Hex(dump) => dump.push(direction, block, out),
            Self::HexTimed(since, dump) => dump.push(since.elapsed(), direction, block, out),
            Self::Raw => out.extend_from_slice(block),
            Self::Log(since) => session_log::append(since.elapsed(), direction, block, out),
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        match self {
            Self::Hex(dump) => dump.finish(out),
            Self::HexTimed(..) | Self::Raw | Self::Log(_) => {}
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
        let mut capture = None;
        for recording in recordings {
            let Some(form) = Form::new(recording.format) else {
                let (fd, to) = open(recording)?;
                capture = Some(Capture::begin(fd, to)?);
                continue;
            };
            // a standard stream can be waited for only once: records that go there share it
            let is_standard = !matches!(recording.to, RecordTo::File(_));
            let shared = tracks.iter().find(|other| is_standard && other.place == recording.to);
            let (fd, to) = match shared {
                Some(other) => (Rc::clone(&other.fd), other.to.clone()),
                None => open(recording).map(|(fd, to)| (Rc::new(fd), to))?,
            };
            tracks.push(Track::new(recording, form, fd, to));
        }
        Ok(Some(Rc::new(Self {
            tracks,
            capture,
            failure: RefCell::new(None),
            failed: Cell::new(false),
            changed: Notify::new(),
        })))
    }

    /// Writes down the packets of a connection that stands now, where packets are. `opened_by` says
    /// who connected.
    pub fn watch(&self, link: &Link, opened_by: Direction) {
        if let Some(capture) = &self.capture {
            capture.watch(link, opened_by);
        }
    }

    /// The same of a socket of datagrams that hears everybody, and its address where it has one.
    pub fn watch_everybody(&self, socket: &Fd, ours: Option<SocketAddr>) {
        if let Some(capture) = &self.capture {
            capture.watch_everybody(socket, ours);
        }
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
        if let Some(capture) = &self.capture {
            capture.settled().await;
        }
        if block.is_empty() || self.failed.get() {
            return;
        }
        for track in self.tracks.iter().filter(|track| track.sees.sees(direction, as_read)) {
            if let Err(error) = track.write(direction, block).await {
                self.failure.replace(Some(track.failure(error)));
                self.failed.set(true);
                self.changed.notify_one();
            }
        }
    }

    /// What went wrong, where nobody was told: the last bytes may be written down, or not, when
    /// nobody waits for [`Recorder::failure`] any more.
    pub fn failed(&self) -> Option<Error> {
        let of_packets = || self.capture.as_ref().and_then(|capture| capture.failed());
        self.failure.take().or_else(of_packets)
    }

    /// Writes the lines that were begun, as nothing more comes. Fails where a record did and
    /// nobody was told.
    pub async fn finish(&self) -> Result<(), Error> {
        for track in self.tracks.iter().filter(|_| !self.failed.get()) {
            if let Err(error) = track.finish().await {
                self.failure.replace(Some(track.failure(error)));
                self.failed.set(true);
            }
        }
        if let Some(capture) = &self.capture {
            capture.finish().await;
        }
        self.failed().map_or(Ok(()), Err)
    }

    /// Comes back where a record could not be written.
    pub async fn failure(&self) -> Error {
        loop {
            if let Some(error) = self.failed() {
                return error;
            }
            match &self.capture {
                None => self.changed.notified().await,
                Some(capture) => tokio::select! {
                    () = self.changed.notified() => {}
                    () = capture.changed() => {}
                },
            }
        }
    }
}

impl Track {
    fn new(recording: &Recording, form: Form, fd: Rc<Fd>, to: PathBuf) -> Self {
        Self {
            fd,
            place: recording.to.clone(),
            to,
            sees: Sight::of(recording.format),
            form: Mutex::new(form),
        }
    }

    /// Whoever reads our output may leave, as where it gets the bytes themselves.
    fn failure(&self, error: io::Error) -> Error {
        match self.place {
            RecordTo::Output => Error::Output { error, undelivered: 0 },
            _ => Error::Record { to: self.to.clone(), error },
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

/// Opens a record's file, and says what it goes by in messages.
fn open(recording: &Recording) -> Result<(Fd, PathBuf), Error> {
    let (opened, to) = match &recording.to {
        RecordTo::File(path) => (open_file(path, recording), path.clone()),
        RecordTo::Output => (stdio::output_again(), PathBuf::from("standard output")),
        RecordTo::ErrorOutput => (stdio::error_output(), PathBuf::from("standard error")),
    };
    match opened {
        Ok(fd) => Ok((fd, to)),
        Err(error) => Err(Error::Record { to, error }),
    }
}

/// Created where it does not stand, with what the umask leaves of 0666, or for us alone where it
/// may hold the secrets of a connection; a FIFO that nobody reads is
/// an error rather than waited for. Each write goes to the end, wherever that is by then: two records
/// in one file, by whatever names, do not write over each other.
fn open_file(path: &Path, recording: &Recording) -> io::Result<Fd> {
    let begin = if recording.append { OFlags::empty() } else { OFlags::TRUNC };
    let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE;
    let flags = flags | OFlags::NONBLOCK | OFlags::NOCTTY;
    let secret = recording.format == RecordFormat::Packets;
    let mode = Mode::from_raw_mode(if secret { 0o600 } else { 0o666 });
    Fd::owned(rustix::fs::open(path, flags | OFlags::CLOEXEC | begin, mode)?)
}
