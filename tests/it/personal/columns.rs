//! The catalogue of personal data against the tables of a migrated database.

use std::collections::{BTreeMap, BTreeSet};

use rapport::{db::Db, domains::PERSONAL_DATA};
use sea_orm::{ConnectionTrait, Statement};

use crate::support::TestDb;

/// All columns of a database, by table, and whether text, JSON or bytes may stand in them.
async fn columns(db: &Db) -> BTreeMap<String, BTreeMap<String, bool>> {
    let sql = if TestDb::is_postgres() {
        "SELECT table_name AS tab, column_name AS col, data_type AS kind FROM information_schema.columns
         WHERE table_schema = 'public'"
    } else {
        "SELECT m.name AS tab, c.name AS col, c.type AS kind FROM sqlite_master m, pragma_table_info(m.name) c
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
    };
    let mut tables = BTreeMap::<String, BTreeMap<String, bool>>::new();
    for row in db.reader().query_all_raw(Statement::from_string(db.backend(), sql)).await.unwrap() {
        let text = |name: &str| row.try_get::<String>("", name).unwrap();
        let kind = text("kind").to_lowercase();
        let holds_text = ["text", "char", "json", "bytea", "blob"].iter().any(|part| kind.contains(part));
        // SQLite keeps ids and times as texts of their own types.
        let is_text = holds_text && !kind.ends_with("_text");
        tables.entry(text("tab")).or_default().insert(text("col"), is_text);
    }
    tables
}

/// What the catalogue says of each column, by table.
fn declared() -> (BTreeMap<String, BTreeSet<String>>, Vec<String>) {
    let (mut tables, mut problems) = (BTreeMap::<String, BTreeSet<String>>::new(), Vec::new());
    for domain in PERSONAL_DATA {
        for data in domain.tables() {
            let known = tables.entry(data.table.to_owned()).or_default();
            let personal = data.personal.iter().map(|(column, holds)| (*column, *holds));
            let other = data.other.iter().flat_map(|(columns, reason)| columns.iter().map(|column| (*column, *reason)));
            for (column, reason) in personal.chain(other) {
                if !known.insert(column.to_owned()) {
                    problems.push(format!("{}.{column} is declared twice, at last by {}", data.table, domain.domain()));
                }
                if reason.is_empty() {
                    problems.push(format!("{}.{column} has no reason", data.table));
                }
            }
        }
    }
    (tables, problems)
}

#[tokio::test]
async fn each_text_in_the_database_is_declared_personal_or_not_by_its_domain() {
    let test_db = TestDb::new().await;
    let db = test_db.connect().await;
    let (declared, mut problems) = declared();
    let present = columns(&db).await;
    for (table, columns) in &present {
        for (column, _) in columns.iter().filter(|(_, is_text)| **is_text) {
            if !declared.get(table).is_some_and(|known| known.contains(column)) {
                problems.push(format!("{table}.{column} is declared by no implementation of PersonalData"));
            }
        }
    }
    for (table, columns) in &declared {
        for column in columns {
            if !present.get(table).is_some_and(|known| known.contains_key(column)) {
                problems.push(format!("{table}.{column} is declared, and does not exist"));
            }
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
    db.close().await;
}
