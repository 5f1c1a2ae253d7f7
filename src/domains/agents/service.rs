//! Who may see what the calls to language models came to.

use crate::{
    app::App,
    auth::{Permission, Viewer},
    clients::llm::LlmSnapshot,
    error::Result,
};

/// What the calls of this process came to, and where the breakers stand.
pub(super) fn metrics(app: &App, viewer: &Viewer) -> Result<LlmSnapshot> {
    viewer.need(Permission::MetricsRead)?;
    Ok(app.clients.llm.snapshot())
}
