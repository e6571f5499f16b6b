//! The lesson, walked with our `nc` against the real application: the four calls that a reader
//! types, against Flask's own server and against gunicorn.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // tests

#[path = "common/flask.rs"]
mod flask;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write as _};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use flask::{Flask, Kind};

/// How long `nc` may take for one call and its own end.
const DEADLINE: Duration = Duration::from_secs(20);

const FORM: &str = "username=student&password=welcome";
const JSON: &str = "{\"id\": 5150, \"name\": \"student\"}";

/// A server's answer, and how `nc` ended.
#[derive(Debug)]
struct Answer {
    code: u16,
    headers: BTreeMap<String, String>,
    body: String,
    /// What `nc` said on stderr.
    said: String,
    status: ExitStatus,
}

/// Runs `nc OPTIONS HOST PORT -vvv`, types `request` into it through a pipe, and waits until it
/// ends by itself.
fn call(options: &[&str], host: &str, port: u16, request: &str) -> Answer {
    let mut child = Command::new(env!("CARGO_BIN_EXE_nc"))
        .args(options)
        .args([host, &port.to_string(), "-vvv"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // An `nc` that does not read shows in what follows.
    let _ = stdin.write_all(request.as_bytes());
    drop(stdin);
    let answer = in_background(child.stdout.take().unwrap());
    let said = in_background(child.stderr.take().unwrap());
    let answer = answer.recv_timeout(DEADLINE);
    let said = said.recv_timeout(DEADLINE);
    if answer.is_err() || said.is_err() {
        let _ = child.kill();
    }
    let status = child.wait().unwrap();
    let answer = answer.unwrap_or_else(|_| panic!("nc did not end by itself on {request:?}"));
    let said = said.unwrap_or_else(|_| panic!("nc did not end by itself on {request:?}"));

    let (head, body) = answer
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("no answer to {request:?}: {answer:?}; nc said: {said}"));
    let mut lines = head.split("\r\n");
    let code = lines.next().unwrap().split(' ').nth(1).unwrap();
    Answer {
        code: code.parse().unwrap(),
        headers: lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        body: body.to_owned(),
        said,
        status,
    }
}

/// Reads to the end on a thread of its own.
fn in_background(mut from: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if from.read_to_end(&mut bytes).is_ok() {
            let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
        }
    });
    receiver
}

impl Answer {
    /// Whole, from this server, and `nc` was content.
    #[track_caller]
    fn check(&self, code: u16, media_type: &str, server: &str) {
        assert!(self.status.success(), "{self:#?}");
        assert_eq!(self.code, code, "{self:#?}");
        assert!(self.headers["server"].starts_with(server), "{self:#?}");
        assert!(self.headers["content-type"].starts_with(media_type), "{self:#?}");
        assert_eq!(self.headers["content-length"], self.body.len().to_string(), "{self:#?}");
        // What `-v` has said since long before us, and scripts look for.
        assert!(self.said.contains("succeeded!"), "{self:#?}");
    }
}

/// A POST whose Content-Length counts the Enter after the body, as the lesson has it, or not.
fn post(path: &str, media_type: &str, body: &str, counts_enter: bool) -> String {
    let length = body.len() + usize::from(counts_enter);
    format!(
        "POST {path} HTTP/1.1\nContent-Type: {media_type}\nContent-Length: {length}\n\n{body}\n"
    )
}

fn walk(kind: Kind, server: &str, options: &[&str], get_login: &str) {
    let flask = match Flask::start(kind) {
        Ok(flask) => flask,
        Err(lack) if std::env::var("CI").is_ok_and(|ci| ci == "true") => panic!("{lack}"),
        Err(lack) => {
            println!("skipped: {lack}");
            return;
        }
    };
    for host in ["127.0.0.1", "localhost"] {
        let call = |request: &str| call(options, host, flask.port, request);

        let hello = call("GET /hello HTTP/1.1\n\n");
        hello.check(200, "text/plain", server);
        assert_eq!(hello.body, "Hello from Flask!\n");

        let refused = call(get_login);
        refused.check(405, "text/html", server);
        let allowed: BTreeSet<&str> = refused.headers["allow"].split(", ").collect();
        assert_eq!(allowed, BTreeSet::from(["OPTIONS", "POST"]));

        for counts_enter in [true, false] {
            let form = "application/x-www-form-urlencoded";
            let welcome = call(&post("/login", form, FORM, counts_enter));
            welcome.check(200, "text/plain", server);
            assert_eq!(welcome.body, "Welcome, student!\n");

            let json = "application/json";
            let saved = call(&post("/save", json, JSON, counts_enter));
            saved.check(200, json, server);
            assert_eq!(saved.body, JSON.replace(' ', "") + "\n");
        }
    }
}

#[test]
fn the_lesson_counts_the_enter() {
    let form = post("/login", "application/x-www-form-urlencoded", FORM, true);
    assert!(form.contains("\nContent-Length: 34\n"), "{form}");
    let json = post("/save", "application/json", JSON, true);
    assert!(json.contains("\nContent-Length: 32\n"), "{json}");
}

#[test]
fn flask_by_itself() {
    // Two blanks, as in the lesson.
    walk(Kind::Own, "Werkzeug/", &[], "GET /login  HTTP/1.1\n\n");
}

#[test]
fn gunicorn() {
    // It answers 400 to a bare LF, so `-C` sends CR LF, and to two blanks, so there is one.
    walk(Kind::Gunicorn, "gunicorn", &["-C"], "GET /login HTTP/1.1\n\n");
}
