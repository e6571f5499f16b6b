//! What an error of the system tells about how it came to be.

use std::io::{self, ErrorKind};

/// Whether it was our own deadline: it has no number, the kernel's has.
pub fn is_our_deadline(error: &io::Error) -> bool {
    error.kind() == ErrorKind::TimedOut && error.raw_os_error().is_none()
}

/// Whether a record failed while it was written, not when its file was opened.
pub fn is_of_writing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::StorageFull
            | ErrorKind::QuotaExceeded
            | ErrorKind::FileTooLarge
            | ErrorKind::BrokenPipe
            | ErrorKind::WriteZero
            | ErrorKind::TimedOut
            | ErrorKind::Interrupted
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::sample::os_error;

    #[test]
    fn only_our_own_deadline_has_no_number() {
        assert!(is_our_deadline(&ErrorKind::TimedOut.into()));
        assert!(!is_our_deadline(&os_error(libc::ETIMEDOUT)));
    }

    #[test]
    fn a_full_disk_comes_while_writing_and_a_missing_folder_before() {
        assert!(is_of_writing(&os_error(libc::ENOSPC)));
        assert!(!is_of_writing(&os_error(libc::ENOENT)));
    }
}
