//! What the end of one direction means for the other: the rules, without a socket or a clock.
//!
//! "Up" is from our input to the peer, "down" from the peer to our output. Each direction is open
//! until it ends by itself; what follows is looked up in the plan.

use std::time::Duration;

use crate::event::Side;
use crate::plan::{AfterInput, AfterPeer};

/// How a direction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The reading side is at its end, and all of it was written.
    EndOfInput,
    /// The plan's limit on reads is reached, and all of it was written.
    Limit,
    /// Reading failed.
    ReadFailed,
    /// Writing failed.
    WriteFailed,
}

/// What the loop does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Tell the peer that we finished sending.
    HalfClose,
    /// Tell whoever reads our output that nothing more comes.
    CloseOutput,
    /// Leave after so long, whatever happens.
    LeaveAfter(Duration),
    /// Leave as soon as nothing has moved for so long.
    LeaveWhenIdle(Duration),
    /// Leave as soon as this side has nothing to give for now.
    LeaveWhenQuiet(Side),
    /// Leave now.
    Leave,
}

/// The two states and the rules.
#[derive(Debug, Clone)]
pub struct Conversation {
    after_input: AfterInput,
    after_peer: AfterPeer,
    /// The peer cannot end what it sends.
    endless: bool,
    up: bool,
    down: bool,
    first: Option<Side>,
}

impl Conversation {
    /// Both directions open; `after_peer` is the one that holds for this kind of input.
    pub fn new(after_input: AfterInput, after_peer: AfterPeer) -> Self {
        Self { after_input, after_peer, endless: false, up: true, down: true, first: None }
    }

    /// The same without an input of ours: it has nothing to say, and no end either.
    #[must_use]
    pub fn without_input(mut self) -> Self {
        self.up = false;
        self
    }

    /// The same with a peer that sends datagrams, which have no end.
    #[must_use]
    pub fn of_datagrams(mut self) -> Self {
        self.endless = true;
        self
    }

    /// Whether our input is still being sent.
    pub fn up_is_open(&self) -> bool {
        self.up
    }

    /// Whether the peer is still being read.
    pub fn down_is_open(&self) -> bool {
        self.down
    }

    /// Whether this side's direction is open.
    pub fn is_open(&self, side: Side) -> bool {
        match side {
            Side::Us => self.up,
            Side::Peer => self.down,
        }
    }

    /// Who finished first, if anybody did.
    pub fn first_to_finish(&self) -> Option<Side> {
        self.first
    }

    /// The direction from our input to the peer ended.
    pub fn up_ended(&mut self, how: Ended) -> Vec<Action> {
        self.up = false;
        match how {
            Ended::EndOfInput | Ended::Limit => {
                // whoever is not told of it has seen nobody finish
                if self.after_input.is_passed_on() {
                    self.first.get_or_insert(Side::Us);
                }
                self.input_ended()
            }
            // the peer takes no more; what it sent before is still to be read
            Ended::WriteFailed if self.down && self.endless => {
                vec![Action::LeaveWhenQuiet(Side::Peer)]
            }
            Ended::WriteFailed if self.down => Vec::new(),
            Ended::WriteFailed | Ended::ReadFailed => vec![Action::Leave],
        }
    }

    fn input_ended(&self) -> Vec<Action> {
        let mut actions = match self.after_input {
            AfterInput::StayOpen => Vec::new(),
            AfterInput::StayUntilIdle(after) => vec![Action::LeaveWhenIdle(after)],
            AfterInput::Quit(after) => vec![Action::HalfClose, Action::LeaveAfter(after)],
            AfterInput::Settle(after) => vec![Action::HalfClose, Action::LeaveWhenIdle(after)],
            // the lingering time runs from the end of the peer
            AfterInput::Linger(after) if !self.down => {
                vec![Action::HalfClose, Action::LeaveAfter(after)]
            }
            AfterInput::HalfClose | AfterInput::Linger(_) => vec![Action::HalfClose],
        };
        if !self.down && !matches!(self.after_input, AfterInput::Linger(_)) {
            actions.push(Action::Leave);
        }
        actions
    }

    /// The direction from the peer to our output ended.
    pub fn down_ended(&mut self, how: Ended) -> Vec<Action> {
        self.down = false;
        match how {
            Ended::EndOfInput => {
                self.first.get_or_insert(Side::Peer);
                self.peer_ended()
            }
            Ended::Limit | Ended::ReadFailed | Ended::WriteFailed => vec![Action::Leave],
        }
    }

