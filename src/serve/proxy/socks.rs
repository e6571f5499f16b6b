//! One client over SOCKS 4, 4a or 5.

use super::hear::{Silence, hear_within};
use super::tunnel;
use super::visit::{Visit, lost};
use crate::event::Error;
use crate::net::address;
use crate::proto::connect;
use crate::proto::socks_server::{Handshake, Request, Version};

/// Serves one client. An error means that the client is cut off.
pub async fn serve(visit: &Visit<'_>) -> Result<(), Error> {
    let client = visit.link.stream();
    let mut unread = Vec::new();
    let mut handshake = Handshake::new(visit.proxy.credentials.clone());
    let patience = visit.proxy.patience.head;
    let heard = hear_within(patience, client, &mut unread, |bytes| handshake.feed(bytes)).await;
    let request = match heard {
        Ok(request) => request,
        // somebody who looked whether the port is open
        Err(Silence::Ended { begun: false }) => return Ok(()),
        Err(Silence::Failed(error)) => return Err(lost(error, 0)),
        Err(Silence::Refused(error)) => {
            visit.report(b"SOCKS".to_vec(), error.to_string());
            return visit.dismiss(&error.reply()).await;
        }
        Err(Silence::Late) => {
            visit.report(b"SOCKS".to_vec(), "timed out");
            return visit.farewell().await;
        }
        Err(Silence::Ended { begun: true }) => {
            visit.report(b"SOCKS".to_vec(), "cut short");
            return visit.farewell().await;
        }
    };
    let reached = tokio::select! {
        reached = visit.proxy.reach(&request.target) => reached,
        // a client may well finish sending and wait, but this one is gone
        error = client.fd().failure() => return Err(lost(error, 0)),
    };
    match reached {
        Ok(target) => {
            visit.report(name(&request), "granted");
            let bound = target.local().unwrap_or_else(|| address::any(false, 0));
            visit.write_all(&request.version.granted(bound)).await?;
            tunnel::hold(visit, unread, &target).await
        }
        Err(unreached) => {
            let refusal = unreached.refusal();
            visit.report(name(&request), refusal.to_string());
            visit.dismiss(&request.version.refused(refusal)).await
        }
    }
}

/// The request in reports.
fn name(request: &Request) -> Vec<u8> {
    let version = match request.version {
        Version::Four => b"SOCKS4 ",
        Version::Five => b"SOCKS5 ",
    };
    [&version[..], &connect::authority(&request.target)].concat()
}
