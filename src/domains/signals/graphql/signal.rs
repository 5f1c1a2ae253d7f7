//! GraphQL types and queries for signals and their persona reports.

use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use crate::{
    db::Id,
    domains::{
        ContextExt,
        customers::{Customer, CustomerEntity},
        intelligence::{
            BuyerPersona, Company, CompanyEntity, Fact, FactEntity,
            filings::{
                self, Direction, Item,
                proposals::{Field, Quote},
            },
        },
        shared::{list_below, one, root_list},
        signals::{
            ExtractionDisagreement, Signal, SignalReport, disagreement,
            loader::{DisagreementsOn, ReportsOn, report_of},
            signal::Entity,
        },
    },
    error::Error,
    graphql::{About, Date, MoneyAmount, Requires, Timestamp, nullable},
    jobs::JobRow,
};

/// Estimated range of money at stake.
#[derive(SimpleObject, Debug, Clone)]
pub struct ValueRange {
    /// Lower bound.
    low: MoneyAmount,
    /// Upper bound.
    high: MoneyAmount,
    /// Human-readable assumption behind the estimate.
    assumption: String,
}

/// Evidence of a signal: a sentence of a report to the SEC.
#[derive(SimpleObject, Debug, Clone)]
pub struct SignalEvidence {
    /// Accession number of the report, such as `0001193125-23-048785`.
    accession: String,
    /// Item of form 8-K, such as `5.02`.
    item: String,
    /// Title of the item.
    item_title: String,
    /// Sentence, word for word.
    sentence: String,
    /// URL of the document: the report or an exhibit.
    url: String,
    /// Filing time of the report.
    #[graphql(skip, derived(name = "filed_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    filed_at: DateTime<Utc>,
}

/// Quote from a report that proves a field of a signal.
#[derive(SimpleObject, Debug, Clone)]
pub struct SignalQuote {
    /// Field that the quote proves.
    field: Field,
    /// Quote, word for word.
    text: String,
}

/// Person who takes or leaves a role.
#[derive(SimpleObject, Debug, Clone)]
pub struct SignalPerson {
    /// Name, as written in the report.
    name: String,
    /// Role taken or left; null if not stated.
    role: Option<String>,
    /// Direction of the change.
    direction: Direction,
    /// Effective date; null if not stated.
    effective_on: Option<Date>,
}

#[ComplexObject]
impl Signal {
    /// Present urgency, 0–1: `strength`, halved every 21 to 90 days since filing, depending on the kind.
    async fn current_urgency(&self, ctx: &Context<'_>) -> Result<f64> {
        let age = ctx.app()?.ambient.now() - self.filed_at;
        Ok(filings::urgency(self.kind, self.strength, age))
    }

    /// Estimated money at stake, with its assumption; null for signals that are only a reason for a conversation.
    async fn value(&self) -> Option<ValueRange> {
        let value = self.estimate()?;
        let [low, high] = [value.low, value.high].map(|minor| MoneyAmount::of_row(minor, &value.currency));
        Some(ValueRange { low: low?, high: high?, assumption: value.assumption })
    }

    /// Person who takes or leaves a role; null unless the signal is about a person.
    async fn person(&self) -> Option<SignalPerson> {
        let person = self.who()?;
        let effective_on = person.effective.map(Date);
        Some(SignalPerson { name: person.name, role: person.role, direction: person.direction, effective_on })
    }

    /// Evidence in the report.
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

    /// Quotes by which a language model proved the signal, at least one per field; empty if only the rules found it.
    #[graphql(directive = About::apply(4))]
    async fn quotes(&self) -> Result<Vec<SignalQuote>> {
        let quotes = self.proof().map_err(Error::from)?;
        Ok(quotes.into_iter().map(|Quote { field, text }| SignalQuote { field, text }).collect())
    }

    /// Disagreements between rules and language model about the signal; empty if they agree, or if no model read the
    /// report.
    #[graphql(directive = About::apply(3))]
    async fn disagreements(&self, ctx: &Context<'_>) -> Result<Vec<ExtractionDisagreement>> {
        Ok(ctx.loader()?.load_one(DisagreementsOn(self.id)).await?.unwrap_or_default())
    }

