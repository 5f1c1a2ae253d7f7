//! Reading of reports by a language model, if one is configured, after the rules have read and saved them.
//!
//! If the model does not answer, the report keeps the signals of the rules and waits; the next monitoring that lists it
//! asks again. The model is asked once per report; after several unanswered requests a monitoring stops asking.

use std::collections::HashSet;

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{
    monitor::MonitorCustomers,
    plan::Plan,
    reading::{ReadBefore, Reading},
};
use crate::{
    clients::llm::LlmError,
    db::Id,
    domains::{
        customers::Customer,
        intelligence::{
            extraction::{self, Proposed},
            filings::{
                Filed,
                proposals::{self, Union},
            },
        },
        signals::{
            extracting::Stored,
            filing::{self, Extraction},
        },
    },
    error::Result,
    jobs::{Context, JobError},
};

impl MonitorCustomers {
    /// Has the language model read a saved report, and stores the signals found. If it does not answer, the report
    /// waits.
    pub(super) async fn extract(
        &self,
        ctx: &Context,
        plan: &Plan,
        customer: &Customer,
        reading: &Reading,
        before: &ReadBefore,
    ) -> Result<(), JobError> {
        let model = &self.app.clients.extraction;
        let accession = &reading.reference.accession;
        let is_wanted = model.is_configured() && !reading.sources.is_empty() && !before.is_settled(accession);
        if !is_wanted || !plan.asking.goes_on() {
            return Ok(());
        }
        let metrics = self.app.ambient.metrics().extraction();
        let asked = extraction::propose(model, &customer.name, &reading.sources).await;
        plan.asking.ended(!asked.as_ref().is_err_and(LlmError::is_absence));
        let saving = self.saving(ctx, plan.company.id);
        match asked {
            Ok(proposed) => {
                let (by, union) = (proposed.model.clone(), self.united(customer, reading, proposed));
                let mut tx = ctx.begin().await?;
                let stored = saving.save_union(tx.tx(), customer, &reading.reference, union, &by).await?;
                tx.commit().await?;
                metrics.report("done");
                if let Some(stored) = stored {
                    self.count(&stored, reading);
                }
            }
            Err(error) => {
                tracing::warn!(%accession, %error, "a strong model has not read a report; the rules' signals stand");
                metrics.report(error.kind().as_str());
                if !error.is_absence() {
                    self.note_unusable(ctx, plan, customer, reading, &error).await?;
                }
            }
        }
        Ok(())
    }

    async fn note_unusable(
        &self,
        ctx: &Context,
        plan: &Plan,
        customer: &Customer,
        reading: &Reading,
        error: &LlmError,
    ) -> Result<(), JobError> {
        tracing::debug!(kind = error.kind().as_str(), "an answer about a report cannot be used");
        let mut tx = ctx.begin().await?;
        self.saving(ctx, plan.company.id).note_unusable(tx.tx(), customer.id, &reading.reference).await?;
        tx.commit().await
    }

    /// Merges the signals of rules and model.
    fn united(&self, customer: &Customer, reading: &Reading, proposed: Proposed) -> Union {
        let filed = Filed {
            company: Some(&customer.name),
            accession: &reading.reference.accession,
            url: &reading.url,
            filed_at: reading.reference.filed_at,
        };
        let (sources, now) = (&reading.sources, self.app.ambient.now());
        let report = (&reading.report, reading.original.as_ref());
        let proved = proposals::prove(proposed.proposals, sources, report, &filed, now);
        proposals::unite(&reading.told, proved, sources, now)
    }

    fn count(&self, stored: &Stored, reading: &Reading) {
        let metrics = self.app.ambient.metrics().extraction();
        metrics.signals("both", stored.by_both);
        metrics.signals("model", stored.by_model);
        metrics.signals("rules", reading.told.len().saturating_sub(stored.by_both));
        for (kind, reason) in &stored.disagreements {
            metrics.disagreement(kind.name(), reason.clone());
        }
    }

    /// Returns the number of the plan's reports that the model has read in this job, and of those that still wait.
    pub(super) async fn extracted(&self, ctx: &Context, plan: &Plan) -> Result<(i32, i32)> {
        if !self.app.clients.extraction.is_configured() {
            return Ok((0, 0));
        }
        let count = |number: u64| i32::try_from(number).unwrap_or(i32::MAX);
        let done = filing::Entity::find().filter(filing::Column::ExtractionJobId.eq(ctx.id()));
        let done = count(done.count(self.app.db.reader()).await?);
        let customers: HashSet<Id<Customer>> = plan.customers.iter().map(|(_, customer)| customer.id).collect();
        let waiting = filing::Entity::find().filter(filing::Column::Extraction.eq(Extraction::Waiting));
        let waiting = waiting.filter(filing::Column::FiledAt.gte(plan.since)).all(self.app.db.reader()).await?;
        let waiting = waiting.iter().filter(|reading| customers.contains(&reading.customer_id)).count();
        Ok((done, count(waiting as u64)))
    }
}
