//! Writes what a voice says, or JSON, to standard error as it happens.
//!
//! Responsible for when and where; the words are the voice's. A standard error that is closed, full
//! or gone changes nothing for the run.

use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::cursor::Cursor;
use super::live_line::LiveLine;
use super::voice::{self, Services, Voice};
use super::{Asker, Colour, Detail, Error, Event, Observer, Occasion, Progress, Reporting, Watch};
use crate::plan::Transport;
use crate::proto::terminal_view::PLAIN;
use crate::sys::stderr::ErrorOutput;
use crate::sys::stdio;

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
    /// Who may ask how it goes.
    asker: Option<Asker>,
    live: LiveLine,
    /// Of the terminal that the peer's words are shown at too.
    cursor: Option<Rc<Cursor>>,
}

/// What is known of where the words go.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings {
    /// Standard error is a terminal.
    pub terminal: bool,
    /// Standard output is the same one.
    pub shares_output: bool,
    /// Standard input or output is a regular file.
    pub moves_a_file: bool,
    /// How many columns the terminal has.
    pub columns: fn() -> Option<usize>,
}

impl Surroundings {
    /// Of this process.
    fn look() -> Self {
        Self {
            terminal: ErrorOutput::is_terminal(),
            shares_output: ErrorOutput::shares_output(),
            moves_a_file: stdio::moves_a_file(),
            columns: ErrorOutput::columns,
        }
    }

    /// A pipe, and nothing that is a file.
    pub fn plain() -> Self {
        Self { terminal: false, shares_output: false, moves_a_file: false, columns: || None }
    }
}

/// How often progress is told where it was asked for; and where it was not, that for the first time.
const TICK: Duration = Duration::from_secs(1);
const UNASKED: Duration = Duration::from_secs(2);

