//! Pure codecs: bytes in and bytes out, no sockets and no clock.
