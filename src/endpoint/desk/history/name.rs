//! Where histories are, and what the file is called in which lines to one peer are kept.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::OURS;
use crate::plan::{Connect, Inet, Listen, Local, Plan, Remote, UnixName};

/// The longest name of a file, in bytes: file systems take 255.
const LONGEST: usize = 200;

/// Where histories are: `$XDG_STATE_HOME`, or `~/.local/state` (the XDG base directory
/// specification, by which a path that does not begin at the root counts for nothing).
pub fn directory(state: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let absolute = |path: OsString| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    let state = state.and_then(absolute);
    let state = state.or_else(|| Some(home.and_then(absolute)?.join(".local/state")))?;
    Some(OURS.iter().fold(state, |path, part| path.join(part)))
}

/// The name of the file for whom a plan talks to; `None` for whom there is none.
pub fn name(plan: &Plan) -> Option<String> {
    let name = match plan {
        Plan::Connect(Connect { remote, .. }) => match remote {
            Remote::Inet(Inet { host, ports, .. }) => {
                let mut name = host.as_bytes().to_ascii_lowercase();
                for (index, range) in ports.0.iter().enumerate() {
                    name.push(if index == 0 { b':' } else { b',' });
                    name.extend(range.first.to_string().as_bytes());
                    if range.last > range.first {
                        name.extend(format!("-{}", range.last).as_bytes());
                    }
                }
                name
            }
            Remote::Unix { name, .. } => unix(name),
            Remote::Vsock { cid, port } => format!("vsock:{cid}:{port}").into_bytes(),
            Remote::File(_) => return None,
        },
        Plan::Listen(Listen { local, .. }) => match local {
            Local::Inet { port, .. } => format!("listen:{port}").into_bytes(),
            Local::Unix { name, .. } => unix(name),
            Local::Vsock { port, .. } => format!("listen:vsock:{port}").into_bytes(),
        },
        _ => return None,
    };
    Some(file_name(&name))
}

fn unix(name: &UnixName) -> Vec<u8> {
    [b"unix:", &name.display()[..]].concat()
}

/// A name for a file that says what it is about, has no way out of its directory, and is not too
/// long: every other byte than letters, digits and a few marks is a `%` and two digits.
fn file_name(text: &[u8]) -> String {
    let mut name = String::new();
    for (index, byte) in text.iter().enumerate() {
        match byte {
            b'.' if index == 0 => name.push_str("%2e"),
            byte if byte.is_ascii_alphanumeric() || b".:,-_[]".contains(byte) => {
                name.push(char::from(*byte));
            }
            byte => {
                let _ = write!(name, "%{byte:02x}");
            }
        }
    }
    if name.len() > LONGEST {
        let digest = Sha256::digest(text);
        name.truncate(LONGEST - 34);
        name.push_str("%%");
        for byte in &digest[..16] {
            let _ = write!(name, "{byte:02x}");
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Host, PortList, PortRange, Transport};

    fn of_host(host: &str, ports: Vec<PortRange>) -> String {
        let ports = PortList(ports);
        let inet = Inet { transport: Transport::Tcp, host: Host::from(host), ports };
        name(&Plan::Connect(Connect::new(Remote::Inet(inet)))).unwrap()
    }

    #[test]
    fn a_name_says_whose_it_is_and_leads_nowhere() {
        let port = PortRange::single(80);
        assert_eq!(of_host("Example.org", vec![port]), "example.org:80");
        assert_eq!(of_host("::1", vec![port, PortRange::new(90, 99)]), "::1:80,90-99");
        assert_eq!(of_host("../../etc/passwd", vec![port]), "%2e.%2f..%2fetc%2fpasswd:80");
        assert_eq!(of_host("a\n%b", vec![port]), "a%0a%25b:80");
        let long = of_host(&"x".repeat(300), vec![port]);
        assert_eq!(long.len(), LONGEST);
        assert_ne!(long, of_host(&"x".repeat(301), vec![port]));
        let unix = UnixName::parse("/run/x.sock".as_ref());
        let listen = Plan::Listen(Listen::new(Local::Unix {
            kind: crate::plan::UnixKind::Stream,
            name: unix,
        }));
        assert_eq!(name(&listen).unwrap(), "unix:%2frun%2fx.sock");
    }

    #[test]
    fn the_directory_is_the_state_directory() {
        let some = |text: &str| Some(OsString::from(text));
        let path = |text: &str| Some(PathBuf::from(text));
        assert_eq!(directory(some("/state"), some("/home/joe")), path("/state/nc/history"));
        assert_eq!(directory(None, some("/home/joe")), path("/home/joe/.local/state/nc/history"));
        assert_eq!(directory(some("state"), None), None);
        assert_eq!(directory(some(""), some("/x")), path("/x/.local/state/nc/history"));
    }
}
