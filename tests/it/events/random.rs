//! Many writers that pause, commit and roll back at random, and readers of every kind beside them: at the end each reader
//! has seen exactly what was committed, in the order in which a fresh reader sees it.

use std::{collections::HashMap, sync::Arc, time::Duration};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use rapport::events::{Event, Position};
use tokio::{task::JoinHandle, time::sleep};

use super::{Log, POLL, add, next, text};
use crate::support::{TestDb, patience};

const TOPICS: [&str; 3] = ["a", "b", "c"];
const WRITERS: u64 = 4;
const TRANSACTIONS: u32 = 40;
/// The last event of each topic.
const END: &str = "end";

type Committed = HashMap<&'static str, Vec<String>>;

#[tokio::test]
async fn every_reader_sees_exactly_what_was_committed_in_one_order() {
    for seed in 0..3 {
        run(seed).await;
    }
}

async fn run(seed: u64) {
    let files = TestDb::new().await;
    // The second process hears of the first one's events, and the other way round.
    let logs = [Log::on(&files, POLL).await, Log::on(&files, POLL).await];
    let writers: Vec<_> =
        (0..WRITERS).map(|n| tokio::spawn(write(logs[index(n, 2)].clone(), seed * 100 + n))).collect();
    let mut readers = Vec::new();
    for topic in TOPICS {
        readers.push((topic, tokio::spawn(follow_to_the_end(logs[0].clone(), topic))));
        readers.push((topic, tokio::spawn(follow_in_pieces(logs.clone(), topic, seed))));
        readers.push((topic, tokio::spawn(poll_slowly(logs[1].clone(), topic, seed))));
    }
    let committed = join_writers(writers).await;
    for topic in TOPICS {
        logs[0].write(topic, &[END]).await;
    }
    for (topic, reader) in readers {
        let seen = patience(reader).await.unwrap();
        assert!(seen.is_sorted_by(|a, b| a.position < b.position), "seed {seed}: topic {topic} out of order");
        let seen: Vec<_> = seen.iter().map(text).collect();
        assert_eq!(seen, logs[1].read(topic).await, "seed {seed}: topic {topic}");
        let mut sorted = seen;
        sorted.sort();
        assert_eq!(sorted, committed[topic], "seed {seed}: topic {topic}");
    }
}

/// Writes transactions of one to three events and returns what it committed.
async fn write(log: Log, seed: u64) -> Committed {
    let mut random = StdRng::seed_from_u64(seed);
    let mut committed = Committed::new();
    for round in 0..TRANSACTIONS {
        let mut tx = log.db.begin().await.unwrap();
        let mut written = Vec::new();
        for part in 0..random.random_range(1..=3) {
            let topic = TOPICS[random.random_range(0..TOPICS.len())];
            let text = format!("{seed}:{round}:{part}");
            add(&mut tx, topic, &text).await;
            written.push((topic, text));
            pause(&mut random).await;
        }
        if random.random_ratio(1, 5) {
            drop(tx);
            continue;
        }
        tx.commit().await.unwrap();
        for (topic, text) in written {
            committed.entry(topic).or_default().push(text);
        }
    }
    committed
}

async fn join_writers(writers: Vec<JoinHandle<Committed>>) -> Committed {
    let mut committed = Committed::new();
    for writer in writers {
        for (topic, texts) in patience(writer).await.unwrap() {
            committed.entry(topic).or_default().extend(texts);
        }
    }
    for texts in committed.values_mut() {
        texts.push(END.to_owned());
        texts.sort();
    }
    committed
}

/// Reads by one subscription.
async fn follow_to_the_end(log: Log, topic: &str) -> Vec<Arc<Event>> {
    let mut follower = log.follow(topic);
    let mut seen = Vec::new();
    while !is_over(&seen) {
        seen.push(next(&mut follower).await);
    }
    seen
}

/// Reads by subscriptions that are dropped after a few events and made again, now at one process, now at the other.
async fn follow_in_pieces(logs: [Log; 2], topic: &str, seed: u64) -> Vec<Arc<Event>> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut seen: Vec<Arc<Event>> = Vec::new();
    while !is_over(&seen) {
        let last = seen.last().map(|event| event.position).unwrap_or_default();
        let mut follower = logs[random.random_range(0..2)].events.subscribe(topic, last);
        for _ in 0..random.random_range(1..=7) {
            if !is_over(&seen) {
                seen.push(next(&mut follower).await);
            }
        }
    }
    seen
}

/// Reads a few events at a time from the log itself.
async fn poll_slowly(log: Log, topic: &str, seed: u64) -> Vec<Arc<Event>> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut seen: Vec<Arc<Event>> = Vec::new();
    let mut last = Position::default();
    while !is_over(&seen) {
        seen.extend(log.events.read_topic(topic, last, 3).await.unwrap());
        last = seen.last().map(|event| event.position).unwrap_or_default();
        pause(&mut random).await;
    }
    seen
}

fn is_over(seen: &[Arc<Event>]) -> bool {
    seen.last().is_some_and(|event| text(event) == END)
}

async fn pause(random: &mut StdRng) {
    sleep(Duration::from_micros(random.random_range(0..4000))).await;
}

fn index(number: u64, count: u64) -> usize {
    usize::try_from(number % count).unwrap()
}
