//! Retrieval of passages for a reply from the persona's knowledge base.

use crate::domains::{
    chat::{citation::Citation, personas::Persona, service::Chat},
    knowledge::Retrieved,
};

/// Maximum number of passages for a reply.
const PASSAGES: usize = 5;
/// Maximum length of a quote shown with a reply, in characters.
const QUOTE: usize = 600;

/// A passage, cited by its position in the list, from 1.
pub(super) type Passage = Retrieved;

/// Returns the passages relevant to a question; none if the search fails.
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

/// Returns the citations of the passages with these numbers.
pub(super) fn citations(passages: &[Passage], cited: &[usize]) -> Vec<Citation> {
    let citation = |number: &usize| {
        let passage = passages.get(number.checked_sub(1)?)?;
        Some(Citation {
            index: i32::try_from(*number).ok()?,
            title: passage.title.clone(),
            heading: Some(passage.heading.clone()).filter(|heading| !heading.is_empty()),
            quote: shortened(&passage.text),
            url: passage.url.clone(),
            document_id: passage.document.to_string(),
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
