//! The lines that are finished, on their way into the conversation, which reads them from a pipe: a
//! peer that takes nothing stops the keyboard in the end, and nothing else.

use std::collections::VecDeque;
use std::io;
use std::rc::Rc;

use rustix::pipe::{PipeFlags, pipe_with};

use super::MOST_WAITING;
use crate::sys::fd::Fd;

/// Finished lines.
pub struct Lines {
    /// Those that the pipe has no room for yet.
    waiting: VecDeque<u8>,
    /// Where they go; nothing once the input has ended.
    pipe: Option<Rc<Fd>>,
}

impl Lines {
    /// None, and where they will come out.
    pub fn new() -> io::Result<(Self, Fd)> {
        let (read, write) = pipe_with(PipeFlags::CLOEXEC)?;
        let pipe = Some(Rc::new(Fd::owned(write)?));
        Ok((Self { waiting: VecDeque::new(), pipe }, Fd::owned(read)?))
    }

    /// One more, or a part of it.
    pub fn add(&mut self, bytes: Vec<u8>) {
        self.waiting.extend(bytes);
    }

    /// Whether there is room for more.
    pub fn have_room(&self) -> bool {
        self.waiting.len() < MOST_WAITING
    }

    /// The pipe to wait for, where some wait for it.
    pub fn wait_for(&self) -> Option<Rc<Fd>> {
        self.pipe.clone().filter(|_| !self.waiting.is_empty())
    }

    /// Whether the conversation has them all, of whose input this is the pipe.
    pub fn are_gone(&self, input: &Fd) -> bool {
        self.waiting.is_empty() && !input.is_readable_now()
    }

    /// Passes them on as far as that goes at once, and their end if this is it.
    pub fn pass_on(&mut self, ended: bool) -> io::Result<()> {
        while let Some(pipe) = &self.pipe {
            if self.waiting.is_empty() {
                if ended {
                    self.pipe = None;
                }
                break;
            }
            match pipe.try_write(self.waiting.as_slices().0) {
                Ok(count) => drop(self.waiting.drain(..count)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
