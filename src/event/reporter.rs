//! Writes what a voice says, or JSON, to standard error as it happens.
//!
//! Responsible for when and where; the words are the voice's. A standard error that is closed, full
//! or gone changes nothing for the run.

use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::cursor::Cursor;
use super::ink::Ink;
use super::live_line::LiveLine;
use super::surroundings::Surroundings;
use super::voice::{self, Services, Voice};
use super::{Asker, Colour, Detail, Error, Event, Observer, Occasion, Progress, Reporting, Watch};
use crate::plan::Transport;
use crate::sys::stderr::ErrorOutput;

#[cfg(test)]
mod tests;

/// Time since the run began.
pub type Clock = Box<dyn Fn() -> Duration>;

/// The observer of a run that has people or programs reading its standard error.
pub struct Reporter {
    reporting: Reporting,
    voice: Box<dyn Voice>,
    output: RefCell<Box<dyn Write>>,
    clock: Clock,
    /// Who may ask how it goes.
    asker: Option<Asker>,
    live: LiveLine,
    /// Of the terminal that the peer's words are shown at too.
    cursor: Option<Rc<Cursor>>,
}

impl Reporter {
    /// Reports to standard error; the run begins now. `services` names the service on a port.
    pub fn new(
        reporting: Reporting,
        services: impl Fn(u16, Transport) -> Option<String> + 'static,
    ) -> Self {
        let started = Instant::now();
        let clock = Box::new(move || started.elapsed());
        let (output, services) = (Box::new(ErrorOutput::open()), Box::new(services));
        let around = Surroundings::look();
        let reporting = Reporting { at_terminal: around.terminal, ..reporting };
        Self::at(output, clock, reporting, services, around)
    }

    /// Reports to `output`, which gets one write a message.
    pub fn to(
        output: Box<dyn Write>,
        clock: Clock,
        reporting: Reporting,
        services: Services,
    ) -> Self {
        Self::at(output, clock, reporting, services, Surroundings::plain())
    }

    /// The same in these surroundings.
    pub fn at(
        output: Box<dyn Write>,
        clock: Clock,
        mut reporting: Reporting,
        services: Services,
        around: Surroundings,
    ) -> Self {
        let voice = voice::voice(reporting.voice, services);
        let helps = voice.is_our_own() && around.terminal && reporting.verbosity > 0;
        reporting.why |= helps;
        let watch = Watch::of(&reporting, helps && around.moves_a_file);
        let asker = voice.is_our_own().then(|| Asker::new(watch));
        let live = LiveLine::new(around.terminal && !reporting.json, around.columns);
        let cursor = (around.terminal && around.shares_output).then(Rc::default);
        let output = RefCell::new(output);
        let reporter = Self { reporting, voice, output, clock, asker, live, cursor };
        reporter.say(|reporter| reporter.voice.opening(&reporter.reporting));
        reporter
    }

    /// Says how the run ended, if there is anything to say, and gives its exit status.
    pub fn finish(&self, result: &Result<(), Error>) -> u8 {
        self.clear();
        let status = self.voice.status(result, &self.reporting);
        if let Err(error) = result {
            self.write(self.error(error, status), Ink::Failed);
        }
        let took = (self.clock)();
        self.say(|reporter| reporter.voice.ending(result, &reporter.reporting, took));
        status
    }

    /// Whether somebody may ask how it goes.
    pub fn answers(&self) -> bool {
        self.asker.is_some()
    }

    /// Somebody asks how it goes: each conversation says it, or a scan, or it is said that there is
    /// none.
    pub fn ask(&self) {
        match &self.asker {
            Some(asker) if asker.held() > 0 => asker.ask(),
            Some(asker) => {
                self.observe(&asker.scan().map_or(Event::NoConversation, Event::ScanProgress));
            }
            None => {}
        }
    }

    /// Says how far a conversation has come, without anybody having asked just now.
    fn pass(&self, event: &Event, progress: &Progress) {
        if self.live.is_wanted() && progress.is_alone && progress.occasion == Occasion::Passing {
            if let Some(line) = self.event(event) {
                self.write_as_it_is(&self.live.draw(&line));
            }
            return;
        }
        let is_due = match progress.occasion {
            Occasion::Passing => progress.is_landmark,
            Occasion::Over => self.reporting.progress,
            Occasion::Asked => true,
        };
        if is_due {
            self.write(self.event(event), Ink::Told);
        } else if !self.live.is_wanted() || progress.occasion == Occasion::Over {
            self.clear();
        }
    }

