//! Telnet option negotiation, refused (`-t`).
//!
//! Finds the commands of RFC 854 and the subnegotiations of RFC 855 in the received bytes and
//! makes the answer that refuses every option: DONT to a peer that talks about what it does, WONT
//! to one that talks about what we should do. The originals look at each read by itself; here the
//! state is carried across reads and subnegotiation bodies are skipped, so neither a cut sequence
//! nor a body that happens to look like a command gets a wrong answer.
//!
//! Not a terminal: no option is ever agreed to, and CR NUL is passed on as it came. The caller
//! writes the answers, and stops reading while it cannot: three bytes at most come out for three
//! that came in, but a peer decides how many that is.

const SB: u8 = 250;
const WILL: u8 = 251;
const WONT: u8 = 252;
const DO: u8 = 253;
const DONT: u8 = 254;
const IAC: u8 = 255;

/// Which negotiation commands get an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Answer {
    /// WILL, WONT, DO and DONT: what the OpenBSD, Debian, traditional and Ncat netcats do. RFC 854
    /// forbids to acknowledge an acknowledgement, with reason: two ends that do so answer each
    /// other for ever once one command was sent.
    #[default]
    Every,
    /// WILL and DO only, as RFC 854 has it: with every option off there is nothing to say to WONT
    /// and DONT.
    Requests,
}

/// Where in the stream the next byte stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Data,
    /// Behind IAC.
    Command,
    /// Behind IAC and this verb; the option follows.
    Option(u8),
    /// Behind IAC SB; anything up to the next command, IAC SE as a rule, belongs to the body.
    Body,
    /// Behind an IAC in a body.
    BodyCommand,
}

/// What one byte turned out to be.
enum Seen {
    Data,
    Control,
    /// The option byte of a complete negotiation, with the verb in front of it.
    Negotiation(u8, u8),
}

/// One received stream; a few bytes of state whatever the peer sends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Telnet {
    answer: Answer,
    state: State,
}

impl Telnet {
    /// A stream at its beginning.
    pub fn new(answer: Answer) -> Self {
        Self { answer, state: State::Data }
    }

    /// Looks at received bytes without altering them and appends the refusals they call for to
    /// `answers`. The netcats up to Ncat 7.93 do this: the negotiation stays in the output.
    pub fn push(&mut self, input: &[u8], answers: &mut Vec<u8>) {
        self.walk(input, answers, |_| ());
    }

    /// As [`push`](Self::push), and appends what is not negotiation to `data`: commands and
    /// subnegotiations are left out, IAC IAC is one byte 255. Ncat 7.99 does this.
    pub fn filter(&mut self, input: &[u8], data: &mut Vec<u8>, answers: &mut Vec<u8>) {
        self.walk(input, answers, |bytes| data.extend_from_slice(bytes));
    }

    fn walk(&mut self, input: &[u8], answers: &mut Vec<u8>, mut data: impl FnMut(&[u8])) {
        let mut rest = input;
        while !rest.is_empty() {
            if self.state == State::Data {
                let plain = rest.iter().position(|&byte| byte == IAC);
                let (text, commands) = rest.split_at(plain.unwrap_or(rest.len()));
                data(text);
                rest = commands;
            }
            if let [byte, behind @ ..] = rest {
                match self.step(*byte) {
                    Seen::Data => data(&[*byte]),
                    Seen::Negotiation(verb, option) => {
                        if let Some(refusal) = self.refusal(verb) {
                            answers.extend_from_slice(&[IAC, refusal, option]);
                        }
                    }
                    Seen::Control => {}
                }
                rest = behind;
            }
        }
    }

    fn step(&mut self, byte: u8) -> Seen {
        let (state, seen) = match (self.state, byte) {
            (State::Data, IAC) => (State::Command, Seen::Control),
            (State::Data, _) | (State::Command, IAC) => (State::Data, Seen::Data),
            // A command inside a body means that IAC SE was lost: it ends the body, or one
            // missing byte would hide the rest of the stream.
            (State::Command | State::BodyCommand, SB) => (State::Body, Seen::Control),
            (State::Command | State::BodyCommand, WILL..=DONT) => {
                (State::Option(byte), Seen::Control)
            }
            (State::Option(verb), _) => (State::Data, Seen::Negotiation(verb, byte)),
            (State::Body, IAC) => (State::BodyCommand, Seen::Control),
            (State::Body, _) | (State::BodyCommand, IAC) => (State::Body, Seen::Control),
            (State::Command | State::BodyCommand, _) => (State::Data, Seen::Control),
        };
        self.state = state;
        seen
    }

