//! What is written down of a conversation beside the conversation itself.

use std::path::PathBuf;

/// A record of what passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Where it is written.
    pub to: RecordTo,
    /// In what form.
    pub format: RecordFormat,
    /// Append to the file, in place of emptying it.
    pub append: bool,
}

/// Where a record is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordTo {
    /// A file, made or emptied when the conversation begins.
    File(PathBuf),
    /// Standard output, in place of the peer's bytes (toybox's `-o -`).
    Output,
    /// Standard error (GNU netcat's `-x`).
    ErrorOutput,
}

/// The form of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordFormat {
    /// Hex lines with direction and running offset, of bytes as they were typed (traditional's and
    /// BusyBox's `-o`).
    HexTraditional,
    /// Hex lines without direction, of bytes as they were sent (Ncat's `-x`).
    HexNcat,
    /// Hex lines for each packet (toybox's `-o`).
    HexToybox,
    /// Hex lines across packets (toybox's `-O`).
    HexToyboxStream,
    /// Hex lines as GNU netcat's `-x` and `-o` write them.
    HexGnu,
    /// The bytes of both directions as they came (Ncat's `-o`).
    Raw,
    /// Time, direction, size and text (the default face's `--log`).
    Log,
    /// Packets as Wireshark reads them (the default face's `--pcap`).
    Packets,
}
