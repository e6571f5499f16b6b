//! Requests as they are typed, and what is answered.

use super::*;
use crate::serve::lab::limit::LIMITS;
use crate::serve::lab::reader::{Reader, Step};

fn answer(head: &str, body: &[u8]) -> Response {
    let mut reader = Reader::new(LIMITS.sizes);
    reader.push(format!("{head}\nContent-Length: {}\n\n", body.len()).as_bytes());
    reader.push(body);
    match reader.step() {
        Ok(Step::Request(mut request)) => respond(&mut request),
        other => panic!("{head}: {other:?}"),
    }
}

fn text(response: &Response) -> &str {
    std::str::from_utf8(&response.body).unwrap()
}

#[test]
fn methods_and_paths() {
    use Status::{BadRequest, MethodNotAllowed, NotFound, Ok};
    let post = Some("POST, OPTIONS");
    let get = Some("GET, HEAD, OPTIONS");
    for (line, status, allow) in [
        ("GET /hello HTTP/1.1", Ok, None),
        ("HEAD /hello HTTP/1.1", Ok, None),
        ("GET /hello?name=x HTTP/1.1", Ok, None),
        ("GET /%68ello HTTP/1.1", Ok, None),
        ("GET http://localhost:8000/hello HTTP/1.1", Ok, None),
        ("GET HTTPS://localhost/hello?x HTTP/1.1", Ok, None),
        ("OPTIONS /hello HTTP/1.1", Ok, get),
        ("OPTIONS /login HTTP/1.1", Ok, post),
        ("OPTIONS * HTTP/1.1", Ok, Some(ALL_METHODS)),
        ("POST /hello HTTP/1.1", MethodNotAllowed, get),
        ("get /hello HTTP/1.1", MethodNotAllowed, get),
        ("GET /login  HTTP/1.1", MethodNotAllowed, post),
        ("HEAD /login HTTP/1.1", MethodNotAllowed, post),
        ("GET /save HTTP/1.1", MethodNotAllowed, post),
        ("BREW /save HTTP/1.1", MethodNotAllowed, post),
        ("GET / HTTP/1.1", NotFound, None),
        ("GET /hello/ HTTP/1.1", NotFound, None),
        ("GET /Hello HTTP/1.1", NotFound, None),
        ("GET /%zz HTTP/1.1", NotFound, None),
        ("GET http://localhost HTTP/1.1", NotFound, None),
        ("OPTIONS /nothing HTTP/1.1", NotFound, None),
        ("GET hello HTTP/1.1", BadRequest, None),
        ("GET * HTTP/1.1", BadRequest, None),
        ("CONNECT localhost:80 HTTP/1.1", BadRequest, None),
    ] {
        let response = answer(line, b"");
        assert_eq!(response.status, status, "{line}");
        let found = response.extra.iter().find(|(name, _)| *name == "Allow");
        assert_eq!(found.map(|(_, allow)| *allow), allow, "{line}");
        assert_eq!(response.last, status == BadRequest, "{line}");
        assert!(text(&response).ends_with('\n'), "{line}");
    }
}

#[test]
fn login_forms() {
    use Status::{BadRequest, Ok, Unauthorized};
    let head = "POST /login HTTP/1.1\nContent-Type: application/x-www-form-urlencoded";
    for (form, status) in [
        ("username=student&password=welcome", Ok),
        ("username=student&password=welcome\n", Ok),
        ("password=%77elcome&username=student&x=y\r\n", Ok),
        ("username=student&password=Welcome", Unauthorized),
        ("username=student&password=welcome+", Unauthorized),
        ("username=student&password=", Unauthorized),
        ("username=student", BadRequest),
        ("", BadRequest),
        ("username=%&password=welcome", BadRequest),
    ] {
        assert_eq!(answer(head, form.as_bytes()).status, status, "{form:?}");
    }
}

#[test]
fn json_comes_back_as_it_came() {
    let head = "POST /save HTTP/1.1\nContent-Type: application/json; charset=utf-8";
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    for json in [
        "{\"id\": 5150, \"name\": \"student\"}",
        "{\"id\": 5150, \"name\": \"student\"}\n",
        " [1e999, -0, \"\\ud800\", null] ",
        "\"\u{e9}\"",
        &deep,
    ] {
        let response = answer(head, json.as_bytes());
        assert_eq!(response.status, Status::Ok);
        assert_eq!(response.content_type, "application/json");
        assert!(response.body == json.as_bytes());
    }
}

#[test]
fn wrong_json_is_located() {
    let head = "POST /save HTTP/1.1\nContent-Type: application/json";
    for (json, place) in [
        (&b"{\"id\": 5150,\n \"name\": student}"[..], "line 2 column 10"),
        (b"{} {}", "line 1 column 4"),
        (b"[1,\n2,\n\xff]", "line 3 column 1"),
        (b"\"a\xff\"", "line 1 column 3"),
        (b"", "line 1 column 0"),
        (b"{\"id\": 5150", "line 1 column 11"),
    ] {
        let response = answer(head, json);
        assert_eq!(response.status, Status::BadRequest, "{json:?}");
        assert!(text(&response).contains(place), "{}", text(&response));
    }
}

#[test]
fn a_post_says_what_its_body_is_and_how_long() {
    for path in ["/login", "/save"] {
        for head in [
            format!("POST {path} HTTP/1.1"),
            format!("POST {path} HTTP/1.1\nContent-Type: text/plain"),
        ] {
            let response = answer(&head, b"{}");
            assert_eq!(response.status, Status::UnsupportedMediaType, "{head}");
            assert!(!response.last);
        }
        let mut reader = Reader::new(LIMITS.sizes);
        reader.push(format!("POST {path} HTTP/1.1\n\n").as_bytes());
        let Ok(Step::Request(mut request)) = reader.step() else {
            panic!("{path}");
        };
        let response = respond(&mut request);
        assert_eq!(response.status, Status::LengthRequired);
        assert!(response.last);
    }
}
