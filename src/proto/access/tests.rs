use std::net::IpAddr;

use proptest::prelude::*;

use super::{Rule, RuleError, Rules, file, list};
use crate::proto::fuzz;
use crate::proto::target::HostName;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn rule(text: &str) -> Rule {
    Rule::parse(text.as_bytes()).unwrap()
}

#[test]
fn what_ncat_was_seen_to_take() {
    // For each rule whether it names 127.0.0.1, .2, .3 and 127.1.2.3.
    for (text, named) in [
        ("127.0.0.1", [true, false, false, false]),
        ("127.0.0.1-2", [true, true, false, false]),
        ("127.0.0.*", [true, true, true, false]),
        ("127.*.*.*", [true; 4]),
        ("*.*.*.*", [true; 4]),
        ("-.-.-.-", [true; 4]),
        ("127.0.0.-", [true, true, true, false]),
        ("127.0.0.-2", [true, true, false, false]),
        ("127.0.0.2-", [false, true, true, false]),
        ("127.0.0.1,3", [true, false, true, false]),
        ("127.0.0.1-2,3", [true, true, true, false]),
        ("127.0.0.-,1", [true, true, true, false]),
        ("127.0.0.0/30", [true, true, true, false]),
        ("127.0.0.1-2/31", [true, true, true, false]),
        ("127.0.0.2/8", [true; 4]),
        ("127.0.0.1/0", [true; 4]),
        ("::ffff:127.0.0.1", [true, false, false, false]),
        ("::ffff:7f00:0/104", [true; 4]),
    ] {
        let addresses = ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.1.2.3"];
        assert_eq!(addresses.map(|address| rule(text).matches(ip(address))), named, "{text}");
    }
}

#[test]
fn what_cannot_be_understood_is_an_error() {
    for (text, error) in [
        ("", RuleError::Empty),
        ("/8", RuleError::Address),
        ("127.0.0.1/33", RuleError::TooManyBits(32)),
        ("127.0.0.1-2/33", RuleError::TooManyBits(32)),
        ("::1/129", RuleError::TooManyBits(128)),
        ("::1/256", RuleError::TooManyBits(128)),
        ("127.0.0.1/-1", RuleError::Bits),
        ("127.0.0.1/", RuleError::Bits),
        ("127.0.0.1/+24", RuleError::Bits),
        ("127.0.0.1/024", RuleError::Bits),
        ("127.0.0.1/24x", RuleError::Bits),
        ("127.0.0.1/24/24", RuleError::Bits),
        ("127.0.0.1/255.255.255.0", RuleError::Bits),
        ("127.0.0.256", RuleError::Address),
        ("127.0.0.01", RuleError::Address),
        ("127.0.0.0x1", RuleError::Address),
        ("0x7f000001", RuleError::Address),
        ("host.1.", RuleError::Address),
        (".", RuleError::Address),
        ("127.0.0", RuleError::Address),
        ("127.0.0.1.1", RuleError::Address),
        ("3", RuleError::Address),
        ("*", RuleError::Address),
        ("127.0.0.2-1", RuleError::Address),
        ("127.0.0.2--3", RuleError::Address),
        ("127.0.0.-1-2", RuleError::Address),
        ("127.0.0.1,,2", RuleError::Address),
        ("127.0.0.*,1", RuleError::Address),
        ("127.0.0.1,127.0.0.2", RuleError::Address),
        ("127.0.0.1:80", RuleError::Address),
        ("[::1", RuleError::Address),
        ("[::1]:80", RuleError::Address),
        ("[127.0.0.1]", RuleError::Address),
        ("::1%", RuleError::Address),
        (":::", RuleError::Address),
        ("!127.0.0.1", RuleError::Address),
        ("127.0.0.1%lo", RuleError::Name),
        ("#", RuleError::Name),
        (" host", RuleError::Name),
        ("host,other", RuleError::Name),
        ("*.example", RuleError::Name),
        ("a\0b", RuleError::Name),
    ] {
        assert_eq!(Rule::parse(text.as_bytes()), Err(error), "{text:?}");
    }
    assert_eq!(Rule::parse(b"\xff"), Err(RuleError::Name));
}

#[test]
fn names_may_hold_digits() {
    for text in ["1host", "host1", "0xhost", "10.example.", "a_b-c.example", "b\u{fc}cher.example"]
    {
        assert_eq!(rule(text).name().map(HostName::as_bytes), Some(text.as_bytes()));
    }
}

