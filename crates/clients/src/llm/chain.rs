//! A chain of language models with fallback.

mod call;
mod link;
mod question;
mod round;

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use tokio::time::timeout;

use self::call::Call;
use self::link::Link;
use self::question::{Chat, Json, Question, Vectors};
use self::round::Round;
use super::breaker::Breaker;
use super::{
    ChatReply, ChatRequest, Delta, Deltas, Embeddings, JsonSchema, LanguageModel, LlmError, LlmMetrics, LlmProvider,
    LlmSnapshot, Operation, Phase, ProviderConfig, ProviderState, Structured, Truncation,
};
use rapport_toolkit::ambient::Ambient;
use rapport_toolkit::config::LlmConfig;

/// The configured language models as one. Cheap to clone; clones share breakers and counts.
///
/// Each call tries the providers in order until one answers. A provider that keeps failing is skipped for a while. An
/// invalid request, or one that a model refused, is not passed on. A streamed answer falls back only before its first
/// piece; a later failure ends it with [`Truncation::BrokeOff`].
#[derive(Clone)]
pub struct LlmChain {
    links: Arc<[Link]>,
    metrics: LlmMetrics,
}

impl LlmChain {
    /// Creates the chain of the configured providers; without any, calls fail with [`LlmError::NotConfigured`].
    ///
    /// # Errors
    /// [`LlmError::Unavailable`] if no HTTP client can be created.
    pub fn new(config: &LlmConfig, ambient: Ambient) -> Result<Self, LlmError> {
        let link = |provider: &ProviderConfig| {
            let (failures, pause) = (config.breaker_failures, config.breaker_pause);
            let breaker = Breaker::new(provider.provider(), failures, pause, ambient.clone());
            Link::new(provider, config, Arc::new(breaker), &ambient)
        };
        let links = config.providers.iter().map(link).collect::<Result<_, LlmError>>()?;
        Ok(Self { links, metrics: LlmMetrics::default() })
    }

    /// Returns true if there is any provider.
    #[must_use]
    pub fn is_configured(&self) -> bool {
        !self.links.is_empty()
    }

    /// Returns the chain of this provider alone, with the same breaker and counts. For vectors, which must be of the
    /// same model as those compared with.
    #[must_use]
    pub fn only(&self, provider: LlmProvider) -> Self {
        let links = self.links.iter().filter(|link| link.provider == provider).cloned().collect();
        Self { links, metrics: self.metrics.clone() }
    }

    /// Returns the chain of the model that reads reports, with its provider's breaker and the counts of this chain;
    /// empty if none is configured.
    ///
    /// # Errors
    /// [`LlmError::Unavailable`] if no HTTP client can be created.
    pub fn for_extraction(&self, config: &LlmConfig, ambient: &Ambient) -> Result<Self, LlmError> {
        let of_provider = |provider: &ProviderConfig| {
            let link = self.links.iter().find(|link| link.provider == provider.provider())?;
            Some(Link::new(provider, config, link.breaker.clone(), ambient))
        };
        let link = config.extraction.as_ref().and_then(of_provider).transpose()?;
        Ok(Self { links: link.into_iter().collect(), metrics: self.metrics.clone() })
    }

    /// Returns the counts since the start of the process, and the states of the breakers.
    #[must_use]
    pub fn snapshot(&self) -> LlmSnapshot {
        let state = |link: &Link| ProviderState { provider: link.provider, breaker: link.breaker.state() };
        LlmSnapshot { providers: self.links.iter().map(state).collect(), models: self.metrics.snapshot() }
    }

    /// Tries one provider after the other.
    async fn run<Q: Question>(&self, question: Q) -> Result<Q::Answer, LlmError> {
        question.check()?;
        let mut round = Round::new(Arc::clone(&self.links), self.metrics.clone(), Q::OPERATION, question.is_capped());
        loop {
            let mut call = round.next()?;
            let (client, limit) = (call.client(), call.timeout());
            let answer = timeout(limit, question.put(&*client, &mut call.usage)).await;
            match answer.unwrap_or(Err(LlmError::Timeout(Phase::Answer))) {
                Ok(answer) => {
                    call.succeeded();
                    return Ok(answer);
                }
                Err(error) => round.failed(call, error)?,
            }
        }
    }
}

#[async_trait]
impl LanguageModel for LlmChain {
    async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, LlmError> {
        self.run(Chat { request }).await
    }

    fn stream(&self, request: &ChatRequest) -> Deltas {
        if let Err(error) = request.check() {
            return stream::once(async { Err(error) }).boxed();
        }
        let round =
            Round::new(Arc::clone(&self.links), self.metrics.clone(), Operation::Stream, request.max_tokens.is_some());
        let streaming = Streaming { round, request: request.clone(), open: None };
        stream::unfold(Some(streaming), |streaming| async {
            let mut streaming = streaming?;
            let item = streaming.item().await;
            let goes_on = matches!(item, Ok(Delta::Text(_)));
            Some((item, goes_on.then_some(streaming)))
        })
        .boxed()
    }

    async fn structured(&self, request: &ChatRequest, schema: &JsonSchema) -> Result<Structured, LlmError> {
        self.run(Json { request, schema }).await
    }

    async fn embed(&self, texts: &[String]) -> Result<Embeddings, LlmError> {
        self.run(Vectors { texts }).await
    }
}

/// A streamed answer: selects the first provider that starts, then stays with it.
struct Streaming {
    round: Round,
    request: ChatRequest,
    open: Option<(Deltas, Call)>,
}

impl Streaming {
    async fn item(&mut self) -> Result<Delta, LlmError> {
        if let Some((deltas, call)) = &mut self.open {
            let item = next(deltas).await;
            return end(call, item).map_err(|error| match error {
                error @ LlmError::Truncated(Truncation::TokenLimit) => error,
                error => LlmError::Truncated(Truncation::BrokeOff { cause: Box::new(error) }),
            });
        }
        loop {
            let mut call = self.round.next()?;
            let mut deltas = call.client().stream(&self.request);
            match next(&mut deltas).await {
                Err(error) => self.round.failed(call, error)?,
                Ok(first) => {
                    call.began();
                    let first = end(&mut call, Ok(first));
                    self.open = Some((deltas, call));
                    return first;
                }
            }
        }
    }
}

/// Returns the next item; a stream that ends without one is incomplete.
async fn next(deltas: &mut Deltas) -> Result<Delta, LlmError> {
    deltas.next().await.unwrap_or(Err(LlmError::Truncated(Truncation::NoEnd)))
}

/// Records the end of the call, if the item is its end.
fn end(call: &mut Call, item: Result<Delta, LlmError>) -> Result<Delta, LlmError> {
    match &item {
        Ok(Delta::Text(_)) => {}
        Ok(Delta::End(end)) => {
            call.usage.add(end.usage);
            call.succeeded();
        }
        Err(error) => call.failed(error),
    }
    item
}
