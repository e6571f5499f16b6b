//! The fields of a head: which say how long the body is, and which are for the next hop only.

use super::head::Malformed;

/// Fields that concern one connection, besides those that `Connection` names (RFC 9110 section
/// 7.6.1). `Proxy-Connection`, which Ncat passes on, is among them: it was never meant to be.
const HOP_BY_HOP: &[&str] = &[
    "Connection",
    "Keep-Alive",
    "Proxy-Authenticate",
    "Proxy-Authentication-Info",
    "Proxy-Authorization",
    "Proxy-Connection",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
];

/// One header line: foreign bytes, but none that could end the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// A token, as it is written; its case does not matter.
    pub name: Vec<u8>,
    /// Without the blanks around it.
    pub value: Vec<u8>,
}

impl Field {
    /// Whether it has this name.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }
}

/// The values of all fields of this name.
pub(super) fn values<'a>(fields: &'a [Field], name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    fields.iter().filter(move |field| field.is(name)).map(|field| &field.value[..])
}

/// The fields that are for the other end of the way. What `Connection` names is left out but for
/// `Via`, which nobody may hide from those who look for a loop.
pub(super) fn end_to_end(fields: &[Field]) -> impl Iterator<Item = &Field> {
    let named: Vec<&[u8]> = values(fields, "Connection")
        .flat_map(|value| value.split(|&byte| byte == b','))
        .map(<[u8]>::trim_ascii)
        .filter(|name| !name.eq_ignore_ascii_case(b"Via"))
        .collect();
    fields.iter().filter(move |field| {
        !HOP_BY_HOP.iter().any(|name| field.is(name))
            && !named.iter().any(|name| field.name.eq_ignore_ascii_case(name))
    })
}

/// The length of the body as far as the head says it, in bytes. Several lines that agree are one.
pub(super) fn content_length(fields: &[Field]) -> Result<Option<u64>, Malformed> {
    if values(fields, "Transfer-Encoding").next().is_some() {
        return Err(Malformed::TransferEncoding);
    }
    let mut lengths = values(fields, "Content-Length");
    let Some(first) = lengths.next() else {
        return Ok(None);
    };
    let digits = first.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(first).ok().filter(|_| digits && lengths.all(|it| it == first));
    match text.and_then(|text| text.parse().ok()) {
        Some(length) => Ok(Some(length)),
        None => Err(Malformed::ContentLength),
    }
}

/// Writes a header line.
pub(super) fn write(head: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    for part in [name, b": ", value, b"\r\n"] {
        head.extend_from_slice(part);
    }
}

#[cfg(test)]
mod tests {
    use super::{Field, content_length, end_to_end};
    use crate::proto::proxy_server::Malformed;

    fn fields(lines: &[(&str, &str)]) -> Vec<Field> {
        let field = |(name, value): &(&str, &str)| Field {
            name: name.as_bytes().to_vec(),
            value: value.as_bytes().to_vec(),
        };
        lines.iter().map(field).collect()
    }

    #[test]
    fn a_length_is_one_plain_number() {
        for (lengths, length) in [
            (&[][..], Ok(None)),
            (&["0"], Ok(Some(0))),
            (&["18446744073709551615"], Ok(Some(u64::MAX))),
            (&["5", "5"], Ok(Some(5))),
            (&["5", "6"], Err(Malformed::ContentLength)),
            (&["5", "05"], Err(Malformed::ContentLength)),
            (&["5, 5"], Err(Malformed::ContentLength)),
            (&[""], Err(Malformed::ContentLength)),
            (&["+5"], Err(Malformed::ContentLength)),
            (&["-1"], Err(Malformed::ContentLength)),
            (&["0x5"], Err(Malformed::ContentLength)),
            (&["5 5"], Err(Malformed::ContentLength)),
            (&["18446744073709551616"], Err(Malformed::ContentLength)),
        ] {
            let lines: Vec<_> = lengths.iter().map(|length| ("content-LENGTH", *length)).collect();
            assert_eq!(content_length(&fields(&lines)), length, "{lengths:?}");
        }
        let both = fields(&[("Content-Length", "5"), ("transfer-encoding", "identity")]);
        assert_eq!(content_length(&both), Err(Malformed::TransferEncoding));
    }

    #[test]
    fn fields_for_one_hop_are_left_out() {
        let fields = fields(&[
            ("Accept", "*/*"),
            ("connection", "X-One,,  x-two , Via"),
            ("X-One", "1"),
            ("X-TWO", "2"),
            ("Connection", "x-three"),
            ("X-Three", "3"),
            ("X-Four", "4"),
            ("Via", "1.0 other"),
            ("Keep-Alive", "5"),
            ("Proxy-Authorization", "Basic x"),
            ("Proxy-Authenticate", "Basic"),
            ("Proxy-Connection", "keep-alive"),
            ("TE", "trailers"),
            ("Trailer", "x"),
            ("Upgrade", "h2c"),
        ]);
        let names: Vec<_> = end_to_end(&fields).map(|field| &field.name[..]).collect();
        assert_eq!(names, [&b"Accept"[..], b"X-Four", b"Via"]);
    }
}
