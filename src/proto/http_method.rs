//! The methods of HTTP that are registered, by their names.

/// Those that everybody uses (RFC 9110 section 9.3, RFC 5789).
pub const USUAL: &[&str] =
    &["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

/// The others of IANA's HTTP Method Registry: mostly `WebDAV`'s. `*`, which is reserved so that
/// nobody uses it, is none.
const OTHERS: &[&str] = &[
    "ACL",
    "BASELINE-CONTROL",
    "BIND",
    "CHECKIN",
    "CHECKOUT",
    "COPY",
    "LABEL",
    "LINK",
    "LOCK",
    "MERGE",
    "MKACTIVITY",
    "MKCALENDAR",
    "MKCOL",
    "MKREDIRECTREF",
    "MKWORKSPACE",
    "MOVE",
    "ORDERPATCH",
    "PRI",
    "PROPFIND",
    "PROPPATCH",
    "QUERY",
    "REBIND",
    "REPORT",
    "SEARCH",
    "UNBIND",
    "UNCHECKOUT",
    "UNLINK",
    "UNLOCK",
    "UPDATE",
    "UPDATEREDIRECTREF",
    "VERSION-CONTROL",
];

/// One of [`USUAL`], in whatever letters it is written.
pub fn usual(word: &[u8]) -> Option<&'static str> {
    find(USUAL, word)
}

/// Any that is registered, in whatever letters it is written.
pub fn registered(word: &[u8]) -> Option<&'static str> {
    usual(word).or_else(|| find(OTHERS, word))
}

fn find(table: &[&'static str], word: &[u8]) -> Option<&'static str> {
    table.iter().find(|method| method.as_bytes().eq_ignore_ascii_case(word)).copied()
}
