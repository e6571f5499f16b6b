//! Writes what a voice says, or JSON, to standard error as it happens.
//!
//! Responsible for when and where; the words are the voice's. A standard error that is closed, full
//! or gone changes nothing for the run.

use std::cell::RefCell;
use std::io::Write;
use std::time::{Duration, Instant};

use super::voice::{self, Services, Voice};
use super::{Colour, Detail, Error, Event, Observer, Reporting};
use crate::plan::Transport;
use crate::proto::terminal_view::PLAIN;
use crate::sys::stderr::ErrorOutput;

/// Of what is said: yellow. These are of the sixteen colours that terminals let their users choose.
const TOLD: &[u8] = b"\x1b[33m";

/// Of what went wrong: red.
const FAILED: &[u8] = b"\x1b[31m";

/// Time since the run began.
pub type Clock = Box<dyn Fn() -> Duration>;

/// The observer of a run that has people or programs reading its standard error.
pub struct Reporter {
    reporting: Reporting,
    voice: Box<dyn Voice>,
    output: RefCell<Box<dyn Write>>,
    clock: Clock,
}

impl Reporter {
    /// Reports to standard error; the run begins now. `services` names the service on a port.
    pub fn new(
        reporting: Reporting,
        services: impl Fn(u16, Transport) -> Option<String> + 'static,
    ) -> Self {
        let started = Instant::now();
        let clock = Box::new(move || started.elapsed());
        let output = ErrorOutput::open();
        let reporting = Reporting { at_terminal: output.is_terminal(), ..reporting };
        Self::to(Box::new(output), clock, reporting, Box::new(services))
    }

    /// Reports to `output`, which gets one write a message.
    pub fn to(
        output: Box<dyn Write>,
        clock: Clock,
        reporting: Reporting,
        services: Services,
    ) -> Self {
        let voice = voice::voice(reporting.voice, services);
        let reporter = Self { reporting, voice, output: RefCell::new(output), clock };
        reporter.say(|reporter| reporter.voice.opening(&reporter.reporting));
        reporter
    }

    /// Says how the run ended, if there is anything to say, and gives its exit status.
    pub fn finish(&self, result: &Result<(), Error>) -> u8 {
        let status = self.voice.status(result, &self.reporting);
        if let Err(error) = result {
            self.write(self.error(error, status), FAILED);
        }
        let took = (self.clock)();
        self.say(|reporter| reporter.voice.ending(result, &reporter.reporting, took));
        status
    }

    /// Says that a signal ends the run, and gives the exit status; `None` where the program is to
    /// die of the signal.
    pub fn interrupted(&self, signal: i32) -> Option<u8> {
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
            self.write(words(self), TOLD);
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

    fn write(&self, lines: Option<Vec<u8>>, colour: &[u8]) {
        let lines =
            lines.map(|lines| if self.is_coloured() { painted(&lines, colour) } else { lines });
        if let (Some(lines), Ok(mut output)) = (lines, self.output.try_borrow_mut()) {
            // nobody is left to be told that standard error failed
            let _ = output.write_all(&lines).and_then(|()| output.flush());
        }
    }
}

/// Each line in a colour, which ends before the line does.
fn painted(lines: &[u8], colour: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(lines.len() + 16);
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        let (words, end) =
            line.strip_suffix(b"\n").map_or((line, &b""[..]), |words| (words, b"\n"));
        for part in [colour, words, PLAIN, end] {
            text.extend_from_slice(part);
        }
    }
    text
}

