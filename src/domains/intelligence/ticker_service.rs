//! The list of listed companies: fetched from the SEC once a day, kept on disk and in memory.

use std::{path::PathBuf, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::tickers::Directory;
use crate::{
    app::App,
    error::Error,
    jobs::{Context, Failure, Job, JobError},
};

/// How long the list is good.
const FRESH: TimeDelta = TimeDelta::hours(24);
/// How long after a failure to fetch the list an old one is used before the SEC is asked again.
const PAUSE_AFTER_FAILURE: TimeDelta = TimeDelta::minutes(10);

const TICKERS_FILE: &str = "company_tickers.json";
const EXCHANGES_FILE: &str = "company_tickers_exchange.json";
const STAMP_FILE: &str = "company_tickers.fetched";

const SAMPLE_TICKERS: &[u8] = include_bytes!("../../../assets/sample/sample_company_tickers.json");
const SAMPLE_EXCHANGES: &[u8] = include_bytes!("../../../assets/sample/sample_company_tickers_exchange.json");

/// The list of listed companies. Cheap to clone; clones share what is in memory.
#[derive(Clone)]
pub struct TickerService {
    app: App,
    sample: Arc<Directory>,
    /// Held while the list is fetched, so that jobs that start together fetch it once.
    current: Arc<Mutex<Option<Current>>>,
}

impl std::fmt::Debug for TickerService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TickerService")
    }
}

#[derive(Clone)]
struct Current {
    directory: Arc<Directory>,
    good_until: DateTime<Utc>,
}

impl TickerService {
    /// The service.
    ///
    /// # Errors
    /// When the bundled sample is not readable.
    pub fn new(app: App) -> anyhow::Result<Self> {
        let sample = read(SAMPLE_TICKERS, Some(SAMPLE_EXCHANGES))?;
        Ok(Self { app, sample: Arc::new(sample), current: Arc::default() })
    }

    /// The list to look customers up in: the made-up one for made-up companies.
    ///
    /// # Errors
    /// When there is no list: the SEC does not answer, or the contact for it is not configured.
    pub async fn directory(&self, is_sample: bool) -> Result<Arc<Directory>, Failure> {
        if is_sample {
            return Ok(self.sample.clone());
        }
        self.load(false).await.map_err(|error| Failure::new(error.code(), error.to_string()))
    }

    /// Fetches the list again when it is old, or when `force` says so. An old list is better than none: it is used on when
    /// the SEC does not answer.
    async fn load(&self, force: bool) -> Result<Arc<Directory>, Error> {
        let mut current = self.current.lock().await;
        let now = self.app.ambient.now();
        if let Some(current) = current.as_ref()
            && !force
            && current.good_until > now
        {
            return Ok(current.directory.clone());
        }
        let kept = self.read_kept().await;
        if let Some((directory, fetched_at)) = &kept
            && !force
            && *fetched_at + FRESH > now
        {
            let directory = directory.clone();
            *current = Some(Current { directory: directory.clone(), good_until: *fetched_at + FRESH });
            return Ok(directory);
        }
        let (directory, good_until) = match self.fetch(now).await {
            Ok(directory) => (directory, now + FRESH),
            Err(error) => {
                let old = current.take().map(|current| current.directory).or(kept.map(|(directory, _)| directory));
                let Some(old) = old else { return Err(error) };
                tracing::warn!(%error, "the list of tickers could not be fetched; the old one is used on");
                (old, now + PAUSE_AFTER_FAILURE)
            }
        };
        *current = Some(Current { directory: directory.clone(), good_until });
        Ok(directory)
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
        let directory = read(&tickers, exchanges.as_deref()).map_err(|cause| {
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

    /// The list on disk, and when it was fetched.
    async fn read_kept(&self) -> Option<(Arc<Directory>, DateTime<Utc>)> {
        let stamp = tokio::fs::read_to_string(self.file(STAMP_FILE)).await.ok()?;
        let fetched_at = stamp.trim().parse().ok()?;
        let tickers = tokio::fs::read(self.file(TICKERS_FILE)).await.ok()?;
        let exchanges = tokio::fs::read(self.file(EXCHANGES_FILE)).await.ok();
        match read(&tickers, exchanges.as_deref()) {
            Ok(directory) => Some((Arc::new(directory), fetched_at)),
            Err(error) => {
                tracing::warn!(%error, "the list of tickers on disk is not readable; it is fetched anew");
                None
            }
        }
    }

    /// Writes beside and renames, so that a crash leaves no half file; the stamp last.
    async fn keep(&self, tickers: &[u8], exchanges: Option<&[u8]>, now: DateTime<Utc>) -> std::io::Result<()> {
        tokio::fs::create_dir_all(self.file("")).await?;
        let stamp = now.to_rfc3339();
        let files = [(TICKERS_FILE, Some(tickers)), (EXCHANGES_FILE, exchanges), (STAMP_FILE, Some(stamp.as_bytes()))];
        for (name, bytes) in files {
            let Some(bytes) = bytes else { continue };
            let beside = self.file(&format!("{name}.{:016x}", u64::from_be_bytes(self.app.ambient.bytes())));
            tokio::fs::write(&beside, bytes).await?;
            tokio::fs::rename(&beside, self.file(name)).await?;
        }
        Ok(())
    }
}

fn read(tickers: &[u8], exchanges: Option<&[u8]>) -> Result<Directory, super::tickers::DirectoryError> {
    let mut directory = Directory::from_company_tickers(tickers)?;
    if let Some(exchanges) = exchanges
        && let Err(error) = directory.add_exchanges(exchanges)
    {
        tracing::warn!(%error, "the list of exchanges is not readable");
    }
    Ok(directory)
}

/// The job that fetches the list anew.
#[derive(Debug)]
pub struct RefreshTickers(TickerService);

impl RefreshTickers {
    /// The job.
    pub fn new(tickers: TickerService) -> Self {
        Self(tickers)
    }
}

/// How many rows the list has.
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
        Ok(Refreshed { rows: self.0.load(true).await?.len() })
    }

    fn summary(output: &Refreshed) -> String {
        format!("The list of tickers has {} rows.", output.rows)
    }
}
