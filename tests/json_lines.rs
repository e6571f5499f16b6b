//! `--json`: every line is an object of the documented schema, and the events come in the order in
//! which things happen.
#![cfg(feature = "json")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::ffi::OsStringExt;
use std::time::Duration;

use common::peer::{accept, connect, refusing, tcp_listener};
use common::process::{Input, Program};
use common::running::Running;
use common::{DEADLINE, under_test};
use serde_json::Value;

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(["--json"]).args(args)
}

/// The fields of each event, as docs/json.md lists them.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let text = include_str!("../docs/json.md");
    let mut events = BTreeMap::new();
    let mut current: Option<String> = None;
    for line in text.lines() {
        if line.starts_with('#') {
            current =
                line.strip_prefix("### `").and_then(|rest| rest.strip_suffix('`')).map(Into::into);
            if let Some(name) = &current {
                events.insert(name.clone(), BTreeSet::new());
            }
        } else if let (Some(name), Some(rest)) = (&current, line.strip_prefix("| `")) {
            let field = rest.split('`').next().unwrap().to_owned();
            events.get_mut(name).unwrap().insert(field);
        }
    }
    assert!(events.len() > 15, "docs/json.md is not what it was: {events:?}");
    events
}

/// All that was said, each line checked: an object, of this version, with exactly its documented
/// fields, at a time that is not before the last one.
fn lines(running: &Running) -> Vec<Value> {
    let documented = documented();
    let mut last = 0.0;
    let text = running.said();
    assert!(text.is_empty() || text.ends_with('\n'), "half a line: {text:?}");
    let mut all = Vec::new();
    for line in text.lines() {
        assert!(line.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "not plain: {line:?}");
        let value: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        let object = value.as_object().unwrap_or_else(|| panic!("no object: {line}"));
        assert_eq!(object["v"], 1, "{line}");
        let at = object["t"].as_f64().unwrap_or_else(|| panic!("no time: {line}"));
        assert!(at >= last && at < DEADLINE.as_secs_f64() * 2.0, "{at} after {last}: {line}");
        last = at;
        let name = object["event"].as_str().unwrap();
        let fields: BTreeSet<String> = object
            .keys()
            .filter(|key| !["v", "t", "event"].contains(&key.as_str()))
            .cloned()
            .collect();
        assert_eq!(
            Some(&fields),
            documented.get(name),
            "the fields of {name} are not as documented"
        );
        all.push(value);
    }
    all
}

fn names(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["event"].as_str().unwrap()).collect()
}

