//! The HTTP proxy's side (RFC 9110 and 9112): requests of clients, answers of origin servers, and
//! what is written to either.
//!
//! One request a connection, HTTP/1.0 in every line that is written, as Ncat does. Heads are taken
//! apart strictly and written anew, so that nobody behind us can see another message than we saw:
//! a body is as long as one `Content-Length` says or ends with the connection, and a
//! `Transfer-Encoding` is refused in both directions. Not for bodies, which pass as they are.

mod answer;
mod authenticator;
mod field;
mod forward;
mod head;
mod request;
mod status;
mod target;

pub use answer::{Answer, AnswerError, AnswerHead, Body};
pub use authenticator::{Access, Authenticator, LIFETIME};
pub use field::Field;
pub use forward::{Loop, Pseudonym, request_head};
pub use head::{FIELDS_MAX, HEAD_MAX, LINE_MAX, Malformed};
pub use request::{Method, Request, RequestError, RequestHead};
pub use status::{ESTABLISHED, Status};
