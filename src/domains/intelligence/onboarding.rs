//! The onboarding job: researches a company, discovers its customers, maps them to tickers, and saves the result.

use std::{collections::BTreeMap, sync::Arc};

use futures_util::{StreamExt, stream};

use super::{
    OnboardInput, OnboardingResult, TickerService,
    saving::{self, Account, Profile},
    tickers::Directory,
};
use crate::{
    app::App,
    clients::research::{
        CompanyRef, DiscoveredCustomer, DiscoveryQuery, Finding, ResearchError, ResearchSource, Topic,
    },
    config::RESEARCH_SETTINGS,
    db::WriteTx,
    domains::{customers::Listing, notifications::notify_owner},
    error::{Error, ErrorCode},
    jobs::{Context, Failure, Job, JobError, JobRow, JobStatus, Stage, TaskOutcome},
};

const RESEARCH: &str = "research";
const DISCOVERY: &str = "discovery";
const TICKERS: &str = "tickers";
const SAVING: &str = "saving";
const STAGES: [Stage; 4] = [
    Stage { name: RESEARCH, weight: 0.6 },
    Stage { name: DISCOVERY, weight: 0.2 },
    Stage { name: TICKERS, weight: 0.15 },
    Stage { name: SAVING, weight: 0.05 },
];

/// The topics of `deepResearch: false`, which [`OnboardingResult`] counts.
const BRIEF_TOPICS: [Topic; 4] = [Topic::Products, Topic::Pricing, Topic::IdealCustomers, Topic::Personas];

/// Maximum number of concurrent questions of one job to a source.
const QUESTIONS_AT_A_TIME: usize = 10;

/// Researches a company. See the module.
#[derive(Debug)]
pub struct OnboardCompany {
    app: App,
    tickers: TickerService,
}

impl OnboardCompany {
    /// Creates the job.
    pub fn new(app: App, tickers: TickerService) -> Self {
        Self { app, tickers }
    }
}

impl Job for OnboardCompany {
    const KIND: &'static str = "onboard_company";
    const MAX_ATTEMPTS: i32 = 8;
    const CONCURRENCY: usize = 4;
    type Input = OnboardInput;
    type Output = OnboardingResult;

    async fn run(&self, ctx: Context, input: OnboardInput) -> Result<OnboardingResult, JobError> {
        let source = self.app.clients.research_for(&input.company).ok_or_else(|| not_configured(&input.company))?;
        ctx.plan(&STAGES).await;
        let (findings, problem) = research(&ctx, &input, &source).await?;
        let (customers, discovery_problem) = discover(&ctx, &input, &source).await?;
        if findings.is_empty()
            && customers.is_empty()
            && let Some(failure) = problem.or(discovery_problem)
        {
            return Err(nothing_found(failure));
        }
        let accounts = self.map_to_tickers(&ctx, &source, customers).await?;
        let profile = Profile { input, findings, accounts, is_sample: source.is_sample() };
        self.save(&ctx, profile).await
    }

    fn summary(output: &OnboardingResult) -> String {
        format!("Onboarding completed for {}: {} customers.", output.company_name, output.customers_discovered)
    }

    async fn on_end(&self, tx: &mut WriteTx, job: &JobRow, status: JobStatus) -> Result<(), JobError> {
        Ok(notify_owner(tx, &self.app.ambient, job, status).await?)
    }
}

type Found<T> = (T, Option<Failure>);

async fn research(
    ctx: &Context,
    input: &OnboardInput,
    source: &Arc<dyn ResearchSource>,
) -> Result<Found<BTreeMap<Topic, Vec<Finding>>>, JobError> {
    let topics: &[Topic] = if input.deep_research { &Topic::ALL } else { &BRIEF_TOPICS };
    let name = &input.company.name;
    ctx.begin_stage(RESEARCH, topics.len(), format!("Researching {name}")).await?;
    let tasks = topics.iter().copied().map(|topic| async move {
        let work = async { source.research(&input.company, topic).await.map_err(failure) };
        (topic, ctx.task(RESEARCH, topic.as_str(), work).await)
    });
    let ended: Vec<_> = stream::iter(tasks).buffer_unordered(QUESTIONS_AT_A_TIME).collect().await;
    let (mut findings, mut problem) = (BTreeMap::new(), None);
    for (topic, outcome) in ended {
        match outcome? {
            TaskOutcome::Done(found) => drop(findings.insert(topic, found)),
            TaskOutcome::Failed(failure) => problem = Some(failure),
        }
    }
    ctx.end_stage(RESEARCH, format!("Research completed for {name}")).await?;
    Ok((findings, problem))
}

