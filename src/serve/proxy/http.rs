//! One client over HTTP: one request, and what becomes of it.

use super::hear::{Silence, hear_within};
use super::visit::{Visit, lost};
use super::{forward, tunnel};
use crate::event::Error;
use crate::proto::connect;
use crate::proto::proxy_server::{
    Access, ESTABLISHED, Method, Request, RequestHead, Status, request_head,
};

/// Serves one client. An error means that the client is cut off.
pub async fn serve(visit: &Visit<'_>) -> Result<(), Error> {
    let client = visit.link.stream();
    let mut unread = Vec::new();
    let mut head = RequestHead::default();
    let patience = visit.proxy.patience.head;
    let outcome = hear_within(patience, client, &mut unread, |bytes| head.feed(bytes)).await;
    let request = match outcome {
        Ok(request) => request,
        // somebody who looked whether the port is open
        Err(Silence::Ended { begun: false }) => return Ok(()),
        Err(Silence::Failed(error)) => return Err(lost(error, 0)),
        Err(Silence::Refused(error)) => return refuse(visit, Vec::new(), error.status()).await,
        Err(Silence::Late) => return refuse(visit, Vec::new(), Status::RequestTimeout).await,
        Err(Silence::Ended { begun: true }) => {
            return refuse(visit, Vec::new(), Status::BadRequest).await;
        }
    };
    if let Some(answer) = unknown(visit, &request) {
        visit.report(name(&request), words(Status::ProxyAuthenticationRequired));
        return visit.dismiss(&answer).await;
    }
    let forwarded = match request.method {
        Method::Connect => None,
        Method::Get | Method::Head | Method::Post => {
            match request_head(&request, &visit.proxy.pseudonym) {
                Ok(head) => Some(head),
                Err(looping) => return refuse(visit, name(&request), looping.status()).await,
            }
        }
    };
    let reached = tokio::select! {
        reached = visit.proxy.reach(&request.target) => reached,
        // a client may well finish sending and wait, but this one is gone
        error = client.fd().failure() => return Err(lost(error, 0)),
    };
    let target = match reached {
        Ok(target) => target,
        Err(unreached) => return refuse(visit, name(&request), unreached.status()).await,
    };
    if let Some(head) = forwarded {
        return forward::exchange(visit, &request, head, unread, &target).await;
    }
    visit.report(name(&request), "200 OK");
    visit.write_all(ESTABLISHED).await?;
    tunnel::hold(visit, unread, &target).await
}

/// Says no, in the proxy's own words.
pub async fn refuse(visit: &Visit<'_>, request: Vec<u8>, status: Status) -> Result<(), Error> {
    visit.report(request, words(status));
    visit.dismiss(&status.answer()).await
}

/// The request in reports: the method and where to, without path and query.
pub fn name(request: &Request) -> Vec<u8> {
    [request.method.name().as_bytes(), b" ", &connect::authority(&request.target)].concat()
}

fn words(status: Status) -> String {
    let (digits, words) = status.line();
    format!("{digits} {words}")
}

/// The challenge for a client that does not say who it is, or not rightly.
fn unknown(visit: &Visit<'_>, request: &Request) -> Option<Vec<u8>> {
    let mut authenticator = visit.proxy.authenticator.as_ref()?.borrow_mut();
    let now = visit.proxy.now();
    match authenticator.check(request, now) {
        Access::Granted => None,
        Access::Denied { stale } => Some(authenticator.refusal(stale, now)),
    }
}
