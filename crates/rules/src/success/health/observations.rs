//! What is known of a customer: the inputs of a score.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// A kind of interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContactKind {
    /// A request to support.
    SupportTicket,
    /// A meeting.
    Meeting,
    /// A mail.
    Email,
    /// A telephone call.
    Call,
    /// A complaint that was escalated.
    Escalation,
    /// A training.
    Training,
}

impl ContactKind {
    /// Returns true for kinds that are contact with the customer, as opposed to the customer's trouble.
    pub fn is_contact(self) -> bool {
        matches!(self, Self::Meeting | Self::Call | Self::Email | Self::Training)
    }
}

/// The sentiment of an interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Sentiment {
    /// Content.
    Positive,
    /// Neither.
    Neutral,
    /// Discontent.
    Negative,
}

/// An interaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Interaction {
    /// Id of the row.
    pub id: String,
    /// Kind.
    pub kind: ContactKind,
    /// Null until a person or a model has said it: counts in recency and frequency, not in the mean.
    pub sentiment: Option<Sentiment>,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// When it was entered.
    pub recorded_at: DateTime<Utc>,
}

/// An answer to a survey.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Id of the row.
    pub id: String,
    /// The answer on 0–100: `100·(s − min)/(max − min)`.
    pub normalised: f64,
    /// When it was given.
    pub at: DateTime<Utc>,
    /// When it was stored.
    pub recorded_at: DateTime<Utc>,
}

/// A task that came of an interaction and is open.
#[derive(Debug, Clone, PartialEq)]
pub struct FollowUp {
    /// Id of the row.
    pub id: String,
    /// Due day, in the zone of the account.
    pub due_on: NaiveDate,
}

/// A deployment that is not retired.
#[derive(Debug, Clone, PartialEq)]
pub struct Deployment {
    /// Id of the row.
    pub id: String,
    /// Key of the product in the catalogue.
    pub product: String,
    /// False once deactivated.
    pub is_active: bool,
    /// Number of distinct newer versions in the catalogue; none if the version is not known there.
    pub versions_behind: Option<u32>,
}

/// The contract in force, or the last one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Contract {
    /// Last day, in the zone of the account.
    pub ends_on: Option<NaiveDate>,
    /// True if a following term is agreed.
    pub is_renewed: bool,
    /// Values before and after the last renewal, in one currency.
    pub renewal_values: Option<(f64, f64)>,
}

/// State of the subscription that pays for the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentState {
    /// Paid.
    Active,
    /// In a trial.
    Trialing,
    /// A payment is late.
    PastDue,
    /// Not paid.
    Unpaid,
    /// Ended.
    Canceled,
}

/// The effect of a signal on health.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SignalEffect {
    /// The customer may leave.
    ChurnRisk,
    /// The customer may not renew.
    RenewalRisk,
    /// The customer may buy more.
    Expansion,
}

/// A signal that was not dismissed.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// Id of the row.
    pub id: String,
    /// Effect.
    pub effect: SignalEffect,
    /// True for a bankruptcy.
    pub is_bankruptcy: bool,
    /// Urgency on the day of filing, 0–1; not the decayed one.
    pub urgency: f64,
    /// When it was filed.
    pub at: DateTime<Utc>,
    /// When it was stored.
    pub recorded_at: DateTime<Utc>,
}

/// Alerts that limit the score.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OpenAlerts {
    /// A critical one of kind ESCALATION, LOW_CSAT or MANUAL is open.
    pub has_critical: bool,
    /// One of kind ESCALATION is unresolved.
    pub has_escalation: bool,
}

/// All that is known of a customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Observations {
    /// Start of the relation.
    pub customer_since: DateTime<Utc>,
    /// True if the customer has a ticker, hence filings.
    pub is_listed: bool,
    /// Interactions, in any order.
    pub interactions: Vec<Interaction>,
    /// Answers on satisfaction.
    pub csat: Vec<Answer>,
    /// Answers to the NPS question.
    pub nps: Vec<Answer>,
    /// Open follow-ups.
    pub follow_ups: Vec<FollowUp>,
    /// Deployments that are not retired.
    pub deployments: Vec<Deployment>,
    /// Contract.
    pub contract: Contract,
    /// Payment; none without billing.
    pub payment: Option<PaymentState>,
    /// Signals.
    pub signals: Vec<Signal>,
    /// Alerts.
    pub alerts: OpenAlerts,
}

impl Observations {
    /// Returns a customer of whom only the start is known.
    pub fn since(customer_since: DateTime<Utc>) -> Self {
        Self {
            customer_since,
            is_listed: false,
            interactions: Vec::new(),
            csat: Vec::new(),
            nps: Vec::new(),
            follow_ups: Vec::new(),
            deployments: Vec::new(),
            contract: Contract::default(),
            payment: None,
            signals: Vec::new(),
            alerts: OpenAlerts::default(),
        }
    }

    /// Removes what was recorded after `time`. For a backtest: an entry that came late would leak the future, whatever
    /// time it tells of. The state (deployments, contract, payment, alerts) must be that of `time` already.
    pub fn known_at(mut self, time: DateTime<Utc>) -> Self {
        self.interactions.retain(|known| known.recorded_at <= time);
        self.csat.retain(|known| known.recorded_at <= time);
        self.nps.retain(|known| known.recorded_at <= time);
        self.signals.retain(|known| known.recorded_at <= time);
        self
    }
}

/// The type of the row that proves a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EvidenceKind {
    /// An interaction.
    Interaction,
    /// An answer to a survey.
    SurveyAnswer,
    /// A task.
    Task,
    /// A deployment.
    Deployment,
    /// A signal.
    Signal,
}

/// A pointer to a row that a factor was computed from. The text is loaded by it, with the rights of who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// Type of the row.
    pub kind: EvidenceKind,
    /// Id of the row.
    pub id: String,
    /// Time of the event; null for a state.
    pub at: Option<DateTime<Utc>>,
}
