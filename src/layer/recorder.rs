//! Writes down what passes, beside the conversation: hex dumps, raw bytes, logs, and packets.
//!
//! One recorder serves all conversations of a run, and [`Recorder::kept`] is the only way to one:
//! so whatever a run comes to, its records are written to their end, or what is missing is told.
//! Whoever moves bytes shows them to it and waits until they are written, so that nothing waits in
//! memory. A record that cannot be written ends the run: [`Recorder::failure`] says so, and nothing
//! more is written to it.

use std::net::SocketAddr;
use std::rc::Rc;

use super::capture::Capture;
use super::spool::{Alarm, Spool};
use super::track::{Form, Track};
use crate::endpoint::Link;
use crate::event::{Error, Event, Observer};
use crate::plan::{RecordTo, Session};
use crate::proto::direction::Direction;
use crate::sys::fd::Fd;

/// All records of a run.
#[derive(Debug)]
pub struct Recorder {
    tracks: Vec<Track>,
    /// The packets, which are seen elsewhere.
    capture: Option<Rc<Capture>>,
    alarm: Rc<Alarm>,
}

impl Recorder {
    /// Opens every record that the session asks for, has `what` done with them (nothing, where none
    /// is asked for), and writes them to their end, for as long as the session waits for what is to
    /// be delivered. It fails where a record did, and whoever ends it before that is told what a
    /// record lacks.
    pub async fn kept(
        session: &Session,
        observer: &dyn Observer,
        what: impl AsyncFnOnce(Option<Rc<Self>>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if session.recordings.is_empty() {
            return what(None).await;
        }
        let kept = Kept { recorder: Rc::new(Self::open(session)?), observer };
        let result = what(Some(Rc::clone(&kept.recorder))).await;
        kept.recorder.end();
        for spool in kept.recorder.spools() {
            spool.set_patience(session.last_patience());
            spool.settled().await;
        }
        match result {
            Ok(()) => kept.recorder.failed().map_or(Ok(()), Err),
            // what goes missing of a record besides is told as the rest of it goes away
            Err(error) => Err(error),
        }
    }

    fn open(session: &Session) -> Result<Self, Error> {
        let alarm = Rc::new(Alarm::default());
        let mut tracks: Vec<Track> = Vec::with_capacity(session.recordings.len());
        let mut capture = None;
        for recording in &session.recordings {
            // a standard stream can be waited for only once: records that go there share it
            let is_standard = !matches!(recording.to, RecordTo::File(_));
            let shared = tracks
                .iter()
                .map(|other| &other.spool)
                .find(|other| is_standard && other.place == recording.to);
            let spool = match shared {
                Some(shared) => Rc::clone(shared),
                None => Rc::new(Spool::open(recording, &alarm)?),
            };
            spool.set_patience(session.idle_timeout);
            match Form::new(recording.format) {
                Some(form) => tracks.push(Track::new(recording, form, spool)),
                None => capture = Some(Capture::begin(spool)),
            }
        }
        alarm.take().map_or(Ok(()), Err)?;
        Ok(Self { tracks, capture, alarm })
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

    /// Waits until all is written down that was shown, so that nothing more waits in memory: what
    /// passes through a socket is shown without a wait.
    pub async fn settled(&self) {
        if let Some(capture) = &self.capture {
            capture.spool().settled().await;
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
        self.settled().await;
        if block.is_empty() {
            return;
        }
        for track in self.tracks.iter().filter(|track| track.sees(direction, as_read)) {
            track.write(direction, block).await;
        }
    }

    /// What went wrong, where nobody was told: the last bytes may be written down, or not, when
    /// nobody waits for [`Recorder::failure`] any more.
    pub fn failed(&self) -> Option<Error> {
        self.alarm.take()
    }

    /// Comes back where a record could not be written.
    pub async fn failure(&self) -> Error {
        self.alarm.heard().await
    }

    fn spools(&self) -> impl Iterator<Item = &Spool> {
        let of_packets = self.capture.iter().map(|capture| capture.spool());
        self.tracks.iter().map(|track| &*track.spool).chain(of_packets)
    }

    /// Nothing more comes: what was begun is at its end, as far as that is written at once.
    fn end(&self) {
        for track in &self.tracks {
            track.end();
        }
        if let Some(capture) = &self.capture {
            capture.end();
        }
    }
}

/// Records that are kept, until this goes away.
struct Kept<'a> {
    recorder: Rc<Recorder>,
    observer: &'a dyn Observer,
}

impl Drop for Kept<'_> {
    /// Where they are at their end, there is nothing to do; where a signal ends the run, they are
    /// as far as that goes at once.
    fn drop(&mut self) {
        self.recorder.end();
        for spool in self.recorder.spools() {
            spool.give_up();
        }
        while let Some(error) = self.recorder.failed() {
            self.observer.observe(&Event::NotRecorded(error));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::fs::File;
    use std::io::Write;
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;
    use crate::plan::{RecordFormat, Recording};

    /// What was told of records.
    #[derive(Default)]
    struct Heard(RefCell<Vec<String>>);

    impl Observer for Heard {
        fn observe(&self, event: &Event) {
            if let Event::NotRecorded(Error::Record { error, unwritten, .. }) = event {
                self.0.borrow_mut().push(format!("{unwritten} {error}"));
            }
        }
    }

    /// A session that is written down to two FIFOs that are full, until the files go away.
    fn session(patience: Option<Duration>) -> (tempfile::TempDir, Session, Vec<File>) {
        let directory = tempfile::tempdir().unwrap();
        let mut session = Session { idle_timeout: patience, ..Session::default() };
        let mut readers = Vec::new();
        for name in ["one", "other"] {
            let path = directory.path().join(name);
            rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RWXU).unwrap();
            let mut reader = File::options().read(true).write(true).open(&path).unwrap();
            rustix::io::ioctl_fionbio(&reader, true).unwrap();
            while reader.write(&[0; 4096]).is_ok() {}
            readers.push(reader);
            let format = RecordFormat::Raw;
            session.recordings.push(Recording { to: RecordTo::File(path), format, append: false });
        }
        (directory, session, readers)
    }

    #[tokio::test]
    async fn each_record_that_lacks_its_end_is_told_whatever_the_run_came_to() {
        let (_directory, session, _readers) = session(Some(Duration::ZERO));
        let heard = Heard::default();
        let fails = async |recorder: Option<Rc<Recorder>>| {
            recorder.unwrap().passed(Direction::Sent, b"four").await;
            Err(Error::PassSocket(std::io::ErrorKind::Other.into()))
        };
        let result = Recorder::kept(&session, &heard, fails).await;
        assert!(matches!(result, Err(Error::PassSocket(_))), "{result:?}");
        let words = "4 its reader took nothing for 1s";
        assert_eq!(heard.0.take(), [words; 2]);
        let succeeds = async |recorder: Option<Rc<Recorder>>| {
            recorder.unwrap().passed(Direction::Sent, b"four").await;
            Ok(())
        };
        let result = Recorder::kept(&session, &heard, succeeds).await;
        assert!(matches!(result, Err(Error::Record { unwritten: 4, .. })), "{result:?}");
        assert_eq!(heard.0.take(), [words]);
    }

    #[tokio::test]
    async fn a_run_that_is_dropped_tells_what_was_not_written() {
        let (_directory, session, _readers) = session(None);
        let heard = Heard::default();
        let waits = async |recorder: Option<Rc<Recorder>>| {
            recorder.unwrap().passed(Direction::Sent, b"four").await;
            Ok(())
        };
        let run = Recorder::kept(&session, &heard, waits);
        timeout(Duration::ZERO, run).await.unwrap_err();
        assert_eq!(heard.0.take(), ["4 interrupted"]);
    }
}
