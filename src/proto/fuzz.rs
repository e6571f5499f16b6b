//! What holds for every codec on any input: one body each, shared by the property tests beside the
//! codecs, the fuzz targets in `fuzz/`, and the plain test that replays their corpus.
//!
//! A body panics if the property is broken; the program calls none of them. Where the input is a
//! stream, its first byte only decides how the rest is cut into reads.

mod address;
mod certificate;
mod command_line;
mod composed;
mod http;
mod lint;
mod readable;
mod reads;
mod socks;
mod starttls;
mod stream;
mod typed;

pub use address::{access, source_route, target};
pub use certificate::{certificate, pem, pin};
pub use command_line::command_line;
pub use composed::http_request;
pub use http::{challenge, digest, head, proxy_answer, proxy_request};
pub use lint::lint;
pub use readable::{base64, escape, hex_dump, session_log};
#[cfg(feature = "json")]
pub(crate) use reads::however_cut;
pub use socks::{socks_server, socks4, socks5};
pub use starttls::starttls;
#[cfg(test)]
pub(in crate::proto) use starttls::{Talk, talk};
pub use stream::{chat, crlf, received_lines, telnet, terminal_view};
pub use typed::{escapes, fill};

/// A body by the name of its target and corpus directory.
pub type Body = (&'static str, fn(&[u8]));

/// All bodies.
pub const BODIES: &[Body] = &[
    ("access", access),
    ("base64", base64),
    ("certificate", certificate),
    ("challenge", challenge),
    ("chat", chat),
    ("command_line", command_line),
    ("crlf", crlf),
    ("digest", digest),
    ("escape", escape),
    ("escapes", escapes),
    ("fill", fill),
    ("head", head),
    ("hex_dump", hex_dump),
    ("http_request", http_request),
    ("lint", lint),
    ("pem", pem),
    ("pin", pin),
    ("proxy_answer", proxy_answer),
    ("proxy_request", proxy_request),
    ("received_lines", received_lines),
    ("session_log", session_log),
    ("socks4", socks4),
    ("socks5", socks5),
    ("socks_server", socks_server),
    ("source_route", source_route),
    ("starttls", starttls),
    ("target", target),
    ("telnet", telnet),
    ("terminal_view", terminal_view),
];
