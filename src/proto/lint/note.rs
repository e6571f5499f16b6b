//! What there is to say about a conversation, in numbers and foreign bytes; its words are the
//! voice's.
//!
//! Lines are counted from 1: from the request line, or the first line of the body. Bytes of the
//! conversation that a note holds are cut to [`SHOWN_MAX`] and shown to nobody before they are
//! escaped.

use super::ending::{Framing, Next, Unfinished};
use super::foreign::Foreign;
use super::json::JsonError;

/// The most bytes of the conversation that a note holds.
pub const SHOWN_MAX: usize = 120;

/// One thing to say.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "a field is what its variant names, in bytes where it is a size")]
pub enum Note {
    /// The first line looks like nothing that a request begins with.
    NotARequest { text: Vec<u8> },
    /// The method is not in capitals.
    MethodCase { method: Vec<u8> },
    /// No method that is registered.
    MethodUnknown { method: Vec<u8> },
    /// Two spaces in a row, or one at an end: most servers read over it.
    SecondSpace,
    /// Spaces in the target.
    SpaceInTarget { target: Vec<u8> },
    /// The target does not begin with a slash, and is none of the other forms.
    TargetForm { target: Vec<u8> },
    /// The target has bytes that are not ASCII.
    TargetNotAscii { target: Vec<u8> },
    /// No version.
    NoVersion,
    /// Not a version that is spoken here.
    Version { version: Vec<u8> },
    /// No Host, which HTTP/1.1 demands.
    NoHost,
    /// A second Host.
    SecondHost { line: u64 },
    /// A header line without a colon.
    NoColon { line: u64, text: Vec<u8> },
    /// A space between a header's name and the colon.
    SpaceBeforeColon { line: u64, name: Vec<u8> },
    /// A header's name has bytes that names do not have, or is empty.
    HeaderName { line: u64, name: Vec<u8> },
    /// A line goes on with the header before it, as was once allowed (obs-fold).
    Folded { side: Talker, line: u64 },
    /// A control character in a line: an arrow key, or a CR too many.
    Control { line: u64, byte: u8 },
    /// A line that is longer than most servers take.
    LongLine { line: u64, bytes: u64, most: u64 },
    /// LF alone ends the lines.
    BareLf { line: u64, met: Met },
    /// Several lines came at once.
    Pasted { lines: u64 },
    /// The head has not come to its empty line.
    HeadUnfinished { lines: u64, line_begun: bool, met: Met },
    /// Content-Length is no number.
    LengthNotNumber { side: Talker, line: u64, value: Vec<u8> },
    /// Two values of Content-Length.
    TwoLengths { side: Talker, first: u64, second: u64 },
    /// Content-Length beside Transfer-Encoding.
    LengthAndCoding { side: Talker },
    /// Transfer-Encoding in HTTP/1.0, which does not know it (RFC 9112 section 6.1).
    CodingTooOld { side: Talker },
    /// Transfer-Encoding of a request that does not end with `chunked`.
    Coding { value: Vec<u8> },
    /// What should be a chunk is none.
    BrokenChunk { side: Talker, bytes: u64 },
    /// The last chunk has not come.
    ChunksUnfinished { bytes: u64, met: Met },
    /// A method that has a body, and no Content-Length.
    NoLength { method: &'static str },
    /// A body, and no Content-Length.
    BodyWithoutLength { size: BodySize },
    /// The body is shorter than Content-Length; with CR LF for LF it would not be.
    BodyShort { bytes: u64, length: u64, fits_with_crlf: bool, met: Met },
    /// The body is longer than Content-Length.
    BodyLong { length: u64, size: BodySize },
    /// Content-Length counts characters.
    CountsLetters { length: u64, size: BodySize },
    /// Content-Length counts line ends as LF, and CR LF was sent.
    GrownByCrlf { length: u64, size: BodySize },
    /// A body without a Content-Type.
    NoContentType { looks: Looks },
    /// A body that looks like what Content-Type does not say.
    WrongContentType { looks: Looks },
    /// Bytes behind the last chunk that are no request.
    BehindChunks { beyond: u64 },
    /// The line end behind a form was counted: it is part of the last value.
    EnterInForm { length: u64, line_end: u64 },
    /// A body that is said to be JSON and is not.
    Json(JsonError),
    /// A request behind an answer that said that it was the last.
    BehindTheLast,

    /// The answer's status, to which request.
    Status { status: u16, request: u64 },
    /// What is allowed, where the method was not.
    Allow { methods: Vec<u8> },
    /// Where to go instead.
    Location { to: Vec<u8> },
    /// A header that tells what the server runs.
    Tells { header: &'static str, value: Vec<u8>, version: bool },
    /// The answer does not begin as one of HTTP does; it may be the one of a time before headers.
    NotHttp { text: Vec<u8>, no_version_asked: bool },
    /// The answer's head has come to so many bytes, and not to its end.
    LongHead { bytes: u64 },
    /// The answer began before the request was complete.
    Early,
    /// The answer is complete.
    Complete { bytes: u64, framing: Framing, next: Next },
    /// Bytes behind an answer that is complete, and was said to end with this, which are no answer.
    Beyond { bytes: u64, framing: Framing, status: u16 },
    /// The answer ended before it was complete.
    Cut(Unfinished),
    /// The answer stopped before it was complete, and may go on.
    AnswerWaits(Unfinished),
    /// All was sent and nothing was answered yet.
    NoAnswerYet,
    /// The server ended with requests unanswered.
    EndedWithoutAnswer { requests: u64 },
    /// The server ended, and had not said that it would.
    EndedUnsaid { after_us: bool },

    /// What a mail server's code means.
    Smtp { code: u16 },
    /// No command of SMTP that is known.
    SmtpUnknown { line: u64, command: Vec<u8> },
    /// The message has not come to its line with one dot.
    MailUnfinished { lines: u64, met: Met },
    /// The answer is none of SMTP: no more is read of it.
    NotSmtp { text: Vec<u8> },
    /// An error of Redis, by the word that it begins with.
    Redis { code: Vec<u8> },
    /// A value that is not there.
    RedisNothing,
    /// A command of Redis in its own framing that says another length than it has.
    RedisLength { line: u64, length: u64 },
    /// A command of Redis in its own framing whose count or length is none: no more is read of them.
    RedisFraming { line: u64, text: Vec<u8> },
    /// The answer is none of Redis: no more is read of it.
    NotRedis { text: Vec<u8> },
    /// A command of Redis that has not come to its end.
    RedisUnfinished { met: Met },

    /// The other end speaks something else.
    Foreign(Foreign),
    /// There would be more notes: this is the last.
    Enough,
}

/// How long a body is that was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodySize {
    /// What Content-Length is to say: without the line ends at its end, in bytes.
    pub bytes: u64,
    /// Of the line ends at its end, in bytes: it may be that they were meant.
    pub line_end: u64,
}

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Talker {
    /// Who asks: we.
    Client,
    /// Who answers.
    Server,
}

/// What made it a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Met {
    /// Nothing moved for a while.
    Silence,
    /// There is no more input.
    End,
    /// The server answered.
    Answer,
}

