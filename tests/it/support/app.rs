//! A running server in the test's own process.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use chrono::TimeDelta;
use rand::SeedableRng;
use rapport::{
    ambient::Ambient,
    app::App,
    config::Config,
    domains::identity::ensure_admin,
    events::{Event, Position},
    server::{Role, Server},
};
use tokio::{net::TcpListener, task::JoinHandle, time::sleep};
use tokio_util::sync::CancellationToken;

use super::{Client, SseClient, Statements, TestClock, TestDb, WsClient, patience};

/// The first administrator of every test.
pub const ADMIN: (&str, &str) = ("admin@example.com", "correct horse battery");

/// A server on a port of its own.
pub struct TestApp {
    /// Its inside, for tests of what has no API.
    pub app: App,
    /// Where it listens.
    pub address: SocketAddr,
    /// Its database; start another server on it by [`TestApp::beside`].
    pub db: TestDb,
    /// Its clock.
    pub clock: TestClock,
    /// What it asks its database.
    pub statements: Statements,
    /// The names of the kinds of jobs that it knows.
    pub job_kinds: Vec<&'static str>,
    stop: CancellationToken,
    running: Option<JoinHandle<anyhow::Result<()>>>,
}

/// How a server is started.
pub struct TestAppBuilder {
    settings: BTreeMap<&'static str, String>,
    db: Option<TestDb>,
    clock: TestClock,
    role: Role,
}

impl TestAppBuilder {
    /// Changes a setting.
    pub fn set(mut self, name: &'static str, value: impl ToString) -> Self {
        self.settings.insert(name, value.to_string());
        self
    }

    /// Serves without working on jobs.
    pub fn without_worker(mut self) -> Self {
        self.role = Role::Serve;
        self
    }

    /// Serves and does nothing by itself, so that each statement belongs to an operation.
    pub fn quiet(self) -> Self {
        self.without_worker().set("EVENT_POLL_MS", 3_600_000)
    }

    /// Starts with the clock put forward.
    pub fn later(self, by: TimeDelta) -> Self {
        self.clock.advance(by);
        self
    }

    /// Uses this database instead of a new one.
    pub fn on(mut self, db: &TestDb) -> Self {
        self.db = Some(db.clone());
        self
    }

    /// Starts it.
    pub async fn start(self) -> TestApp {
        let db = match self.db {
            Some(db) => db,
            None => TestDb::new().await,
        };
        let mut settings = self.settings;
        settings.insert("DATABASE_URL", db.url().to_owned());
        settings.entry("CACHE_DIR").or_insert_with(|| db.folder().join("cache").display().to_string());
        if !settings.contains_key("S3_BUCKET") {
            settings.entry("FILES_DIR").or_insert_with(|| db.folder().join("files").display().to_string());
        }
        let config = Config::read(|name| settings.get(name).cloned()).unwrap();
        let ambient = Ambient::new(Arc::new(self.clock.clone()), rand::rngs::StdRng::from_rng(&mut rand::rng()));
        let mut connection = rapport::db::connect(&config.database).await.unwrap();
        let statements = Statements::default();
        statements.listen_to(&mut connection);
        let server = Server::open(config, ambient, connection).await.unwrap();
        let app = server.app.clone();
        let job_kinds = rapport::domains::job_kinds(&app, &server.services).kinds().map(|(kind, _)| kind).collect();
        ensure_admin(&app.db, &app.ambient, &app.config.auth).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let running = tokio::spawn(server.run(Some(listener), self.role, stop.clone()));
        TestApp { app, address, db, clock: self.clock, statements, job_kinds, stop, running: Some(running) }
    }
}

/// The settings of tests.
pub fn default_settings() -> impl Iterator<Item = (&'static str, String)> {
    let settings = [
        ("API_JWT_SECRET", "a secret for tests of 32 characters"),
        ("SECRETS_KEYS", "tests:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
        ("ADMIN_EMAIL", ADMIN.0),
        ("ADMIN_PASSWORD", ADMIN.1),
        ("SAMPLE_DELAY_MS", "0"),
        ("JOB_LEASE_SECONDS", "2"),
        ("JOB_POLL_MS", "100"),
        ("EVENT_POLL_MS", "50"),
        ("SHUTDOWN_SECONDS", "5"),
        ("DATABASE_MAX_CONNECTIONS", "8"),
        // Tests end processes, not machines.
        ("SQLITE_SYNCHRONOUS", "normal"),
        // What the stand-ins of language models are asked is what a test asks.
        ("KNOWLEDGE_EMBEDDINGS", "false"),
        // A test is another program than the server.
        ("PDF_READER", env!("CARGO_BIN_EXE_rapport")),
    ];
    settings.into_iter().map(|(name, value)| (name, value.to_owned()))
}

impl TestApp {
    /// A server with the settings of tests: the sample answers at once, leases and polls are short.
    pub fn builder() -> TestAppBuilder {
        TestAppBuilder {
            settings: default_settings().collect(),
            db: None,
            clock: TestClock::default(),
            role: Role::All,
        }
    }

    /// A server with a database of its own.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// Another server on the same database: what a second process would be.
    pub async fn beside(&self) -> Self {
        Self::builder().on(&self.db).start().await
    }

    /// Nobody, over HTTP.
    pub fn anonymous(&self) -> Client {
        Client::new(self.address, None)
    }

    /// The administrator, over HTTP.
    pub async fn admin(&self) -> Client {
        self.anonymous().sign_in(ADMIN.0, ADMIN.1).await
    }

    /// A user of this role, made for the test, over HTTP.
    pub async fn user(&self, role: rapport::auth::SystemRole) -> Client {
        let name = format!("{role:?}").to_lowercase();
        let email = format!("{}-{name}@example.com", uuid::Uuid::new_v4().simple());
        let password = "a password of a test user";
        rapport::domains::identity::create_user(&self.app.db, &self.app.ambient, &email, "Test User", role, password)
            .await
            .unwrap();
        self.anonymous().sign_in(&email, password).await
    }

    /// A WebSocket of `client`.
    pub async fn ws(&self, client: &Client) -> WsClient {
        WsClient::connect(self.address, client.token()).await
    }

    /// Event streams of `client`.
    pub fn sse(&self, client: &Client) -> SseClient {
        SseClient::new(self.address, client.token())
    }

    /// The first hundred events of `topic`, once all that is written can be read: a transaction of another test that is
    /// under way holds back the events of all databases of a PostgreSQL server.
    pub async fn logged(&self, topic: &str) -> Vec<Arc<Event>> {
        let settled = async {
            while self.app.events.lag().await.unwrap().events > 0 {
                sleep(Duration::from_millis(5)).await;
            }
        };
        patience(settled).await;
        self.app.events.read_topic(topic, Position::default(), 100).await.unwrap()
    }

    /// Puts the clock forward.
    pub fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// Stops the server as a signal would, and waits until it has ended.
    pub async fn stop(mut self) {
        self.stop.cancel();
        if let Some(running) = self.running.take() {
            patience(running).await.unwrap().unwrap();
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
