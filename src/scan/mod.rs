//! Ports, TCP and UDP, in parallel.