#[test]
fn every_spelling_of_ipv6_is_the_same() {
    for text in ["fe80::1", "[fe80::1]", "FE80:0::0:1", "fe80::1%eth0", "[fe80::1%1]/128"] {
        assert!(rule(text).matches(ip("fe80::1")), "{text}");
        assert!(!rule(text).matches(ip("fe80::2")), "{text}");
    }
    assert!(!rule("::2/127").matches(ip("::1")));
    assert!(rule("::/0").matches(ip("::1")) && rule("::/0").matches(ip("127.0.0.1")));
    assert!(!rule("::/96").matches(ip("127.0.0.1")));
    assert!(!rule("0.0.0.0/0").matches(ip("::1")));
    assert!(rule("::ffff:0:0/90").matches(ip("192.0.2.9")));
}

#[test]
fn a_name_is_none_of_its_addresses_until_it_is_looked_up() {
    let named = rule("host.example/24");
    assert_eq!(named.name().unwrap().as_bytes(), b"host.example");
    assert!(!named.matches(ip("192.0.2.9")));
    assert_eq!(named.clone().resolved(&[]), Err(RuleError::NotFound));
    let found = named.clone().resolved(&[ip("192.0.2.9"), ip("2001:db8::1")]).unwrap();
    assert!(found.name().is_none());
    assert!(found.matches(ip("192.0.2.200")) && found.matches(ip("2001:d00::7")));
    assert!(!found.matches(ip("192.0.3.9")));
    let narrow = rule("host.example/64").resolved(&[ip("192.0.2.9")]);
    assert_eq!(narrow, Err(RuleError::TooManyBits(32)));

    let nobody = Rules { allow: None, deny: vec![named] };
    assert!(!nobody.admits(ip("198.51.100.1")), "who is denied is not known yet");
}

#[test]
fn deny_wins_and_allow_is_the_only_way_in() {
    let both = Rules { allow: Some(vec![rule("10.0.0.0/8")]), deny: vec![rule("10.0.0.1")] };
    assert!(both.admits(ip("10.0.0.2")) && both.admits(ip("::ffff:10.0.0.2")));
    assert!(!both.admits(ip("10.0.0.1")) && !both.admits(ip("::ffff:10.0.0.1")));
    assert!(!both.admits(ip("11.0.0.1")) && !both.admits(ip("::1")));
    assert!(Rules::default().admits(ip("::1")));
    assert!(!Rules { allow: Some(vec![]), deny: vec![] }.admits(ip("::1")));
}

#[test]
fn lists_and_files() {
    assert_eq!(list(b"10.0.0.1,host").map(|rules| rules.len()), Ok(2));
    assert_eq!(list(b"10.0.0.1,3"), Err((1, RuleError::Address)));
    assert_eq!(list(b"10.0.0.1,"), Err((1, RuleError::Empty)));
    assert_eq!(list(b""), Err((0, RuleError::Empty)));
    let read = file(b"127.0.0.1,3 10.0.0.1\t\r\n\n\x0b::1\x0chost\n").unwrap();
    assert_eq!(read.len(), 4);
    assert!(read[0].matches(ip("127.0.0.3")));
    assert_eq!(file(b" \n"), Ok(vec![]));
    assert_eq!(file(b"::1\n# note\n"), Err((2, RuleError::Name)));
    assert_eq!(file(b"127.0.0.1\0"), Err((1, RuleError::Name)));
}

proptest! {
    #[test]
    fn a_verdict_is_the_same_for_every_spelling(
        address in any::<u32>(), other in any::<u32>(), bits in 0..=32u8
    ) {
        let (address, other) = (std::net::Ipv4Addr::from(address), std::net::Ipv4Addr::from(other));
        let [a, b, c, d] = address.octets();
        let spellings = [
            format!("{address}/{bits}"),
            format!("::ffff:{address}/{}", 96 + bits),
            format!("[::ffff:{address}]/{}", 96 + bits),
            format!("::ffff:{address}%lo/{}", 96 + bits),
            format!("{a}-{a}.{b}.{c},{c}.{d}-{d}/{bits}"),
        ];
        let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
        let near = std::net::Ipv4Addr::from(address.to_bits() & mask | other.to_bits() & !mask);
        prop_assert!(rule(&spellings[0]).matches(near.into()));
        for asked in [address, other, near] {
            let expected = (asked.to_bits() ^ address.to_bits()) & mask == 0;
            for spelling in &spellings {
                prop_assert_eq!(rule(spelling).matches(asked.into()), expected);
                prop_assert_eq!(rule(spelling).matches(asked.to_ipv6_mapped().into()), expected);
            }
        }
    }

    #[test]
    fn any_text(text in "[0-9a-f.,*:/%\\[\\] -]{0,30}") {
        fuzz::access(text.as_bytes());
    }
}
