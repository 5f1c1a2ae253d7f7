//! Results of matching a name to a listed company.

use std::fmt;

use sea_orm::prelude::{DeriveActiveEnum, EnumIter, StringLen};
use serde::{Deserialize, Serialize};

use rapport_toolkit::graphql::PlainValue;

/// The result of matching a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Listing {
    /// One listed company.
    Listed(Match),
    /// No listed company.
    NotListed {
        /// The reason.
        reason: NotListedReason,
    },
    /// Ambiguous: several companies match, or the name alone is not certain (`Alamo` may not be Alamo Group), or the
    /// name contradicts the stated ticker.
    Unknown {
        /// One to five candidates, the largest first.
        candidates: Vec<Candidate>,
    },
}

/// A listed company that a name may refer to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// SEC Central Index Key of the company.
    pub cik: u64,
    /// Ticker of its main share class, as spelled by the SEC.
    pub ticker: String,
    /// Name in the SEC's list.
    pub title: String,
    /// Exchange of the ticker, if known.
    pub exchange: Option<String>,
}

/// A matched company with the confidence of the match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Match {
    /// SEC Central Index Key of the company.
    pub cik: u64,
    /// Ticker of its main share class, as spelled by the SEC (`BRK-B`).
    pub ticker: String,
    /// Name in the SEC's list.
    pub title: String,
    /// Exchange of the ticker; `None` if the list of exchanges was not loaded or does not state it.
    pub exchange: Option<String>,
    /// Confidence, 0–1, where 1 is the exact title.
    pub confidence: f64,
    /// The rule that matched.
    pub method: MatchMethod,
}

/// Rule that matched a name to a listed company.
#[derive(
    async_graphql::Enum, EnumIter, DeriveActiveEnum, Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "TickerMatchMethod")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MatchMethod {
    /// The SEC title, ignoring case.
    ExactName,
    /// The SEC title, ignoring spelling variants, legal form and group words.
    NormalizedName,
    /// A former name of the company.
    FormerName,
    /// A brand, a division or a common short name.
    Alias,
    /// The SEC title without generic words, or its initials.
    ShortName,
    /// A ticker stated on the page, without a contradicting name.
    Ticker,
    /// A misspelling of the SEC title.
    Fuzzy,
}

impl PlainValue for MatchMethod {}

/// Reason why a name is not a listed company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NotListedReason {
    /// The text contains no letter or digit.
    NoName,
    /// The text is too long for a name.
    TooLong,
    /// A known organization without listed shares, with its description.
    KnownPrivate(String),
    /// The stated ticker belongs to a company of another name.
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
