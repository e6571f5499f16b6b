//! The bodies of the codecs for hosts and the ways to them: access rules, targets, source routes.

use std::net::{IpAddr, Ipv4Addr};

use super::super::access::{self, Rule, Rules};
use super::super::connect;
use super::super::socks4;
use super::super::socks5::Client;
use super::super::source_route;
use super::super::step::Step;
use super::super::target::{HostName, Target};

/// A rule asks nothing of the spelling of an address, one that names all of its list denies all
/// of it, and a list holds what its items hold.
pub fn access(data: &[u8]) {
    let addresses = [Ipv4Addr::LOCALHOST, Ipv4Addr::new(10, 0, 255, 3)];
    if let Ok(rule) = Rule::parse(data) {
        let rule = match rule.name() {
            Some(_) => rule.resolved(&[addresses[0].into()]).ok(),
            None => Some(rule),
        };
        for (rule, address) in rule.iter().flat_map(|rule| addresses.map(|address| (rule, address)))
        {
            let (plain, mapped) = (IpAddr::from(address), address.to_ipv6_mapped().into());
            let matches = rule.matches(plain);
            assert_eq!(rule.matches(mapped), matches);
            let only = Rules { allow: Some(vec![rule.clone()]), deny: vec![] };
            let all_but = Rules { allow: None, deny: vec![rule.clone()] };
            for address in [plain, mapped] {
                assert_eq!((only.admits(address), all_but.admits(address)), (matches, !matches));
            }
        }
    }
    let items = data.split(|byte| *byte == b',').map(Rule::parse);
    assert_eq!(access::list(data).ok(), items.collect::<Result<Vec<_>, _>>().ok());
    let in_file = access::file(data).map_err(|(line, _)| line);
    assert!(
        in_file
            .as_ref()
            .map_or_else(|line| *line <= data.len() + 1, |rules| rules.len() <= data.len())
    );
}

/// A route that was read is in the options, and what is shown are two digits for each byte.
pub fn source_route(data: &[u8]) {
    let text = source_route::Shown(data).to_string();
    assert_eq!(text.len(), "IP options: ".len() + 3 * data.len().min(40));
    if let Some(hops) = source_route::hops(data) {
        let octets: Vec<_> = hops.iter().flat_map(Ipv4Addr::octets).collect();
        assert!(octets.is_empty() || data.windows(octets.len()).any(|part| part == octets));
    }
}

/// A target that was accepted stands in each request where it should, whole and alone.
pub fn target(data: &[u8]) {
    let Ok(target) = Target::new(data, 8080) else {
        return;
    };
    if let Ok(request) = connect::request(&target, None) {
        let line = request.strip_suffix(b"\r\n\r\n");
        let words: Vec<_> = line.unwrap_or_default().split(|&byte| byte == b' ').collect();
        assert!(matches!(words[..], [b"CONNECT", _, b"HTTP/1.0"]));
        assert!(words[1].ends_with(b":8080"));
        assert!(!request[..request.len() - 4].iter().any(u8::is_ascii_control));
    }
    if let Ok(request) = socks4::request(&target, b"joe") {
        let fields: Vec<_> = request[8..].split(|&byte| byte == 0).collect();
        match &target {
            Target::Ip(..) => assert_eq!(fields, [&b"joe"[..], b""]),
            Target::Name(..) => assert_eq!(fields, [b"joe", data, b""]),
        }
    }
    let asked = Client::new(&target, None).feed(b"\x05\0");
    let Ok(Step::Send(request)) = asked.map(|fed| fed.step) else {
        unreachable!("the method was offered");
    };
    match &target {
        Target::Ip(address, _) => {
            assert_eq!(request.len(), if address.is_ipv4() { 10 } else { 22 });
        }
        Target::Name(..) => {
            assert!(data.len() <= usize::from(HostName::MAX));
            assert_eq!(usize::from(request[4]), data.len());
            assert_eq!(&request[5..request.len() - 2], data);
        }
    }
}
