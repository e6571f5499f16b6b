//! The `openbsd` dialect beside the program it follows: every scenario of the tables is played with
//! the real `nc.openbsd` and with ours, both called by that name, and what was seen must be equal:
//! stdout, stderr (ports and paths replaced by names), exit status, and what the other side received.
//! Where ours deliberately does something else, the row says what and why, and
//! `docs/differences.md` lists it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod actors;
#[path = "../common/mod.rs"]
mod common;
mod judge;
mod normal;
mod pass_descriptor;
mod rows;
mod scenario;
mod stage;

use std::net::TcpListener;
use std::panic;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use common::{may_skip, under_test};
use scenario::{Family, Other, Scenario};

const REAL: &str = "/usr/bin/nc.openbsd";

/// Whether there is an original to compare with; where all tests must run, there has to be.
fn original_is_here() -> bool {
    let here = Path::new(REAL).exists();
    if !here {
        assert!(may_skip(), "nc.openbsd is not installed, and CI must run this");
        println!("skipped: nc.openbsd is not installed");
    }
    here
}

/// Plays a table, all rows, and then fails with every row that did not hold.
fn hold(rows: &[Scenario]) {
    if !Path::new(REAL).exists() {
        assert!(may_skip(), "nc.openbsd is not installed, and CI must run this");
        println!("skipped: nc.openbsd is not installed");
        return;
    }
    let ours = under_test(env!("CARGO_BIN_EXE_nc"));
    let wanted = std::env::var("NC_SCENARIO").unwrap_or_default();
    let ipv6 = TcpListener::bind("[::1]:0").is_ok();
    let (chosen, unplayable): (Vec<&Scenario>, Vec<_>) =
        rows.iter().filter(|row| row.name.contains(&wanted)).partition(|row| {
            ipv6 || !matches!(row.other, Other::Listens(Family::Tcp6) | Other::Calls(Family::Tcp6))
        });
    for row in unplayable {
        println!("skipped: {}: there is no ::1 here", row.name);
    }
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    // Most rows wait for something, few of them compute.
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(row) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // A row that cannot even be played is told with the others.
                    let judged = panic::catch_unwind(|| judge::judge(row, Path::new(REAL), &ours));
                    let story = match judged {
                        Ok(Ok(())) => continue,
                        Ok(Err(story)) => story,
                        Err(panic) => {
                            let said = panic.downcast_ref::<String>().cloned().unwrap_or_default();
                            format!("── {}: nc.openbsd {}\n{said}", row.name, row.args)
                        }
                    };
                    failures.lock().unwrap().push(story);
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(
        failures.is_empty(),
        "{} of {} scenarios do not hold:\n\n{}",
        failures.len(),
        chosen.len(),
        failures.join("\n")
    );
}

macro_rules! tables {
    ($($table:ident),* $(,)?) => {
        $(#[test] fn $table() { hold(rows::$table::ROWS); })*

        /// Every table, for the checks over all of them.
        const TABLES: &[&[Scenario]] = &[$(rows::$table::ROWS),*];
    };
}

tables!(
    arguments,
    connect,
    datagrams,
    end_of_input,
    keep_open,
    listen,
    lost_data,
    numbers,
    peer_first,
    proxy,
    scan,
    unix,
);

#[test]
fn every_scenario_has_its_own_name() {
    let mut names: Vec<&str> =
        TABLES.iter().flat_map(|rows| rows.iter()).map(|row| row.name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "two scenarios share a name");
    assert!(!names.contains(&""), "a scenario has no name");
}

#[test]
fn the_differences_are_documented() {
    let rows = TABLES.iter().flat_map(|rows| rows.iter());
    let table = judge::document(rows);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/differences.md");
    let text = std::fs::read_to_string(path).expect("docs/differences.md");
    let (start, end) = ("<!-- openbsd: made from the tests -->\n", "<!-- end of openbsd -->\n");
    let (head, rest) = text.split_once(start).expect("the start of the table");
    let (old, tail) = rest.split_once(end).expect("the end of the table");
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
