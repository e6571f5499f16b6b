//! How a run is reported: which voice, how much of it, and in which form.

/// Whose words and statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VoiceName {
    /// The default face: openbsd's words where openbsd says something, and further lines.
    #[default]
    Default,
    /// netcat-openbsd, to the letter.
    OpenBsd,
    /// OpenBSD's own nc.
    OpenBsdUpstream,
    /// netcat-traditional 1.10.
    Traditional,
    /// Ncat 7.96 and later.
    Ncat,
    /// BusyBox built with 1.10 compatibility.
    BusyBox,
    /// BusyBox's small nc.
    BusyBoxSmall,
    /// GNU netcat 0.7.1.
    Gnu,
    /// toybox.
    Toybox,
}

/// When there are colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Colour {
    /// Never.
    #[default]
    Never,
    /// At a terminal.
    AtTerminal,
    /// In our own words even where these are no terminal's, for one further on.
    Always,
}

/// How a run is reported.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reporting {
    /// Whose words and statuses.
    pub voice: VoiceName,
    /// What messages begin with: the name the program was called by, in the caller's bytes.
    pub program: Vec<u8>,
    /// How many `-v`.
    pub verbosity: u8,
    /// The run only looks which ports answer (`-z`): a refusal is a result, not an error.
    pub scanning: bool,
    /// A connection of ours stands only once it is secured (TLS).
    pub secured: bool,
    /// The run connects and converses, perhaps by hand.
    pub by_hand: bool,
    /// The run tries several ports: of one that is closed a dialect may keep silent.
    pub several: bool,
    /// Events as JSON lines in place of words.
    pub json: bool,
    /// When our words have a colour.
    pub colour: Colour,
    /// Standard error is a terminal: somebody reads along.
    pub at_terminal: bool,
    /// A closing line for people: who finished first, bytes, duration (`--why`).
    pub why: bool,
    /// How far a conversation has come is said while it is held (`--progress`).
    pub progress: bool,
    /// What is asked for and means nothing; the run goes on without it.
    pub warning: Option<&'static str>,
    /// Statuses 0 and 1 only.
    pub classic_status: bool,
}
