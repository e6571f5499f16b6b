//! Carries out a plan.

use std::rc::Rc;

use crate::endpoint::desk::Desk;
use crate::endpoint::stdio::Input;
use crate::endpoint::{Link, composed, file, stdio, unix, vsock};
use crate::event::{Error, Event, Observer};
use crate::layer::dial::{Way, target};
use crate::plan::{
    Connect, Inet, Listen, Plan, Protocol, Remote, Request, SocketOptions, UnixKind,
};
use crate::proto::direction::Direction;
use crate::relay::{Terms, converse, with_program};
use crate::scan::order;
use crate::serve;
use crate::sys::{fdpass, terminal};

/// Carries out a plan to its end. Must run on a current-thread runtime with I/O and time.
pub async fn run(plan: &Plan, observer: Rc<dyn Observer>) -> Result<(), Error> {
    crate::plan::lint(plan).map_err(Error::Lint)?;
    match Desk::open(plan, &observer)? {
        Some(desk) => Box::pin(desk.carry_out(carry_out(plan, observer))).await,
        None => carry_out(plan, observer).await,
    }
}

async fn carry_out(plan: &Plan, observer: Rc<dyn Observer>) -> Result<(), Error> {
    match plan {
        Plan::Connect(connect) => client(connect, &*observer).await,
        Plan::Listen(listen) => listener(listen, observer).await,
        Plan::Scan(scan) => {
            let key = md5_key(&scan.dial.socket).await?;
            crate::scan::scan(scan, key.as_deref(), &*observer).await
        }
        #[cfg(feature = "tls")]
        Plan::Certificates(check) => {
            let key = md5_key(&check.dial.socket).await?;
            crate::check::check(check, key.as_deref(), &*observer).await
        }
        #[cfg(not(feature = "tls"))]
        Plan::Certificates(_) => Err(Error::NotBuilt { what: "TLS" }),
        Plan::Compose(request) => print(request, &*observer).await,
        #[cfg(feature = "json")]
        Plan::Lab(lab) => serve::practice::practice(lab, observer).await,
        #[cfg(not(feature = "json"))]
        Plan::Lab(_) => Err(Error::Lint(crate::plan::LintError {
            first: "the practice server",
            second: "a build without the feature json",
        })),
    }
}

/// Writes a request on standard output.
async fn print(request: &Request, observer: &dyn Observer) -> Result<(), Error> {
    let output = stdio::output(true)?;
    let bytes = composed::compose(request, observer).await?;
    composed::note_framing(request, &bytes, observer);
    let Some(fd) = output.fd() else { return Ok(()) };
    fd.write_all(&bytes).await.map_err(|error| Error::Output { error, undelivered: 0 })
}

async fn listener(listen: &Listen, observer: Rc<dyn Observer>) -> Result<(), Error> {
    let key = md5_key(&listen.socket).await?;
    serve::serve(listen, key.as_deref(), observer).await
}

/// The key for TCP MD5 signatures, asked for where they are wanted.
pub async fn md5_key(options: &SocketOptions) -> Result<Option<Vec<u8>>, Error> {
    if !options.md5_signature {
        return Ok(None);
    }
    terminal::ask_password(b"TCP MD5SIG password: ")
        .await
        .map(Some)
        .map_err(|error| Error::Password { purpose: "TCP MD5 signature", error })
}

async fn client(connect: &Connect, observer: &dyn Observer) -> Result<(), Error> {
    // a request is whole before anybody is asked for anything
    let request = match &connect.request {
        Some(request) => {
            let bytes = composed::compose(request, observer).await?;
            if connect.session.lint.is_none() {
                composed::note_framing(request, &bytes, observer);
            }
            Some(composed::input(&bytes)?)
        }
        None => None,
    };
    let session = &connect.session;
    match &connect.remote {
        Remote::Inet(inet) => each_port(connect, inet, request, observer).await,
        Remote::Unix { kind: UnixKind::Stream, name, .. } => {
            let way = Way::open(&connect.dial, Protocol::Stream, None)?;
            Terms::kept(session, observer, async |terms| {
                let link = unix::connect_stream(name, connect.dial.timeout).await?;
                let link = way.secure(opened(link, &terms), observer).await?;
                only(connect, &link, request, &terms).await
            })
            .await
        }
        Remote::Unix { kind: UnixKind::Datagram, name, source } => {
            Terms::kept(session, observer, async |terms| {
                let link = unix::connect_datagram(name, source.as_ref(), observer)?;
                only(connect, &opened(link, &terms), request, &terms).await
            })
            .await
        }
        Remote::Vsock { cid, port } => {
            let way = Way::open(&connect.dial, Protocol::Stream, None)?;
            Terms::kept(session, observer, async |terms| {
                let link = vsock::connect(*cid, *port, connect.dial.timeout).await?;
                let link = way.secure(opened(link, &terms), observer).await?;
                only(connect, &link, request, &terms).await
            })
            .await
        }
        Remote::File(path) => {
            Terms::kept(session, observer, async |terms| {
                only(connect, &file::open(path)?, request, &terms).await
            })
            .await
        }
    }
}

