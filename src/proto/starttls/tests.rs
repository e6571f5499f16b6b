//! Conversations with every kind of server, and what must never get as far as TLS.

mod refusals;
mod transcripts;

use proptest::prelude::*;

use super::{
    Kind, MESSAGE_MAX, MESSAGES_MAX, Shown, Stage, StartTlsError, Step, TOTAL_MAX, Upgrade,
};
use crate::proto::direction::Direction;
use crate::proto::fuzz::{self, Talk, talk};
use crate::proto::target::Target;
use transcripts::{STREAM, UPGRADES};

fn whole(kind: Kind, turns: &[&[u8]]) -> Talk {
    talk(kind, turns, |turn| vec![turn])
}

/// The input of the fuzz body that says this.
fn input(kind: Kind, seed: u8, turns: &[&[u8]]) -> Vec<u8> {
    [&[kind as u8, seed], &turns.join(&0xfe)[..]].concat()
}

#[test]
fn servers_in_use_are_upgraded() {
    for transcript in UPGRADES {
        let talk = whole(transcript.kind, transcript.turns);
        assert_eq!(talk.end, Some(Ok(())), "{:?}", talk.shown);
        let header = if transcript.kind == Kind::Xmpp { STREAM } else { "" };
        assert_eq!(talk.sent.concat(), [header.as_bytes(), transcript.sent].concat());
    }
    for kind in Kind::ALL {
        assert!(UPGRADES.iter().any(|transcript| transcript.kind == kind), "{kind}");
    }
}

#[test]
fn how_the_network_cuts_an_answer_does_not_show() {
    for transcript in UPGRADES {
        for seed in [0, 1, 2, 5, 11, 40] {
            fuzz::starttls(&input(transcript.kind, seed, transcript.turns));
        }
    }
}

#[test]
fn nothing_comes_behind_the_go_ahead() {
    for transcript in UPGRADES {
        let (last, before) = transcript.turns.split_last().unwrap();
        for injected in [&b"\r\n"[..], b" ", b"\0", b"\x16\x03\x01", b"250 ok\r\n"] {
            let last = [last, injected].concat();
            let turns = [before, &[&last[..]]].concat();
            let talk = whole(transcript.kind, &turns);
            assert_eq!(talk.end, Some(Err(StartTlsError::Injected)), "{}", transcript.kind);
            fuzz::starttls(&input(transcript.kind, 1, &turns));
        }
    }
}

#[test]
fn an_answer_has_nothing_behind_it_before_we_ask() {
    for transcript in UPGRADES {
        let turns = transcript.turns;
        for index in 0..turns.len() - 1 {
            if turns[index].is_empty() {
                continue; // the server does not speak first
            }
            let joined = turns[index..index + 2].concat();
            let turns = [&turns[..index], &[&joined[..]], &turns[index + 2..]].concat();
            let talk = whole(transcript.kind, &turns);
            assert_eq!(talk.end, Some(Err(StartTlsError::Early)), "{}", transcript.kind);
        }
    }
}

#[test]
fn a_connection_that_ends_is_never_an_upgrade() {
    for transcript in UPGRADES {
        let turns = transcript.turns;
        for (index, turn) in turns.iter().enumerate() {
            for length in 0..turn.len() {
                let turns = [&turns[..index], &[&turn[..length]]].concat();
                assert_eq!(whole(transcript.kind, &turns).end, None, "{}", transcript.kind);
            }
        }
    }
}

#[test]
fn what_was_said_is_shown_in_order_and_raw() {
    let turns: &[&[u8]] = &[b"220 a\x1b[31m\r\n", b"250-b\r\n250 STARTTLS\r\n", b"220 go\r\n"];
    let shown = |direction, text: &[u8]| Shown { direction, text: text.to_vec() };
    let (sent, received) = (Direction::Sent, Direction::Received);
    assert_eq!(
        whole(Kind::Smtp, turns).shown,
        [
            shown(received, b"220 a\x1b[31m"),
            shown(sent, b"EHLO localhost"),
            shown(received, b"250-b"),
            shown(received, b"250 STARTTLS"),
            shown(sent, b"STARTTLS"),
            shown(received, b"220 go"),
        ]
    );
    assert_eq!(
        whole(Kind::Postgres, &[b"", b"S"]).shown,
        [shown(sent, b"SSLRequest"), shown(received, b"S"),]
    );
    assert_eq!(
        whole(Kind::Mysql, &[transcripts::MYSQL]).shown,
        [shown(received, b"greeting of protocol 10: 8.0.36"), shown(sent, b"SSLRequest"),]
    );
    assert_eq!(
        whole(Kind::Ldap, &[b"", transcripts::LDAP]).shown,
        [shown(sent, b"StartTLS request"), shown(received, b"StartTLS response: result 0"),]
    );
}

