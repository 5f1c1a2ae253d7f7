//! A server that stops does not say that a job has ended: it hangs up, and the client goes on elsewhere.

use std::net::SocketAddr;

use serde_json::Value;

use super::{BOTH, Follower, Heard, Onboarding, Over, assert_progress_never_falls, cursor_of};
use crate::support::{Client, Process, TestApp};

/// Followers over both transports that have seen the present state.
async fn followers(address: SocketAddr, client: &Client, job: &Onboarding) -> Vec<(Over, Follower)> {
    let mut followers = Vec::new();
    for over in BOTH {
        let mut follower = Follower::start(over, address, client, &job.id, None).await;
        assert_eq!(follower.event().await.unwrap()["__typename"], "JobState");
        followers.push((over, follower));
    }
    followers
}

/// The end of a connection to a server that goes away.
fn goodbye(over: Over) -> Heard {
    Heard::Cut((over == Over::Ws).then_some(1001))
}

#[tokio::test]
async fn a_server_that_stops_hangs_up_without_complete() {
    let app = TestApp::builder().without_worker().start().await;
    let client = app.admin().await;
    let job = Onboarding::begin(&client).await;
    let mut followers = followers(app.address, &client, &job).await;
    let hear = async {
        for (over, follower) in &mut followers {
            assert_eq!(follower.hear().await, goodbye(*over));
        }
    };
    tokio::join!(app.stop(), hear);
}

#[tokio::test]
async fn a_process_that_gets_a_signal_hangs_up_without_complete() {
    let app = TestApp::builder().without_worker().start().await;
    let client = app.admin().await;
    let job = Onboarding::begin(&client).await;
    // The job would end too soon if the process worked at full speed.
    let process = Process::start(&app.db, &[("SAMPLE_DELAY_MS", "60000")]).await;
    let mut followers = followers(process.address, &client, &job).await;
    let hear = async {
        for (over, follower) in &mut followers {
            assert_eq!(hear_out(follower, &mut Vec::new()).await, goodbye(*over));
        }
    };
    tokio::join!(process.terminate(), hear);
}

/// What is heard until the connection or the job ends.
async fn hear_out(follower: &mut Follower, seen: &mut Vec<Value>) -> Heard {
    loop {
        match follower.hear().await {
            Heard::Event(event) => seen.push(event),
            end => return end,
        }
    }
}

#[tokio::test]
async fn a_client_whose_server_stops_in_the_middle_of_a_job_sees_the_rest_at_the_next() {
    for over in BOTH {
        let first = TestApp::builder().set("SAMPLE_DELAY_MS", 400).start().await;
        let client = first.admin().await;
        let job = Onboarding::begin(&client).await;
        let db = first.db.clone();
        let mut follower = Follower::start(over, first.address, &client, &job.id, Some(&job.start)).await;
        let mut seen = follower.events(5).await;
        let (end, ()) = tokio::join!(hear_out(&mut follower, &mut seen), first.stop());
        assert_eq!(end, goodbye(over));

        let second = TestApp::builder().on(&db).start().await;
        let client = client.at(second.address);
        let last = seen.last().map(cursor_of).map(str::to_owned);
        let mut follower = Follower::start(over, second.address, &client, &job.id, last.as_deref()).await;
        assert_eq!(hear_out(&mut follower, &mut seen).await, Heard::Complete);
        assert_progress_never_falls(&seen);
        assert_eq!(seen, job.history(&second, &client).await);
    }
}
