//! Name lookup, source routes, racing addresses, socket options by phase.

pub mod address;
pub mod lookup;
pub mod race;
pub mod route;
pub mod socket;
