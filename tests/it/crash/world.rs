//! What stands around the processes: a database, a stand-in for OpenAI and one for the SEC.

use axum::{Router, routing::get};
use rapport::{
    db::Db,
    jobs::{JobEntity, JobRow},
};
use sea_orm::{EntityTrait, FromQueryResult, JsonValue, Statement};
use serde_json::{Value, json};
use sqlx::{ConnectOptions, Connection, Executor, sqlite::SqliteConnectOptions};

use crate::support::{
    ADMIN, Client, Process, TestDb,
    openai::{Behaviour, StandIn, customers},
    patience,
};

/// Whom the stand-in has things to tell about, as about any name.
pub const COMPANY: &str = "Ironvale Instruments";
/// Its customers and their tickers, by name.
pub const CUSTOMERS: [(&str, Option<&str>); 6] = [
    ("Bluefen Energy", Some("ZZBF")),
    ("Harrowgate Financial", Some("ZZHF")),
    ("Northwind Harbor Logistics", Some("ZZNW")),
    ("Quillmark Insurance", Some("ZZQM")),
    ("Tessaract Retail", Some("ZZTR")),
    ("Wrenfield Tooling", None),
];

/// Everything but the processes.
pub struct World {
    pub db: TestDb,
    pub openai: StandIn,
    pub connection: Db,
    edgar: String,
}

impl World {
    pub async fn new() -> Self {
        let (db, openai) = (TestDb::new().await, StandIn::start().await);
        let [energy, finance, logistics, insurance, retail, tooling] = CUSTOMERS.map(|(name, _)| name);
        // Each list knows a customer of another one.
        for (question, found) in [
            ("discovery_customer_pages", [energy, finance, logistics]),
            ("discovery_case_studies", [logistics, insurance, energy]),
            ("discovery_third_party", [retail, tooling, insurance]),
        ] {
            openai.on(question, Behaviour::Facts(customers(&found)));
        }
        Self { connection: db.connect().await, db, openai, edgar: serve_tickers().await }
    }

    /// Starts the program here.
    pub async fn process(&self) -> Process {
        self.process_with(&[]).await
    }

    /// Starts the program here with other settings.
    pub async fn process_with(&self, settings: &[(&str, &str)]) -> Process {
        let base_url = self.openai.base_url();
        let mut all = vec![
            ("OPENAI_API_KEY", "sk-for-the-stand-in"),
            ("OPENAI_BASE_URL", &base_url),
            ("OPENAI_TIMEOUT_SECONDS", "120"),
            ("EDGAR_BASE_URL", &self.edgar),
            ("EDGAR_USER_AGENT", "Tests admin@example.com"),
        ];
        all.extend(settings);
        Process::start(&self.db, &all).await
    }

    pub async fn row(&self, job: &str) -> JobRow {
        let id: rapport::db::Id<JobRow> = job.parse().unwrap();
        JobEntity::find_by_id(id).one(self.connection.reader()).await.unwrap().unwrap()
    }

    /// The steps that jobs have finished, such as `research: pricing`.
    pub async fn finished_steps(&self) -> Vec<String> {
        let rows = self.query("SELECT name FROM job_steps ORDER BY name").await;
        rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    }

    /// Everything that an onboarding writes.
    pub async fn everything(&self) -> Value {
        let tables = ["jobs", "job_steps", "events", "companies", "company_facts", "customers"];
        let mut everything = json!({});
        for table in tables {
            everything[table] = self.query(&format!("SELECT * FROM {table}")).await.into();
        }
        everything
    }

    pub async fn query(&self, sql: &str) -> Vec<Value> {
        let statement = Statement::from_string(self.connection.backend(), sql);
        JsonValue::find_by_statement(statement).all(self.connection.reader()).await.unwrap()
    }

    /// Puts a process to sleep at a moment at which it has no transaction open: asleep in the middle of one, it would
    /// keep the others from writing.
    pub async fn put_to_sleep(&self, process: &Process) {
        patience(async {
            loop {
                process.signal("STOP").await;
                if !self.is_in_use().await {
                    return;
                }
                process.signal("CONT").await;
            }
        })
        .await;
    }

    /// Whether somebody has a transaction open.
    async fn is_in_use(&self) -> bool {
        if TestDb::is_postgres() {
            let sql = "SELECT pid FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'";
            return !self.query(sql).await.is_empty();
        }
        let options: SqliteConnectOptions = self.db.url().parse().unwrap();
        let mut connection = options.busy_timeout(std::time::Duration::ZERO).connect().await.unwrap();
        let is_in_use = connection.execute("BEGIN IMMEDIATE").await.is_err();
        connection.close().await.unwrap();
        is_in_use
    }
}

/// The administrator at a process.
pub async fn admin(process: &Process) -> Client {
    Client::new(process.address, None).sign_in(ADMIN.0, ADMIN.1).await
}

/// Onboards the company and returns the job's id, and the cursor from which to follow it.
pub async fn onboard(client: &Client) -> (String, String) {
    let job = client.onboard(COMPANY).await;
    (job["id"].as_str().unwrap().to_owned(), job["cursor"].as_str().unwrap().to_owned())
}

/// Serves the list of tickers of the bundled sample, as the SEC serves its own.
async fn serve_tickers() -> String {
    const TICKERS: &str = include_str!("../../../assets/sample/sample_company_tickers.json");
    const EXCHANGES: &str = include_str!("../../../assets/sample/sample_company_tickers_exchange.json");
    let router = Router::new()
        .route("/files/company_tickers.json", get(|| async { TICKERS }))
        .route("/files/company_tickers_exchange.json", get(|| async { EXCHANGES }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}")
}