#[test]
fn what_was_said_of_a_line_is_shown_when_the_connection_ends() {
    let mut upgrade =
        Upgrade::new(Kind::Pop3, &Target::new(b"host.example", 110).unwrap()).unwrap();
    assert_eq!(upgrade.step(), Ok(Step::Receive));
    upgrade.received(b"-ERR go aw").unwrap();
    assert!(upgrade.take_shown().is_empty());
    assert_eq!(upgrade.closed(), StartTlsError::Closed(Stage::Greeting));
    let text = b"-ERR go aw".to_vec();
    assert_eq!(upgrade.take_shown(), [Shown { direction: Direction::Received, text }]);
    assert_eq!(upgrade.step(), Err(StartTlsError::Closed(Stage::Greeting)));
}

#[test]
fn lines_and_answers_are_bounded() {
    let (line, open) = (b"220-\n".repeat(MESSAGES_MAX + 1), vec![b'2'; MESSAGE_MAX]);
    assert_eq!(whole(Kind::Ftp, &[&line]).end, Some(Err(StartTlsError::TooManyMessages)));
    let long = [b"220-", &open[4..], b"\n"].concat();
    assert_eq!(whole(Kind::Ftp, &[&long]).end, Some(Err(StartTlsError::MessageTooLong)));
    let fits = [&long[..MESSAGE_MAX - 1], b"\n"].concat();
    assert_eq!(whole(Kind::Ftp, &[&fits]).end, None);
    let most = fits.repeat(TOTAL_MAX / MESSAGE_MAX);
    assert_eq!(whole(Kind::Ftp, &[&most]).end, None);
    let more = [&most[..], b"2"].concat();
    assert_eq!(whole(Kind::Ftp, &[&more]).end, Some(Err(StartTlsError::TooMuch)));
}

#[test]
fn a_stream_names_the_host_and_nothing_else() {
    for (host, to) in [
        (&b"host.example"[..], "host.example"),
        (b"b\xc3\xbccher.example", "b\u{fc}cher.example"),
        (b"a'/><b&\"c", "a&apos;/&gt;&lt;b&amp;&quot;c"),
        (b"192.0.2.9", "192.0.2.9"),
        (b"2001:db8::9", "[2001:db8::9]"),
    ] {
        let mut upgrade = Upgrade::new(Kind::Xmpp, &Target::new(host, 5222).unwrap()).unwrap();
        let Ok(Step::Send(header)) = upgrade.step() else { panic!("the client speaks first") };
        let header = String::from_utf8(header).unwrap();
        assert!(header.ends_with(&format!(" to='{to}'>")), "{header}");
    }
    for host in [&b"b\xfccher.example"[..], b"a\xef\xbf\xbf"] {
        let host = Target::new(host, 5222).unwrap();
        assert_eq!(Upgrade::new(Kind::Xmpp, &host).unwrap_err(), StartTlsError::Host);
        assert!(Upgrade::new(Kind::Smtp, &host).is_ok());
    }
}

/// A transcript with one byte changed, taken out, or put in.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let place = (any::<prop::sample::Index>(), any::<u8>(), 0..3_u8);
    (0..UPGRADES.len(), any::<u8>(), place).prop_map(|(index, seed, (place, byte, how))| {
        let mut bytes = input(UPGRADES[index].kind, seed, UPGRADES[index].turns);
        let at = 2 + place.index(bytes.len() - 2);
        match how {
            0 => bytes[at] = byte,
            1 => drop(bytes.remove(at)),
            _ => bytes.insert(at, byte),
        }
        bytes
    })
}

proptest! {
    #[test]
    fn garbage_is_no_upgrade_and_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        fuzz::starttls(&bytes);
    }

    #[test]
    fn damage_is_found_however_it_is_cut(bytes in damaged()) {
        fuzz::starttls(&bytes);
    }

    #[test]
    fn words_of_these_protocols_in_any_order(
        choice in any::<u8>(),
        words in prop::collection::vec(prop::sample::select(WORDS), 0..30),
    ) {
        fuzz::starttls(&[&[choice, 3], &words.concat()[..]].concat());
    }
}

const WORDS: &[&[u8]] = &[
    b"220",
    b"250",
    b"234",
    b"382",
    b"101",
    b"500",
    b"200",
    b" ",
    b"-",
    b"\r\n",
    b"\n",
    b"\xfe",
    b"STARTTLS",
    b"OK",
    b"NO",
    b"BYE",
    b"+OK",
    b"-ERR",
    b"*",
    b"a1",
    b"a2",
    b"CAPABILITY",
    b".",
    b"\"",
    b"{3}",
    b"{0+}",
    b"<",
    b">",
    b"/>",
    b"</",
    b"stream:stream version='1.0'",
    b"features",
    b"starttls",
    b"proceed",
    b"failure",
    b"?",
    b"!",
    b"'",
    b"S",
    b"N",
    b"E",
    b"\0",
    b"\x30",
    b"\x0c",
    b"\x02\x01\x01",
    b"\x78\x07",
    b"\x0a\x01\x00",
    b"\x04\x00",
    b"\x84",
    b"\xff",
    b"#",
];
