//! How a program ended.

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgramEnd {
    /// With this status.
    Status(u8),
    /// By this signal.
    Signal(i32),
}

impl ProgramEnd {
    /// As a shell shows it: the status, or 128 and the number of the signal.
    pub fn status(self) -> u8 {
        match self {
            Self::Status(status) => status,
            Self::Signal(number) => u8::try_from(128 + number).unwrap_or(u8::MAX),
        }
    }
}
