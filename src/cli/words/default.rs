//! The default face's words for usage errors: one line that names the argument, and one hint at
//! most.

use std::ffi::OsStr;

use super::base_name;
use crate::cli::dialect::DIALECTS;
use crate::cli::number::Problem;
use crate::cli::option::Spelling;
use crate::cli::proxy::BadProxy;
use crate::cli::time::MOST_SECONDS;
use crate::cli::unknown::{Unknown, UnknownName};
use crate::cli::usage_error::{Combination, UsageError};
use crate::proto::escape::{escape, escape_at_most};

/// What is written on standard error.
pub fn words(error: &UsageError, program: &[u8]) -> String {
    let name = escape(base_name(program));
    let (line, hint) = line_and_hint(error);
    match hint {
        Some(hint) => format!("{name}: {line}\n{name}: hint: {hint}\n"),
        None => format!("{name}: {line}\n"),
    }
}

/// What `-c` is elsewhere, and by which name that is asked for here.
const COMMAND_LETTER: &str = "-c CMD runs a shell command here; as a switch it is --ssl (OpenBSD), \
                              -q 0 (GNU) or -C (macOS)";

/// As much of a word of a request is shown, which may be a whole document in JSON.
const REQUEST_WORD_SHOWN: usize = 80;

fn quoted(value: &OsStr) -> String {
    format!("\"{}\"", escape(value.as_encoded_bytes()))
}

