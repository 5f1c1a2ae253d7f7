//! The list of listed companies, fetched from the SEC once a day and cached on disk and in memory.

use std::{path::PathBuf, sync::Arc, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tracing::{Instrument, Span};

use super::tickers::{Directory, DirectoryError};
use crate::{
    app::App,
    clients::edgar::sample,
    error::Error,
    jobs::{Context, Failure, Job, JobError},
    private_files,
};

/// Lifetime of the list.
const FRESH: TimeDelta = TimeDelta::hours(24);
/// Minimum age of the list before the daily job fetches it again, in case another job has just done so.
const WORTH_REFRESHING: TimeDelta = TimeDelta::hours(1);
/// Pause after a failed fetch, during which an old list is used.
const PAUSE_AFTER_FAILURE: TimeDelta = TimeDelta::minutes(10);
/// Pause after a failed fetch without an old list. The SEC extends its block for clients that keep asking.
const PAUSE_WITHOUT_LIST: TimeDelta = TimeDelta::minutes(1);

const TICKERS_FILE: &str = "company_tickers.json";
const EXCHANGES_FILE: &str = "company_tickers_exchange.json";
const STAMP_FILE: &str = "company_tickers.fetched";

/// The list of listed companies. Cheap to clone; clones share the cache.
#[derive(Clone)]
pub struct TickerService {
    app: App,
    sample: Arc<Directory>,
    /// Locked while the list is fetched, so that concurrent jobs fetch it once.
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    current: Option<Current>,
    /// The last failure, and the time before which the SEC is not asked again.
    failure: Option<(String, DateTime<Utc>)>,
}

impl std::fmt::Debug for TickerService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TickerService")
    }
}

#[derive(Clone)]
struct Current {
    directory: Arc<Directory>,
    fetched_at: DateTime<Utc>,
    /// Time until which it is used without asking the SEC.
    used_until: DateTime<Utc>,
}

impl Current {
    /// Returns true if it need not be fetched again by a caller that wants it younger than `age`.
    fn is_good(&self, age: TimeDelta, now: DateTime<Utc>) -> bool {
        self.used_until > now && (self.fetched_at + age > now || age >= FRESH)
    }
}

impl TickerService {
    /// Creates the service.
    ///
    /// # Errors
    /// If the bundled sample is unreadable.
    pub fn new(app: App) -> anyhow::Result<Self> {
        let sample = read(sample::TICKERS, Some(sample::EXCHANGES))?;
        Ok(Self { app, sample: Arc::new(sample), state: Arc::default() })
    }

    /// Returns the list for looking up customers; the sample list for sample companies.
    ///
    /// # Errors
    /// If there is no list: the SEC does not answer, or the contact for it is not configured.
    pub async fn directory(&self, is_sample: bool) -> Result<Arc<Directory>, Failure> {
        if is_sample {
            return Ok(self.sample.clone());
        }
        self.load(FRESH).await.map_err(|error| Failure::new(error.code(), error.to_string()))
    }

    /// Returns the list, fetched again if older than `age`. A fetch runs to completion even if its job is stopped, so that the
    /// next attempt does not repeat it.
    async fn load(&self, age: TimeDelta) -> Result<Arc<Directory>, Error> {
        let this = self.clone();
        let loaded = tokio::spawn(async move { this.loaded(age).await }.instrument(Span::current()));
        loaded.await.map_err(Error::internal)?
    }

    /// Returns the list. An old one remains in use while the SEC does not answer.
    async fn loaded(&self, age: TimeDelta) -> Result<Arc<Directory>, Error> {
        let mut state = self.state.lock().await;
        let now = self.app.ambient.now();
        if let Some(current) = state.current.as_ref().filter(|current| current.is_good(age, now)) {
            return Ok(current.directory.clone());
        }
        let kept = self.read_kept().await;
        if let Some(kept) = kept.as_ref().filter(|kept| kept.is_good(age, now)) {
            return Ok(state.current.insert(kept.clone()).directory.clone());
        }
        if let Some((message, until)) = state.failure.as_ref().filter(|(_, until)| *until > now) {
            let retry_after = (*until - now).to_std().ok();
            return Err(Error::ProviderUnavailable { message: message.clone(), retry_after });
        }
        let error = match self.fetch(now).await {
            Ok(directory) => {
                let current = Current { directory, fetched_at: now, used_until: now + FRESH };
                *state = State { current: Some(current.clone()), failure: None };
                return Ok(current.directory);
            }
            Err(error) => error,
        };
        let Some(old) = state.current.take().or(kept) else {
            if let Error::ProviderUnavailable { message, .. } = &error {
                state.failure = Some((message.clone(), now + PAUSE_WITHOUT_LIST));
            }
            return Err(error);
        };
        tracing::warn!(%error, "the list of tickers could not be fetched; the old one is used on");
        let current = Current { used_until: now + PAUSE_AFTER_FAILURE, ..old };
        Ok(state.current.insert(current).directory.clone())
    }

