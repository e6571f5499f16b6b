//! What a scenario is made of: data only, so that the tables read as tables.

/// One conversation, held twice: with the real program and with ours.
pub struct Scenario {
    /// Says what is shown; unique.
    pub name: &'static str,
    /// The command line in words, split at blanks outside single quotes. The stage fills in `{port}`
    /// and its other names.
    pub args: &'static str,
    /// What is in the environment besides `PATH` and `LC_ALL`.
    pub env: &'static [(&'static str, &'static str)],
    /// What is in the file `{given}`.
    pub given: &'static str,
    pub input: In,
    pub output: Out,
    pub other: Other,
    pub steps: &'static [Step],
    /// The whole run lasts this long, in seconds, within 15 % (and the machine's own delay).
    pub lasts: Option<f64>,
    /// Where ours does deliberately something else.
    pub differs: Option<Differs>,
    /// The row tells of originals before this version only.
    pub before: Option<(u32, u32)>,
}

/// The usual row: no input, output read, nobody else there, straight to the end.
pub const PLAIN: Scenario = Scenario {
    name: "",
    args: "",
    env: &[],
    given: "",
    input: In::Nothing,
    output: Out::Read,
    other: Other::Nobody,
    steps: &[Step::Ends],
    lasts: None,
    differs: None,
    before: None,
};

/// Descriptor 0 of the program.
#[derive(Clone, Copy)]
pub enum In {
    Nothing,
    Pipe,
    /// A regular file of that many bytes of the pattern.
    File(usize),
    Closed,
    /// `/dev/null`, and no terminal to ask on.
    NoTerminal,
}

/// Descriptor 1 of the program.
#[derive(Clone, Copy)]
pub enum Out {
    Read,
    /// Not read before [`Step::ReadOutput`].
    Held,
    Full,
    Gone,
}

/// Who is on the other side.
#[derive(Clone, Copy, PartialEq)]
pub enum Other {
    /// Nobody. The names of the stage are there all the same.
    Nobody,
    /// We listen; the program connects to `{port}`, or to `{path}`.
    Listens(Family),
    /// The program listens on `{free}`, on `0`, or on `{path}`; we connect.
    Calls(Family),
}

#[derive(Clone, Copy, PartialEq)]
pub enum Family {
    Tcp,
    Tcp6,
    Udp,
    Unix,
    UnixDatagram,
}

/// What happens, one after the other.
#[derive(Clone, Copy)]
pub enum Step {
    /// The next connection: accepted, or made; the one before is closed.
    Meet,
    /// As [`Step::Meet`], but the ones before stay; they are counted from 0.
    Join,
    /// Where the program is called and calls on in turn: its connection to `{port}`, as one more.
    Called,
    /// The connection of that number is the one that acts from here on.
    As(usize),
    /// Notes whether the program refuses one more connection.
    Refused,
    /// Another sender sends this datagram and goes.
    Stranger(&'static [u8]),
    Send(&'static [u8]),
    /// As [`Step::Send`], with the stage's names filled in.
    SendNamed(&'static str),
    /// That many bytes of the pattern.
    SendMany(usize),
    /// So many bytes (or one datagram) are received and noted.
    Receive(usize),
    /// All up to these bytes is received and noted.
    ReceiveUntil(&'static [u8]),
    /// All up to an empty line, as HTTP has it, is received and noted.
    ReceiveHead,
    /// All up to the end of the stream is received and noted, and how it ended.
    ReceiveAll,
    /// Notes whether nothing, not even an end, comes within 300 ms.
    Quiet,
    HalfClose,
    Close,
    Reset,
    Feed(&'static [u8]),
    EndInput,
    ReadOutput,
    /// Waits until so many bytes are on stdout.
    Shown(usize),
    /// Waits for a line on stderr that starts so.
    Says(&'static str),
    /// Notes whether it is still there after so many milliseconds.
    Stays(u64),
    Signal(i32),
    /// Waits for the end.
    Ends,
}

/// Where ours deliberately differs: a row of `docs/differences.md`.
pub struct Differs {
    /// What the original does.
    pub original: &'static str,
    /// What ours does instead.
    pub ours: &'static str,
    /// Why no script depends on it.
    pub because: &'static str,
    /// What the run of ours must show; the original must fail at least one, or the row is stale.
    pub must: &'static [Must],
}

/// One thing that must be seen.
#[derive(Clone, Copy, Debug)]
pub enum Must {
    Succeed,
    Fail,
    Status(u8),
    /// Runs on, where the original has gone.
    Stay,
    /// The whole run lasts no longer than so many milliseconds.
    Within(u64),
    Stdout(&'static [u8]),
    StdoutMany(usize),
    /// Stderr contains this, letters of either case.
    Say(&'static str),
    /// Stderr does not contain this.
    NotSay(&'static str),
    /// The other side received exactly this, over all connections.
    Reach(&'static [u8]),
    ReachMany(usize),
    /// The other side received this among other things.
    ReachAlso(&'static str),
    /// This is among what the steps noted.
    Note(&'static str),
    /// The stage's own file and living socket are untouched.
    Keep,
    /// Nothing is left at `{path}` and `{own}`.
    CleanUp,
}
