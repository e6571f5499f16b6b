//! `nc http`: the word before an address to which a request is sent.
//!
//! `http [METHOD] ADDRESS [ITEM ...]`, and with `-U` a socket's path before the address. It is a word
//! only where what follows can be no port, so that a host of that name stays in reach; `nc -- http 80`
//! is always the host.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use super::lint::lint;
use super::word::{HTTP, is_port};
use super::{Operands, dial, refuse_clashes, session, tls, unix_kind, vsock};
use crate::cli::clash;
use crate::cli::option::{Id, Spelling};
use crate::cli::port::{Services, single};
use crate::cli::settings::Settings;
use crate::cli::to_plan::dial::local_dial;
use crate::cli::to_plan::exclusive;
use crate::cli::to_plan::listen::unbracketed;
use crate::cli::usage_error::UsageError;
use crate::plan::{
    AfterInput, Connect, Dial, Host, Inet, Plan, PortList, PortRange, Remote, Request, Session,
    TlsClient, Transport, UnixName,
};
use crate::proto::http_request::{Body, Item, Place, Problem, Scheme, is_method};
use crate::proto::lint::{AnswerTo, LintKind};

/// What `Host` says where a socket's path is all there is.
const LOCAL: &[u8] = b"localhost";

/// The operands behind the word, where it is one.
pub fn asked<'a>(
    settings: &Settings,
    operands: &'a Operands,
    services: Services<'_>,
) -> Result<Option<&'a [OsString]>, UsageError> {
    HTTP.behind(settings, operands, |behind| match behind {
        behind if settings.has(Id::Unix) => !behind.is_empty(),
        [next, ..] => !is_port(next, services),
        [] => false,
    })
}

/// Sends a request, or writes it on standard output.
pub fn plan(
    settings: &Settings,
    operands: &[OsString],
    services: Services<'_>,
) -> Result<Plan, UsageError> {
    HTTP.refuse_others(settings)?;
    exclusive::refuse(settings)?;
    refuse_clashes(settings)?;
    let words = Words::of(settings, operands)?;
    let place =
        Place::parse(words.place.as_bytes()).map_err(|problem| bad(words.place, problem))?;
    let (remote, dial, authority) = match words.socket {
        Some(socket) => unix(settings, socket, &place, words.place, services)?,
        None if settings.has(Id::Vsock) => machine(settings, &place, words.place)?,
        None => inet(settings, &place, words.place, services)?,
    };
    let request = request(settings, &words, authority, place.target)?;
    if settings.has(Id::DryRun) {
        return Ok(Plan::Compose(request));
    }
    Ok(Plan::Connect(Connect {
        dial,
        session: Session {
            // some servers take a half-close for a client that has left
            after_input: AfterInput::StayOpen,
            idle_is_failure: true,
            wants_answer: Some(AnswerTo::method(&request.method)),
            // what `NC_OPTIONS` has for what is typed is not for a request that is counted already
            crlf: false,
            escapes: false,
            fill: false,
            telnet: None,
            show_peer: true,
            receive_limit: None,
            edit: None,
            lint: reads_along(settings)?,
            ..session(settings)?
        },
        request: Some(request),
        ..Connect::new(remote)
    }))
}

/// Who reads along: nobody but who knows HTTP.
fn reads_along(settings: &Settings) -> Result<Option<LintKind>, UsageError> {
    match lint(settings)? {
        Some(LintKind::Smtp | LintKind::Redis) if settings.said(Id::Lint).is_some() => {
            Err(UsageError::Refused("nc http speaks HTTP: --lint http, auto or none"))
        }
        Some(LintKind::Smtp | LintKind::Redis) => Ok(None),
        kind => Ok(kind),
    }
}

/// What stands behind the word.
struct Words<'a> {
    method: Option<&'a OsStr>,
    socket: Option<&'a OsStr>,
    place: &'a OsStr,
    items: &'a [OsString],
}

impl<'a> Words<'a> {
    fn of(settings: &Settings, operands: &'a [OsString]) -> Result<Self, UsageError> {
        let mut rest = operands;
        let mut method = take_if(&mut rest, |word| is_method(word.as_bytes()));
        let mut socket = None;
        if settings.has(Id::Unix) {
            socket = take_if(&mut rest, |word| !word.is_empty());
            if socket.is_none() {
                return Err(UsageError::MissingPath { listen: false });
            }
            method = method.or_else(|| take_if(&mut rest, |word| is_method(word.as_bytes())));
        }
        let Some(place) = take_if(&mut rest, |_| true) else {
            return Err(UsageError::Refused(if socket.is_some() {
                "no address given: nc http -U [METHOD] SOCKET [HOST]/PATH [name=value ...]"
            } else {
                "no address given: nc http [METHOD] HOST[:PORT][/PATH] [name=value ...]"
            }));
        };
        Ok(Self { method, socket, place, items: rest })
    }
}

fn take_if<'a>(words: &mut &'a [OsString], is_it: impl Fn(&OsStr) -> bool) -> Option<&'a OsStr> {
    let (first, rest) = words.split_first()?;
    if !is_it(first) {
        return None;
    }
    *words = rest;
    Some(first)
}

