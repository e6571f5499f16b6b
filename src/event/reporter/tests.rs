//! What is written, when, and in which form.

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
        let Some(Event::Progress(mut progress)) =
            sample::events(b"host").into_iter().find(|event| matches!(event, Event::Progress(_)))
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
    let total = "nc: sent 61 bytes of 610 bytes (10 %) at 1000 bytes/s; received 214 bytes \
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
    let line = total.replace(" in 0.21 s", "").replace("1000 bytes/s;", "1000 bytes/s, 1 s left;");
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
    let around = |terminal| Surroundings { terminal, moves_a_file: true, ..Surroundings::plain() };
    let reporter = |voice, verbosity, terminal| {
        let reporting = sample::reporting(voice, verbosity);
        let clock = Box::new(|| Duration::ZERO);
        let services = sample::services();
        Reporter::at(Box::new(io::sink()), clock, reporting, services, around(terminal))
    };
    let watch = |reporter: &Reporter| reporter.asker().and_then(Asker::watch);
    let by_itself = Some(Watch { first: Watch::UNASKED, every: Watch::TICK });
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
