//! Business rules of signals.

use sea_orm::{ColumnTrait, Condition, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::json;

use super::{
    MonitorCustomers, MonitorInput, Signal,
    events::TOPIC,
    signal::{Column, Entity},
};
use crate::{
    app::App,
    auth::{Permission, Viewer},
    db::Id,
    domains::{
        audit::{self, Entry},
        intelligence::{self, Company},
    },
    error::{Error, Problems, Result},
    events::{Position, Subscription},
    graphql::Listed,
    jobs::{self, Enqueued, JobRow, NewJob},
};

/// Maximum length of a period, in days.
const MOST_DAYS: i32 = 3650;

/// Settings of a monitoring.
#[derive(Debug)]
pub(super) struct Monitoring {
    pub(super) company_id: Id<Company>,
    pub(super) customer_age_days: i32,
    pub(super) lookback_days: i32,
    pub(super) idempotency_key: Option<String>,
}

/// Enqueues the monitoring of a company's customers.
pub(super) async fn monitor(app: &App, viewer: &Viewer, asked: Monitoring) -> Result<JobRow> {
    viewer.need(Permission::CompaniesMonitor)?;
    let mut problems = Problems::default();
    for (path, days) in
        [("input.customerAgeDays", asked.customer_age_days), ("input.lookbackDays", asked.lookback_days)]
    {
        if !(1..=MOST_DAYS).contains(&days) {
            problems.add(path, format!("Give 1 to {MOST_DAYS} days."));
        }
    }
    problems.check_idempotency_key("input.idempotencyKey", asked.idempotency_key.as_deref());
    problems.into_result()?;
    let mut tx = app.db.begin().await?;
    let company = intelligence::find(&*tx, asked.company_id).await?.ok_or(Error::NotFound("company"))?;
    let input = MonitorInput {
        company_id: company.id,
        customer_age_days: asked.customer_age_days,
        lookback_days: asked.lookback_days,
    };
    let state = json!({
        "company": company.name,
        "customerAgeDays": input.customer_age_days,
        "lookbackDays": input.lookback_days,
    });
    let new = NewJob { idempotency_key: asked.idempotency_key, ..NewJob::new(input, Some(viewer.user_id()?)) };
    let Enqueued { job, is_new } = jobs::enqueue::<MonitorCustomers>(&mut tx, &app.ambient, new).await?;
    if is_new {
        audit::record(&tx, &app.ambient, viewer, Entry::of("job.created", job.id, &job.kind).after(state)).await?;
    }
    tx.commit().await?;
    Ok(job)
}

/// The start of a subscription to signals.
pub(super) struct Followed {
    /// The events after the subscriber's position.
    pub(super) events: Subscription,
    /// The present state and its position, if the subscriber starts without a cursor.
    pub(super) state: Option<(Standing, Position)>,
}

/// The present state of the signals.
pub(super) struct Standing {
    pub(super) total: u64,
    pub(super) latest: Option<Signal>,
}

/// Subscribes to the signals of one company, or of all, from `after`, or from their present state.
pub(super) async fn follow(
    app: &App,
    viewer: &Viewer,
    company: Option<Id<Company>>,
    after: Option<Position>,
) -> Result<Followed> {
    let visible = Entity::visible_to(viewer)?;
    // Live first, then the place, then the present state: what changes in between is told twice, but never missed.
    let mut events = app.events.subscribe(TOPIC, after.unwrap_or_default());
    if let Some(company) = company {
        intelligence::find(app.db.reader(), company).await?.ok_or(Error::NotFound("company"))?;
    }
    if after.is_some() {
        return Ok(Followed { events, state: None });
    }
    let here = app.events.end().await?;
    events.start_from(here);
    let rows = visible.filter(Condition::all().add_option(company.map(|company| Column::CompanyId.eq(company))));
    let latest = rows.clone().order_by_desc(Column::DetectedAt).order_by_desc(Column::Id).one(app.db.reader()).await?;
    let total = rows.count(app.db.reader()).await?;
    Ok(Followed { events, state: Some((Standing { total, latest }, here)) })
}
