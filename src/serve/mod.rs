//! The accept loop and what is done with each connection.
