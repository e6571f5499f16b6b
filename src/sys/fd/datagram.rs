//! Datagrams, with who sent them.

use std::io;
use std::net::SocketAddr;

use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, SocketAddrAny};

use super::Fd;

impl Fd {
    /// Receives a datagram and, where it has an Internet address, its sender.
    pub async fn receive_from(&self, buffer: &mut [u8]) -> io::Result<(usize, Option<SocketAddr>)> {
        self.receive(buffer, RecvFlags::DONTWAIT).await.map(|(count, sender)| {
            (count, sender.and_then(|sender| SocketAddr::try_from(sender).ok()))
        })
    }

    /// The sender of the next datagram, which stays where it is.
    pub async fn peek_sender(&self) -> io::Result<Option<SocketAddrAny>> {
        let mut nothing = [0; 1];
        let flags = RecvFlags::DONTWAIT | RecvFlags::PEEK;
        self.receive(&mut nothing, flags).await.map(|(_, sender)| sender)
    }

    /// Receives a datagram and its sender, whatever kind of address that has. A datagram over a
    /// Unix socket may be larger than any over IP: the buffer grows to take it whole.
    pub async fn receive_whole(
        &self,
        buffer: &mut Vec<u8>,
    ) -> io::Result<(usize, Option<SocketAddrAny>)> {
        if self.is_unix {
            let flags = RecvFlags::DONTWAIT | RecvFlags::PEEK | RecvFlags::TRUNC;
            let (size, _) = self.receive(&mut [0; 1], flags).await?;
            if size > buffer.len() {
                buffer.resize(size, 0);
            }
        }
        self.receive(buffer, RecvFlags::DONTWAIT).await
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
                Ok((count, _, sender)) => {
                    if let Some(tap) = self.tap().filter(|_| !flags.contains(RecvFlags::PEEK)) {
                        let from = sender.clone().and_then(|from| SocketAddr::try_from(from).ok());
                        tap.received(&buffer[..count], from);
                    }
                    return Ok((count, sender));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}
