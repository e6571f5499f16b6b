use proptest::prelude::*;

use super::{Handshake, Request, SocksError, Version};
use crate::proto::fuzz;
use crate::proto::socks4;
use crate::proto::socks5::{self, Bound, Credentials, Refusal};
use crate::proto::step::{Fed, Step};
use crate::proto::target::{NameError, Target};

fn known() -> Option<Credentials> {
    Credentials::new(b"joe", b"pw").ok()
}

/// Feeds messages, each whole, to a handshake; the last thing it says.
fn said(credentials: Option<Credentials>, messages: &[&[u8]]) -> Result<Step<Request>, SocksError> {
    let mut handshake = Handshake::new(credentials);
    let mut last = Step::Read(0);
    for message in messages {
        let Fed { used, step } = handshake.feed(message)?;
        assert_eq!(used, message.len());
        last = step;
    }
    Ok(last)
}

#[expect(clippy::unnecessary_wraps, reason = "compared with what `said` returns")]
fn asked(version: Version, host: &[u8]) -> Result<Step<Request>, SocksError> {
    Ok(Step::Done(Request { version, target: Target::new(host, 8080).unwrap() }))
}

#[test]
fn four() {
    let request = b"\x04\x01\x1f\x90\xc0\0\x02\x09joe\0";
    assert_eq!(said(None, &[request]), asked(Version::Four, b"192.0.2.9"));
    let request = b"\x04\x01\x1f\x90\0\0\0\x01\0host.example\0";
    assert_eq!(said(None, &[request]), asked(Version::Four, b"host.example"));
    let Ok(Fed { used: 9, .. }) = Handshake::new(None).feed(b"\x04\x01\0\x50\x7f\0\0\x01\0GET")
    else {
        panic!("the bytes behind the request were taken")
    };
}

#[test]
fn five() {
    let greeting = b"\x05\x02\x02\0";
    for (request, host) in [
        (&b"\x05\x01\0\x01\xc0\0\x02\x09\x1f\x90"[..], &b"192.0.2.9"[..]),
        (b"\x05\x01\0\x03\x0chost.example\x1f\x90", b"host.example"),
        (b"\x05\x01\0\x03\x03::1\x1f\x90", b"::1"),
        (b"\x05\x01\0\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x09\x1f\x90", b"2001:db8::9"),
    ] {
        assert_eq!(said(None, &[greeting]), Ok(Step::Send(vec![5, 0])));
        assert_eq!(said(None, &[greeting, request]), asked(Version::Five, host));
        assert_eq!(said(known(), &[greeting]), Ok(Step::Send(vec![5, 2])));
        let password = b"\x01\x03joe\x02pw";
        assert_eq!(said(known(), &[greeting, password]), Ok(Step::Send(vec![1, 0])));
        assert_eq!(said(known(), &[greeting, password, request]), asked(Version::Five, host));
    }
}

#[test]
fn our_clients_are_understood() {
    for host in [&b"192.0.2.9"[..], b"host.example"] {
        let target = Target::new(host, 8080).unwrap();
        let request = socks4::request(&target, b"joe:pw").unwrap();
        assert_eq!(said(known(), &[&request]), asked(Version::Four, host));

        let mut client = socks5::Client::new(&target, known());
        let (mut handshake, mut message) = (Handshake::new(known()), client.start());
        let request = loop {
            match handshake.feed(&message).unwrap().step {
                Step::Done(request) => break request,
                Step::Send(answer) => match client.feed(&answer).unwrap().step {
                    Step::Send(next) => message = next,
                    other => panic!("{other:?}"),
                },
                Step::Read(_) => panic!("half a message"),
            }
        };
        let granted = request.version.granted("192.0.2.1:99".parse().unwrap());
        let bound = Step::Done(Bound::Ip("192.0.2.1:99".parse().unwrap()));
        assert_eq!(client.feed(&granted).unwrap().step, bound);
        assert_eq!(request.target, target);
    }
}

