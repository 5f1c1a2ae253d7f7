//! The business, one folder a domain, and the one list of them: what each adds to the schema, to the queue and to the
//! schedule.

pub mod audit;
pub mod chat;
pub mod customers;
pub mod identity;
pub mod intelligence;
pub mod signals;
pub mod system;

mod batch;
mod below;
mod follow;
mod kinds;
mod node;

use async_graphql::{Context, MergedObject, MergedSubscription};

pub use batch::{Batch, RequestLoader, loader};
pub(crate) use below::{Below, List, connection_below};
pub use kinds::JobResult;
pub(crate) use kinds::{needed_for, result_of};
pub use node::Node;

use crate::{
    app::App,
    auth::Viewer,
    error::{Error, Result},
    jobs::{PurgeEvents, PurgeJobs, Registry, Schedule, ScheduledTask},
};
use identity::{Identity, PurgeSessions, SendInvitation};
use intelligence::{OnboardCompany, RefreshTickers, TickerService};
use signals::MonitorCustomers;

/// What can be asked.
#[derive(MergedObject, Default)]
pub struct Query(
    node::NodeQuery,
    identity::IdentityQuery,
    audit::AuditQuery,
    intelligence::IntelligenceQuery,
    customers::CustomersQuery,
    signals::SignalsQuery,
    system::SystemQuery,
);

/// What can be changed.
#[derive(MergedObject, Default)]
pub struct Mutation(
    identity::IdentityMutation,
    intelligence::IntelligenceMutation,
    customers::CustomersMutation,
    signals::SignalsMutation,
    system::SystemMutation,
);

/// What can be followed.
#[derive(MergedSubscription, Default)]
pub struct Subscription(signals::SignalsSubscription, system::SystemSubscription);

/// The services that hold something of their own beside the [`App`].
#[derive(Clone, Debug)]
pub struct Services {
    /// Sign-in.
    pub identity: Identity,
    /// Stock tickers.
    pub tickers: TickerService,
}

impl Services {
    /// `viewer` with what they may do now: for what lasts longer than a request.
    ///
    /// # Errors
    /// When they may not act any more, or when that cannot be found out.
    pub async fn recheck(&self, viewer: &Viewer) -> Result<Viewer> {
        let session = match &viewer.session {
            Some(session) => Some(self.identity.recheck(session).await?),
            None => None,
        };
        Ok(Viewer { session, ..viewer.clone() })
    }
}

/// The kinds of job there are.
pub fn job_kinds(app: &App, services: &Services) -> Registry {
    Registry::default()
        .with(OnboardCompany::new(app.clone(), services.tickers.clone()))
        .with(MonitorCustomers::new(app.clone()))
        .with(RefreshTickers::new(services.tickers.clone()))
        .with(SendInvitation(services.identity.clone()))
        .with(PurgeSessions(app.clone()))
        .with(PurgeJobs { db: app.db.clone(), ambient: app.ambient.clone(), retention: app.config.jobs.retention })
        .with(PurgeEvents {
            log: app.events.clone(),
            ambient: app.ambient.clone(),
            retention: app.config.events.retention,
        })
}

/// What repeats. Times are UTC.
pub fn schedule(app: &App) -> Schedule {
    let purge = ScheduledTask::new::<PurgeEvents>(
        "purge_events",
        "20 3 * * *",
        "Deletes events that are older than the retention.",
        (),
    );
    let jobs = ScheduledTask::new::<PurgeJobs>(
        "purge_jobs",
        "30 3 * * *",
        "Deletes jobs that ended before the retention.",
        (),
    );
    let sessions = ScheduledTask::new::<PurgeSessions>(
        "purge_sessions",
        "40 3 * * *",
        "Deletes sessions that expired a week ago.",
        (),
    );
    let schedule = Schedule::default().with(purge).with(jobs).with(sessions);
    if app.config.edgar.user_agent.is_none() {
        return schedule;
    }
    schedule.with(ScheduledTask::new::<RefreshTickers>(
        "refresh_tickers",
        "40 4 * * *",
        "Fetches the list of stock tickers from the SEC.",
        (),
    ))
}

/// What resolvers take from their context.
pub trait ContextExt<'a> {
    /// The program.
    ///
    /// # Errors
    /// Never in a schema that `schema::build` made.
    fn app(&self) -> Result<&'a App>;
    /// Who asks.
    ///
    /// # Errors
    /// Never in a request that `http` made.
    fn viewer(&self) -> Result<&'a Viewer>;
    /// The services that hold something of their own.
    ///
    /// # Errors
    /// Never in a schema that `schema::build` made.
    fn services(&self) -> Result<&'a Services>;
    /// Sign-in.
    ///
    /// # Errors
    /// Never in a schema that `schema::build` made.
    fn identity(&self) -> Result<&'a Identity>;
    /// The loader of this request.
    ///
    /// # Errors
    /// Never in a request that `http` made.
    fn loader(&self) -> Result<&'a RequestLoader>;
}

impl<'a> ContextExt<'a> for Context<'a> {
    fn app(&self) -> Result<&'a App> {
        self.data::<App>().map_err(missing)
    }

    fn viewer(&self) -> Result<&'a Viewer> {
        self.data::<Viewer>().map_err(missing)
    }

    fn services(&self) -> Result<&'a Services> {
        self.data::<Services>().map_err(missing)
    }

    fn identity(&self) -> Result<&'a Identity> {
        Ok(&self.services()?.identity)
    }

    fn loader(&self) -> Result<&'a RequestLoader> {
        self.data::<RequestLoader>().map_err(missing)
    }
}

fn missing(error: async_graphql::Error) -> Error {
    Error::internal(anyhow::anyhow!("{}", error.message))
}
