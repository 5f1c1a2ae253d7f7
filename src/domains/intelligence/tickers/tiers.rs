//! The rules by which one name finds a company, in their order.

use super::MatchMethod;
use super::directory::{Directory, Rank, name_keys};
use super::fuzzy;
use super::normalize::{self, Name};
use super::source::AliasKind;
use super::words;

/// How sure each rule is. They are ordered, not measured: a rule that looks at less of the name is less sure.
mod confidence {
    pub(super) const EXACT: f64 = 1.0;
    pub(super) const FULL: f64 = 0.99;
    pub(super) const LEGAL: f64 = 0.97;
    pub(super) const CORE: f64 = 0.95;
    pub(super) const NAME_ALIAS: f64 = 0.95;
    pub(super) const BRAND_ALIAS: f64 = 0.9;
    pub(super) const SHORT: f64 = 0.88;
    pub(super) const INITIALS: f64 = 0.85;
    /// Times the likeness.
    pub(super) const FUZZY: f64 = 0.85;
    /// A factor for a name that only fits without its possessive ending.
    pub(super) const POSSESSIVE: f64 = 0.98;
}

/// Names written as one word are compared from this length on.
const SHORTEST_JOINED: usize = 5;

/// The ranks within which a company is known by one word of its title or by its initials.
const WELL_KNOWN: Rank = 1000;

/// The rank from which on a company is not meant when a well-known one has the same name.
const OBSCURE: Rank = 3000;

