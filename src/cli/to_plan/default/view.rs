//! How what the peer sends looks at a terminal: `--raw`, `--marks`, `--colour`.

use crate::cli::option::Id;
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;
use crate::event::Colour;
use crate::plan::View;

/// The view asked for. `--raw` goes before the others where those are only defaults of `NC_OPTIONS`.
pub fn view(settings: &Settings) -> Result<View, UsageError> {
    if let (Some(first), Some(second)) = (settings.said(Id::Raw), settings.said(Id::Marks)) {
        let why = "one shows what came, the other adds to it";
        return Err(UsageError::Exclusive { first, second, why });
    }
    let guarded = !settings.has(Id::Raw) || settings.said(Id::Marks).is_some();
    Ok(View {
        guarded,
        marked: guarded && settings.has(Id::Marks),
        coloured: guarded && settings.colour() != Colour::Never,
    })
}
