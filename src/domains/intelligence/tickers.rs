//! From a company name, as web pages write it, to the listed company: its CIK, its ticker, its exchange.
//!
//! The truth is the SEC's own list, `company_tickers.json`; a name that is in doubt is never guessed. The rules are
//! tried in turn, and the first that finds one company decides:
//!
//! 1. **Exact**: the title itself, whatever its letter case.
//! 2. **Normalised**: without accents, punctuation, legal form, state markers and share class; then also without
//!    `Group`, `Holdings`, `Companies`, however it is split into words (`Exxon Mobil`), and with the given name in front
//!    where an old title has it behind (`SCHWAB CHARLES CORP`).
//! 3. **Former names, brands and short names** from the bundled `aliases.json`. A brand, a division or a wholly owned
//!    subsidiary (`YouTube`, `LinkedIn`, `Microsoft Azure`) stands for its parent, because the parent files the reports;
//!    one that is not in the list stands for nobody.
//! 4. **Short**: the title without words that any company may carry (`Cisco` for `Cisco Systems`), or initials that are
//!    also the ticker (`IBM`). Only where a single company fits.
//! 5. **Fuzzy**: a misspelling, see [`FUZZY_THRESHOLD`].
//!
//! What stands around the name is used: `Alphabet (Google)`, `Meta (formerly Facebook)`, `Salesforce (NYSE: CRM)`. A
//! ticker that belongs to another company than the name makes the answer [`Listing::Unknown`]. Capitals alone (`MSFT`)
//! are a ticker only where the text says so.
//!
//! A name without a legal form is in doubt where a larger company's title goes on from it (`Vertex`, `Delta`); a single
//! word also where the company is small and others share the word. A name with a legal form claims to be complete, and
//! forms that exclude each other make two companies (`Merck KGaA` is not `Merck & Co., Inc.`). A word more, as in
//! `Apple Bank`, is another company.
//!
//! **Several share classes**: the company's ticker is the one in the lowest row of the SEC's file. The file lists
//! companies by size, each by its main class, and further classes at the end. The answer is the same whichever class a
//! page names, so that one company never has two tickers.
//!
//! The bundled `private_companies.json` gives well-known organisations without listed shares a reason. It guards only
//! the looser rules: a company that the SEC's file lists under its name is listed.

mod directory;
mod doubt;
mod fuzzy;
mod matcher;
mod normalize;
mod page;
mod source;
#[cfg(test)]
mod tests;
mod tiers;
mod words;

use std::fmt;

use crate::graphql::PlainValue;
use sea_orm::prelude::{DeriveActiveEnum, EnumIter, StringLen};
use serde::{Deserialize, Serialize};

pub use directory::Directory;
pub use fuzzy::FUZZY_THRESHOLD;
pub use source::DirectoryError;

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

/// The form under which a company's name is one name: without case, accents, punctuation and legal form.
pub fn name_key(name: &str) -> String {
    normalize::Name::new(name).map_or_else(|| name.trim().to_lowercase(), |name| name.legal())
}
