//! Files and directories that are the user's alone: whose they are, and who else may use them.
//!
//! What is judged is what was opened, not what a path led to a moment ago.

use std::io;
use std::os::fd::AsFd;

use rustix::fs::{FileType, Mode, Stat};

/// What others may do with a file.
const OTHERS: u32 = 0o077;

/// What others may do with a directory that is not the user's alone.
const WRITTEN_BY_OTHERS: u32 = 0o022;

/// Sees to it that nobody else can open a regular file from now on, and says whether it is one.
/// Fails where it is somebody else's, or where the file system keeps no such rights.
pub fn make_private(file: impl AsFd) -> io::Result<bool> {
    let file = file.as_fd();
    let found = rustix::fs::fstat(file)?;
    if FileType::from_raw_mode(found.st_mode) != FileType::RegularFile {
        return Ok(false);
    }
    is_own(&found)?;
    if found.st_mode & OTHERS != 0 {
        let may_not = |_| refused("others can read it, and that cannot be changed");
        rustix::fs::fchmod(file, Mode::RUSR | Mode::WUSR).map_err(may_not)?;
        if rustix::fs::fstat(file)?.st_mode & OTHERS != 0 {
            return Err(may_not(rustix::io::Errno::PERM));
        }
    }
    Ok(true)
}

/// Fails unless it is a directory of the user's own to which nobody else writes.
pub fn check_directory(directory: impl AsFd) -> io::Result<()> {
    let found = rustix::fs::fstat(directory)?;
    is_own(&found)?;
    if found.st_mode & WRITTEN_BY_OTHERS != 0 {
        return Err(refused("others may write to its directory"));
    }
    Ok(())
}

/// A file that is not taken, and why.
pub fn refused(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, why)
}

fn is_own(found: &Stat) -> io::Result<()> {
    if found.st_uid == rustix::process::geteuid().as_raw() {
        Ok(())
    } else {
        Err(refused("it belongs to somebody else, who could read it"))
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File, Permissions};
    use std::os::unix::fs::{PermissionsExt, chown};

    use super::*;

    #[test]
    fn a_file_of_our_own_becomes_private() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        for mode in [0o644, 0o640, 0o600] {
            fs::write(&path, "kept").unwrap();
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let file = File::open(&path).unwrap();
            assert!(make_private(&file).unwrap());
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(fs::read(&path).unwrap(), b"kept");
        assert!(!make_private(File::open("/dev/null").unwrap()).unwrap());
        assert!(!make_private(File::open(directory.path()).unwrap()).unwrap());
    }

    #[test]
    fn somebody_elses_is_refused() {
        // only root can give something away
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        fs::write(&path, "").unwrap();
        check_directory(File::open(directory.path()).unwrap()).unwrap();
        for entry in [&*path, directory.path()] {
            chown(entry, Some(65534), None).unwrap();
        }
        make_private(File::open(&path).unwrap()).unwrap_err();
        check_directory(File::open(directory.path()).unwrap()).unwrap_err();
    }
}
