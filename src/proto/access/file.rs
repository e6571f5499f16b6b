//! Rules as they stand in a file.

use super::{Rule, RuleError};

/// Reads a file of rules: items with blanks, tabs and line ends between them (the six bytes that
/// C calls white space). There are no comments. The error says the line, counted from 1.
pub fn file(content: &[u8]) -> Result<Vec<Rule>, (usize, RuleError)> {
    let lines = content.split(|byte| *byte == b'\n').enumerate();
    let items = lines.flat_map(|(index, line)| {
        line.split(|byte| matches!(byte, b' ' | b'\t'..=b'\r'))
            .filter(|item| !item.is_empty())
            .map(move |item| Rule::parse(item).map_err(|error| (index + 1, error)))
    });
    items.collect()
}
