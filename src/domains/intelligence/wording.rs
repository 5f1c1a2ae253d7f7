//! The summaries of signals in better words, where a language model is configured.
//!
//! Rules decide what a signal is and sum it up by template. A model may say that better and nothing else: its sentence is
//! checked word for word against what the rules found ([`grounds`](super::grounds)), and against turning it around
//! ([`turning`]); what does not pass leaves the template in its place.

mod asking;
mod checking;
#[cfg(test)]
mod tests;
mod turning;

use std::collections::HashMap;

use super::filings::Signal;
use crate::clients::llm::LlmChain;

/// The most signals of one filing that a model is asked about; what is beyond keeps its template.
const MOST_SIGNALS: usize = 8;

/// A summary in a model's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// One sentence.
    pub summary: String,
    /// Who worded it, as `provider/model`.
    pub model: String,
}

/// Asks the first language model that answers, once, for better summaries of the signals of one filing of `customer`, and
/// returns those that can be used by the keys of their signals. It never fails; why a summary was not used stands in the log.
/// Nothing is asked without a model, or about no signal.
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
