//! One record of the bytes that pass, in the form that the plan gives it.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use super::spool::Spool;
use crate::plan::{RecordFormat, Recording};
use crate::proto::direction::Direction;
use crate::proto::hex_dump::{Format, HexDump};
use crate::proto::session_log;
use crate::proto::timed_hex::TimedHex;

/// One record.
#[derive(Debug)]
pub struct Track {
    /// Where it goes; records that go to the same standard stream share it.
    pub spool: Rc<Spool>,
    sight: Sight,
    form: RefCell<Form>,
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
}

/// How a record is written.
#[derive(Debug)]
pub enum Form {
    /// A dump of this kind.
    Hex(HexDump),
    /// The bytes.
    Raw,
    /// Lines with their time, which counts from this moment.
    Log(Instant),
    /// A dump with the time from this moment.
    HexTimed(Instant, TimedHex),
}

impl Form {
    /// `None` for what is no text of blocks.
    pub fn new(format: RecordFormat) -> Option<Self> {
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

impl Track {
    /// One that goes there.
    pub fn new(recording: &Recording, form: Form, spool: Rc<Spool>) -> Self {
        Self { spool, sight: Sight::of(recording.format), form: RefCell::new(form) }
    }

    /// Whether it is of this block, as it was read or as it is passed on.
    pub fn sees(&self, direction: Direction, as_read: bool) -> bool {
        match self.sight {
            Sight::Read => as_read,
            Sight::Passed => !as_read,
            Sight::Wire => as_read == (direction == Direction::Received),
        }
    }

    /// Writes a block down, once all before it is written.
    pub async fn write(&self, direction: Direction, block: &[u8]) {
        self.spool.settled().await;
        self.spool.push(|out| self.form.borrow_mut().push(direction, block, out));
        self.spool.settled().await;
    }

    /// Writes the line that was begun, as nothing more comes.
    pub fn end(&self) {
        self.spool.push(|out| self.form.borrow_mut().finish(out));
    }
}