#[test]
fn what_is_wrong_gets_its_reply() {
    type Case<'a> = (Option<Credentials>, &'a [&'a [u8]], SocksError, Vec<u8>);
    let (greeting, fail) = (&b"\x05\x01\0"[..], |code| vec![5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
    let four = |code| vec![0, code, 0, 0, 0, 0, 0, 0];
    let long = [&b"\x04\x01\0\x50\x7f\0\0\x01"[..], &[b'a'; 256]].concat();
    let name = [&b"\x04\x01\0\x50\0\0\0\x01\0"[..], &[b'a'; 256]].concat();
    let cases: &[Case<'_>] = &[
        (None, &[b"G"], SocksError::Version(b'G'), vec![]),
        (None, &[b"\x05\0"], SocksError::NoMethod, vec![5, 255]),
        (None, &[b"\x05\x01\x02"], SocksError::NoMethod, vec![5, 255]),
        (known(), &[greeting], SocksError::NoMethod, vec![5, 255]),
        (known(), &[b"\x05\x01\x02", b"\x05"], SocksError::AuthenticationVersion(5), vec![1, 1]),
        (
            known(),
            &[b"\x05\x01\x02", b"\x01\x03joe\x02pv"],
            SocksError::Authentication(Version::Five),
            vec![1, 1],
        ),
        (
            known(),
            &[b"\x04\x01\0\x50\x7f\0\0\x01joe\0"],
            SocksError::Authentication(Version::Four),
            four(93),
        ),
        (
            None,
            &[greeting, b"\x05\x02\0\x01\x7f\0\0\x01\0\x50"],
            SocksError::Command(Version::Five, 2),
            fail(7),
        ),
        (None, &[b"\x04\x02\0\x50\x7f\0\0\x01\0"], SocksError::Command(Version::Four, 2), four(91)),
        (None, &[greeting, b"\x05\x01\x07"], SocksError::Reserved(7), fail(1)),
        (None, &[greeting, b"\x05\x01\0\x02"], SocksError::AddressType(2), fail(8)),
        (
            None,
            &[greeting, b"\x05\x01\0\x03\0\0\x50"],
            SocksError::Name(Version::Five, NameError::Empty),
            fail(1),
        ),
        (
            None,
            &[greeting, b"\x05\x01\0\x03\x03a:b\0\x50"],
            SocksError::Name(Version::Five, NameError::Byte(b':')),
            fail(1),
        ),
        (
            None,
            &[b"\x04\x01\0\x50\0\0\0\x01\0\0"],
            SocksError::Name(Version::Four, NameError::Empty),
            four(91),
        ),
        (None, &[&long], SocksError::User, four(91)),
        (None, &[&name], SocksError::Name(Version::Four, NameError::TooLong(256)), four(91)),
    ];
    for (credentials, messages, error, reply) in cases {
        assert_eq!(said(credentials.clone(), messages), Err(*error), "{messages:?}");
        assert_eq!(error.reply(), *reply, "{error}");
    }
}

#[test]
fn refusals_are_what_our_clients_read() {
    for code in 1..=8 {
        let refusal = Refusal::from(code);
        let reply = Version::Five.refused(refusal);
        let mut client = socks5::Client::new(&Target::new(b"a", 1).unwrap(), None);
        client.feed(b"\x05\0").unwrap();
        assert_eq!(client.feed(&reply), Err(refusal.into()));
        let reply = socks4::Reply::default().feed(&Version::Four.refused(refusal));
        assert_eq!(reply, Err(socks4::Refusal::Rejected.into()));
    }
    assert_eq!(Version::Five.refused(Refusal::Unknown(0))[1], 1, "a refusal is no success");
}

#[test]
fn the_bound_address_is_said_as_far_as_it_can_be() {
    let [plain, mapped, v6] = ["192.0.2.9:80", "[::ffff:192.0.2.9]:80", "[::1]:80"]
        .map(|address| address.parse().unwrap());
    assert_eq!(Version::Four.granted(plain), b"\0\x5a\0\x50\xc0\0\x02\x09");
    assert_eq!(Version::Four.granted(mapped), Version::Four.granted(plain));
    assert_eq!(Version::Four.granted(v6), b"\0\x5a\0\x50\0\0\0\0");
    assert_eq!(Version::Five.granted(plain), b"\x05\0\0\x01\xc0\0\x02\x09\0\x50");
    assert_eq!(Version::Five.granted(mapped), Version::Five.granted(plain));
    assert_eq!(Version::Five.granted(v6).len(), 22);
}

/// A client's side of the handshake, mostly well formed, and bytes of the target's behind it.
fn messages() -> impl Strategy<Value = Vec<u8>> {
    let greeting = prop_oneof![
        4 => Just(&b"\x05\x02\0\x02"[..]),
        1 => Just(&b"\x05\x01\x02\x01\x03joe\x02pw"[..]),
        1 => Just(&b"\x05\0"[..]),
        3 => Just(&b""[..]),
    ];
    let request = prop_oneof![
        Just(b"\x05\x01\0\x03\x04host\0\x50".to_vec()),
        Just(b"\x05\x01\0\x01\x7f\0\0\x01\0\x50".to_vec()),
        Just(b"\x04\x01\0\x50\0\0\0\x01joe:pw\0host\0".to_vec()),
        Just(b"\x04\x01\0\x50\x7f\0\0\x01\0".to_vec()),
        prop::collection::vec(0_u8..6, 0..30),
    ];
    let early = prop::collection::vec(any::<u8>(), 0..9);
    (any::<[u8; 2]>(), greeting, request, early).prop_map(|(seeds, greeting, request, early)| {
        [&seeds[..], greeting, &request, &early].concat()
    })
}

proptest! {
    #[test]
    fn any_bytes_in_any_reads(bytes in messages()) {
        fuzz::socks_server(&bytes);
    }
}
