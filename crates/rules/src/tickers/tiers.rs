//! The rules that map a name to a company, in order.

use super::MatchMethod;
use super::directory::{Directory, Rank, name_keys};
use super::doubt::{self, Found, Hit, WELL_KNOWN, confidence};
use super::fuzzy;
use super::normalize::{self, Name};
use super::words;

/// Minimum length of names compared as one word.
const SHORTEST_JOINED: usize = 5;

/// Looks up a name without brackets and tickers.
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

/// Looks up a text as a company's whole title.
pub(super) fn look_up_title(directory: &Directory, text: &str) -> Found {
    let Some(name) = Name::new(text) else {
        return Found::Nothing;
    };
    match by_title(directory, text, &name) {
        Found::Nothing => by_title_without_form(directory, &name),
        found => found,
    }
}

/// Applies the rules for whole names: title, normalized title, alias.
fn by_name(directory: &Directory, text: &str, name: &Name) -> Found {
    let found = by_title(directory, text, name);
    if found != Found::Nothing {
        return found;
    }
    let found = by_title_without_form(directory, name);
    if found != Found::Nothing {
        return found;
    }
    if let Some(reason) = name_keys(name).iter().find_map(|key| directory.unlisted.get(key)) {
        return Found::Unlisted(reason.clone());
    }
    let index = &directory.index;
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
        return doubt::alias(directory, name).map_or(Found::Nothing, Found::One);
    }
    let method = MatchMethod::NormalizedName;
    doubt::unless_overshadowed(directory, name, ranks, confidence::CORE, method)
}

/// Matches the title without its legal form.
fn by_title_without_form(directory: &Directory, name: &Name) -> Found {
    let ranks = agreeing(directory, name, directory.index.legal.get(&name.legal()));
    if ranks.is_empty() {
        return Found::Nothing;
    }
    let method = MatchMethod::NormalizedName;
    doubt::unless_overshadowed(directory, name, ranks, confidence::LEGAL, method)
}

/// Matches the title itself, ignoring spelling variants.
fn by_title(directory: &Directory, text: &str, name: &Name) -> Found {
    let Some(ranks) = directory.index.full.get(&name.full()) else {
        return Found::Nothing;
    };
    let text = text.trim();
    let exact: Vec<Rank> =
        ranks.iter().copied().filter(|rank| directory.companies[*rank].title.eq_ignore_ascii_case(text)).collect();
    if exact.is_empty() {
        let method = MatchMethod::NormalizedName;
        doubt::one_of(directory, name, ranks.clone(), confidence::FULL, method)
    } else {
        let method = MatchMethod::ExactName;
        doubt::one_of(directory, name, exact, confidence::EXACT, method)
    }
}

/// Returns those of `ranks` whose legal form is compatible with the name's.
fn agreeing(directory: &Directory, name: &Name, ranks: Option<&Vec<Rank>>) -> Vec<Rank> {
    let agrees = |rank: &Rank| name.forms.agree(directory.companies[*rank].name.forms);
    ranks.map_or_else(Vec::new, |ranks| ranks.iter().copied().filter(agrees).collect())
}

/// Returns true if a name and a title that differ in `Group`, `Holdings`, `Companies` may be the same company. A name
/// without them is short; one with others, or with only a legal form, is taken as complete, and only matches well-known
/// companies: Graham Corp is not Graham Holdings Co.
fn group_words_may_differ(directory: &Directory, name: &Name, rank: Rank) -> bool {
    let title = directory.companies[rank].name.group_words();
    name.group_words() == title
        || !name.claims_to_be_complete()
        || (rank < WELL_KNOWN && (name.group_words().is_empty() || !name.has_legal_form()))
}

/// Matches the title without generic words. After one word, only words not specific to an industry may be missing, and
/// the company must be well known and the largest of those that begin with the word; after more words it must be well
/// known or the only one with the first word. A name with a legal form is taken as complete: Rogers Corp is not Rogers
/// Communications.
fn by_short_title(directory: &Directory, name: &Name, _text: &str) -> Found {
    let words = without_domain_ending(name.core_words());
    let first = &words[0];
    let longer = longer_titles(directory, name, words);
    // A word that is also the ticker is no chance: `PNC` is PNC Financial Services.
    let fits: Vec<Rank> = longer
        .iter()
        .copied()
        .filter(|rank| {
            let title = directory.companies[*rank].name.legal_words();
            words.len() > 1
                || directory.ticker(*rank).eq_ignore_ascii_case(first)
                || title[1..].iter().all(|word| words::is_neutral(word))
        })
        .collect();
    let [rank] = fits[..] else {
        // `Regeneron` is hardly another one than Regeneron Pharmaceuticals, but `Lattice` may be.
        let worth_naming = !fits.is_empty() || longer.iter().any(|rank| *rank < WELL_KNOWN);
        return if worth_naming && !name.claims_to_be_complete() { Found::Several(longer) } else { Found::Nothing };
    };
    if name.claims_to_be_complete() {
        // `Honeywell Inc.` is worth a look, a small company's half title is another company.
        return if rank < WELL_KNOWN { Found::Several(vec![rank]) } else { Found::Nothing };
    }
    let larger = doubt::larger_that_go_on(directory, words, rank);
    let is_sure = if words.len() == 1 {
        rank < WELL_KNOWN && larger.is_empty()
    } else {
        rank < WELL_KNOWN || !directory.is_shared_word(first)
    };
    if !is_sure {
        return Found::Several(larger.into_iter().chain([rank]).collect());
    }
    Found::One(Hit { rank, confidence: confidence::SHORT, method: MatchMethod::ShortName })
}

/// Returns the companies, except funds, whose title is `words` followed by generic words only.
fn longer_titles(directory: &Directory, name: &Name, words: &[String]) -> Vec<Rank> {
    let is_longer = |rank: &Rank| {
        let company = &directory.companies[*rank];
        let title = company.name.legal_words();
        !company.is_fund
            && title.starts_with(words)
            && title[words.len()..].iter().all(|word| words::is_trade(word))
            && name.forms.agree(company.name.forms)
    };
    let ranks = directory.index.first_word.get(&words[0]);
    ranks.map_or_else(Vec::new, |ranks| ranks.iter().copied().filter(is_longer).collect())
}

/// Removes a domain ending: `booking com` is `booking`, since the ending is part of the company's web address.
fn without_domain_ending(words: &[String]) -> &[String] {
    match words {
        [rest @ .., last] if !rest.is_empty() && last == "com" => rest,
        _ => words,
    }
}

/// Matches capitals that are both a well-known company's ticker and the initials of its title: `IBM`, `AIG`, `UPS`.
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
