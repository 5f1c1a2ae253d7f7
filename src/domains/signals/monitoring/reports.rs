//! Second stage: writing reports on each new signal for the company's personas.

use std::collections::HashMap;

use futures_util::{StreamExt, stream};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::{monitor::MonitorCustomers, plan::Plan, stages::REPORTS};
use crate::{
    clients::research::Details,
    db::Id,
    domains::{
        intelligence::{
            self, FactRow, FactTopic,
            filings::{self, Item},
            reports::{self, Audience, Draft, Occasion},
        },
        signals::{Signal, SignalReport, report, signal},
    },
    error::{Error, Result},
    jobs::{Context, JobError, TaskOutcome},
};

/// Number of signals reported on concurrently.
const SIGNALS_AT_A_TIME: usize = 4;

/// Maximum number of earlier signals whose reports are rewritten.
const MOST_WAITING: u64 = 50;

/// Maximum number of personas per signal.
const MOST_PERSONAS: usize = 5;

/// The readers of reports, and facts about the vendor.
struct Readers {
    /// Products of the company: names and descriptions.
    products: Vec<(String, String)>,
    /// The personas with their facts.
    audiences: Vec<(Option<Id<FactRow>>, Audience)>,
}

impl MonitorCustomers {
    /// Writes the reports on the signals found by this job, and returns their number.
    pub(super) async fn write_reports(&self, ctx: &Context, plan: &Plan) -> Result<i32, JobError> {
        let signals = signal::Entity::find()
            .filter(signal::Column::JobId.eq(ctx.id()))
            .order_by_asc(signal::Column::Id)
            .all(self.app.db.reader())
            .await?;
        let readers = self.readers(plan).await?;
        let waiting = self.waiting(ctx, plan).await?;
        let total = signals.len() + waiting.len();
        ctx.begin_stage(REPORTS, total, format!("Writing reports on {total} signals")).await?;
        let tasks: Vec<_> = signals.iter().map(|signal| self.report_on(ctx, plan, &readers, signal)).collect();
        let mut tasks = stream::iter(tasks).buffer_unordered(SIGNALS_AT_A_TIME);
        let mut written = 0;
        while let Some(outcome) = tasks.next().await {
            written += outcome?.done().unwrap_or_default();
        }
        for (signal, reports) in waiting {
            written += self.write_again(ctx, plan, &readers, &signal, reports).await?.done().unwrap_or_default();
        }
        ctx.end_stage(REPORTS, format!("Wrote {written} reports")).await?;
        Ok(written)
    }

    /// Returns earlier signals with placeholder reports, if there is a model to ask.
    async fn waiting(&self, ctx: &Context, plan: &Plan) -> Result<Vec<(Signal, Vec<SignalReport>)>, JobError> {
        if !self.app.clients.llm.is_configured() {
            return Ok(Vec::new());
        }
        let waiting = report::Entity::find().filter(report::Column::IsProvisional.eq(true));
        let mut reports: HashMap<Id<Signal>, Vec<SignalReport>> = HashMap::new();
        for report in waiting.all(self.app.db.reader()).await? {
            reports.entry(report.signal_id).or_default().push(report);
        }
        let signals = signal::Entity::find()
            .filter(signal::Column::CompanyId.eq(plan.company.id))
            .filter(signal::Column::JobId.ne(ctx.id()))
            .filter(signal::Column::Id.is_in(reports.keys().copied()))
            .order_by_asc(signal::Column::Id)
            .limit(MOST_WAITING)
            .all(self.app.db.reader())
            .await?;
        Ok(signals.into_iter().filter_map(|signal| Some((signal.clone(), reports.remove(&signal.id)?))).collect())
    }

    /// Has a model rewrite reports made from templates while none answered. Those still without an answer keep waiting.
    async fn write_again(
        &self,
        ctx: &Context,
        plan: &Plan,
        readers: &Readers,
        signal: &Signal,
        reports: Vec<SignalReport>,
    ) -> Result<TaskOutcome<i32>, JobError> {
        let customer = plan.customers.iter().map(|(_, customer)| customer).find(|one| one.id == signal.customer_id);
        let customer = customer.map_or("", |customer| customer.name.as_str());
        let task = format!("{customer} {} again", signal.event_key);
        if let Some(outcome) = ctx.start_task(REPORTS, &task).await? {
            return Ok(outcome);
        }
        let occasion = self.occasion(plan, readers, customer, signal)?;
        let mut rows = Vec::new();
        for report in reports {
            let Some((fact, audience)) = readers.audiences.iter().find(|(_, one)| one.name == report.persona) else {
                continue;
            };
            let draft = reports::write(&self.app.clients.llm, &occasion, audience).await;
            if !draft.is_provisional {
                let row = self.row(signal, report.rank, (*fact, audience), draft)?;
                rows.push(SignalReport { id: report.id, ..row });
            }
        }
        let outcome = TaskOutcome::Done(i32::try_from(rows.len()).map_err(Error::internal)?);
        let mut tx = ctx.begin().await?;
        for row in rows {
            report::Entity::update(row.into_active_model().reset_all()).exec(&**tx.tx()).await?;
        }
        ctx.commit_task(tx, REPORTS, &task, &outcome).await?;
        Ok(outcome)
    }

