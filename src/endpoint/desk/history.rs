//! The file in which the lines typed to a peer are kept for the next run.
//!
//! It is the user's alone: 0600, in a directory that nobody else writes to, and nothing but a
//! regular file of the user's own is ever opened. Each line is added as it is sent, so that several
//! runs at once each add theirs.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use sha2::{Digest, Sha256};

use crate::editor::recall;
use crate::plan::{Connect, Inet, Listen, Local, Plan, Remote, UnixName};

/// The most bytes of a file that are read; one that is longer is cut to its last lines.
const LARGEST: u64 = 256 * 1024;

/// The longest name of a file, in bytes: file systems take 255.
const LONGEST_NAME: usize = 200;

/// A file of earlier lines.
#[derive(Debug)]
pub struct History {
    file: File,
}

impl History {
    /// Opens or makes the file called `name`, and gives the lines in it, the oldest one first.
    pub fn open(directory: &Path, name: &str) -> io::Result<(Self, Vec<Vec<u8>>)> {
        make_private(directory)?;
        let path = directory.join(name);
        let mut file = open_private(&path)?;
        let length = file.metadata()?.len();
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(length.saturating_sub(LARGEST)))?;
        (&mut file).take(LARGEST).read_to_end(&mut bytes)?;
        let mut lines: Vec<Vec<u8>> = bytes
            .split(|byte| *byte == b'\n')
            // the first one is cut
            .skip(usize::from(length > LARGEST))
            .filter(|line| !line.is_empty() && line.len() <= recall::LONGEST)
            .map(<[u8]>::to_vec)
            .collect();
        lines.drain(..lines.len().saturating_sub(recall::MOST));
        if length > LARGEST {
            file = replace(&path, &lines)?;
        }
        Ok((Self { file }, lines))
    }

    /// Adds a line.
    pub fn add(&mut self, line: &[u8]) -> io::Result<()> {
        // in one write, so that those of another run stay whole
        self.file.write_all(&[line, b"\n"].concat())
    }
}

/// Where histories are: `$XDG_STATE_HOME`, or `~/.local/state` (the XDG base directory
/// specification, by which a path that does not begin at the root counts for nothing).
pub fn directory(state: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let absolute = |path: OsString| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    let state = state.and_then(absolute);
    let state = state.or_else(|| Some(home.and_then(absolute)?.join(".local/state")))?;
    Some(state.join("nc/history"))
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
    if name.len() > LONGEST_NAME {
        let digest = Sha256::digest(text);
        name.truncate(LONGEST_NAME - 34);
        name.push_str("%%");
        for byte in &digest[..16] {
            let _ = write!(name, "{byte:02x}");
        }
    }
    name
}

fn make_private(directory: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let found = fs::symlink_metadata(directory)?;
    if !found.is_dir() || found.uid() != user() || found.mode() & 0o022 != 0 {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    Ok(())
}

fn open_private(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .mode(0o600)
        .custom_flags(flags.bits().cast_signed())
        .open(path)?;
    let found = file.metadata()?;
    if !found.is_file() || found.uid() != user() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    if found.mode() & 0o077 != 0 {
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

/// Puts a file with these lines in the place of a longer one.
fn replace(path: &Path, lines: &[Vec<u8>]) -> io::Result<File> {
    let mut name = OsString::from(path.as_os_str());
    // no peer's file has a name with this
    name.push(format!("%new-{}", std::process::id()));
    let new = PathBuf::from(name);
    let _ = fs::remove_file(&new);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    let written = file.write_all(&[lines.join(&b'\n'), b"\n".to_vec()].concat());
    if let Err(error) = written.and_then(|()| fs::rename(&new, path)) {
        let _ = fs::remove_file(&new);
        return Err(error);
    }
    open_private(path)
}

fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

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
        assert_eq!(long.len(), LONGEST_NAME);
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

    #[test]
    fn lines_are_kept_by_the_user_alone() {
        let state = tempfile::tempdir().unwrap();
        let directory = state.path().join("nc/history");
        let (mut history, lines) = History::open(&directory, "x:80").unwrap();
        assert!(lines.is_empty());
        history.add(b"one").unwrap();
        let (mut other, lines) = History::open(&directory, "x:80").unwrap();
        assert_eq!(lines, [b"one"]);
        other.add(b"t\xff\xfewo").unwrap();
        history.add(b"three").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
        let file = directory.join("x:80");
        assert_eq!(fs::read(&file).unwrap(), b"one\nt\xff\xfewo\nthree\n");
        assert_eq!((mode(&file), mode(&directory)), (0o600, 0o700));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        History::open(&directory, "x:80").unwrap();
        assert_eq!(mode(&file), 0o600);
        symlink(&file, directory.join("link")).unwrap();
        History::open(&directory, "link").unwrap_err();
        fs::create_dir(directory.join("directory")).unwrap();
        History::open(&directory, "directory").unwrap_err();
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o777)).unwrap();
        History::open(&directory, "x:80").unwrap_err();
    }

    #[test]
    fn a_file_that_is_too_long_keeps_its_last_lines() {
        let state = tempfile::tempdir().unwrap();
        let line = [b'x'; 100];
        let many = [&line[..], b"\n"].concat().repeat(5000);
        fs::write(state.path().join("x"), [&many[..], b"last\n"].concat()).unwrap();
        let private = fs::Permissions::from_mode(0o700);
        fs::set_permissions(state.path(), private).unwrap();
        let (mut history, lines) = History::open(state.path(), "x").unwrap();
        assert_eq!((lines.len(), &lines[recall::MOST - 1][..]), (recall::MOST, &b"last"[..]));
        history.add(b"new").unwrap();
        let kept = fs::read(state.path().join("x")).unwrap();
        assert_eq!(kept.split(|byte| *byte == b'\n').count(), recall::MOST + 2);
        assert!(kept.ends_with(b"last\nnew\n"));
        assert_eq!(fs::read_dir(state.path()).unwrap().count(), 1);
    }
}
