//! Who is waited for, who is dropped, and how much of the others' time that takes, by a paused
//! clock.

use std::cell::Cell;

use tokio::time::timeout;

use super::super::queue::{LOW, PIECE};
use super::*;

const LONG: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

fn feed() -> Rc<Feed> {
    Rc::new(Feed::new())
}

/// Runs something beside the watch over who reads.
async fn watched<T>(feed: &Feed, what: impl Future<Output = T>) -> T {
    tokio::select! {
        done = what => done,
        error = feed.watch() => panic!("{error}"),
    }
}

/// Takes so many bytes a second, and no more than there are, for ever.
async fn take(feed: &Feed, queue: &Queue, rate: usize) {
    const STEPS: u32 = 250;
    loop {
        sleep(SECOND / STEPS).await;
        let mut left = rate / STEPS as usize;
        while left > 0 && queue.waiting() > 0 {
            let count = left.min(queue.waiting());
            queue.sent(count, feed);
            left -= count;
        }
        if queue.waiting() == 0 {
            queue.forget();
        }
    }
}

/// Says so much as our input does, a piece at a time.
async fn say(feed: &Feed, size: usize) {
    let bytes = vec![0; CHUNK];
    for _ in 0..size / CHUNK {
        feed.somebody_with_room().await;
        feed.put(&bytes, None);
    }
}

/// Says so much, while clients of these rates read; gives how long it took and who was dropped.
async fn said_to(rates: &[usize], size: usize) -> (Duration, Vec<bool>) {
    let feed = feed();
    let queues: Vec<_> = rates.iter().map(|_| feed.join(None)).collect();
    let taking = queues.iter().zip(rates).map(|(queue, rate)| {
        let (feed, queue, rate) = (Rc::clone(&feed), Rc::clone(queue), *rate);
        tokio::task::spawn_local(async move { take(&feed, &queue, rate).await })
    });
    let _taking: Vec<_> = taking.collect();
    let begun = Instant::now();
    watched(&feed, say(&feed, size)).await;
    let dropped = queues.iter().map(|queue| queue.drop_reason().is_some()).collect();
    (begun.elapsed(), dropped)
}

fn local(what: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, what);
}

const MIB: usize = 1024 * 1024;

#[test]
fn who_takes_nothing_is_dropped_soon_and_theothers_go_on() {
    local(async {
        let (took, dropped) = said_to(&[0, 16 * MIB], 16 * MIB).await;
        assert_eq!(dropped, [true, false]);
        assert!(took < SECOND * 14 / 10, "{took:?}");
    });
}

#[test]
fn who_is_alone_is_waited_for_however_slow() {
    local(async {
        let (took, dropped) = said_to(&[64 * 1024], MIB).await;
        assert_eq!(dropped, [false]);
        assert!(took > SECOND * 7, "{took:?}");
    });
}

#[test]
fn who_is_much_slower_than_most_is_dropped_and_who_is_a_little_slower_is_not() {
    local(async {
        let (took, dropped) = said_to(&[MIB, 20 * MIB], 80 * MIB).await;
        assert_eq!(dropped, [true, false]);
        assert!(took < SECOND * 6, "{took:?}");
        let (_, dropped) = said_to(&[10 * MIB, 20 * MIB], 80 * MIB).await;
        assert_eq!(dropped, [false, false]);
        // one that is fast does not have the others dropped
        let rates = [2 * MIB, 3 * MIB, 2 * MIB, 60 * MIB];
        let (_, dropped) = said_to(&rates, 30 * MIB).await;
        assert_eq!(dropped, [false; 4]);
    });
}

