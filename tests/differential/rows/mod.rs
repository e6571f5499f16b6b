//! The scenarios: a directory for each original, a table in it for each area of what nc does.

pub mod busybox_small;
pub mod ncat;
pub mod openbsd;
pub mod toybox;
pub mod traditional;
