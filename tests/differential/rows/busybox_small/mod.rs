//! BusyBox 1.35 with its small nc, as Debian's busybox-static and OpenWrt have it.

pub mod arguments;
pub mod stream;