    /// Takes the line away that is written over, where there is one.
    fn clear(&self) {
        self.write_as_it_is(self.live.clear());
    }

    /// Says that a signal ends the run, and gives the exit status; `None` where the program is to
    /// die of the signal.
    pub fn interrupted(&self, signal: i32) -> Option<u8> {
        self.clear();
        self.say(|reporter| reporter.voice.interrupted(signal, &reporter.reporting));
        self.voice.status_of_signal(signal)
    }

    /// Whether this error is not said, but the program is to die of SIGPIPE.
    pub fn dies_of_broken_pipe(&self, error: &Error) -> bool {
        error.reader_is_gone() && !self.voice.outlives_reader()
    }

    /// Writes words that JSON lines have no place for.
    fn say(&self, words: impl FnOnce(&Self) -> Option<Vec<u8>>) {
        if !self.reporting.json {
            self.write(words(self), Ink::Told);
        }
    }

    #[cfg(feature = "json")]
    fn error(&self, error: &Error, status: u8) -> Option<Vec<u8>> {
        if self.reporting.json {
            return super::json::error(error, status, (self.clock)());
        }
        self.voice.error(error, &self.reporting)
    }

    #[cfg(not(feature = "json"))]
    fn error(&self, error: &Error, _status: u8) -> Option<Vec<u8>> {
        self.voice.error(error, &self.reporting)
    }

    #[cfg(feature = "json")]
    fn event(&self, event: &Event) -> Option<Vec<u8>> {
        if self.reporting.json {
            return super::json::event(event, (self.clock)());
        }
        self.voice.event(event, &self.reporting)
    }

    #[cfg(not(feature = "json"))]
    fn event(&self, event: &Event) -> Option<Vec<u8>> {
        self.voice.event(event, &self.reporting)
    }

    fn is_coloured(&self) -> bool {
        !self.reporting.json
            && match self.reporting.colour {
                Colour::Never => false,
                Colour::AtTerminal => self.reporting.at_terminal,
                Colour::Always => true,
            }
    }

    fn write(&self, lines: Option<Vec<u8>>, ink: Ink) {
        if let Some(lines) = lines {
            let lines = if self.is_coloured() { ink.paint(&lines) } else { lines };
            let fresh = self.cursor.as_ref().map_or(&b""[..], |cursor| cursor.fresh_line());
            self.write_as_it_is(&[self.live.clear(), fresh, &lines].concat());
        }
    }

    fn write_as_it_is(&self, bytes: &[u8]) {
        if let (false, Ok(mut output)) = (bytes.is_empty(), self.output.try_borrow_mut()) {
            // nobody is left to be told that standard error failed
            let _ = output.write_all(bytes).and_then(|()| output.flush());
        }
    }
}

impl Observer for Reporter {
    fn observe(&self, event: &Event) {
        match event {
            Event::Progress(progress) if progress.occasion != Occasion::Asked => {
                self.pass(event, progress);
            }
            _ => self.write(self.event(event), Ink::Told),
        }
    }

    fn asker(&self) -> Option<&Asker> {
        self.asker.as_ref()
    }

    fn peer_speaks(&self) {
        self.clear();
        self.live.give_way();
    }

    fn cursor(&self) -> Option<Rc<Cursor>> {
        self.cursor.clone()
    }

    fn result(&self, event: &Event) -> Option<Vec<u8>> {
        #[cfg(feature = "json")]
        if self.reporting.json {
            return super::json::event(event, (self.clock)());
        }
        self.observe(event);
        self.voice.result(event)
    }

    fn wants(&self, detail: Detail) -> bool {
        let voice_shows = || voice::shows(&*self.voice, detail, &self.reporting);
        match detail {
            Detail::IpOptions | Detail::LocalAddress | Detail::TcpInfo => {
                self.reporting.json || voice_shows()
            }
            Detail::ClientNames => voice_shows(),
            Detail::Notes => {
                let shows_words = self.reporting.at_terminal && !self.reporting.json;
                shows_words && self.reporting.by_hand && voice_shows()
            }
            Detail::PeerNames => !self.reporting.json && voice_shows(),
        }
    }
}
