//! Values that Ncat reads by itself, in the order of argv, so that the first mistake is told.

use std::ffi::{OsStr, OsString};
use std::num::NonZeroUsize;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;
use std::time::Duration;

use crate::cli::number::{Problem, decimal, digits};
use crate::cli::option::{Id, Spelling};
use crate::cli::settings::{Settings, timed};
use crate::cli::time::TimeStyle;
use crate::cli::usage_error::{Quantity, UsageError};
use crate::plan::{Access, AccessSource, Attached, Command, Host, Program, ProgramErrors};
use crate::proto::command_line;

/// The most hosts of a source route.
const MOST_HOPS: usize = 8;

/// What the original can wait with on Linux.
const ENGINES: &[&str] = &["epoll", "poll", "select"];

/// What was read.
#[derive(Debug, Clone)]
pub struct Values {
    /// `-d`
    pub delay: Option<Duration>,
    /// `-g`
    pub hops: Vec<Host>,
    /// `-G`
    pub pointer: u8,
    /// `-m`
    pub most_clients: Option<NonZeroUsize>,
    /// `-e`, `-c`, `--lua-exec`
    pub program: Option<Program>,
    /// `--proxy-dns`
    pub proxy_dns: ProxyDns,
    /// `--allow` and the like
    pub access: Access,
    /// `-p`; beyond 65535 only for virtual machines.
    pub port: Option<u32>,
}

impl Values {
    /// Own port of a client; 0 is any.
    pub fn own_port(&self) -> Option<u16> {
        self.port.and_then(|port| u16::try_from(port).ok()).filter(|&port| port != 0)
    }
}

/// Who looks up the name behind a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyDns {
    /// Nobody.
    None,
    /// We.
    Local,
    /// The proxy.
    Remote,
    /// We, and the proxy what we do not find.
    Both,
}

/// Reads them.
pub fn read(settings: &Settings) -> Result<Values, UsageError> {
    let mut values = Values {
        delay: None,
        hops: Vec::new(),
        pointer: 4,
        most_clients: None,
        program: None,
        proxy_dns: ProxyDns::Remote,
        access: Access::default(),
        port: None,
    };
    for (id, value) in settings.all_words() {
        values.take(id, value)?;
    }
    only_once(settings)?;
    values.port =
        settings.source_port.as_deref().map(|port| own_port(settings, port)).transpose()?;
    Ok(values)
}

impl Values {
    fn take(&mut self, id: Id, value: &OsString) -> Result<(), UsageError> {
        match id {
            Id::Delay => {
                let option = Spelling::Short('d');
                self.delay = Some(timed(TimeStyle::Ncat, Quantity::Delay, option, value)?);
            }
            Id::SourceRoute => {
                let hops = value.as_bytes().split(|&byte| byte == b',');
                let hops = hops.filter(|hop| !hop.is_empty());
                self.hops.extend(hops.map(|hop| Host(OsStr::from_bytes(hop).to_owned())));
                if self.hops.len() > MOST_HOPS {
                    return Err(UsageError::Refused("Sorry, you gave too many source route hops."));
                }
            }
            Id::SourceRoutePointer => {
                let pointer = decimal(value, 4, 28).ok().filter(|pointer| pointer % 4 == 0);
                self.pointer = pointer
                    .and_then(|pointer| u8::try_from(pointer).ok())
                    .ok_or_else(|| refused("Invalid source-route hop pointer ", value, "."))?;
            }
            Id::MostClients => {
                let most = decimal(value, 1, i64::from(i32::MAX)).ok();
                let most = most.and_then(|most| usize::try_from(most).ok());
                self.most_clients =
                    Some(most.and_then(NonZeroUsize::new).ok_or_else(|| {
                        refused("Invalid number of connections \"", value, "\".")
                    })?);
            }
            Id::Exec | Id::ShellExec | Id::LuaExec => {
                if self.program.is_some() {
                    return Err(UsageError::Refused(
                        "Only one of --exec, --sh-exec, and --lua-exec is allowed.",
                    ));
                }
                self.program = Some(program(id, value)?);
            }
            Id::ProxyDns => {
                let known = [
                    ("none", ProxyDns::None),
                    ("local", ProxyDns::Local),
                    ("remote", ProxyDns::Remote),
                    ("both", ProxyDns::Both),
                ];
                let found = known.iter().find(|(word, _)| value == word);
                self.proxy_dns = found.ok_or(UsageError::Refused("Invalid proxy DNS type."))?.1;
            }
            Id::Allow => self.access.allow.push(AccessSource::List(value.clone())),
            Id::AllowFile => self.access.allow.push(AccessSource::File(PathBuf::from(value))),
            Id::Deny => self.access.deny.push(AccessSource::List(value.clone())),
            Id::DenyFile => self.access.deny.push(AccessSource::File(PathBuf::from(value))),
            Id::Ignored if !ENGINES.iter().any(|engine| value == engine) => {
                return Err(refused("Unknown or non-available engine: ", value, "."));
            }
            Id::NotYet => {
                return Err(UsageError::Refused("--lua-exec-internal is not for users."));
            }
            _ => {}
        }
        Ok(())
    }
}

fn program(id: Id, value: &OsString) -> Result<Program, UsageError> {
    let command = match id {
        Id::ShellExec => Command::Shell(value.clone()),
        Id::LuaExec => Command::Lua(PathBuf::from(value)),
        _ => {
            let words = command_line::exec(value.as_bytes());
            if words.first().is_none_or(Vec::is_empty) {
                return Err(UsageError::Refused("There is no command to execute."));
            }
            let argv = words.into_iter().map(OsString::from_vec).collect();
            Command::Argv { argv, search: false }
        }
    };
    Ok(Program {
        command,
        attached: Attached::Pipes,
        errors: ProgramErrors::Ours,
        ncat_environment: true,
        gives_status: false,
    })
}

fn only_once(settings: &Settings) -> Result<(), UsageError> {
    let rows = [
        (Id::Proxy, "You can't specify more than one --proxy."),
        (Id::ProxyKind, "You can't specify more than one --proxy-type."),
        (Id::ProxyAuth, "You can't specify more than one --proxy-auth."),
    ];
    if let Some((_, sentence)) = rows.iter().find(|(id, _)| settings.count(*id) > 1) {
        return Err(UsageError::Refused(sentence));
    }
    let trust = settings.given().filter(|(_, name)| *name == Spelling::Long("ssl-trustfile"));
    if trust.count() > 1 {
        return Err(UsageError::Refused("The --ssl-trustfile option may be given only once."));
    }
    Ok(())
}

fn own_port(settings: &Settings, value: &OsStr) -> Result<u32, UsageError> {
    let most = if settings.has(Id::Vsock) { u32::MAX } else { u32::from(u16::MAX) };
    match decimal(value, 0, i64::from(most)) {
        Ok(port) => u32::try_from(port).map_err(|_| refused("Invalid source port ", value, ".")),
        Err(Problem::Invalid) => Err(refused("Invalid source port number \"", value, "\".")),
        Err(Problem::TooSmall | Problem::TooLarge) => {
            Err(refused("Invalid source port ", value, "."))
        }
    }
}

/// Whether an operand is a port rather than a host.
pub fn is_port(value: &OsStr) -> bool {
    value.is_empty() || !matches!(digits(value.as_bytes(), 10), Err(Problem::Invalid))
}

/// A sentence with a value in it.
pub fn refused(before: &'static str, value: &OsStr, after: &'static str) -> UsageError {
    UsageError::RefusedValue { before, value: value.to_owned(), after }
}
