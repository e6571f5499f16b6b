//! toybox 0.8.9, as Debian ships it; the facts of later versions differ where a row says so.

pub mod arguments;
pub mod stream;
