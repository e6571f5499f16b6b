//! An option that a dialect does not have: what it means elsewhere, and which name is nearest.

use super::dialect::Dialect;
use super::elsewhere::{self, Elsewhere};
use crate::proto::escape::escape;

/// An option that the dialect does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The letter, or the long name without dashes (with replacement characters, if need be).
    pub name: UnknownName,
    /// What other netcats mean by it.
    pub elsewhere: Option<&'static Elsewhere>,
    /// An option of this dialect with nearly that name.
    pub nearest: Option<String>,
}

/// The spelling of an unknown option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnknownName {
    /// `-Y`
    Letter(char),
    /// `--frob`
    Name(String),
}

impl Unknown {
    /// `-Y` in this dialect. The same letter in the other case is near.
    pub fn letter(dialect: &Dialect, letter: char) -> Self {
        let swapped = if letter.is_ascii_lowercase() {
            letter.to_ascii_uppercase()
        } else {
            letter.to_ascii_lowercase()
        };
        Self {
            name: UnknownName::Letter(letter),
            elsewhere: elsewhere::letter(letter),
            nearest: dialect
                .short(swapped)
                .filter(|_| swapped != letter)
                .map(|opt| format!("-{swapped} ({})", opt.help)),
        }
    }

    /// The letter that a getopt without long names stops at, escaped: of `--frob` a hyphen.
    pub fn letter_met(&self) -> String {
        let letter = match self.name {
            UnknownName::Letter(letter) => letter,
            UnknownName::Name(_) => '-',
        };
        escape(letter.to_string().as_bytes()).to_string()
    }

    /// `--frob` in this dialect.
    pub fn name(dialect: &Dialect, name: &str) -> Self {
        let names = dialect.opts.iter().flat_map(|opt| opt.aliases.iter().copied().chain(opt.long));
        let nearest = names
            .map(|known| (distance(name, known), known))
            .filter(|(distance, known)| *distance <= 1 + known.len() / 4)
            .min_by_key(|(distance, _)| *distance);
        Self {
            name: UnknownName::Name(name.to_owned()),
            elsewhere: elsewhere::name(name),
            nearest: nearest.map(|(_, known)| format!("--{known}")),
        }
    }
}

/// Insertions, deletions and replacements that make one name of the other; an unfinished name is
/// as near as one edit.
fn distance(given: &str, known: &str) -> usize {
    if given.len() >= 3 && known.starts_with(given) {
        return 1;
    }
    // No option's name is longer; a longer argument cannot be near, and costs no time.
    if given.len() > 64 {
        return usize::MAX;
    }
    let known: Vec<char> = known.chars().collect();
    let mut row: Vec<usize> = (0..=known.len()).collect();
    for (above, letter) in given.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(above + 1);
        for ((corner, up), other) in row.iter().zip(row.iter().skip(1)).zip(&known) {
            let left = next.last().copied().unwrap_or_default();
            let replaced = corner + usize::from(letter != *other);
            next.push(replaced.min(up + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::dialect::DEFAULT;

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("nodns", "nodnx"), 1);
        assert_eq!(distance("lisen", "listen"), 1);
        assert_eq!(distance("", "wait"), 4);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn the_nearest_name_is_named_and_a_far_one_is_not() {
        let nearest = |name: &str| Unknown::name(&DEFAULT, name).nearest;
        assert_eq!(nearest("lisen").as_deref(), Some("--listen"));
        assert_eq!(nearest("keepopen").as_deref(), Some("--keep-open"));
        assert_eq!(nearest("verb").as_deref(), Some("--verbose"));
        assert_eq!(nearest("frobnicate"), None);
        assert_eq!(nearest(&"x".repeat(1000)), None);
        assert!(Unknown::letter(&DEFAULT, 'L').nearest.is_some_and(|near| near.starts_with("-l ")));
    }
}
