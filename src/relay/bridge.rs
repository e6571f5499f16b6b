//! A conversation between two connections: what a client of ours says goes to a target, and back.

use std::cell::Cell;
use std::time::Duration;

use tokio::sync::Notify;

use super::call::Call;
use super::conversation::Conversation;
use super::delivery;
use super::flow::FlowEnd;
use super::home::Home;
use super::mover::Mover;
use super::outlet::write_all;
use super::terms::Terms;
use crate::endpoint::Link;
use crate::event::{Error, Event};
use crate::layer::Stages;
use crate::plan::AfterPeer;
use crate::sys::fd::Kind;

/// How long the other side may take nothing of what arrived before a failure.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Holds a client and a target together until both are done. `early` is what the client has sent
/// already, and goes to the target first. The target is the peer of the session's rules.
///
/// Where one side fails or is given up, or a signal ends the run, the other is not let believe that
/// it ended: its connection is reset when it is closed.
pub async fn bridge(
    client: &Link,
    early: Vec<u8>,
    target: &Link,
    terms: &Terms<'_>,
) -> Result<(), Error> {
    let session = terms.session;
    let call = Call::new(target, terms.clone());
    let mut up_stages = Stages::outgoing(session, &call.witnesses);
    let down_stages = Stages::incoming(session, &call.witnesses, &call.answers);
    let up_mover = Mover::pick(client.stream(), target.stream(), &up_stages, None);
    let down_mover = Mover::pick(target.stream(), client.stream(), &down_stages, None);
    terms.observer.observe(&Event::Moving { up: up_mover.name(), down: down_mover.name() });
    for link in [client, target] {
        link.set_abort(true);
    }
    // datagrams have no end
    let ended = [client, target].map(|link| Cell::new(link.fd().kind() == Kind::DatagramSocket));
    let note = |ended: &Cell<bool>, end: FlowEnd| {
        ended.set(ended.get() || matches!(end, FlowEnd::EndOfInput));
        end
    };
    let client_has_ended = Notify::new();
    let up = async {
        let (from, to) = (client.stream().clone(), target.stream().clone());
        let mut changed = Vec::new();
        call.up.read(&early);
        let first = up_stages.pass(&early, &mut changed).await;
        call.up.set_in_hand(first.len());
        if let Err(error) = write_all(&to, first, &call.up).await {
            return FlowEnd::Write(error);
        }
        let end = up_mover.run(from, to, up_stages, &call.up, session.datagram_size).await;
        client_has_ended.notify_one();
        note(&ended[0], end)
    };
    let down = async {
        let (from, to) = (target.stream().clone(), client.stream().clone());
        // nobody reads the client any more then, and the target may have nothing to say
        let failed = async {
            client_has_ended.notified().await;
            client.fd().failure().await
        };
        let end = tokio::select! {
            biased;
            end = down_mover.run(from, to, down_stages, &call.down, session.datagram_size) => end,
            error = failed => FlowEnd::Write(error),
        };
        note(&ended[1], end)
    };
    let mut talk = Conversation::new(session.after_input, AfterPeer::FinishInput);
    if target.fd().kind() == Kind::DatagramSocket {
        // a message that cannot be sent would leave a tunnel that is open one way, and for ever
        talk = talk.of_datagrams();
    }
    let held = call.hold(up, down, talk, &Client(client)).await;
    if held.is_err() {
        // what arrived before is delivered first, to whoever still takes it
        let stall = Some(LAST_WORDS);
        let client = delivery::acknowledged(client, stall);
        let _ = tokio::join!(client, delivery::acknowledged(target, stall));
        return held;
    }
    delivery::acknowledged(client, session.idle_timeout).await?;
    if ended.iter().all(Cell::get) {
        for link in [client, target] {
            link.set_abort(false);
        }
    }
    Ok(())
}

/// A client as our side of the conversation.
struct Client<'a>(&'a Link);

impl Home for Client<'_> {
    fn input_is_ready(&self) -> bool {
        self.0.stream().is_readable_now()
    }

    fn input_ended(&self) {
        // it may be gone altogether, which it says only when it is asked
        self.0.ask_whether_alive();
    }

    fn peer_ended(&self) {
        // a client that is gone says so where it is read
        let _ = self.0.half_close();
    }
}
