//! What the providers' embeddings have in common.

use super::transport::Target;
use super::{Embeddings, LlmError, Usage};

/// The most texts in one request: the limit of Text Embeddings Inference as it comes (`--max-client-batch-size`), and few
/// enough for an answer to stay far below the largest that is read.
const BATCH: usize = 32;

/// The vectors of one batch, and what they cost, where the provider told.
pub(super) struct Vectors {
    pub(super) vectors: Vec<Vec<f32>>,
    pub(super) usage: Option<Usage>,
}

/// Finds what no provider would accept, before one is asked.
///
/// # Errors
/// [`LlmError::InvalidRequest`].
pub(super) fn check(texts: &[String]) -> Result<(), LlmError> {
    if texts.is_empty() || texts.iter().any(|text| text.trim().is_empty()) {
        return Err(LlmError::InvalidRequest { reason: "a text to embed is empty or missing".to_owned() });
    }
    Ok(())
}

/// Asks batch after batch.
///
/// # Errors
/// [`LlmError::Unsupported`] without a target, [`LlmError::InvalidRequest`] when a text is empty,
/// [`LlmError::Garbage`] when the vectors are not what was asked for; else what `ask` says.
pub(super) async fn in_batches<'a, A>(
    target: Option<&'a Target>,
    texts: &'a [String],
    ask: impl Fn(&'a Target, &'a [String]) -> A,
) -> Result<Embeddings, LlmError>
where
    A: Future<Output = Result<Vectors, LlmError>>,
{
    check(texts)?;
    let target = target.ok_or_else(|| LlmError::Unsupported { reason: "no embedding model is set".to_owned() })?;
    let (mut vectors, mut usage) = (Vec::with_capacity(texts.len()), None);
    for batch in texts.chunks(BATCH) {
        let more = ask(target, batch).await?;
        if more.vectors.len() != batch.len() {
            return Err(wrong());
        }
        vectors.extend(more.vectors);
        if let Some(cost) = more.usage {
            usage.get_or_insert_with(Usage::default).add(Some(cost));
        }
    }
    let length = vectors.first().map_or(0, Vec::len);
    let good = |vector: &Vec<f32>| vector.len() == length && vector.iter().all(|number| number.is_finite());
    if length == 0 || !vectors.iter().all(good) {
        return Err(wrong());
    }
    Ok(Embeddings { vectors, usage, model: target.model.clone() })
}

fn wrong() -> LlmError {
    LlmError::Garbage { reason: "it holds other vectors than were asked for".to_owned() }
}
