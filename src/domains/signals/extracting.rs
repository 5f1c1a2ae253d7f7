//! Storage of the signals that a language model found beside the rules: signals of the model alone are added, those of
//! the rules completed, and disagreements recorded. All in one transaction with the note that the report is read, so
//! that nothing is stored or requested twice.

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

/// Maximum number of requests for a report with unusable answers.
const MOST_ATTEMPTS: i32 = 3;
/// Maximum length of a stored text by a model, in characters.
const LONGEST: usize = 500;

/// Counts of stored rows.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Stored {
    pub(super) by_both: usize,
    pub(super) by_model: usize,
    /// Kinds and reasons of the recorded disagreements.
    pub(super) disagreements: Vec<(DisagreementKind, String)>,
}

impl Saving<'_> {
    /// Stores the merged signals of the rules and `model`; `None` if that was done before. Must be called before any
    /// other change in `tx`.
    ///
    /// # Errors
    /// If the database fails.
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
        let told = self.locked(tx, customer.id, &new).await?;
        let mut ids: HashMap<String, Id<Signal>> = known.iter().map(|(key, row)| (key.clone(), row.id)).collect();
        ids.extend(new.iter().map(|row| (row.event_key.clone(), row.id)));
        let mut stored = Stored { by_model: new.len(), ..Stored::default() };
        for merged in union.merged {
            if let Some(row) = known.get(&merged.signal.key) {
                let row = completed(row.clone(), merged, model)?.searchable();
                row.into_active_model().reset_all().update(&**tx).await?;
                stored.by_both += 1;
            }
        }
        self.insert(tx, new, told).await?;
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

    /// Records that a model's answer about a report was unusable; after a few of them the report is given up.
    ///
    /// # Errors
    /// If the database fails.
    pub(super) async fn note_unusable(self, tx: &WriteTx, customer: Id<Customer>, read: &FilingRef) -> Result<()> {
        let Some(mut reading) = waiting(tx, customer, read).await? else { return Ok(()) };
        reading.extraction_attempts += 1;
        if reading.extraction_attempts >= MOST_ATTEMPTS {
            reading.extraction = Some(Extraction::GivenUp);
        }
        reading.into_active_model().reset_all().update(&**tx).await?;
        Ok(())
    }

    /// Returns rows for the signals of the model alone that no earlier report contains.
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

    /// Returns the row of a disagreement; `None` if an earlier report contains its signal.
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
            created_at: self.ambient.now(),
        })
    }
}

/// Returns the record of a report that waits for a model.
async fn waiting(tx: &WriteTx, customer: Id<Customer>, read: &FilingRef) -> Result<Option<filing::Model>> {
    let reading = filing::Entity::find_by_id((customer, read.accession.clone())).one(&**tx).await?;
    Ok(reading.filter(|reading| reading.extraction == Some(Extraction::Waiting)))
}

/// Completes a signal of the rules with the values of the model.
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

/// Returns the reason of a disagreement as a metrics label.
fn reason(row: &ExtractionDisagreement) -> String {
    let refusal = row.refusal.map(|refusal| refusal.name());
    refusal.or_else(|| row.field.map(|field| field.name())).unwrap_or_else(|| "none".to_owned())
}
