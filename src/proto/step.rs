//! What a proxy client asks of whoever holds the socket.
//!
//! Shared by the SOCKS and CONNECT clients. They do no I/O: each is fed what was read and says
//! what is to be done next. Fed again after its end, a client consumes nothing and says the same
//! once more.

/// What became of the bytes that were fed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fed<T> {
    /// How many of them the handshake took, counted from the first. The others stand behind it:
    /// feed them again after a [`Step::Send`], hand them on as the target's after a [`Step::Done`].
    pub used: usize,
    /// What to do now.
    pub step: Step<T>,
}

/// What a proxy client wants next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<T> {
    /// Read on. This many bytes, at least one, are sure to belong to the handshake: who reads at
    /// most so many never takes a byte of the target's out of the socket, which matters when the
    /// descriptor is passed on. A proxy that refuses may send fewer and close, so wait for any,
    /// not for all.
    Read(usize),
    /// Send these bytes, then feed again.
    Send(Vec<u8>),
    /// The tunnel stands.
    Done(T),
}
