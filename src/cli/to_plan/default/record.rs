//! Records of what passes: `-o`, `--hex-dump`, `--output`, `--log`, `--pcap`, `--append-output`.

use std::path::PathBuf;

use crate::cli::option::Id;
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;
use crate::plan::{RecordFormat, RecordTo, Recording};

/// The options that make records, and what form they give them.
pub const RECORDS: &[(Id, RecordFormat)] = &[
    (Id::HexLines, RecordFormat::HexTraditional),
    (Id::HexDump, RecordFormat::HexNcat),
    (Id::Output, RecordFormat::Raw),
    (Id::Log, RecordFormat::Log),
    (Id::Pcap, RecordFormat::Packets),
];

/// The records asked for. `-` is standard error: standard output is the peer's.
pub fn recordings(settings: &Settings) -> Result<Vec<Recording>, UsageError> {
    let mut found: Vec<(Id, Recording)> = Vec::new();
    for (id, format) in RECORDS {
        let Some(file) = settings.word(*id) else { continue };
        let to = match file.to_str() {
            Some("-") if *id == Id::Pcap => {
                return Err(UsageError::Refused("option --pcap wants a file, not -"));
            }
            Some("-") => RecordTo::ErrorOutput,
            _ => RecordTo::File(PathBuf::from(file)),
        };
        let same = found.iter().find(|(_, other)| other.to == to);
        if let (Some((other, _)), RecordTo::File(_)) = (same, &to)
            && let (Some(first), Some(second)) = (settings.spelling(*other), settings.spelling(*id))
        {
            let why = "they would write over each other in one file";
            return Err(UsageError::Exclusive { first, second, why });
        }
        let append = settings.has(Id::AppendOutput) && matches!(to, RecordTo::File(_));
        found.push((*id, Recording { to, format: *format, append }));
    }
    Ok(found.into_iter().map(|(_, recording)| recording).collect())
}
