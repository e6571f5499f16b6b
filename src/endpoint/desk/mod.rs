//! A terminal with a line editor, in the place of standard input and output.
//!
//! Finished lines go into a pipe, which is the conversation's input: a peer that takes nothing
//! stops the keyboard in the end, and nothing else. What arrives is written through a layer, above
//! the line that is being typed. Our own messages come the same way where standard error is the
//! same terminal. The terminal is set differently only while a conversation is held, and set back
//! whatever ends it; keys that send signals go on sending them.
//!
//! Not here: what keys do and what the screen shows (`editor`).

mod history;
mod screen;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::env;
use std::fmt;
use std::future::{Future, pending};
use std::io;
use std::path::PathBuf;
use std::rc::{Rc, Weak};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::sleep;

use super::stream::Layer;
use crate::editor::area::Size;
use crate::editor::key::Special;
use crate::editor::{Editor, Effect};
use crate::event::{Error, Event, NotEditing, Observer};
use crate::plan::Plan;
use crate::sys::fd::{Fd, Kind};
use crate::sys::signal::{self, Stop, TerminalSignal, TerminalSignals};
use crate::sys::terminal::{self, Uncooked};
use crate::sys::{stderr, stdio};
use history::History;
use screen::Screen;

/// The most that waits for the peer, or for the screen, before the keyboard has to, in bytes.
const MOST_WAITING: usize = 64 * 1024;

/// The most of what arrived that is taken at once, in bytes.
const BLOCK: usize = 16 * 1024;

/// Whoever had us go on in the background may have meant to end us: that comes first.
const SHORTLY: Duration = Duration::from_millis(50);

thread_local! {
    /// A run has one desk at most, as the process has one standard input.
    static AT_WORK: RefCell<Weak<Desk>> = const { RefCell::new(Weak::new()) };
}

/// The desk that stands in for standard input and output, if one does.
pub fn at_work() -> Option<Rc<Desk>> {
    AT_WORK.with_borrow(Weak::upgrade)
}

/// A terminal with a line editor.
pub struct Desk {
    keyboard: Fd,
    screen: Rc<Fd>,
    state: RefCell<State>,
    /// Where finished lines go; nothing once the input has ended.
    lines: RefCell<Option<Rc<Fd>>>,
    /// Where they come from.
    input: Rc<Fd>,
    /// A conversation is held.
    is_wanted: Cell<bool>,
    changed: Notify,
    /// The file's directory and name, until it is opened.
    kept_in: RefCell<Option<(PathBuf, String)>>,
    observer: Rc<dyn Observer>,
}

struct State {
    editor: Editor,
    screen: Screen,
    /// Keys that were pressed and not looked at yet.
    pressed: VecDeque<u8>,
    /// The next ones were pressed while the terminal still gave whole lines.
    ahead: bool,
    /// The key that ends the input.
    end_key: u8,
    /// We were stopped by ourselves, and go on again.
    goes_on: bool,
    /// Lines that the pipe has no room for yet.
    finished: VecDeque<u8>,
    uncooked: Option<Uncooked>,
    history: Option<History>,
    ended: bool,
}

