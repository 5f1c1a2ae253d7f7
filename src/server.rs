//! Assembles and runs the program.

use std::{
    path::PathBuf,
    sync::{Arc, Weak},
    time::Duration,
};

use anyhow::Context;
use tokio::{net::TcpListener, task::JoinHandle, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    ambient::Ambient,
    app::{App, AppParts},
    clients::Clients,
    config::{Config, DatabaseUrl, TRUSTED_DOCUMENTS},
    db,
    domains::{
        self, Services,
        chat::Chat,
        identity::{Identity, TokenKey},
        intelligence::TickerService,
        knowledge::Knowledge,
        settings,
    },
    events::EventLog,
    http::{
        self, RapportGateway,
        listener::{self, ConnectionLimits, Stop, Timeouts},
        transport::PersistedDocuments,
    },
    jobs::{Worker, WorkerLock},
    limiter::{Budget, SharedRedis, Throttle},
    schema::Engine,
    secrets::{Keys, Secrets},
};

/// Maximum number of open connections on the metrics port.
const METRICS_CONNECTIONS: usize = 200;

/// The assembled program, not yet running.
#[derive(Clone, Debug)]
pub struct Server {
    /// The shared state.
    pub app: App,
    /// The services with a state of their own.
    pub services: Services,
    /// Executes operations.
    engine: Arc<Engine>,
    documents: PersistedDocuments,
}

/// Parts of the program that run in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Server and worker.
    All,
    /// Server only.
    Serve,
    /// Worker only.
    Work,
}

impl Server {
    /// Creates the program with a migrated database.
    ///
    /// # Errors
    /// With a message for the person who starts the program.
    pub async fn open(config: Config, ambient: Ambient, db: db::Db) -> anyhow::Result<Self> {
        let documents = http::documents(&config).context(TRUSTED_DOCUMENTS)?;
        let secrets = Secrets::open(&db, &ambient, &Keys::of(&config, &ambient)?, domains::SEALED_COLUMNS).await?;
        let events = EventLog::open(&db, &ambient).await.context("The event log cannot be opened")?;
        let clients = Clients::new(&config, &db, &ambient)?;
        let key = token_key(&config, &ambient)?;
        let redis = SharedRedis::new(config.redis_url.as_ref()).context("REDIS_URL is not usable")?;
        let throttle = Throttle::new(redis.clone(), ambient.clone());
        let budget = Budget::new(redis, &config.limits, ambient.clone());
        let app = App::new(AppParts { config, db, ambient, secrets, events, clients, throttle, budget });
        settings::ensure(&app).await.context("The settings cannot be kept")?;
        // Before anything is served: a new one begins with the events after this.
        let consumers: Vec<_> = domains::consumers(&app).iter().map(|consumer| consumer.name()).collect();
        app.events.register(&consumers).await.context("The consumers of events cannot be registered")?;
        let knowledge = Knowledge::new(app.clone());
        knowledge.prepare().await.context("The documents that come with the server cannot be kept")?;
        let services = Services {
            identity: Identity::new(app.clone(), key),
            tickers: TickerService::new(app.clone())?,
            chat: Chat::new(app.clone(), knowledge.clone())?,
            knowledge,
            schedule: Arc::new(domains::schedule(&app)),
        };
        let engine = Arc::new(Engine::new(app.clone(), services.clone()));
        let api: Weak<Engine> = Arc::downgrade(&engine);
        app.set_api(api);
        Ok(Self { app, services, engine, documents })
    }

    /// Runs until `stop`, then shuts down within the configured deadline. Serves on `listener`; without one it is only
    /// a worker.
    ///
    /// # Errors
    /// If serving fails.
    pub async fn run(self, listener: Option<TcpListener>, role: Role, stop: CancellationToken) -> anyhow::Result<()> {
        let deadline = self.app.config.shutdown;
        let stop_tail = CancellationToken::new();
        let events = self.app.events.clone();
        let poll = self.app.config.events.poll;
        let tail = tokio::spawn({
            let stop = stop_tail.clone();
            async move { events.run(poll, stop).await }
        });
        let consumers = (role != Role::Serve).then(|| self.spawn_consumers(stop.clone()));
        let worker = (role != Role::Serve).then(|| self.spawn_worker(stop.clone(), deadline));
        if let Some(listener) = listener.filter(|_| role != Role::Work) {
            self.serve(listener, stop.clone(), deadline).await?;
        }
        stop.cancelled().await;
        if let Some(worker) = worker {
            // The worker keeps the deadline itself; the second on top is for giving leases back.
            drop(timeout(deadline + Duration::from_secs(1), worker).await);
        }
        if let Some(consumers) = consumers {
            // They stopped with the worker, after the step that each was in. What is left of one is rolled back.
            let aborting = consumers.abort_handle();
            if timeout(deadline, consumers).await.is_err() {
                aborting.abort();
            }
        }
        stop_tail.cancel();
        drop(tail.await);
        self.close().await;
        Ok(())
    }