#[test]
fn newcomers_that_never_read_take_next_to_no_time() {
    const RATE: usize = 4 * MIB;
    local(async {
        let feed = feed();
        let reader = feed.join(None);
        let stuck = Rc::new(Cell::new(0));
        let come = {
            let (feed, stuck) = (Rc::clone(&feed), Rc::clone(&stuck));
            async move {
                let mut before: Vec<Rc<Queue>> = Vec::new();
                loop {
                    // some at once, so that they are more than those who read
                    before.extend((0..3).map(|_| feed.join(None)));
                    sleep(SECOND / 2).await;
                    before.retain(|queue| {
                        let is_there = queue.drop_reason().is_none();
                        stuck.set(stuck.get() + usize::from(!is_there));
                        is_there
                    });
                }
            }
        };
        let _coming = tokio::task::spawn_local(come);
        let taking = (Rc::clone(&feed), Rc::clone(&reader));
        let _taking =
            tokio::task::spawn_local(async move { take(&taking.0, &taking.1, RATE).await });
        let begun = Instant::now();
        watched(&feed, say(&feed, 60 * RATE)).await;
        let took = begun.elapsed();
        assert!(stuck.get() > 300, "{}", stuck.get());
        assert_eq!(reader.drop_reason(), None);
        assert!(took < SECOND * 62, "{took:?}");
    });
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_is_no_matter_while_nobody_has_anything_to_say() {
    let feed = feed();
    let (slow, other) = (feed.join(None), feed.join(None));
    feed.put(&vec![0; BOUND], Some(&other));
    watched(&feed, sleep(LONG)).await;
    assert_eq!(slow.drop_reason(), None);
    assert!(timeout(SECOND, watched(&feed, feed.somebody_with_room())).await.is_ok());
    assert_eq!(slow.drop_reason(), Some(DropReason::DoesNotRead));
    assert_eq!(slow.waiting(), BOUND);
}

#[tokio::test(start_paused = true)]
async fn who_speaks_to_one_alone_waits_unless_it_takes_hardly_anything() {
    let trickle = |feed: Rc<Feed>, queue: Rc<Queue>, each: usize| async move {
        for _ in 0..30 {
            sleep(SECOND).await;
            queue.sent(each, &feed);
            feed.put(&vec![0; each], None);
        }
    };
    for (each, is_dropped) in [(1, true), (CHUNK, false)] {
        let feed = feed();
        let (slow, speaker) = (feed.join(None), feed.join(None));
        feed.put(&vec![0; BOUND * 3 / 2], Some(&speaker));
        tokio::select! {
            () = feed.room(Some(&speaker)) => {}
            () = watched(&feed, trickle(Rc::clone(&feed), Rc::clone(&slow), each)) => {}
        }
        assert_eq!(slow.drop_reason().is_some(), is_dropped);
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_is_waited_for_without_an_end() {
    let feed = feed();
    assert!(timeout(LONG, feed.somebody_with_room()).await.is_err());
    let queue = feed.join(None);
    feed.somebody_with_room().await;
    feed.leave(&queue);
    assert!(timeout(LONG, feed.somebody_with_room()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn who_sends_waits_for_everybody_but_itself() {
    let feed = feed();
    let (one, other) = (feed.join(None), feed.join(None));
    feed.put(&vec![0; BOUND], Some(&one));
    assert_eq!((one.waiting(), other.waiting()), (0, BOUND));
    assert!(!feed.has_room(Some(&one)) && feed.has_room(Some(&other)));
    let taking = async {
        // a little is not enough
        other.sent(LOW - PIECE, &feed);
        sleep(SECOND).await;
        assert!(!feed.has_room(Some(&one)));
        other.sent(2 * PIECE, &feed);
    };
    tokio::join!(feed.room(Some(&one)), taking);
    assert!(feed.has_room(Some(&one)));
}

#[tokio::test]
async fn what_goes_past_the_bound_has_a_bound() {
    let feed = feed();
    let (stuck, speaker) = (feed.join(None), feed.join(None));
    let announcement = [0; 100];
    let most = 2 * BOUND / (100 + PIECE) + 1;
    let put = (0..=most).take_while(|_| {
        feed.put(&announcement, Some(&speaker));
        stuck.drop_reason().is_none()
    });
    let count = put.count();
    assert!(count >= most / 2 && count < most, "{count}");
    assert!(feed.has_room(None));
}