fn event<'a>(lines: &'a [Value], name: &str) -> &'a Value {
    let found = lines.iter().find(|line| line["event"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {:?}", names(lines)))
}

/// Waits for an event of this name.
fn wait_event(running: &mut Running, name: &str) {
    let wanted = format!("\"event\":\"{name}\"");
    let whole = |p: &Running| p.stderr.ends_with(b"\n") && p.said().contains(&wanted);
    if !running.wait_for(DEADLINE, whole) {
        running.fail(&format!("no {name}"));
    }
}

/// Waits for a listener's `listening` or `bound`, and gives the port.
fn port_of(running: &mut Running, name: &str) -> u16 {
    wait_event(running, name);
    let all = lines(running);
    u16::try_from(event(&all, name)["local"]["port"].as_u64().unwrap()).unwrap()
}

#[test]
fn a_connection_from_its_beginning_to_its_end() {
    let (listener, port) = tcp_listener();
    let mut running =
        nc(&["localhost", &port.to_string()]).input(Input::Regular(b"question\n".to_vec())).start();
    let mut peer = accept(&listener);
    let mut question = String::new();
    peer.read_to_string(&mut question).unwrap();
    peer.write_all(b"the answer\n").unwrap();
    drop(peer);
    running.succeeds();
    assert_eq!(running.stdout, b"the answer\n");
    let all = lines(&running);
    // ::1 may be tried as well, and what it says may come at any time before the connection stands
    let order: Vec<_> = names(&all).into_iter().filter(|name| *name != "attempt_failed").collect();
    let mut expected = vec!["resolved", "attempting", "attempting", "connected", "moving"];
    expected.extend(["first_byte", "half_closed", "first_byte", "half_closed", "closed"]);
    if event(&all, "resolved")["addresses"].as_array().unwrap().len() == 1 {
        expected.remove(1);
    }
    assert_eq!(order, expected);
    let connected = event(&all, "connected");
    assert_eq!(connected["target"]["host"], "localhost");
    assert_eq!(connected["peer"]["ip"], "127.0.0.1");
    assert_eq!(connected["peer"]["port"], port);
    assert_eq!(connected["proxied"], false);
    let froms: Vec<_> = all.iter().filter(|l| l["event"] == "first_byte").collect();
    assert_eq!((&froms[0]["from"], &froms[1]["from"]), (&"us".into(), &"peer".into()));
    let closed = all.last().unwrap();
    assert_eq!(closed["first_to_finish"], "us");
    assert_eq!((&closed["sent"], &closed["received"]), (&9.into(), &11.into()));
    assert_eq!((&closed["undelivered"], &closed["by_timeout"]), (&0.into(), &false.into()));
    assert!(closed["tcp"]["rtt"].as_f64().is_some_and(|rtt| rtt > 0.0), "{closed}");
    assert!(closed["duration"].as_f64().is_some_and(|time| time > 0.0), "{closed}");
}

#[test]
fn a_refusal() {
    let (_held, port) = refusing(socket2::Type::STREAM, 0).unwrap();
    for (args, status) in [(&[][..], 11), (&["--exit-status=classic"], 1), (&["-vvv"], 11)] {
        let mut running = nc(args).args(["127.0.0.1", &port.to_string()]).start();
        assert_eq!(running.wait_end(), format!("exit {status}"));
        let all = lines(&running);
        let order: Vec<_> = names(&all).into_iter().filter(|name| *name != "resolved").collect();
        assert_eq!(order, ["attempting", "attempt_failed", "error"]);
        let failed = event(&all, "attempt_failed");
        assert_eq!(failed["address"]["port"], port);
        assert_eq!(failed["reason"]["errno"], 111);
        let error = all.last().unwrap();
        assert_eq!(error["error"], "not_connected");
        assert_eq!(error["failure"], "refused");
        assert_eq!(error["status"], status);
        assert_eq!(error["target"]["host"], "127.0.0.1");
    }
}

#[test]
fn a_listener_and_its_client() {
    let mut running = nc(&["-l", "127.0.0.1", "0"]).input(Input::Pipe).start();
    let port = port_of(&mut running, "listening");
    let mut client = connect(port);
    client.write_all(b"hello\n").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    assert!(running.wait_for(DEADLINE, Running::output_has_ended));
    running.end_input();
    running.succeeds();
    let all = lines(&running);
    assert_eq!(
        names(&all),
        ["listening", "accepted", "moving", "first_byte", "half_closed", "half_closed", "closed"]
    );
    let accepted = event(&all, "accepted");
    assert_eq!(accepted["peer"]["port"], client.local_addr().unwrap().port());
    assert_eq!(accepted["local"]["port"], port);
    let closed = all.last().unwrap();
    assert_eq!(closed["first_to_finish"], "peer");
    assert_eq!((&closed["sent"], &closed["received"]), (&0.into(), &6.into()));
}

#[test]
fn a_reset() {
    let (listener, port) = tcp_listener();
    let mut running = nc(&["127.0.0.1", &port.to_string()]).input(Input::Pipe).start();
    let mut peer = accept(&listener);
    peer.write_all(b"half of i").unwrap();
    running.wait_stdout(9);
    socket2::SockRef::from(&peer).set_linger(Some(Duration::ZERO)).unwrap();
    drop(peer);
    assert_eq!(running.wait_end(), "exit 14");
    let all = lines(&running);
    let order: Vec<_> = names(&all).into_iter().filter(|name| *name != "resolved").collect();
    assert_eq!(order, ["attempting", "connected", "moving", "first_byte", "closed", "error"]);
    assert_eq!(event(&all, "closed")["received"], 9);
    let error = all.last().unwrap();
    assert_eq!(error["error"], "connection");
    assert_eq!(error["failure"], "cut_short");
    assert_eq!(error["reason"]["errno"], 104);
    assert_eq!(error["status"], 14);
}

#[test]
fn many_clients() {
    let mut running = nc(&["-lkn", "127.0.0.1", "0"]).input(Input::Pipe).start();
    let port = port_of(&mut running, "listening");
    for number in 1..=2 {
        let mut client = connect(port);
        client.write_all(b"hello\n").unwrap();
        running.wait_stdout(number * 6);
        socket2::SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap();
        drop(client);
        let left = "\"event\":\"client_left\"";
        assert!(running.wait_for(DEADLINE, |p| p.said().matches(left).count() == number
            && p.stderr.ends_with(b"\n")));
    }
    let all = lines(&running);
    assert_eq!(
        names(&all),
        [
            "listening",
            "accepted",
            "client_failed",
            "client_left",
            "accepted",
            "client_failed",
            "client_left"
        ]
    );
    assert_eq!(event(&all, "client_failed")["failure"], "cut_short");
    assert_eq!(event(&all, "client_left")["received"], 6);
}

#[test]
fn datagrams() {
    let mut running = nc(&["-lkun", "127.0.0.1", "0"]).input(Input::Pipe).start();
    let port = port_of(&mut running, "bound");
    let caller = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    caller.send_to(b"one", ("127.0.0.1", port)).unwrap();
    caller.send_to(b"two", ("127.0.0.1", port)).unwrap();
    running.wait_stdout(6);
    let all = lines(&running);
    assert_eq!(names(&all), ["bound", "heard"]);
    assert_eq!(event(&all, "heard")["peer"]["port"], caller.local_addr().unwrap().port());
}

#[test]
fn a_signal_is_an_end_too() {
    let (listener, port) = tcp_listener();
    let mut running = nc(&["127.0.0.1", &port.to_string()]).input(Input::Pipe).start();
    let mut peer = accept(&listener);
    peer.write_all(b"hello").unwrap();
    running.wait_stdout(5);
    running.signal(rustix::process::Signal::TERM);
    assert_eq!(running.wait_end(), "signal 15");
    let all = lines(&running);
    let closed = all.last().unwrap();
    assert_eq!((&closed["event"], &closed["interrupted"]), (&"closed".into(), &true.into()));
}

#[test]
fn foreign_bytes_stay_text() {
    for (bytes, shown) in [
        (&b"\xff\x1b[31m"[..], r"\xff\x1b[31m"),
        ("bücher".as_bytes(), "bücher"),
        (b"a\"b\\c", "a\"b\\c"),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(OsString::from_vec(bytes.to_vec()));
        let mut running = nc(&["-lU"]).args([&path]).input(Input::Pipe).start();
        wait_event(&mut running, "listening");
        let all = lines(&running);
        assert_eq!(event(&all, "listening")["local"]["kind"], "unix");
        let name = event(&all, "listening")["local"]["name"].as_str().unwrap().to_owned();
        assert_eq!(name, format!("{}/{shown}", directory.path().display()));
    }
}

#[test]
fn the_version_is_an_object() {
    let mut running = nc(&["--version"]).start();
    running.succeeds();
    let value: Value = serde_json::from_slice(&running.stdout).expect("JSON");
    assert_eq!(value["version"], env!("CARGO_PKG_VERSION"));
}