/// What one name leads to.
#[derive(Debug, PartialEq)]
pub(super) enum Found {
    One(Hit),
    Several(Vec<Rank>),
    /// A known organisation without listed shares, with what it is.
    Unlisted(String),
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hit {
    pub(super) rank: Rank,
    pub(super) confidence: f64,
    pub(super) method: MatchMethod,
}

/// Looks one name up: no brackets, no ticker.
pub(super) fn look_up(directory: &Directory, text: &str) -> Found {
    let Some(name) = Name::new(text) else {
        return Found::Nothing;
    };
    let found = by_name(directory, text, &name);
    if found != Found::Nothing {
        return found;
    }
    if let Some(cut) = normalize::without_possessive(text)
        && let Some(cut_name) = Name::new(&cut)
    {
        match by_name(directory, &cut, &cut_name) {
            Found::Nothing => {}
            Found::One(hit) => {
                return Found::One(Hit { confidence: hit.confidence * confidence::POSSESSIVE, ..hit });
            }
            other => return other,
        }
    }
    let rules: [fn(&Directory, &Name, &str) -> Found; 3] = [by_short_title, by_initials, by_likeness];
    rules
        .iter()
        .map(|rule| rule(directory, &name, text))
        .find(|found| *found != Found::Nothing)
        .unwrap_or(Found::Nothing)
}

/// Looks a text up as a company's whole title.
pub(super) fn look_up_title(directory: &Directory, text: &str) -> Found {
    Name::new(text).map_or(Found::Nothing, |name| by_title(directory, text, &name))
}

/// The rules that compare whole names: title, normalised title, alias.
fn by_name(directory: &Directory, text: &str, name: &Name) -> Found {
    let found = by_title(directory, text, name);
    if found != Found::Nothing {
        return found;
    }
    let index = &directory.index;
    let method = MatchMethod::NormalizedName;
    let ranks = agreeing(directory, name, index.legal.get(&name.legal()));
    if !ranks.is_empty() {
        return unless_overshadowed(directory, name, ranks, confidence::LEGAL, method);
    }
    if let Some(reason) = name_keys(name).iter().find_map(|key| directory.unlisted.get(key)) {
        return Found::Unlisted(reason.clone());
    }
    let joined = name.joined();
    let ranks = [
        index.core.get(&name.core()),
        index.joined.get(&joined).filter(|_| joined.len() >= SHORTEST_JOINED),
        index.given_name_first.get(&name.core()),
    ]
    .into_iter()
    .map(|ranks| agreeing(directory, name, ranks))
    .find(|ranks| !ranks.is_empty())
    .unwrap_or_default();
    let ranks: Vec<Rank> = ranks.into_iter().filter(|rank| group_words_may_differ(directory, name, *rank)).collect();
    if ranks.is_empty() {
        return alias(directory, name).map_or(Found::Nothing, Found::One);
    }
    unless_overshadowed(directory, name, ranks, confidence::CORE, method)
}

/// The title itself, perhaps in another spelling.
fn by_title(directory: &Directory, text: &str, name: &Name) -> Found {
    let Some(ranks) = directory.index.full.get(&name.full()) else {
        return Found::Nothing;
    };
    let same = |rank: &Rank| directory.companies[*rank].title.eq_ignore_ascii_case(text.trim());
    if let Some(rank) = ranks.iter().copied().find(same) {
        return Found::One(Hit { rank, confidence: confidence::EXACT, method: MatchMethod::ExactName });
    }
    let method = MatchMethod::NormalizedName;
    one_of(directory, name, ranks.clone(), confidence::FULL, method)
}

/// Those of `ranks` whose legal form does not exclude the name's.
fn agreeing(directory: &Directory, name: &Name, ranks: Option<&Vec<Rank>>) -> Vec<Rank> {
    let agrees = |rank: &Rank| name.forms.agree(directory.companies[*rank].name.forms);
    ranks.map_or_else(Vec::new, |ranks| ranks.iter().copied().filter(agrees).collect())
}

/// Whether a name and a title that differ in `Group`, `Holdings`, `Companies` may be the same company. A name that
/// leaves them out is short; one that has others, or none and a legal form, claims to be complete, and then only the
/// well known are meant all the same: Graham Corp is not Graham Holdings Co.
fn group_words_may_differ(directory: &Directory, name: &Name, rank: Rank) -> bool {
    let title = directory.companies[rank].name.group_words();
    name.group_words() == title
        || (name.group_words().is_empty() && !name.has_legal_form())
        || (rank < WELL_KNOWN && (name.group_words().is_empty() || !name.has_legal_form()))
}

/// One company is the answer. Of several, the one the list of aliases means, or the one that dwarfs the others.
fn one_of(directory: &Directory, name: &Name, ranks: Vec<Rank>, confidence: f64, method: MatchMethod) -> Found {
    if let [rank] = ranks[..] {
        return Found::One(Hit { rank, confidence, method });
    }
    match alias(directory, name) {
        Some(hit) if ranks.contains(&hit.rank) => Found::One(hit),
        _ => dominant(directory, name, &ranks).map_or(Found::Several(ranks), Found::One),
    }
}

/// The well-known company among obscure ones, if the name is its whole core: `UBS` is UBS Group AG and not its
/// subsidiary with notes of its own, `Toro` is the maker of mowers.
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

/// As [`one_of`], but a single bare word is in doubt where a larger company's title begins with it (`Vertex` may be
/// Vertex, Inc. or Vertex Pharmaceuticals), and where a company that is not well known shares it with others.
fn unless_overshadowed(
    directory: &Directory,
    name: &Name,
    ranks: Vec<Rank>,
    confidence: f64,
    method: MatchMethod,
) -> Found {
    let found = one_of(directory, name, ranks, confidence, method);
    let (Found::One(hit), [word]) = (&found, name.core_words()) else {
        return found;
    };
    let title = &directory.companies[hit.rank].name;
    let is_bare = !name.has_legal_form() && name.group_words().is_empty();
    if !is_bare && name.group_words() == title.group_words() {
        return found;
    }
    let mut ranks = larger_with_first_word(directory, word, hit.rank);
    let is_common =
        directory.index.word_uses.get(word).is_some_and(|uses| *uses > 1) || !title.group_words().is_empty();
    if ranks.is_empty() && (hit.rank < WELL_KNOWN || !is_common) {
        return found;
    }
    ranks.push(hit.rank);
    match alias(directory, name) {
        Some(alias) if ranks.contains(&alias.rank) => Found::One(alias),
        _ => dominant(directory, name, &ranks).map_or(Found::Several(ranks), Found::One),
    }
}

/// The companies before `rank`, funds apart, whose title begins with `word`.
fn larger_with_first_word(directory: &Directory, word: &str, rank: Rank) -> Vec<Rank> {
    directory.index.first_word.get(word).map_or_else(Vec::new, |ranks| {
        ranks
            .iter()
            .copied()
            .take_while(|other| *other < rank)
            .filter(|other| !directory.companies[*other].is_fund)
            .collect()
    })
}

fn alias(directory: &Directory, name: &Name) -> Option<Hit> {
    let (rank, kind) = *name_keys(name).iter().find_map(|key| directory.aliases.get(key))?;
    let (confidence, method) = match kind {
        AliasKind::Former => (confidence::NAME_ALIAS, MatchMethod::FormerName),
        AliasKind::Short => (confidence::NAME_ALIAS, MatchMethod::Alias),
        AliasKind::Brand => (confidence::BRAND_ALIAS, MatchMethod::Alias),
    };
    Some(Hit { rank, confidence, method })
}

/// The title without words that do not tell companies apart. After one word only words of no trade may be missing, and
/// the company has to be well known and the largest of those that begin with the word. A name with a legal form claims
/// to be complete: Rogers Corp is not Rogers Communications.
fn by_short_title(directory: &Directory, name: &Name, _text: &str) -> Found {
    let words = without_domain_ending(name.core_words());
    let dispensable = if words.len() == 1 { words::is_neutral } else { words::is_trade };
    let Some(ranks) = directory.index.first_word.get(&words[0]) else {
        return Found::Nothing;
    };
    let fits: Vec<Rank> = ranks
        .iter()
        .copied()
        .filter(|rank| {
            let company = &directory.companies[*rank];
            let title = company.name.legal_words();
            !company.is_fund
                && title.starts_with(words)
                && title[words.len()..].iter().all(|word| dispensable(word))
                && name.forms.agree(company.name.forms)
        })
        .collect();
    let [rank] = fits[..] else {
        return if fits.is_empty() { Found::Nothing } else { Found::Several(fits) };
    };
    let larger = larger_with_first_word(directory, &words[0], rank);
    let claims_to_be_complete = name.has_legal_form() || !name.group_words().is_empty();
    if claims_to_be_complete && rank >= WELL_KNOWN {
        return Found::Nothing;
    }
    if claims_to_be_complete || words.len() == 1 && (rank >= WELL_KNOWN || !larger.is_empty()) {
        return Found::Several(larger.into_iter().chain([rank]).collect());
    }
    Found::One(Hit { rank, confidence: confidence::SHORT, method: MatchMethod::ShortName })
}

/// `booking com` is `booking`: on a page the ending is the company's address.
fn without_domain_ending(words: &[String]) -> &[String] {
    match words {
        [rest @ .., last] if !rest.is_empty() && last == "com" => rest,
        _ => words,
    }
}

/// Capitals that are both a well-known company's ticker and the initials of its title: `IBM`, `AIG`, `UPS`.
fn by_initials(directory: &Directory, _name: &Name, text: &str) -> Found {
    let text = text.trim();
    if text.len() < 2 || !text.bytes().all(|b| b.is_ascii_uppercase()) {
        return Found::Nothing;
    }
    let Some(&rank) = directory.index.ticker.get(text) else {
        return Found::Nothing;
    };
    let initials: String =
        directory.companies[rank].name.legal_words().iter().filter_map(|word| word.chars().next()).collect();
    if rank >= WELL_KNOWN || directory.ticker(rank) != text || !initials.eq_ignore_ascii_case(text) {
        return Found::Nothing;
    }
    Found::One(Hit { rank, confidence: confidence::INITIALS, method: MatchMethod::ShortName })
}

fn by_likeness(directory: &Directory, name: &Name, _text: &str) -> Found {
    let (likeness, ranks) = fuzzy::best(directory, name);
    match ranks[..] {
        [] => Found::Nothing,
        [rank] => Found::One(Hit { rank, confidence: confidence::FUZZY * likeness, method: MatchMethod::Fuzzy }),
        _ => Found::Several(ranks),
    }
}
