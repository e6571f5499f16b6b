//! What `nc http` composes, as the practice server reads it: whatever bytes were asked for.

use std::convert::Infallible;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::form;
use super::limit::LIMITS;
use super::reader::{Reader, Step};
use super::request::Request;
use crate::proto::http_request::{Body, Content, Header, Item, Pair, Part, Request as Composed};

/// Reads what was composed; nothing may be left behind it.
fn read(composed: &Composed, files: impl Fn(&Path) -> Vec<u8>) -> Request {
    let Ok(bytes) = composed.encode(|path| Ok::<_, Infallible>(files(path)));
    let mut reader = Reader::new(LIMITS.sizes);
    reader.push(&bytes);
    let Ok(Step::Request(request)) = reader.step() else {
        panic!("{:?}", String::from_utf8_lossy(&bytes));
    };
    assert_eq!(reader.step(), Ok(Step::NeedMore));
    assert_eq!(reader.end(), Ok(()));
    request
}

fn post(body: Body) -> Composed {
    let (method, target) = (b"POST".to_vec(), b"/login".to_vec());
    Composed { method, target, host: b"h:8000".to_vec(), headers: Vec::new(), body }
}

fn value<'a>(request: &'a Request, name: &'a str) -> &'a [u8] {
    let mut values = request.values(name);
    let value = values.next().unwrap();
    assert_eq!(values.next(), None, "{name}");
    value
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let special = prop::sample::select(b"\r\n\"%&=+ -\0\xc3;".to_vec());
    prop::collection::vec(prop_oneof![special, any::<u8>()], 0..24)
}

fn pairs() -> impl Strategy<Value = Vec<Pair>> {
    let pair = (bytes(), bytes()).prop_map(|(name, value)| Pair { name, value });
    prop::collection::vec(pair, 1..6)
}

/// The parts between boundaries, read as plainly as it can be said: their heads and their bytes.
fn parts(boundary: &[u8], body: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let find =
        |bytes: &[u8], wanted: &[u8]| bytes.windows(wanted.len()).position(|part| part == wanted);
    let delimiter = [b"\r\n--", boundary].concat();
    let mut rest = body.strip_prefix(&delimiter[2..]).unwrap();
    let mut found = Vec::new();
    while rest != b"--\r\n" {
        rest = rest.strip_prefix(b"\r\n").unwrap();
        let end = find(rest, &delimiter).unwrap();
        let (part, behind) = rest.split_at(end);
        let head = find(part, b"\r\n\r\n").unwrap();
        found.push((part[..head].to_vec(), part[head + 4..].to_vec()));
        rest = &behind[delimiter.len()..];
    }
    found
}

/// The way back from a quoted name: the three escapes that are written, which the standard does not
/// tell from the same letters in the name.
fn escaped(name: &[u8]) -> Vec<u8> {
    name.iter().fold(Vec::new(), |mut text, byte| {
        match byte {
            b'\n' => text.extend(b"%0A"),
            b'\r' => text.extend(b"%0D"),
            b'"' => text.extend(b"%22"),
            byte => text.push(*byte),
        }
        text
    })
}

proptest! {
    #[test]
    fn a_form_is_read_as_it_was_asked_for(pairs in pairs()) {
        let request = read(&post(Body::Form(pairs.clone())), |_| unreachable!());
        prop_assert!(request.has_media_type("application/x-www-form-urlencoded"));
        prop_assert_eq!(value(&request, "host"), b"h:8000");
        prop_assert_eq!(value(&request, "connection"), b"close");
        for pair in &pairs {
            let first = pairs.iter().find(|known| known.name == pair.name).unwrap();
            // the only pair without a letter is read as no pair at all
            if pair.name.is_empty() && pair.value.is_empty() {
                continue;
            }
            let found = form::field(&request.body, &pair.name);
            prop_assert_eq!(found, Ok(Some(first.value.clone())));
        }
    }

    #[test]
    fn parts_are_read_as_they_were_asked_for(pairs in pairs(), file in bytes(), name in bytes()) {
        let of_text = |pair: &Pair| Part {
            name: pair.name.clone(),
            content: Content::Text(pair.value.clone()),
        };
        let mut asked: Vec<Part> = pairs.iter().map(of_text).collect();
        asked.push(Part { name, content: Content::File(PathBuf::from("/some/where/f\"1")) });
        let request = read(&post(Body::Multipart(asked.clone())), |_| file.clone());
        let media_type = value(&request, "content-type");
        let boundary = media_type.strip_prefix(b"multipart/form-data; boundary=").unwrap();
        let found = parts(boundary, &request.body);
        prop_assert_eq!(found.len(), asked.len());
        for ((head, bytes), part) in found.iter().zip(&asked) {
            let name = escaped(&part.name);
            let disposition = [b"Content-Disposition: form-data; name=\"", &name[..], b"\""].concat();
            match &part.content {
                Content::Text(value) => prop_assert_eq!((head, bytes), (&disposition, value)),
                Content::File(_) => {
                    let rest = b"; filename=\"f%221\"\r\nContent-Type: application/octet-stream";
                    prop_assert_eq!((head, bytes), (&[&disposition[..], rest].concat(), &file));
                }
            }
        }
    }

    #[test]
    fn json_is_read_as_it_was_asked_for(names in prop::collection::vec(any::<String>(), 1..5)) {
        let items = names.iter().enumerate().map(|(number, name)| {
            let name = name.replace(['\\', '=', ':', '@'], "-");
            Item::parse(format!("{name}:={number}").as_bytes()).unwrap()
        });
        let target = b"/save".to_vec();
        let composed = Composed::compose(None, b"h".to_vec(), target, items.collect(), false).unwrap();
        let request = read(&composed, |_| unreachable!());
        prop_assert!(request.has_media_type("application/json"));
        let found: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        for (number, name) in names.iter().enumerate() {
            let name = name.replace(['\\', '=', ':', '@'], "-");
            let last = names.iter().rposition(|known| {
                known.replace(['\\', '=', ':', '@'], "-") == name
            });
            if last == Some(number) {
                prop_assert_eq!(&found[&name], &serde_json::json!(number));
            }
        }
    }

    #[test]
    fn headers_and_files_are_read_as_they_were_asked_for(
        name in "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}",
        asked in prop::collection::vec(
            any::<u8>().prop_filter("a control", |byte| !byte.is_ascii_control()), 0..24),
        file in bytes(),
    ) {
        let word = [b"X-", name.as_bytes(), b":", &asked].concat();
        prop_assume!(!asked.starts_with(b"="));
        let Ok(Item::Header(header)) = Item::parse(&word) else { panic!("{word:?}") };
        let Header::Sent { value: sent, .. } = header.clone() else { panic!("{word:?}") };
        let composed = Composed { headers: vec![header], ..post(Body::File("f".into())) };
        let request = read(&composed, |_| file.clone());
        let name = format!("X-{name}");
        prop_assert_eq!(value(&request, &name), &sent);
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
        let start = asked.iter().position(|byte| !blank(byte)).unwrap_or(asked.len());
        let end = asked.iter().rposition(|byte| !blank(byte)).map_or(start, |last| last + 1);
        prop_assert_eq!(&asked[start..end], &sent);
        prop_assert_eq!(&request.body, &file);
        prop_assert_eq!(request.values("content-type").next(), None);
    }
}