async fn discover(
    ctx: &Context,
    input: &OnboardInput,
    source: &Arc<dyn ResearchSource>,
) -> Result<Found<Vec<DiscoveredCustomer>>, JobError> {
    let name = &input.company.name;
    ctx.begin_stage(DISCOVERY, DiscoveryQuery::ALL.len(), format!("Looking for customers of {name}")).await?;
    let tasks = DiscoveryQuery::ALL.map(|query| async move {
        let work = async { source.discover(&input.company, query).await.map_err(failure) };
        ctx.task(DISCOVERY, query.as_str(), work).await
    });
    let (mut customers, mut problem) = (Vec::new(), None);
    for outcome in futures_util::future::join_all(tasks).await {
        match outcome? {
            TaskOutcome::Done(found) => customers.extend::<Vec<DiscoveredCustomer>>(found),
            TaskOutcome::Failed(failure) => problem = Some(failure),
        }
    }
    ctx.end_stage(DISCOVERY, format!("Found {} mentions of customers", customers.len())).await?;
    Ok((customers, problem))
}

impl OnboardCompany {
    /// Looks up each customer in sequence, which is fast and keeps the order the same when the job runs again.
    async fn map_to_tickers(
        &self,
        ctx: &Context,
        source: &Arc<dyn ResearchSource>,
        customers: Vec<DiscoveredCustomer>,
    ) -> Result<Vec<Account>, JobError> {
        let mut accounts = saving::merge_by_name(customers);
        ctx.begin_stage(TICKERS, accounts.len(), format!("Looking up {} customers", accounts.len())).await?;
        let directory = self.tickers.directory(source.is_sample()).await;
        for account in &mut accounts {
            let lookup = async { look_up(&directory, &account.name) };
            let outcome: TaskOutcome<saving::ListingFound> = ctx.task(TICKERS, &account.name, lookup).await?;
            if let TaskOutcome::Done(found) = outcome {
                account.listing = found.listing;
                account.ticker = found.ticker;
            }
        }
        let accounts = saving::merge_by_cik(accounts);
        let listed = accounts.iter().filter(|account| account.listing == Listing::Listed).count();
        ctx.end_stage(TICKERS, format!("{listed} of {} customers are listed", accounts.len())).await?;
        Ok(accounts)
    }

    async fn save(&self, ctx: &Context, profile: Profile) -> Result<OnboardingResult, JobError> {
        const TASK: &str = "profile";
        let name = profile.input.company.name.clone();
        ctx.begin_stage(SAVING, 1, format!("Saving {name}")).await?;
        let result = match ctx.finished(SAVING, TASK).await? {
            Some(TaskOutcome::Done(result)) => result,
            Some(TaskOutcome::Failed(failure)) => return Err(JobError::Fail(failure)),
            None => {
                ctx.announce(SAVING, TASK).await?;
                let failed = ctx.counts(RESEARCH).await.failed
                    + ctx.counts(DISCOVERY).await.failed
                    + ctx.counts(TICKERS).await.failed;
                let mut tx = ctx.begin().await?;
                let result = saving::save(tx.tx(), &self.app.ambient, profile, failed).await?;
                let outcome = TaskOutcome::Done(result.clone());
                ctx.commit_task(tx, SAVING, TASK, &outcome).await?;
                result
            }
        };
        ctx.end_stage(SAVING, format!("Saved {name}")).await?;
        Ok(result)
    }
}

fn look_up(directory: &Result<Arc<Directory>, Failure>, name: &str) -> Result<saving::ListingFound, Failure> {
    let directory = directory.as_ref().map_err(Clone::clone)?;
    Ok(saving::ListingFound::of(directory.find(name)))
}

/// Returns the error if every question failed: retried if that may help.
fn nothing_found(failure: Failure) -> JobError {
    if failure.code.is_retryable() { JobError::Retry { failure, after: None } } else { JobError::Fail(failure) }
}

fn not_configured(company: &CompanyRef) -> JobError {
    let error =
        Error::ProviderNotConfigured { what: format!("Research on {}", company.name), setting: RESEARCH_SETTINGS };
    error.into()
}

fn failure(error: ResearchError) -> Failure {
    let code = match &error {
        ResearchError::NotConfigured { .. } => ErrorCode::ProviderNotConfigured,
        ResearchError::UnknownCompany => ErrorCode::NotFound,
        _ => ErrorCode::ProviderUnavailable,
    };
    Failure::new(code, error.to_string())
}
