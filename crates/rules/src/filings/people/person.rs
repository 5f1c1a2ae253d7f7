//! People in reports who take or leave a role.

use async_graphql::Enum;
use chrono::NaiveDate;
use sea_orm::{DeriveActiveEnum, EnumIter, sea_query::StringLen};
use serde::{Deserialize, Serialize};

/// A person who takes or leaves a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The name as written in the report, without `Mr.` if the full name is known.
    pub name: String,
    /// The role taken or left; `None` if not stated.
    pub role: Option<String>,
    /// Taking or leaving the role.
    pub direction: Direction,
    /// The effective date; `None` if not stated. Distinct from the date of the decision.
    pub effective: Option<NaiveDate>,
}

/// Direction of a change of role.
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

/// Returns the first and last word of a name in lower case, equal for a person with and without middle initial, title
/// or `Jr.`.
pub(in crate::filings) fn person_key(name: &str) -> String {
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
