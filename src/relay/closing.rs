//! The last words on a conversation.

use super::call::Call;
use super::ends::Ends;
use crate::event::{Error, Event, Extent, Summary};
use crate::sys::fd::Kind;

/// Reports the close of a conversation exactly once, also when a signal cuts it short.
pub struct Closing<'a> {
    call: &'a Call<'a>,
    /// How each direction ended.
    pub ends: Ends,
    reported: bool,
}

impl<'a> Closing<'a> {
    /// Of a conversation that begins; `sends`: there is something to be sent.
    pub fn new(call: &'a Call<'a>, sends: bool) -> Self {
        Self { call, ends: Ends::new(sends), reported: false }
    }

    /// It is over, with this result.
    pub fn report(mut self, result: &Result<(), Error>, mut summary: Summary) {
        self.reported = true;
        if let Err(error) = result {
            self.ends.not_delivered();
            summary.failed = true;
            summary.undelivered = error.undelivered();
        }
        self.tell(summary);
    }

    fn tell(&self, mut summary: Summary) {
        let call = self.call;
        let observer = call.terms.observer;
        call.account().close(observer);
        self.report_sums();
        summary.sent = call.up.moved();
        summary.received = call.down.moved();
        summary.duration = call.started.elapsed();
        summary.tcp = call.link.tcp_info_for(observer);
        observer.observe(&Event::Closed(summary));
    }

    /// What was added up, where it was.
    fn report_sums(&self) {
        let call = self.call;
        let datagrams = call.link.fd().kind() == Kind::DatagramSocket;
        // nobody says of datagrams whether they arrived
        let extent = |extent| if datagrams { Extent::Endless } else { extent };
        let sent = self.ends.sent().and_then(|sent| call.up.sum(extent(sent)));
        if let Some(received) = call.down.sum(extent(self.ends.received())) {
            let peer = call.link.peer().clone();
            call.terms.observer.observe(&Event::Sums { peer, sent, received });
        }
    }
}

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        if !self.reported {
            self.ends.not_delivered();
            let undelivered = self.call.up.in_hand() + self.call.down.in_hand();
            self.tell(Summary { interrupted: true, undelivered, ..Summary::default() });
        }
    }
}
