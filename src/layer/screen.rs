//! The terminal that the peer's bytes are shown at.
//!
//! Whether there is one is looked at when a conversation begins. Not responsible for writing to it,
//! but for leaving it in its own colours, also where a signal ends the run and before we say something
//! there.

use std::cell::Cell;
use std::rc::Rc;

use crate::plan::Session;
use crate::proto::received_lines::ReceivedLines;
use crate::proto::terminal_view::{PLAIN, TerminalView};
use crate::sys::fd::Fd;
use crate::sys::{stderr, terminal};

/// A terminal in its usual mode, and how one peer's bytes are shown there.
#[derive(Debug)]
pub struct Screen {
    view: TerminalView,
    lines: ReceivedLines,
    typed: Rc<Cell<bool>>,
    terminal: Rc<Fd>,
}

impl Screen {
    /// `None` where the output gets every byte as it came: it is no terminal, or one in raw mode,
    /// or the plan wants it so.
    pub fn of(session: &Session, output: &Rc<Fd>) -> Option<Self> {
        if terminal::is_cooked(output) { Self::at(session, output) } else { None }
    }

    /// The same of a terminal whose mode is of our own making.
    pub fn at(session: &Session, output: &Rc<Fd>) -> Option<Self> {
        let view = session.view;
        (session.show_peer && view.guarded).then(|| Self {
            view: TerminalView::default(),
            lines: ReceivedLines::new(view.marked, view.coloured),
            typed: Rc::default(),
            terminal: Rc::clone(output),
        })
    }

    /// Where to note that a whole line was typed at the terminal, which shows it by itself.
    pub fn typed(&self) -> Rc<Cell<bool>> {
        Rc::clone(&self.typed)
    }

    /// Appends what is shown for bytes of the peer to `out`.
    pub fn show(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if self.typed.take() {
            self.lines.typed();
        }
        let mut text = Vec::new();
        self.view.push(bytes, &mut text);
        if self.view.is_coloured() {
            // one of which hides all that is written in it
            stderr::set_first(PLAIN);
        }
        self.lines.push(&text, out);
    }

    /// Appends what ends it, as nothing more comes.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        let mut text = Vec::new();
        self.view.finish(&mut text);
        if text == PLAIN {
            // which begins no line
            out.append(&mut text);
        } else {
            self.lines.push(&text, out);
        }
    }
}

impl Drop for Screen {
    /// Where the conversation was cut short, as far as that goes at once.
    fn drop(&mut self) {
        let mut rest = Vec::new();
        self.finish(&mut rest);
        if !rest.is_empty() {
            let _ = self.terminal.try_write(&rest);
        }
    }
}
