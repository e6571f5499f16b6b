//! How what the peer sends looks at a terminal.

/// How what the peer sends is shown where our output is a terminal, unless somebody has put that in
/// raw mode for it. A pipe or a file gets every byte as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct View {
    /// What would drive the terminal is shown as text; colours pass. Otherwise (`--raw`, and as the
    /// other netcats do) it is shown as it came.
    pub guarded: bool,
    /// Each line of it has a mark before it (`--marks`).
    pub marked: bool,
    /// It has a colour of its own (`--colour`).
    pub coloured: bool,
}