/// How often it is told how far a conversation has come, if it is.
fn watch(reporting: &Reporting, by_itself: bool) -> Option<Watch> {
    if reporting.progress {
        return Some(Watch { first: TICK, every: TICK });
    }
    (by_itself && !reporting.json).then_some(Watch { first: UNASKED, every: TICK })
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
        let watch = watch(&reporting, helps && around.moves_a_file);
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
            self.write(self.error(error, status), FAILED);
        }
        let took = (self.clock)();
        self.say(|reporter| reporter.voice.ending(result, &reporter.reporting, took));
        status
    }

    /// Whether somebody may ask how it goes.
    pub fn answers(&self) -> bool {
        self.asker.is_some()
    }

    /// Somebody asks how it goes: each conversation says it, or it is said that there is none.
    pub fn ask(&self) {
        match &self.asker {
            Some(asker) if asker.held() > 0 => asker.ask(),
            Some(_) => self.observe(&Event::NoConversation),
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
            self.write(self.event(event), TOLD);
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
        if let Some(lines) = lines {
            let lines = if self.is_coloured() { painted(&lines, colour) } else { lines };
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
        match event {
            Event::Progress(progress) if progress.occasion != Occasion::Asked => {
                self.pass(event, progress);
            }
            _ => self.write(self.event(event), TOLD),
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

    /// What is written of one conversation that is told of in these ways.
    fn followed(reporting: Reporting, around: Surroundings, occasions: &[Occasion]) -> Vec<String> {
        let writes = Writes::default();
        let clock = Box::new(|| Duration::from_micros(1_500_001));
        let output = Box::new(writes.clone());
        let reporter = Reporter::at(output, clock, reporting, sample::services(), around);
        for (number, occasion) in occasions.iter().enumerate() {
            let Some(Event::Progress(mut progress)) = sample::events(b"host")
                .into_iter()
                .find(|event| matches!(event, Event::Progress(_)))
            else {
                panic!("no sample")
            };
            progress.occasion = *occasion;
            progress.is_landmark = number % 2 == 1;
            reporter.observe(&Event::Progress(progress));
        }
        reporter.finish(&Ok(()));
        let writes = writes.0.borrow();
        writes.clone()
    }

    #[test]
    fn at_a_terminal_the_progress_is_one_line_that_goes_away_before_others() {
        use Occasion::{Asked, Over, Passing};
        let around = Surroundings { terminal: true, columns: || Some(31), ..Surroundings::plain() };
        let progress = Reporting { progress: true, ..sample::reporting(VoiceName::Default, 0) };
        let line = "\rnc: sent 61 bytes of 610 bytes\x1b[K";
        let total = "nc: sent 61 bytes of 610 bytes (10 %) at 1000 bytes/s, 1 s left; received 214 bytes \
                     at 0 bytes/s in 0.21 s\n";
        let written = followed(progress.clone(), around, &[Passing, Passing, Asked, Passing, Over]);
        let [first, second, asked, third, over] = &written[..] else { panic!("{written:?}") };
        assert_eq!([first, second, third], [line; 3]);
        assert!(asked.starts_with("\r\x1b[Knc: host: after 0.21 s: sent 61 bytes of 610 (10 %)"));
        assert_eq!(*over, format!("\r\x1b[K{total}"));

        let by_itself = sample::reporting(VoiceName::Default, 1);
        assert_eq!(followed(by_itself, around, &[Passing, Over]), [line, "\r\x1b[K"]);

        // elsewhere only what is worth a line of its own
        let written = followed(progress, Surroundings::plain(), &[Passing, Passing, Passing, Over]);
        let line = total.replace(" in 0.21 s", "");
        assert_eq!(written, [line.as_str(), total]);
    }

    #[test]
    fn when_the_peer_speaks_at_the_same_terminal_there_is_no_line_to_write_over() {
        let writes = Writes::default();
        let around = Surroundings { terminal: true, ..Surroundings::plain() };
        let reporting = Reporting { progress: true, ..sample::reporting(VoiceName::Default, 0) };
        let clock = Box::new(|| Duration::ZERO);
        let output = Box::new(writes.clone());
        let reporter = Reporter::at(output, clock, reporting, sample::services(), around);
        let tell = |is_landmark| {
            for event in sample::events(b"host") {
                if let Event::Progress(mut progress) = event {
                    (progress.occasion, progress.is_landmark) = (Occasion::Passing, is_landmark);
                    reporter.observe(&Event::Progress(progress));
                }
            }
        };
        tell(false);
        reporter.peer_speaks();
        tell(false);
        tell(true);
        let writes = writes.0.borrow();
        let [line, cleared, whole] = &writes[..] else { panic!("{writes:?}") };
        assert!(line.starts_with("\rnc: sent") && !line.contains('\n'), "{line:?}");
        assert_eq!(cleared, "\r\x1b[K");
        assert!(whole.starts_with("nc: sent") && whole.ends_with('\n'), "{whole:?}");
    }

    #[test]
    fn only_our_own_face_is_asked_and_helps_at_a_terminal() {
        let around =
            |terminal| Surroundings { terminal, moves_a_file: true, ..Surroundings::plain() };
        let reporter = |voice, verbosity, terminal| {
            let reporting = sample::reporting(voice, verbosity);
            let clock = Box::new(|| Duration::ZERO);
            let services = sample::services();
            Reporter::at(Box::new(io::sink()), clock, reporting, services, around(terminal))
        };
        let watch = |reporter: &Reporter| reporter.asker().and_then(Asker::watch);
        let by_itself = Some(Watch { first: UNASKED, every: TICK });
        for (voice, verbosity, terminal, answers, helps) in [
            (VoiceName::Default, 1, true, true, true),
            (VoiceName::Default, 0, true, true, false),
            (VoiceName::Default, 1, false, true, false),
            (VoiceName::OpenBsd, 1, true, false, false),
            (VoiceName::Ncat, 1, true, false, false),
        ] {
            let reporter = reporter(voice, verbosity, terminal);
            assert_eq!(reporter.answers(), answers, "{voice:?}");
            assert_eq!(watch(&reporter), by_itself.filter(|_| helps), "{voice:?} {verbosity}");
            assert_eq!(reporter.reporting.why, helps, "{voice:?} {verbosity} {terminal}");
            assert_eq!(reporter.wants(Detail::TcpInfo), helps, "{voice:?} {verbosity} {terminal}");
        }
    }

    #[test]
    fn who_asks_while_nothing_is_held_is_told_so() {
        let writes = Writes::default();
        let reporter = reporter(writes.clone(), sample::reporting(VoiceName::Default, 0));
        reporter.ask();
        assert_eq!(*writes.0.borrow(), ["nc: no conversation is under way\n"]);
    }

    #[test]
    fn words_have_a_colour_where_it_is_wanted_and_json_has_none() {
        let run = |colour, at_terminal, json| {
            let writes = Writes::default();
            let about = sample::reporting(VoiceName::Default, 1);
            let reporting = Reporting { json, colour, at_terminal, ..about };
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
