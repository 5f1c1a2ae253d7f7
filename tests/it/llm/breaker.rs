//! A provider that keeps failing is left alone for a while.

use super::*;
use crate::support::llm::Behaviour;

/// Two providers, the first of which opens its breaker at the third failure, for 30 seconds.
struct World {
    first: StandIn,
    second: StandIn,
    chain: LlmChain,
    clock: HandClock,
}

impl World {
    async fn start() -> Self {
        let (first, second) = (StandIn::start(Dialect::OpenAi).await, StandIn::start(Dialect::Ollama).await);
        let clock = HandClock::at(today());
        let ambient = Ambient::seeded(std::sync::Arc::new(clock.clone()), 7);
        let chain = LlmChain::new(&config(&[&first, &second]), ambient).unwrap();
        Self { first, second, chain, clock }
    }

    /// The first provider has failed so often that it is left alone.
    async fn opened() -> Self {
        let world = Self::start().await;
        world.first.always(Behaviour::status(500));
        for _ in 0..3 {
            world.greeted_by(LlmProvider::Ollama).await;
        }
        assert_eq!(world.breaker(), BreakerState::Open);
        world
    }

    async fn greeted_by(&self, provider: LlmProvider) {
        assert_eq!(greet(&self.chain).await.unwrap().model.provider, provider);
    }

    fn breaker(&self) -> BreakerState {
        self.chain.snapshot().providers[0].breaker
    }
}

#[tokio::test]
async fn after_failures_in_a_row_a_provider_is_not_asked() {
    let world = World::opened().await;
    world.greeted_by(LlmProvider::Ollama).await;
    assert_eq!(stream(&world.chain).await.1.unwrap().model.provider, LlmProvider::Ollama);
    assert_eq!(world.first.count(), 3);
    let counts = counts(&world.chain, LlmProvider::OpenAi, Operation::Chat);
    assert_eq!((counts.calls, counts.skipped, counts.fallbacks), (3, 1, 4));
}

#[tokio::test]
async fn after_the_pause_it_is_tried_and_used_again_when_it_answers() {
    let world = World::opened().await;
    world.first.always(Behaviour::say("Hello."));
    world.clock.advance(TimeDelta::seconds(29));
    world.greeted_by(LlmProvider::Ollama).await;
    world.clock.advance(TimeDelta::seconds(1));
    world.greeted_by(LlmProvider::OpenAi).await;
    assert_eq!(world.breaker(), BreakerState::Closed);
    world.greeted_by(LlmProvider::OpenAi).await;
}

#[tokio::test]
async fn a_trial_that_fails_is_the_only_one_until_the_next_pause_is_over() {
    let world = World::opened().await;
    world.clock.advance(TimeDelta::seconds(30));
    for _ in 0..3 {
        world.greeted_by(LlmProvider::Ollama).await;
    }
    assert_eq!((world.first.count(), world.breaker()), (4, BreakerState::Open));
}

#[tokio::test]
async fn while_a_trial_is_on_its_way_no_other_call_is_made() {
    let world = World::opened().await;
    world.clock.advance(TimeDelta::seconds(30));
    world.first.always(Behaviour::Hang);
    let trial = tokio::spawn({
        let chain = world.chain.clone();
        async move { chain.chat(&greeting()).await }
    });
    world.first.has_got(4).await;
    assert_eq!(world.breaker(), BreakerState::HalfOpen);
    world.greeted_by(LlmProvider::Ollama).await;
    assert_eq!(world.first.count(), 4);
    trial.abort();
}

#[tokio::test]
async fn a_trial_that_is_given_up_leaves_it_to_the_next_call() {
    let world = World::opened().await;
    world.clock.advance(TimeDelta::seconds(30));
    world.first.once(Behaviour::Hang);
    world.first.always(Behaviour::say("Hello."));
    let trial = tokio::spawn({
        let chain = world.chain.clone();
        async move { chain.chat(&greeting()).await }
    });
    world.first.has_got(4).await;
    trial.abort();
    assert!(patience(trial).await.unwrap_err().is_cancelled());
    world.greeted_by(LlmProvider::OpenAi).await;
    assert_eq!(world.breaker(), BreakerState::Closed);
}

#[tokio::test]
async fn a_streamed_trial_is_over_when_the_answer_begins() {
    let world = World::opened().await;
    world.clock.advance(TimeDelta::seconds(30));
    world.first.always(Behaviour::Silence("Hello,".to_owned()));
    let mut deltas = world.chain.stream(&greeting());
    patience(deltas.next()).await.unwrap().unwrap();
    assert_eq!(world.breaker(), BreakerState::Closed);
}

#[tokio::test]
async fn errors_of_ours_leave_it_closed() {
    for status in [400, 401, 404, 413, 422] {
        let world = World::start().await;
        world.first.always(Behaviour::status(status));
        for _ in 0..4 {
            let _ = greet(&world.chain).await;
        }
        assert_eq!((world.first.count(), world.breaker()), (4, BreakerState::Closed), "{status}");
    }
}

#[tokio::test]
async fn streams_that_break_off_open_it() {
    let world = World::start().await;
    world.first.always(Behaviour::NoEnd("Hello, I am".to_owned()));
    for _ in 0..3 {
        stream(&world.chain).await.1.unwrap_err();
    }
    assert_eq!(world.breaker(), BreakerState::Open);
}

#[tokio::test]
async fn when_all_are_left_alone_it_is_told_for_how_long() {
    let world = World::opened().await;
    world.second.always(Behaviour::status(500));
    for _ in 0..3 {
        greet(&world.chain).await.unwrap_err();
    }
    world.clock.advance(TimeDelta::seconds(10));
    let error = greet(&world.chain).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(20 * SECOND));
    assert!(error.to_string().contains("left alone"), "{error}");
    assert_eq!(world.first.count() + world.second.count(), 9);
}

#[tokio::test]
async fn those_left_alone_are_passed_over_for_the_last() {
    let servers = [
        StandIn::start(Dialect::OpenAi).await,
        StandIn::start(Dialect::Ollama).await,
        StandIn::start(Dialect::HuggingFace).await,
    ];
    let chain = chain(&servers.each_ref());
    servers[0].always(Behaviour::status(500));
    servers[1].always(Behaviour::status(500));
    for _ in 0..4 {
        assert_eq!(greet(&chain).await.unwrap().model.provider, LlmProvider::HuggingFace);
    }
    for provider in [LlmProvider::OpenAi, LlmProvider::Ollama] {
        let counts = counts(&chain, provider, Operation::Chat);
        assert_eq!((counts.calls, counts.skipped, counts.fallbacks), (3, 1, 4), "{provider}");
    }
}
