//! One netcat that takes over the work of every netcat there is.
//!
//! An argv in any netcat's dialect becomes one neutral [`plan::Plan`]; one engine, which knows no
//! dialect, carries it out; everything that happens is a typed [`event::Event`]; the dialect's
//! voice words the events and gives the exit status. `ARCHITECTURE.md` draws the rooms.

#[allow(unsafe_code)] // the one room where it is allowed
pub mod sys;

#[cfg(feature = "tls")]
pub mod check;
pub mod cli;
pub mod editor;
pub mod endpoint;
pub mod event;
pub mod layer;
#[cfg(feature = "lua")]
pub mod lua;
pub mod net;
pub mod plan;
pub mod prompt;
pub mod proto;
pub mod relay;
pub mod run;
pub mod scan;
pub mod serve;
