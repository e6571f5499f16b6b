//! Foreign bytes in usage errors, until `proto::escape` stands in this tree: the same function,
//! the same meaning for everything but the rare invisible characters.

use std::fmt::{self, Display, Formatter, Write};

/// Shows `bytes` with everything that a terminal would act on as `\xNN`.
pub fn escape(bytes: &[u8]) -> Escaped<'_> {
    Escaped(bytes)
}

/// Foreign bytes, fit to be shown.
#[derive(Debug, Clone, Copy)]
pub struct Escaped<'a>(&'a [u8]);

impl Display for Escaped<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for shown in chunk.valid().chars() {
                if shown.is_control() || matches!(shown, '\u{200b}'..='\u{202e}') {
                    for byte in shown.encode_utf8(&mut [0; 4]).bytes() {
                        write!(out, "\\x{byte:02x}")?;
                    }
                } else {
                    out.write_char(shown)?;
                }
            }
            for byte in chunk.invalid() {
                write!(out, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}