    /// Customer concerned; null without `customers:read`.
    #[graphql(directive = Requires::apply(&["customers:read"]))]
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        nullable(one::<CustomerEntity>(ctx, self.customer_id)).await
    }

    /// Company whose customer is concerned; null without `companies:read`.
    #[graphql(directive = Requires::apply(&["companies:read"]))]
    async fn company(&self, ctx: &Context<'_>) -> Option<Result<Company>> {
        nullable(one::<CompanyEntity>(ctx, self.company_id)).await
    }

    /// Signal of the same item in the report that this one's report amends; null if its report is not an amendment, or
    /// if the amended report has no such signal.
    async fn amends(&self, ctx: &Context<'_>) -> Option<Result<Signal>> {
        let id = self.amends_id?;
        nullable(one::<Entity>(ctx, id)).await
    }

    /// Reports on the signal, one per persona; empty until the monitoring job has written them.
    #[graphql(directive = About::apply(5))]
    async fn reports(&self, ctx: &Context<'_>) -> Result<Vec<SignalReport>> {
        Ok(ctx.loader()?.load_one(ReportsOn(self.id)).await?.unwrap_or_default())
    }
}

#[ComplexObject]
impl SignalReport {
    /// Persona for whom the report is; null if no personas were found for the company and a common one was used, and
    /// null without `companies:read`.
    #[graphql(directive = Requires::apply(&["companies:read"]))]
    async fn buyer_persona(&self, ctx: &Context<'_>) -> Option<Result<BuyerPersona>> {
        let id = self.fact_id?;
        let persona = async {
            Ok(match one::<FactEntity>(ctx, id).await? {
                Some(Fact::BuyerPersona(persona)) => Some(persona),
                _ => None,
            })
        };
        nullable(persona).await
    }

    /// Signal that the report is about; null without `signals:read`.
    #[graphql(directive = Requires::apply(&["signals:read"]))]
    async fn signal(&self, ctx: &Context<'_>) -> Option<Result<Signal>> {
        nullable(one::<Entity>(ctx, self.signal_id)).await
    }

    /// Talking points, in order.
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
    /// The signal with this id; null if it does not exist. Needs `signals:read`.
    #[graphql(directive = Requires::apply(&["signals:read"]))]
    async fn signal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the signal.")] id: Id<Signal>,
    ) -> Option<Result<Signal>> {
        nullable(one::<Entity>(ctx, id)).await
    }

    /// The report on a signal with this id; null if it does not exist. Needs `signals:read`.
    #[graphql(directive = Requires::apply(&["signals:read"]))]
    async fn signal_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the report.")] id: Id<SignalReport>,
    ) -> Option<Result<SignalReport>> {
        nullable(report_of(ctx, id)).await
    }

    /// The disagreement between rules and language model with this id; null if it does not exist. Needs `signals:read`.
    #[graphql(directive = Requires::apply(&["signals:read"]))]
    async fn extraction_disagreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the disagreement.")] id: Id<ExtractionDisagreement>,
    ) -> Option<Result<ExtractionDisagreement>> {
        nullable(one::<disagreement::Entity>(ctx, id)).await
    }
}

root_list! {
    /// Signals of all customers; null without `signals:read`.
    SignalsList: signals of Entity,
    needs: "signals:read",
    filter: "Conditions on the signals.",
    order: "Sort order. Defaults to the latest filing first.",
    search: "Words that the summary, the person, the evidence or, with `customers:read`, the name of the customer must contain, in any order, ignoring case and accents; at most 10 words and 200 characters."
}

list_below! {
    /// Signals of the customer; null without `signals:read`.
    SignalsOfCustomer: signals of Entity, below Customer,
    needs: "signals:read",
    filter: "Conditions on the signals.",
    order: "Sort order. Defaults to the latest filing first.",
    search: "Words that the summary, the person, the evidence or, with `customers:read`, the name of the customer must contain, in any order, ignoring case and accents; at most 10 words and 200 characters."
}

list_below! {
    /// Signals of the company's customers; null without `signals:read`.
    SignalsOfCompany: signals of Entity, below Company,
    needs: "signals:read",
    filter: "Conditions on the signals.",
    order: "Sort order. Defaults to the latest filing first.",
    search: "Words that the summary, the person, the evidence or, with `customers:read`, the name of the customer must contain, in any order, ignoring case and accents; at most 10 words and 200 characters."
}

list_below! {
    /// New signals; null without `signals:read`.
    SignalsOfMonitoring: signals of Entity, below JobRow,
    needs: "signals:read",
    filter: "Conditions on the signals.",
    order: "Sort order. Defaults to the latest filing first.",
    search: "Words that the summary, the person, the evidence or, with `customers:read`, the name of the customer must contain, in any order, ignoring case and accents; at most 10 words and 200 characters."
}
