//! Changes by users: rows with their audit entries, events and jobs in one transaction.

use std::ops::{Deref, DerefMut};

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, EntityTrait, IntoActiveModel, Iterable, ModelTrait, PrimaryKeyToColumn,
    QueryFilter, QuerySelect, Value,
};
use uuid::Uuid;

use super::{
    action::AuditAction,
    entry::{Entry, record},
};
use crate::{
    ambient::Ambient,
    app::App,
    auth::Viewer,
    db::{Db, Id, Identified, WriteTx},
    domains::{
        activity::{self, TimelineKind, Touch},
        identity::User,
        notification_kinds::Notice,
        notifications,
    },
    error::{Error, Result},
    events::{self, DomainEvent},
    jobs::{self, Enqueued, Job, NewJob},
    secrets::Secrets,
};

/// The type of changes to a row.
pub type ChangesOf<M> = <<M as ModelTrait>::Entity as EntityTrait>::ActiveModel;

/// A row whose changes stand in the audit log.
pub trait Audited:
    ModelTrait<Entity: EntityTrait<Model = Self, PrimaryKey: PrimaryKeyToColumn<Column = ColumnOf<Self>>>>
    + IntoActiveModel<ChangesOf<Self>>
    + Identified
    + Sync
{
    /// The name by which people know it.
    fn called(&self) -> &str;

    /// Its values by their names in the API, without secrets.
    ///
    /// # Errors
    /// When the database fails.
    fn state(&self, tx: &WriteTx) -> impl Future<Output = Result<serde_json::Value>> + Send;
}

/// The type of a row's columns.
pub type ColumnOf<M> = <<M as ModelTrait>::Entity as EntityTrait>::Column;

/// A row that several people may change: each says which version they have read.
pub trait Versioned: Audited {
    /// The column of the version, from 1.
    const VERSION: ColumnOf<Self>;
    /// The column of the time of the last change.
    const UPDATED_AT: ColumnOf<Self>;
}

/// A change of one row. What is not set stays.
#[derive(Debug)]
pub struct Change<M: ModelTrait> {
    /// The row as it is, locked until the transaction ends.
    pub row: M,
    /// The values that it gets.
    pub set: ChangesOf<M>,
}

/// A transaction by somebody. Nothing of it is there unless [`Write::commit`] succeeds.
pub struct Write {
    ambient: Ambient,
    secrets: Option<Secrets>,
    viewer: Viewer,
    tx: WriteTx,
}

