//! Foreign bytes in every event and error.

use super::*;
use crate::event::sample::{HOSTILE, os_error};
use crate::event::{Error, Reporting};
use crate::plan::UnixName;

/// No line holds anything but printable ASCII and its own line end, whatever the peer, the user or
/// the resolver put into it.
#[test]
fn nothing_hostile_reaches_the_terminal() {
    let mut lines = 0;
    for name in ALL {
        let reporting = Reporting { program: HOSTILE.to_vec(), ..sample::reporting(name, 3) };
        let voice = speaks(name);
        let events = sample::events(HOSTILE);
        let errors = sample::errors(HOSTILE);
        let events = events.iter().map(|event| voice.event(event, &reporting));
        let errors = errors.iter().map(|error| voice.error(error, &reporting));
        let others = [voice.opening(&reporting), voice.interrupted(2, &reporting)];
        for said in events.chain(errors).chain(others).flatten() {
            let said = String::from_utf8(said).unwrap();
            assert!(said.ends_with('\n'));
            for line in said.lines() {
                lines += 1;
                assert!(line.bytes().all(|byte| matches!(byte, b' '..=b'~') || byte >= 0x80));
                assert!(!line.contains(['\u{202e}', '\u{9b}', '\u{2028}']), "{line:?}");
                assert!(!line.is_empty());
            }
        }
    }
    assert!(lines > 300, "{lines}");
    let name = UnixName::Abstract(HOSTILE.to_vec());
    let error = Error::Unix { name, error: os_error(REFUSED) };
    assert_eq!(
        text(speaks(OPENBSD).error(&error, &sample::reporting(OPENBSD, 0))),
        "nc: @a\\x1b]0;t\\x07\\x0d\\x0ab\\x00\\x7f\\xe2\\x80\\xae\\xc2\\x9b2J\\xe2\\x80\\xa8\\xff\
         \\xf0\\x9f: Connection refused\n"
    );
}
