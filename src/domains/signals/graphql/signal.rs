//! Signals and the reports on them.

use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use crate::{
    db::Id,
    domains::{
        ContextExt,
        customers::{Customer, CustomerEntity},
        intelligence::{
            Company, CompanyEntity,
            filings::{
                self, Direction, Item,
                proposals::{Field, Quote},
            },
        },
        shared::{list_below, one, root_list},
        signals::{
            ExtractionDisagreement, Signal, SignalReport,
            loader::{DisagreementsOn, ReportsOn},
            signal::Entity,
        },
    },
    error::Error,
    graphql::{About, Date, Decimal, Requires, Timestamp, nullable},
    jobs::JobRow,
};

/// A range of money that may be won or lost.
#[derive(SimpleObject, Debug, Clone)]
pub struct ValueRange {
    /// The lower end.
    low: Decimal,
    /// The upper end.
    high: Decimal,
    /// The currency of both, as ISO 4217 has it, such as `USD`.
    currency: String,
    /// What the range rests on, for a person.
    assumption: String,
}

/// What proves a signal: a sentence of a report to the SEC.
#[derive(SimpleObject, Debug, Clone)]
pub struct SignalEvidence {
    /// The accession number of the report, such as `0001193125-23-048785`.
    accession: String,
    /// The item of form 8-K under which it is told, such as `5.02`.
    item: String,
    /// What the form calls the item.
    item_title: String,
    /// The sentence, word for word.
    sentence: String,
    /// The address of the document in which it stands: the report, or an exhibit to it.
    url: String,
    /// When the report was filed.
    #[graphql(skip, derived(name = "filed_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    filed_at: DateTime<Utc>,
}

/// Words of a report that prove a field of a signal.
#[derive(SimpleObject, Debug, Clone)]
pub struct SignalQuote {
    /// Which field.
    field: Field,
    /// The words, as they stand in the report.
    text: String,
}

/// Who comes or goes.
#[derive(SimpleObject, Debug, Clone)]
pub struct SignalPerson {
    /// The name, as the report writes it.
    name: String,
    /// The role that is taken or left; null when not stated.
    role: Option<String>,
    /// Whether the person takes the role or leaves it.
    direction: Direction,
    /// From when; null when not stated.
    effective_on: Option<Date>,
}

#[ComplexObject]
impl Signal {
    /// The urgency now, 0 to 1: `strength` halves every 21 to 90 days after the filing, by kind.
    async fn current_urgency(&self, ctx: &Context<'_>) -> Result<f64> {
        let age = ctx.app()?.ambient.now() - self.filed_at;
        Ok(filings::urgency(self.kind, self.strength, age))
    }

    /// What may be at stake, by an assumption that stands with it; null for what is only a reason to talk.
    async fn value(&self) -> Option<ValueRange> {
        let value = self.estimate()?;
        let (low, high) = (Decimal::of_cents(value.low), Decimal::of_cents(value.high));
        Some(ValueRange { low, high, currency: value.currency, assumption: value.assumption })
    }

    /// Who comes or goes; null unless the signal is about a person.
    async fn person(&self) -> Option<SignalPerson> {
        let person = self.who()?;
        let effective_on = person.effective.map(Date);
        Some(SignalPerson { name: person.name, role: person.role, direction: person.direction, effective_on })
    }

    /// What proves it.
    async fn evidence(&self) -> SignalEvidence {
        SignalEvidence {
            accession: self.accession.clone(),
            item: self.item.clone(),
            item_title: Item::parse(&self.item).map(Item::title).unwrap_or_default().to_owned(),
            sentence: self.sentence.clone(),
            url: self.url.clone(),
            filed_at: self.filed_at,
        }
    }

    /// The words of the report by which a strong model proved it, one or more for each field; empty when only the rules found
    /// it.
    #[graphql(directive = About::apply(4))]
    async fn quotes(&self) -> Result<Vec<SignalQuote>> {
        let quotes = self.proof().map_err(Error::from)?;
        Ok(quotes.into_iter().map(|Quote { field, text }| SignalQuote { field, text }).collect())
    }

    /// Where the rules and a strong model differ about it; empty when they agree, or when none has read its report.
    #[graphql(directive = About::apply(3))]
    async fn disagreements(&self, ctx: &Context<'_>) -> Result<Vec<ExtractionDisagreement>> {
        Ok(ctx.loader()?.load_one(DisagreementsOn(self.id)).await?.unwrap_or_default())
    }

    /// At which customer it happened; null when you may not see customers.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        nullable(one::<CustomerEntity>(ctx, self.customer_id)).await
    }

    /// Whose customer that is; null when you may not see companies.
    async fn company(&self, ctx: &Context<'_>) -> Option<Result<Company>> {
        nullable(one::<CompanyEntity>(ctx, self.company_id)).await
    }

    /// The signal of the earlier report that this one's report amends, of the same item; null when its report amends none,
    /// or none that told of a signal there.
    async fn amends(&self, ctx: &Context<'_>) -> Option<Result<Signal>> {
        let id = self.amends_id?;
        nullable(one::<Entity>(ctx, id)).await
    }

    /// What it means for whom, one report a persona; empty until the monitoring that found the signal has written them.
    #[graphql(directive = About::apply(5))]
    async fn reports(&self, ctx: &Context<'_>) -> Result<Vec<SignalReport>> {
        Ok(ctx.loader()?.load_one(ReportsOn(self.id)).await?.unwrap_or_default())
    }
}

#[ComplexObject]
impl SignalReport {
    /// What to say, in the order in which to say it.
    #[graphql(name = "talkingPoints")]
    async fn listed_talking_points(&self) -> Result<Vec<String>> {
        Ok(serde_json::from_str(&self.talking_points).map_err(Error::from)?)
    }
}

/// Queries for signals.
#[derive(Default, Debug)]
pub struct SignalsQuery;

#[Object]
impl SignalsQuery {
    /// The signal with this id; null when there is none. Needs `signals:read`.
    #[graphql(directive = Requires::apply(&["signals:read"]))]
    async fn signal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The signal's id.")] id: Id<Signal>,
    ) -> Option<Result<Signal>> {
        nullable(one::<Entity>(ctx, id)).await
    }
}

root_list! {
    /// Signals of all customers; null without `signals:read`.
    SignalsList: signals of Entity,
    needs: "signals:read",
    filter: "Which signals.",
    order: "In which order; the last filed first when not given."
}

list_below! {
    /// What happened at the customer, by its reports to the SEC; null without `signals:read`.
    SignalsOfCustomer: signals of Entity, below Customer,
    needs: "signals:read",
    filter: "Which signals.",
    order: "In which order; the last filed first when not given."
}

list_below! {
    /// What happened at the company's customers, by their reports to the SEC; null without `signals:read`.
    SignalsOfCompany: signals of Entity, below Company,
    needs: "signals:read",
    filter: "Which signals.",
    order: "In which order; the last filed first when not given."
}

list_below! {
    /// The new signals; null without `signals:read`.
    SignalsOfMonitoring: signals of Entity, below JobRow,
    needs: "signals:read",
    filter: "Which signals.",
    order: "In which order; the last filed first when not given."
}
