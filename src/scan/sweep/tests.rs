//! The sweep over scripted attempts, with a clock that is turned by hand.

use std::cell::RefCell;
use std::collections::HashMap;

use super::*;
use crate::event::{Event, Observer};
use crate::plan::{Dial, Inet, PortList, PortOrder, PortRange, Scan, Transport, UdpProbe};

/// What an attempt does.
#[derive(Clone, Copy)]
enum Act {
    Opens,
    Refuses,
    RefusesAfter(u64),
    LacksDescriptors,
}

/// Each port's acts, in turn; the last one stays.
struct Script {
    acts: HashMap<u16, Vec<Act>>,
    /// Milliseconds, port and place of the address of each start.
    starts: Vec<(u128, u16, usize)>,
    began: Instant,
}

impl Script {
    fn new(acts: &[(u16, &[Act])]) -> Self {
        let acts = acts.iter().map(|(port, acts)| (*port, acts.to_vec())).collect();
        Self { acts, starts: Vec::new(), began: Instant::now() }
    }
}

fn refused() -> PortState {
    PortState::Closed(io::ErrorKind::ConnectionRefused.into())
}

impl Way for Script {
    fn start(&mut self, turn: Turn) -> Started {
        let port = turn.address.port();
        self.starts.push((self.began.elapsed().as_millis(), port, turn.index));
        let acts = self.acts.get_mut(&port).unwrap();
        let act = if acts.len() > 1 { acts.remove(0) } else { acts[0] };
        match act {
            Act::Opens => Started::Settled(PortState::Open { answer: None }),
            Act::Refuses => Started::Settled(refused()),
            Act::RefusesAfter(ms) => Started::Waiting(Box::pin(async move {
                tokio::time::sleep(Duration::from_millis(ms)).await;
                refused()
            })),
            Act::LacksDescriptors => Started::Short(io::Error::from_raw_os_error(libc::EMFILE)),
        }
    }

    fn probe(&self, _port: u16) -> Option<&'static str> {
        None
    }

    fn ends(&self, state: &PortState) -> bool {
        matches!(state, PortState::Open { .. })
    }
}

/// Findings as `port address-letter state`.
#[derive(Default)]
struct Told(RefCell<Vec<String>>);

impl Observer for Told {
    fn observe(&self, event: &Event) {
        let Event::Scanned { target, address: Some(address), state, .. } = event else {
            panic!("{event:?}");
        };
        assert_eq!(target.port, address.port());
        let family = if address.is_ipv6() { 6 } else { 4 };
        let state = match state {
            PortState::Open { .. } => "open",
            PortState::Closed(_) => "closed",
            PortState::Failed(_) => "failed",
            other => panic!("{other:?}"),
        };
        self.0.borrow_mut().push(format!("{} v{family} {state}", target.port));
    }
}

async fn sweep(
    script: &mut Script,
    ports: &[u16],
    addresses: &[&str],
    descriptors: u64,
    interval: Option<Duration>,
) -> (Vec<String>, Result<(), Error>) {
    let scan = Scan {
        target: Inet {
            transport: Transport::Tcp,
            host: "host".into(),
            ports: PortList(ports.iter().map(|port| PortRange::single(*port)).collect()),
        },
        dial: Dial::default(),
        order: PortOrder::Upward,
        always_succeeds: false,
        interval,
        udp_probe: UdpProbe::Nothing,
    };
    let told = Told::default();
    let mut report = Report::new(&scan, &told);
    let addresses: Vec<SocketAddr> =
        addresses.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0)).collect();
    let allowance = Allowance::new(descriptors, usize::MAX);
    let sweep = Sweep { addresses: &addresses, interval, allowance, report: &mut report };
    sweep.run(script, &mut ports.iter().copied()).await.unwrap();
    let result = report.finish();
    (told.0.into_inner(), result)
}

#[tokio::test(start_paused = true)]
async fn what_is_late_keeps_its_place() {
    let mut script = Script::new(&[
        (1, &[Act::RefusesAfter(900)]),
        (2, &[Act::Opens]),
        (3, &[Act::RefusesAfter(100)]),
    ]);
    let (told, result) = sweep(&mut script, &[1, 2, 3], &["127.0.0.1"], 1024, None).await;
    assert_eq!(told, ["1 v4 closed", "2 v4 open", "3 v4 closed"]);
    assert!(result.is_ok());
    assert_eq!(script.starts, [(0, 1, 0), (0, 2, 0), (0, 3, 0)]);
}

