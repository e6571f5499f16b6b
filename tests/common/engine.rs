//! A plan carried out inside the test: a thread with a runtime of its own, and what it reports.
//!
//! The plans must not use standard streams, which belong to the test's own process.

use std::rc::Rc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use netcat::event::{Event, Observer, Peer};
use netcat::plan::{Host, Inet, Listen, Local, Plan, PortList, PortRange, Transport};
use netcat::run;
use tokio::sync::oneshot;

use super::DEADLINE;

/// A run under way; it is ended, with all that it started, when this is dropped.
#[derive(Debug)]
pub struct Engine {
    /// Where it listens.
    pub port: u16,
    events: Receiver<String>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<String>>,
    /// What it has reported so far, each event as `{:?}` shows it.
    pub heard: Vec<String>,
}

struct Reporter(Sender<String>);

impl Observer for Reporter {
    fn observe(&self, event: &Event) {
        // the test may have seen enough
        let _ = self.0.send(format!("{event:?}"));
        if let Event::Listening(Peer::Inet { address, .. })
        | Event::Bound(Peer::Inet { address, .. }) = event
        {
            let _ = self.0.send(format!("port {}", address.port()));
        }
    }
}

impl Engine {
    /// Begins to carry out a plan.
    pub fn start(plan: Plan) -> Self {
        let (sender, events) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            let result = runtime.block_on(async {
                tokio::select! {
                    result = run::run(&plan, Rc::new(Reporter(sender))) => format!("{result:?}"),
                    _ = stopped => "stopped".to_owned(),
                }
            });
            runtime.shutdown_background();
            result
        });
        Self { port: 0, events, stop: Some(stop), thread: Some(thread), heard: Vec::new() }
    }

    /// Begins to listen, and waits until it does.
    pub fn listen(listen: Listen) -> Self {
        let is_inet = matches!(listen.local, Local::Inet { .. });
        let mut engine = Self::start(Plan::Listen(listen));
        if is_inet {
            let port = engine.wait("port ");
            engine.port = port.rsplit(' ').next().and_then(|port| port.parse().ok()).expect("it");
        } else {
            engine.wait("Bound");
        }
        engine
    }

    /// Waits for an event that begins like this, and gives it. Each event is found once.
    pub fn wait(&mut self, start: &str) -> String {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                Ok(event) => {
                    self.heard.push(event.clone());
                    if event.starts_with(start) {
                        return event;
                    }
                }
                Err(error) => panic!("no {start:?} ({error}) after {:#?}", self.heard),
            }
        }
    }

    /// Waits for the end of the run, and gives its result as `{:?}` shows it.
    pub fn end(&mut self) -> String {
        let deadline = Instant::now() + DEADLINE;
        // the sender goes with the run
        while let left = deadline.saturating_duration_since(Instant::now())
            && let Ok(event) = self.events.recv_timeout(left)
        {
            self.heard.push(event);
        }
        assert!(Instant::now() < deadline, "it does not end: {:#?}", self.heard);
        self.thread.take().expect("it runs").join().expect("it does not panic")
    }

    /// Ends the run from outside, as a signal does, and waits until it has ended.
    pub fn stop(&mut self) -> String {
        self.stop.take();
        self.end()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // a test that fails says more than how its run ended
            let _ = thread.join();
        }
    }
}

/// A plan to listen on a free port of 127.0.0.1 that leaves standard input alone.
pub fn listening(transport: Transport) -> Listen {
    let host = Some(Host::from("127.0.0.1"));
    let mut listen = Listen::new(Local::Inet { transport, host, port: 0 });
    listen.numeric = true;
    listen.session.read_input = false;
    listen
}

/// One port of 127.0.0.1.
pub fn target(transport: Transport, port: u16) -> Inet {
    let ports = PortList(vec![PortRange::single(port)]);
    Inet { transport, host: Host::from("127.0.0.1"), ports }
}
