//! The job that seals personal values in entries of before, or by a copy of an older release, and keys that were written
//! by a process without the keys of the installation.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement, Value,
    prelude::Uuid,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{
    action::AuditSubjectType,
    entity::{Column, Entity, Model as Row},
    person_key,
    sealing::{OF_PEOPLE, PERSON_KEYS, seal},
};
use crate::{
    app::App,
    db::{Id, WriteTx},
    domains::{
        identity::User,
        outbox::{OutboxMail, OutboxMailEntity},
    },
    error::Result,
    jobs::{Context, Job, JobError},
};

/// Number of rows per transaction.
const BATCH: u64 = 100;
/// Time for which the end of the log is looked at again: transactions that began earlier may still commit.
const MARGIN: chrono::TimeDelta = chrono::TimeDelta::hours(1);

/// Seals personal values in the audit log.
#[derive(Debug)]
pub struct SealAuditLog(pub App);

/// The number of sealed entries and keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedLog {
    /// Number of entries.
    pub entries: u64,
    /// Number of keys.
    pub keys: u64,
}

impl Job for SealAuditLog {
    const KIND: &'static str = "seal_audit_log";
    const CONCURRENCY: usize = 1;
    type Input = ();
    type Output = SealedLog;

    async fn run(&self, _ctx: Context, (): ()) -> Result<SealedLog, JobError> {
        Ok(SealedLog { keys: self.seal_keys().await?, entries: self.seal_entries().await? })
    }

    fn summary(output: &SealedLog) -> String {
        format!("Sealed {} entries of the audit log, and {} keys of people.", output.entries, output.keys)
    }
}

impl SealAuditLog {
    async fn seal_keys(&self) -> Result<u64> {
        let (app, mut sealed) = (&self.0, 0);
        if !app.secrets.is_configured() {
            return Ok(0);
        }
        loop {
            let bare = person_key::Entity::find().filter(person_key::Column::BareKey.is_not_null()).limit(BATCH);
            let tx = app.db.begin().await?;
            let keys = bare.all(&*tx).await?;
            if keys.is_empty() {
                return Ok(sealed);
            }
            for key in keys {
                let Some(bare) = key.bare_key else { continue };
                let closed = app.secrets.seal(&PERSON_KEYS, key.id.uuid(), &SecretString::from(bare))?;
                let sql = "UPDATE person_keys SET sealed_key = $1, bare_key = NULL WHERE id = $2";
                execute(&tx, sql, [closed.into(), key.id.uuid().into()]).await?;
                sealed += 1;
            }
            tx.commit().await?;
        }
    }

    /// Seals from where the last run ended, so that a run that is ended early loses nothing and the log is read once.
    async fn seal_entries(&self) -> Result<u64> {
        let (app, mut sealed) = (&self.0, 0);
        let mut position = self.position().await?;
        loop {
            let kinds = OF_PEOPLE.map(AuditSubjectType::as_str);
            let mut page = Entity::find().order_by_asc(Column::Id).limit(BATCH);
            if let Some(position) = position {
                page = page.filter(Column::Id.gt(position));
            }
            let rows = page.all(app.db.reader()).await?;
            let Some(last) = rows.last() else { return Ok(sealed) };
            position = Some(last.id.uuid());
            let safe = rows.iter().rev().find(|row| row.occurred_at < app.ambient.now() - MARGIN).map(|row| row.id);
            let open = |row: &Row| row.sealed.is_none() && kinds.contains(&row.subject_type.as_str());
            let tx = app.db.begin().await?;
            for row in rows.into_iter().filter(open) {
                sealed += self.seal_entry(&tx, row).await?;
            }
            if let Some(safe) = safe {
                execute(&tx, "UPDATE audit_sealing SET position = $1", [safe.uuid().into()]).await?;
            }
            tx.commit().await?;
        }
    }

    async fn position(&self) -> Result<Option<Uuid>, DbErr> {
        let db = self.0.db.reader();
        let sql = "SELECT position FROM audit_sealing";
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
        row.map_or(Ok(None), |row| row.try_get("", "position"))
    }

    async fn seal_entry(&self, tx: &WriteTx, row: Row) -> Result<u64> {
        let person = person_of(tx, &row).await?;
        let row = seal(tx, &self.0.ambient, Some(&self.0.secrets), &person, row).await?;
        let sql = r#"UPDATE audit_log SET subject_name = $1, "before" = $2, "after" = $3, words = $4, sealed = $5,
                     person_key_id = $6 WHERE id = $7 AND sealed IS NULL"#;
        let values: [Value; 7] = [
            row.subject_name.into(),
            row.before.into(),
            row.after.into(),
            row.words.into(),
            row.sealed.into(),
            row.person_key_id.map(Id::uuid).into(),
            row.id.uuid().into(),
        ];
        Ok(execute(tx, sql, values).await?)
    }
}

/// Returns the id of the person that an old entry tells of.
async fn person_of(tx: &WriteTx, row: &Row) -> Result<String, DbErr> {
    let id = || row.subject_id.split_once('_').and_then(|(_, hex)| Uuid::parse_str(hex).ok());
    match (AuditSubjectType::named(&row.subject_type), id()) {
        (AuditSubjectType::Session, Some(id)) => {
            let sql = "SELECT user_id FROM sessions WHERE id = $1";
            let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, [id.into()]);
            let user = match tx.query_one_raw(statement).await? {
                Some(session) => Some(Id::<User>::from_uuid(session.try_get("", "user_id")?)),
                // Sessions are deleted in time; nearly all are begun and ended by their own user.
                None => row.on_behalf_of_id.or(row.actor_id),
            };
            Ok(user.map_or_else(|| row.subject_id.clone(), |user| user.to_string()))
        }
        (AuditSubjectType::Mail, Some(id)) => {
            let mail: Option<OutboxMail> = OutboxMailEntity::find_by_id(Id::from_uuid(id)).one(&**tx).await?;
            Ok(mail.and_then(|mail| mail.about).unwrap_or_else(|| row.subject_id.clone()))
        }
        _ => Ok(row.subject_id.clone()),
    }
}

async fn execute(tx: &WriteTx, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<u64, DbErr> {
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected())
}