    fn peer_ended(&self) -> Vec<Action> {
        let next = match (self.up, self.after_input, self.after_peer) {
            (false, AfterInput::Linger(after), _) => Some(Action::LeaveAfter(after)),
            (false, _, _) => Some(Action::Leave),
            (true, _, AfterPeer::LeaveWhenQuiet) => Some(Action::LeaveWhenQuiet(Side::Us)),
            (true, _, AfterPeer::LeaveWhenIdle(after)) => Some(Action::LeaveWhenIdle(after)),
            (true, _, AfterPeer::FinishInput) => None,
        };
        std::iter::once(Action::CloseOutput).chain(next).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// What holds at the ends, whether ours comes first, and what follows the first and the second.
    type Row = (AfterInput, AfterPeer, bool, &'static [Action], &'static [Action]);

    #[test]
    fn each_end_is_passed_on_by_itself_and_the_second_one_leaves() {
        use Action::*;
        let half = AfterInput::HalfClose;
        let stay = AfterInput::StayOpen;
        let leave_after = AfterInput::Quit(SECOND);
        let linger = AfterInput::Linger(SECOND);
        let settle = AfterInput::Settle(SECOND);
        let finish = AfterPeer::FinishInput;
        let quiet = AfterPeer::LeaveWhenQuiet;
        let rows: [Row; 11] = [
            (half, finish, true, &[HalfClose], &[CloseOutput, Leave]),
            (half, finish, false, &[CloseOutput], &[HalfClose, Leave]),
            (half, quiet, true, &[HalfClose], &[CloseOutput, Leave]),
            (half, quiet, false, &[CloseOutput, LeaveWhenQuiet(Side::Us)], &[HalfClose, Leave]),
            (settle, finish, true, &[HalfClose, LeaveWhenIdle(SECOND)], &[CloseOutput, Leave]),
            (stay, finish, true, &[], &[CloseOutput, Leave]),
            (stay, finish, false, &[CloseOutput], &[Leave]),
            (leave_after, finish, true, &[HalfClose, LeaveAfter(SECOND)], &[CloseOutput, Leave]),
            (leave_after, finish, false, &[CloseOutput], &[HalfClose, LeaveAfter(SECOND), Leave]),
            (linger, finish, true, &[HalfClose], &[CloseOutput, LeaveAfter(SECOND)]),
            (linger, finish, false, &[CloseOutput], &[HalfClose, LeaveAfter(SECOND)]),
        ];
        for (after_input, after_peer, up_first, first, second) in rows {
            let mut talk = Conversation::new(after_input, after_peer);
            let label = format!("{after_input:?} {after_peer:?} up first: {up_first}");
            if up_first {
                assert_eq!(talk.up_ended(Ended::EndOfInput), first, "{label}");
                assert!(talk.down_is_open(), "{label}");
                assert_eq!(talk.down_ended(Ended::EndOfInput), second, "{label}");
                let first = if after_input == stay { Side::Peer } else { Side::Us };
                assert_eq!(talk.first_to_finish(), Some(first), "{label}");
            } else {
                assert_eq!(talk.down_ended(Ended::EndOfInput), first, "{label}");
                assert!(talk.up_is_open(), "{label}");
                assert_eq!(talk.up_ended(Ended::EndOfInput), second, "{label}");
                assert_eq!(talk.first_to_finish(), Some(Side::Peer));
            }
        }
    }

    #[test]
    fn without_an_input_the_end_of_the_peer_is_the_end() {
        let mut talk =
            Conversation::new(AfterInput::StayOpen, AfterPeer::FinishInput).without_input();
        assert!(!talk.up_is_open());
        assert_eq!(talk.down_ended(Ended::EndOfInput), [Action::CloseOutput, Action::Leave]);
    }

    #[test]
    fn a_peer_that_refuses_is_read_to_its_end() {
        let mut talk = Conversation::new(AfterInput::HalfClose, AfterPeer::FinishInput);
        assert_eq!(talk.up_ended(Ended::WriteFailed), []);
        assert_eq!(talk.down_ended(Ended::EndOfInput), [Action::CloseOutput, Action::Leave]);
    }

    #[test]
    fn of_datagrams_a_peer_that_refuses_is_left_once_all_that_came_is_read() {
        let mut talk =
            Conversation::new(AfterInput::StayOpen, AfterPeer::FinishInput).of_datagrams();
        assert_eq!(talk.up_ended(Ended::WriteFailed), [Action::LeaveWhenQuiet(Side::Peer)]);
    }

    #[test]
    fn a_failure_of_the_connection_or_of_our_output_leaves() {
        for how in [Ended::ReadFailed, Ended::WriteFailed, Ended::Limit] {
            let mut talk = Conversation::new(AfterInput::HalfClose, AfterPeer::FinishInput);
            assert_eq!(talk.down_ended(how), [Action::Leave], "{how:?}");
        }
        let mut talk = Conversation::new(AfterInput::HalfClose, AfterPeer::FinishInput);
        assert_eq!(talk.up_ended(Ended::ReadFailed), [Action::Leave]);
    }
}
