//! The editor as somebody types.

use proptest::prelude::*;

use super::*;

fn press(editor: &mut Editor, keys: &[u8]) -> Vec<Effect> {
    keys.iter().flat_map(|byte| editor.press(*byte)).collect()
}

/// What is sent by these keys.
fn sent(editor: &mut Editor, keys: &str) -> String {
    let effects = press(editor, keys.as_bytes());
    let bytes = effects.into_iter().filter_map(|effect| match effect {
        Effect::Send { bytes, .. } => Some(bytes),
        _ => None,
    });
    String::from_utf8(bytes.flatten().collect()).unwrap()
}

fn shown(editor: &Editor) -> String {
    let view = editor.view();
    let (left, right) = view.glyphs.split_at(view.cursor);
    String::from_utf8([encode(left), b"|".to_vec(), encode(right)].concat()).unwrap()
}

#[test]
fn a_line_is_sent_as_it_stands() {
    let rows = [
        ("hello\r", "hello\n"),
        ("\r", "\n"),
        ("héllo\x1b[D\x1b[D\x1b[D\x1b[D\x7fHX\r", "HXéllo\n"),
        ("abc\x01X\x05Y\r", "XabcY\n"),
        ("GET /a /b\x17/c\r", "GET /a /c\n"),
        ("GET /a\x15HEAD /\r", "HEAD /\n"),
        ("one two\x1bb\x0b\x01\x19 \r", "two one \n"),
        ("ab\x14\r", "ba\n"),
        ("abc\x02\x02\x04\r", "ac\n"),
        ("a\x16\x03b\r", "a\x03b\n"),
        ("a\x16\tb\r", "a\tb\n"),
        ("\ta\r", "\ta\n"),
        ("no end\x04", "no end"),
        ("\x1b[200~one\rtwo\x1b[201~\r", "one\ntwo\n"),
        ("\x1b[200~one\rtwo\r\r\x1b[201~\r", "one\ntwo\n\n"),
        ("\x1b[200~one\rtwo\x1b[201~\x1b[AX\r", "oneX\ntwo\n"),
        ("one\x1b\rtwo\r", "one\ntwo\n"),
    ];
    for (keys, expected) in rows {
        assert_eq!(sent(&mut Editor::default(), keys), expected, "{keys:?}");
    }
}

#[test]
fn nothing_typed_ends_the_input() {
    let mut editor = Editor::default();
    assert_eq!(press(&mut editor, b"\x04"), [Effect::End]);
    assert_eq!(press(&mut editor, b"\x07\x1b[A"), [Effect::Bell, Effect::Bell]);
    assert!(editor.is_empty());
}

#[test]
fn earlier_lines_come_back() {
    let mut editor = Editor::new("> ", Special::default());
    editor.remember([&b"from a file"[..]].into_iter());
    assert_eq!(sent(&mut editor, "one\rtwo\r"), "one\ntwo\n");
    assert_eq!(sent(&mut editor, "draft\x1b[A\x1b[A!\r"), "one!\n");
    assert_eq!(sent(&mut editor, "draft\x1b[A\x1b[B 2\r"), "draft 2\n");
    assert_eq!(sent(&mut editor, "\x10\x10\x10\x10\x10\r"), "from a file\n");
    press(&mut editor, b"x");
    assert_eq!(shown(&editor), "> x|");
}

#[test]
fn what_is_kept_for_later_is_no_secret() {
    let mut editor = Editor::default();
    let keys = b"GET /\rCookie: a\r\x1b[200~one\rtwo\r\x1b[201~\rGET /\rGET /\rPASS\x04 hush\r\
        AUTH LOGIN\ram9l\ram9l\rMAIL x\r\x1b[200~*2\r$4\rAUTH\r$4\rhush\r\x1b[201~\r";
    let kept: Vec<_> = press(&mut editor, keys)
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Keep(line) => Some(String::from_utf8(line).unwrap()),
            _ => None,
        })
        .collect();
    assert_eq!(kept, ["GET /", "one", "two", "GET /", "PASS", "MAIL x", "*2", "$4", "AUTH"]);
}