fn line_and_hint(error: &UsageError) -> (String, Option<String>) {
    let plain = |line: String| (line, None);
    let hinted = |line: String, hint: &str| (line, Some(hint.to_owned()));
    match error {
        UsageError::NoArguments | UsageError::NoHost | UsageError::Operands => {
            hinted("no host and port given".to_owned(), "nc HOST PORT, nc -l PORT, or nc --help")
        }
        UsageError::UnknownOption(unknown) => unknown_option(unknown),
        UsageError::AmbiguousOption { name, candidates } => plain(format!(
            "option {} could be {}",
            quoted(OsStr::new(&format!("--{name}"))),
            candidates.iter().map(|full| format!("--{full}")).collect::<Vec<_>>().join(" or ")
        )),
        UsageError::Refused(words) => plain((*words).to_owned()),
        UsageError::Help => plain("nc --help".to_owned()),
        UsageError::RefusedValue { before, value, after } => {
            plain(format!("{before}{}{after}", escape(value.as_encoded_bytes())))
        }
        UsageError::MissingValue { option, metavar } => {
            plain(format!("option {option} needs a value: {option} {metavar}"))
        }
        UsageError::UnexpectedValue { option, value } => {
            plain(format!("option {option} takes no value, and {} is one", quoted(value)))
        }
        UsageError::OptionAsValue { option, value } => {
            let attach = match option {
                Spelling::Short(_) => "",
                Spelling::Long(_) => "=",
            };
            let value = escape(value.as_encoded_bytes());
            if *option == Spelling::Short('c') {
                let line = format!("option -c needs a command, and \"{value}\" is an option");
                return hinted(line, COMMAND_LETTER);
            }
            hinted(
                format!("option {option} needs a value, and \"{value}\" is an option"),
                &format!("if it is the value all the same: {option}{attach}{value}"),
            )
        }
        UsageError::BadNumber { option, value, problem, least, most, .. } => {
            let value = quoted(value);
            plain(match problem {
                Problem::Invalid => {
                    format!("option {option}: {value} is not a number ({least} to {most})")
                }
                Problem::TooSmall => format!("option {option}: {value} is less than {least}"),
                Problem::TooLarge => format!("option {option}: {value} is more than {most}"),
            })
        }
        UsageError::BadTime { option, value, problem, .. } => {
            let value = quoted(value);
            plain(match problem {
                Problem::Invalid => {
                    format!("option {option}: {value} is not a time (try 5, 1.5 or 500ms)")
                }
                Problem::TooSmall => format!("option {option}: {value} is less than nothing"),
                Problem::TooLarge => {
                    format!("option {option}: {value} is more than {MOST_SECONDS} seconds")
                }
            })
        }
        UsageError::BadRate { option, value, problem } => {
            let value = quoted(value);
            match problem {
                Problem::Invalid => hinted(
                    format!("option {option}: {value} is not a rate"),
                    "bytes a second: 2000, 500k, 2M, 2Mi",
                ),
                Problem::TooSmall => {
                    plain(format!("option {option}: {value} would let nothing through"))
                }
                Problem::TooLarge => plain(format!("option {option}: {value} is too much")),
            }
        }
        UsageError::IntervalWithUnit { value } => (
            format!("option -i: {} has a unit, and -i takes plain seconds", quoted(value)),
            Some(
                "-i is the pause between lines (--interval takes units); to leave when idle use \
                 --idle-timeout or -w"
                    .to_owned(),
            ),
        ),
        UsageError::BadTos { option, value } => hinted(
            format!("option {option}: {} is no type of service", quoted(value)),
            "a word such as lowdelay, af11 or ef, a number up to 255, or 0x10",
        ),
        UsageError::BadProxyKind { option, value } => hinted(
            format!("option {option}: no proxy speaks {}", quoted(value)),
            "4, 4a, 5 or connect",
        ),
        UsageError::BadWord { option, value, words } => {
            plain(format!("option {option}: {} is not {}", quoted(value), words.join(" or ")))
        }
        UsageError::NoRoutingTables => {
            plain("option -V: this system has no routing tables to choose from".to_owned())
        }
        UsageError::BadProxy { option, value, bad } => plain(bad_proxy(*option, value, bad)),
        UsageError::ProxyLikeFile { value } => hinted(
            format!("option -x: {} is no proxy", quoted(value)),
            "-x names a proxy here; Ncat's hex dump is --hex-dump FILE",
        ),
        UsageError::EmptyHost => plain("the host is empty".to_owned()),
        UsageError::MissingPort { host, listen } => missing_port(host.as_deref(), *listen),
        UsageError::MissingPath { listen: true } => plain("option -U: no path to listen on".into()),
        UsageError::MissingPath { listen: false } => {
            plain("option -U: no path to connect to".into())
        }
        UsageError::ExtraOperand { value } => {
            plain(format!("{} is one argument too many", quoted(value)))
        }
        UsageError::BadPort { argument, bad, clash } => {
            let part = quoted(&bad.part);
            let line = match bad.problem {
                Problem::Invalid if bad.part == *argument => {
                    format!("port {part}: no number, range or known service")
                }
                Problem::Invalid => {
                    format!("port {}: {part} is not a number", quoted(argument))
                }
                Problem::TooSmall => format!("port {}: {part} is less than 1", quoted(argument)),
                Problem::TooLarge => {
                    format!("port {}: {part} is more than 65535", quoted(argument))
                }
            };
            (line, clash.map(|clash| clash.hint.to_owned()))
        }
        UsageError::BadLocalPort { option, value, problem } => {
            let what = match option {
                Some(option) => format!("option {option}"),
                None => "port to listen on".to_owned(),
            };
            let value = quoted(value);
            plain(match problem {
                Problem::Invalid => {
                    format!("{what}: {value} is no port (0 to 65535, or a service)")
                }
                Problem::TooSmall => format!("{what}: {value} is less than 0"),
                Problem::TooLarge => format!("{what}: {value} is more than 65535"),
            })
        }
        UsageError::SeveralPorts { first, second: Some(second) } => {
            let (first, second) = (quoted(first), quoted(second));
            plain(format!("a listener has one port, and {first} and {second} are two"))
        }
        UsageError::SeveralPorts { first, second: None } => {
            plain(format!("a listener has one port, and {} are several", quoted(first)))
        }
        UsageError::SeveralAddresses { first, second } => {
            let (first, second) = (quoted(first), quoted(second));
            plain(format!("a listener has one address, and {first} and {second} are two"))
        }
        UsageError::Exclusive { first, second, why } => {
            plain(format!("{first} and {second} do not go together: {why}"))
        }
        UsageError::Needs { option, needed } => {
            plain(format!("option {option} says nothing without {needed}"))
        }
        UsageError::MinTtlOrClients => hinted(
            "option -m is ambiguous with -l and -k".to_owned(),
            "--max-conns N limits the clients; --min-ttl N is the least TTL let in",
        ),
        UsageError::NotFor { option, purpose } => {
            plain(format!("option {option} is not for {purpose}"))
        }
        UsageError::BadRequest { value, problem } => {
            let word = escape_at_most(value.as_encoded_bytes(), REQUEST_WORD_SHOWN);
            plain(format!("request: \"{word}\": {}", escape(problem.to_string().as_bytes())))
        }
        UsageError::BadLabAddress { value: Some(value) } => hinted(
            format!("practice server: {} is no [ADDR:]PORT", quoted(value)),
            "nc serve --lab http 8000",
        ),
        UsageError::BadLabAddress { value: None } => {
            hinted("practice server: no port given".to_owned(), "nc serve --lab http 8000")
        }
        UsageError::AfterVersion(error) => line_and_hint(error),
        UsageError::InNcOptions(error) => {
            let (line, hint) = line_and_hint(error);
            (format!("in NC_OPTIONS: {line}"), hint)
        }
        UsageError::Combination(combination) => plain(self::combination(*combination).to_owned()),
        UsageError::EmptyCommand { option } => {
            plain(format!("option {option}: there is no command in it"))
        }
        UsageError::CommandLeavesNoHost { option, value } => hinted(
            format!(
                "option {option} took {} as a command, and no host and port are left",
                quoted(value)
            ),
            COMMAND_LETTER,
        ),
        UsageError::NotBuilt { option, what } => {
            plain(format!("option {option} is for {what}, and nc is built without {what}"))
        }
        UsageError::UserOfWhichProxy { option } => hinted(
            format!("option {option} does not say for which of the proxies"),
            "--proxy socks5://USER:PASS@HOST:PORT says it for each",
        ),
        UsageError::NoTunnelTarget { option, value } => hinted(
            format!("option {option}: {} is no HOST:PORT", quoted(value)),
            "-l PORT -L HOST:PORT forwards a port; toybox's -L CMD is -lk -e CMD",
        ),
        UsageError::UnknownDialect { source, name } => {
            let known: Vec<&str> = DIALECTS.iter().map(|dialect| dialect.name).collect();
            let (name, known) = (quoted(name), known.join(", "));
            plain(format!("{source}: there is no dialect {name}; there are: {known}"))
        }
    }
}

