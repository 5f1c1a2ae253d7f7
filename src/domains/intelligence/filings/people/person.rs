//! A person of a report, and which way they go.

use async_graphql::Enum;
use chrono::NaiveDate;
use sea_orm::{DeriveActiveEnum, EnumIter, sea_query::StringLen};
use serde::{Deserialize, Serialize};

/// Somebody who comes or goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The name as the report writes it, without `Mr.` where the full name is known.
    pub name: String,
    /// The role taken or left; `None` when not stated.
    pub role: Option<String>,
    /// Whether the person takes the role or leaves it.
    pub direction: Direction,
    /// From when; `None` when not stated. The day of the decision is not it.
    pub effective: Option<NaiveDate>,
}

/// Which way a person goes.
#[derive(Enum, EnumIter, DeriveActiveEnum, Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "PersonDirection")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Direction {
    /// Takes a role.
    #[graphql(name = "JOINS")]
    Comes,
    /// Leaves a role.
    #[graphql(name = "LEAVES")]
    Goes,
}

/// First and last word of a name in small letters: one person with and without middle initial, title or `Jr.`.
pub(in crate::domains::intelligence::filings) fn person_key(name: &str) -> String {
    let is_suffix = |word: &str| matches!(word.trim_end_matches(['.', ',']), "Jr" | "Sr" | "II" | "III" | "IV");
    let words: Vec<_> = name
        .split_whitespace()
        .enumerate()
        .filter(|(at, word)| (!word.ends_with('.') || *word == "St.") && !(*at > 0 && is_suffix(word)))
        .map(|(_, word)| word)
        .collect();
    let clean = |word: &str| word.chars().filter(|char| char.is_alphanumeric()).collect::<String>().to_lowercase();
    match words.as_slice() {
        [] => clean(name),
        [only] => clean(only),
        [first, .., last] => format!("{}-{}", clean(first), clean(last)),
    }
}
