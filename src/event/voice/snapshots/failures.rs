//! Every error in both voices, with its status.

use super::*;
use crate::event::sample::os_error;
use crate::event::{Error, Reporting};

/// Each error: openbsd's words, the default face's words, the default face's status.
#[test]
fn every_error_has_words_and_a_status() {
    let cases: &[(&str, &str, u8)] = &[
        ("a proxy and datagrams do not go together", "a proxy and datagrams do not go together", 1),
        ("getaddrinfo for host \"x\" port 80: x", "getaddrinfo for host \"x\" port 80: x", 10),
        ("getaddrinfo: x", "getaddrinfo: x", 10),
        (
            "connect to x port 8000 (tcp) timed out: name lookup",
            "connect to x port 8000 (tcp) timed out waiting for name lookup",
            12,
        ),
        (
            "",
            "connect to x port 8000 (tcp) failed: Connection refused (nothing listens on that \
             port)",
            11,
        ),
        (
            "bind failed: Cannot assign requested address",
            "bind failed: Cannot assign requested address (not an address of this machine)",
            1,
        ),
        (
            "Permission denied",
            "bind to 127.0.0.1:80: Permission denied (the system reserves this port for \
             administrators)",
            1,
        ),
        (
            "x: No such file or directory",
            "x: No such file or directory (is the server running?)",
            1,
        ),
        ("x: Address already in use", "x is taken by a regular file; nothing was removed", 1),
        ("x: No such file or directory", "x: No such file or directory", 1),
        ("set IP TTL: Invalid argument", "socket option IP_TTL: Invalid argument", 1),
        ("Socket type not supported", "DCCP is not supported here: Socket type not supported", 1),
        (
            "Unable to read proxy passphrase",
            "no password for proxy could be read: No such device or address",
            1,
        ),
        (
            "Proxy error: \"x\"",
            "proxy x: Proxy error: \"x\" (it wants a user and password: -P USER)",
            11,
        ),
        ("accept: Input/output error", "accept: Input/output error", 1),
        (
            "Connection reset by peer (9 bytes not delivered)",
            "connection lost: Connection reset by peer (9 bytes not delivered)",
            14,
        ),
        (
            "Connection timed out (9 bytes not delivered)",
            "the peer did not acknowledge the last 9 bytes in time",
            12,
        ),
        ("read: Input/output error", "reading our input failed: Input/output error", 17),
        (
            "write: No space left on device (9 bytes not delivered)",
            "writing our output failed: No space left on device (9 bytes not delivered)",
            17,
        ),
        (
            "sendmsg: Socket operation on non-socket",
            "passing the socket over standard output failed: Socket operation on non-socket",
            1,
        ),
        ("x: rule \"x\": x", "x: rule \"x\": x", 1),
        ("x: No such file or directory", "x: No such file or directory", 1),
        ("", "the program ended with status 7", 7),
        ("nothing moved for 1.00 s", "nothing moved for 1.00 s", 12),
        (
            "x: No space left on device (9 bytes of the record not written)",
            "x: No space left on device (9 bytes of the record not written)",
            17,
        ),
        ("x: Input/output error", "x: Input/output error", 17),
        ("the answer is no HTTP: \"x\"", "the answer is no HTTP: \"x\"", 14),
        (
            "what is to be sent: {env:x}: there is no such variable",
            "what is to be sent: {env:x}: there is no such variable",
            17,
        ),
        ("nobody came within 1.00 s", "nobody came within 1.00 s", 12),
        ("connection from x, who is not waited for", "connection from x, who is not waited for", 1),
        ("built without Lua", "built without Lua", 1),
        (
            "the certificate of x is not trusted: it is signed by x, which nobody here trusts; the peer may leave one out that belongs in between (9 bytes not delivered)",
            "the certificate of x is not trusted: it is signed by x, which nobody here trusts; the peer may leave one out that belongs in between (9 bytes not delivered)",
            15,
        ),
        ("no TLS handshake within 10.00 s", "no TLS handshake within 10.00 s", 12),
        ("x is no name that a certificate can have", "x is no name that a certificate can have", 1),
        (
            "certificate 1 expires on 2126-10-29 23:55:52 UTC, in 36500 days",
            "certificate 1 expires on 2126-10-29 23:55:52 UTC, in 36500 days",
            16,
        ),
        ("", "", 12),
        ("x", "x", 1),
        ("Too many open files", "no socket could be had: Too many open files", 1),
    ];
    let errors = sample::errors(b"x");
    assert_eq!(cases.len(), errors.len());
    let line = |words: &str| match words {
        "" => String::new(),
        _ => format!("nc: {words}\n"),
    };
    for (error, (openbsd, default, status)) in errors.into_iter().zip(cases) {
        let words = |name| text(speaks(name).error(&error, &sample::reporting(name, 0)));
        assert_eq!(words(OPENBSD), line(openbsd), "{error:?}");
        assert_eq!(words(DEFAULT), line(default), "{error:?}");
        let result = Err(error);
        let reporting = sample::reporting(DEFAULT, 0);
        assert_eq!(speaks(DEFAULT).status(&result, &reporting), *status, "{result:?}");
        // whose place a program takes, has its status
        let one = if matches!(result, Err(Error::ProgramEnded(_))) { 7 } else { 1 };
        assert_eq!(speaks(OPENBSD).status(&result, &reporting), one);
        let classic = Reporting { classic_status: true, ..reporting };
        assert_eq!(speaks(DEFAULT).status(&result, &classic), one);
    }
    for name in [OPENBSD, DEFAULT] {
        assert_eq!(speaks(name).status(&Ok(()), &sample::reporting(name, 0)), 0);
    }
}

