//! Sealed secrets: the keys at the start, rotation, and the commands.

mod commands;
mod rotating;
mod starting;

use std::sync::atomic::{AtomicU64, Ordering};

use rapport::{
    config::Config,
    db::Db,
    secrets::{Keys, KeysError, SealedColumn, Secrets},
};
use sea_orm::{ConnectionTrait, Statement};
use secrecy::ExposeSecret;
use uuid::Uuid;

use crate::support::{TestDb, ambient_of_its_own};

const OLD: &str = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const NEW: &str = "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
/// The other key by the id of the old one.
const OTHER: &str = "k1:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
const KEYS: [&str; 2] =
    ["AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="];

const TOKENS: SealedColumn = SealedColumn { table: "test_links", id: "id", column: "token" };
const URLS: SealedColumn = SealedColumn { table: "test_links", id: "id", column: "url" };
const COLUMNS: &[SealedColumn] = &[TOKENS, URLS];

/// The settings of a server with this database and these keys; an empty text counts as not set.
fn config(database: &str, keys: &str) -> Config {
    let lookup = |name: &str| match name {
        "DATABASE_URL" => Some(database.to_owned()),
        "API_JWT_SECRET" => Some("a secret for tests of 32 characters".to_owned()),
        "SECRETS_KEYS" => Some(keys.to_owned()),
        _ => None,
    };
    Config::read(lookup).unwrap()
}

/// A database with a table of sealed columns, until a domain has one.
struct Links {
    test: TestDb,
    db: Db,
    /// The number of rows, whose ids count up.
    rows: AtomicU64,
}

impl Links {
    async fn new() -> Self {
        let test = TestDb::new().await;
        let db = test.connect().await;
        let id = if TestDb::is_postgres() { "uuid" } else { "blob" };
        let table = format!("CREATE TABLE test_links (id {id} PRIMARY KEY, token text, url text)");
        db.owner().execute_unprepared(&table).await.unwrap();
        Self { test, db, rows: AtomicU64::new(0) }
    }

    /// The keys of a server with this setting.
    fn keys(&self, setting: &str) -> Keys {
        Keys::of(&config(self.test.url(), setting), &ambient_of_its_own()).unwrap()
    }

    async fn try_open(&self, setting: &str) -> Result<Secrets, KeysError> {
        Secrets::open(&self.db, &ambient_of_its_own(), &self.keys(setting), COLUMNS).await
    }

    /// What a server with this setting seals and opens by.
    async fn open(&self, setting: &str) -> Secrets {
        self.try_open(setting).await.unwrap()
    }

    /// Writes a row with a token, and without an address.
    async fn add(&self, secrets: &Secrets, token: &str) -> Uuid {
        let row = Uuid::from_u64_pair(0, self.rows.fetch_add(1, Ordering::Relaxed));
        let sealed = secrets.seal(&TOKENS, row, &token.into()).unwrap();
        self.execute("INSERT INTO test_links (id, token) VALUES ($1, $2)", [row.into(), sealed.into()]).await;
        row
    }

    async fn execute(&self, sql: &str, values: impl IntoIterator<Item = sea_orm::Value>) {
        let statement = Statement::from_sql_and_values(self.db.backend(), sql, values);
        self.db.owner().execute_raw(statement).await.unwrap();
    }

    /// The token of a row, as it stands there.
    async fn stored(&self, row: Uuid) -> String {
        let sql = "SELECT token FROM test_links WHERE id = $1";
        let statement = Statement::from_sql_and_values(self.db.backend(), sql, [row.into()]);
        self.db.reader().query_one_raw(statement).await.unwrap().unwrap().try_get("", "token").unwrap()
    }

    /// The token of a row, opened.
    async fn token(&self, secrets: &Secrets, row: Uuid) -> String {
        secrets.unseal(&TOKENS, row, &self.stored(row).await).unwrap().expose_secret().to_owned()
    }
}
