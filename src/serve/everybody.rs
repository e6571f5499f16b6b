//! A datagram socket that locks on to nobody: what anybody sends is written out, and what we send
//! goes to whoever spoke last.

use std::cell::RefCell;
use std::future::{pending, poll_fn};
use std::io;
use std::task::Poll;

use rustix::net::SocketAddrAny;

use super::door;
use crate::endpoint::stdio::{self, Input};
use crate::endpoint::unix;
use crate::event::{Error, Event, Observer, Peer};
use crate::layer::Stages;
use crate::plan::{Listen, Local, Session, Transport};
use crate::relay::messages;
use crate::sys::fd::Fd;

/// Larger than any datagram.
const LARGEST: usize = 64 * 1024;

/// Hears everybody, for ever.
pub async fn hear(
    listen: &Listen,
    md5_key: Option<&[u8]>,
    observer: &dyn Observer,
) -> Result<(), Error> {
    let output = stdio::output(false)?;
    let input = stdio::input(&listen.session)?;
    let Some(out) = output.fd() else {
        return Ok(());
    };
    // a path of our own is removed with its listener, which lives as long as we hear
    let (sockets, _unix): (Vec<Fd>, _) = match &listen.local {
        Local::Inet { transport, .. } => {
            let bound = door::bind(listen, *transport, md5_key, observer).await?;
            (bound.into_iter().map(|bound| bound.fd).collect(), None)
        }
        Local::Unix { kind, name } => {
            let listener = unix::listen(*kind, name)?;
            observer.observe(&Event::Bound(listener.peer()));
            let (fd, path) = listener.into_parts();
            (vec![fd], path)
        }
    };
    let last = RefCell::new(None);
    let hearing = async {
        let each = sockets.iter().enumerate().map(|(index, socket)| {
            let (last, out) = (&last, &*out);
            async move { receive(index, socket, out, last, observer).await }
        });
        door::first(each).await
    };
    let speaking = speak(&input, &sockets, &last, &listen.session);
    tokio::select! {
        biased; // who spoke last is known before we speak
        error = hearing => Err(error),
        error = speaking => Err(error),
    }
}

/// Who spoke last, and on which socket.
type Last = RefCell<Option<(usize, SocketAddrAny)>>;

async fn receive(
    index: usize,
    socket: &Fd,
    out: &Fd,
    last: &Last,
    observer: &dyn Observer,
) -> Error {
    let mut buffer = vec![0; LARGEST];
    loop {
        let (count, sender) = match socket.receive_any(&mut buffer).await {
            Ok(received) => received,
            // somebody whom we answered is gone; the others are not
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => continue,
            Err(error) => return Error::Accept(error),
        };
        if let Some(sender) = sender {
            let known = last.borrow().as_ref().is_some_and(|(_, before)| *before == sender);
            if !known {
                report(&sender, observer);
                *last.borrow_mut() = Some((index, sender));
            }
        }
        let mut rest = &buffer[..count];
        while !rest.is_empty() {
            match out.write(rest).await {
                Ok(written) => rest = &rest[written..],
                Err(error) => return Error::Output { error, undelivered: rest.len() as u64 },
            }
        }
    }
}

fn report(sender: &SocketAddrAny, observer: &dyn Observer) {
    if let Ok(address) = std::net::SocketAddr::try_from(sender.clone()) {
        let peer = Peer::Inet { transport: Transport::Udp, host: None, address };
        observer.observe(&Event::Heard(peer));
    }
}

/// Sends our input to whoever spoke last. Before anybody spoke, it is not read. Ends only with an
/// error: after the end of our input, we go on hearing.
async fn speak(input: &Input, sockets: &[Fd], last: &Last, session: &Session) -> Error {
    let Some(from) = input.fd() else {
        return pending().await;
    };
    let size = session.datagram_size;
    let mut stages = Stages::outgoing(session);
    let mut buffer = vec![0; size];
    let mut changed = Vec::new();
    loop {
        // both halves are one task: each datagram that is heard makes us look here
        poll_fn(|_| if last.borrow().is_some() { Poll::Ready(()) } else { Poll::Pending }).await;
        let count = match from.read(&mut buffer).await {
            Ok(0) => return pending().await,
            Ok(count) => count,
            Err(error) => return Error::Input(error),
        };
        let bytes = stages.pass(&buffer[..count], &mut changed);
        for message in messages(bytes, size, stages.line_interval.is_some()) {
            let to = last.borrow().clone();
            if let Some((index, to)) = to
                && let Err(error) = sockets[index].send_to(message, &to).await
                && error.kind() != io::ErrorKind::ConnectionRefused
            {
                return Error::Connection { error, undelivered: message.len() as u64 };
            }
            if let Some(interval) = stages.line_interval {
                tokio::time::sleep(interval).await;
            }
        }
    }
}
