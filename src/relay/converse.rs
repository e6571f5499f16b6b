//! A conversation between our standard streams, or a program's, and a link: what its directions go
//! through, and who looks at them.

use std::future::pending;
use std::rc::Rc;

use tokio::sync::Notify;

use super::call::Call;
use super::conversation::Conversation;
use super::copy;
use super::flow::FlowEnd;
use super::home::Streams;
use super::mover::Mover;
use super::terms::Terms;
use crate::endpoint::stdio::{Input, Output};
use crate::endpoint::{Link, Stream};
use crate::event::{Detail, Error, Event};
use crate::layer::{Lint, Screen, Stages};
use crate::proto::direction::Direction;
use crate::proto::lint::LintKind;
use crate::sys::fd::Kind;
use crate::sys::pty;

/// Holds a conversation between our streams and a link until it is over by the session's rules.
pub async fn converse(
    link: &Link,
    input: &Input,
    output: &Output,
    terms: &Terms<'_>,
) -> Result<(), Error> {
    let session = terms.session;
    let Some(out) = output.stream() else {
        return Err(Error::Output { error: std::io::ErrorKind::BrokenPipe.into(), undelivered: 0 });
    };
    let call = Call::new(link, terms.clone());
    // what is changed on its way may be more
    let changed = session.crlf || session.escapes || session.fill;
    let file = input.fd().filter(|_| !changed && !input.has_ended());
    call.expect(file.and_then(|file| file.left()));
    if output.is_edited() {
        // the last line of the terminal is the one that is typed
        terms.observer.peer_speaks();
    }
    if let Some(kind) = lint_of(link, input, terms) {
        // of lines that are edited a pasted block is sent as one
        let is_keyboard = input.kind() == Some(Kind::Terminal) && !output.is_edited();
        let keyboard = input.fd().filter(|_| is_keyboard).cloned();
        call.witnesses.read_along(Lint::new(kind, keyboard));
    }
    // a program's terminal is the program's own
    let screen = match output.fd() {
        _ if output.may_be_refused() => None,
        // who edits lines sees to where they begin
        Some(_) if output.is_edited() => Screen::drawn(session, None),
        Some(terminal) => Screen::of(session, &terminal, terms.observer.cursor()),
        None => None,
    };
    let keyboard = input.is_terminal() || output.is_edited();
    let typed = screen.as_ref().filter(|_| keyboard);
    let up_stages = Stages::outgoing(session, &call.witnesses);
    let up_stages = up_stages.typed(typed.map(Screen::cursor)).at_keyboard(keyboard);
    let down_stages = Stages::incoming(session, &call.witnesses, &call.answers).at(screen);
    let net = link.stream();
    let from = input.fd().map(|from| Stream::Plain(Rc::clone(from)));
    let up_mover = from.as_ref().map(|from| Mover::pick(from, net, &up_stages, None));
    let down_mover = if session.show_peer {
        Mover::pick(net, &out, &down_stages, link.heard_address())
    } else {
        Mover::Discard
    };
    terms.observer.observe(&Event::Moving {
        up: up_mover.map_or("nothing", Mover::name),
        down: down_mover.name(),
    });
    let peer_is_done = Notify::new();
    let up = async {
        match (from, up_mover) {
            _ if input.has_ended() => FlowEnd::EndOfInput,
            (Some(from), Some(mover)) => {
                let end =
                    mover.run(from, net.clone(), up_stages, &call.up, session.datagram_size).await;
                if output.may_be_refused() && matches!(end, FlowEnd::EndOfInput) {
                    // a program that says no more may still read, for as long as it likes
                    let _ = link.half_close();
                    tokio::select! {
                        () = unread(output) => {}
                        () = peer_is_done.notified() => {}
                    }
                }
                end
            }
            _ => pending().await,
        }
    };
    let terminal = output.terminal();
    let is_shown = out.kind() == Kind::Terminal && terminal.is_none();
    let down = async {
        let size = session.datagram_size;
        if is_shown && terms.observer.asker().is_some() {
            // an error is found again where it is read
            let _ = net.readable().await;
            terms.observer.peer_speaks();
        }
        let end = match down_mover.run(net.clone(), out, down_stages, &call.down, size).await {
            FlowEnd::Write(error) if output.may_be_refused() && is_refusal(&error) => {
                call.down.set_in_hand(0);
                let mut unread = Stages::watched(&call.witnesses, Direction::Received);
                copy::discard(net, &mut unread, &call.down).await
            }
            end @ FlowEnd::EndOfInput => {
                if let Some(terminal) = terminal {
                    // one that takes nothing more has nobody who waits for an end
                    let _ = pty::type_end(&terminal).await;
                }
                end
            }
            end => end,
        };
        peer_is_done.notify_one();
        end
    };
    let after_peer =
        if input.is_terminal() { session.after_peer_at_terminal } else { session.after_peer };
    let mut talk = Conversation::new(session.after_input, after_peer);
    if input.fd().is_none() {
        talk = talk.without_input();
    }
    if net.kind() == Kind::DatagramSocket {
        talk = talk.of_datagrams();
    }
    let _held = input.hold();
    call.hold(up, down, talk, &Streams { input, output, link }).await
}

/// Who reads along in this conversation: who was asked to, and by itself where somebody types and
/// sees the notes.
fn lint_of(link: &Link, input: &Input, terms: &Terms<'_>) -> Option<LintKind> {
    let by_itself = || input.is_terminal() && terms.observer.wants(Detail::Notes);
    let kind = terms.session.lint.or_else(|| by_itself().then_some(LintKind::Auto))?;
    let is_stream = link.stream().kind() != Kind::DatagramSocket;
    (kind != LintKind::Nothing && is_stream).then_some(kind)
}

/// Waits until nobody reads our output.
async fn unread(output: &Output) {
    if let Some(fd) = output.fd() {
        fd.unread().await;
    }
}

/// Whoever reads our output takes no more.
fn is_refusal(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::BrokenPipe | std::io::ErrorKind::ConnectionReset)
}