impl Write {
    /// Begins a transaction of `viewer`, whose right the caller has checked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(app: &App, viewer: &Viewer) -> Result<Self> {
        Ok(Self::of(app.db.begin().await?, app, viewer))
    }

    /// Begins a transaction of the server itself, also of commands that do not read the keys of secrets.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn by_server(db: &Db, ambient: &Ambient) -> Result<Self> {
        Ok(Self { ambient: ambient.clone(), secrets: None, viewer: Viewer::system(), tx: db.begin().await? })
    }

    /// A transaction that has begun.
    pub fn of(tx: WriteTx, app: &App, viewer: &Viewer) -> Self {
        let secrets = Some(app.secrets.clone());
        Self { ambient: app.ambient.clone(), secrets, viewer: viewer.clone(), tx }
    }

    /// Returns the viewer who makes the change.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// Returns the sources of time and randomness.
    pub fn ambient(&self) -> &Ambient {
        &self.ambient
    }

    /// The row with this id, locked until the transaction ends.
    ///
    /// # Errors
    /// [`Error::NotFound`], or when the database fails.
    pub async fn locked<M: Audited>(&self, id: Id<M>) -> Result<M> {
        let row = M::Entity::find().filter(id_column::<M>().eq(id.uuid())).lock_exclusive().one(&*self.tx).await?;
        row.ok_or(Error::NotFound(M::NOUN))
    }

    /// Begins a change of a row that nobody has changed since `expected_version`.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Outdated`], or when the database fails.
    pub async fn change<M: Versioned>(&self, id: Id<M>, expected_version: i32) -> Result<Change<M>> {
        let change = Change { row: self.locked(id).await?, set: ChangesOf::<M>::default() };
        match version_of(&change.row) {
            version if version == expected_version => Ok(change),
            version => Err(Error::Outdated { noun: M::NOUN, version }),
        }
    }

    /// Writes a change with its entry in the audit log, and returns the row as it is since. A change of nothing leaves the
    /// row as it was, without an entry.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save<M: Versioned>(&self, action: AuditAction, change: Change<M>) -> Result<M> {
        let before = change.row.clone();
        let after = self.apply(change).await?;
        if version_of(&after) != version_of(&before) {
            let entry = Entry::of(action, id_of(&after), before.called());
            self.record(entry.between(before.state(&self.tx).await?, after.state(&self.tx).await?)).await?;
        }
        Ok(after)
    }

    /// Writes a change without an entry, which the caller records. Values that the row has already are no change.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn apply<M: Versioned>(&self, Change { row, mut set }: Change<M>) -> Result<M> {
        for column in ColumnOf::<M>::iter() {
            if matches!(set.get(column), ActiveValue::Set(value) if value == row.get(column)) {
                set.not_set(column);
            }
        }
        if !set.is_changed() {
            return Ok(row);
        }
        let id = id_column::<M>();
        set.set(id, row.get(id));
        set.set(M::VERSION, version_of(&row).saturating_add(1).into());
        set.set(M::UPDATED_AT, self.ambient.now().into());
        Ok(M::Entity::update(set).exec(&*self.tx).await?)
    }

    /// Inserts a row with its entry in the audit log.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create<M: Audited>(&self, action: AuditAction, row: &M) -> Result<()> {
        self.insert(row).await?;
        let entry = Entry::of(action, id_of(row), row.called());
        self.record(entry.after(row.state(&self.tx).await?)).await
    }

    /// Inserts a row that has no entry of its own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert<M>(&self, row: &M) -> Result<()>
    where
        M: ModelTrait + IntoActiveModel<ChangesOf<M>>,
    {
        M::Entity::insert(row.clone().into_active_model()).exec_without_returning(&*self.tx).await?;
        Ok(())
    }

    /// Deletes a row, and records how it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete<M: Audited>(&self, action: AuditAction, row: &M) -> Result<()> {
        let entry = Entry::of(action, id_of(row), row.called()).before(row.state(&self.tx).await?);
        let id = id_column::<M>();
        M::Entity::delete_many().filter(id.eq(row.get(id))).exec(&*self.tx).await?;
        self.record(entry).await
    }

    /// Writes an entry into the audit log.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record(&self, entry: Entry) -> Result<()> {
        record(&self.tx, &self.ambient, self.secrets.as_ref(), &self.viewer, entry).await
    }

    /// Writes an event into the log, by the signed-in user if there is one, and returns its id there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tell<E: DomainEvent>(&mut self, event: &E) -> Result<i64> {
        let actor = self.viewer.signed_in().map(|session| session.user_id);
        Ok(events::append(&mut self.tx, &self.ambient, events::NewEvent::of(event, actor)?).await?)
    }

    /// Notifies users, except the viewer themselves. See [`notifications::notify`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn notify(&mut self, users: &[Id<User>], notice: Notice) -> Result<()> {
        let actor = self.viewer.signed_in().map(|session| session.user_id);
        let notices: Vec<_> = users.iter().map(|user| (*user, notice)).collect();
        notifications::notify(&mut self.tx, &self.ambient, actor, &notices).await
    }

    /// Marks the notifications of `notice` as read for all users, because what it told of waits no longer. See
    /// [`notifications::settle`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle(&mut self, notice: Notice) -> Result<()> {
        let actor = self.viewer.signed_in().map(|session| session.user_id);
        notifications::settle(&mut self.tx, &self.ambient, actor, notice).await
    }

    /// Shows in the timeline of a lead or a customer what the viewer did.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn touch_timeline(&self, touch: Touch) -> Result<()> {
        let actor = self.viewer.signed_in().map(|session| Id::from_uuid(session.user_id));
        Ok(activity::touch(&self.tx, &self.ambient, actor, touch).await?)
    }

    /// Removes from the timeline what did not happen after all, or no longer counts.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn untouch_timeline(&self, kind: TimelineKind, ref_id: Uuid) -> Result<()> {
        Ok(activity::untouch(&self.tx, kind, ref_id).await?)
    }

    /// Moves an entry of the timeline to the time at which it happened as is known now.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn move_in_timeline(
        &self,
        kind: TimelineKind,
        ref_id: Uuid,
        occurred_at: DateTime<Utc>,
    ) -> Result<()> {
        Ok(activity::move_to(&self.tx, (kind, ref_id), occurred_at).await?)
    }

    /// Marks in the timeline that something was deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn bury_in_timeline(
        &self,
        kind: TimelineKind,
        ref_id: Uuid,
        deleted_at: DateTime<Utc>,
    ) -> Result<()> {
        Ok(activity::bury(&self.tx, (kind, ref_id), deleted_at).await?)
    }

    /// Puts a job into the queue.
    ///
    /// # Errors
    /// [`Error::IdempotencyMismatch`] when the key stands for another input, or when the database fails.
    pub async fn enqueue<J: Job>(&mut self, new: NewJob<J::Input>) -> Result<Enqueued> {
        jobs::enqueue::<J>(&mut self.tx, &self.ambient, new).await
    }

    /// Puts a job into the queue that the viewer asked for, with an entry of what they `asked` for. A job that their key made
    /// before is returned as it is.
    ///
    /// # Errors
    /// If nobody is signed in; [`Error::IdempotencyMismatch`] when the key stands for another input, or when the database
    /// fails.
    pub async fn ask_for<J: Job>(
        &mut self,
        input: J::Input,
        key: Option<String>,
        asked: serde_json::Value,
    ) -> Result<jobs::JobRow> {
        let new = NewJob { idempotency_key: key, ..NewJob::new(input, Some(self.viewer.user_id()?)) };
        let Enqueued { job, is_new } = self.enqueue::<J>(new).await?;
        if is_new {
            self.record(Entry::of(AuditAction::JobCreated, job.id, &job.kind).after(asked)).await?;
        }
        Ok(job)
    }

    /// Commits all of it.
    ///
    /// # Errors
    /// When the database fails; then nothing was changed.
    pub async fn commit(self) -> Result<()> {
        Ok(self.tx.commit().await?)
    }
}

impl Deref for Write {
    type Target = WriteTx;

    fn deref(&self) -> &WriteTx {
        &self.tx
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut WriteTx {
        &mut self.tx
    }
}

/// The column of the id: the first of the primary key.
#[expect(clippy::expect_used, reason = "SeaORM makes no entity without a primary key")]
fn id_column<M: Audited>() -> ColumnOf<M> {
    let mut key = <M::Entity as EntityTrait>::PrimaryKey::iter();
    key.next().expect("an entity has a primary key").into_column()
}

fn id_of<M: Audited>(row: &M) -> Id<M> {
    match row.get(id_column::<M>()) {
        Value::Uuid(Some(id)) => Id::from_uuid(id),
        _ => Id::nil(),
    }
}

fn version_of<M: Versioned>(row: &M) -> i32 {
    match row.get(M::VERSION) {
        Value::Int(Some(version)) => version,
        _ => 0,
    }
}
