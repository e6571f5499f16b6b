//! The `Cmd line: ` prompt of traditional and GNU netcat: one line of standard input as arguments.
//!
//! Takes that line and not a byte more, for what is behind it goes to the network. What the words
//! mean is the command line's.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::ffi::OsStringExt;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use crate::proto::command_line::{self, AnswerError};

/// Asks on standard error and gives the words of the answer; none at the end of input. Blocks.
pub fn ask(prompt: &str) -> Result<Vec<OsString>, AnswerError> {
    // A prompt that nobody can see is no reason not to read the answer.
    let _ = io::stderr().write_all(prompt.as_bytes());
    let mut line = Vec::new();
    loop {
        let mut byte = [0];
        let ended = match rustix::io::read(rustix::stdio::stdin(), &mut byte) {
            Ok(0) => true,
            Ok(_) => {
                line.extend_from_slice(&byte);
                false
            }
            Err(Errno::INTR) => continue,
            Err(Errno::AGAIN) => {
                let stdin = rustix::stdio::stdin();
                // Readiness or not, the next read tells.
                let _ = poll(&mut [PollFd::new(&stdin, PollFlags::IN)], None);
                continue;
            }
            Err(_) => true,
        };
        if let Some(answer) = command_line::prompt(&line, ended)? {
            return Ok(answer.words.into_iter().map(OsString::from_vec).collect());
        }
        if ended {
            return Ok(Vec::new());
        }
    }
}
