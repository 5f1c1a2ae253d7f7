//! Creation of leads.

use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::OnConflict};
use uuid::Uuid;

use super::{
    entity::{Column, Entity, Fact, Model, Source, Status},
    events::LeadCreated,
    income::Income,
};
use crate::{
    ambient::Ambient,
    app::App,
    auth::{Permission, Viewer},
    db::{Id, WriteTx},
    domains::{
        audit::{self, AuditAction, Entry},
        identity::active_users_with,
        notification_kinds::Notice,
        notifications,
    },
    error::{Error, Result},
    events::{self, NewEvent},
    text::{clean, fold},
};

/// A lead found by a chat. The caller has validated the values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLead {
    /// The name.
    pub name: String,
    /// The mail address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// The visitor's income.
    pub income: Option<Income>,
    /// The name of the persona.
    pub persona: String,
    /// Further statements, in the order of display.
    pub details: Vec<Fact>,
    /// The chat session; each yields one lead.
    pub session: Uuid,
    /// The user who owns the session, who is not notified; `None` for a visitor's.
    pub owner: Option<Uuid>,
}

/// Creates the lead of a chat session, with its event and audit log entry, and notifies those who see all leads. A session with a lead returns the existing
/// one.
///
/// # Errors
/// When the database fails.
pub async fn create_from_chat(tx: &mut WriteTx, app: &App, new: NewLead) -> Result<Model> {
    let ambient = &app.ambient;
    let owner = new.owner;
    let row = row_of(ambient, new)?;
    // "Do nothing" instead of a look before: two transactions of one session at the same time both get the one lead.
    let inserted = Entity::insert(row.clone().into_active_model())
        .on_conflict(OnConflict::column(Column::SessionId).do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    if inserted == 0 {
        let existing = Entity::find().filter(Column::SessionId.eq(row.session_id)).one(&**tx).await?;
        return existing.ok_or_else(|| Error::internal(anyhow::anyhow!("a lead that blocked an insert has gone")));
    }
    events::append(tx, ambient, NewEvent::of(&LeadCreated::from(&row), None)?).await?;
    let entry = Entry::of(AuditAction::LeadCreated, row.id, &row.name).after(row.audited());
    audit::record(tx, ambient, Some(&app.secrets), &Viewer::system(), entry).await?;
    let readers = active_users_with(&**tx, Permission::LeadsReadAll).await?;
    let notices: Vec<_> = readers.iter().map(|user| (user.id, Notice::LeadCreated(row.id))).collect();
    notifications::notify(tx, ambient, owner, &notices).await?;
    Ok(row)
}

fn row_of(ambient: &Ambient, new: NewLead) -> Result<Model> {
    let now = ambient.now();
    let name = clean(&new.name);
    let (income_minor, income_currency, income_period) = match new.income {
        Some(Income { amount, period }) => (Some(amount.minor), Some(amount.currency.code().to_owned()), Some(period)),
        None => (None, None, None),
    };
    Ok(Model {
        id: Id::new(ambient),
        name_key: fold(&name),
        name,
        email_folded: new.email.as_deref().map(fold),
        email: new.email,
        phone: new.phone,
        source: Source::Chat,
        source_detail: Some(new.persona),
        status: Status::New,
        income_minor,
        income_currency,
        income_period,
        details: serde_json::to_string(&new.details)?,
        session_id: Some(new.session),
        assigned_to_id: None,
        version: 1,
        created_at: now,
        updated_at: now,
    })
}
