//! Compares two runs of one scenario, and makes the document from the rows that differ.

use std::fmt::Write as _;
use std::sync::Mutex;
use std::time::Duration;

use crate::common::{pattern, show};
use crate::original::Original;
use crate::original::Pair;
use crate::scenario::{Must, Scenario};
use crate::stage::{PATIENT, Run, SHORT, Seen, play};

/// Plays a row with both programs; the error is the whole story for a person.
/// With `NC_SHOW` set, what the original did is told in any case.
pub fn judge(row: &Scenario, pair: &Pair) -> Result<(), String> {
    if std::env::var_os("NC_SHOW").is_some() {
        let run = play(row, pair.original, &pair.real, SHORT, |_, _| true);
        let Seen { status, stdout, stderr, received, notes, log, .. } = run.seen;
        println!(
            "── {}: {}\n{status:?} after {:?}\nstdout {:?}\nstderr {}\nreceived {:?} notes {notes:?} log {:?}",
            row.name,
            row.args,
            run.lasted,
            show(&stdout),
            stderr.replace('\n', "\n       "),
            short(&received),
            log.as_deref().map(show),
        );
        return Ok(());
    }
    let Some(differs) = &row.differs else {
        // Late may be the machine's fault, but not each time.
        let mut compared = equal(row, pair);
        for _ in 0..3 {
            if compared.late {
                compared = equal(row, pair);
            }
        }
        return compared.result;
    };
    let theirs = play(row, pair.original, &pair.real, SHORT, |_, _| true);
    let patience = if pair.rehearsal { SHORT } else { PATIENT };
    let mine = play(row, pair.original, &pair.ours, patience, |stdout, stderr| {
        differs.must.iter().all(|must| is_said(*must, stdout, stderr).unwrap_or(true))
    });
    let broken = |run: &Run| -> Vec<String> {
        differs.must.iter().filter_map(|must| unmet(*must, run)).collect()
    };
    if pair.rehearsal {
        // The harness is tried out with the original in our place: it must be caught.
        let caught = broken(&mine)
            .is_empty()
            .then_some("the original does what ours must: the row is no difference\n");
        return story(row, caught.unwrap_or_default(), &theirs, &mine);
    }
    let mut wrong =
        broken(&mine).into_iter().fold(String::new(), |all, one| all + "ours: " + &one + "\n");
    if broken(&theirs).is_empty() {
        wrong += "the original does what ours must: the row is no difference\n";
    }
    story(row, &wrong, &theirs, &mine)
}

/// One comparison of two runs that must be equal.
struct Comparison {
    result: Result<(), String>,
    /// One of them took longer than it should have, or may yet say what it has not.
    late: bool,
}

fn equal(row: &Scenario, pair: &Pair) -> Comparison {
    let mut theirs = play(row, pair.original, &pair.real, PATIENT, |_, _| true);
    let mut wrong = String::new();
    let mut late = false;
    // What a start takes on a busy machine.
    let (grace, patience) = (Duration::from_millis(500), Duration::from_secs(3));
    let mut timed = |whose: &str, run: &Run, latest: Duration| {
        let Some(expected) = row.lasts.map(Duration::from_secs_f64) else { return };
        late |= run.lasted > latest;
        if run.lasted < expected.mul_f64(0.85) || run.lasted > latest {
            let _ = writeln!(wrong, "{whose} lasted {:?}, not {expected:?}", run.lasted);
        }
    };
    let expected = Duration::from_secs_f64(row.lasts.unwrap_or_default()).mul_f64(1.15);
    timed("the original", &theirs, expected + patience);
    theirs.seen.stderr = (pair.original.modern)(&theirs.seen.stderr);
    let modern = if pair.rehearsal { pair.original.modern } else { str::to_owned };
    let mut mine = play(row, pair.original, &pair.ours, PATIENT, |stdout, stderr| {
        theirs.seen.stdout == stdout && theirs.seen.stderr == modern(stderr)
    });
    let latest = expected.max(theirs.lasted) + if pair.rehearsal { patience } else { grace };
    timed("ours", &mine, latest);
    if let Some(vain) = theirs.seen.notes.iter().find(|note| note.starts_with("in vain")) {
        let _ = writeln!(wrong, "the original keeps the row waiting {vain}");
    }
    modernise(pair.original, &mut theirs.seen.received);
    mine.seen.stderr = modern(&mine.seen.stderr);
    if pair.rehearsal {
        modernise(pair.original, &mut mine.seen.received);
    }
    // Of one that runs on, the last words may not have been read yet.
    let said = |run: &Run| (run.seen.stdout.clone(), run.seen.stderr.clone());
    late |= theirs.seen.status.is_none() && said(&theirs) != said(&mine);
    wrong += &unequal(&theirs.seen, &mine.seen);
    Comparison { result: story(row, &wrong, &theirs, &mine), late }
}

fn story(row: &Scenario, wrong: &str, theirs: &Run, mine: &Run) -> Result<(), String> {
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!(
        "── {}: {}\n{wrong}original {}  received {:?} notes {:?}\nours {}  received {:?} notes {:?}\n",
        row.name,
        row.args,
        theirs.report,
        short(&theirs.seen.received),
        theirs.seen.notes,
        mine.report,
        short(&mine.seen.received),
        mine.seen.notes,
    ))
}

fn short(received: &[Vec<u8>]) -> Vec<String> {
    received.iter().map(|bytes| show(bytes)).collect()
}

