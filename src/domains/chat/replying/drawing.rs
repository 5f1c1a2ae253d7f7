//! What a reply draws on: passages of the persona's knowledge base.

use async_graphql::ID;

use crate::domains::{
    chat::{citation::Citation, personas::Persona, service::Chat},
    knowledge::Retrieved,
};

/// Passages that a reply may draw on.
const PASSAGES: usize = 5;
/// Characters of a passage that are shown as a quote.
const QUOTE: usize = 600;

/// A passage, which a reply cites by its place in the list, from 1.
pub(super) type Passage = Retrieved;

/// The passages that fit what was said; none where the search fails: then the reply does without.
pub(super) async fn passages(chat: &Chat, persona: &Persona, question: &str) -> Vec<Passage> {
    let base = persona.knowledge_base.as_str();
    match chat.knowledge().retrieve(base, question, PASSAGES).await {
        Ok(passages) => passages,
        Err(error) => {
            tracing::error!(?error, base, "the knowledge base could not be searched; the reply does without it");
            Vec::new()
        }
    }
}

/// The passages of these numbers, as they are shown with a reply.
pub(super) fn citations(passages: &[Passage], cited: &[usize]) -> Vec<Citation> {
    let citation = |number: &usize| {
        let passage = passages.get(number.checked_sub(1)?)?;
        Some(Citation {
            index: i32::try_from(*number).ok()?,
            title: passage.title.clone(),
            heading: Some(passage.heading.clone()).filter(|heading| !heading.is_empty()),
            quote: shortened(&passage.text),
            url: passage.url.clone(),
            document_id: ID::from(passage.document.to_string()),
        })
    };
    cited.iter().filter_map(citation).collect()
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= QUOTE {
        return text.to_owned();
    }
    text.chars().take(QUOTE - 1).chain(['…']).collect()
}
