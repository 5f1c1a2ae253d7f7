//! The domains, one folder each, and their registration in the schema, the job queue and the schedule.

pub mod activity;
pub mod agents;
pub mod audit;
pub mod chat;
pub mod customers;
pub mod files;
pub mod identity;
pub mod intelligence;
pub mod knowledge;
pub mod leads;
pub mod notifications;
pub mod outbox;
pub mod reasons;
pub mod schedules;
pub mod settings;
pub mod signals;
pub mod system;

pub(crate) mod shared;

mod event_types;
mod in_person;
mod job_permissions;
mod job_results;
mod node;
mod notification_kinds;

use std::sync::Arc;

use async_graphql::{MergedObject, MergedSubscription};
use async_trait::async_trait;

pub use identity::{acting_again, note_refusal};
pub use in_person::IN_PERSON;
pub(crate) use job_permissions::needed_for;
pub use job_results::JobResult;
pub(crate) use job_results::result_of;
pub use node::{Node, Nodes, resolve_node};
pub use notification_kinds::{Notice, NotificationKind};
pub use shared::{
    Batch, ContextExt, PersonalData, RequestLoader, ResolveNode, TableData,
    follow::{Following, NewEvent, Share, Shown, Source, SourceEvent},
    loader,
};

use crate::{
    app::App,
    auth::{Caller, Callers, TokenError, TokenKind, Viewer},
    config::{EDGAR_USER_AGENT, FILES_DIR},
    events::EventConsumer,
    jobs::{PurgeEvents, PurgeJobs, Registry, Schedule, ScheduledTask},
    secrets::SealedColumn,
    waits::{AwaitedEvents, EndWait, SweepWaits, Waiters},
};
use audit::SealAuditLog;
use chat::{AnswerersGone, Chat, PurgeDeltas, ReplyInChat, Unanswered};
use files::SweepFiles;
use identity::{Identity, PurgeSessions, SendInvitation};
use intelligence::{OnboardCompany, PurgeFacts, RefreshTickers, TickerService};
use knowledge::{EmbedPassages, Knowledge};
use notifications::PurgeNotifications;
use outbox::{PurgeMails, SendMail};
use signals::MonitorCustomers;
use system::FoldTexts;

/// Root of all queries.
#[derive(MergedObject, Default)]
pub struct Query(
    node::NodeQuery,
    identity::IdentityQuery,
    audit::AuditQuery,
    audit::AuditList,
    intelligence::IntelligenceQuery,
    intelligence::CompaniesList,
    customers::CustomersQuery,
    customers::CustomersList,
    customers::CustomerCareQuery,
    reasons::ReasonsQuery,
    activity::ActivityQuery,
    knowledge::KnowledgeQuery,
    knowledge::DocumentsList,
    files::FilesQuery,
    files::FilesList,
    leads::LeadsQuery,
    leads::LeadsList,
    notifications::NotificationsQuery,
    notifications::NotificationsList,
    outbox::OutboxQuery,
    outbox::OutboxList,
    chat::ChatQuery,
    chat::ChatSessionsList,
    signals::SignalsQuery,
    signals::SignalsList,
    system::SystemQuery,
    system::JobsList,
    system::HealthQuery,
    system::ServerInfoQuery,
    schedules::SchedulesQuery,
    settings::SettingsQuery,
    event_types::EventTypesQuery,
    agents::AgentsQuery,
);

/// Root of all mutations.
#[derive(MergedObject, Default)]
pub struct Mutation(
    identity::IdentityMutation,
    intelligence::IntelligenceMutation,
    knowledge::KnowledgeMutation,
    notifications::NotificationsMutation,
    files::FilesMutation,
    outbox::OutboxMutation,
    chat::ChatMutation,
    customers::CustomersMutation,
    customers::CustomerCareMutation,
    reasons::ReasonsMutation,
    activity::ActivityMutation,
    signals::SignalsMutation,
    system::SystemMutation,
    schedules::SchedulesMutation,
    settings::SettingsMutation,
);

/// Root of all subscriptions.
#[derive(MergedSubscription, Default)]
pub struct Subscription(
    chat::ChatSubscription,
    notifications::NotificationsSubscription,
    signals::SignalsSubscription,
    system::SystemSubscription,
);

/// Services with a state of their own besides the [`App`].
#[derive(Clone, Debug)]
pub struct Services {
    /// Sign-in.
    pub identity: Identity,
    /// Stock tickers.
    pub tickers: TickerService,
    /// Knowledge bases.
    pub knowledge: Knowledge,
    /// Chat sessions.
    pub chat: Chat,
    /// Recurring jobs.
    pub schedule: Arc<Schedule>,
}

#[async_trait]
impl Callers for Services {
    async fn authenticate(&self, viewer: &Viewer, token: &str) -> Result<Caller, TokenError> {
        if chat::is_visitor_token(token) {
            return self.chat.authenticate(token).await.map(Caller::Visitor);
        }
        self.identity.authenticate(viewer, token).await.map(Caller::User)
    }

    async fn recheck(&self, caller: &Caller) -> Result<Caller, TokenError> {
        match caller {
            Caller::Nobody => Ok(Caller::Nobody),
            Caller::User(session) => self.identity.recheck(session).await.map(Caller::User),
            Caller::Visitor(visitor) => self.chat.recheck(*visitor).await.map(Caller::Visitor),
        }
    }
}

