//! Name lookup, racing addresses, socket options by phase.

pub mod address;
pub mod lookup;
pub mod race;
pub mod socket;
