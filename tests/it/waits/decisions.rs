//! Waits for the decision of a person.

use std::sync::Arc;

use rapport::{
    error::{Error, ErrorCode},
    waits::{Until, WaitOutcome},
};

use super::world::{World, went};

#[tokio::test]
async fn a_decision_counts_once_and_the_same_again_has_the_first_result() {
    let world = World::new().await;
    let run = world.run().await;
    let wait = world.open(run, "approval", Until::Approval, None).await;
    let first = world.decide(&wait, true, 1).await.unwrap();
    assert!(first.is_new);
    let again = world.decide(&wait, true, 1).await.unwrap();
    assert_eq!((again.is_new, &again.wait), (false, &first.wait));
    for (approves, by) in [(false, 1), (true, 2), (false, 2)] {
        let error = world.decide(&wait, approves, by).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::Conflict);
    }
    assert_eq!(world.steps().await, [went("approval", "APPROVED")]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_deciders_at_the_same_time_one_wins() {
    let world = Arc::new(World::new().await);
    for round in 0..5 {
        let run = world.run().await;
        let wait = world.open(run, &format!("round {round}"), Until::Approval, None).await;
        let deciders = (0..6).map(|by| {
            let (world, wait) = (world.clone(), wait.clone());
            tokio::spawn(async move { world.decide(&wait, by % 2 == 0, by).await })
        });
        let decided: Vec<_> = futures_util::future::join_all(deciders).await.into_iter().map(Result::unwrap).collect();
        let winners: Vec<_> = decided.iter().filter_map(|decided| decided.as_ref().ok()).collect();
        assert_eq!(winners.len(), 1);
        assert!(decided.iter().all(|decided| matches!(decided, Ok(_) | Err(Error::Conflict(_)))), "{decided:?}");
        assert_eq!(world.wait(&wait).await.outcome, winners[0].wait.outcome);
    }
    assert_eq!(world.count("test_steps").await, 5);
}

#[tokio::test]
async fn a_decision_that_is_not_committed_decides_nothing() {
    let world = World::new().await;
    let run = world.run().await;
    let wait = world.open(run, "approval", Until::Approval, None).await;
    world.fail(1);
    world.decide(&wait, true, 1).await.unwrap_err();
    assert_eq!((world.wait(&wait).await.outcome, world.count("jobs").await), (None, 0));
    world.decide(&wait, false, 2).await.unwrap();
    assert_eq!(world.steps().await, [went("approval", "REJECTED")]);
}

#[tokio::test]
async fn only_waits_for_a_decision_can_be_decided_and_only_while_there_is_time() {
    let world = World::new().await;
    let run = world.run().await;
    let timer = world.open(run, "timer", Until::Time(world.in_minutes(5)), None).await;
    assert_eq!(world.decide(&timer, true, 1).await.unwrap_err().code(), ErrorCode::NotFound);
    let wait = world.open(run, "approval", Until::Approval, Some(world.in_minutes(5))).await;
    world.advance(5);
    // Nobody has told it so yet.
    assert_eq!(world.wait(&wait).await.outcome, None);
    assert_eq!(world.decide(&wait, true, 1).await.unwrap_err().code(), ErrorCode::Conflict);
    let _process = world.process().await;
    world.went_on(2).await;
    assert_eq!(world.wait(&wait).await.outcome, Some(WaitOutcome::Expired));
}
