//! Rewording of signal summaries, if a language model is configured.
//!
//! Rules decide what a signal is and summarize it by template. A model may only improve the wording: its sentence is
//! checked word for word against the rules' findings ([`grounds`](super::grounds)), and for a reversed meaning
//! ([`turning`]); if rejected, the template's summary is kept.

mod asking;
mod checking;
#[cfg(test)]
mod tests;
mod turning;

use std::collections::HashMap;

use super::filings::Signal;
use crate::clients::llm::LlmChain;

/// Maximum number of signals per filing for which a model is asked; the others keep their template.
const MOST_SIGNALS: usize = 8;

/// A reworded summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// The sentence.
    pub summary: String,
    /// The model, as `provider/model`.
    pub model: String,
}

/// Asks the first language model that answers, once, for better summaries of the signals of one filing of `customer`,
/// and returns the usable ones by signal key. Never fails; rejections are logged. Nothing is asked without a model or
/// signals.
pub async fn refine(models: &LlmChain, customer: &str, signals: &[&Signal]) -> HashMap<String, Wording> {
    let signals = &signals[..signals.len().min(MOST_SIGNALS)];
    if signals.is_empty() || !models.is_configured() {
        return HashMap::new();
    }
    let (model, summaries) = match asking::ask(models, customer, signals).await {
        Ok(answer) => answer,
        Err(reason) => {
            tracing::warn!(signals = signals.len(), %reason, "no model's summaries are used, templates are");
            return HashMap::new();
        }
    };
    let used = signals.iter().zip(summaries).filter_map(|(signal, summary)| {
        match summary.and_then(|summary| checking::checked(&summary, customer, signal)) {
            Ok(summary) => Some((signal.key.clone(), Wording { summary, model: model.clone() })),
            Err(objection) => {
                let kind = signal.kind.name();
                tracing::warn!(kind, %model, %objection, "a model's summary is not used, a template is");
                None
            }
        }
    });
    used.collect()
}
