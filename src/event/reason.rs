//! Why something was not done, where the run goes on all the same.

/// Why lines are not edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotEditing {
    /// Our input is no terminal.
    Input,
    /// Our output is no terminal.
    Output,
    /// The terminal is set to give its keys as they are, by whoever uses it.
    Raw,
    /// The terminal cannot move its cursor.
    Dumb,
}

/// Why one client among several was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DropReason {
    /// It did not read, and the others were not to wait for it.
    DoesNotRead,
    /// It had finished sending and was idle, and no descriptor was left for a new client.
    NoDescriptors,
}

/// Why a client was turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalReason {
    /// The rules do not let it in.
    NotAllowed,
    /// There are as many clients as may be.
    TooMany(usize),
    /// Another peer is waited for.
    NotThePeer,
}
