//! Searching.

use async_graphql::{Context, Object, Result, SimpleObject};

use crate::domains::knowledge::Knowledge;
use crate::{
    db::Id,
    domains::{
        ContextExt,
        knowledge::{Passage, fusion::Fused, retrieval::Found, service},
    },
    graphql::{AsMany, Costs, Requires, nullable},
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
}

/// What a search found.
#[derive(SimpleObject, Debug)]
pub struct KnowledgeSearch {
    /// The passages, the best first.
    hits: Vec<KnowledgeHit>,
    /// Whether the language model did not answer in time, so that the search went by words alone.
    is_degraded: bool,
}

/// Searching in knowledge.
#[derive(Default, Debug)]
pub struct SearchQuery;

#[Object]
impl SearchQuery {
    /// The passages of a base that fit a question best, the best first: found by their words, and by their meaning where a
    /// language model for that is set up. None when no passage bears on the question, and where a base has no documents.
    /// Of a question in several parts the best passage of each part is among the first. Null without `knowledge:read`.
    #[graphql(
        directive = Costs::apply(10),
        directive = AsMany::apply("first", Some("hits")),
        directive = Requires::apply(&["knowledge:read"])
    )]
    async fn search_knowledge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The base, such as `support`.")] base: String,
        #[graphql(desc = "The question, in plain words, 1 to 2,000 characters; no sign has a special meaning.")]
        query: String,
        #[graphql(desc = "At most so many passages, 1 to 50.", default = 5)] first: i32,
    ) -> Option<Result<KnowledgeSearch>> {
        nullable(async {
            let knowledge = ctx.service::<Knowledge>()?;
            let Found { passages, is_degraded } =
                service::search(knowledge, ctx.viewer()?, &base, &query, first).await?;
            let hit = |(passage, fused): (Passage, Fused<Id<Passage>>)| KnowledgeHit {
                passage,
                score: fused.score,
                word_rank: fused.word_rank,
                meaning_rank: fused.meaning_rank,
            };
            Ok(Some(KnowledgeSearch { hits: passages.into_iter().map(hit).collect(), is_degraded }))
        })
        .await
    }
}