#[test]
fn a_line_is_looked_for() {
    let mut editor = Editor::default();
    sent(&mut editor, "GET /one\rHEAD /two\rGET /three\r");
    press(&mut editor, b"typed\x12GET");
    assert_eq!(shown(&editor), "(search) GET: |GET /three");
    press(&mut editor, b"\x12");
    assert_eq!(shown(&editor), "(search) GET: |GET /one");
    press(&mut editor, b" /t");
    assert_eq!(shown(&editor), "(search, nothing found) GET /t: |");
    press(&mut editor, b"\x7f");
    assert_eq!(shown(&editor), "(search) GET /: |GET /three");
    assert_eq!(press(&mut editor, b"\x07"), []);
    assert_eq!(shown(&editor), "typed|");
    assert_eq!(sent(&mut editor, "\x12two\x05!\r"), "HEAD /two!\n");
    assert_eq!(sent(&mut editor, "\x12one\x12\r"), "GET /one\n");
    assert_eq!(sent(&mut editor, "draft\x12nowhere\r"), "draft\n");
}

#[test]
fn words_are_completed() {
    let mut editor = Editor::default();
    assert_eq!(sent(&mut editor, "GE\t/login HT\t1\r"), "GET /login HTTP/1.1\n");
    assert_eq!(sent(&mut editor, "hos\tlocalhost\r"), "Host: localhost\n");
    assert_eq!(sent(&mut editor, "POST /lo\t\r"), "POST /login\n");
    press(&mut editor, b"content-t\t\x15cont\t");
    assert_eq!(shown(&editor), "Content-|");
    let effects = press(&mut editor, b"\t");
    assert!(
        matches!(&effects[..], [Effect::Offer(found)] if found.contains(&b"Content-Type: ".to_vec())),
        "{effects:?}"
    );
    assert_eq!(press(&mut editor, b"\x15xyzzy\t"), [Effect::Bell]);
    assert_eq!(shown(&editor), "xyzzy|");
}

#[test]
fn a_text_that_is_too_long_is_sent_in_parts() {
    let mut editor = Editor::default();
    let mut long = "x".repeat(LONGEST + 10);
    long.push('\r');
    assert_eq!(sent(&mut editor, &long), "x".repeat(LONGEST + 10) + "\n");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_screen_shows_what_arrived_and_the_line(input in prop::collection::vec(any::<u8>(), 0..250)) {
        fuzz::editor(&input);
    }

    #[test]
    fn the_screen_shows_it_at_any_size(
        steps in prop::collection::vec((0..4_u8, "[ab漢é\u{301}\x03\t\x7f\x01\x02\x05\r ]{0,12}"), 0..20)
    ) {
        let mut input = Vec::new();
        for (kind, text) in steps {
            let bytes = text.as_bytes();
            let length = u8::try_from(bytes.len().min(60)).unwrap();
            input.push(length << 2 | kind);
            input.extend(&bytes[..usize::from(length)]);
            if kind == 3 {
                input.extend([length.wrapping_mul(7), bytes.first().copied().unwrap_or(9)]);
            }
        }
        fuzz::editor(&input);
    }

    #[test]
    fn any_key_may_be_pressed(keys in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut editor = Editor::default();
        for key in keys {
            editor.press(key);
            let view = editor.view();
            prop_assert!(view.cursor <= view.glyphs.len());
        }
    }

    #[test]
    fn lines_without_keys_come_out_as_they_went_in(text in "[a-zé漢 ]{0,40}(\r[a-z ]{0,9}){0,4}\r") {
        let expected = text.replace('\r', "\n");
        prop_assert_eq!(sent(&mut Editor::default(), &text), expected);
    }
}
