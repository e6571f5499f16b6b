//! Datagrams, with who sent them.

use std::io;
use std::net::SocketAddr;

use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, SocketAddrAny};

use super::Fd;

impl Fd {
    /// Receives a datagram and, where it has an Internet address, its sender.
    pub async fn receive_from(&self, buffer: &mut [u8]) -> io::Result<(usize, Option<SocketAddr>)> {
        let (count, sender) = self.receive(buffer, RecvFlags::DONTWAIT).await?;
        let sender = internet(sender.as_ref());
        self.show_received(&buffer[..count], sender);
        Ok((count, sender))
    }

    /// The sender of the next datagram, which stays where it is.
    pub async fn peek_sender(&self) -> io::Result<Option<SocketAddrAny>> {
        let mut nothing = [0; 1];
        let flags = RecvFlags::DONTWAIT | RecvFlags::PEEK;
        self.receive(&mut nothing, flags).await.map(|(_, sender)| sender)
    }

    /// Receives a datagram and its sender, whatever kind of address that has. A datagram over a
    /// Unix socket may be larger than any over IP: the buffer grows to take it whole.
    pub async fn receive_whole<'a>(&'a self, buffer: &'a mut Vec<u8>) -> io::Result<Arrived<'a>> {
        if self.is_unix {
            let flags = RecvFlags::DONTWAIT | RecvFlags::PEEK | RecvFlags::TRUNC;
            let (size, _) = self.receive(&mut [0; 1], flags).await?;
            if size > buffer.len() {
                buffer.resize(size, 0);
            }
        }
        let (count, sender) = self.receive(buffer, RecvFlags::DONTWAIT).await?;
        Ok(Arrived { fd: self, bytes: &buffer[..count], sender })
    }

    /// Sends a datagram to somebody.
    pub async fn send_to(&self, bytes: &[u8], to: &SocketAddrAny) -> io::Result<()> {
        loop {
            self.writable().await?;
            match self.try_send_to(bytes, to) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.not_writable().await;
                }
                other => return other,
            }
        }
    }

    /// The same without waiting; `WouldBlock` where it is not taken.
    pub fn try_send_to(&self, bytes: &[u8], to: &SocketAddrAny) -> io::Result<()> {
        let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
        loop {
            match rustix::net::sendto(self, bytes, flags, to) {
                Err(Errno::INTR) => {}
                Ok(count) => {
                    if let Some(tap) = self.tap() {
                        tap.sent(&bytes[..count], SocketAddr::try_from(to.clone()).ok());
                    }
                    return Ok(());
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn receive(
        &self,
        buffer: &mut [u8],
        flags: RecvFlags,
    ) -> io::Result<(usize, Option<SocketAddrAny>)> {
        loop {
            self.readable().await?;
            match rustix::net::recvfrom(self, &mut *buffer, flags) {
                Err(Errno::AGAIN) => self.not_readable().await,
                Err(Errno::INTR) => {}
                // the whole length, where that was asked for rather than what fitted
                Ok((_, length, sender)) if flags.contains(RecvFlags::TRUNC) => {
                    return Ok((length, sender));
                }
                Ok((count, _, sender)) => return Ok((count, sender)),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn show_received(&self, bytes: &[u8], sender: Option<SocketAddr>) {
        if let Some(tap) = self.tap() {
            tap.received(bytes, sender);
        }
    }
}

/// A datagram that came. Whose it is can be judged before anybody is shown it: who is turned away
/// is nobody's conversation.
#[derive(Debug)]
pub struct Arrived<'a> {
    fd: &'a Fd,
    bytes: &'a [u8],
    /// Who sent it; nobody where the sender has no address.
    pub sender: Option<SocketAddrAny>,
}

impl<'a> Arrived<'a> {
    /// Its bytes, which whoever looks on is shown as well.
    pub fn take(self) -> &'a [u8] {
        self.fd.show_received(self.bytes, self.internet());
        self.bytes
    }

    /// The sender, where it has an Internet address.
    pub fn internet(&self) -> Option<SocketAddr> {
        internet(self.sender.as_ref())
    }
}

fn internet(sender: Option<&SocketAddrAny>) -> Option<SocketAddr> {
    SocketAddr::try_from(sender?.clone()).ok()
}