    async fn readers(&self, plan: &Plan) -> Result<Readers, JobError> {
        let facts = intelligence::facts_of(&self.app.db, plan.company.id).await?;
        let on = |topic: FactTopic| facts.iter().filter(move |fact| fact.topic == topic);
        let products = on(FactTopic::Products).map(|fact| (fact.name.clone(), fact.summary.clone())).collect();
        let mut audiences: Vec<_> = Vec::new();
        for fact in on(FactTopic::Personas) {
            // Two personas of one title would be one report.
            if audiences.len() < MOST_PERSONAS
                && !audiences.iter().any(|(_, known): &(_, Audience)| known.name == fact.name)
            {
                audiences.push((Some(fact.id), audience_of(fact)));
            }
        }
        if audiences.is_empty() {
            audiences = reports::default_audiences().into_iter().map(|audience| (None, audience)).collect();
        }
        Ok(Readers { products, audiences })
    }

    /// Writes the reports on one signal, one per reader.
    async fn report_on(
        &self,
        ctx: &Context,
        plan: &Plan,
        readers: &Readers,
        signal: &Signal,
    ) -> Result<TaskOutcome<i32>, JobError> {
        let customer =
            plan.customers.iter().map(|(_, customer)| customer).find(|customer| customer.id == signal.customer_id);
        let customer = customer.map_or("", |customer| customer.name.as_str());
        let task = format!("{customer} {}", signal.event_key);
        if let Some(outcome) = ctx.start_task(REPORTS, &task).await? {
            return Ok(outcome);
        }
        let occasion = self.occasion(plan, readers, customer, signal)?;
        let mut rows = Vec::with_capacity(readers.audiences.len());
        for (rank, (fact, audience)) in (0..).zip(&readers.audiences) {
            let draft = reports::write(&self.app.clients.llm, &occasion, audience).await;
            rows.push(self.row(signal, rank, (*fact, audience), draft)?.into_active_model());
        }
        let outcome = TaskOutcome::Done(i32::try_from(rows.len()).map_err(Error::internal)?);
        let mut tx = ctx.begin().await?;
        report::Entity::insert_many(rows).exec_without_returning(&**tx.tx()).await?;
        ctx.commit_task(tx, REPORTS, &task, &outcome).await?;
        Ok(outcome)
    }

    fn occasion(&self, plan: &Plan, readers: &Readers, customer: &str, signal: &Signal) -> Result<Occasion> {
        let item = Item::parse(&signal.item);
        Ok(Occasion {
            vendor: plan.company.name.clone(),
            products: readers.products.clone(),
            customer: customer.to_owned(),
            kind: signal.kind,
            opportunity: signal.opportunity,
            summary: signal.summary.clone(),
            sentence: signal.sentence.clone(),
            item: item.ok_or_else(|| Error::internal(anyhow::anyhow!("a signal has the item `{}`", signal.item)))?,
            filed_at: signal.filed_at,
            person: signal.who(),
            value: signal.estimate(),
            urgency: filings::urgency(signal.kind, signal.strength, self.app.ambient.now() - signal.filed_at),
        })
    }

    fn row(
        &self,
        signal: &Signal,
        rank: i32,
        (fact, audience): (Option<Id<FactRow>>, &Audience),
        draft: Draft,
    ) -> Result<SignalReport> {
        Ok(SignalReport {
            id: Id::new(&self.app.ambient),
            signal_id: signal.id,
            rank,
            persona: audience.name.clone(),
            fact_id: fact,
            headline: draft.headline,
            why_it_matters: draft.why_it_matters,
            talking_points: serde_json::to_string(&draft.talking_points)?,
            recommended_action: draft.recommended_action,
            draft_message: draft.draft_message,
            model: draft.model,
            is_provisional: draft.is_provisional,
            created_at: self.app.ambient.now(),
        })
    }
}

fn audience_of(fact: &FactRow) -> Audience {
    let (seniority, goals, pain_points) = match fact.details() {
        Details::Persona { seniority, goals, pain_points } => (seniority, goals, pain_points),
        _ => (None, Vec::new(), Vec::new()),
    };
    Audience { name: fact.name.clone(), description: fact.summary.clone(), seniority, goals, pain_points }
}
