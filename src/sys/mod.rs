//! The ground floor: the only `unsafe` code and the only `cfg(target_os)`.
