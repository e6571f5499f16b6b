//! Why a setting of TLS cannot be used.

use std::fmt::{self, Display, Formatter};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::distrust::faulty;
use super::name;
use crate::event::strerror::strerror;
use crate::event::{TlsSettingError, Unusable};
use crate::proto::escape::escape;

impl Display for TlsSettingError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let path = |path: &Path| escape(path.as_os_str().as_bytes()).to_string();
        match self {
            Self::File { path: file, error } | Self::Write { path: file, error } => {
                write!(f, "{}: {}", path(file), strerror(error))
            }
            Self::Pem { path: file, error } => write!(f, "{}: {error}", path(file)),
            Self::Material { path: file, why } => write!(f, "{}: {}", path(file), unusable(why)),
            Self::KeyMismatch { certificate } => {
                write!(f, "the key is not that of the certificate in {}", path(certificate))
            }
            Self::Cipher { name, known } => write!(
                f,
                "no cipher suite is called {}; there are {}",
                escape(name.as_bytes()),
                known.join(", ")
            ),
            Self::NothingLeft => {
                f.write_str("the versions and cipher suites asked for leave nothing to speak")
            }
            Self::NoRoots(words) => write!(
                f,
                "the system's trusted certificates were not found ({}): --cafile FILE names others",
                escape(words.as_bytes())
            ),
            Self::Name(host) => {
                write!(f, "{} is no name that a certificate can have", name(host))
            }
            Self::Taken { path: file } => {
                write!(f, "{} is there already, and nothing was replaced", path(file))
            }
            Self::NotMade(words) => {
                write!(f, "no certificate could be made: {}", escape(words.as_bytes()))
            }
        }
    }
}

/// Why a file is of no use.
fn unusable(why: &Unusable) -> String {
    match why {
        Unusable::Unreadable(error) => error.to_string(),
        Unusable::Certificate(fault) => format!("its certificate is of no use: {}", faulty(*fault)),
        Unusable::Key => {
            "its key cannot be read, or is of no kind known here (RSA of 2048 bits or \
                          more, ECDSA on P-256, P-384 or P-521, Ed25519)"
                .to_owned()
        }
        Unusable::NoAuthority => "no certificate in it can vouch for others".to_owned(),
        Unusable::Dtls(words) => escape(words.as_bytes()).to_string(),
    }
}
