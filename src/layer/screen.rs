//! The terminal that the peer's bytes are shown at.
//!
//! Whether there is one is looked at when a conversation begins. Not responsible for writing to it,
//! but for leaving it in its own colours, also where a signal ends the run.

use std::rc::Rc;

use crate::plan::View;
use crate::proto::terminal_view::TerminalView;
use crate::sys::fd::Fd;
use crate::sys::terminal;

/// A terminal in its usual mode, and how one peer's bytes are shown there.
#[derive(Debug)]
pub struct Screen {
    view: TerminalView,
    terminal: Rc<Fd>,
}

impl Screen {
    /// `None` where the output gets every byte as it came: it is no terminal, or one in raw mode,
    /// or the plan wants it so.
    pub fn of(view: View, output: &Rc<Fd>) -> Option<Self> {
        (view.guarded && terminal::is_cooked(output))
            .then(|| Self { view: TerminalView::default(), terminal: Rc::clone(output) })
    }

    /// Appends what is shown for bytes of the peer to `out`.
    pub fn show(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        self.view.push(bytes, out);
    }

    /// Appends what ends it, as nothing more comes.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.view.finish(out);
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
