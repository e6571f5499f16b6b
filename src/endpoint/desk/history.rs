//! The file in which the lines typed to a peer are kept for the next run.
//!
//! It is the user's alone: 0600, in a directory that nobody else writes to, and nothing but a
//! regular file of the user's own is ever opened. Each line is added as it is sent. Whoever writes
//! to it holds a lock, and first sees to it that the file is still the one that goes by its name:
//! several runs at once each add their lines, also where one of them has cut it to its last lines.

mod name;

use std::fs::{DirBuilder, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, FlockOperation, Mode, OFlags};
use rustix::io::Errno;

use crate::editor::recall;
use crate::sys::private;

pub use name::{directory, name};

/// The most bytes of a file that are read; one that is longer is cut to its last lines.
const LARGEST: u64 = 256 * 1024;

/// The directories that are ours, in the user's one for such things.
const OURS: [&str; 2] = ["nc", "history"];

/// A file of earlier lines.
#[derive(Debug)]
pub struct History(Place);

impl History {
    /// Opens or makes the file called `name` in the directory for histories, and gives the lines in
    /// it, the oldest one first.
    pub fn open(directory: &Path, name: &str) -> io::Result<(Self, Vec<Vec<u8>>)> {
        let place = Place { directory: own_directory(directory)?, name: name.to_owned() };
        let mut held = place.hold()?;
        let length = held.file.metadata()?.len();
        let mut bytes = Vec::new();
        held.file.seek(SeekFrom::Start(length.saturating_sub(LARGEST)))?;
        (&mut held.file).take(LARGEST).read_to_end(&mut bytes)?;
        let mut lines: Vec<Vec<u8>> = bytes
            .split(|byte| *byte == b'\n')
            // the first one is cut
            .skip(usize::from(length > LARGEST))
            .filter(|line| !line.is_empty() && line.len() <= recall::LONGEST)
            .map(<[u8]>::to_vec)
            .collect();
        lines.drain(..lines.len().saturating_sub(recall::MOST));
        if length > LARGEST && held.is_locked {
            place.replace(&lines)?;
        }
        Ok((Self(place), lines))
    }

    /// Adds a line. Where that fails, nothing of it is in the file.
    pub fn add(&mut self, line: &[u8]) -> io::Result<()> {
        let mut held = self.0.hold()?;
        let length = held.file.metadata()?.len();
        // in one write, so that where nothing can be locked those of another run stay whole
        let added = held.file.write_all(&[line, b"\n"].concat());
        if added.is_err() && held.is_locked {
            held.file.set_len(length)?;
        }
        added
    }
}

/// The directory, which is made where it does not stand. Its last parts are ours: real directories
/// of the user's own, to which nobody else writes.
fn own_directory(path: &Path) -> io::Result<OwnedFd> {
    let above = path.ancestors().nth(OURS.len()).ok_or(io::ErrorKind::NotFound)?;
    DirBuilder::new().recursive(true).mode(0o700).create(above)?;
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let above = rustix::fs::openat(CWD, above, flags, Mode::empty())?;
    OURS.iter().try_fold(above, |above, part| {
        match rustix::fs::mkdirat(&above, *part, Mode::RWXU) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
        let own = rustix::fs::openat(&above, *part, flags | OFlags::NOFOLLOW, Mode::empty())?;
        private::check_directory(&own)?;
        Ok(own)
    })
}

/// A file that nobody else changes while this is there, if it could be locked: some file systems
/// cannot.
struct Held {
    file: File,
    is_locked: bool,
}

impl Held {
    fn lock(file: File) -> Self {
        let is_locked = loop {
            match rustix::fs::flock(&file, FlockOperation::LockExclusive) {
                Err(Errno::INTR) => {}
                locked => break locked.is_ok(),
            }
        };
        Self { file, is_locked }
    }
}

/// A name in an open directory.
#[derive(Debug)]
struct Place {
    directory: OwnedFd,
    name: String,
}

impl Place {
    /// Opens or makes the file, and has it for us alone. Where another run has put a new one in its
    /// place meanwhile, it is that one.
    fn hold(&self) -> io::Result<Held> {
        loop {
            let held = Held::lock(self.open()?);
            if self.is(&held.file)? {
                return Ok(held);
            }
        }
    }

