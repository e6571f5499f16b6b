//! Which way the bytes of a direction are moved.

use std::net::SocketAddr;

use super::flow::{FlowEnd, Meter};
use super::{copy, datagram, kernel};
use crate::endpoint::Stream;
use crate::layer::Stages;
use crate::sys::fd::Kind;

/// A way to move bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mover {
    /// Through a buffer of ours.
    Copy,
    /// `splice` between a pipe and a socket.
    Splice,
    /// `splice` through a pipe of ours, between two ends neither of which is one.
    SpliceThrough,
    /// `sendfile` from a regular file to a socket.
    SendFile,
    /// Read, shown to whoever looks at the bytes, and dropped.
    Discard,
    /// One read, one datagram.
    ToDatagrams,
    /// One datagram, one write; of `only` this sender where it is given.
    FromDatagrams {
        /// The sender whose datagrams count.
        only: Option<SocketAddr>,
    },
}

impl Mover {
    /// The way for this pair of ends. Only where no stage looks at the bytes may the kernel move
    /// them, only between two ends that are [`Bare`](crate::endpoint::Bare), and only between sockets
    /// of our own: a shared one may block.
    pub fn pick(from: &Stream, to: &Stream, stages: &Stages, only: Option<SocketAddr>) -> Self {
        match (from.kind(), to.kind()) {
            (Kind::DatagramSocket, _) => return Self::FromDatagrams { only },
            (_, Kind::DatagramSocket) => return Self::ToDatagrams,
            _ => {}
        }
        let (Some(from), Some(to)) = (from.bare(), to.bare()) else {
            return Self::Copy;
        };
        let own_socket = to.kind() == Kind::StreamSocket && to.is_ours();
        match (from.kind(), to.kind()) {
            _ if !stages.is_empty() => Self::Copy,
            // out of a blocking socket `splice` waits, whatever it is told
            (Kind::StreamSocket, _) if !from.is_ours() => Self::Copy,
            (Kind::File, _) if own_socket => Self::SendFile,
            (Kind::Pipe, _) if own_socket => Self::Splice,
            (Kind::StreamSocket, Kind::Pipe) => Self::Splice,
            (Kind::StreamSocket, Kind::File | Kind::Device) => Self::SpliceThrough,
            (Kind::StreamSocket, _) if own_socket => Self::SpliceThrough,
            _ => Self::Copy,
        }
    }

    /// The name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::Discard => "nothing",
            Self::Splice | Self::SpliceThrough => "splice",
            Self::SendFile => "sendfile",
            Self::ToDatagrams | Self::FromDatagrams { .. } => "datagrams",
        }
    }

    /// Moves bytes until the direction ends. Where the kernel turns out not to move between these
    /// two ends, a buffer takes over without a byte lost.
    pub async fn run(
        self,
        from: Stream,
        to: Stream,
        mut stages: Stages,
        meter: &Meter,
        datagram_size: usize,
    ) -> FlowEnd {
        let moved = match (self, from.bare().zip(to.bare())) {
            (Self::Discard, _) => Ok(copy::discard(&from, &mut stages, meter).await),
            (Self::Splice, Some((from, to))) => kernel::splice(from, to, meter).await,
            (Self::SpliceThrough, Some((from, to))) => {
                kernel::splice_through(from, to, meter).await
            }
            (Self::SendFile, Some((from, to))) => kernel::sendfile(from, to, meter).await,
            (Self::Copy | Self::Splice | Self::SpliceThrough | Self::SendFile, _) => {
                Err(Vec::new())
            }
            (Self::ToDatagrams, _) => {
                Ok(datagram::send(&from, &to, &mut stages, meter, datagram_size).await)
            }
            (Self::FromDatagrams { only }, _) => {
                Ok(datagram::receive(&from, &to, &mut stages, meter, only).await)
            }
        };
        let end = match moved {
            Ok(end) => end,
            Err(in_hand) => copy::copy(&from, &to, in_hand, &mut stages, meter).await,
        };
        meter.set_quiet();
        end
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io;
    use std::net::SocketAddr;
    use std::os::unix::net::UnixStream;
    use std::rc::Rc;

    use super::*;
    use crate::sys::fd::{Fd, Tap};

    /// Looks on.
    #[derive(Debug)]
    struct Onlooker;

    impl Tap for Onlooker {
        fn received(&self, _bytes: &[u8], _from: Option<SocketAddr>) {}
        fn sent(&self, _bytes: &[u8], _to: Option<SocketAddr>) {}
        fn peer_ended(&self) {}
        fn ended(&self) {}
        fn failed(&self, _error: &io::Error) {}
        fn set_abort(&self, _abort: bool) {}
        fn hold_back(&self) {}
        fn let_go(&self, _secrets: &str) {}
    }

    #[tokio::test]
    async fn the_kernel_moves_nothing_past_who_looks_on() {
        let (socket, _far) = UnixStream::pair().unwrap();
        let socket = Rc::new(Fd::owned(socket.into()).unwrap());
        let null = File::options().write(true).open("/dev/null").unwrap();
        let null = Stream::Plain(Rc::new(Fd::owned(null.into()).unwrap()));
        let from = Stream::Plain(Rc::clone(&socket));
        let pick = || Mover::pick(&from, &null, &Stages::default(), None);
        assert_eq!(pick(), Mover::SpliceThrough);
        socket.show_to(Rc::new(Onlooker));
        assert_eq!(pick(), Mover::Copy);
    }
}
