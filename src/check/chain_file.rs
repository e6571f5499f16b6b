//! The file that a chain is kept in, which is made for it and replaces nothing.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::event::{Error, TlsSettingError};
use crate::proto::certificate::pem;

/// A file that is going to be made.
#[derive(Debug)]
pub struct ChainFile<'a> {
    path: &'a Path,
}

impl<'a> ChainFile<'a> {
    /// Refuses a path at which something stands, before anything is connected.
    pub fn to(path: &'a Path) -> Result<Self, Error> {
        match fs::symlink_metadata(path) {
            Ok(_) => Err(taken(path)),
            Err(_) => Ok(Self { path }),
        }
    }

    /// Makes the file, with these certificates in DER as PEM; without any, there is none.
    pub fn write(&self, chain: &[Vec<u8>]) -> Result<(), Error> {
        if chain.is_empty() {
            return Ok(());
        }
        let text = pem::write_chain(chain);
        let made = OpenOptions::new().write(true).create_new(true).open(self.path);
        made.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| {
            match error.kind() {
                io::ErrorKind::AlreadyExists => taken(self.path),
                _ => Error::Record { to: self.path.to_owned(), error, unwritten: 0 },
            }
        })
    }
}

fn taken(path: &Path) -> Error {
    Error::TlsSetting(TlsSettingError::Taken { path: path.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_made_and_none_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("chain.pem");
        let file = ChainFile::to(&path).unwrap();
        file.write(&[]).unwrap();
        assert!(!path.exists());
        file.write(&[b"one".to_vec(), b"two".to_vec()]).unwrap();
        let written = fs::read_to_string(&path).unwrap();
        assert_eq!(written.matches("-----BEGIN CERTIFICATE-----\n").count(), 2);
        // one that came in the meantime is refused too
        for refused in [ChainFile::to(&path).map(|_| ()), file.write(&[b"three".to_vec()])] {
            let Err(Error::TlsSetting(TlsSettingError::Taken { path: taken })) = refused else {
                panic!("{refused:?}");
            };
            assert_eq!(taken, path);
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), written);
    }

    #[test]
    fn a_link_that_leads_nowhere_is_not_followed() {
        let directory = tempfile::tempdir().unwrap();
        let (link, there) = (directory.path().join("link"), directory.path().join("there"));
        std::os::unix::fs::symlink(&there, &link).unwrap();
        assert!(ChainFile::to(&link).is_err());
        assert!(ChainFile { path: &link }.write(&[b"one".to_vec()]).is_err());
        assert!(!there.exists());
    }
}
