//! The words of a system error, as the C library has them: `Connection refused`.

use std::io::{self, ErrorKind};

use crate::proto::escape::escape;

/// What `strerror` says of `error`; of an error that the kernel did not give, what it would say of
/// the like. Never a line end, never Rust's ` (os error 111)`.
pub fn strerror(error: &io::Error) -> String {
    let words = error.to_string();
    if let Some(code) = error.raw_os_error() {
        let number = format!(" (os error {code})");
        return words.strip_suffix(&number).unwrap_or(&words).to_owned();
    }
    if error.get_ref().is_some() {
        return escape(words.as_bytes()).to_string();
    }
    match KINDS.iter().find(|(kind, _)| *kind == error.kind()) {
        Some((_, known)) => (*known).to_owned(),
        None => words,
    }
}

/// Kinds that are made without a number, with the C library's words.
const KINDS: &[(ErrorKind, &str)] = &[
    (ErrorKind::AddrInUse, "Address already in use"),
    (ErrorKind::AddrNotAvailable, "Cannot assign requested address"),
    (ErrorKind::BrokenPipe, "Broken pipe"),
    (ErrorKind::ConnectionAborted, "Software caused connection abort"),
    (ErrorKind::ConnectionRefused, "Connection refused"),
    (ErrorKind::ConnectionReset, "Connection reset by peer"),
    (ErrorKind::HostUnreachable, "No route to host"),
    (ErrorKind::InvalidInput, "Invalid argument"),
    (ErrorKind::NetworkUnreachable, "Network is unreachable"),
    (ErrorKind::NotFound, "No such file or directory"),
    (ErrorKind::PermissionDenied, "Permission denied"),
    (ErrorKind::StorageFull, "No space left on device"),
    (ErrorKind::TimedOut, "Connection timed out"),
    (ErrorKind::UnexpectedEof, "Unexpected end of file"),
    (ErrorKind::WriteZero, "Short write"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_the_c_librarys() {
        let cases = [
            (io::Error::from_raw_os_error(libc::ECONNREFUSED), "Connection refused"),
            (io::Error::from_raw_os_error(libc::ENOSPC), "No space left on device"),
            (ErrorKind::ConnectionRefused.into(), "Connection refused"),
            (ErrorKind::TimedOut.into(), "Connection timed out"),
            (io::Error::other("bad\nthing\x1b[m"), r"bad\x0athing\x1b[m"),
        ];
        for (error, words) in cases {
            assert_eq!(strerror(&error), words);
        }
    }

    #[test]
    fn a_kind_says_what_its_number_says() {
        let numbers = [
            libc::EADDRINUSE,
            libc::EADDRNOTAVAIL,
            libc::EPIPE,
            libc::ECONNABORTED,
            libc::ECONNREFUSED,
            libc::ECONNRESET,
            libc::EHOSTUNREACH,
            libc::EINVAL,
            libc::ENETUNREACH,
            libc::ENOENT,
            libc::EACCES,
            libc::ENOSPC,
            libc::ETIMEDOUT,
        ];
        for number in numbers {
            let error = io::Error::from_raw_os_error(number);
            assert_eq!(strerror(&error.kind().into()), strerror(&error));
        }
    }
}
