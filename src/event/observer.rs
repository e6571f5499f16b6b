//! Who is told what happens.

use std::rc::Rc;

use super::{Asker, Cursor, Event};

/// Takes events as they happen. The run has one thread, so an observer may keep state in cells.
pub trait Observer {
    /// Something happened.
    fn observe(&self, event: &Event);

    /// Something was found out that the run was for. Says what is to be said of it, and gives what
    /// standard output is to get.
    fn result(&self, event: &Event) -> Option<Vec<u8>> {
        self.observe(event);
        None
    }

    /// Whether the first byte of each direction is worth being waited for: [`Event::FirstByte`].
    fn minds_first_bytes(&self) -> bool {
        true
    }

    /// Who wants to know how conversations go while they are held; `None` where nobody ever does.
    fn asker(&self) -> Option<&Asker> {
        None
    }

    /// What the peer says is about to be written to a terminal.
    fn peer_speaks(&self) {}

    /// The cursor of the terminal that shows both what the peer says and what is observed; `None`
    /// where there is no such terminal.
    fn cursor(&self) -> Option<Rc<Cursor>> {
        None
    }

    /// Whether this is shown, and so is worth finding out.
    fn wants(&self, _detail: Detail) -> bool {
        false
    }
}

/// What takes a call or a lookup to find out, and is found out only for who shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// The IP options of each client's packets: [`Event::IpOptions`].
    IpOptions,
    /// Host names of clients.
    ClientNames,
    /// Host names of the addresses that are connected to.
    PeerNames,
    /// The address that a client came to: `local` of [`Event::Accepted`].
    LocalAddress,
    /// What the kernel knows of a connection: `tcp` of a [`Summary`].
    TcpInfo,
    /// [`Event::Note`]s that nobody asked for by name.
    Notes,
}
