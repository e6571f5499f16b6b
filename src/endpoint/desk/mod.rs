//! A terminal with a line editor, in the place of standard input and output.
//!
//! Finished lines go into a pipe (`lines`), which is the conversation's input; what arrives is shown
//! above the line that is being typed (`in_place`, `display`). The terminal is set differently only
//! while a conversation is held (`keyboard`, `job`), and set back whatever ends it; keys that send
//! signals go on sending them.
//!
//! Not here: what keys do and what the screen shows (`editor`).

mod display;
mod history;
mod in_place;
mod job;
mod keyboard;
mod lines;

use std::cell::{Cell, RefCell};
use std::env;
use std::fmt;
use std::future::{Future, pending};
use std::io;
use std::path::PathBuf;
use std::rc::Rc;

use tokio::sync::Notify;
use tokio::time::sleep;

use crate::editor::key::Special;
use crate::editor::{Editor, Effect};
use crate::event::{Error, Event, NotEditing, Observer};
use crate::plan::Plan;
use crate::sys::fd::{Fd, Kind};
use crate::sys::signal::TerminalSignals;
use crate::sys::{stdio, terminal};
use display::Display;
use history::History;
use in_place::InPlace;
pub use in_place::at_work;
use job::Job;
use keyboard::Keyboard;
use lines::Lines;

/// The most that waits for the peer, or for the screen, before the keyboard has to, in bytes.
const MOST_WAITING: usize = 64 * 1024;

/// A terminal with a line editor.
pub struct Desk {
    keys: Rc<Fd>,
    screen: Rc<Fd>,
    state: RefCell<State>,
    /// Where finished lines come from.
    input: Rc<Fd>,
    /// A conversation is held.
    is_wanted: Cell<bool>,
    job: Cell<Job>,
    changed: Notify,
    /// The file's directory and name, until it is opened.
    kept_in: RefCell<Option<(PathBuf, String)>>,
    observer: Rc<dyn Observer>,
}

struct State {
    editor: Editor,
    keyboard: Keyboard,
    display: Display,
    lines: Lines,
    history: Option<History>,
}

/// A conversation is held, until this goes away.
pub struct Held(Rc<Desk>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.is_wanted.set(false);
        self.0.rest();
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Desk").field("screen", &self.screen).finish_non_exhaustive()
    }
}

impl Desk {
    /// A desk for a plan that wants one, where our input and output are a terminal that it may use.
    pub fn open(plan: &Plan, observer: &Rc<dyn Observer>) -> Result<Option<Rc<Self>>, Error> {
        let Some(session) = plan.edits() else { return Ok(None) };
        let Some(edit) = session.edit else { return Ok(None) };
        let keyboard = stdio::input().map_err(Error::Input)?;
        let screen = stdio::output().map_err(output)?;
        let reason = if keyboard.kind() != Kind::Terminal {
            NotEditing::Input
        } else if screen.kind() != Kind::Terminal {
            NotEditing::Output
        } else if !terminal::echoes(&keyboard) {
            NotEditing::Raw
        } else if env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb") {
            NotEditing::Dumb
        } else {
            let kept_in = edit.history.then(|| {
                let directory =
                    history::directory(env::var_os("XDG_STATE_HOME"), env::var_os("HOME"))?;
                Some((directory, history::name(plan)?))
            });
            // what arrives has a mark before it too
            let prompt = if session.view.marked { "> " } else { "" };
            let editor = Editor::new(prompt, special(&keyboard)?);
            let kept_in = kept_in.flatten();
            return Self::of(keyboard, screen, editor, kept_in, observer)
                .map(Some)
                .map_err(Error::Start);
        };
        observer.observe(&Event::NotEditing(reason));
        Ok(None)
    }

    fn of(
        keys: Fd,
        screen: Fd,
        editor: Editor,
        kept_in: Option<(PathBuf, String)>,
        observer: &Rc<dyn Observer>,
    ) -> io::Result<Rc<Self>> {
        let (keys, screen) = (Rc::new(keys), Rc::new(screen));
        let (lines, input) = Lines::new()?;
        let state = State {
            keyboard: Keyboard::new(&keys, &screen, editor.end_key()),
            editor,
            display: Display::new(&screen),
            lines,
            history: None,
        };
        Ok(Rc::new(Self {
            keys,
            screen,
            state: RefCell::new(state),
            input: Rc::new(input),
            is_wanted: Cell::new(false),
            job: Cell::default(),
            changed: Notify::new(),
            kept_in: RefCell::new(kept_in),
            observer: Rc::clone(observer),
        }))
    }

    /// The finished lines.
    pub fn input(&self) -> Rc<Fd> {
        Rc::clone(&self.input)
    }

    /// A conversation is held from now on: keys are read.
    pub fn hold(self: &Rc<Self>) -> Held {
        self.is_wanted.set(true);
        self.changed.notify_one();
        Held(Rc::clone(self))
    }

    /// Carries a run out, with this in the place of standard input and output.
    pub async fn carry_out(
        self: Rc<Self>,
        run: impl Future<Output = Result<(), Error>>,
    ) -> Result<(), Error> {
        let _in_place = InPlace::new(&self);
        let result = tokio::select! {
            biased;
            result = run => result,
            error = self.work() => Err(error),
        };
        self.rest();
        self.state.borrow_mut().display.screen.finish();
        let shown = self.show_all().await;
        result.and(shown.map_err(output))
    }

    /// Reads the keyboard and writes to the screen; comes back where one of them failed.
    async fn work(&self) -> Error {
        let mut signals = match TerminalSignals::listen() {
            Ok(signals) => signals,
            Err(error) => return Error::Start(error),
        };
        let mut buffer = [0; 1024];
        loop {
            let pause = match self.begin() {
                Ok(pause) => pause,
                Err(error) => return error,
            };
            let (has_room, has_keys, is_behind, waits_for) = {
                let state = &mut *self.state.borrow_mut();
                state.take_keys();
                if let Err(error) = state.pass_on() {
                    return error;
                }
                // passing on makes room
                let has_room = state.keyboard.is_ours() && state.has_room();
                let has_keys = !state.keyboard.is_empty();
                (has_room, has_keys, state.display.unwritten() > 0, state.lines.wait_for())
            };
            let more_room = async {
                match waits_for {
                    Some(lines) => {
                        lines.not_writable().await;
                        lines.writable().await
                    }
                    None => pending().await,
                }
            };
            let in_background = async {
                match pause {
                    Some(pause) => {
                        sleep(pause).await;
                        pause
                    }
                    None => pending().await,
                }
            };
            tokio::select! {
                signal = signals.next() => self.heed(signal),
                () = tokio::task::yield_now(), if has_room && has_keys => {}
                read = self.keys.read(&mut buffer), if has_room && !has_keys => {
                    let state = &mut *self.state.borrow_mut();
                    match read {
                        Ok(0) => state.end(),
                        Ok(count) => state.keyboard.press(&mut buffer[..count]),
                        Err(error) => return Error::Input(error),
                    }
                }
                pause = in_background => self.stop_to_read(pause),
                ready = self.caught_up(), if is_behind => if let Err(error) = ready {
                    return output(error);
                },
                ready = more_room => if let Err(error) = ready {
                    return Error::Input(error);
                },
                () = self.changed.notified() => {}
            }
        }
    }

    /// Waits until the terminal takes more.
    async fn caught_up(&self) -> io::Result<()> {
        self.screen.not_writable().await;
        self.screen.writable().await
    }

    /// Opens the file of earlier lines, unless a password was typed in this run.
    fn open_history(&self) {
        let Some((directory, name)) = self.kept_in.take() else { return };
        if terminal::password_was_asked() {
            return;
        }
        match History::open(&directory, &name) {
            Ok((history, lines)) => {
                let mut state = self.state.borrow_mut();
                state.editor.remember(lines.iter().map(Vec::as_slice));
                state.history = Some(history);
            }
            Err(error) => {
                self.observer.observe(&Event::NotKept { path: directory.join(name), error });
            }
        }
    }

    async fn show_all(&self) -> io::Result<()> {
        loop {
            let written = self.state.borrow_mut().display.flush();
            match written {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.caught_up().await?,
                other => return other,
            }
        }
    }
}

