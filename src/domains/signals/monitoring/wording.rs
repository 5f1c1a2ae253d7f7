//! Rewording of the summaries of new signals before they are saved, so that row, event and alert agree.

use std::collections::HashMap;

use super::monitor::MonitorCustomers;
use crate::{
    domains::{
        customers::Customer,
        intelligence::{
            filings::{FilingRef, Signal as Told},
            wording::{self, Wording},
        },
        signals::saving,
    },
    error::Result,
};

impl MonitorCustomers {
    /// Returns reworded summaries, by signal key. The model is asked only about signals not saved yet.
    pub(super) async fn wordings(
        &self,
        customer: &Customer,
        read: &FilingRef,
        told: &[Told],
    ) -> Result<HashMap<String, Wording>> {
        let models = &self.app.clients.llm;
        if told.is_empty() || !models.is_configured() {
            return Ok(HashMap::new());
        }
        let new = saving::new_of(self.app.db.reader(), customer.id, read, told.to_vec()).await?;
        let new: Vec<_> = new.iter().map(|new| &new.told).collect();
        Ok(wording::refine(models, &customer.name, &new).await)
    }
}
