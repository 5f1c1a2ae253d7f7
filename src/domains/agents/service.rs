//! Access to the metrics of language models.

use crate::{
    app::App,
    auth::{Permission, Viewer},
    clients::llm::LlmSnapshot,
    error::Result,
};

/// Returns the metrics of this process and the states of the breakers.
pub(super) fn metrics(app: &App, viewer: &Viewer) -> Result<LlmSnapshot> {
    viewer.need(Permission::MetricsRead)?;
    Ok(app.clients.llm.snapshot())
}
