//! The types of signals, and what each means for the business.

use async_graphql::Enum;
use sea_orm::{DeriveActiveEnum, EnumIter, sea_query::StringLen};
use serde::{Deserialize, Serialize};

use crate::graphql::PlainValue;

/// What happened.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "SignalKind")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SignalType {
    /// An executive takes a role.
    ExecutiveHire,
    /// An executive leaves a role.
    ExecutiveDeparture,
    /// A member of the board comes or goes.
    DirectorChange,
    /// The company buys another, or a business.
    Acquisition,
    /// The company sells a business.
    Divestiture,
    /// Costs are cut: jobs, sites, business lines.
    Restructuring,
    /// A material agreement was made.
    MaterialAgreement,
    /// A material agreement ended.
    AgreementEnded,
    /// Systems or data were attacked.
    CyberIncident,
    /// Bankruptcy or receivership.
    Bankruptcy,
    /// The company borrows or sells shares.
    DebtOrFinancing,
    /// A debt is due early, or its terms were broken.
    DebtDefault,
    /// The value of assets was written down.
    Impairment,
    /// Published financial statements cannot be relied upon.
    Restatement,
    /// Another auditor.
    AuditorChange,
    /// The exchange gave notice that a listing rule is broken, or the shares leave it.
    DelistingNotice,
    /// The company gets another owner.
    ChangeOfControl,
    /// A verdict, judgment, settlement, charge or investigation.
    Litigation,
    /// A site was lost or stopped by an accident.
    Disruption,
    /// Results of a quarter or year.
    Results,
    /// Other news under item 8.01.
    Other,
}

impl PlainValue for SignalType {}

/// What a signal means for the business with the company.
#[derive(Enum, EnumIter, DeriveActiveEnum, Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "SignalOpportunity")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Opportunity {
    /// More of what the company already uses: it grows or has money to spend.
    Expansion,
    /// Something new: a new decision maker, or a need that was not there before.
    NewBusiness,
    /// The next renewal is in question: the sponsor leaves, the owner changes, or the budget shrinks.
    RenewalRisk,
    /// The company may stop paying or cut deeply.
    ChurnRisk,
    /// A reason to talk, no more.
    Conversation,
}

impl PlainValue for Opportunity {}

impl SignalType {
    /// The name in messages and keys.
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

    /// What the type means for the business:
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

    /// The urgency of the type by itself, 0 to 1.
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

    /// The days in which half of the urgency is gone: three weeks for a cyber incident, a quarter for a new owner's or
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
