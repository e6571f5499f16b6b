//! Everything that can be wrong with a request, in words that help whoever typed it.
//!
//! A refusal is answered with its status and one line of text, and ends the connection: after it
//! nobody can say where the next request would begin.

use super::response::Status;

/// Why a request was not understood or not taken.
///
/// The text repeats nothing of what the client sent, so it needs no escaping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The request line is not made of three words.
    #[error(
        "The request line has {words} word(s), but needs three: a method, a target and a \
         version, as in GET /hello HTTP/1.1"
    )]
    NotThreeWords {
        /// How many there were.
        words: usize,
    },
    /// The method is not a token (RFC 9110 section 9.1).
    #[error(
        "The first word must be a method, letters only, such as GET or POST (is this line \
         left over from a body that is longer than its Content-Length?)"
    )]
    Method,
    /// The target holds a control character.
    #[error("The second word, the target, holds a control character")]
    Target,
    /// The third word is not a version (RFC 9112 section 2.3).
    #[error("The third word must be the version, written HTTP/1.1 in capitals")]
    VersionSyntax,
    /// The version is well written, but is neither 1.0 nor 1.1.
    #[error("This server speaks HTTP/1.1 and HTTP/1.0 only")]
    Version,
    /// The request line is longer than a whole head may be.
    #[error("The request line is too long")]
    LineTooLong,
    /// The head is longer than allowed.
    #[error("The headers are too long together")]
    HeadTooLong,
    /// There are more headers than allowed.
    #[error("There are too many headers")]
    TooManyHeaders,
    /// A header line without a colon.
    #[error(
        "Line {line} is not a header: a header is a name, a colon and a value, and an empty \
         line ends the headers"
    )]
    NoColon {
        /// The line of the head, where the request line is 1.
        line: usize,
    },
    /// A header's name is not a token (RFC 9112 section 5).
    #[error("Line {line}: {fault}")]
    HeaderName {
        /// The line of the head, where the request line is 1.
        line: usize,
        /// Why it is none.
        fault: NameFault,
    },
    /// A header line begins with a blank (obsolete folding, RFC 9112 section 5.2).
    #[error(
        "Line {line} begins with a blank: a header begins at the left, and the line that ends the headers is entirely empty"
    )]
    Folded {
        /// The line of the head, where the request line is 1.
        line: usize,
    },
    /// A header's value holds a control character (RFC 9110 section 5.5).
    #[error("Line {line}: the value of the header holds a control character")]
    HeaderValue {
        /// The line of the head, where the request line is 1.
        line: usize,
    },
    /// More than one Host (RFC 9112 section 3.2).
    #[error("There is more than one Host header")]
    SeveralHosts,
    /// Content-Length is not a row of digits.
    #[error("Content-Length must be a number, written in digits only")]
    LengthSyntax,
    /// Several Content-Length values that differ (RFC 9112 section 6.3).
    #[error("There are several values of Content-Length, and they differ")]
    LengthsDiffer,
    /// Content-Length and Transfer-Encoding together (RFC 9112 section 6.1).
    #[error("Content-Length and Transfer-Encoding exclude each other")]
    LengthAndCoding,
    /// Transfer-Encoding in a request that says HTTP/1.0 (RFC 9112 section 6.1).
    #[error("HTTP/1.0 has no Transfer-Encoding")]
    CodingInOldVersion,
    /// A transfer coding other than chunked.
    #[error("The only Transfer-Encoding understood here is chunked")]
    UnknownCoding,
    /// The body is larger than allowed.
    #[error("The body is too large")]
    BodyTooLarge,
    /// The line before a chunk is not a hexadecimal number.
    #[error("A chunk must begin with a line that gives its size as a hexadecimal number")]
    ChunkSize,
    /// A chunk is not followed by the end of a line.
    #[error("A chunk is longer or shorter than the size given before it")]
    ChunkEnd,
    /// The trailer section is longer than a head may be.
    #[error("The lines after the last chunk are too long together")]
    TrailerTooLong,
    /// An expectation other than 100-continue (RFC 9110 section 10.1.1).
    #[error("The only Expect understood here is 100-continue")]
    Expectation,
    /// The input ended inside the head.
    #[error("The input ended before the empty line that ends the headers")]
    CutInHead,
    /// The input ended inside a body of known length.
    #[error("The input ended after {came} of the {length} bytes that Content-Length gives")]
    CutInBody {
        /// Bytes of the body that came.
        came: usize,
        /// Bytes that Content-Length gives.
        length: usize,
    },
    /// The input ended inside a chunked body.
    #[error(
        "The input ended before the last chunk, which has the size 0, and the empty line after it"
    )]
    CutInChunks,
    /// The request did not come within the time it is given.
    #[error("The request took too long to come")]
    TooSlow,
}

/// Why what stands before a colon is no name of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// Nothing stands there.
    #[error("there is no name before the colon")]
    Missing,
    /// A blank between the name and the colon (RFC 9112 section 5.1).
    #[error("there is a blank before the colon, where the name must stand right before it")]
    Blank,
    /// A byte that no token has (RFC 9110 section 5.6.2), a blank inside the name among them.
    #[error("the name before the colon has letters, digits and !#$%&'*+-.^_`|~ only")]
    Byte,
}

impl Refusal {
    /// The status it is answered with.
    pub const fn status(self) -> Status {
        match self {
            Self::Version => Status::VersionNotSupported,
            Self::LineTooLong => Status::UriTooLong,
            Self::HeadTooLong | Self::TooManyHeaders => Status::HeadersTooLarge,
            Self::UnknownCoding => Status::NotImplemented,
            Self::BodyTooLarge => Status::ContentTooLarge,
            Self::Expectation => Status::ExpectationFailed,
            Self::TooSlow => Status::RequestTimeout,
            _ => Status::BadRequest,
        }
    }
}
