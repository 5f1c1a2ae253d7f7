//! Business rules of signals.

use sea_orm::{ColumnTrait, Condition, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::json;

use super::{
    MonitorCustomers, MonitorInput, Signal,
    events::TOPIC,
    input::MonitorCustomersInput,
    signal::{Column, Entity},
};
use crate::{
    app::App,
    auth::{Permission, Viewer},
    db::Id,
    domains::{
        audit::Write,
        intelligence::{self, Company},
    },
    error::{Error, Problems, Result},
    events::{Position, Subscription},
    graphql::Listed,
    jobs::JobRow,
};

/// Maximum length of a period, in days.
const MOST_DAYS: i32 = 3650;

/// Enqueues the monitoring of a company's customers.
pub(super) async fn monitor(app: &App, viewer: &Viewer, asked: MonitorCustomersInput) -> Result<JobRow> {
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
    let mut write = Write::begin(app, viewer).await?;
    let company = intelligence::find(&**write, asked.company_id).await?.ok_or(Error::NotFound("company"))?;
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
    let job = write.ask_for::<MonitorCustomers>(input, asked.idempotency_key, state).await?;
    write.commit().await?;
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
    if company.is_some() {
        // As in a filter of signals: who may not see the company is not told which signals are of it.
        viewer.need(Permission::CompaniesRead).map_err(|error| error.within("companyId"))?;
    }
    // Live first, then the place, then the present state: what changes in between is told twice, but never missed.
    let mut events = app.events.subscribe(TOPIC.name(), after.unwrap_or_default());
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
