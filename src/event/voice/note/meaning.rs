//! What the codes of HTTP, SMTP and Redis mean, in half a line.

/// A status of HTTP (RFC 9110 section 15, and what is common beside it).
pub(super) fn http(status: u16) -> Option<&'static str> {
    find(HTTP, status)
}

/// A status of HTTP by its first digit.
pub(super) fn http_class(status: u16) -> &'static str {
    match status / 100 {
        1 => "there is more to come",
        2 => "it worked",
        3 => "it is somewhere else",
        4 => "the request is wrong, in the server's eyes",
        5 => "the server failed",
        _ => "no status of HTTP's",
    }
}

/// A code of SMTP (RFC 5321 section 4.2.3, RFC 4954).
pub(super) fn smtp(code: u16) -> Option<&'static str> {
    find(SMTP, code)
}

/// A code of SMTP by its first digit.
pub(super) fn smtp_class(code: u16) -> &'static str {
    match code / 100 {
        2 => "done",
        3 => "go on",
        4 => "not now: try again later",
        _ => "refused for good",
    }
}

/// The word that an error of Redis begins with.
pub(super) fn redis(code: &[u8]) -> Option<&'static str> {
    REDIS.iter().find(|(word, _)| word.as_bytes() == code).map(|(_, meaning)| *meaning)
}

fn find(table: &[(u16, &'static str)], code: u16) -> Option<&'static str> {
    table.iter().find(|(known, _)| *known == code).map(|(_, meaning)| *meaning)
}

const HTTP: &[(u16, &str)] = &[
    (100, "go on: the server wants the body"),
    (101, "another protocol begins"),
    (103, "hints before the answer"),
    (200, "it worked"),
    (201, "something was made"),
    (202, "it was taken and will be done later"),
    (204, "it worked, and there is nothing to show"),
    (206, "a part of it, as asked for"),
    (301, "it has moved for good"),
    (302, "it is somewhere else for now"),
    (303, "look there, with GET"),
    (304, "it has not changed: use what you have"),
    (307, "it is somewhere else for now: same method there"),
    (308, "it has moved for good: same method there"),
    (400, "the server could not read the request"),
    (401, "it wants to know who you are (Authorization)"),
    (403, "the server understood, and does not let you"),
    (404, "nothing has that path"),
    (405, "the path is right, and the method is not"),
    (406, "it has no form that Accept asks for"),
    (408, "the request took too long"),
    (409, "it is at odds with what is there"),
    (410, "it is gone for good"),
    (411, "it wants a Content-Length"),
    (413, "the body is too large"),
    (414, "the path is too long"),
    (415, "it does not take this Content-Type"),
    (417, "it cannot do what Expect asks for"),
    (418, "it is a teapot"),
    (421, "that host is not served here"),
    (422, "it could read the body and not use it"),
    (426, "it wants another protocol (Upgrade)"),
    (428, "it wants a condition (If-Match)"),
    (429, "too many requests: wait"),
    (431, "the headers are too large"),
    (451, "not shown for legal reasons"),
    (500, "the server's program failed"),
    (501, "it does not know that method"),
    (502, "the server behind it gave no good answer"),
    (503, "not now: it is overloaded or being mended"),
    (504, "the server behind it did not answer in time"),
    (505, "it does not speak that version"),
    (511, "the network wants you to log in first"),
];

const SMTP: &[(u16, &str)] = &[
    (211, "its state"),
    (214, "its help"),
    (220, "it is ready: say EHLO and your name"),
    (221, "it closes now"),
    (235, "you are logged in"),
    (250, "done"),
    (251, "it will be passed on to somebody else"),
    (252, "it does not tell who exists, and would try"),
    (334, "go on with the login, in Base64"),
    (354, "send the message, and end it with a line of one dot"),
    (421, "it is not available and closes"),
    (450, "that mailbox is busy: try again later"),
    (451, "it failed on its side: try again later"),
    (452, "no room: try again later"),
    (454, "the login does not work for now"),
    (500, "no command that it knows, or the line is too long"),
    (501, "the command is right, and what follows it is not"),
    (502, "that command is not made here"),
    (503, "not in this order: EHLO, MAIL FROM, RCPT TO, DATA"),
    (504, "it cannot do that with the command"),
    (521, "it takes no mail"),
    (530, "log in first (AUTH), or begin TLS first (STARTTLS)"),
    (535, "user or password is wrong"),
    (550, "no such mailbox, or you may not"),
    (551, "that user is elsewhere"),
    (552, "more than there is room for"),
    (553, "no mailbox has such a name"),
    (554, "refused"),
    (555, "it does not know what follows MAIL FROM or RCPT TO"),
];

const REDIS: &[(&str, &str)] = &[
    ("ERR", "the command is wrong"),
    ("WRONGTYPE", "the key holds another kind of value"),
    ("NOAUTH", "log in first: AUTH PASSWORD"),
    ("WRONGPASS", "user or password is wrong"),
    ("NOPERM", "this user may not do that"),
    ("DENIED", "protected mode: only from the machine itself without a password"),
    ("MOVED", "another node of the cluster has that key: ask there"),
    ("ASK", "another node has that key just now: say ASKING there, then ask"),
    ("CLUSTERDOWN", "the cluster is not complete"),
    ("CROSSSLOT", "the keys are on several nodes"),
    ("TRYAGAIN", "the keys are being moved: try again"),
    ("LOADING", "it is still reading its data: wait"),
    ("BUSY", "a script keeps it busy"),
    ("READONLY", "this is a copy: write to the original"),
    ("OOM", "it has no memory left"),
    ("MISCONF", "it cannot save to disk, and so takes no changes"),
    ("EXECABORT", "a command before EXEC was wrong: nothing was done"),
    ("NOSCRIPT", "no script has that number: use EVAL"),
    ("NOPROTO", "it does not speak that version of the protocol"),
];

#[cfg(test)]
mod tests {
    use super::{HTTP, REDIS, SMTP};

    #[test]
    fn each_code_has_one_meaning() {
        for table in [HTTP, SMTP] {
            assert!(table.windows(2).all(|pair| pair[0].0 < pair[1].0));
        }
        let words: std::collections::BTreeSet<_> = REDIS.iter().map(|(word, _)| word).collect();
        assert_eq!(words.len(), REDIS.len());
    }
}
