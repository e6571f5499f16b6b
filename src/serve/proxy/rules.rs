//! Reads the rules of a plan about who is let in, and looks their names up.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use crate::event::Error;
use crate::net::lookup;
use crate::plan::{Access, AccessSource, Family, Host};
use crate::proto::access::{self, Rule, Rules};

/// All rules; one that cannot be understood is an error.
pub async fn read(plan: &Access, numeric: bool) -> Result<Rules, Error> {
    let allow = match &plan.allow[..] {
        [] => None,
        sources => Some(of(sources, numeric).await?),
    };
    Ok(Rules { allow, deny: of(&plan.deny, numeric).await? })
}

async fn of(sources: &[AccessSource], numeric: bool) -> Result<Vec<Rule>, Error> {
    let mut rules = Vec::new();
    for source in sources {
        let (file, read) = match source {
            AccessSource::List(text) => (None, access::list(text.as_bytes())),
            AccessSource::File(path) => {
                let content = std::fs::read(path)
                    .map_err(|error| broken(Some(path), Vec::new(), &error.to_string()))?;
                (Some(path.as_path()), access::file(&content))
            }
        };
        let read = read.map_err(|(place, error)| {
            broken(file, Vec::new(), &format!("number {place}: {error}"))
        })?;
        for rule in read {
            let Some(name) = rule.name().map(|name| name.as_bytes().to_vec()) else {
                rules.push(rule);
                continue;
            };
            let host = Host(OsString::from_vec(name.clone()));
            let found = lookup::lookup(&host, 0, Family::Any, numeric).await?;
            let addresses: Vec<_> = found.iter().map(SocketAddr::ip).collect();
            let rule = rule.resolved(&addresses);
            rules.push(rule.map_err(|error| broken(file, name, &error.to_string()))?);
        }
    }
    Ok(rules)
}

fn broken(file: Option<&Path>, rule: Vec<u8>, reason: &str) -> Error {
    Error::Access { file: file.map(Path::to_owned), rule, reason: reason.to_owned() }
}
