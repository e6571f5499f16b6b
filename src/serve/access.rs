//! Who is let in: the rules of the plan, made ready at set-up, and the verdict on every client.
//!
//! Responsible for reading lists and files of rules and for looking names up, all of it before the
//! first client can come: whatever cannot be understood stops the start. What a rule means is
//! `proto::access`'s. Clients over IPv4-mapped IPv6 addresses are clients over IPv4.
//!
//! A client without an address, as over a Unix socket, is named by no rule, as with Ncat: with
//! rules to allow by it stays outside, with rules to deny by alone it comes in. Nor can it be the
//! one peer that is waited for.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::net::{IpAddr, SocketAddr};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use crate::event::{AccessReason, Error, Peer, RefusalReason};
use crate::net::lookup;
use crate::plan::{Access, AccessSource, Family, Host, OnlyPeer, Strangers};
use crate::proto::access::{self, Rule, Rules};
use crate::sys::blocking;

/// The longest file of rules, in bytes.
const LONGEST_FILE: u64 = 16 << 20;

/// The rules, ready to be asked.
#[derive(Debug)]
pub struct Guard {
    rules: Rules,
    only: Option<Only>,
}

/// The one peer that is waited for.
#[derive(Debug)]
struct Only {
    addresses: Vec<IpAddr>,
    port: Option<u16>,
    others: Strangers,
}

/// What becomes of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It comes in.
    Admitted,
    /// It is turned away, and others are waited for.
    Refused(RefusalReason),
    /// The run ends: somebody else was waited for.
    Wrong,
}

impl Guard {
    /// Reads all rules and looks their names up. `numeric` says that there are to be no names.
    pub async fn open(plan: &Access, numeric: bool) -> Result<Self, Error> {
        let allow =
            if plan.allow.is_empty() { None } else { Some(rules(&plan.allow, numeric).await?) };
        let deny = rules(&plan.deny, numeric).await?;
        let only = match &plan.only {
            None => None,
            Some(only) => Some(Only::look_up(only, numeric).await?),
        };
        Ok(Self { rules: Rules { allow, deny }, only })
    }

    /// The rules by address.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Whether this client comes in.
    pub fn judge(&self, peer: &Peer) -> Verdict {
        let address = match peer {
            Peer::Inet { address, .. } => Some(*address),
            Peer::Unix { .. } | Peer::File(_) | Peer::Vsock { .. } => None,
        };
        let admitted = match address {
            Some(address) => self.rules.admits(address.ip()),
            None => self.rules.allow.is_none(),
        };
        match &self.only {
            _ if !admitted => Verdict::Refused(RefusalReason::NotAllowed),
            Some(only) if !address.is_some_and(|address| only.is(address)) => match only.others {
                Strangers::Fail => Verdict::Wrong,
                Strangers::Ignore => Verdict::Refused(RefusalReason::NotThePeer),
            },
            _ => Verdict::Admitted,
        }
    }
}

impl Only {
    async fn look_up(plan: &OnlyPeer, numeric: bool) -> Result<Self, Error> {
        let port = plan.port.unwrap_or(0);
        let addresses = lookup::lookup(&plan.host, port, Family::Any, numeric).await?;
        let addresses = addresses.into_iter().map(|address| address.ip().to_canonical()).collect();
        Ok(Self { addresses, port: plan.port, others: plan.others })
    }

    fn is(&self, peer: SocketAddr) -> bool {
        self.addresses.contains(&peer.ip().to_canonical())
            && self.port.is_none_or(|port| port == peer.port())
    }
}

/// All rules of several sources, with the addresses of their names.
async fn rules(sources: &[AccessSource], numeric: bool) -> Result<Vec<Rule>, Error> {
    let mut all = Vec::new();
    for source in sources {
        let (file, read) = match source {
            AccessSource::List(text) => (None, list(text)?),
            AccessSource::File(path) => (Some(path.as_path()), file(path).await?),
        };
        for rule in read {
            all.push(resolved(rule, file, numeric).await?);
        }
    }
    Ok(all)
}

fn list(text: &OsStr) -> Result<Vec<Rule>, Error> {
    let text = text.as_bytes();
    access::list(text).map_err(|(index, error)| {
        let rule = text.split(|byte| *byte == b',').nth(index).unwrap_or_default();
        broken(None, rule, AccessReason::Rule { error, line: None })
    })
}

async fn file(path: &Path) -> Result<Vec<Rule>, Error> {
    let name = path.to_owned();
    // it may be a FIFO that is written when it suits somebody
    let read = blocking::run(move || content(&name)).await;
    let content = read
        .and_then(|content| content)
        .map_err(|error| broken(Some(path), b"", AccessReason::File(error)))?;
    access::file(&content).map_err(|(number, error)| {
        let line = content.split(|byte| *byte == b'\n').nth(number - 1).unwrap_or_default();
        let items = line.split(u8::is_ascii_whitespace).filter(|item| !item.is_empty());
        let rule = items.into_iter().find(|item| Rule::parse(item) == Err(error));
        let reason = AccessReason::Rule { error, line: Some(number) };
        broken(Some(path), rule.unwrap_or(line), reason)
    })
}

