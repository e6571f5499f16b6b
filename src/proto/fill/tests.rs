//! Messages as they are typed, and as they are sent.

use proptest::prelude::*;

use super::{Fill, FillError, MOST_HELD, Sources};
use crate::proto::fuzz;

fn filled(text: &str, typed: bool) -> Result<String, FillError> {
    let variable = |name: &str| match name {
        "USER" => Some(b"me".to_vec()),
        "LINES" => Some(b"a\n\nb {len}".to_vec()),
        _ => None,
    };
    let sources = Sources { variable: &variable, now: &|| "then".to_owned() };
    let (mut fill, mut out) = (Fill::new(typed), Vec::new());
    fill.push(text.as_bytes(), &sources, &mut out)?;
    fill.finish(&mut out)?;
    assert_eq!(fill.held(), 0);
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn a_body_is_counted() {
    for (text, sent) in [
        ("POST\r\nL: {len}\r\n\r\na=é\n", "POST\r\nL: 5\r\n\r\na=é\n"),
        (
            "L: {len}/{len}\nM: 1\n\n12345678901\n\n\n{len}",
            "L: 19/19\nM: 1\n\n12345678901\n\n\n{len}",
        ),
        ("L: {len}\n\n", "L: 0\n\n"),
        ("{len}\n\n{env:USER}", "2\n\nme"),
        ("L: {len}\n{env:LINES}\n\n{now}", "L: 4\na\n\nb {len}\n\nthen"),
    ] {
        assert_eq!(filled(text, false).as_deref(), Ok(sent), "{text:?}");
    }
}

#[test]
fn an_empty_line_ends_what_is_typed() {
    for (text, sent) in [
        ("L: {len}\n\na=1\n\nGET\n\nL: {len}\n\nb\n", "L: 3\n\na=1GET\n\nL: 2\n\nb\n"),
        ("L: {len}\r\n\r\na=1\r\nb\r\n\r\n{len}\n\n", "L: 6\r\n\r\na=1\r\nb0\n\n"),
        ("L: {len}\n\n\n", "L: 0\n\n"),
        ("L: {len}\n\na=1", "L: 3\n\na=1"),
        // a value is not typed
        ("L: {len}\n\n{env:LINES}\n\n", "L: 10\n\na\n\nb {len}"),
    ] {
        assert_eq!(filled(text, true).as_deref(), Ok(sent), "{text:?}");
    }
}

#[test]
fn the_rest_stays_as_it_is() {
    for text in [
        "",
        "{",
        "}",
        "{len",
        "{ len}",
        "{Len}",
        "{}",
        "{{",
        "{x}",
        "{env:}",
        "{env:1}",
        "{env:A B}",
        "{env:A\n",
        "{\"len\": {\"now\": 1}}",
        "{le{n}",
        "{env",
    ] {
        assert_eq!(filled(text, false).as_deref(), Ok(text));
    }
    for (text, sent) in [
        ("{{}len}", "{len}"),
        ("{{now}", "{then"),
        ("{le{now}", "{lethen"),
        ("{env:USER}{now}", "methen"),
        ("{env:USE{env:USER}", "{env:USEme"),
    ] {
        assert_eq!(filled(text, false).as_deref(), Ok(sent), "{text:?}");
    }
}

#[test]
fn what_cannot_be_filled_is_an_error() {
    let variable = FillError::NoVariable("A_9".into());
    assert_eq!(filled("x {env:A_9}", false), Err(variable.clone()));
    assert_eq!(variable.to_string(), "{env:A_9}: there is no such variable");
    for text in ["{len}", "L: {len}\n", "L: {len}\nM: 1\n"] {
        assert_eq!(filled(text, true), Err(FillError::NoBody), "{text:?}");
    }
    let fits = "x".repeat(MOST_HELD - "{len}\n\n".len());
    assert_eq!(filled(&format!("{{len}}\n\n{fits}"), false).unwrap().len(), MOST_HELD + 2);
    assert_eq!(filled(&format!("{{len}}\n\n{fits}x"), false), Err(FillError::TooLong));
    let many = "{len}".repeat(MOST_HELD / 5);
    assert_eq!(filled(&format!("{many}\n\n"), false), Err(FillError::TooLong));
}

proptest! {
    #[test]
    fn any_stream(data in "(\\{len\\}|\\{now\\}|\\{env:[A-C]?\\}|[{}\r\n]|\n\n|\\PC){0,20}") {
        fuzz::fill(data.as_bytes());
    }
}
