//! The audit log: who changed what, when, from where, and how it was before.

mod actors;
mod appending;
mod care;
mod changes;
mod mutations;
mod reading;
mod refusals;
mod searching;
mod subjects;
mod walk;

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use rapport::{
    auth::SystemRole,
    domains::audit::{AuditColumn, AuditEntity, AuditEntry},
};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder, Statement};
use serde_json::{Value, json};

use crate::support::{ADMIN, Client, TestApp, TestDb};

const PASSWORD: &str = "umbrellas in april rain";
const LOGIN: &str =
    "mutation($email: String!, $password: String!) { login(input: {email: $email, password: $password}) {
    accessToken refreshToken viewer { user { id } } } }";

/// A server that does nothing by itself, and what was said to it and by it that nobody may read in its audit log.
struct World {
    app: TestApp,
    admin: Person,
    secrets: Mutex<BTreeSet<String>>,
    /// Other servers on its database. They last as long as the world: one that ends takes its mark out of `openings` a while
    /// after it was dropped, which would be a difference between two dumps.
    others: Mutex<Vec<TestApp>>,
}

/// Somebody who is signed in.
#[derive(Clone)]
struct Person {
    id: String,
    email: String,
    client: Client,
    refresh_token: String,
}

impl World {
    async fn start() -> Self {
        Self::on(TestApp::builder().quiet().start().await).await
    }

    async fn on(app: TestApp) -> Self {
        let nobody = Person {
            id: String::new(),
            email: ADMIN.0.to_owned(),
            client: app.anonymous(),
            refresh_token: String::new(),
        };
        let mut world = Self { app, admin: nobody, secrets: Mutex::default(), others: Mutex::default() };
        world.admin = world.sign_in(ADMIN.0, ADMIN.1).await;
        world
    }

    /// A user of this role, made past the audit log.
    async fn user(&self, role: SystemRole) -> Person {
        let email = format!("{}@example.com", uuid::Uuid::new_v4().simple());
        let app = &self.app.app;
        let made =
            rapport::domains::identity::create_user(&app.db, &app.ambient, &email, "Dana Scully", role, PASSWORD);
        made.await.unwrap();
        self.sign_in(&email, PASSWORD).await
    }

    async fn sign_in(&self, email: &str, password: &str) -> Person {
        let data = self.ok(&self.app.anonymous(), LOGIN, json!({"email": email, "password": password})).await;
        let (login, text) = (&data["login"], |value: &Value| value.as_str().unwrap().to_owned());
        Person {
            id: text(&login["viewer"]["user"]["id"]),
            email: email.to_owned(),
            client: self.app.anonymous().with_token(login["accessToken"].as_str().unwrap()),
            refresh_token: text(&login["refreshToken"]),
        }
    }

    /// Sends an operation under this request id, and remembers the secrets in it and in its response.
    async fn send(&self, client: &Client, query: &str, variables: Value, request_id: &str) -> Value {
        let request = client.request(query, variables.clone()).header("x-request-id", request_id);
        let response = request.header("user-agent", AGENT).send().await.unwrap().json().await.unwrap();
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        find_secrets(&variables, &mut secrets);
        find_secrets(&response, &mut secrets);
        response
    }

    async fn ok(&self, client: &Client, query: &str, variables: Value) -> Value {
        let mut response = self.send(client, query, variables, "of-the-test").await;
        assert!(response.get("errors").is_none(), "{query}\n{response:#}");
        response["data"].take()
    }

    /// All entries, the oldest first.
    async fn entries(&self) -> Vec<AuditEntry> {
        let all = AuditEntity::find().order_by_asc(AuditColumn::OccurredAt).order_by_asc(AuditColumn::Id);
        all.all(self.app.app.db.reader()).await.unwrap()
    }

    /// What `work` yields, and the entries that it wrote.
    async fn written_by<F: Future>(&self, work: F) -> (F::Output, Vec<AuditEntry>) {
        let before: BTreeSet<_> = self.entries().await.iter().map(|entry| entry.id.uuid()).collect();
        let output = work.await;
        let after = self.entries().await;
        assert!(after.len() >= before.len(), "entries went away");
        (output, after.into_iter().filter(|entry| !before.contains(&entry.id.uuid())).collect())
    }

    async fn execute(&self, sql: &str) -> Result<(), String> {
        let tx = self.app.app.db.begin().await.unwrap();
        tx.execute_unprepared(sql).await.map_err(|error| error.to_string())?;
        tx.commit().await.map_err(|error| error.to_string())
    }

    /// The values of one column of text that a query yields.
    async fn texts(&self, sql: &str) -> Vec<String> {
        let db = self.app.app.db.reader();
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
        rows.iter().filter_map(|row| row.try_get_by_index::<Option<String>>(0).unwrap()).collect()
    }

    /// All rows of a table, as text.
    async fn dump_of(&self, table: &str) -> String {
        let row = if TestDb::is_postgres() {
            "t::text".to_owned()
        } else {
            let columns = self.texts(&format!("SELECT name FROM pragma_table_info('{table}')")).await;
            columns.iter().map(|column| format!(r#"quote("{column}")"#)).collect::<Vec<_>>().join(" || '|' || ")
        };
        self.texts(&format!(r#"SELECT {row} FROM "{table}" t ORDER BY 1"#)).await.join("\n")
    }

    /// What differs of the database from what [`Self::dump`] said before.
    async fn difference(&self, before: &str) -> Vec<String> {
        let after = self.dump().await;
        let [was, is] = [before, &after].map(|dump| dump.lines().map(str::to_owned).collect::<BTreeSet<_>>());
        was.symmetric_difference(&is).cloned().collect()
    }

    /// All rows of all tables, as text.
    async fn dump(&self) -> String {
        let tables = if TestDb::is_postgres() {
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        } else {
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1"
        };
        let mut all = String::new();
        for table in self.texts(tables).await {
            for row in self.dump_of(&table).await.lines() {
                all += &format!("{table}: {row}\n");
            }
        }
        all
    }
}

/// As what the tests call themselves.
const AGENT: &str = "auditor/1.0 (tests)";

/// Finds what is secret in an operation or its response, by the names under which it goes.
fn find_secrets(value: &Value, found: &mut BTreeSet<String>) {
    const NAMES: [&str; 9] = [
        "accessToken",
        "refreshToken",
        "password",
        "currentPassword",
        "newPassword",
        "token",
        "secret",
        "link",
        "present",
    ];
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                if let (true, Value::String(text)) = (NAMES.contains(&name.as_str()), value) {
                    // Of a link the token alone is secret.
                    found.insert(text.split_once("token=").map_or(text.as_str(), |(_, token)| token).to_owned());
                }
                find_secrets(value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| find_secrets(item, found)),
        _ => {}
    }
}
