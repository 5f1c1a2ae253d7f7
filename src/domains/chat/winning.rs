//! Conversion of a complete session to a lead, once, in the transaction that completes it. Later values and corrections
//! update that lead.

use super::{
    collecting::{Collected, Money, Period, Value},
    personas::Persona,
    session::Model as Session,
};
use crate::{
    app::App,
    clients::mail::Mailbox,
    db::{Id, WriteTx},
    domains::{
        leads::{self, Income, IncomePeriod, Lead, LeadFact, NewLead},
        outbox::{self, MailKind, NewMail},
    },
    error::Result,
    mail_address::mail_key,
    mails,
    money::{self, Currency},
};

/// The next steps, as told to the visitor.
const NEXT: &str = "A member of our team will read what you told us and write to you.";

/// Creates the lead, and queues mails to the visitor and to each recipient in the team.
///
/// # Errors
/// When the database fails.
pub(super) async fn make_lead(
    tx: &mut WriteTx,
    app: &App,
    session: &Session,
    persona: &Persona,
    known: &Collected,
) -> Result<Id<Lead>> {
    let new = lead_of(session, persona, known);
    let lead = leads::create_from_chat(tx, app, new).await?;
    let facts = facts(persona, known);
    let team = leads::team(app, &**tx).await?;
    let key = format!("chat_summary {}", session.id);
    summarize(tx, app, key, (&persona.name, &lead, &facts), &team).await?;
    let content = mails::new_lead_to_team(&lead.name, &facts, &conversation(app, session))?;
    for member in team {
        let mail = NewMail {
            idempotency_key: format!("new_lead {} {}", session.id, member.address),
            kind: MailKind::NewLead,
            to: member,
            reply_to: lead.email.clone().map(|email| Mailbox::named(lead.name.clone(), email)),
            content: content.clone(),
            about: Some(lead.id.to_string()),
        };
        outbox::queue(tx, app, mail).await?;
    }
    Ok(lead.id)
}

/// Queues a summary for the visitor, if their address is known. Replies go to the first team member.
async fn summarize(
    tx: &mut WriteTx,
    app: &App,
    idempotency_key: String,
    (persona, lead, facts): (&str, &Lead, &[(String, String)]),
    team: &[Mailbox],
) -> Result<()> {
    let Some(email) = &lead.email else { return Ok(()) };
    let mail = NewMail {
        idempotency_key,
        kind: MailKind::ChatSummary,
        to: Mailbox::named(lead.name.clone(), email.clone()),
        reply_to: team.first().cloned(),
        content: mails::chat_summary_to_visitor(persona, &lead.name, facts, NEXT)?,
        about: Some(lead.id.to_string()),
    };
    outbox::queue(tx, app, mail).await.map(drop)
}

/// Updates a lead with new or corrected values, and queues a mail to each recipient in the team; if the address
/// changed, also the summary for the visitor.
///
/// # Errors
/// When the database fails.
pub(super) async fn change_lead(
    tx: &mut WriteTx,
    app: &App,
    (lead, session): (Id<Lead>, &Session),
    persona: &Persona,
    (before, known): (&Collected, &Collected),
) -> Result<()> {
    let mut drafts = (lead_of(session, persona, before), lead_of(session, persona, known));
    let key = |draft: &NewLead| draft.email.as_deref().map(mail_key);
    if key(&drafts.0) == key(&drafts.1) {
        // The same mailbox, written otherwise.
        drafts.1.email.clone_from(&drafts.0.email);
    }
    let has_other_address = drafts.0.email != drafts.1.email;
    let Some(lead) = leads::change_from_chat(tx, app, lead, drafts).await? else { return Ok(()) };
    let team = leads::team(app, &**tx).await?;
    if has_other_address {
        let key = format!("chat_summary {} {}", session.id, lead.version);
        summarize(tx, app, key, (&persona.name, &lead, &facts(persona, known)), &team).await?;
    }
    let content =
        mails::lead_changed_to_team(&lead.name, &changes(persona, before, known), &conversation(app, session))?;
    for member in team {
        let mail = NewMail {
            idempotency_key: format!("lead_changed {} {} {}", lead.id, lead.version, member.address),
            kind: MailKind::LeadChanged,
            to: member,
            reply_to: lead.email.clone().map(|email| Mailbox::named(lead.name.clone(), email)),
            content: content.clone(),
            about: Some(lead.id.to_string()),
        };
        outbox::queue(tx, app, mail).await?;
    }
    Ok(())
}

/// Returns the changed values in the persona's order: the label, and the new value with the old one.
fn changes(persona: &Persona, before: &Collected, known: &Collected) -> Vec<(String, String)> {
    let value = |known: &Collected, key: &str| known.get(key).map(|known| known.value.to_string());
    let changed = persona.fields.iter().filter_map(|field| {
        let (old, new) = (value(before, &field.key), value(known, &field.key)?);
        match old {
            Some(old) if old == new => None,
            Some(old) => Some((field.label.clone(), format!("{new} (was {old})"))),
            None => Some((field.label.clone(), new)),
        }
    });
    changed.collect()
}

/// Returns the address at which the team can read the conversation.
pub(super) fn conversation(app: &App, session: &Session) -> String {
    let base = app.config.http.app_url.as_str().trim_end_matches('/');
    format!("{base}/chats/{}", session.id)
}

fn lead_of(session: &Session, persona: &Persona, known: &Collected) -> NewLead {
    let mut new = NewLead {
        name: String::new(),
        email: None,
        phone: None,
        income: None,
        persona: persona.name.clone(),
        details: Vec::new(),
        session: session.id.uuid(),
        owner: session.owner_id,
    };
    for field in &persona.fields {
        match known.get(&field.key).map(|known| &known.value) {
            Some(Value::Name(name)) if new.name.is_empty() => new.name.clone_from(name),
            Some(Value::Email(email)) if new.email.is_none() => new.email = Some(email.clone()),
            Some(Value::Phone(phone)) if new.phone.is_none() => new.phone = Some(phone.clone()),
            Some(Value::Money(money)) if new.income.is_none() => new.income = income(money),
            Some(other) => new.details.push(LeadFact { label: field.label.clone(), value: other.to_string() }),
            None => {}
        }
    }
    if new.name.is_empty() {
        new.name = new.email.clone().or_else(|| new.phone.clone()).unwrap_or_else(|| "Visitor".to_owned());
    }
    new
}

/// Returns the amount per stated period, or per year if leads do not support the period.
fn income(money: &Money) -> Option<Income> {
    let (minor, period) = match money.period {
        Period::Year => (money.minor, IncomePeriod::Year),
        Period::Month => (money.minor, IncomePeriod::Month),
        Period::Week => (money.minor, IncomePeriod::Week),
        Period::Hour => (money.minor, IncomePeriod::Hour),
        Period::Fortnight | Period::Day => (money.minor_per_year, IncomePeriod::Year),
    };
    Some(Income { amount: money::Money::new(minor, Currency::parse(&money.currency).ok()?), period })
}

/// Returns the known values as labels with values, in the persona's order.
pub(super) fn facts(persona: &Persona, known: &Collected) -> Vec<(String, String)> {
    let told = persona.fields.iter().filter_map(|field| Some((field, known.get(&field.key)?)));
    told.map(|(field, known)| (field.label.clone(), known.value.to_string())).collect()
}
