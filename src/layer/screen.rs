//! The terminal that the peer's bytes are shown at.
//!
//! Whether there is one is looked at when a conversation begins. Not responsible for writing to it,
//! nor for leaving it in its own colours: whoever writes does, by [`Screen::finish`].

use std::rc::Rc;

use crate::event::Cursor;
use crate::plan::Session;
use crate::proto::received_lines::ReceivedLines;
use crate::proto::terminal_view::{PLAIN, TerminalView};
use crate::sys::fd::Fd;
use crate::sys::terminal;

/// How one peer's bytes are shown at a terminal.
#[derive(Debug)]
pub struct Screen {
    view: TerminalView,
    lines: ReceivedLines,
    cursor: Rc<Cursor>,
}

impl Screen {
    /// `None` where the output gets every byte as it came: it is no terminal, or one in raw mode,
    /// or the plan wants it so. `cursor` is the terminal's, where others know of it.
    pub fn of(session: &Session, output: &Rc<Fd>, cursor: Option<Rc<Cursor>>) -> Option<Self> {
        if terminal::is_cooked(output) { Self::drawn(session, cursor) } else { None }
    }

    /// The same of a terminal whose mode is of our own making.
    pub fn drawn(session: &Session, cursor: Option<Rc<Cursor>>) -> Option<Self> {
        let view = session.view;
        (session.show_peer && view.guarded).then(|| Self {
            view: TerminalView::default(),
            lines: ReceivedLines::new(view.marked, view.coloured),
            cursor: cursor.unwrap_or_default(),
        })
    }

    /// Where the cursor is to be said to stand where somebody types a line.
    pub fn cursor(&self) -> Rc<Cursor> {
        Rc::clone(&self.cursor)
    }

    /// Appends what is shown for bytes of the peer to `out`.
    pub fn show(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut text = Vec::new();
        self.view.push(bytes, &mut text);
        self.put(&text, out);
    }

    /// Appends what ends it, as nothing more comes that has to do with it.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        let mut text = Vec::new();
        self.view.finish(&mut text);
        if text == PLAIN {
            // which begins no line
            out.append(&mut text);
        } else {
            self.put(&text, out);
        }
    }

    fn put(&mut self, text: &[u8], out: &mut Vec<u8>) {
        if !self.cursor.is_within_line() {
            self.lines.begin();
        }
        let before = out.len();
        self.lines.push(text, out);
        self.cursor.shows(&out[before..]);
    }
}
