//! Resolution of a rule's matches: one company, or ambiguity.

use super::MatchMethod;
use super::directory::{Directory, Rank, name_keys};
use super::normalize::Name;
use super::source::AliasKind;
use super::words;

/// Confidence of each rule. Ordered, not measured: a rule that ignores more of the name is less certain.
pub(super) mod confidence {
    pub(in super::super) const EXACT: f64 = 1.0;
    pub(in super::super) const FULL: f64 = 0.99;
    pub(in super::super) const LEGAL: f64 = 0.97;
    pub(in super::super) const CORE: f64 = 0.95;
    pub(in super::super) const NAME_ALIAS: f64 = 0.95;
    pub(in super::super) const BRAND_ALIAS: f64 = 0.9;
    pub(in super::super) const SHORT: f64 = 0.88;
    pub(in super::super) const INITIALS: f64 = 0.85;
    /// Multiplied by the similarity.
    pub(in super::super) const FUZZY: f64 = 0.85;
    /// Factor for a name that only matches without its possessive ending.
    pub(in super::super) const POSSESSIVE: f64 = 0.98;
}

/// Ranks of companies that are known by one word of their title or by their initials.
pub(super) const WELL_KNOWN: Rank = 1000;

/// Rank from which a company is hardly meant by a single word, or if a well-known one has the same name.
const OBSCURE: Rank = 4000;

/// The result of looking up one name.
#[derive(Debug, PartialEq)]
pub(super) enum Found {
    One(Hit),
    Several(Vec<Rank>),
    /// A known organization without listed shares, with its description.
    Unlisted(String),
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hit {
    pub(super) rank: Rank,
    pub(super) confidence: f64,
    pub(super) method: MatchMethod,
}

/// Resolves to one company: of several, the one meant by an alias, or the one that dwarfs the others.
pub(super) fn one_of(
    directory: &Directory,
    name: &Name,
    ranks: Vec<Rank>,
    confidence: f64,
    method: MatchMethod,
) -> Found {
    if let [rank] = ranks[..] {
        return Found::One(Hit { rank, confidence, method });
    }
    match alias(directory, name) {
        Some(hit) if ranks.contains(&hit.rank) => Found::One(hit),
        _ => dominant(directory, name, &ranks).map_or(Found::Several(ranks), Found::One),
    }
}

/// Returns the well-known company among obscure ones, if the name is its whole core: `UBS` is UBS Group AG and not its
/// subsidiary with own notes, `Toro` is the manufacturer of mowers.
fn dominant(directory: &Directory, name: &Name, ranks: &[Rank]) -> Option<Hit> {
    let largest = *ranks.iter().min()?;
    let is_whole = directory.companies[largest].name.core_words() == name.core_words();
    let others_are_obscure = ranks.iter().all(|rank| *rank == largest || *rank >= OBSCURE);
    (largest < WELL_KNOWN && is_whole && others_are_obscure).then_some(Hit {
        rank: largest,
        confidence: confidence::SHORT,
        method: MatchMethod::NormalizedName,
    })
}

/// Resolves like [`one_of`], but a name without legal form or group word is ambiguous if a larger company's title
/// extends it (`Vertex` may be Vertex, Inc. or Vertex Pharmaceuticals). A single word is also ambiguous if a
/// little-known company shares it with others, and if the company is obscure, since private companies have every common
/// word as a name.
pub(super) fn unless_overshadowed(
    directory: &Directory,
    name: &Name,
    ranks: Vec<Rank>,
    confidence: f64,
    method: MatchMethod,
) -> Found {
    let found = one_of(directory, name, ranks, confidence, method);
    let Found::One(hit) = &found else {
        return found;
    };
    let title = &directory.companies[hit.rank].name;
    if name.claims_to_be_complete() && name.group_words() == title.group_words() {
        return found;
    }
    let mut ranks = larger_that_go_on(directory, name.core_words(), hit.rank);
    if ranks.is_empty() && (may_be_meant(directory, title, hit.rank) || name.core_words().len() > 1) {
        return found;
    }
    ranks.push(hit.rank);
    match alias(directory, name) {
        Some(alias) if ranks.contains(&alias.rank) || hit.rank >= OBSCURE => Found::One(alias),
        _ => dominant(directory, name, &ranks).map_or(Found::Several(ranks), Found::One),
    }
}

/// Returns true if a company may be meant by a single word, unless a larger one is.
fn may_be_meant(directory: &Directory, title: &Name, rank: Rank) -> bool {
    let [word] = title.core_words() else {
        // A title of several words that is only written as one is no common word.
        return true;
    };
    // `Alamo` is more often another company than Alamo Group.
    let is_common = directory.is_shared_word(word) || !title.group_words().is_empty();
    rank < WELL_KNOWN || (rank < OBSCURE && !is_common)
}

/// Returns the companies before `rank`, except funds, whose title begins with `words`; for several words, followed by
/// generic words only.
pub(super) fn larger_that_go_on(directory: &Directory, words: &[String], rank: Rank) -> Vec<Rank> {
    let goes_on = |other: &Rank| {
        let company = &directory.companies[*other];
        let title = company.name.legal_words();
        !company.is_fund
            && title.starts_with(words)
            && (words.len() == 1 || title[words.len()..].iter().all(|word| words::is_trade(word)))
    };
    let ranks = directory.index.first_word.get(&words[0]);
    ranks.map_or_else(Vec::new, |ranks| {
        let larger = ranks.iter().copied().take_while(|other| *other < rank);
        larger.filter(goes_on).collect()
    })
}

/// Returns the company of which the name is an alias.
pub(super) fn alias(directory: &Directory, name: &Name) -> Option<Hit> {
    let (rank, kind) = *name_keys(name).iter().find_map(|key| directory.aliases.get(key))?;
    let (confidence, method) = match kind {
        AliasKind::Former => (confidence::NAME_ALIAS, MatchMethod::FormerName),
        AliasKind::Short => (confidence::NAME_ALIAS, MatchMethod::Alias),
        AliasKind::Brand => (confidence::BRAND_ALIAS, MatchMethod::Alias),
    };
    Some(Hit { rank, confidence, method })
}
