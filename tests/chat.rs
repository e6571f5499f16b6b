//! A chat: who comes, who goes, who said what.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use common::engine::{Engine, listening};
use netcat::plan::{Clients, Listen, Service, Transport};

use common::peer;

fn chat() -> Listen {
    Listen { clients: Clients::AtOnce, service: Service::Chat, ..listening(Transport::Tcp) }
}

/// Somebody in the chat.
struct User {
    lines: BufReader<TcpStream>,
    address: String,
    name: String,
}

impl User {
    /// Comes into the chat, and reads what it is told then: its name, and who else is there.
    fn come(engine: &Engine) -> (Self, String) {
        let stream = peer::connect(engine.port);
        let address = stream.local_addr().unwrap().to_string();
        let mut user = Self { lines: BufReader::new(stream), address, name: String::new() };
        let arrival = user.line();
        let start = format!("<announce> {} is connected as <", user.address);
        let name = arrival.strip_prefix(&start).and_then(|rest| rest.strip_suffix(">.\n"));
        name.unwrap_or_else(|| panic!("{arrival:?}")).clone_into(&mut user.name);
        let number: u32 = user.name.strip_prefix("user").unwrap().parse().unwrap();
        assert!(number > 2, "a descriptor's number: {number}");
        let others = user.line();
        (user, others)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line
    }

    fn say(&self, bytes: &[u8]) {
        self.lines.get_ref().write_all(bytes).unwrap();
    }
}

#[test]
fn everybody_is_told_who_comes_and_goes_and_who_says_what() {
    let engine = Engine::listen(chat());
    let (mut one, others) = User::come(&engine);
    assert_eq!(others, "<announce> already connected: nobody.\n");
    let (mut two, others) = User::come(&engine);
    let list = format!("{} as <{}>", one.address, one.name);
    assert_eq!(others, format!("<announce> already connected: {list}.\n"));
    assert_ne!(one.name, two.name);
    let arrival = format!("<announce> {} is connected as <{}>.\n", two.address, two.name);
    assert_eq!(one.line(), arrival);
    assert_eq!(one.line(), others);

    one.say(b"hello\n");
    assert_eq!(two.line(), format!("<{}> hello\n", one.name));
    two.say(b"\x1b[31m\xff\\tab\tend\r\n");
    assert_eq!(one.line(), format!("<{}> \\033[31m\\377\\tab\tend\r\n", two.name));

    // a third one is told of both, and a user that has finished is gone
    let (mut three, others) = User::come(&engine);
    let list = format!("{list}, {} as <{}>", two.address, two.name);
    assert_eq!(others, format!("<announce> already connected: {list}.\n"));
    two.lines.get_ref().shutdown(Shutdown::Write).unwrap();
    assert_eq!(three.line(), format!("<announce> <{}> is disconnected.\n", two.name));
    for _ in 0..2 {
        one.line();
    }
    assert_eq!(one.line(), format!("<announce> <{}> is disconnected.\n", two.name));
    assert_eq!(
        two.line(),
        format!("<announce> {} is connected as <{}>.\n", three.address, three.name)
    );
    two.line();
    assert_eq!(two.line(), "", "nobody says anything to who is gone");
    // nobody hears itself
    one.say(b"bye\n");
    assert_eq!(three.line(), format!("<{}> bye\n", one.name));
    three.say(b"bye bye\n");
    assert_eq!(one.line(), format!("<{}> bye bye\n", three.name));
}

#[test]
fn who_is_reset_is_announced_as_well() {
    let engine = Engine::listen(chat());
    let (mut one, _) = User::come(&engine);
    let (two, _) = User::come(&engine);
    one.line();
    one.line();
    let name = two.name.clone();
    let stream = two.lines.into_inner();
    socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
    drop(stream);
    assert_eq!(one.line(), format!("<announce> <{name}> is disconnected.\n"));
}

#[test]
fn our_input_is_the_user_of_number_0() {
    let (input, mut feed) = std::io::pipe().unwrap();
    // only this test's run reads standard input
    rustix::stdio::dup2_stdin(&input).unwrap();
    drop(input);
    let mut listen = chat();
    listen.session.read_input = true;
    let engine = Engine::listen(listen);
    let (mut one, _) = User::come(&engine);
    feed.write_all(b"from the server\n").unwrap();
    assert_eq!(one.line(), "<user0> from the server\n");
}

#[test]
fn a_long_message_is_several() {
    let engine = Engine::listen(chat());
    let (mut one, _) = User::come(&engine);
    let (two, _) = User::come(&engine);
    one.line();
    one.line();
    two.say(&vec![b'B'; 30_000]);
    two.say(b"\n");
    let text = one.line();
    let prefix = format!("<{}> ", two.name);
    let said = text.replace(&prefix, "");
    assert_eq!(said.len(), 30_001);
    assert!(text.len() >= 30_001 + 4 * prefix.len(), "{} bytes", text.len());
}
