//! One client, or one after the other.

use super::door::{self, Door};
use super::report_accepted;
use crate::endpoint::{Link, stdio, unix};
use crate::event::{Error, Event, Observer};
use crate::plan::{Clients, Listen, Local};
use crate::relay::{Terms, converse};

/// Serves streams. With one client wanted, the door is shut behind it: a second one is refused
/// rather than left waiting for nobody.
pub async fn serve(
    listen: &Listen,
    md5_key: Option<&[u8]>,
    observer: &dyn Observer,
) -> Result<(), Error> {
    let output = stdio::output(listen.clients == Clients::One)?;
    let input = stdio::input(&listen.session)?;
    let terms = Terms::open(&listen.session, observer)?;
    let door = door::open(listen, md5_key, observer).await?;
    if listen.clients == Clients::One {
        let link = only_client(door).await?;
        report_accepted(&link, listen.numeric, observer).await;
        return converse(&link, &input, &output, &terms).await;
    }
    loop {
        let link = door.accept(observer).await?;
        report_accepted(&link, listen.numeric, observer).await;
        match converse(&link, &input, &output, &terms).await {
            Ok(()) => {}
            // without our own streams nobody can be served
            Err(error @ (Error::Output { .. } | Error::Input(_))) => return Err(error),
            Err(error) => {
                let peer = link.peer().clone();
                observer.observe(&Event::ClientFailed { peer, error });
            }
        }
    }
}

/// Nothing of ours makes room for the one client, so it is not waited for where descriptors are
/// exhausted.
async fn only_client(door: Door) -> Result<Link, Error> {
    door.try_accept().await.map_err(Error::Accept)
}

/// Serves datagrams: the first sender is the peer, and nobody else is heard.
pub async fn lock_on(
    listen: &Listen,
    md5_key: Option<&[u8]>,
    observer: &dyn Observer,
) -> Result<(), Error> {
    let output = stdio::output(true)?;
    let input = stdio::input(&listen.session)?;
    let terms = Terms::open(&listen.session, observer)?;
    let link = first_peer(listen, md5_key, observer).await?;
    report_accepted(&link, listen.numeric, observer).await;
    converse(&link, &input, &output, &terms).await
}

async fn first_peer(
    listen: &Listen,
    md5_key: Option<&[u8]>,
    observer: &dyn Observer,
) -> Result<Link, Error> {
    match &listen.local {
        Local::Inet { transport, .. } => {
            let mut sockets = door::bind(listen, *transport, md5_key, observer).await?;
            let (index, peer) = door::first(
                sockets
                    .iter()
                    .enumerate()
                    .map(|(index, socket)| async move { (index, socket.first_peer().await) }),
            )
            .await;
            let peer = peer.map_err(Error::Accept)?;
            sockets.swap_remove(index).lock_on(peer).map_err(Error::Accept)
        }
        Local::Vsock { .. } => Err(Error::Unsupported {
            what: "vsock",
            error: std::io::Error::from_raw_os_error(libc::EAFNOSUPPORT),
        }),
        Local::Unix { kind, name } => {
            let listener = unix::listen(*kind, name)?;
            observer.observe(&Event::Bound(listener.peer()));
            let sender = listener.first_peer().await.map_err(Error::Accept)?;
            listener.lock_on(sender.as_ref())
        }
    }
}
