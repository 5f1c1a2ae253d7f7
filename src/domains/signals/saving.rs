//! Storage of the signals of a filing: each event once, amendments linked to the amended signal, and notifications
//! sent. All in the transaction of the job that read it.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};

use super::{
    ExtractedBy, Signal,
    events::{SignalAlerted, SignalDetected, TOPIC},
    filing::{self, Extraction},
    signal,
};
use crate::{
    ambient::Ambient,
    db::{Id, WriteTx},
    domains::{
        activity::{self, SubjectRef, TimelineKind, Touch},
        customers::{self, Customer},
        identity::{User, active_user, user_topic},
        intelligence::{
            Company,
            filings::{self, FilingRef, Signal as Found},
            wording::Wording,
        },
        notification_kinds::Notice,
        notifications,
    },
    error::{Error, Result},
    events::{self, NewEvent},
    jobs::JobRow,
};

/// A signal contained in a filing for the first time.
#[derive(Debug)]
pub(super) struct New {
    pub(super) told: Found,
    /// The signal of an earlier filing that it amends.
    amends: Option<Id<Signal>>,
}

/// Context of saving.
#[derive(Debug, Clone, Copy)]
pub(super) struct Saving<'a> {
    pub(super) ambient: &'a Ambient,
    /// The job that read the filing.
    pub(super) job: Id<JobRow>,
    /// The user who started it.
    pub(super) owner: Option<Id<User>>,
    /// Urgency (0–1) above which users are notified at once.
    pub(super) alert_above: f64,
    pub(super) company: Id<Company>,
    /// True if a language model is to read the reports too.
    pub(super) is_extracted: bool,
}

/// Users to be told of new signals.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The customer's account manager, who is notified of each.
    manager: Option<Id<User>>,
    /// The alert for each urgent one: to the account manager, otherwise to the user who started the monitoring.
    alerts: Vec<SignalAlerted>,
}

impl Saving<'_> {
    /// Records that a filing was read, and stores its new signals, with reworded summaries by signal key if available.
    /// Must be called before any other change in `tx`.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn save(
        self,
        tx: &mut WriteTx,
        customer: &Customer,
        read: FilingRef,
        told: Vec<Found>,
        mut wordings: HashMap<String, Wording>,
    ) -> Result<()> {
        let new = new_of(&**tx, customer.id, &read, told).await?;
        let row = |new: New| {
            let wording = wordings.remove(&new.told.key);
            self.row(customer, new, wording)
        };
        let new: Vec<_> = new.into_iter().map(row).collect();
        let told = self.locked(tx, customer.id, &new).await?;
        self.note_read(tx, customer.id, &read).await?;
        self.insert(tx, new, told).await
    }

    /// Returns who is told of new signals, and locks the topics of their events, so that these commit in order. Must be
    /// called before any change in `tx`.
    pub(super) async fn locked(self, tx: &mut WriteTx, customer: Id<Customer>, new: &[Signal]) -> Result<Told> {
        if new.is_empty() {
            return Ok(Told::default());
        }
        let told = self.told(tx, customer, new).await?;
        TOPIC.lock(tx).await?;
        // All alerts are for one user.
        if let Some(alert) = told.alerts.first() {
            user_topic(alert.user).lock(tx).await?;
        }
        Ok(told)
    }

    /// Inserts new signals, appends their events, and notifies the account manager.
    pub(super) async fn insert(self, tx: &mut WriteTx, new: Vec<Signal>, told: Told) -> Result<()> {
        let Told { manager, alerts } = told;
        let notices: Vec<_> = manager
            .into_iter()
            .flat_map(|manager| new.iter().map(move |signal| (manager, Notice::SignalDetected(signal.id))))
            .collect();
        for row in new.into_iter().map(Signal::searchable) {
            let told = NewEvent::of(&SignalDetected::of(&row), None)?;
            let subject = SubjectRef::from(row.customer_id);
            let (kind, ref_id, occurred_at) = (TimelineKind::Signal, row.id.uuid(), row.filed_at);
            activity::touch(tx, self.ambient, None, Touch { subject, kind, ref_id, occurred_at }).await?;
            signal::Entity::insert(row.into_active_model()).exec_without_returning(&**tx).await?;
            events::append(tx, self.ambient, told).await?;
        }
        for alert in alerts {
            events::append(tx, self.ambient, NewEvent::of(&alert, None)?).await?;
        }
        notifications::notify(tx, self.ambient, None, &notices).await
    }

    /// Returns the row of a new signal found by the rules.
    pub(super) fn row(self, customer: &Customer, New { told, amends }: New, wording: Option<Wording>) -> Signal {
        let (summary, summary_model) = match wording {
            Some(Wording { summary, model }) => (summary, Some(model)),
            None => (told.summary, None),
        };
        let (value, person, evidence) = (told.value, told.person, told.evidence);
        Signal {
            id: Id::new(self.ambient),
            customer_id: customer.id,
            company_id: self.company,
            event_key: told.key,
            kind: told.kind,
            opportunity: told.opportunity,
            strength: told.strength,
            urgency: told.urgency,
            value_low: value.as_ref().map(|value| value.low),
            value_high: value.as_ref().map(|value| value.high),
            value_currency: value.as_ref().map(|value| value.currency.clone()),
            value_assumption: value.map(|value| value.assumption),
            person_name: person.as_ref().map(|person| person.name.clone()),
            person_role: person.as_ref().and_then(|person| person.role.clone()),
            person_direction: person.as_ref().map(|person| person.direction),
            person_effective: person.and_then(|person| person.effective),
            summary,
            summary_model,
            extracted_by: ExtractedBy::Rules,
            extraction_model: None,
            quotes: None,
            accession: evidence.accession,
            item: evidence.item.to_string(),
            sentence: evidence.sentence,
            url: evidence.url,
            filed_at: evidence.filed_at,
            amends_id: amends,
            is_sample: customer.is_sample,
            job_id: self.job,
            detected_at: self.ambient.now(),
            words: String::new(),
        }
    }

    /// Returns who is told of new signals.
    async fn told(self, tx: &WriteTx, customer: Id<Customer>, new: &[Signal]) -> Result<Told> {
        // As it is now: who looks after the customer may have changed while the job ran.
        let manager = customers::find(tx, customer).await?.and_then(|customer| customer.account_manager_id);
        let manager = match manager {
            Some(id) => active_user(&**tx, id).await?.map(|user| user.id),
            None => None,
        };
        let Some(user) = manager.or(self.owner) else { return Ok(Told::default()) };
        let urgent = new.iter().filter(|signal| signal.urgency > self.alert_above);
        let alert = |signal: &Signal| SignalAlerted {
            id: self.ambient.uuid(),
            user,
            detected: SignalDetected::of(signal),
            urgency: signal.urgency,
        };
        Ok(Told { manager, alerts: urgent.map(alert).collect() })
    }

    async fn note_read(self, tx: &WriteTx, customer: Id<Customer>, read: &FilingRef) -> Result<(), DbErr> {
        let mut row = filing::Model::of(customer, read, self.job, self.ambient.now());
        row.extraction = self.is_extracted.then_some(Extraction::Waiting);
        let again = OnConflict::columns([filing::Column::CustomerId, filing::Column::Accession])
            .update_columns([filing::Column::RulesVersion, filing::Column::JobId, filing::Column::ReadAt])
            .to_owned();
        let insert = filing::Entity::insert(row.into_active_model()).on_conflict(again);
        insert.exec_without_returning(&**tx).await?;
        if self.is_extracted {
            // It may have been read before there was a model.
            filing::Entity::update_many()
                .col_expr(filing::Column::Extraction, Expr::value(Extraction::Waiting.to_value()))
                .filter(filing::Column::CustomerId.eq(customer))
                .filter(filing::Column::Accession.eq(&read.accession))
                .filter(filing::Column::Extraction.is_null())
                .exec(&**tx)
                .await?;
        }
        Ok(())
    }
}

