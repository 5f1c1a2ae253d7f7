//! The kinds of signals and their business impact.

use async_graphql::Enum;
use sea_orm::{DeriveActiveEnum, EnumIter, sea_query::StringLen};
use serde::{Deserialize, Serialize};

use rapport_toolkit::graphql::PlainValue;

/// Kind of event.
#[derive(
    Enum,
    EnumIter,
    DeriveActiveEnum,
    Debug,
    Clone,
    Default,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "SignalKind")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SignalType {
    /// An executive takes a role.
    ExecutiveHire,
    /// An executive leaves a role.
    ExecutiveDeparture,
    /// A board member joins or leaves.
    DirectorChange,
    /// The company buys another company or a business.
    Acquisition,
    /// The company sells a business.
    Divestiture,
    /// Cost cuts: jobs, sites, business lines.
    Restructuring,
    /// A material agreement was signed.
    MaterialAgreement,
    /// A material agreement ended.
    AgreementEnded,
    /// An attack on systems or data.
    CyberIncident,
    /// Bankruptcy or receivership.
    Bankruptcy,
    /// The company borrows or sells shares.
    DebtOrFinancing,
    /// A debt is due early or its terms were breached.
    DebtDefault,
    /// A write-down of assets.
    Impairment,
    /// Published financial statements cannot be relied upon.
    Restatement,
    /// A change of auditor.
    AuditorChange,
    /// A notice of a broken listing rule, or a delisting.
    DelistingNotice,
    /// A change of ownership.
    ChangeOfControl,
    /// A verdict, judgment, settlement, charge or investigation.
    Litigation,
    /// The loss or shutdown of a site after an accident.
    Disruption,
    /// Results of a quarter or year.
    Results,
    /// Other news under item 8.01.
    #[default]
    Other,
}

impl PlainValue for SignalType {}

/// Business impact of a signal.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Debug, Clone, Default, Copy, PartialEq, Eq, Hash, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "SignalOpportunity")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Opportunity {
    /// Growth or new funds: a chance to sell more of what the company uses.
    #[default]
    Expansion,
    /// A new decision maker or a new need: a chance to sell something new.
    NewBusiness,
    /// A departing sponsor, a new owner or a shrinking budget puts the next renewal at risk.
    RenewalRisk,
    /// The company may stop paying or cut deeply.
    ChurnRisk,
    /// A reason for a conversation only.
    Conversation,
}

impl PlainValue for Opportunity {}

impl SignalType {
    /// Returns the name used in messages and keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::ExecutiveHire => "EXECUTIVE_HIRE",
            Self::ExecutiveDeparture => "EXECUTIVE_DEPARTURE",
            Self::DirectorChange => "DIRECTOR_CHANGE",
            Self::Acquisition => "ACQUISITION",
            Self::Divestiture => "DIVESTITURE",
            Self::Restructuring => "RESTRUCTURING",
            Self::MaterialAgreement => "MATERIAL_AGREEMENT",
            Self::AgreementEnded => "AGREEMENT_ENDED",
            Self::CyberIncident => "CYBER_INCIDENT",
            Self::Bankruptcy => "BANKRUPTCY",
            Self::DebtOrFinancing => "DEBT_OR_FINANCING",
            Self::DebtDefault => "DEBT_DEFAULT",
            Self::Impairment => "IMPAIRMENT",
            Self::Restatement => "RESTATEMENT",
            Self::AuditorChange => "AUDITOR_CHANGE",
            Self::DelistingNotice => "DELISTING_NOTICE",
            Self::ChangeOfControl => "CHANGE_OF_CONTROL",
            Self::Litigation => "LITIGATION",
            Self::Disruption => "DISRUPTION",
            Self::Results => "RESULTS",
            Self::Other => "OTHER",
        }
    }

    /// Returns the business impact of the type.
    ///
    /// | opportunity | types |
    /// |---|---|
    /// | expansion | acquisition, material agreement, debt or financing |
    /// | new business | executive hire, cyber incident, agreement ended |
    /// | renewal risk | executive departure, divestiture, change of control, impairment, restatement, disruption |
    /// | churn risk | restructuring, bankruptcy, debt default, delisting notice |
    /// | conversation | director change, auditor change, litigation, results, other |
    pub fn opportunity(self) -> Opportunity {
        match self {
            Self::Acquisition | Self::MaterialAgreement | Self::DebtOrFinancing => Opportunity::Expansion,
            Self::ExecutiveHire | Self::CyberIncident | Self::AgreementEnded => Opportunity::NewBusiness,
            Self::ExecutiveDeparture
            | Self::Divestiture
            | Self::ChangeOfControl
            | Self::Impairment
            | Self::Restatement
            | Self::Disruption => Opportunity::RenewalRisk,
            Self::Restructuring | Self::Bankruptcy | Self::DebtDefault | Self::DelistingNotice => {
                Opportunity::ChurnRisk
            }
            Self::DirectorChange | Self::AuditorChange | Self::Litigation | Self::Results | Self::Other => {
                Opportunity::Conversation
            }
        }
    }

    /// Returns the base urgency of the type, 0–1.
    pub fn base_urgency(self) -> f64 {
        match self {
            Self::Bankruptcy => 0.9,
            Self::CyberIncident | Self::ChangeOfControl => 0.85,
            Self::DebtDefault => 0.8,
            Self::Restructuring => 0.75,
            Self::Acquisition | Self::DelistingNotice => 0.7,
            Self::ExecutiveHire | Self::ExecutiveDeparture => 0.65,
            Self::Divestiture | Self::Restatement => 0.6,
            Self::AgreementEnded | Self::Impairment | Self::Disruption => 0.5,
            Self::MaterialAgreement | Self::DebtOrFinancing | Self::Litigation => 0.4,
            Self::DirectorChange | Self::AuditorChange => 0.25,
            Self::Results => 0.2,
            Self::Other => 0.15,
        }
    }

    /// Returns the half-life of the urgency in days: three weeks for a cyber incident, a quarter for a new owner's or
    /// executive's plans, six weeks for most.
    pub fn half_life_days(self) -> f64 {
        match self {
            Self::CyberIncident => 21.0,
            Self::Bankruptcy | Self::DebtDefault | Self::Results => 30.0,
            Self::ExecutiveHire | Self::Acquisition | Self::ChangeOfControl => 90.0,
            _ => 45.0,
        }
    }
}
