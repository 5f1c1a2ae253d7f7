//! GraphQL types and query for searching knowledge.

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

/// Passage found by a search.
#[derive(SimpleObject, Debug)]
pub struct KnowledgeHit {
    /// The passage found.
    passage: Passage,
    /// Relevance, 0–1: by words relative to the best match, and by meaning if an embedding model is configured.
    /// Comparable only within one search.
    score: f64,
    /// Rank among the passages matched by words (BM25), from 1; null if none of the words match.
    word_rank: Option<i32>,
    /// Rank among the passages matched by meaning (embedding vectors), from 1; null if not among the nearest 50 or not
    /// yet embedded, and always if no embedding model is configured.
    meaning_rank: Option<i32>,
}

/// Result of a search.
#[derive(SimpleObject, Debug)]
pub struct KnowledgeSearch {
    /// Passages found, the most relevant first.
    hits: Vec<KnowledgeHit>,
    /// True if the embedding model did not answer in time, so that only words were matched.
    is_degraded: bool,
}

/// Queries for searching knowledge.
#[derive(Default, Debug)]
pub struct SearchQuery;

#[Object]
impl SearchQuery {
    /// Passages of a knowledge base that best answer a question, the most relevant first, matched by words, and by
    /// meaning if an embedding model is configured. Empty if no passage is relevant or the base has no documents. For a
    /// question in several parts, the best passage of each part is among the first. Null without `knowledge:read`.
    #[graphql(
        directive = Costs::apply(10),
        directive = AsMany::apply("first", Some("hits")),
        directive = Requires::apply(&["knowledge:read"])
    )]
    async fn search_knowledge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Knowledge base, such as `support`.")] base: String,
        #[graphql(desc = "Question in plain words, 1–2,000 characters; no character has a special meaning.")]
        query: String,
        #[graphql(desc = "Maximum number of passages, 1–50.", default = 5)] first: i32,
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