/// Returns the signals of a filing that are new. Those repeated by an amendment belong to the first report.
///
/// # Errors
/// When the database fails.
pub(super) async fn new_of<C: ConnectionTrait>(
    db: &C,
    customer: Id<Customer>,
    read: &FilingRef,
    told: Vec<Found>,
) -> Result<Vec<New>> {
    let known = signal::Entity::find().filter(signal::Column::CustomerId.eq(customer)).all(db).await?;
    let keys: HashSet<_> = known.iter().map(|signal| signal.event_key.as_str()).collect();
    let amended: Vec<_> = original_of(db, customer, read).await?.map_or_else(Vec::new, |original| {
        let accession = filings::dashed(&original.accession);
        let of_original = known.iter().filter(|signal| signal.accession == accession);
        of_original.filter_map(|signal| Some((signal.id, signal.told()?))).collect()
    });
    let new = told
        .into_iter()
        .filter(|told| !keys.contains(told.key.as_str()))
        .filter(|told| !amended.iter().any(|(_, original)| filings::repeats(told, original)))
        .map(|told| {
            let of_item = || amended.iter().filter(|(_, original)| original.evidence.item == told.evidence.item);
            let same = of_item().find(|(_, original)| original.kind == told.kind).or_else(|| of_item().next());
            New { amends: same.map(|(id, _)| *id), told }
        });
    Ok(new.collect())
}

/// Returns the filing that `read` amends, among those read before.
async fn original_of<C: ConnectionTrait>(
    db: &C,
    customer: Id<Customer>,
    read: &FilingRef,
) -> Result<Option<FilingRef>, DbErr> {
    if !read.is_amendment {
        return Ok(None);
    }
    let readings = filing::Entity::find().filter(filing::Column::CustomerId.eq(customer)).all(db).await?;
    let filings: Vec<_> = readings.iter().map(filing::Model::reference).collect();
    Ok(filings::original_of(read, &filings).cloned())
}

/// Returns counts of a customer: reports read by the job, signals found by it, and known ones in the same period.
pub(super) async fn counts(
    tx: &WriteTx,
    customer: Id<Customer>,
    job: Id<JobRow>,
    since: chrono::DateTime<chrono::Utc>,
) -> Result<(i32, i32, i32)> {
    let readings = filing::Entity::find().filter(filing::Column::CustomerId.eq(customer));
    let read = readings.filter(filing::Column::JobId.eq(job)).count(&**tx).await?;
    let signals = signal::Entity::find().filter(signal::Column::CustomerId.eq(customer));
    let found = signals.clone().filter(signal::Column::JobId.eq(job)).count(&**tx).await?;
    let known = signals.filter(signal::Column::JobId.ne(job)).filter(signal::Column::FiledAt.gte(since));
    let known = known.count(&**tx).await?;
    let count = |number: u64| i32::try_from(number).map_err(Error::internal);
    Ok((count(read)?, count(found)?, count(known)?))
}