/// A connection of ours that stands now.
fn opened(link: Link, terms: &Terms<'_>) -> Link {
    terms.watch(&link, Direction::Sent);
    terms.observer.observe(&Event::Opened(link.peer().clone()));
    link
}

async fn only(
    connect: &Connect,
    link: &Link,
    request: Option<Input>,
    terms: &Terms<'_>,
) -> Result<(), Error> {
    if let Some(program) = &connect.program {
        return with_program(link, program, terms).await;
    }
    let output = stdio::shown(&connect.session, true)?;
    let input = input(connect, request)?;
    converse(link, &input, &output, terms).await
}

/// The request, or else what we are given.
fn input(connect: &Connect, request: Option<Input>) -> Result<Input, Error> {
    request.map_or_else(|| stdio::input(&connect.session), Ok)
}

/// One connection after the other; all share our input, which the first one reads. It is a
/// success if any of them was one and none failed once it stood.
async fn each_port(
    connect: &Connect,
    inet: &Inet,
    request: Option<Input>,
    observer: &dyn Observer,
) -> Result<(), Error> {
    let key = md5_key(&connect.dial.socket).await?;
    let way = Way::open(&connect.dial, inet.transport.protocol(), key.as_deref())?;
    if connect.program.is_some() {
        return each_program(connect, inet, way, observer).await;
    }
    let input = input(connect, request)?;
    Terms::kept(&connect.session, observer, async |terms| {
        let way = way.recorded(terms.recorder.clone());
        let mut result = Err(None);
        let count = inet.ports.count();
        for (index, port) in order::ports(&inet.ports, connect.order).enumerate() {
            let target = target(inet, port, &connect.dial);
            let link = match way.dial(&target, observer).await {
                Ok(link) => link,
                Err(error @ Error::NotConnected { .. }) => {
                    result = result.map_err(|first: Option<Error>| first.or(Some(error)));
                    continue;
                }
                Err(error) => return Err(error),
            };
            if connect.pass_socket {
                return fdpass::pass_over_stdout(&**link.fd()).await.map_err(Error::PassSocket);
            }
            let output = stdio::shown(&connect.session, index + 1 == count)?;
            converse(&link, &input, &output, &terms).await?;
            result = Ok(());
        }
        finished(connect, inet, result)
    })
    .await
}

/// One connection after the other, each with a program of its own.
async fn each_program(
    connect: &Connect,
    inet: &Inet,
    way: Way<'_>,
    observer: &dyn Observer,
) -> Result<(), Error> {
    Terms::kept(&connect.session, observer, async |terms| {
        let way = way.recorded(terms.recorder.clone());
        let mut result = Err(None);
        for port in order::ports(&inet.ports, connect.order) {
            let target = target(inet, port, &connect.dial);
            match way.dial(&target, observer).await {
                Ok(link) => {
                    only(connect, &link, None, &terms).await?;
                    result = Ok(());
                }
                Err(error @ Error::NotConnected { .. }) => {
                    result = result.map_err(|first: Option<Error>| first.or(Some(error)));
                }
                Err(error) => return Err(error),
            }
        }
        finished(connect, inet, result)
    })
    .await
}

/// The result of several ports: a success if any of them was one.
fn finished(
    connect: &Connect,
    inet: &Inet,
    result: Result<(), Option<Error>>,
) -> Result<(), Error> {
    match result {
        Err(_) if connect.always_succeeds && inet.ports.count() > 1 => Ok(()),
        result => result.map_err(|error| {
            error.unwrap_or_else(|| Error::Start(std::io::ErrorKind::InvalidInput.into()))
        }),
    }
}