    fn open(&self) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::APPEND | OFlags::CREATE | OFlags::NOFOLLOW;
        let flags = flags | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        let file = rustix::fs::openat(&self.directory, &self.name, flags, mode)?;
        if !private::make_private(&file)? {
            return Err(private::refused("it is no regular file"));
        }
        Ok(File::from(file))
    }

    /// Whether this is the file that goes by the name.
    fn is(&self, file: &File) -> io::Result<bool> {
        let open = rustix::fs::fstat(file)?;
        match rustix::fs::statat(&self.directory, &self.name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(named) => Ok((named.st_dev, named.st_ino) == (open.st_dev, open.st_ino)),
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Puts a file with these lines in the place of a longer one, which is held.
    fn replace(&self, lines: &[Vec<u8>]) -> io::Result<()> {
        // no peer's file has a name with this, and one that is left over is nobody's
        let name = format!("{}%new", self.name);
        let new = Self { directory: self.directory.try_clone()?, name };
        new.remove()?;
        let written = new.open()?.write_all(&[lines.join(&b'\n'), b"\n".to_vec()].concat());
        let placed = written.and_then(|()| {
            rustix::fs::renameat(&new.directory, &new.name, &self.directory, &self.name)?;
            Ok(())
        });
        if placed.is_err() {
            let _ = new.remove();
        }
        placed
    }

    fn remove(&self) -> io::Result<()> {
        match rustix::fs::unlinkat(&self.directory, &self.name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};

    use std::path::PathBuf;

    use super::*;

    /// A directory for histories that is still to be made, in one that goes away with the test.
    fn new_directory() -> (tempfile::TempDir, PathBuf) {
        let state = tempfile::tempdir().unwrap();
        let directory = state.path().join("made/nc/history");
        (state, directory)
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn lines_are_kept_by_the_user_alone() {
        let (state, directory) = new_directory();
        let (mut history, lines) = History::open(&directory, "x:80").unwrap();
        assert!(lines.is_empty());
        history.add(b"one").unwrap();
        let (mut other, lines) = History::open(&directory, "x:80").unwrap();
        assert_eq!(lines, [b"one"]);
        other.add(b"t\xff\xfewo").unwrap();
        history.add(b"three").unwrap();
        let file = directory.join("x:80");
        assert_eq!(fs::read(&file).unwrap(), b"one\nt\xff\xfewo\nthree\n");
        assert_eq!(mode(&file), 0o600);
        for made in ["made", "made/nc", "made/nc/history"] {
            assert_eq!(mode(&state.path().join(made)), 0o700, "{made}");
        }
        set_mode(&file, 0o644);
        History::open(&directory, "x:80").unwrap();
        assert_eq!(mode(&file), 0o600);
        symlink(&file, directory.join("link")).unwrap();
        fs::create_dir(directory.join("directory")).unwrap();
        let fifo = directory.join("fifo");
        rustix::fs::mkfifoat(CWD, &fifo, Mode::RWXU).unwrap();
        for name in ["link", "directory", "fifo"] {
            History::open(&directory, name).unwrap_err();
        }
    }

    #[test]
    fn directories_that_are_not_the_users_alone_are_refused() {
        let (state, directory) = new_directory();
        History::open(&directory, "x").unwrap();
        let nc = directory.parent().unwrap();
        for shared in [&*directory, nc] {
            set_mode(shared, 0o770);
            History::open(&directory, "x").unwrap_err();
            set_mode(shared, 0o700);
        }
        if rustix::process::geteuid().is_root() {
            for given in [&directory.join("x"), &directory, nc] {
                chown(given, Some(65534), None).unwrap();
                History::open(&directory, "x").unwrap_err();
                chown(given, Some(0), None).unwrap();
            }
        }
        History::open(&directory, "x").unwrap();
        let elsewhere = state.path().join("elsewhere");
        fs::rename(nc, &elsewhere).unwrap();
        symlink(&elsewhere, nc).unwrap();
        History::open(&directory, "x").unwrap_err();
    }

    #[test]
    fn a_file_that_is_too_long_keeps_its_last_lines() {
        let (_state, directory) = new_directory();
        let (mut before, _) = History::open(&directory, "x").unwrap();
        let line = [b'x'; 100];
        let many = [&line[..], b"\n"].concat().repeat(5000);
        fs::write(directory.join("x"), [&many[..], b"last\n"].concat()).unwrap();
        let (mut history, lines) = History::open(&directory, "x").unwrap();
        assert_eq!((lines.len(), &lines[recall::MOST - 1][..]), (recall::MOST, &b"last"[..]));
        // one that was opened before it was cut adds to it as well
        before.add(b"before").unwrap();
        history.add(b"new").unwrap();
        let kept = fs::read(directory.join("x")).unwrap();
        assert_eq!(kept.split(|byte| *byte == b'\n').count(), recall::MOST + 3);
        assert!(kept.ends_with(b"last\nbefore\nnew\n"));
        assert_eq!(
            (fs::read_dir(&directory).unwrap().count(), mode(&directory.join("x"))),
            (1, 0o600)
        );
    }

    #[test]
    fn several_runs_at_once_lose_no_line() {
        const LINES: usize = 200;
        let (_state, directory) = new_directory();
        History::open(&directory, "x").unwrap();
        // so long that each run that begins cuts it: what was added last is never cut
        let old = [&[b'o'; 4000][..], b"\n"].concat().repeat(recall::MOST);
        fs::write(directory.join("x"), old).unwrap();
        std::thread::scope(|scope| {
            for run in 0..4 {
                let directory = &directory;
                scope.spawn(move || {
                    for number in 0..LINES {
                        let (mut history, _) = History::open(directory, "x").unwrap();
                        history.add(format!("{run} {number}").as_bytes()).unwrap();
                    }
                });
            }
        });
        let (_, lines) = History::open(&directory, "x").unwrap();
        let new: Vec<_> = lines.into_iter().filter(|line| line[0] != b'o').collect();
        for run in 0..4 {
            let wanted = (0..LINES).map(|number| format!("{run} {number}").into_bytes());
            let begins = format!("{run} ").into_bytes();
            let found = new.iter().filter(|line| line.starts_with(&begins));
            assert!(found.cloned().eq(wanted), "{run}");
        }
    }

    #[test]
    fn what_goes_away_meanwhile_comes_back_or_is_told() {
        let (_state, directory) = new_directory();
        let (mut history, _) = History::open(&directory, "x").unwrap();
        fs::remove_file(directory.join("x")).unwrap();
        history.add(b"line").unwrap();
        assert_eq!(fs::read(directory.join("x")).unwrap(), b"line\n");
        fs::remove_dir_all(&directory).unwrap();
        history.add(b"line").unwrap_err();
    }
}