    fn refusal(self, verb: u8) -> Option<u8> {
        match (verb, self.answer) {
            (WILL, _) | (WONT, Answer::Every) => Some(DONT),
            (DO, _) | (DONT, Answer::Every) => Some(WONT),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Answer, DO, DONT, IAC, SB, Telnet, WILL, WONT};
    use crate::proto::fuzz;

    const SE: u8 = 240;
    const GA: u8 = 249;

    /// The bytes that were sent to the netcats when their answers were captured.
    const SENT: &[u8] = &[
        IAC, DO, 24, IAC, WILL, 1, IAC, DONT, 3, IAC, WONT, 5, IAC, SB, 24, 1, IAC, SE, IAC, IAC,
        IAC, GA, b't', b'e', b'x', b't',
    ];

    fn answers(answer: Answer, reads: &[&[u8]]) -> Vec<u8> {
        let (mut telnet, mut answers) = (Telnet::new(answer), Vec::new());
        for read in reads {
            telnet.push(read, &mut answers);
        }
        answers
    }

    fn filtered(reads: &[&[u8]]) -> Vec<u8> {
        let (mut telnet, mut data) = (Telnet::default(), Vec::new());
        for read in reads {
            telnet.filter(read, &mut data, &mut Vec::new());
        }
        data
    }

    #[test]
    fn the_captured_sequence_gets_the_captured_answers() {
        let captured = [255, 252, 24, 255, 254, 1, 255, 252, 3, 255, 254, 5];
        assert_eq!(answers(Answer::Every, &[SENT]), captured);
    }

    #[test]
    fn rfc_854_answers_requests_only() {
        assert_eq!(answers(Answer::Requests, &[SENT]), [255, 252, 24, 255, 254, 1]);
    }

    #[test]
    fn a_sequence_cut_by_reads_is_still_answered() {
        let cut: &[&[u8]] = &[&[b'a', IAC], &[DO], &[], &[24, b'b']];
        assert_eq!(answers(Answer::Every, cut), [IAC, WONT, 24]);
        assert_eq!(filtered(cut), b"ab");
    }

    #[test]
    fn a_body_is_not_searched_for_commands() {
        let body = [IAC, SB, 24, 0, DO, 1, IAC, IAC, WILL, 2, IAC, SE, b'x'];
        assert!(answers(Answer::Every, &[&body]).is_empty());
        assert_eq!(filtered(&[&body]), b"x");
    }

    #[test]
    fn a_command_ends_a_body_whose_end_was_lost() {
        let lost = [IAC, SB, 24, 0, IAC, DO, 1, b'x'];
        assert_eq!(answers(Answer::Every, &[&lost]), [IAC, WONT, 1]);
        assert_eq!(filtered(&[&lost]), b"x");
    }

    #[test]
    fn filtering_leaves_the_data() {
        assert_eq!(filtered(&[SENT]), b"\xfftext");
        assert_eq!(filtered(&[&[IAC], &[IAC], &[IAC, IAC]]), [IAC, IAC]);
    }

    #[test]
    fn option_255_is_an_option() {
        assert_eq!(
            answers(Answer::Every, &[&[IAC, WILL, IAC, IAC, DO, 1]]),
            [IAC, DONT, IAC, IAC, WONT, 1]
        );
    }

    /// A stream as a peer makes it, and what it means.
    #[derive(Debug, Clone)]
    enum Piece {
        Text(Vec<u8>),
        Negotiation(u8, u8),
        Body(u8, Vec<u8>),
        Command(u8),
    }

    fn doubled(bytes: &[u8]) -> Vec<u8> {
        let double = |&byte: &u8| std::iter::repeat_n(byte, if byte == IAC { 2 } else { 1 });
        bytes.iter().flat_map(double).collect()
    }

    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(prop_oneof![SE..=IAC, any::<u8>()], 0..20)
    }

    fn piece() -> impl Strategy<Value = Piece> {
        prop_oneof![
            bytes().prop_map(Piece::Text),
            (WILL..=DONT, any::<u8>()).prop_map(|(verb, option)| Piece::Negotiation(verb, option)),
            (0..IAC, bytes()).prop_map(|(option, body)| Piece::Body(option, body)),
            (SE..SB).prop_map(Piece::Command),
        ]
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_reads(stream in bytes()) {
            fuzz::telnet(&stream);
        }

        #[test]
        fn what_a_peer_says_is_understood(pieces in prop::collection::vec(piece(), 0..20)) {
            let (mut stream, mut text, mut refusals) = (Vec::new(), Vec::new(), Vec::new());
            for piece in pieces {
                match piece {
                    Piece::Text(bytes) => {
                        stream.extend(doubled(&bytes));
                        text.extend(bytes);
                    }
                    Piece::Negotiation(verb, option) => {
                        stream.extend([IAC, verb, option]);
                        let refusal = if verb == WILL || verb == WONT { DONT } else { WONT };
                        refusals.extend([IAC, refusal, option]);
                    }
                    Piece::Body(option, body) => {
                        stream.extend([IAC, SB, option]);
                        stream.extend(doubled(&body));
                        stream.extend([IAC, SE]);
                    }
                    Piece::Command(command) => stream.extend([IAC, command]),
                }
            }
            let (mut data, mut answers) = (Vec::new(), Vec::new());
            Telnet::default().filter(&stream, &mut data, &mut answers);
            prop_assert_eq!(data, text);
            prop_assert_eq!(answers, refusals);
        }
    }
}
