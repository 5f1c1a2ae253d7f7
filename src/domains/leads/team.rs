//! Recipients of new-lead mails.

use sea_orm::ConnectionTrait;

use crate::{app::App, clients::mail::Mailbox, domains::identity::active_administrators, error::Result};

/// Returns the mailboxes for new-lead mails: those of `LEADS_MAIL_TO`, otherwise of all active administrators. `db` is
/// the transaction, if one is open.
///
/// # Errors
/// When the database fails.
pub async fn team(app: &App, db: &impl ConnectionTrait) -> Result<Vec<Mailbox>> {
    let named = &app.config.outbox.leads_to;
    if !named.is_empty() {
        let mailbox =
            |one: &lettre::message::Mailbox| Mailbox { name: one.name.clone(), address: one.email.to_string() };
        return Ok(named.iter().map(mailbox).collect());
    }
    let administrators = active_administrators(db).await?;
    Ok(administrators.into_iter().map(|user| Mailbox::named(user.full_name, user.email)).collect())
}