/// Returns the kind of a token.
pub fn token_kind(token: &str) -> TokenKind {
    match () {
        () if chat::is_visitor_token(token) => TokenKind::VisitorToken,
        () if identity::is_api_key(token) => TokenKind::ApiKey,
        () => TokenKind::AccessToken,
    }
}

/// The personal data of all domains.
pub const PERSONAL_DATA: [&dyn PersonalData; 16] = [
    &identity::Personal,
    &audit::Personal,
    &intelligence::Personal,
    &customers::Personal,
    &reasons::Personal,
    &activity::Personal,
    &files::Personal,
    &signals::Personal,
    &knowledge::Personal,
    &leads::Personal,
    &notifications::Personal,
    &outbox::Personal,
    &chat::Personal,
    &schedules::Personal,
    &settings::Personal,
    &system::Personal,
];

/// The columns with sealed secrets, by which `rapport secrets` knows them: [`crate::secrets::Secrets`] seals for no other.
pub const SEALED_COLUMNS: &[SealedColumn] = &[audit::PERSON_KEYS];

/// Returns the kinds of objects that wait for times, events and decisions.
pub fn waiters(_app: &App) -> Waiters {
    Waiters::default()
}

/// Returns what reacts to events by itself, in the processes that work on jobs. Each begins with the events after the start
/// of the first release that has it.
pub fn consumers(app: &App) -> Vec<Arc<dyn EventConsumer>> {
    let (log, ambient) = (app.events.clone(), app.ambient.clone());
    vec![Arc::new(AwaitedEvents { log, ambient, waiters: waiters(app) })]
}

/// Returns the registry of all kinds of jobs.
pub fn job_kinds(app: &App, services: &Services) -> Registry {
    Registry::default()
        .with(EndWait { ambient: app.ambient.clone(), waiters: waiters(app) })
        .with(SweepWaits {
            db: app.db.clone(),
            ambient: app.ambient.clone(),
            waiters: waiters(app),
            retention: app.config.jobs.retention,
        })
        .with(OnboardCompany::new(app.clone(), services.tickers.clone()))
        .with(MonitorCustomers::new(app.clone()))
        .with(RefreshTickers::new(services.tickers.clone()))
        .with(EmbedPassages(services.knowledge.clone()))
        .with(SendInvitation(services.identity.clone()))
        .with(PurgeSessions(app.clone()))
        .with(SendMail(app.clone()))
        .with(PurgeMails(app.clone()))
        .with(PurgeNotifications(app.clone()))
        .with(PurgeFacts(app.clone()))
        .with(SweepFiles(app.clone()))
        .with(FoldTexts(app.clone()))
        .with(SealAuditLog(app.clone()))
        .with(ReplyInChat::new(services.chat.clone()))
        .with(PurgeDeltas(app.clone()))
        .with(Unanswered::new(services.chat.clone()))
        .with(AnswerersGone::new(services.chat.clone()))
        .with(PurgeJobs { db: app.db.clone(), ambient: app.ambient.clone(), retention: app.config.jobs.retention })
        .with(PurgeEvents {
            log: app.events.clone(),
            ambient: app.ambient.clone(),
            retention: app.config.events.retention,
        })
}

/// Returns the schedule of recurring jobs, on the clocks of the time zone of the settings.
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
    let mails = ScheduledTask::new::<PurgeMails>(
        "purge_mails",
        "50 3 * * *",
        "Deletes mails that were written before the retention.",
        (),
    );
    let notifications = ScheduledTask::new::<PurgeNotifications>(
        "purge_notifications",
        "0 4 * * *",
        "Deletes notifications that are older than the retention.",
        (),
    );
    let facts = ScheduledTask::new::<PurgeFacts>(
        "purge_facts",
        "0 4 * * *",
        "Deletes facts that were superseded before the retention, except those of reports on signals.",
        (),
    );
    let deltas = ScheduledTask::new::<PurgeDeltas>(
        "purge_chat_deltas",
        "10 * * * *",
        "Deletes the pieces of chat replies that are stored as a whole.",
        (),
    );
    let texts = ScheduledTask::new::<FoldTexts>(
        "fold_texts",
        "25 * * * *",
        "Folds texts that a copy of another release wrote, so that they are found.",
        (),
    );
    let waits = ScheduledTask::new::<SweepWaits>(
        "sweep_waits",
        "*/15 * * * *",
        "Ends or mends waits that nothing else would end, and deletes old ones.",
        (),
    );
    let files = ScheduledTask::new::<SweepFiles>(
        "sweep_files",
        "35 * * * *",
        "Deletes unused files after a day, and what unfinished uploads left.",
        (),
    );
    let files = files.needing(FILES_DIR, app.clients.files.is_some());
    let audit = ScheduledTask::new::<SealAuditLog>(
        "seal_audit_log",
        "50 * * * *",
        "Seals personal values in the audit log that another release or a command wrote.",
        (),
    );
    let tickers = ScheduledTask::new::<RefreshTickers>(
        "refresh_tickers",
        "40 4 * * *",
        "Fetches the list of stock tickers from the SEC.",
        (),
    );
    let tickers = tickers.needing(EDGAR_USER_AGENT, app.config.edgar.user_agent.is_some());
    let schedule = Schedule::default().in_zone(|db| Box::pin(settings::time_zone(db)));
    let purges = schedule.with(purge).with(jobs).with(sessions).with(mails).with(notifications);
    purges.with(facts).with(deltas).with(texts).with(audit).with(waits).with(files).with(tickers)
}
