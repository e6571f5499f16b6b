//! The mistakes that somebody makes who types HTTP by hand for the first time: typed at a terminal
//! into `nc -v`, at the lesson's real application, and what the screen then says of each.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // tests

mod common;
#[path = "common/flask.rs"]
#[expect(dead_code, reason = "the walk is made at gunicorn too")]
mod flask;

use common::process::Program;
use common::terminal::Terminal;
use common::under_test;
use flask::{Flask, Kind};
use rustix::process::Signal;

/// Somebody who does something wrong.
struct Mistake {
    /// What `nc` is called with, beside `-v`.
    args: &'static str,
    /// The lines that are typed, each with Enter behind it, one after the other has been echoed; or
    /// a block that is pasted, as it is.
    lines: &'static [&'static str],
    /// What the screen says.
    notes: &'static [&'static str],
}

const fn mistake(lines: &'static [&'static str], notes: &'static [&'static str]) -> Mistake {
    Mistake { args: "", lines, notes }
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";
const LOGIN: &str = "username=student&password=welcome";
const SAVE: &str = "POST /save HTTP/1.1";
const JSON: &str = "Content-Type: application/json";

const MISTAKES: &[Mistake] = &[
    // the line that ends the headers is forgotten
    mistake(
        &["GET /hello HTTP/1.1", "Host: localhost"],
        &["headers are not finished: send an empty line (Enter)"],
    ),
    // as the lesson has it: it works, and Host is missing
    mistake(
        &["GET /hello HTTP/1.1", ""],
        &[
            "HTTP/1.1 wants a header Host: NAME",
            "200: it worked",
            "tells every stranger product and version",
            "answer complete: 18 bytes, as Content-Length says; the server closes now",
        ],
    ),
    mistake(
        &["GET /login  HTTP/1.1", ""],
        &[
            "line 1: a space more than there need be",
            "405: the path is right, and the method is not",
            "allowed here: ",
        ],
    ),
    mistake(&["get /hello HTTP/1.1", ""], &["line 1: methods are in capitals: GET, not get"]),
    mistake(&["FETCH /hello HTTP/1.1", ""], &["line 1: FETCH is not a registered method"]),
    mistake(&["GET /hello", ""], &["line 1: no version: it ends with HTTP/1.1"]),
    mistake(&["GET /hello HTTP/3", ""], &["line 1: \"HTTP/3\" is not spoken by hand"]),
    mistake(&["GET hello HTTP/1.1", ""], &["line 1: the path begins with a slash: /hello"]),
    mistake(&["GET /hel lo HTTP/1.1", ""], &["line 1: spaces in the path \"/hel lo\": write %20"]),
    mistake(&["GET /helo HTTP/1.1", "Host: localhost", ""], &["404: "]),
    mistake(
        &["GET /hello HTTP/1.1", "Host localhost", ""],
        &["line 2: \"Host localhost\" has no colon"],
    ),
    mistake(
        &["GET /hello HTTP/1.1", "Host : localhost", ""],
        &["line 2: a space before the colon: write Host: and not Host :"],
    ),
    mistake(
        &["POST /login HTTP/1.1", FORM, "", LOGIN],
        &[
            "a body without Content-Length is read as a new request: add Content-Length: 33 (34 with",
        ],
    ),
    mistake(
        &["POST /login HTTP/1.1", FORM, "Content-Length: thirty", "", LOGIN],
        &["line 3: Content-Length is \"thirty\": write digits"],
    ),
    mistake(
        &["POST /login HTTP/1.1", FORM, "Content-Length: 40", "", LOGIN],
        &["body 34 of 40 bytes: the server waits for 6 more"],
    ),
    mistake(
        &["POST /login HTTP/1.1", FORM, "Content-Length: 16", "", LOGIN],
        &["beyond Content-Length will be read as a new request"],
    ),
    mistake(
        &["POST /login HTTP/1.1", "Content-Length: 33", "", LOGIN],
        &["a form without Content-Type is not read"],
    ),
    mistake(
        &["POST /login HTTP/1.1", FORM, "Content-Length: 34", "", LOGIN],
        &["the Enter at the end is counted, and so part of the last value"],
    ),
    Mistake {
        args: "-C",
        lines: &[SAVE, JSON, "Content-Length: 31", "", "{\"id\": 5150,", "\"name\": \"student\"}"],
        notes: &["counts a line end as 1 byte, and it was sent as CR LF (-C)"],
    },
    mistake(
        &[SAVE, "Content-Length: 31", "", "{\"id\": 5150, \"name\": \"student\"}"],
        &["JSON without Content-Type is not read as such", "415: "],
    ),
    mistake(
        &[SAVE, JSON, "Content-Length: 31", "", "{\"id\": 5150, 'name': \"student\"}"],
        &["the body is no JSON: line 1, column 14: ", "400: "],
    ),
    mistake(
        &[SAVE, JSON, "Content-Length: 16", "", "{\"name\": \"Jörg\"}"],
        &["Content-Length 16 counts letters, and the body has 17 bytes (18 with"],
    ),
    // several lines at once, the last of them without Enter
    mistake(
        &["GET /hello HTTP/1.1\rHost: localhost\rAccept: */*"],
        &["2 lines came at once: if they were pasted, the last one may still wait for Enter"],
    ),
];

#[test]
fn whoever_types_http_by_hand_is_told_what_went_wrong() {
    let flask = match Flask::start(Kind::Own) {
        Ok(flask) => flask,
        Err(lack) if common::may_skip() => {
            println!("skipped: {lack}");
            return;
        }
        Err(lack) => panic!("{lack}"),
    };
    let nc = under_test(env!("CARGO_BIN_EXE_nc"));
    for Mistake { args, lines, notes } in MISTAKES {
        let mut terminal = Terminal::open();
        let before = terminal.settings();
        // standard error is the terminal too, as it is for somebody at a shell
        let line = format!("exec '{}' {args} -v localhost {} 2>/dev/tty", nc.display(), flask.port);
        let mut running = terminal.start(Program::new("/bin/sh").args(["-c", &line]));
        terminal.wait_screen("succeeded!");
        for line in *lines {
            match line.rsplit_once('\r') {
                None => {
                    terminal.press(&format!("{line}\r"));
                    terminal.wait_screen(line);
                }
                // all of it is there when its first line is read
                Some((_, last)) => {
                    running.signal(Signal::STOP);
                    terminal.press(line);
                    terminal.wait_screen(last);
                    running.signal(Signal::CONT);
                }
            }
        }
        for note in *notes {
            terminal.wait_screen(note);
        }
        assert!(terminal.screen().contains("nc: note: "), "{lines:?}");
        terminal.press("\x03");
        running.wait_end();
        assert_eq!(terminal.settings(), before, "{lines:?}");
    }
}