fn content(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    File::open(path)?.take(LONGEST_FILE + 1).read_to_end(&mut content)?;
    if content.len() as u64 > LONGEST_FILE {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(content)
}

async fn resolved(rule: Rule, file: Option<&Path>, numeric: bool) -> Result<Rule, Error> {
    let Some(name) = rule.name() else {
        return Ok(rule);
    };
    let name = name.as_bytes().to_vec();
    let host = Host(std::ffi::OsString::from_vec(name.clone()));
    let found = match lookup::lookup(&host, 0, Family::Any, numeric).await {
        Ok(found) => found.iter().map(SocketAddr::ip).collect::<Vec<_>>(),
        Err(Error::Lookup { reason, .. }) => {
            return Err(broken(file, &name, AccessReason::Lookup(reason)));
        }
        Err(other) => return Err(other),
    };
    rule.resolved(&found)
        .map_err(|error| broken(file, &name, AccessReason::Rule { error, line: None }))
}

fn broken(file: Option<&Path>, rule: &[u8], reason: AccessReason) -> Error {
    Error::Access { file: file.map(Path::to_owned), rule: rule.to_vec(), reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Transport, UnixKind};

    fn peer(address: &str) -> Peer {
        let address = address.parse().unwrap();
        Peer::Inet { transport: Transport::Tcp, host: None, address }
    }

    fn list_of(text: &str) -> Vec<AccessSource> {
        vec![AccessSource::List(text.into())]
    }

    async fn guard(plan: Access) -> Guard {
        Guard::open(&plan, false).await.unwrap()
    }

    #[tokio::test]
    async fn deny_goes_before_allow_and_a_mapped_address_is_the_address() {
        let allow = list_of("127.0.0.0/8,localhost,10.0.0-1.*");
        let plan = Access { allow, deny: list_of("127.0.0.2"), only: None };
        let guard = guard(plan).await;
        let refused = Verdict::Refused(RefusalReason::NotAllowed);
        for (from, verdict) in [
            ("127.0.0.1:1", Verdict::Admitted),
            ("[::ffff:127.0.0.1]:1", Verdict::Admitted),
            ("10.0.1.7:1", Verdict::Admitted),
            ("10.0.2.7:1", refused),
            ("127.0.0.2:1", refused),
            ("[::ffff:127.0.0.2]:1", refused),
            ("[2001:db8::1]:1", refused),
        ] {
            assert_eq!(guard.judge(&peer(from)), verdict, "{from}");
        }
    }

    #[tokio::test]
    async fn who_has_no_address_is_named_by_no_rule() {
        let unix = Peer::Unix { kind: UnixKind::Stream, name: None };
        let refused = Verdict::Refused(RefusalReason::NotAllowed);
        let allowing = Access { allow: list_of("::/0"), ..Access::default() };
        assert_eq!(guard(allowing).await.judge(&unix), refused);
        let denying = Access { deny: list_of("0.0.0.0/0,::/0"), ..Access::default() };
        assert_eq!(guard(denying).await.judge(&unix), Verdict::Admitted);
    }

    #[tokio::test]
    async fn the_one_peer_is_known_by_address_and_port() {
        let only = |port, others| OnlyPeer { host: "127.0.0.1".into(), port, others };
        let plan = |only| Access { only: Some(only), ..Access::default() };
        let ignoring = guard(plan(only(None, Strangers::Ignore))).await;
        assert_eq!(ignoring.judge(&peer("[::ffff:127.0.0.1]:9")), Verdict::Admitted);
        let stranger = Verdict::Refused(RefusalReason::NotThePeer);
        assert_eq!(ignoring.judge(&peer("127.0.0.2:9")), stranger);
        let failing = guard(plan(only(Some(9), Strangers::Fail))).await;
        assert_eq!(failing.judge(&peer("127.0.0.1:9")), Verdict::Admitted);
        assert_eq!(failing.judge(&peer("127.0.0.1:10")), Verdict::Wrong);
    }

    #[tokio::test]
    async fn the_rule_that_is_broken_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("rules");
        std::fs::write(&path, "127.0.0.1\n::1 300.1.1.1\t10.0.0.1\n").unwrap();
        let gone = directory.path().join("gone");
        let rows = [
            (AccessSource::List("127.0.0.1,1.2.3.4/33,::1".into()), None, "1.2.3.4/33"),
            (AccessSource::List("127.0.0.1,,::1".into()), None, ""),
            (AccessSource::List("no-such-name.invalid".into()), None, "no-such-name.invalid"),
            (AccessSource::File(path.clone()), Some(path), "300.1.1.1"),
            (AccessSource::File(gone.clone()), Some(gone), ""),
        ];
        for (source, named, wanted) in rows {
            for deny in [false, true] {
                let sources = vec![source.clone()];
                let plan = if deny {
                    Access { deny: sources, ..Access::default() }
                } else {
                    Access { allow: sources, ..Access::default() }
                };
                match Guard::open(&plan, false).await {
                    Err(Error::Access { file, rule, .. }) => {
                        assert_eq!((file, rule), (named.clone(), wanted.as_bytes().to_vec()));
                    }
                    other => panic!("{source:?}: {other:?}"),
                }
            }
        }
    }
}
