//! What looks at the bytes of one direction on their way.

use std::num::NonZeroU64;
use std::rc::Rc;
use std::time::Duration;

use crate::layer::Answers;
use crate::plan::{self, Session};
use crate::proto::crlf::Crlf;
use crate::proto::telnet::{Answer, Telnet};

/// What looks at the bytes of one direction on their way.
#[derive(Debug, Default)]
pub struct Stages {
    crlf: Option<Crlf>,
    telnet: Option<(Telnet, Rc<Answers>)>,
    /// Pause after each line.
    pub line_interval: Option<Duration>,
    /// End after so many reads.
    pub reads: Option<NonZeroU64>,
}

impl Stages {
    /// From our input to the peer.
    pub fn outgoing(session: &Session) -> Self {
        Self {
            crlf: session.crlf.then(Crlf::default),
            line_interval: session.line_interval.filter(|interval| !interval.is_zero()),
            ..Self::default()
        }
    }

    /// From the peer to our output; telnet's answers go to `answers`.
    pub fn incoming(session: &Session, answers: &Rc<Answers>) -> Self {
        Self {
            telnet: session.telnet.map(|which| {
                let answer = match which {
                    plan::Telnet::Requests => Answer::Requests,
                    plan::Telnet::Everything => Answer::Every,
                };
                (Telnet::new(answer), Rc::clone(answers))
            }),
            reads: session.receive_limit,
            ..Self::default()
        }
    }

    /// Whether nobody looks at the bytes.
    pub fn is_empty(&self) -> bool {
        self.crlf.is_none()
            && self.telnet.is_none()
            && self.line_interval.is_none()
            && self.reads.is_none()
    }

    /// What is to be written for what was read; `changed` holds it where it is not the same.
    pub fn pass<'a>(&mut self, read: &'a [u8], changed: &'a mut Vec<u8>) -> &'a [u8] {
        if let Some((telnet, answers)) = &mut self.telnet {
            answers.add(|bytes| telnet.push(read, bytes));
        }
        match &mut self.crlf {
            None => read,
            Some(crlf) => {
                changed.clear();
                crlf.push(read, changed);
                changed
            }
        }
    }

    /// Whether the read that was just made is the last one that the plan allows.
    pub fn was_last_read(&mut self) -> bool {
        match self.reads {
            None => false,
            Some(left) => {
                let next = NonZeroU64::new(left.get() - 1);
                if next.is_some() {
                    self.reads = next;
                }
                next.is_none()
            }
        }
    }
}
