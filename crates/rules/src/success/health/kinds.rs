//! The kinds of factors and caps, with their parameters.

use serde::{Deserialize, Serialize};

/// A parameter of a factor's formula, which a model may set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// Name in the model.
    pub name: &'static str,
    /// Value unless the model sets another.
    pub default: f64,
    /// Least value accepted.
    pub min: f64,
    /// Greatest value accepted.
    pub max: f64,
}

const fn half_life(default: f64) -> Parameter {
    Parameter { name: "halfLifeDays", default, min: 1.0, max: 3_650.0 }
}

const fn prior(default: f64) -> Parameter {
    Parameter { name: "prior", default, min: 0.0, max: 100.0 }
}

const fn onboarding() -> Parameter {
    Parameter { name: "onboardingDays", default: 30.0, min: 0.0, max: 365.0 }
}

/// A kind of factor. Its value is 0–100; ages are days, `dec(a, h) = 2^(−a/h)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FactorKind {
    /// `100·(90 − d)/76`, d the lesser of the days since the last contact that was not negative and the customer's age;
    /// at least 70 while the customer is younger than 30 days.
    ContactRecency,
    /// `100·min(1, n/2)`, n = Σ dec(a, 30) over the contacts that were not negative; at least 70 for the first 30 days.
    ContactFrequency,
    /// `(60 + Σ e·x)/(1 + Σ e)`, e = dec(a, 45), x: positive 100, neutral 60, negative 0.
    Sentiment,
    /// `(70 + Σ e·10s)/(1 + Σ e)`, e = dec(a, 120), s the NPS answer 0–10.
    Nps,
    /// `100·(1 − min(1, Σ min(1, overdue days/14)/3))`.
    FollowUps,
    /// `100·active/all` deployments that are not retired.
    ActiveShare,
    /// Mean over active deployments: 0 behind 100, 1: 80, 2: 60, 3: 40, from 4: 20. An inactive one counts where it
    /// lowers the mean, so that switching off an old version raises nothing.
    VersionCurrency,
    /// Distinct active products: none 0, one 60, two 85, from three 100.
    ProductBreadth,
    /// `60 + 40·min(1, Σ dec(a, 180))` over trainings.
    Training,
    /// `100·(10 − t)/8`, t = Σ dec(a, 30) over support tickets.
    TicketLoad,
    /// `100·e^(−0.7·Σ dec(a, 30))` over escalations.
    Escalations,
    /// `(70 + Σ e·x)/(1 + Σ e)`, e = dec(a, 90), x the answer on 0–100.
    Csat,
    /// Active 100, trialing 80, past due 25, unpaid or canceled 0.
    PaymentState,
    /// `40 + 60·min(1, r/180)`, r the days to the end of the contract; 0 after it.
    RenewalRunway,
    /// `70 + 150·(new − old)/old` of the contract value at the last renewal.
    ValueTrend,
    /// `80·e^(−R) + 20·(1 − e^(−E))`, R and E the sums over kinds of the strongest `urgency·dec(a, 90)` of risk signals
    /// and of expansion signals.
    ExternalSignals,
}

impl FactorKind {
    /// All kinds.
    pub const ALL: [Self; 16] = [
        Self::ContactRecency,
        Self::ContactFrequency,
        Self::Sentiment,
        Self::Nps,
        Self::FollowUps,
        Self::ActiveShare,
        Self::VersionCurrency,
        Self::ProductBreadth,
        Self::Training,
        Self::TicketLoad,
        Self::Escalations,
        Self::Csat,
        Self::PaymentState,
        Self::RenewalRunway,
        Self::ValueTrend,
        Self::ExternalSignals,
    ];

    /// Returns the name in models and in the API.
    pub fn key(self) -> &'static str {
        match self {
            Self::ContactRecency => "contactRecency",
            Self::ContactFrequency => "contactFrequency",
            Self::Sentiment => "sentiment",
            Self::Nps => "nps",
            Self::FollowUps => "followUps",
            Self::ActiveShare => "activeShare",
            Self::VersionCurrency => "versionCurrency",
            Self::ProductBreadth => "productBreadth",
            Self::Training => "training",
            Self::TicketLoad => "ticketLoad",
            Self::Escalations => "escalations",
            Self::Csat => "csat",
            Self::PaymentState => "paymentState",
            Self::RenewalRunway => "renewalRunway",
            Self::ValueTrend => "valueTrend",
            Self::ExternalSignals => "externalSignals",
        }
    }

    /// Returns the parameters that a model may set.
    pub fn parameters(self) -> &'static [Parameter] {
        const RECENCY: &[Parameter] = &[onboarding()];
        const FREQUENCY: &[Parameter] = &[half_life(30.0), onboarding()];
        const SENTIMENT: &[Parameter] = &[half_life(45.0), prior(60.0)];
        const NPS: &[Parameter] = &[half_life(120.0), prior(70.0)];
        const VERSIONS: &[Parameter] = &[prior(70.0)];
        const TRAINING: &[Parameter] = &[half_life(180.0)];
        const MONTH: &[Parameter] = &[half_life(30.0)];
        const QUARTER: &[Parameter] = &[half_life(90.0)];
        const CSAT: &[Parameter] = &[half_life(90.0), prior(70.0)];
        match self {
            Self::ContactRecency => RECENCY,
            Self::ContactFrequency => FREQUENCY,
            Self::Sentiment => SENTIMENT,
            Self::Nps => NPS,
            Self::VersionCurrency => VERSIONS,
            Self::Training => TRAINING,
            Self::TicketLoad | Self::Escalations => MONTH,
            Self::Csat => CSAT,
            Self::ExternalSignals => QUARTER,
            Self::FollowUps
            | Self::ActiveShare
            | Self::ProductBreadth
            | Self::PaymentState
            | Self::RenewalRunway
            | Self::ValueTrend => &[],
        }
    }
}

/// A fact that limits the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CapKind {
    /// An open critical alert of kind ESCALATION, LOW_CSAT or MANUAL. Alerts that the score itself caused do not count.
    CriticalAlert,
    /// An unresolved alert of kind ESCALATION.
    Escalation,
    /// The contract has expired and was not renewed.
    ContractExpired,
    /// A bankruptcy signal of less than 180 days.
    Bankruptcy,
}
