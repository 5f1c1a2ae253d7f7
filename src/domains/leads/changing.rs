//! Updates of leads by later chat messages.

use sea_orm::{ActiveValue::Set, EntityTrait, QuerySelect};

use super::{
    entity::{ActiveModel, Entity, Model},
    making::NewLead,
};
use crate::{
    app::App,
    auth::Viewer,
    db::{Id, WriteTx},
    domains::audit::{self, AuditAction, Entry},
    error::Result,
    text::{clean, fold},
};

/// Applies the differences between the values known `before` and `now`; the rest of the lead stays unchanged, including
/// edits by the team. `None` if nothing differs, or the lead was deleted.
///
/// # Errors
/// When the database fails.
pub async fn change_from_chat(
    tx: &mut WriteTx,
    app: &App,
    id: Id<Model>,
    (before, now): (NewLead, NewLead),
) -> Result<Option<Model>> {
    let ambient = &app.ambient;
    let change = change_of(&before, &now)?;
    let Some(lead) = Entity::find_by_id(id).lock_exclusive().one(&**tx).await? else { return Ok(None) };
    if before == now {
        return Ok(None);
    }
    let change = ActiveModel { id: Set(id), version: Set(lead.version + 1), updated_at: Set(ambient.now()), ..change };
    let changed = Entity::update(change).exec(&**tx).await?;
    let entry = Entry::of(AuditAction::LeadUpdated, id, &changed.name).between(lead.audited(), changed.audited());
    audit::record(tx, ambient, Some(&app.secrets), &Viewer::system(), entry).await?;
    Ok(Some(changed))
}

fn change_of(before: &NewLead, now: &NewLead) -> Result<ActiveModel> {
    let mut change = ActiveModel::default();
    if before.name != now.name {
        let name = clean(&now.name);
        change.name_key = Set(fold(&name));
        change.name = Set(name);
    }
    if before.email != now.email {
        change.email_folded = Set(now.email.as_deref().map(fold));
        change.email = Set(now.email.clone());
    }
    if before.phone != now.phone {
        change.phone = Set(now.phone.clone());
    }
    if before.income != now.income {
        change.income_minor = Set(now.income.map(|income| income.amount.minor));
        change.income_period = Set(now.income.map(|income| income.period));
        change.income_currency = Set(now.income.map(|income| income.amount.currency.code().to_owned()));
    }
    if before.details != now.details {
        change.details = Set(serde_json::to_string(&now.details)?);
    }
    Ok(change)
}