#[tokio::test(start_paused = true)]
async fn addresses_are_tried_in_turn_until_one_opens() {
    let mut script = Script::new(&[
        (1, &[Act::RefusesAfter(50), Act::Opens]),
        (2, &[Act::Opens]),
        (3, &[Act::Refuses]),
    ]);
    let (told, _) = sweep(&mut script, &[1, 2, 3], &["::1", "127.0.0.1"], 1024, None).await;
    let wanted = ["1 v6 closed", "1 v4 open", "2 v6 open", "3 v6 closed", "3 v4 closed"];
    assert_eq!(told, wanted);
}

#[tokio::test(start_paused = true)]
async fn ports_that_are_silent_together_cost_their_time_once() {
    let ports: Vec<u16> = (1..=900).collect();
    let acts: Vec<(u16, &[Act])> =
        ports.iter().map(|port| (*port, &[Act::RefusesAfter(1000)][..])).collect();
    let mut script = Script::new(&acts);
    let began = Instant::now();
    let (told, result) = sweep(&mut script, &ports, &["127.0.0.1"], 1024, None).await;
    assert_eq!((told.len(), began.elapsed().as_millis()), (900, 1000));
    assert!(matches!(result, Err(Error::NothingOpen(crate::event::Failure::Refused))));
}

#[tokio::test(start_paused = true)]
async fn the_descriptor_limit_is_kept() {
    let ports: Vec<u16> = (1..=8).collect();
    let acts: Vec<(u16, &[Act])> =
        ports.iter().map(|port| (*port, &[Act::RefusesAfter(100)][..])).collect();
    let mut script = Script::new(&acts);
    // room for two beside the 32 that are spared
    let (told, _) = sweep(&mut script, &ports, &["127.0.0.1"], 34, None).await;
    assert_eq!(told.len(), 8);
    let times: Vec<u128> = script.starts.iter().map(|start| start.0).collect();
    assert_eq!(times, [0, 0, 100, 100, 200, 200, 300, 300]);
}

#[tokio::test(start_paused = true)]
async fn a_port_is_tried_again_when_descriptors_are_back() {
    let short = Act::LacksDescriptors;
    let mut script = Script::new(&[
        (1, &[short, short, Act::RefusesAfter(100)]),
        (2, &[Act::RefusesAfter(100)]),
        (3, &[short, Act::Opens]),
        (4, &[Act::Refuses]),
    ]);
    let (told, _) = sweep(&mut script, &[1, 2, 3, 4], &["127.0.0.1"], 1024, None).await;
    assert_eq!(told, ["1 v4 closed", "2 v4 closed", "3 v4 open", "4 v4 closed"]);
    let starts: Vec<(u128, u16)> = script.starts.iter().map(|start| (start.0, start.1)).collect();
    // alone: after a pause, and then alone; beside another: when that one ends
    let wanted = [(0, 1), (50, 1), (100, 1), (200, 2), (200, 3), (300, 3), (300, 4)];
    assert_eq!(starts, wanted);
}

#[tokio::test(start_paused = true)]
async fn a_lack_that_stays_is_a_failure_and_no_closed_port() {
    let mut script = Script::new(&[(1, &[Act::LacksDescriptors]), (2, &[Act::Opens])]);
    let (told, result) = sweep(&mut script, &[1, 2], &["127.0.0.1"], 1024, None).await;
    assert_eq!(told, ["1 v4 failed", "2 v4 open"]);
    assert!(result.is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_interval_paces_the_starts_and_costs_nothing_at_the_end() {
    let mut script =
        Script::new(&[(1, &[Act::Refuses]), (2, &[Act::RefusesAfter(2500)]), (3, &[Act::Opens])]);
    let interval = Some(Duration::from_secs(1));
    let began = Instant::now();
    let (told, _) = sweep(&mut script, &[1, 2, 3], &["::1", "127.0.0.1"], 1024, interval).await;
    assert_eq!(told.len(), 5);
    let wanted = [(0, 1, 0), (0, 1, 1), (1000, 2, 0), (2000, 3, 0), (3500, 2, 1)];
    assert_eq!(script.starts, wanted);
    assert_eq!(began.elapsed().as_millis(), 6000);
}