fn unequal(theirs: &Seen, mine: &Seen) -> String {
    let mut wrong = String::new();
    let mut differ = |what: &str, theirs: &dyn std::fmt::Debug, mine: &dyn std::fmt::Debug| {
        let _ = writeln!(wrong, "{what} differs:\n  original {theirs:?}\n  ours     {mine:?}");
    };
    if theirs.status != mine.status {
        differ("the status", &theirs.status, &mine.status);
    }
    if theirs.stdout != mine.stdout {
        differ("stdout", &show(&theirs.stdout), &show(&mine.stdout));
    }
    if theirs.stderr != mine.stderr {
        differ("stderr", &theirs.stderr, &mine.stderr);
    }
    if theirs.received != mine.received {
        differ("what the other side received", &short(&theirs.received), &short(&mine.received));
    }
    if theirs.notes != mine.notes {
        differ("what the other side noted", &theirs.notes, &mine.notes);
    }
    if theirs.log != mine.log {
        let [theirs, mine] = [theirs, mine].map(|seen| seen.log.as_deref().map(show));
        differ("the file {log}", &theirs, &mine);
    }
    if theirs.kept != mine.kept {
        differ("whether what stood there was kept", &theirs.kept, &mine.kept);
    }
    if theirs.left != mine.left {
        differ("what is left behind", &theirs.left, &mine.left);
    }
    wrong
}

fn unmet(must: Must, run: &Run) -> Option<String> {
    let seen = &run.seen;
    let reached = || seen.received.concat();
    let status = seen.status.as_deref();
    let met = match must {
        Must::Succeed => status == Some("exit 0"),
        // Killed by SIGPIPE is an honest end too.
        Must::Fail => status.is_some_and(|status| status != "exit 0"),
        Must::Status(code) => status == Some(&format!("exit {code}")),
        Must::Stay => status.is_none(),
        Must::Within(latest) => run.lasted <= Duration::from_millis(latest),
        Must::Stdout(_) | Must::StdoutMany(_) | Must::Say(_) => {
            is_said(must, &seen.stdout, &seen.stderr) == Some(true)
        }
        Must::NotSay(text) => !seen.stderr.contains(text),
        Must::Reach(bytes) => reached() == bytes,
        Must::ReachMany(length) => reached() == pattern(length),
        Must::ReachAlso(text) => reached().windows(text.len()).any(|part| part == text.as_bytes()),
        Must::Note(note) => seen.notes.iter().any(|one| one == note),
        Must::Keep => seen.kept,
        Must::CleanUp => seen.left.is_empty(),
    };
    (!met).then(|| format!("unmet: {must:?}"))
}

/// Whether the program has said what it must; `None` if that is not about its words.
fn is_said(must: Must, stdout: &[u8], stderr: &str) -> Option<bool> {
    match must {
        Must::Stdout(bytes) => Some(stdout == bytes),
        Must::StdoutMany(length) => Some(stdout == pattern(length)),
        Must::Say(text) => Some(stderr.to_lowercase().contains(&text.to_lowercase())),
        _ => None,
    }
}

/// Names lead a person to a row.
pub fn have_names_of_their_own(tables: &[&[Scenario]]) {
    let mut names: Vec<&str> =
        tables.iter().flat_map(|rows| rows.iter()).map(|row| row.name).collect();
    let all = names.len();
    names.sort_unstable();
    let twice: Vec<&[&str]> = names.windows(2).filter(|pair| pair[0] == pair[1]).collect();
    assert!(twice.is_empty(), "scenarios share a name: {twice:?}");
    assert!(!names.contains(&""), "a scenario has no name");
    println!("{all} scenarios");
}

/// The part of `docs/differences.md` about this dialect is what the rows say; `NC_BLESS=1` writes it.
pub fn are_documented(dialect: &str, tables: &[&[Scenario]]) {
    // Several parts of one file may be written at once.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _mine = ONE_AT_A_TIME.lock();
    let table = document(tables.iter().flat_map(|rows| rows.iter()));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/differences.md");
    let text = std::fs::read_to_string(path).expect("docs/differences.md");
    let start = format!("<!-- {dialect}: made from the tests -->\n");
    let end = format!("<!-- end of {dialect} -->\n");
    let (head, rest) = text.split_once(&start).expect("the start of the table");
    let (old, tail) = rest.split_once(&end).expect("the end of the table");
    if std::env::var_os("NC_BLESS").is_some() {
        std::fs::write(path, format!("{head}{start}{table}{end}{tail}"))
            .expect("a written document");
    } else {
        assert!(
            old == table,
            "docs/differences.md is not what the rows say: run this with NC_BLESS=1"
        );
    }
}

/// The table of `docs/differences.md`.
fn document<'a>(rows: impl Iterator<Item = &'a Scenario>) -> String {
    let mut text = String::from(
        "| Case | The original | Ours | Why no script depends on the original |\n| --- | --- | --- | --- |\n",
    );
    for row in rows {
        if let Some(differs) = &row.differs {
            for cell in [row.name, differs.original, differs.ours, differs.because] {
                let _ = write!(text, "| {} ", cell.replace('|', "\\|"));
            }
            text.push_str("|\n");
        }
    }
    text
}

/// What was told to the other side, as later versions say it.
fn modernise(original: &Original, received: &mut [Vec<u8>]) {
    for told in received {
        if let Ok(text) = std::str::from_utf8(told) {
            *told = (original.modern)(text).into_bytes();
        }
    }
}