impl State {
    fn has_room(&self) -> bool {
        self.lines.have_room() && self.display.has_room()
    }

    /// Carries out keys as far as there is room for what they lead to.
    fn take_keys(&mut self) {
        let mut has_ended = false;
        while self.has_room()
            && !has_ended
            && let Some(key) = self.keyboard.next()
        {
            for effect in self.editor.press(key) {
                let (view, screen) = (self.editor.view(), &mut self.display.screen);
                match effect {
                    Effect::Send { shown, bytes, ends_line } => {
                        screen.leave(&shown, ends_line);
                        self.lines.add(bytes);
                    }
                    Effect::Keep(line) => {
                        // a history that cannot be written to any more is no reason to stop
                        if self.history.as_mut().is_some_and(|kept| kept.add(&line).is_err()) {
                            self.history = None;
                        }
                    }
                    Effect::Offer(words) => screen.offer(&words, &view),
                    Effect::Bell => screen.bell(),
                    Effect::Clear => screen.clear(),
                    Effect::End => has_ended = true,
                }
            }
        }
        self.display.screen.draw(&self.editor.view());
        if has_ended {
            self.end();
        }
    }

    /// Passes finished lines on, and what is to be shown, as far as that goes at once.
    fn pass_on(&mut self) -> Result<(), Error> {
        self.lines.pass_on(self.keyboard.has_ended()).map_err(Error::Input)?;
        match self.display.flush() {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(output(error)),
            _ => Ok(()),
        }
    }

    /// The input has ended: the terminal is as it was from now on.
    fn end(&mut self) {
        self.keyboard.end();
        self.rest();
    }

    /// Gives the terminal back.
    fn rest(&mut self) {
        if self.keyboard.is_ours() {
            self.display.screen.end(&self.editor.view(), self.editor.is_empty());
            // one that is full is waited for at the end of the run
            let _ = self.display.flush();
            self.keyboard.give_back();
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // a signal has ended the run: nobody waits any more
        let state = self.state.get_mut();
        state.rest();
        state.display.screen.finish();
        state.display.flush_briefly();
    }
}

fn special(keyboard: &Fd) -> Result<Special, Error> {
    let [erase, word_erase, kill, end] = terminal::special_keys(keyboard).map_err(Error::Input)?;
    Ok(Special { erase, word_erase, kill, end })
}

fn output(error: io::Error) -> Error {
    Error::Output { error, undelivered: 0 }
}