    async fn fetch(&self, now: DateTime<Utc>) -> Result<Arc<Directory>, Error> {
        let edgar = &self.app.clients.edgar;
        let tickers = edgar.company_tickers().await?;
        // Exchanges are good to have: without them tickers are still right.
        let exchanges = match edgar.company_tickers_exchange().await {
            Ok(exchanges) => Some(exchanges),
            Err(error) => {
                tracing::warn!(%error, "the list of exchanges could not be fetched");
                None
            }
        };
        let directory = read_aside(tickers.clone(), exchanges.clone()).await?.map_err(|cause| {
            tracing::warn!(%cause, "the list of tickers is not readable");
            let message = "The SEC's list of tickers is not readable.".to_owned();
            Error::ProviderUnavailable { message, retry_after: None }
        })?;
        tracing::info!(companies = directory.len(), "the list of tickers was fetched");
        if let Err(error) = self.keep(&tickers, exchanges.as_deref(), now).await {
            tracing::warn!(%error, "the list of tickers could not be kept on disk");
        }
        Ok(Arc::new(directory))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.app.config.edgar.cache_dir.join("edgar").join(name)
    }

    /// Reads the list cached on disk.
    async fn read_kept(&self) -> Option<Current> {
        let stamp = tokio::fs::read_to_string(self.file(STAMP_FILE)).await.ok()?;
        let fetched_at: DateTime<Utc> = stamp.trim().parse().ok()?;
        let tickers = tokio::fs::read(self.file(TICKERS_FILE)).await.ok()?;
        let exchanges = tokio::fs::read(self.file(EXCHANGES_FILE)).await.ok();
        match read_aside(tickers.into(), exchanges.map(Bytes::from)).await.ok()? {
            Ok(directory) => {
                Some(Current { directory: Arc::new(directory), fetched_at, used_until: fetched_at + FRESH })
            }
            Err(error) => {
                tracing::warn!(%error, "the list of tickers on disk is not readable; it is fetched anew");
                None
            }
        }
    }

    /// Writes temporary files and renames them, the timestamp last, so that a crash leaves no partial file.
    async fn keep(&self, tickers: &[u8], exchanges: Option<&[u8]>, now: DateTime<Utc>) -> std::io::Result<()> {
        private_files::create_folder(&self.file(""))?;
        let stamp = now.to_rfc3339();
        let files = [(TICKERS_FILE, Some(tickers)), (EXCHANGES_FILE, exchanges), (STAMP_FILE, Some(stamp.as_bytes()))];
        for (name, bytes) in files {
            let Some(bytes) = bytes else { continue };
            let beside = self.file(&format!("{name}.{:016x}", u64::from_be_bytes(self.app.ambient.bytes())));
            private_files::write(beside.as_ref(), bytes).await?;
            tokio::fs::rename(&beside, self.file(name)).await?;
        }
        Ok(())
    }
}

/// Parses lists of thousands of companies on a blocking thread, so that leases are renewed meanwhile.
async fn read_aside(tickers: Bytes, exchanges: Option<Bytes>) -> Result<Result<Directory, DirectoryError>, Error> {
    let reading = tokio::task::spawn_blocking(move || read(&tickers, exchanges.as_deref()));
    reading.await.map_err(Error::internal)
}

fn read(tickers: &[u8], exchanges: Option<&[u8]>) -> Result<Directory, DirectoryError> {
    let mut directory = Directory::from_company_tickers(tickers)?;
    if let Some(exchanges) = exchanges
        && let Err(error) = directory.add_exchanges(exchanges)
    {
        tracing::warn!(%error, "the list of exchanges is not readable");
    }
    Ok(directory)
}

/// The job that fetches the list again.
#[derive(Debug)]
pub struct RefreshTickers(TickerService);

impl RefreshTickers {
    /// Creates the job.
    pub fn new(tickers: TickerService) -> Self {
        Self(tickers)
    }
}

/// The number of rows in the list.
#[derive(Debug, Serialize, Deserialize)]
pub struct Refreshed {
    rows: usize,
}

impl Job for RefreshTickers {
    const KIND: &'static str = "refresh_tickers";
    const CONCURRENCY: usize = 1;
    const TIMEOUT: Duration = Duration::from_secs(600);
    type Input = ();
    type Output = Refreshed;

    async fn run(&self, _ctx: Context, (): ()) -> Result<Refreshed, JobError> {
        Ok(Refreshed { rows: self.0.load(WORTH_REFRESHING).await?.len() })
    }

    fn summary(output: &Refreshed) -> String {
        format!("The list of tickers has {} rows.", output.rows)
    }
}