fn bad(value: &OsStr, problem: Problem) -> UsageError {
    UsageError::BadRequest { value: value.to_owned(), problem }
}

fn request(
    settings: &Settings,
    words: &Words<'_>,
    authority: Vec<u8>,
    target: Vec<u8>,
) -> Result<Box<Request>, UsageError> {
    let items = words
        .items
        .iter()
        .map(|word| Item::parse(word.as_bytes()).map_err(|problem| bad(word, problem)));
    let items = items.collect::<Result<Vec<_>, _>>()?;
    let multipart = settings.spelling(Id::Multipart);
    let method = words.method.map(OsStr::as_bytes);
    let request = Request::compose(method, authority, target, items, multipart.is_some()).map_err(
        |(number, problem)| match words.items.get(number) {
            Some(word) => bad(word, problem),
            None => bad(words.place, problem),
        },
    )?;
    match multipart {
        Some(option) if !matches!(request.body, Body::Multipart(_)) => {
            Err(UsageError::Needs { option, needed: "name=value or name@FILE" })
        }
        _ => Ok(Box::new(request)),
    }
}

/// A client's TLS, where an option or the scheme asks for it.
fn security(
    settings: &Settings,
    place: &Place,
    word: &OsStr,
) -> Result<(Option<Box<TlsClient>>, Scheme), UsageError> {
    const TLS: tls::Schemed =
        tls::Schemed { upgrade: None, datagrams: false, operands: Vec::new() };
    if place.scheme == Some(Scheme::Http) && settings.has(Id::Tls) {
        return Err(UsageError::RefusedValue {
            before: "",
            value: word.to_owned(),
            after: ": http:// is without TLS, and --tls asks for it (https://)",
        });
    }
    let tls = tls::client(settings, Some(&TLS).filter(|_| place.scheme == Some(Scheme::Tls)))?;
    let scheme = if tls.is_some() { Scheme::Tls } else { Scheme::Http };
    Ok((tls, scheme))
}

fn port(
    settings: &Settings,
    place: &Place,
    word: &OsStr,
    services: Services<'_>,
) -> Result<Option<u16>, UsageError> {
    let Some(port) = &place.port else { return Ok(None) };
    let port = single(OsStr::from_bytes(port), 1, Transport::Tcp, services);
    port.map(Some).map_err(|bad| UsageError::BadPort {
        argument: bad.part.clone(),
        bad,
        clash: clash::find(settings, &[word.to_owned()]),
    })
}

fn inet(
    settings: &Settings,
    place: &Place,
    word: &OsStr,
    services: Services<'_>,
) -> Result<(Remote, Dial, Vec<u8>), UsageError> {
    let host = unbracketed(OsStr::from_bytes(&place.host));
    if host.is_empty() {
        return Err(UsageError::EmptyHost);
    }
    let (tls, scheme) = security(settings, place, word)?;
    let port = port(settings, place, word, services)?.unwrap_or(scheme.port());
    let ports = PortList(vec![PortRange::single(port)]);
    let remote = Remote::Inet(Inet { transport: Transport::Tcp, host: Host(host), ports });
    let dial = Dial { tls, ..dial(settings, Transport::Tcp, services)? };
    Ok((remote, dial, place.authority(Some(port.into()), scheme)))
}

/// The address says what the request says; the socket, where it goes.
fn unix(
    settings: &Settings,
    socket: &OsStr,
    place: &Place,
    word: &OsStr,
    services: Services<'_>,
) -> Result<(Remote, Dial, Vec<u8>), UsageError> {
    if let Some(option) = settings.spelling(Id::SourceAddress) {
        let (first, second) = (Spelling::Short('U'), option);
        let why = "a request goes over a stream, which has no socket of its own";
        return Err(UsageError::Exclusive { first, second, why });
    }
    let host = if place.host.is_empty() { LOCAL } else { &place.host };
    let place = Place { host: host.to_vec(), ..place.clone() };
    let (mut tls, scheme) = security(settings, &place, word)?;
    if let Some(tls) = &mut tls {
        let host = || Host(unbracketed(OsStr::from_bytes(&place.host)));
        let name = tls.server_name.get_or_insert_with(host).clone();
        tls.name.get_or_insert(name);
    }
    let port = port(settings, &place, word, services)?.map(u32::from);
    let remote =
        Remote::Unix { kind: unix_kind(settings), name: UnixName::parse(socket), source: None };
    Ok((remote, Dial { tls, ..local_dial(settings) }, place.authority(port, scheme)))
}

/// `CID:PORT` of a virtual machine.
fn machine(
    settings: &Settings,
    place: &Place,
    word: &OsStr,
) -> Result<(Remote, Dial, Vec<u8>), UsageError> {
    let (tls, scheme) = security(settings, place, word)?;
    let host = Some(&place.host).filter(|host| !host.is_empty());
    let operands: Vec<OsString> = host
        .into_iter()
        .chain(&place.port)
        .map(|operand| OsStr::from_bytes(operand).to_owned())
        .collect();
    let remote = vsock::remote(settings, &operands)?;
    let port = if let Remote::Vsock { port, .. } = &remote { Some(*port) } else { None };
    Ok((remote, Dial { tls, ..local_dial(settings) }, place.authority(port, scheme)))
}
