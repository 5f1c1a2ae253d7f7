//! What a strong model has found in a report beside the rules, made into rows: signals of it alone are added, those of the
//! rules completed, and it is kept where both differ. All in one transaction, with the note that the report is read, so that
//! nothing is stored or asked for twice.

use std::collections::HashMap;

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{
    ExtractedBy, ExtractionDisagreement, Signal, disagreement,
    filing::{self, Extraction},
    saving::{New, Saving, new_of},
    signal,
};
use crate::{
    clients::research::clean,
    db::{Id, WriteTx},
    domains::{
        customers::Customer,
        intelligence::filings::{
            FilingRef,
            proposals::{Added, Disagreement, DisagreementKind, Merged, Quote, Union},
        },
    },
    error::Result,
};

/// How often a report is asked about whose answers cannot be used.
const MOST_ATTEMPTS: i32 = 3;
/// The longest text of a model's that is kept, in characters.
const LONGEST: usize = 500;

/// What was stored, for counting.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Stored {
    pub(super) by_both: usize,
    pub(super) by_model: usize,
    /// Kinds and reasons of what was kept.
    pub(super) disagreements: Vec<(DisagreementKind, String)>,
}

impl Saving<'_> {
    /// Stores what rules and `model` found in a report together; `None` when that was done before. Called before any other
    /// change of `tx`.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn save_union(
        self,
        tx: &mut WriteTx,
        customer: &Customer,
        read: &FilingRef,
        union: Union,
        model: &str,
    ) -> Result<Option<Stored>> {
        let Some(reading) = waiting(tx, customer.id, read).await? else { return Ok(None) };
        let known = signal::Entity::find().filter(signal::Column::CustomerId.eq(customer.id)).all(&**tx).await?;
        let known: HashMap<_, _> = known.into_iter().map(|row| (row.event_key.clone(), row)).collect();
        let new = self.added(tx, customer, read, union.added, model).await?;
        let alerts = self.locked(tx, customer.id, &new).await?;
        let mut ids: HashMap<String, Id<Signal>> = known.iter().map(|(key, row)| (key.clone(), row.id)).collect();
        ids.extend(new.iter().map(|row| (row.event_key.clone(), row.id)));
        let mut stored = Stored { by_model: new.len(), ..Stored::default() };
        for merged in union.merged {
            if let Some(row) = known.get(&merged.signal.key) {
                let row = completed(row.clone(), merged, model)?;
                row.into_active_model().reset_all().update(&**tx).await?;
                stored.by_both += 1;
            }
        }
        self.insert(tx, new, alerts).await?;
        for differing in union.disagreements {
            if let Some(row) = self.disagreement(customer.id, read, &differing, &ids, model) {
                stored.disagreements.push((row.kind, reason(&row)));
                disagreement::Entity::insert(row.into_active_model()).exec_without_returning(&**tx).await?;
            }
        }
        let done = filing::Model { extraction: Some(Extraction::Done), extraction_job_id: Some(self.job), ..reading };
        done.into_active_model().reset_all().update(&**tx).await?;
        Ok(Some(stored))
    }

    /// Notes that a model's answer about a report cannot be used; after some the report is not asked about any more.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn note_unusable(self, tx: &WriteTx, customer: Id<Customer>, read: &FilingRef) -> Result<()> {
        let Some(mut reading) = waiting(tx, customer, read).await? else { return Ok(()) };
        reading.extraction_attempts += 1;
        if reading.extraction_attempts >= MOST_ATTEMPTS {
            reading.extraction = Some(Extraction::GivenUp);
        }
        reading.into_active_model().reset_all().update(&**tx).await?;
        Ok(())
    }

    /// The rows of signals that the model alone has found and that no earlier report told.
    async fn added(
        self,
        tx: &WriteTx,
        customer: &Customer,
        read: &FilingRef,
        added: Vec<Added>,
        model: &str,
    ) -> Result<Vec<Signal>> {
        let quotes: HashMap<String, Vec<Quote>> =
            added.iter().map(|added| (added.signal.key.clone(), added.quotes.clone())).collect();
        let told = added.into_iter().map(|added| added.signal).collect();
        let row = |new: New| -> Result<Signal> {
            let quotes = quotes.get(&new.told.key).map(serde_json::to_string).transpose()?;
            Ok(Signal {
                extracted_by: ExtractedBy::Model,
                extraction_model: Some(model.to_owned()),
                quotes,
                ..self.row(customer, new, None)
            })
        };
        new_of(&**tx, customer.id, read, told).await?.into_iter().map(row).collect()
    }

    /// The row of a disagreement; `None` where its signal was told by an earlier report.
    fn disagreement(
        self,
        customer: Id<Customer>,
        read: &FilingRef,
        differing: &Disagreement,
        ids: &HashMap<String, Id<Signal>>,
        model: &str,
    ) -> Option<ExtractionDisagreement> {
        let signal = match &differing.key {
            Some(key) => Some(*ids.get(key)?),
            None => None,
        };
        let line = |text: &Option<String>| clean::optional(text.as_deref(), LONGEST);
        Some(ExtractionDisagreement {
            id: Id::new(self.ambient),
            customer_id: customer,
            signal_id: signal,
            job_id: self.job,
            accession: read.accession.clone(),
            item: clean::line(&differing.item, 20),
            kind: differing.kind,
            signal_kind: differing.signal,
            field: differing.field,
            refusal: differing.refusal,
            by_rules: line(&differing.by_rules),
            by_model: line(&differing.by_model),
            quote: line(&differing.quote),
            model: model.to_owned(),
            noted_at: self.ambient.now(),
        })
    }
}

/// The note on a report that a strong model is still to read.
async fn waiting(tx: &WriteTx, customer: Id<Customer>, read: &FilingRef) -> Result<Option<filing::Model>> {
    let reading = filing::Entity::find_by_id((customer, read.accession.clone())).one(&**tx).await?;
    Ok(reading.filter(|reading| reading.extraction == Some(Extraction::Waiting)))
}

/// A signal of the rules that the model has found too, with what it filled in.
fn completed(row: Signal, merged: Merged, model: &str) -> Result<Signal> {
    let Merged { signal, is_completed, quotes } = merged;
    let row = Signal {
        extracted_by: ExtractedBy::Both,
        extraction_model: Some(model.to_owned()),
        quotes: Some(serde_json::to_string(&quotes)?),
        ..row
    };
    if !is_completed {
        return Ok(row);
    }
    let (value, person) = (signal.value, signal.person);
    Ok(Signal {
        strength: signal.strength,
        urgency: signal.urgency,
        value_low: value.as_ref().map(|value| value.low),
        value_high: value.as_ref().map(|value| value.high),
        value_currency: value.as_ref().map(|value| value.currency.clone()),
        value_assumption: value.map(|value| value.assumption),
        person_role: person.as_ref().and_then(|person| person.role.clone()),
        person_effective: person.and_then(|person| person.effective),
        summary: if row.summary_model.is_some() { row.summary } else { signal.summary },
        ..row
    })
}

/// The reason of a disagreement, for counting.
fn reason(row: &ExtractionDisagreement) -> String {
    let refusal = row.refusal.map(|refusal| refusal.name());
    refusal.or_else(|| row.field.map(|field| field.name())).unwrap_or_else(|| "none".to_owned())
}