fn unknown_option(unknown: &Unknown) -> (String, Option<String>) {
    let name = match &unknown.name {
        UnknownName::Letter(letter) => format!("-{}", escape(letter.to_string().as_bytes())),
        UnknownName::Name(name) => format!("--{}", escape(name.as_bytes())),
    };
    match (unknown.elsewhere, &unknown.nearest) {
        (Some(row), _) => {
            let line = format!("option {name}: elsewhere it {}; not in this version", row.meaning);
            (line, row.instead.map(str::to_owned))
        }
        (None, Some(nearest)) => {
            (format!("unknown option {name}"), Some(format!("did you mean {nearest}?")))
        }
        (None, None) => {
            (format!("unknown option {name}"), Some("nc --help=all shows every option".to_owned()))
        }
    }
}

fn bad_proxy(option: Spelling, value: &OsStr, bad: &BadProxy) -> String {
    let value = quoted(value);
    match bad {
        BadProxy::NoHost => format!("option {option}: {value} has no host"),
        BadProxy::NoBracket => format!("option {option}: {value} lacks the closing bracket"),
        BadProxy::Garbage => format!("option {option}: {value} has no :PORT behind the bracket"),
        BadProxy::Port { port, .. } => {
            format!("option {option}: {value}: {} is no port", quoted(port))
        }
    }
}

fn missing_port(host: Option<&OsStr>, listen: bool) -> (String, Option<String>) {
    let Some(host) = host else {
        let hint = "nc -l PORT, or nc -l 0 for any free port";
        return ("no port to listen on".to_owned(), Some(hint.to_owned()));
    };
    let shown = escape(host.as_encoded_bytes());
    let hint = if listen {
        Some(format!("nc -l {shown} PORT"))
    } else {
        host_and_port(host)
            .map(|(host, port)| {
                format!("nc {} {}", escape(host.as_bytes()), escape(port.as_bytes()))
            })
            .or_else(|| of_address(host))
    };
    let line = if listen {
        format!("\"{shown}\" is no port to listen on")
    } else {
        format!("no port given for \"{shown}\"")
    };
    (line, hint)
}

/// What comes nearest to a browser's address.
fn of_address(address: &OsStr) -> Option<String> {
    let (scheme, rest) = address.to_str()?.split_once("://")?;
    let place = rest.split('/').next().filter(|place| !place.is_empty())?;
    let (host, port) = host_and_port(OsStr::new(place)).unzip();
    let host = escape(host.unwrap_or(place).as_bytes());
    match scheme {
        "https" => Some(format!("nc tls://{host}:{}", port.unwrap_or("443"))),
        "http" => Some(format!("nc {host} {}", port.unwrap_or("80"))),
        _ => Some(format!("nc {host} {}", port.unwrap_or("PORT"))),
    }
}

/// `HOST:PORT`, as other programs take it.
fn host_and_port(host: &OsStr) -> Option<(&str, &str)> {
    let (host, port) = host.to_str()?.rsplit_once(':')?;
    let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    (is_port && !host.is_empty() && !host.contains(':')).then_some((host, port))
}

fn combination(combination: Combination) -> &'static str {
    match combination {
        Combination::DccpUnix => "-Z and -U do not go together",
        Combination::PortWithUnix => "a Unix socket has no port",
        Combination::ScanListen => "-z and -l do not go together",
        Combination::KeepOpenAlone => "-k goes with -l",
        Combination::PassSocketUnix => "-F and -U do not go together",
        Combination::ProxyUdp => "a proxy carries no UDP",
        Combination::ProxyDccp => "a proxy carries no DCCP",
        Combination::ProxyListen => "a proxy is for connecting, not for listening",
        Combination::ProxyUnix => "there is no proxy to a Unix socket",
        Combination::ProxySource => "-x and -s do not go together",
    }
}