impl Observer for Reporter {
    fn observe(&self, event: &Event) {
        self.write(self.event(event), TOLD);
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

#[cfg(test)]
mod tests {
    use std::io;
    use std::rc::Rc;

    use super::*;
    use crate::event::VoiceName;
    use crate::event::sample;

    /// One entry a write.
    #[derive(Clone, Default)]
    struct Writes(Rc<RefCell<Vec<String>>>);

    impl Write for Writes {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().push(String::from_utf8(bytes.to_vec()).unwrap());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A standard error that is closed.
    struct Gone;

    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }

    fn reporter(output: impl Write + 'static, reporting: Reporting) -> Reporter {
        let clock = Box::new(|| Duration::from_micros(1_500_001));
        Reporter::to(Box::new(output), clock, reporting, sample::services())
    }

    fn refused() -> Result<(), Error> {
        Err(sample::errors(b"host").remove(4))
    }

    #[test]
    fn what_is_said_is_one_write_and_silence_is_none() {
        let writes = Writes::default();
        let reporter = reporter(writes.clone(), sample::reporting(VoiceName::Default, 1));
        let events = sample::events(b"host");
        reporter.observe(&events[1]);
        assert!(writes.0.borrow().is_empty());
        reporter.observe(&events[4]);
        assert_eq!(reporter.finish(&refused()), 11);
        assert_eq!(
            *writes.0.borrow(),
            [
                "Connection to host (127.0.0.1) 8000 port [tcp/*] succeeded!\n\
                 nc: connected to 127.0.0.1:8000 in 0.1 ms\n",
                "nc: host port 8000: nothing listens on that port\n",
            ]
        );
        assert_eq!(reporter.finish(&Ok(())), 0);
        assert_eq!(writes.0.borrow().len(), 2);
    }

    #[test]
    fn a_voice_speaks_before_and_after_everything_but_not_into_json() {
        let run = |json| {
            let writes = Writes::default();
            let reporting = Reporting { json, ..sample::reporting(VoiceName::Ncat, 1) };
            let reporter = reporter(writes.clone(), reporting);
            reporter.observe(&sample::events(b"host")[4]);
            for detail in [Detail::ClientNames, Detail::PeerNames] {
                assert!(!reporter.wants(detail));
            }
            for detail in [Detail::LocalAddress, Detail::TcpInfo] {
                assert_eq!(reporter.wants(detail), json);
            }
            assert_eq!(reporter.finish(&Ok(())), 0);
            let writes = writes.0.borrow();
            writes.clone()
        };
        assert_eq!(
            run(false),
            [
                "Ncat: Version 7.98 ( https://nmap.org/ncat )\n",
                "Ncat: Connected to 127.0.0.1:8000.\n",
                "Ncat: 0 bytes sent, 0 bytes received in 1.50 seconds.\n",
            ]
        );
        #[cfg(feature = "json")]
        assert!(matches!(run(true).as_slice(), [line] if line.contains("\"connected\"")));
    }

    #[test]
    fn a_signal_ends_a_run_in_the_dialects_way() {
        let run = |voice| {
            let writes = Writes::default();
            let reporter = reporter(writes.clone(), sample::reporting(voice, 1));
            assert_eq!(reporter.wants(Detail::PeerNames), voice == VoiceName::Traditional);
            let status = reporter.interrupted(2);
            (status, writes.0.borrow().concat())
        };
        assert_eq!(run(VoiceName::Default), (None, String::new()));
        assert_eq!(run(VoiceName::BusyBox), (None, "punt!\n".to_owned()));
        assert_eq!(run(VoiceName::Traditional), (Some(1), "\n".to_owned()));
    }

    #[test]
    fn words_have_a_colour_where_it_is_wanted_and_json_has_none() {
        let run = |colour, at_terminal, json| {
            let writes = Writes::default();
            let about = sample::reporting(VoiceName::Default, 1);
            let reporting = Reporting { colour, at_terminal, json, ..about };
            let reporter = reporter(writes.clone(), reporting);
            reporter.observe(&sample::events(b"host")[4]);
            reporter.finish(&refused());
            let writes = writes.0.borrow();
            writes.concat()
        };
        let plain = run(Colour::Never, true, false);
        assert!(!plain.contains('\x1b') && run(Colour::AtTerminal, false, false) == plain);
        let painted = run(Colour::AtTerminal, true, false);
        assert_eq!(run(Colour::Always, false, false), painted);
        let lines: Vec<_> = painted.lines().collect();
        assert!(matches!(lines.as_slice(), [.., told, failed]
            if told.starts_with("\x1b[33mnc: ") && told.ends_with("\x1b[0m")
                && failed.starts_with("\x1b[31mnc: ") && failed.ends_with("\x1b[0m")));
        let unpainted = ["\x1b[33m", "\x1b[31m", "\x1b[0m"]
            .iter()
            .fold(painted.clone(), |text, colour| text.replace(colour, ""));
        assert_eq!(unpainted, plain);
        #[cfg(feature = "json")]
        assert!(!run(Colour::Always, true, true).contains("[33m"));
    }

    #[test]
    fn a_standard_error_that_is_gone_changes_nothing() {
        let reporter = reporter(Gone, sample::reporting(VoiceName::Default, 3));
        for event in sample::events(b"host") {
            reporter.observe(&event);
        }
        assert_eq!(reporter.finish(&refused()), 11);
        assert_eq!(reporter.finish(&Ok(())), 0);
    }

    #[cfg(feature = "json")]
    #[test]
    fn json_takes_the_place_of_words_and_keeps_the_status() {
        let writes = Writes::default();
        let json = Reporting { json: true, ..sample::reporting(VoiceName::OpenBsd, 0) };
        let reporter = reporter(writes.clone(), json);
        reporter.observe(&sample::events(b"host")[1]);
        assert_eq!(reporter.finish(&refused()), 1);
        let writes = writes.0.borrow();
        assert!(writes[0].starts_with(r#"{"v":1,"t":1.500001,"event":"attempting","#));
        assert!(writes[1].starts_with(r#"{"v":1,"t":1.500001,"event":"error","status":1,"#));
        assert_eq!(writes.len(), 2);
    }
}
