//! One file for each kind of end: how to open, accept and half-close it.
