//! Searching.

use async_graphql::{Context, Object, Result, SimpleObject};

use crate::domains::knowledge::Knowledge;
use crate::{
    domains::{
        ContextExt,
        knowledge::{Passage, service},
    },
    graphql::{AsMany, Costs},
};

/// A passage that a search found.
#[derive(SimpleObject, Debug)]
pub struct KnowledgeHit {
    /// The passage.
    passage: Passage,
    /// How well it fits, 0 to 1: by words in proportion to the passage that fits best by them, and by meaning where a language
    /// model for that is set up. Good for comparing the passages of one search, not those of two.
    score: f64,
    /// Its place among the passages found by their words (BM25), from 1; null when it has none of the words.
    word_rank: Option<i32>,
    /// Its place among the passages found by their meaning (vectors of a language model), from 1; null when it is not among
    /// the nearest 50 or has no vector yet, and always where no model for that is set up.
    meaning_rank: Option<i32>,
    /// Whether the language model did not answer in time, so that this search went by words alone.
    is_degraded: bool,
}

/// Searching in knowledge.
#[derive(Default, Debug)]
pub struct SearchQuery;

#[Object]
impl SearchQuery {
    /// The passages of a base that fit a question best, the best first: found by their words, and by their meaning where a
    /// language model for that is set up. None when no passage bears on the question, and where a base has no documents.
    /// Of a question in several parts the best passage of each part is among the first. Needs `knowledge:read`.
    #[graphql(directive = Costs::apply(10), directive = AsMany::apply("first", None))]
    async fn search_knowledge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The base, such as `support`.")] base: String,
        #[graphql(desc = "The question, in plain words, 1 to 2,000 characters; no sign has a special meaning.")]
        query: String,
        #[graphql(desc = "At most so many passages, 1 to 50.", default = 5)] first: i32,
    ) -> Result<Vec<KnowledgeHit>> {
        let knowledge = ctx.service::<Knowledge>()?;
        let found = service::search(knowledge, ctx.viewer()?, &base, &query, first).await?;
        let is_degraded = found.is_degraded;
        let hits = found.passages.into_iter().map(|(passage, fused)| KnowledgeHit {
            passage,
            score: fused.score,
            word_rank: fused.word_rank,
            meaning_rank: fused.meaning_rank,
            is_degraded,
        });
        Ok(hits.collect())
    }
}
