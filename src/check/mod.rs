//! Looks at a server's certificates (`nc cert`): connects, shakes hands, tells what was shown and
//! whether it is to be believed, and leaves without a byte of data.
//!
//! The chain is told of and kept whatever came of the handshake. Who is believed, and why not, is
//! the TLS layer's to say; the words are the voice's.

mod chain_file;

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, timeout_at};

use crate::endpoint::stdio::{self, Output};
use crate::endpoint::{Link, unix, vsock};
use crate::event::{Error, Event, Expiry, Observer, Target, TlsError, Verdict};
use crate::layer::dial::{Way, target};
use crate::layer::security::HANDSHAKE;
use crate::layer::tls::{Client, Examined};
use crate::plan::{CertificateCheck, LintError, Remote};
use crate::proto::certificate::{Certificate, CertificateError, Report, Timestamp};
use chain_file::ChainFile;

/// How long the peer has for its own end of the stream, once it has heard of ours.
const PARTING: Duration = Duration::from_secs(1);

/// The certificates of a chain, as far as they can be read.
type Chain = Vec<Result<Certificate, CertificateError>>;

/// Looks, tells, and leaves. A chain that is not believed is an error, and so is one that expires
/// sooner than the plan says.
pub async fn check(
    plan: &CertificateCheck,
    md5_key: Option<&[u8]>,
    observer: &dyn Observer,
) -> Result<(), Error> {
    let Some(settings) = plan.dial.tls.as_deref() else {
        let (first, second) = ("certificates", "a connection without TLS");
        return Err(Error::Lint(LintError { first, second }));
    };
    let client = Client::open(settings)?;
    let file = plan.pem.as_deref().map(ChainFile::to).transpose()?;
    let output = stdio::output(true)?;
    let deadline = plan.dial.timeout.map(|timeout| Instant::now() + timeout);
    let (link, target) = connect(plan, md5_key, observer).await?;
    let host = target.as_ref().map(|target| &target.host);
    let waits_for = Cell::new(HANDSHAKE);
    let examining = client.examine(&link, host, &waits_for, observer);
    let Examined { result, chain, session } = match deadline {
        None => examining.await?,
        Some(deadline) => match timeout_at(deadline, examining).await {
            Ok(examined) => examined?,
            Err(_) => return Err(late(target, plan.dial.timeout, waits_for.get())),
        },
    };
    let link = match (session, &result) {
        (Some(session), Ok(secured)) => link.through(session, Rc::new(secured.clone())),
        _ => link,
    };
    let now = Timestamp::from(SystemTime::now());
    let read: Chain = chain.iter().map(|der| Certificate::read(der)).collect();
    let expiry = first_to_expire(&read, plan.warn, now);
    let failure = result.as_ref().err().cloned();
    let verdict = Verdict { result, expiry, now };
    let told = tell(read, verdict, &output, observer).await;
    let kept = file.map_or(Ok(()), |file| file.write(&chain));
    leave(link, deadline).await;
    told.and(kept).and(judged(failure, target, expiry, now))
}

async fn connect(
    plan: &CertificateCheck,
    md5_key: Option<&[u8]>,
    observer: &dyn Observer,
) -> Result<(Link, Option<Target>), Error> {
    let link = match &plan.remote {
        Remote::Inet(inet) => {
            let target = target(inet, inet.ports.single().unwrap_or_default(), &plan.dial);
            // it is secured here, for what is shown is wanted even where it is not believed
            let link = Way::plain(&plan.dial, md5_key).dial(&target, observer).await?;
            return Ok((link, Some(target)));
        }
        Remote::Unix { name, .. } => unix::connect_stream(name, plan.dial.timeout).await?,
        Remote::Vsock { cid, port } => vsock::connect(*cid, *port, plan.dial.timeout).await?,
        Remote::File(_) => {
            return Err(Error::Lint(LintError { first: "TLS", second: "datagrams or a file" }));
        }
    };
    observer.observe(&Event::Opened(link.peer().clone()));
    Ok((link, None))
}

fn late(target: Option<Target>, after: Option<Duration>, during: &'static str) -> Error {
    match target {
        Some(target) => Error::TimedOut { target, during },
        None => Error::HandshakeTimedOut { after: after.unwrap_or_default() },
    }
}

fn first_to_expire(chain: &Chain, warn: Option<Duration>, now: Timestamp) -> Option<Expiry> {
    let readable = chain.iter().enumerate();
    let readable = readable.filter_map(|(index, read)| Some((index, read.as_ref().ok()?)));
    let (index, first) = readable.min_by_key(|(_, certificate)| certificate.not_after)?;
    let soon = warn.map(|warn| Report::new(first, now).expires_within(warn.as_secs()));
    Some(Expiry { index, until: first.not_after, soon })
}

async fn tell(
    chain: Chain,
    verdict: Verdict,
    output: &Output,
    observer: &dyn Observer,
) -> Result<(), Error> {
    let now = verdict.now;
    let seen = chain.into_iter().enumerate().map(|(index, read)| Event::CertificateSeen {
        index,
        certificate: read.map(Box::new),
        now,
    });
    for event in seen.chain([Event::Verdict(Box::new(verdict))]) {
        if let (Some(lines), Some(fd)) = (observer.result(&event), output.fd()) {
            let written = fd.write_all(&lines).await;
            written.map_err(|error| Error::Output { error, undelivered: 0 })?;
        }
    }
    Ok(())
}

/// Says that nothing follows, and hears the peer out: one that is cut short would take it for a
/// failure.
async fn leave(link: Link, deadline: Option<Instant>) {
    let patience = Instant::now() + PARTING;
    let until = deadline.map_or(patience, |deadline| deadline.min(patience));
    // whatever goes wrong here, what was asked is answered
    let _ = link.half_close();
    let mut dropped = [0; 4096];
    let hearing = async { while matches!(link.stream().read(&mut dropped).await, Ok(1..)) {} };
    let _ = timeout_at(until, hearing).await;
}

fn judged(
    failure: Option<TlsError>,
    target: Option<Target>,
    expiry: Option<Expiry>,
    now: Timestamp,
) -> Result<(), Error> {
    match (failure, expiry) {
        (Some(error), _) => {
            Err(Error::Tls { error, host: target.map(|target| target.host), undelivered: 0 })
        }
        (None, Some(Expiry { index, until, soon: Some(true) })) => {
            Err(Error::ExpiresSoon { index, until, now })
        }
        (None, _) => Ok(()),
    }
}
