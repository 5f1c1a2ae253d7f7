//! What a name turned out to be.

use std::fmt;

use sea_orm::prelude::{DeriveActiveEnum, EnumIter, StringLen};
use serde::{Deserialize, Serialize};

use crate::graphql::PlainValue;

/// What a name turned out to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Listing {
    /// One listed company.
    Listed(Match),
    /// No listed company.
    NotListed {
        /// Why.
        reason: NotListedReason,
    },
    /// In doubt: more than one company fits, or one that the name alone does not make sure (`Alamo` may be another
    /// company than Alamo Group), or the name and the ticker beside it contradict each other.
    Unknown {
        /// The companies in question, the largest first; one to five.
        candidates: Vec<Candidate>,
    },
}

/// A listed company that a name may mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The SEC's number of the company.
    pub cik: u64,
    /// The ticker of its main share class, as the SEC spells it.
    pub ticker: String,
    /// Its name in the SEC's list.
    pub title: String,
    /// The exchange of that ticker, when known.
    pub exchange: Option<String>,
}

/// A listed company, and how sure it is that the name means it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Match {
    /// The SEC's number of the company.
    pub cik: u64,
    /// The ticker of its main share class, as the SEC spells it (`BRK-B`).
    pub ticker: String,
    /// Its name in the SEC's list.
    pub title: String,
    /// The exchange of that ticker; `None` when the list of exchanges was not loaded or names none.
    pub exchange: Option<String>,
    /// 0 to 1; 1 is the title itself.
    pub confidence: f64,
    /// The rule that found it.
    pub method: MatchMethod,
}

/// The rule by which a name was matched.
#[derive(
    async_graphql::Enum, EnumIter, DeriveActiveEnum, Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "TickerMatchMethod")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MatchMethod {
    /// The title, but for letter case.
    ExactName,
    /// The title, but for spelling, legal form and group words.
    NormalizedName,
    /// A name the company had before.
    FormerName,
    /// A brand, a division or a customary short name.
    Alias,
    /// The title without words that any company may carry, or its initials.
    ShortName,
    /// A ticker that the page states, with a name that agrees or with none.
    Ticker,
    /// A misspelling of the title.
    Fuzzy,
}

impl PlainValue for MatchMethod {}

/// Why a name is not a listed company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NotListedReason {
    /// The text holds no letter and no digit.
    NoName,
    /// The text is too long for a name.
    TooLong,
    /// A known organisation without listed shares, with what it is.
    KnownPrivate(String),
    /// The ticker beside the name belongs to a company of another name.
    TickerOfAnother {
        /// The ticker.
        ticker: String,
    },
    /// No listed company has this name.
    NoMatch,
}

impl fmt::Display for NotListedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoName => f.write_str("no name given"),
            Self::TooLong => f.write_str("too long for a company name"),
            Self::KnownPrivate(what) => write!(f, "not listed: {what}"),
            Self::TickerOfAnother { ticker } => {
                write!(f, "the ticker {ticker} belongs to a company of another name")
            }
            Self::NoMatch => f.write_str("no listed company has this name"),
        }
    }
}
