//! A session in which all is known becomes a lead: once, in the transaction in which the last of it was learnt.

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
    mails::{self, NewLeadMail},
};

/// What happens next, as the visitor is told.
const NEXT: &str = "Somebody of our team reads what you told us and writes to you.";

/// Makes the lead, and puts a mail to the visitor and one to each of the team into the outbox.
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
    let lead = leads::create_from_chat(tx, &app.ambient, new).await?;
    let facts = facts(persona, known);
    let team = leads::team(app, &**tx).await?;
    if let Some(email) = &lead.email {
        let visitor = Mailbox::named(lead.name.clone(), email.clone());
        let content = mails::chat_summary_to_visitor(&persona.name, &lead.name, &facts, NEXT)?;
        let mail = NewMail {
            idempotency_key: format!("chat_summary {}", session.id),
            kind: MailKind::ChatSummary,
            to: visitor,
            reply_to: team.first().cloned(),
            content,
            about: Some(lead.id.to_string()),
        };
        outbox::queue(tx, app, mail).await?;
    }
    let conversation = conversation(app, session);
    let content = mails::new_lead_to_team(&NewLeadMail {
        name: &lead.name,
        email: lead.email.as_deref(),
        phone: lead.phone.as_deref(),
        facts: &facts,
        conversation: &conversation,
    })?;
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

/// Where the team reads the conversation.
fn conversation(app: &App, session: &Session) -> String {
    let base = app.config.http.app_url.as_str().trim_end_matches('/');
    format!("{base}/chats/{}", session.id)
}

fn lead_of(session: &Session, persona: &Persona, known: &Collected) -> NewLead {
    let mut new = NewLead {
        name: String::new(),
        email: None,
        phone: None,
        income: None,
        details: Vec::new(),
        session: session.id.uuid(),
    };
    for field in &persona.fields {
        match known.get(&field.key).map(|known| &known.value) {
            Some(Value::Name(name)) if new.name.is_empty() => new.name.clone_from(name),
            Some(Value::Email(email)) if new.email.is_none() => new.email = Some(email.clone()),
            Some(Value::Phone(phone)) if new.phone.is_none() => new.phone = Some(phone.clone()),
            Some(Value::Money(money)) if new.income.is_none() => new.income = Some(income(money)),
            Some(other) => new.details.push(LeadFact { label: field.label.clone(), value: other.to_string() }),
            None => {}
        }
    }
    if new.name.is_empty() {
        new.name = new.email.clone().or_else(|| new.phone.clone()).unwrap_or_else(|| "Visitor".to_owned());
    }
    new
}

/// The amount for the time that was said, or over a year where leads know no such time.
fn income(money: &Money) -> Income {
    let (minor, period) = match money.period {
        Period::Year => (money.minor, IncomePeriod::Year),
        Period::Month => (money.minor, IncomePeriod::Month),
        Period::Week => (money.minor, IncomePeriod::Week),
        Period::Hour => (money.minor, IncomePeriod::Hour),
        Period::Fortnight | Period::Day => (money.minor_per_year, IncomePeriod::Year),
    };
    Income { minor, currency: money.currency.clone(), period }
}

/// What was told, as labels with values, in the persona's order.
fn facts(persona: &Persona, known: &Collected) -> Vec<(String, String)> {
    let told = persona.fields.iter().filter_map(|field| Some((field, known.get(&field.key)?)));
    told.map(|(field, known)| (field.label.clone(), known.value.to_string())).collect()
}
