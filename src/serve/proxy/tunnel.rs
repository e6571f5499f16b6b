//! A client and a target that are held together until both are done.

use super::visit::{Visit, prompt};
use crate::endpoint::Link;
use crate::event::{Asker, Error, Event, Observer, Side, Summary};
use crate::relay::{Terms, bridge};

/// Keeps how the conversation went; its smaller events are too many where several are held.
struct Kept<'a>(&'a Visit<'a>);

impl Observer for Kept<'_> {
    fn observe(&self, event: &Event) {
        if let Event::Closed(summary) = event {
            self.0.tunnel.replace(Some(mirrored(summary)));
        } else if let Event::Progress(_) = event {
            self.0.proxy.observer.observe(event);
        }
    }

    fn minds_first_bytes(&self) -> bool {
        false
    }

    fn asker(&self) -> Option<&Asker> {
        self.0.proxy.observer.asker()
    }
}

/// Seen from the client's side: a tunnel's summary is about the target.
fn mirrored(summary: &Summary) -> Summary {
    Summary {
        first_to_finish: summary.first_to_finish.map(|side| match side {
            Side::Us => Side::Peer,
            Side::Peer => Side::Us,
        }),
        sent: summary.received,
        received: summary.sent,
        ..summary.clone()
    }
}

/// Passes everything on in both directions, ends too, beginning with what the client has sent
/// already. Where one side fails or is given up, the other is not let believe that it ended.
pub async fn hold(visit: &Visit<'_>, early: Vec<u8>, target: &Link) -> Result<(), Error> {
    prompt(target);
    let told = Kept(visit);
    let terms = Terms {
        session: &visit.proxy.session,
        recorder: visit.proxy.recorder.clone(),
        observer: &told,
    };
    bridge(visit.link, early, target, &terms).await.map_err(|error| match error {
        // to the relay the client is our own input and output
        Error::Input(error) => Error::Connection { error, undelivered: 0 },
        Error::Output { error, undelivered } => Error::Connection { error, undelivered },
        other => other,
    })
}
