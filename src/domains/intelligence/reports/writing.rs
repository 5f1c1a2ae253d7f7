//! Writing a report.

use super::{Audience, Draft, Occasion, asking, templates};
use crate::{
    clients::llm::LlmChain,
    domains::intelligence::filings::{self, Direction},
};

/// Returns true if it is about a death, which must not be used for selling.
pub(super) fn is_death(occasion: &Occasion) -> bool {
    let goes = occasion.person.as_ref().is_some_and(|person| person.direction == Direction::Goes);
    goes && filings::is_death(&occasion.sentence)
}

/// Writes a report with the first language model that answers, otherwise from a template. Never fails; the reason for
/// not using a model's answer is logged.
pub async fn write(models: &LlmChain, occasion: &Occasion, audience: &Audience) -> Draft {
    if is_death(occasion) {
        return templates::condolence(occasion, audience);
    }
    if !models.is_configured() {
        return templates::draft(occasion, audience);
    }
    match asking::ask(models, occasion, audience).await {
        Ok(draft) => draft,
        Err(reason) => {
            tracing::warn!(kind = occasion.kind.name(), %reason, "a model's report is not used, a template is");
            Draft { is_provisional: reason.is_for_now(), ..templates::draft(occasion, audience) }
        }
    }
}
