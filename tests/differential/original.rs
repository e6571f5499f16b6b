//! The programs that ours is compared with: where they are, how they are called, whether the program
//! under test speaks their dialect.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::common::{may_skip, under_test};
use crate::modern;

/// A real netcat.
pub struct Original {
    /// The dialect of ours that follows it; also the name of its part of `docs/differences.md`.
    pub dialect: &'static str,
    /// Where it may be installed.
    pub places: &'static [&'static str],
    /// The name that both are called by.
    pub argv0: &'static str,
    /// The first argument, where one program has many faces.
    pub applet: Option<&'static str>,
    /// What the environment says to ours where the name does not choose the dialect.
    pub env: &'static [(&'static str, &'static str)],
    /// What its own help must contain, and must not, to be the program that the rows know.
    pub help: Help,
    /// What a listener's own line on stderr starts with, where it names a port that the kernel chose.
    pub listening: &'static [&'static str],
    /// What a line starts with from which on the usage is told: which options there are, each program
    /// says in its own words. Nothing: the usage is compared too.
    pub usage: &'static [&'static str],
    /// Where ours follows a newer version than the one that may be installed: how the words of the
    /// older one are brought up to date before they are compared.
    pub modern: fn(&str) -> String,
    /// What stands before the number of its version in what it says of itself.
    pub version: &'static str,
}

/// How a program is told from another one of the same name.
pub struct Help {
    pub args: &'static [&'static str],
    pub has: &'static str,
    pub has_not: &'static str,
}

const UNMISTAKABLE: Help = Help { args: &[], has: "", has_not: "" };

pub const OPENBSD: Original = Original {
    dialect: "openbsd",
    places: &["/usr/bin/nc.openbsd", "/bin/nc.openbsd"],
    argv0: "nc.openbsd",
    applet: None,
    env: &[],
    help: UNMISTAKABLE,
    listening: &["Listening on ", "Bound on "],
    usage: &[],
    modern: str::to_owned,
    version: "",
};

pub const NCAT: Original = Original {
    dialect: "ncat",
    places: &["/usr/bin/ncat"],
    argv0: "ncat",
    applet: None,
    env: &[],
    help: UNMISTAKABLE,
    listening: &[],
    usage: &["Ncat {version} (", "Usage: ncat"],
    modern: modern::ncat,
    version: "Ncat: Version ",
};

pub const TRADITIONAL: Original = Original {
    dialect: "traditional",
    places: &["/usr/bin/nc.traditional", "/bin/nc.traditional"],
    argv0: "nc.traditional",
    applet: None,
    env: &[],
    help: UNMISTAKABLE,
    listening: &["listening on "],
    usage: &["[v", "connect to somewhere:"],
    modern: str::to_owned,
    version: "",
};

pub const BUSYBOX_SMALL: Original = Original {
    dialect: "busybox-small",
    places: &["/usr/bin/busybox", "/bin/busybox"],
    argv0: "busybox",
    applet: Some("nc"),
    env: &[("NC_DIALECT", "busybox-small")],
    help: Help { args: &["nc", "--help"], has: "Usage: nc", has_not: "-v" },
    listening: &[],
    usage: &["BusyBox v", "nc (netcat) ", "Usage: nc"],
    modern: str::to_owned,
    version: "",
};

pub const TOYBOX: Original = Original {
    dialect: "toybox",
    places: &["/usr/bin/toybox", "/bin/toybox"],
    argv0: "toybox",
    applet: Some("nc"),
    env: &[],
    help: Help { args: &["--version"], has: "toybox 0.8", has_not: "BusyBox" },
    listening: &[],
    usage: &["Toybox ", "nc (netcat) ", "usage: n"],
    modern: str::to_owned,
    version: "",
};

/// All of them.
pub const ORIGINALS: &[&Original] = &[&OPENBSD, &NCAT, &TRADITIONAL, &BUSYBOX_SMALL, &TOYBOX];

/// The two programs of a comparison.
pub struct Pair {
    pub original: &'static Original,
    pub real: PathBuf,
    pub ours: PathBuf,
    /// The original stands in our place, to try the rows out.
    pub rehearsal: bool,
    /// Which version of the original this is, where that matters.
    pub version: Option<(u32, u32)>,
}

impl Original {
    /// Both programs; the error is why there is nothing to compare.
    pub fn beside_ours(&'static self) -> Result<Pair, String> {
        let real = self.installed();
        let ours = under_test(env!("CARGO_BIN_EXE_nc"));
        let rehearsed = ORIGINALS.iter().find(|other| other.is(&ours));
        if let Some(other) = rehearsed {
            return match real {
                Some(real) if other.dialect == self.dialect => {
                    let version = self.version_of(&real);
                    Ok(Pair { original: self, real, ours, rehearsal: true, version })
                }
                _ => Err(format!("{} is under test", other.dialect)),
            };
        }
        let Some(real) = real else {
            let why = format!("the original of the dialect {} is not installed", self.dialect);
            assert!(may_skip(), "{why}, and CI must run this");
            return Err(why);
        };
        if !self.is_spoken_by(&ours) {
            return Err(format!("nc has no dialect {}", self.dialect));
        }
        let version = self.version_of(&real);
        Ok(Pair { original: self, real, ours, rehearsal: false, version })
    }

    fn version_of(&self, real: &Path) -> Option<(u32, u32)> {
        if self.version.is_empty() {
            return None;
        }
        let text = said(real, &["--version"])?;
        let (_, behind) = text.split_once(self.version)?;
        let (major, minor) = behind.split_whitespace().next()?.split_once('.')?;
        let minor = minor.split(|c: char| !c.is_ascii_digit()).next()?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    }

    fn installed(&self) -> Option<PathBuf> {
        self.places.iter().map(PathBuf::from).find(|place| place.exists() && self.is_known(place))
    }

    fn is(&self, program: &Path) -> bool {
        let real = |path: &Path| path.canonicalize().ok();
        self.installed().is_some_and(|place| real(&place) == real(program))
    }

    fn is_known(&self, place: &Path) -> bool {
        if self.help.has.is_empty() {
            return true;
        }
        said(place, self.help.args)
            .is_some_and(|text| text.contains(self.help.has) && !text.contains(self.help.has_not))
    }

    /// What ours says of itself decides, so that the rows of a dialect run as soon as it is there.
    fn is_spoken_by(&self, ours: &Path) -> bool {
        let text = said(ours, &["--version"]).unwrap_or_default();
        let dialects = text.lines().find_map(|line| line.strip_prefix("dialects: "));
        dialects.is_some_and(|names| names.split(' ').any(|name| name == self.dialect))
    }
}

fn said(program: &Path, args: &[&str]) -> Option<String> {
    let done = Command::new(program).args(args).env_clear().stdin(Stdio::null()).output().ok()?;
    Some(String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned())
}