/// What a body looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// `name=value`.
    Form,
    /// It begins with a brace or bracket.
    Json,
    /// Neither.
    Other,
}

impl Note {
    /// The note's name, for programs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotARequest { .. } => "not_a_request",
            Self::MethodCase { .. } => "method_case",
            Self::MethodUnknown { .. } => "method_unknown",
            Self::SecondSpace => "second_space",
            Self::SpaceInTarget { .. } => "space_in_target",
            Self::TargetForm { .. } => "target_form",
            Self::TargetNotAscii { .. } => "target_not_ascii",
            Self::NoVersion => "no_version",
            Self::Version { .. } => "version",
            Self::NoHost => "no_host",
            Self::SecondHost { .. } => "second_host",
            Self::NoColon { .. } => "no_colon",
            Self::SpaceBeforeColon { .. } => "space_before_colon",
            Self::HeaderName { .. } => "header_name",
            Self::Folded { .. } => "folded",
            Self::Control { .. } => "control",
            Self::LongLine { .. } => "long_line",
            Self::BareLf { .. } => "bare_lf",
            Self::Pasted { .. } => "pasted",
            Self::HeadUnfinished { .. } => "head_unfinished",
            Self::LengthNotNumber { .. } => "length_not_number",
            Self::TwoLengths { .. } => "two_lengths",
            Self::LengthAndCoding { .. } => "length_and_coding",
            Self::CodingTooOld { .. } => "coding_too_old",
            Self::Coding { .. } => "coding",
            Self::BrokenChunk { .. } => "broken_chunk",
            Self::ChunksUnfinished { .. } => "chunks_unfinished",
            Self::NoLength { .. } => "no_length",
            Self::BodyWithoutLength { .. } => "body_without_length",
            Self::BodyShort { .. } => "body_short",
            Self::BodyLong { .. } => "body_long",
            Self::CountsLetters { .. } => "counts_letters",
            Self::GrownByCrlf { .. } => "grown_by_crlf",
            Self::NoContentType { .. } => "no_content_type",
            Self::WrongContentType { .. } => "wrong_content_type",
            Self::BehindChunks { .. } => "behind_chunks",
            Self::EnterInForm { .. } => "enter_in_form",
            Self::Json(_) => "json",
            Self::BehindTheLast => "behind_the_last",
            Self::Status { .. } => "status",
            Self::Allow { .. } => "allow",
            Self::Location { .. } => "location",
            Self::Tells { .. } => "tells",
            Self::NotHttp { .. } => "not_http",
            Self::LongHead { .. } => "long_head",
            Self::Early => "early",
            Self::Complete { .. } => "complete",
            Self::Beyond { .. } => "beyond",
            Self::Cut { .. } => "cut",
            Self::AnswerWaits { .. } => "answer_waits",
            Self::NoAnswerYet => "no_answer_yet",
            Self::EndedWithoutAnswer { .. } => "ended_without_answer",
            Self::EndedUnsaid { .. } => "ended_unsaid",
            Self::Smtp { .. } => "smtp",
            Self::SmtpUnknown { .. } => "smtp_unknown",
            Self::MailUnfinished { .. } => "mail_unfinished",
            Self::NotSmtp { .. } => "not_smtp",
            Self::Redis { .. } => "redis",
            Self::RedisNothing => "redis_nothing",
            Self::RedisLength { .. } => "redis_length",
            Self::RedisFraming { .. } => "redis_framing",
            Self::NotRedis { .. } => "not_redis",
            Self::RedisUnfinished { .. } => "redis_unfinished",
            Self::Foreign(_) => "foreign",
            Self::Enough => "enough",
        }
    }

    /// Whether it is about where a body ends.
    pub fn is_of_framing(&self) -> bool {
        matches!(
            self,
            Self::LengthNotNumber { .. }
                | Self::TwoLengths { .. }
                | Self::LengthAndCoding { .. }
                | Self::Coding { .. }
                | Self::BrokenChunk { .. }
                | Self::ChunksUnfinished { .. }
                | Self::BodyWithoutLength { .. }
                | Self::BodyShort { .. }
                | Self::BodyLong { .. }
                | Self::BehindChunks { .. }
                | Self::CountsLetters { .. }
                | Self::GrownByCrlf { .. }
        )
    }

    /// The line that it is about, where it is about one.
    pub fn line(&self) -> Option<u64> {
        match self {
            Self::NotARequest { .. }
            | Self::MethodCase { .. }
            | Self::MethodUnknown { .. }
            | Self::SecondSpace
            | Self::SpaceInTarget { .. }
            | Self::TargetForm { .. }
            | Self::TargetNotAscii { .. }
            | Self::NoVersion
            | Self::Version { .. } => Some(1),
            Self::SecondHost { line }
            | Self::NoColon { line, .. }
            | Self::SpaceBeforeColon { line, .. }
            | Self::HeaderName { line, .. }
            | Self::Folded { line, .. }
            | Self::Control { line, .. }
            | Self::LongLine { line, .. }
            | Self::BareLf { line, .. }
            | Self::LengthNotNumber { line, .. }
            | Self::SmtpUnknown { line, .. }
            | Self::RedisLength { line, .. }
            | Self::RedisFraming { line, .. }
            | Self::Json(JsonError { line, .. }) => Some(*line),
            _ => None,
        }
    }

    /// The status or code that it explains.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status { status: code, .. } | Self::Smtp { code } => Some(*code),
            _ => None,
        }
    }

    /// The bytes of the conversation that it holds.
    pub fn foreign(&self) -> Option<&[u8]> {
        match self {
            Self::NotARequest { text }
            | Self::NoColon { text, .. }
            | Self::NotHttp { text, .. }
            | Self::NotSmtp { text }
            | Self::NotRedis { text }
            | Self::RedisFraming { text, .. }
            | Self::Foreign(Foreign::Greeting { text }) => Some(text),
            Self::MethodCase { method } | Self::MethodUnknown { method } => Some(method),
            Self::SpaceInTarget { target }
            | Self::TargetForm { target }
            | Self::TargetNotAscii { target } => Some(target),
            Self::Version { version } => Some(version),
            Self::SpaceBeforeColon { name, .. } | Self::HeaderName { name, .. } => Some(name),
            Self::LengthNotNumber { value, .. }
            | Self::Coding { value }
            | Self::Tells { value, .. } => Some(value),
            Self::Allow { methods } => Some(methods),
            Self::Location { to } => Some(to),
            Self::SmtpUnknown { command, .. } => Some(command),
            Self::Redis { code } => Some(code),
            Self::Foreign(Foreign::Ssh { banner }) => Some(banner),
            _ => None,
        }
    }
}

/// Foreign bytes as a note holds them.
pub(super) fn shown(bytes: &[u8]) -> Vec<u8> {
    bytes[..bytes.len().min(SHOWN_MAX)].to_vec()
}
