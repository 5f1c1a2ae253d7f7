//! The consumer that finds the events that are waited for.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use async_trait::async_trait;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement,
    prelude::Uuid,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ending::{Ending, end},
    events::WaitOpened,
    matching::{EventMatch, members},
    registry::Waiters,
    row::{Column, Entity, Model, WaitKind, WaitOutcome},
};
use crate::{
    ambient::Ambient,
    db::{Reader, WriteTx},
    error::Result,
    events::{DomainEvent, Event, EventConsumer, EventLog, Topic},
};

/// Waits that are read by one statement.
const PAGE: usize = 500;

/// Ends waits for events.
#[derive(Debug, Clone)]
pub struct AwaitedEvents {
    /// The log.
    pub log: EventLog,
    /// Time and randomness.
    pub ambient: Ambient,
    /// What waits.
    pub waiters: Waiters,
}

#[async_trait]
impl EventConsumer for AwaitedEvents {
    fn name(&self) -> &'static str {
        "waits"
    }

    async fn concerns(&self, reader: &Reader, events: &[Arc<Event>]) -> Result<bool> {
        if events.iter().any(|event| event.kind == WaitOpened::KIND) {
            return Ok(true);
        }
        Ok(reader.query_one(awaited(events).limit(1)).await?.is_some())
    }

    async fn topics(&self, tx: &WriteTx, events: &[Arc<Event>]) -> Result<Vec<Topic>> {
        let (found, opened) = (found(tx, events).await?, opened(tx, events).await?);
        let waits = found.iter().map(|(wait, _)| wait).chain(opened.iter().map(|(_, wait)| wait));
        waits.map(|wait| self.waiters.topic_of(wait)).collect()
    }

    async fn react(&self, tx: &mut WriteTx, events: &[Arc<Event>]) -> Result<()> {
        for (wait, event) in found(tx, events).await? {
            self.matched(tx, &wait, &event).await?;
        }
        for (place, wait) in opened(tx, events).await? {
            // What came before it in this batch is in the log too.
            if let Some([opening, later @ ..]) = events.get(place..) {
                self.look_back(tx, &wait, opening, later).await?;
            }
        }
        Ok(())
    }

    async fn history_lost(&self, tx: &mut WriteTx) -> Result<()> {
        let update = "UPDATE waits SET lost_at = $1 WHERE kind = 'EVENT' AND outcome IS NULL AND lost_at IS NULL";
        let statement = Statement::from_sql_and_values(tx.get_database_backend(), update, [self.ambient.now().into()]);
        tx.execute_raw(statement).await?;
        Ok(())
    }
}

impl AwaitedEvents {
    async fn matched(&self, tx: &mut WriteTx, wait: &Model, event: &Event) -> Result<()> {
        let ending = Ending { result: shown(event), ..Ending::of(WaitOutcome::Matched) };
        end(tx, &self.ambient, &self.waiters, wait, ending).await.map(drop)
    }

    /// Looks for the event between the place that the wait names and its `opening`, then in what came `later`. If it has
    /// not come, the wait is live: compared with each event from then on.
    async fn look_back(&self, tx: &mut WriteTx, wait: &Model, opening: &Event, later: &[Arc<Event>]) -> Result<()> {
        let any = wait.any()?;
        let mut is_lost = false;
        if let Some(since) = wait.since() {
            let kinds: Vec<_> = any.iter().map(|awaited| awaited.event.as_str()).collect();
            let before = self.log.first_between(&**tx, (since, opening.position), &kinds, |event| fits(&any, event));
            if let Some(event) = before.await? {
                return self.matched(tx, wait, &event).await;
            }
            // Asked after reading, as consumers do.
            is_lost = since < self.log.purged_to(&**tx).await?;
        }
        if let Some(event) = later.iter().find(|event| fits(&any, event)) {
            return self.matched(tx, wait, event).await;
        }
        let update = "UPDATE waits SET is_live = TRUE, lost_at = COALESCE(lost_at, $1) WHERE id = $2";
        let lost_at = is_lost.then(|| self.ambient.now());
        let statement =
            Statement::from_sql_and_values(tx.get_database_backend(), update, [lost_at.into(), wait.id.into()]);
        tx.execute_raw(statement).await?;
        Ok(())
    }
}

fn fits(any: &[EventMatch], event: &Event) -> bool {
    any.iter().any(|awaited| awaited.fits(event))
}

/// Returns an event as the owner of a wait gets it.
fn shown(event: &Event) -> Value {
    json!({
        "id": event.position.id, "kind": event.kind, "payload": event.payload, "actor": event.actor, "at": event.at,
    })
}

/// Returns the statement for the ids of waits that may wait for one of `events`.
fn awaited(events: &[Arc<Event>]) -> SelectStatement {
    let kinds: BTreeSet<_> = events.iter().map(|event| event.kind.as_str()).collect();
    let keys: BTreeSet<_> = events.iter().flat_map(|event| members(event)).collect();
    Query::select()
        .distinct()
        .column("wait_id")
        .from("awaited_events")
        .and_where(Expr::col("event_kind").is_in(kinds))
        .and_where(Expr::col("member").is_in(keys))
        .take()
}

/// Returns the live waits that one of `events` ends, each with the first of them, in the order of the events.
async fn found(tx: &WriteTx, events: &[Arc<Event>]) -> Result<Vec<(Model, Arc<Event>)>> {
    let rows = tx.query_all(&awaited(events)).await?;
    let ids = rows.iter().map(|row| row.try_get("", "wait_id")).collect::<Result<Vec<Uuid>, _>>()?;
    let mut found = Vec::new();
    for wait in open(tx, &ids).await?.into_iter().filter(|wait| wait.is_live) {
        let any = wait.any()?;
        if let Some(place) = events.iter().position(|event| fits(&any, event)) {
            found.push((place, wait));
        }
    }
    found.sort_by_key(|(place, wait)| (*place, wait.id));
    Ok(found.into_iter().filter_map(|(place, wait)| Some((wait, events.get(place)?.clone()))).collect())
}

/// Returns the open waits for events whose opening is among `events`, each with the place of that.
async fn opened(tx: &WriteTx, events: &[Arc<Event>]) -> Result<Vec<(usize, Model)>> {
    let mut places = HashMap::new();
    for (place, event) in events.iter().enumerate().filter(|(_, event)| event.kind == WaitOpened::KIND) {
        let opened = WaitOpened::deserialize(&event.payload)?;
        if opened.kind == WaitKind::Event {
            places.insert(opened.wait_id.uuid(), place);
        }
    }
    let ids: Vec<_> = places.keys().copied().collect();
    let waits = open(tx, &ids).await?.into_iter();
    let mut opened: Vec<_> = waits.filter_map(|wait| Some((*places.get(&wait.id.uuid())?, wait))).collect();
    opened.sort_by_key(|(place, _)| *place);
    Ok(opened)
}

/// Returns those of the waits that are open.
async fn open(tx: &WriteTx, ids: &[Uuid]) -> Result<Vec<Model>> {
    let mut waits = Vec::new();
    for ids in ids.chunks(PAGE) {
        let page = Entity::find()
            .filter(Column::Id.is_in(ids.iter().copied()))
            .filter(Column::Outcome.is_null())
            .order_by_asc(Column::Id);
        waits.extend(page.all(&**tx).await?);
    }
    Ok(waits)
}