    /// Closes the database.
    pub async fn close(&self) {
        if let Err(error) = self.app.events.close().await {
            tracing::warn!(%error, "closing the event log");
        }
        self.app.db.close().await;
    }

    /// Serves metrics and health of this process on `listener` until `stop`.
    pub fn serve_metrics(&self, listener: TcpListener, stop: CancellationToken) {
        let router = http::watch_router(&self.app, &self.services);
        let timeouts = self.timeouts();
        let limits = ConnectionLimits { total: Some(METRICS_CONNECTIONS), timeouts, ..ConnectionLimits::default() };
        // Who watches has nothing to finish.
        let stop = Stop { gracefully: stop.clone(), at_once: stop };
        tokio::spawn(listener::serve(listener, router, limits, stop));
    }

    fn connection_limits(&self) -> ConnectionLimits {
        let config = &self.app.config.http;
        ConnectionLimits {
            total: Some(listener::within_open_files(config.max_connections, self.app.config.database.max_connections)),
            per_address: Some(config.max_connections_per_address).filter(|most| *most > 0),
            forwarded_hops: config.trusted_proxies,
            timeouts: self.timeouts(),
        }
    }

    fn timeouts(&self) -> Timeouts {
        let config = &self.app.config.http;
        Timeouts { header: config.header_timeout, idle: config.idle_timeout, write: config.write_timeout }
    }

    fn spawn_consumers(&self, stop: CancellationToken) -> JoinHandle<()> {
        let (events, consumers) = (self.app.events.clone(), domains::consumers(&self.app));
        let poll = self.app.config.events.poll;
        tokio::spawn(async move { events.consume(&consumers, poll, stop).await })
    }

    fn spawn_worker(&self, stop: CancellationToken, grace: Duration) -> JoinHandle<()> {
        let worker = Worker {
            db: self.app.db.clone(),
            log: self.app.events.clone(),
            ambient: self.app.ambient.clone(),
            registry: Arc::new(domains::job_kinds(&self.app, &self.services)),
            schedule: Arc::clone(&self.services.schedule),
            config: self.app.config.jobs.clone(),
            lock: self.worker_lock(),
        };
        tokio::spawn(worker.run(stop, grace))
    }

    /// Returns the lock of this process's worker. Without one, others wait for its leases to expire.
    fn worker_lock(&self) -> Option<Arc<WorkerLock>> {
        let lock = WorkerLock::new(&self.app.config.database.url, &self.app.db, &self.app.ambient);
        lock.inspect_err(|error| tracing::warn!(%error, "the lock of the worker cannot be made")).ok().map(Arc::new)
    }

    /// Serves until `stop`; then accepts no new connections, closes the sockets and waits for open requests.
    async fn serve(&self, listener: TcpListener, stop: CancellationToken, deadline: Duration) -> anyhow::Result<()> {
        let connections = TaskTracker::new();
        let gateway = RapportGateway::new(self.app.clone(), self.services.clone(), Engine::clone(&self.engine));
        let router = http::router(gateway, self.documents.clone(), stop.clone(), connections.clone())?;
        let stops = Stop { gracefully: stop.clone(), at_once: CancellationToken::new() };
        // Cut off what is left, however this ends.
        let _cut_off = stops.at_once.clone().drop_guard();
        let serving = tokio::spawn(listener::serve(listener, router, self.connection_limits(), stops));
        stop.cancelled().await;
        connections.close();
        let ended = timeout(deadline, async {
            connections.wait().await;
            serving.await
        });
        match ended.await {
            Ok(result) => result.context("The server's task failed"),
            Err(_) => {
                tracing::warn!("some requests did not end before the deadline and were cut off");
                Ok(())
            }
        }
    }
}

/// Returns the key that signs tokens: from the settings, or from a file beside the embedded database.
fn token_key(config: &Config, ambient: &Ambient) -> anyhow::Result<TokenKey> {
    match (&config.auth.jwt_secret, &config.database.url) {
        (Some(secret), _) => Ok(TokenKey::new(secret)),
        (None, DatabaseUrl::Sqlite(path)) => {
            let mut file = path.clone().into_os_string();
            file.push(".jwt-secret");
            let file = PathBuf::from(file);
            TokenKey::kept_in(&file, ambient).with_context(|| format!("The key file {} cannot be kept", file.display()))
        }
        (None, DatabaseUrl::Postgres(_)) => anyhow::bail!("API_JWT_SECRET is needed with PostgreSQL."),
    }
}
