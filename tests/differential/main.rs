//! Each dialect beside the program it follows: every scenario of the tables is played with the real
//! program and with ours, both called by the same name, and what was seen must be equal: stdout,
//! stderr (ports, paths and versions replaced by names), exit status, and what the other side
//! received. Where ours deliberately does something else, the row says what and why, and
//! `docs/differences.md` lists it.
//!
//! A dialect whose original is not installed, or that ours does not list in `nc --version`, is
//! skipped aloud. With `NC_UNDER_TEST` set to one of the originals that one is rehearsed: it has
//! to be its own equal in every row, and to be caught in every difference.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod actors;
#[path = "../common/mod.rs"]
mod common;
mod judge;
mod modern;
mod normal;
mod original;
mod pass_descriptor;
mod rows;
mod scenario;
mod stage;
mod words;

use std::net::TcpListener;
use std::panic;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use original::Original;
use scenario::{Family, Other, Scenario};

/// Plays a table, all rows, and then fails with every row that did not hold.
fn hold(original: &'static Original, rows: &[Scenario]) {
    let pair = match original.beside_ours() {
        Ok(pair) => pair,
        Err(why) => {
            println!("skipped: {why}");
            return;
        }
    };
    let wanted = std::env::var("NC_SCENARIO").unwrap_or_default();
    let ipv6 = TcpListener::bind("[::1]:0").is_ok();
    let mut chosen: Vec<&Scenario> = Vec::new();
    for row in rows.iter().filter(|row| row.name.contains(&wanted)) {
        let needs_ipv6 =
            matches!(row.other, Other::Listens(Family::Tcp6) | Other::Calls(Family::Tcp6));
        if needs_ipv6 && !ipv6 {
            println!("skipped: {}: there is no ::1 here", row.name);
        } else if row.before.zip(pair.version).is_some_and(|(before, version)| version >= before) {
            println!("skipped: {}: the original is of a later version", row.name);
        } else {
            chosen.push(row);
        }
    }
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    // Most rows wait for something, few of them compute.
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(row) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // A row that cannot even be played is told with the others.
                    let judged = panic::catch_unwind(|| judge::judge(row, &pair));
                    let story = match judged {
                        Ok(Ok(())) => continue,
                        Ok(Err(story)) => story,
                        Err(panic) => {
                            let said = panic.downcast_ref::<String>().cloned().unwrap_or_default();
                            format!("── {}: {} {}\n{said}", row.name, original.argv0, row.args)
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

/// The tests of one original: one for each table, so that they run beside each other.
macro_rules! tables {
    ($dialect:ident, $original:ident: $($table:ident),* $(,)?) => {
        mod $dialect {
            use crate::original::$original;
            use crate::rows::$dialect as rows;
            use crate::scenario::Scenario;

            $(#[test] fn $table() { crate::hold(&$original, rows::$table::ROWS); })*

            /// Every table, for the checks over all of them.
            const TABLES: &[&[Scenario]] = &[$(rows::$table::ROWS),*];

            #[test]
            fn every_scenario_has_its_own_name() {
                crate::judge::have_names_of_their_own(TABLES);
            }

            #[test]
            fn the_differences_are_documented() {
                crate::judge::are_documented($original.dialect, TABLES);
            }
        }
    };
}

tables!(openbsd, OPENBSD:
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

tables!(ncat, NCAT:
    access,
    arguments,
    chat,
    connect,
    datagrams,
    dumps,
    end_of_input,
    exec,
    keep_open,
    listen,
    lost_data,
    peer_first,
    proxy_client,
    proxy_server,
    socks,
    tls,
    unix,
);

tables!(traditional, TRADITIONAL:
    arguments,
    connect,
    datagrams,
    end_of_input,
    exec,
    listen,
    lost_data,
    scan,
);

tables!(busybox_small, BUSYBOX_SMALL:
    arguments,
    stream,
);

tables!(toybox, TOYBOX:
    arguments,
    stream,
);