/// Where an original has no words of its own, and where it says them as an event before.
fn may_be_silent(name: VoiceName, error: &Error) -> bool {
    match error {
        Error::NotConnected { .. } | Error::NothingOpen(_) | Error::ProgramEnded(_) => true,
        Error::Output { .. } => matches!(name, VoiceName::Traditional | VoiceName::BusyBox),
        Error::NobodyCame { .. } => name == VoiceName::Gnu,
        _ => false,
    }
}

#[test]
fn every_error_has_words_in_every_voice_and_is_no_success() {
    for name in ALL {
        for error in sample::errors(b"x") {
            let voice = speaks(name);
            let said = text(voice.error(&error, &sample::reporting(name, 0)));
            assert!(!said.is_empty() || may_be_silent(name, &error), "{name:?} {error:?}");
            let ours = matches!(error, Error::ProgramEnded(_)) && name == VoiceName::Ncat;
            let status = voice.status(&Err(error), &sample::reporting(name, 0));
            assert_eq!(status == 0, ours, "{name:?}");
        }
    }
}

/// A reader that has gone: who dies of SIGPIPE says nothing, and the others what they say with and
/// without `-v`.
#[test]
fn a_reader_that_has_gone_is_told_of_in_the_dialects_way() {
    /// What it says without `-v`, and with it, and the status.
    type End = Option<(&'static str, &'static str, u8)>;
    let cases: &[(VoiceName, End)] = &[
        (VoiceName::Default, None),
        (VoiceName::OpenBsd, None),
        (VoiceName::OpenBsdUpstream, None),
        (VoiceName::BusyBoxSmall, None),
        (VoiceName::Toybox, None),
        (VoiceName::Traditional, Some(("", "too many output retries : Broken pipe\n", 1))),
        (VoiceName::BusyBox, Some(("", "nc: too many output retries\n", 1))),
        (VoiceName::Gnu, Some(("write(stdout): Broken pipe\n", "write(stdout): Broken pipe\n", 1))),
        (VoiceName::Ncat, Some(("write: Broken pipe\n", "write: Broken pipe\n", 2))),
    ];
    assert_eq!(cases.len(), ALL.len());
    for (name, lives) in cases {
        let error = Error::Output { error: os_error(libc::EPIPE), undelivered: 9 };
        let voice = speaks(*name);
        assert_eq!(voice.outlives_reader(), lives.is_some(), "{name:?}");
        if let Some((silent, verbose, status)) = lives {
            for (verbosity, words) in [(0, silent), (1, verbose)] {
                let reporting = sample::reporting(*name, verbosity);
                assert_eq!(&text(voice.error(&error, &reporting)), words, "{name:?}");
            }
            let reporting = sample::reporting(*name, 0);
            assert_eq!(voice.status(&Err(error), &reporting), *status, "{name:?}");
        }
    }
}