impl State {
    fn press(&mut self, keys: &mut [u8]) {
        if std::mem::take(&mut self.ahead) {
            // a terminal that gives lines keeps the end of the input as a zero
            for key in keys.iter_mut().filter(|key| **key == 0) {
                *key = self.end_key;
            }
        }
        self.pressed.extend(&*keys);
    }
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
            return Self::of((keyboard, screen), editor, kept_in.flatten(), observer).map(Some);
        };
        observer.observe(&Event::NotEditing(reason));
        Ok(None)
    }

    fn of(
        (keyboard, screen): (Fd, Fd),
        editor: Editor,
        kept_in: Option<(PathBuf, String)>,
        observer: &Rc<dyn Observer>,
    ) -> Result<Rc<Self>, Error> {
        let pipe = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC);
        let (read, write) = pipe.map_err(|error| Error::Start(error.into()))?;
        let input = Rc::new(Fd::owned(read).map_err(Error::Start)?);
        let lines = Rc::new(Fd::owned(write).map_err(Error::Start)?);
        let (columns, rows) = terminal::size(&screen);
        let state = State {
            end_key: editor.end_key(),
            editor,
            screen: Screen::new(Size::new(columns, rows)),
            pressed: VecDeque::new(),
            ahead: false,
            goes_on: false,
            finished: VecDeque::new(),
            uncooked: None,
            history: None,
            ended: false,
        };
        Ok(Rc::new(Self {
            keyboard,
            screen: Rc::new(screen),
            state: RefCell::new(state),
            lines: RefCell::new(Some(lines)),
            input,
            is_wanted: Cell::new(false),
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
        self.state.borrow_mut().screen.finish();
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
            if let Err(error) = self.begin(&mut signals).await {
                return error;
            }
            self.take_keys();
            if let Err(error) = self.pass_on() {
                return error;
            }
            let (has_room, is_behind, is_full) = {
                let state = self.state.borrow();
                let has_room = state.pressed.is_empty()
                    && state.finished.len() < MOST_WAITING
                    && state.screen.queue.len() < MOST_WAITING;
                let has_room = state.uncooked.is_some() && has_room;
                (has_room, !state.screen.queue.is_empty(), !state.finished.is_empty())
            };
            let lines = self.lines.borrow().clone();
            let more_room = async {
                match lines {
                    Some(lines) if is_full => {
                        lines.not_writable().await;
                        lines.writable().await
                    }
                    _ => pending().await,
                }
            };
            let caught_up = async {
                self.screen.not_writable().await;
                self.screen.writable().await
            };
            tokio::select! {
                signal = signals.next() => match signal {
                    TerminalSignal::Stop => self.stop(),
                    TerminalSignal::Again => self.again(),
                    TerminalSignal::Resize => self.resize(),
                },
                read = self.keyboard.read(&mut buffer), if has_room => match read {
                    Ok(0) => self.end(),
                    Ok(count) => self.state.borrow_mut().press(&mut buffer[..count]),
                    Err(error) => return Error::Input(error),
                },
                ready = caught_up, if is_behind => if let Err(error) = ready {
                    return output(error);
                },
                ready = more_room => if let Err(error) = ready {
                    return Error::Input(error);
                },
                () = self.changed.notified() => {}
            }
        }
    }

    /// Begins to read keys where they are wanted; stops as long as the terminal is somebody else's.
    async fn begin(&self, signals: &mut TerminalSignals) -> Result<(), Error> {
        let waits = || {
            let state = self.state.borrow();
            self.is_wanted.get() && !state.ended && state.uncooked.is_none()
        };
        while waits() && !terminal::is_foreground(&self.keyboard) {
            sleep(SHORTLY).await;
            signal::stop(Stop::Reading);
            // where nobody can have us go on, nobody is there to type
            loop {
                match signals.next().await {
                    TerminalSignal::Again => break,
                    TerminalSignal::Stop => signal::stop(Stop::Asked),
                    TerminalSignal::Resize => {}
                }
            }
            self.state.borrow_mut().goes_on = false;
        }
        if !waits() {
            return Ok(());
        }
        self.open_history();
        let mut state = self.state.borrow_mut();
        let state = &mut *state;
        state.uncooked = Some(Uncooked::begin(&self.keyboard).map_err(Error::Input)?);
        state.ahead = self.keyboard.is_readable_now();
        let shown_already = state.ahead && state.pressed.is_empty();
        state.screen.begin(&state.editor.view(), shown_already);
        Ok(())
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

    /// Carries out keys as far as there is room for what they lead to.
    fn take_keys(&self) {
        let mut state = self.state.borrow_mut();
        let state = &mut *state;
        let mut has_ended = false;
        while state.uncooked.is_some()
            && state.finished.len() < MOST_WAITING
            && state.screen.queue.len() < MOST_WAITING
            && !has_ended
            && let Some(key) = state.pressed.pop_front()
        {
            for effect in state.editor.press(key) {
                let view = state.editor.view();
                match effect {
                    Effect::Send { shown, bytes, ends_line } => {
                        state.screen.leave(&shown, ends_line);
                        state.finished.extend(bytes);
                    }
                    Effect::Keep(line) => {
                        // a history that cannot be written to any more is no reason to stop
                        if state.history.as_mut().is_some_and(|kept| kept.add(&line).is_err()) {
                            state.history = None;
                        }
                    }
                    Effect::Offer(words) => state.screen.offer(&words, &view),
                    Effect::Bell => state.screen.bell(),
                    Effect::Clear => state.screen.clear(),
                    Effect::End => has_ended = true,
                }
            }
        }
        state.screen.draw(&state.editor.view());
        if has_ended {
            state.pressed.clear();
            self.end_in(state);
        }
    }

    /// Passes finished lines on, and what is to be shown, as far as that goes at once.
    fn pass_on(&self) -> Result<(), Error> {
        loop {
            let mut state = self.state.borrow_mut();
            let lines = self.lines.borrow().clone();
            let Some(lines) = lines else { break };
            if state.finished.is_empty() {
                if state.ended {
                    self.lines.take();
                }
                break;
            }
            match lines.try_write(state.finished.as_slices().0) {
                Ok(count) => drop(state.finished.drain(..count)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(Error::Input(error)),
            }
        }
        match self.flush() {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(output(error)),
            _ => Ok(()),
        }
    }

    fn end(&self) {
        self.end_in(&mut self.state.borrow_mut());
    }

    /// The input has ended: the terminal is as it was from now on.
    fn end_in(&self, state: &mut State) {
        state.ended = true;
        self.rest_in(state);
    }

    /// Gives the terminal back.
    fn rest(&self) {
        if let Ok(mut state) = self.state.try_borrow_mut() {
            self.rest_in(&mut state);
        }
    }

    fn rest_in(&self, state: &mut State) {
        if state.uncooked.is_some() {
            let is_empty = state.editor.is_empty();
            state.screen.end(&state.editor.view(), is_empty);
            // one that is full is waited for at the end of the run
            let _ = flush(&self.screen, &mut state.screen.queue);
            state.uncooked = None;
        }
    }

    fn stop(&self) {
        self.rest();
        signal::stop(Stop::Asked);
        // the signal that had us go on is still to come
        self.state.borrow_mut().goes_on = true;
    }

    /// We go on: who had the terminal meanwhile may have set it, and written to it.
    fn again(&self) {
        let mut state = self.state.borrow_mut();
        if !std::mem::take(&mut state.goes_on) && state.uncooked.take().is_some() {
            let (columns, rows) = terminal::size(&self.screen);
            state.screen.forget(Size::new(columns, rows));
        }
    }

    fn resize(&self) {
        let mut state = self.state.borrow_mut();
        let state = &mut *state;
        let (columns, rows) = terminal::size(&self.screen);
        state.screen.resize(Size::new(columns, rows), &state.editor.view());
    }

    /// Shows lines of ours; `false` where they would not meet a line that is being typed.
    fn say(&self, lines: &[u8]) -> bool {
        let Ok(mut state) = self.state.try_borrow_mut() else { return false };
        let state = &mut *state;
        if !state.screen.is_editing() && state.screen.queue.is_empty() {
            return false;
        }
        if state.screen.queue.len() < MOST_WAITING {
            state.screen.say(lines, &state.editor.view());
            // the rest is written when there is room
            let _ = flush(&self.screen, &mut state.screen.queue);
            self.changed.notify_one();
        }
        true
    }

    async fn show_all(&self) -> io::Result<()> {
        loop {
            match self.flush() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.screen.not_writable().await;
                    self.screen.writable().await?;
                }
                other => return other,
            }
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // a signal has ended the run: nobody waits any more
        self.rest();
        let state = self.state.get_mut();
        state.screen.finish();
        terminal::write_briefly(&self.screen, &state.screen.queue);
    }
}

/// Only writing goes through it.
impl Layer for Desk {
    fn fd(&self) -> &Rc<Fd> {
        &self.screen
    }

    fn take(&self, _buffer: &mut [u8]) -> io::Result<Option<usize>> {
        Ok(Some(0))
    }

    fn has_read(&self) -> bool {
        false
    }

    fn fill(&self) -> io::Result<()> {
        Ok(())
    }

    fn put(&self, bytes: &[u8]) -> io::Result<usize> {
        let block = &bytes[..bytes.len().min(BLOCK)];
        let mut state = self.state.borrow_mut();
        let state = &mut *state;
        state.screen.show(block, &state.editor.view());
        Ok(block.len())
    }

    fn flush(&self) -> io::Result<()> {
        flush(&self.screen, &mut self.state.borrow_mut().screen.queue)
    }

    fn unflushed(&self) -> usize {
        self.state.borrow().screen.queue.len()
    }

    fn carried(&self, wire: u64) -> u64 {
        wire
    }

    fn is_done(&self) -> bool {
        false
    }

    fn end(&self) {}

    fn has_said_end(&self) -> bool {
        false
    }
}

fn flush(screen: &Fd, queue: &mut Vec<u8>) -> io::Result<()> {
    while !queue.is_empty() {
        let count = screen.try_write(queue)?;
        queue.drain(..count);
    }
    Ok(())
}

fn special(keyboard: &Fd) -> Result<Special, Error> {
    let [erase, word_erase, kill, end] = terminal::special_keys(keyboard).map_err(Error::Input)?;
    Ok(Special { erase, word_erase, kill, end })
}

fn output(error: io::Error) -> Error {
    Error::Output { error, undelivered: 0 }
}

/// A desk stands in for standard input and output, and for standard error where that is the same
/// terminal, until this goes away.
struct InPlace;

impl InPlace {
    fn new(desk: &Rc<Desk>) -> Self {
        AT_WORK.set(Rc::downgrade(desk));
        if terminal::is_error_output(&*desk.screen) {
            let desk = Rc::downgrade(desk);
            stderr::set_instead(Some(Box::new(move |lines| {
                desk.upgrade().is_some_and(|desk| desk.say(lines))
            })));
        }
        Self
    }
}

impl Drop for InPlace {
    fn drop(&mut self) {
        stderr::set_instead(None);
        AT_WORK.set(Weak::new());
    }
}
