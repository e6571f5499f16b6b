//! Name lookup, racing addresses, socket options by phase.
