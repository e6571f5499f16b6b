//! Percent-encoding (RFC 3986 section 2.1) and the form encoding built on it
//! (`application/x-www-form-urlencoded` of the WHATWG URL standard).

/// A `%` that is not followed by two hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a % must be followed by two hexadecimal digits")]
pub(super) struct BadEscape;

/// Takes the percent-encoding away.
pub(super) fn percent_decode(bytes: &[u8]) -> Result<Vec<u8>, BadEscape> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let Some((&[high, low], after)) = after.split_first_chunk() else {
            return Err(BadEscape);
        };
        decoded.push(hex_digit(high)? << 4 | hex_digit(low)?);
        rest = after;
    }
    Ok(decoded)
}

const fn hex_digit(byte: u8) -> Result<u8, BadEscape> {
    match byte {
        b'0'..=b'9' => Ok(byte - b'0'),
        b'a'..=b'f' => Ok(byte - b'a' + 10),
        b'A'..=b'F' => Ok(byte - b'A' + 10),
        _ => Err(BadEscape),
    }
}

/// The value of the first field called `name`, or `None` if there is no such field.
///
/// One line end behind the form is not part of it: who types a form by hand ends it with Enter,
/// and lessons count that byte in Content-Length. A line end that belongs to a value comes
/// percent-encoded.
pub(super) fn field(form: &[u8], name: &[u8]) -> Result<Option<Vec<u8>>, BadEscape> {
    let form = form.strip_suffix(b"\n").unwrap_or(form);
    let form = form.strip_suffix(b"\r").unwrap_or(form);
    for pair in form.split(|&byte| byte == b'&') {
        let mut halves = pair.splitn(2, |&byte| byte == b'=');
        let key = decode(halves.next().unwrap_or_default())?;
        let value = decode(halves.next().unwrap_or_default())?;
        if !pair.is_empty() && key == name {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// A key or a value: `+` stands for a blank.
fn decode(bytes: &[u8]) -> Result<Vec<u8>, BadEscape> {
    let blanks: Vec<u8> =
        bytes.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    percent_decode(&blanks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields() {
        for (form, name, value) in [
            ("username=student&password=welcome", "username", Some("student")),
            ("username=student&password=welcome", "password", Some("welcome")),
            ("password=welcome\n", "password", Some("welcome")),
            ("password=welcome\r\n", "password", Some("welcome")),
            // What is left if Content-Length counts the CR of the Enter, but not its LF.
            ("password=welcome\r", "password", Some("welcome")),
            ("password=welcome%0A", "password", Some("welcome\n")),
            ("a=1&a=2", "a", Some("1")),
            ("a=b=c", "a", Some("b=c")),
            ("a+b=c+d%2B", "a b", Some("c d+")),
            ("%61=%c3%A9", "a", Some("\u{e9}")),
            ("a", "a", Some("")),
            ("a&b=1", "b", Some("1")),
            ("&&b=1", "b", Some("1")),
            ("", "", None),
            ("a=1", "b", None),
        ] {
            let value = value.map(|value| value.as_bytes().to_vec());
            assert_eq!(field(form.as_bytes(), name.as_bytes()), Ok(value), "{form:?}");
        }
    }

    #[test]
    fn bad_escapes() {
        for form in ["a=%", "a=%4", "a=%4g", "a=%%41", "%x=1"] {
            assert_eq!(field(form.as_bytes(), b"a"), Err(BadEscape), "{form}");
        }
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let encoded = bytes.iter().fold(String::new(), |encoded, byte| {
                format!("{encoded}%{byte:02x}")
            });
            prop_assert_eq!(percent_decode(encoded.as_bytes()), Ok(bytes.clone()));
            let form = format!("x=&name={encoded}&y=z\n");
            prop_assert_eq!(field(form.as_bytes(), b"name"), Ok(Some(bytes)));
        }

        #[test]
        fn any_form_is_read_without_panic(bytes in any::<Vec<u8>>()) {
            if let Ok(Some(value)) = field(&bytes, b"a") {
                prop_assert!(value.len() <= bytes.len());
            }
        }
    }
}
