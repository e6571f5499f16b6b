//! Requests of HTTP/1.1 (RFC 9112) as `nc http` composes them: from words on a command line to the
//! very bytes that a person would type.
//!
//! It reads an operand ([`Place`], [`Item`]), keeps what was asked for ([`Request`]) and writes it
//! ([`Request::encode`]). Forms follow the WHATWG's standards: `application/x-www-form-urlencoded`
//! of the URL standard, `multipart/form-data` of the HTML standard, except that line ends in values
//! stay as they are; what a path or query cannot hold is percent-encoded as the URL standard says.
//! Nothing is opened here: the bytes of files come from whoever encodes.

mod form;
mod item;
mod json;
mod method;
mod multipart;
mod place;
mod request;
#[cfg(test)]
mod tests;

pub use item::Item;
pub use method::is_method;
pub use place::{Place, Scheme};
pub use request::{Body, Content, Header, Member, Pair, Part, Request};

/// What is wrong with a word that was to be part of a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// An item without a separator.
    #[error("this is no name=value, name:=json, name@FILE, name==value or Header:value")]
    NoSeparator,
    /// A header whose name is no token (RFC 9110, section 5.6.2).
    #[error("a header's name has letters, digits and !#$%&'*+-.^_`|~ only")]
    HeaderName,
    /// A header's value with CR, LF or NUL (RFC 9110, section 5.5).
    #[error("a header's value has no line end and no NUL")]
    HeaderValue,
    /// A value that is no JSON (RFC 8259).
    #[error(
        "the value is no JSON, at byte {column}: {why} (a text stands in quotes: name:='\"text\"')"
    )]
    Json {
        /// Where, in bytes from 1.
        column: usize,
        /// What the reader of JSON says.
        why: String,
    },
    /// A member's name that is no UTF-8.
    #[error("a name in JSON is UTF-8")]
    JsonName,
    /// JSON in a build without it.
    #[error("nc is built without JSON")]
    NotBuilt,
    /// A coding that is not done here.
    #[error(
        "a body is sent as it is, or in chunks: Transfer-Encoding:chunked, once (--dry-run prints a \
         request, to be changed by hand)"
    )]
    Coding,
    /// Nothing behind the `@`.
    #[error("there is no file behind the @")]
    NoFile,
    /// Standard input is read for two of them.
    #[error("standard input can be read once only")]
    InputTwice,
    /// Members of JSON, and fields of a form.
    #[error("name:=json and a form do not go together (in JSON a text is name:='\"text\"')")]
    Mixed,
    /// A type for parts, whose boundary is not theirs.
    #[error(
        "nc chooses the boundary between the parts: leave this out, and it is sent as it has to be"
    )]
    Boundary,
    /// A file for a body, and parts of another body.
    #[error("@FILE is the whole body, and there is another one")]
    SecondBody,
    /// None of the schemes.
    #[error("the scheme is none of http://, https:// and tls://")]
    Scheme,
    /// A user or password in the address.
    #[error("who you are is not part of an address: send it as Authorization:'Basic ...'")]
    Credentials,
    /// An IPv6 address that cannot be told from its port.
    #[error("an IPv6 address stands in brackets")]
    Brackets,
    /// A host with blanks or controls.
    #[error("a host has no blanks and no control characters")]
    Host,
    /// A path with CR, LF or NUL.
    #[error("a path has no line end and no NUL")]
    Target,
}
