//! Socket options that neither the standard library nor socket2 has, and what the kernel tells of
//! a connection.

use std::io;
use std::mem;
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd};
use std::time::Duration;

/// `IPV6_MINHOPCOUNT` of Linux.
const IPV6_MINHOPCOUNT: libc::c_int = 73;

/// Sets an option whose value is a C int.
fn set_int(
    fd: impl AsFd,
    level: libc::c_int,
    name: libc::c_int,
    value: libc::c_int,
) -> io::Result<()> {
    set(fd, level, name, &value)
}

/// `value` is what the option `name` of `level` wants: a plain C type without padding that matters.
fn set<T>(fd: impl AsFd, level: libc::c_int, name: libc::c_int, value: &T) -> io::Result<()> {
    // SAFETY: the pointer and the length describe `value`, which lives across the call.
    let result = unsafe {
        libc::setsockopt(
            fd.as_fd().as_raw_fd(),
            level,
            name,
            std::ptr::from_ref(value).cast(),
            length_of::<T>(),
        )
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// The size of a C type as the socket calls take it; each of ours is under a kilobyte.
#[allow(clippy::cast_possible_truncation)]
const fn length_of<T>() -> libc::socklen_t {
    size_of::<T>() as libc::socklen_t
}

/// `SO_DEBUG`.
pub fn set_debug(fd: impl AsFd) -> io::Result<()> {
    set_int(fd, libc::SOL_SOCKET, libc::SO_DEBUG, 1)
}

/// Errors that ICMP reports are given to a datagram socket that is not connected too.
pub fn report_icmp(fd: impl AsFd, ipv6: bool) -> io::Result<()> {
    if ipv6 {
        set_int(fd, libc::IPPROTO_IPV6, libc::IPV6_RECVERR, 1)
    } else {
        set_int(fd, libc::IPPROTO_IP, libc::IP_RECVERR, 1)
    }
}

/// The least TTL or hop limit that is let through (RFC 5082).
pub fn set_min_ttl(fd: impl AsFd, ipv6: bool, least: u8) -> io::Result<()> {
    if ipv6 {
        set_int(fd, libc::IPPROTO_IPV6, IPV6_MINHOPCOUNT, least.into())
    } else {
        set_int(fd, libc::IPPROTO_IP, libc::IP_MINTTL, least.into())
    }
}

/// The outgoing TTL of an IPv4 socket; 0 is refused by the kernel.
pub fn set_ttl(fd: impl AsFd, ipv6: bool, ttl: u8) -> io::Result<()> {
    if ipv6 {
        set_int(fd, libc::IPPROTO_IPV6, libc::IPV6_UNICAST_HOPS, ttl.into())
    } else {
        set_int(fd, libc::IPPROTO_IP, libc::IP_TTL, ttl.into())
    }
}

/// Type of service of an IPv4 socket, traffic class of an IPv6 one.
pub fn set_tos(fd: impl AsFd, ipv6: bool, tos: u8) -> io::Result<()> {
    if ipv6 {
        set_int(fd, libc::IPPROTO_IPV6, libc::IPV6_TCLASS, tos.into())
    } else {
        set_int(fd, libc::IPPROTO_IP, libc::IP_TOS, tos.into())
    }
}

/// The most bytes of options in a header of IPv4.
const IP_OPTIONS_MAX: usize = 40;

/// Options of the IPv4 headers that a socket sends (RFC 791, section 3.1), at most 40 bytes.
pub fn set_ip_options(fd: impl AsFd, options: &[u8]) -> io::Result<()> {
    let length = libc::socklen_t::try_from(options.len()).map_err(io::Error::other)?;
    // SAFETY: the pointer and the length describe `options`, which lives across the call.
    let result = unsafe {
        libc::setsockopt(
            fd.as_fd().as_raw_fd(),
            libc::IPPROTO_IP,
            libc::IP_OPTIONS,
            options.as_ptr().cast(),
            length,
        )
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// The options of a socket's IPv4 headers: of one that was accepted, those that its client's first
/// packet had, turned round for the answers. Empty where there are none and where nothing tells.
pub fn ip_options(fd: impl AsFd) -> Vec<u8> {
    let mut options = [0_u8; IP_OPTIONS_MAX];
    let mut length = length_of::<[u8; IP_OPTIONS_MAX]>();
    // SAFETY: the pointer and length describe `options`; the kernel writes no more than `length`.
    let result = unsafe {
        libc::getsockopt(
            fd.as_fd().as_raw_fd(),
            libc::IPPROTO_IP,
            libc::IP_OPTIONS,
            options.as_mut_ptr().cast(),
            &raw mut length,
        )
    };
    let length = if result == 0 { length as usize } else { 0 };
    options.get(..length).unwrap_or_default().to_vec()
}

/// The kernel's `struct tcp_md5sig`.
#[repr(C)]
struct Md5Signature {
    address: libc::sockaddr_storage,
    flags: u8,
    prefix_length: u8,
    key_length: u16,
    interface: u32,
    key: [u8; libc::TCP_MD5SIG_MAXKEYLEN],
}

/// `TCP_MD5SIG_FLAG_PREFIX`: the key is for every address under a prefix.
const MD5_PREFIX: u8 = 1;
/// `TCP_MD5SIG_EXT`: `TCP_MD5SIG` with flags.
const TCP_MD5SIG_EXT: libc::c_int = 32;

/// Signs segments to and from `peer` with `key` (RFC 2385); an unspecified peer stands for all of
/// its family. Keys are at most 80 bytes.
pub fn set_md5_key(fd: impl AsFd, peer: SocketAddr, key: &[u8]) -> io::Result<()> {
    // SAFETY: all zeroes is a valid value of this plain structure.
    let mut signature: Md5Signature = unsafe { mem::zeroed() };
    if key.is_empty() || key.len() > signature.key.len() {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    signature.key_length = u16::try_from(key.len()).map_err(io::Error::other)?;
    let address = socket2::SockAddr::from(peer);
    // SAFETY: `address` holds `len()` valid bytes, no more than a sockaddr_storage has.
    unsafe {
        std::ptr::copy_nonoverlapping(
            address.as_ptr().cast::<u8>(),
            (&raw mut signature.address).cast::<u8>(),
            address.len() as usize,
        );
    }
    signature.key[..key.len()].copy_from_slice(key);
    if peer.ip().is_unspecified() {
        signature.flags = MD5_PREFIX;
        return set(fd, libc::IPPROTO_TCP, TCP_MD5SIG_EXT, &signature);
    }
    set(fd, libc::IPPROTO_TCP, libc::TCP_MD5SIG, &signature)
}

/// The part of `TCP_INFO` that is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TcpInfo {
    /// Smoothed round-trip time.
    pub rtt: Duration,
    /// Segments sent again in all.
    pub retransmits: u32,
    /// Bytes that the peer's kernel has not acknowledged.
    pub unacknowledged: u32,
    /// Those of them that were not sent yet; `None` where the kernel does not tell.
    pub unsent: Option<u32>,
    /// Bytes that the peer lets us have under way; `None` where the kernel does not tell.
    pub peer_window: Option<u32>,
}

/// The kernel's `struct tcp_info` as words of 32 bits, longer than any that is known; the C library's
/// is an older one.
#[repr(C, align(8))]
struct TcpInfoWords([u32; 80]);

/// `tcpi_rtt`, in microseconds.
const TCPI_RTT: usize = 17;
/// `tcpi_total_retrans`.
const TCPI_TOTAL_RETRANS: usize = 25;
/// `tcpi_notsent_bytes`, since Linux 4.6.
const TCPI_NOTSENT_BYTES: usize = 36;
/// `tcpi_snd_wnd`, since Linux 5.4.
const TCPI_SND_WND: usize = 57;

/// What the kernel knows of a TCP connection; `None` of anything else.
pub fn tcp_info(fd: impl AsFd) -> Option<TcpInfo> {
    let mut info = TcpInfoWords([0; 80]);
    let mut length = length_of::<TcpInfoWords>();
    // SAFETY: the pointer and length describe `info`, of which every value is valid; the kernel
    // writes no more than `length`.
    let result = unsafe {
        libc::getsockopt(
            fd.as_fd().as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            (&raw mut info).cast(),
            &raw mut length,
        )
    };
    // an older kernel tells less
    let told = info.0.get(..length as usize / 4).filter(|_| result == 0)?;
    Some(TcpInfo {
        rtt: Duration::from_micros((*told.get(TCPI_RTT)?).into()),
        retransmits: *told.get(TCPI_TOTAL_RETRANS)?,
        unacknowledged: unacknowledged(fd).unwrap_or(0),
        unsent: told.get(TCPI_NOTSENT_BYTES).copied(),
        peer_window: told.get(TCPI_SND_WND).copied(),
    })
}

/// Bytes in the send queue that the peer's kernel has not acknowledged (`SIOCOUTQ`); `None` where
/// the kernel does not tell.
pub fn unacknowledged(fd: impl AsFd) -> Option<u32> {
    let mut queued: libc::c_int = 0;
    // SAFETY: TIOCOUTQ (SIOCOUTQ) writes one int, which `queued` is.
    let result = unsafe { libc::ioctl(fd.as_fd().as_raw_fd(), libc::TIOCOUTQ, &raw mut queued) };
    (result == 0).then(|| u32::try_from(queued).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn the_kernel_tells_of_a_connection_where_it_is_looked_for() {
        assert_eq!(TCPI_RTT * 4, mem::offset_of!(libc::tcp_info, tcpi_rtt));
        assert_eq!(TCPI_TOTAL_RETRANS * 4, mem::offset_of!(libc::tcp_info, tcpi_total_retrans));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (peer, _) = listener.accept().unwrap();
        socket2::SockRef::from(&stream).set_nonblocking(true).unwrap();
        // until the peer, who reads nothing, has no room left
        while stream.write(&[0; 1 << 12]).is_ok() {}
        let info = tcp_info(&stream).unwrap();
        assert!(!info.rtt.is_zero());
        if let (Some(unsent), Some(window)) = (info.unsent, info.peer_window) {
            assert!(unsent > 0 && unsent <= info.unacknowledged, "{info:?}");
            assert!(window < 1 << 28, "{info:?}");
        }
        assert!(tcp_info(io::stdin()).is_none());
        drop(peer);
    }
}
