//! Combination of a page's evidence: the name, other names, and tickers.

use super::directory::{Directory, Rank};
use super::doubt::{Found, Hit};
use super::normalize::Name;
use super::page::{HintSource, OtherName, PageName, Relation};
use super::tiers;
use super::{Listing, MatchMethod, NotListedReason};

/// Maximum length of a name, in bytes; longer ones are running text.
const LONGEST_NAME: usize = 300;

/// Maximum number of candidates in an ambiguous result.
const MOST_CANDIDATES: usize = 5;

/// Confidence of a stated ticker without a name, and with a name that only agrees with it.
const TICKER_ALONE: f64 = 0.95;
const TICKER_AND_NAME: f64 = 0.9;
const BARE_TICKER_AND_NAME: f64 = 0.85;

/// Factors for additional text that matches nobody, or that replaces the name.
const UNEXPLAINED: f64 = 0.97;
const UNKNOWN_TICKER: f64 = 0.9;
const BY_OTHER_NAME: f64 = 0.9;

impl Directory {
    /// Finds the company meant by `name` as written on a web page.
    #[must_use]
    pub fn find(&self, name: &str) -> Listing {
        find(self, name)
    }
}

fn find(directory: &Directory, text: &str) -> Listing {
    let text = text.trim();
    if text.len() > LONGEST_NAME {
        return not_listed(NotListedReason::TooLong);
    }
    let page = PageName::parse(text);
    let tickers = Tickers::new(directory, &page);
    if Name::new(&page.main).is_none() {
        return match tickers.stated {
            Some(rank) => listed(directory, rank, TICKER_ALONE, MatchMethod::Ticker),
            None => not_listed(NotListedReason::NoName),
        };
    }
    if let Some(Found::One(hit)) = page.with_brackets.as_ref().map(|text| tiers::look_up_title(directory, text)) {
        return listed(directory, hit.rank, hit.confidence, hit.method);
    }
    match tiers::look_up(directory, &page.main) {
        Found::One(hit) => confirm(directory, &page, &tickers, hit),
        Found::Several(ranks) => choose(directory, &page, &tickers, &ranks),
        Found::Unlisted(reason) => not_listed(NotListedReason::KnownPrivate(reason)),
        Found::Nothing => by_surroundings(directory, &page, &tickers),
    }
}

/// The companies of the page's tickers.
struct Tickers {
    stated: Option<Rank>,
    bare: Option<Rank>,
    /// True if a ticker of the SEC's exchanges is not in the directory.
    has_unknown: bool,
    has_foreign: bool,
}

impl Tickers {
    fn new(directory: &Directory, page: &PageName) -> Self {
        let of = |source: HintSource| page.tickers.iter().filter(move |hint| hint.source == source);
        let rank = |source| of(source).find_map(|hint| directory.index.ticker.get(&hint.symbol).copied());
        let stated = rank(HintSource::Stated);
        Self {
            stated,
            bare: rank(HintSource::Bare),
            has_unknown: stated.is_none() && of(HintSource::Stated).next().is_some(),
            has_foreign: of(HintSource::Foreign).next().is_some(),
        }
    }
}

/// Checks that tickers and other names agree with the company found by name.
fn confirm(directory: &Directory, page: &PageName, tickers: &Tickers, hit: Hit) -> Listing {
    let Hit { rank, mut confidence, method } = hit;
    let is_loose = matches!(method, MatchMethod::ShortName | MatchMethod::Fuzzy);
    match tickers.stated {
        Some(stated) if stated == rank => confidence = surer(confidence),
        Some(stated) if fits_as_well(directory, page, stated) => {
            return listed(directory, stated, TICKER_AND_NAME, MatchMethod::Ticker);
        }
        Some(stated) => return in_doubt(directory, &[rank, stated]),
        // Listed elsewhere, or too new for the list: then a name that only nearly fits is another company's.
        None if is_loose && (tickers.has_unknown || tickers.has_foreign) => {
            return not_listed(NotListedReason::NoMatch);
        }
        None if tickers.has_unknown => confidence *= UNKNOWN_TICKER,
        None if tickers.bare == Some(rank) => confidence = surer(confidence),
        None => {}
    }
    for other in &page.others {
        let is_explained = tickers.bare == Some(rank) || other.relation != Relation::Beside;
        match tiers::look_up(directory, &other.text) {
            _ if other.relation == Relation::Parent => {}
            Found::One(other) if other.rank == rank => confidence = surer(confidence),
            Found::One(other) if other.method != MatchMethod::Fuzzy => {
                return in_doubt(directory, &[rank, other.rank]);
            }
            Found::Several(ranks) if ranks.contains(&rank) => {}
            _ if is_explained => {}
            // `Banco Santander (Brasil) S.A.` is not Banco Santander, S.A.
            _ if other.is_inside => return not_listed(NotListedReason::NoMatch),
            _ => confidence *= UNEXPLAINED,
        }
    }
    listed(directory, rank, confidence, method)
}

/// Selects one of several companies that match the name by the additional text.
fn choose(directory: &Directory, page: &PageName, tickers: &Tickers, ranks: &[Rank]) -> Listing {
    if let Some(stated) = tickers.stated {
        return if ranks.contains(&stated) || begins_alike(directory, page, stated) {
            listed(directory, stated, TICKER_AND_NAME, MatchMethod::Ticker)
        } else {
            in_doubt(directory, ranks)
        };
    }
    if let Some(bare) = tickers.bare.filter(|bare| ranks.contains(bare)) {
        return listed(directory, bare, BARE_TICKER_AND_NAME, MatchMethod::Ticker);
    }
    for other in &page.others {
        if let Found::One(hit) = tiers::look_up(directory, &other.text)
            && ranks.contains(&hit.rank)
        {
            let confidence = hit.confidence * BY_OTHER_NAME;
            return listed(directory, hit.rank, confidence, hit.method);
        }
    }
    in_doubt(directory, ranks)
}

/// Finds a company for a name that matches nobody: by a ticker whose company's title begins like the name, or by
/// another name.
fn by_surroundings(directory: &Directory, page: &PageName, tickers: &Tickers) -> Listing {
    if let Some(stated) = tickers.stated {
        if begins_alike(directory, page, stated) {
            return listed(directory, stated, TICKER_AND_NAME, MatchMethod::Ticker);
        }
        let ticker = directory.ticker(stated).to_owned();
        return not_listed(NotListedReason::TickerOfAnother { ticker });
    }
    if let Some(bare) = tickers.bare
        && continues(directory, page, bare)
    {
        return listed(directory, bare, BARE_TICKER_AND_NAME, MatchMethod::Ticker);
    }
    for other in &page.others {
        match tiers::look_up(directory, &other.text) {
            Found::Unlisted(reason) => return not_listed(NotListedReason::KnownPrivate(reason)),
            Found::One(hit) if hit.method != MatchMethod::Fuzzy => {
                return by_other_name(directory, other, hit);
            }
            _ => {}
        }
    }
    not_listed(NotListedReason::NoMatch)
}

/// Returns the company of another name, if the main name matches nobody.
fn by_other_name(directory: &Directory, other: &OtherName, hit: Hit) -> Listing {
    let method = match other.relation {
        Relation::Former => MatchMethod::FormerName,
        // `Cathedral Bakery (Dover)`: a word in brackets may as well be a place.
        Relation::Beside if is_bare_word(&other.text) => return in_doubt(directory, &[hit.rank]),
        Relation::Beside | Relation::Same | Relation::Parent => MatchMethod::Alias,
    };
    listed(directory, hit.rank, hit.confidence * BY_OTHER_NAME, method)
}

fn is_bare_word(text: &str) -> bool {
    Name::new(text).is_some_and(|name| name.core_words().len() == 1 && !name.claims_to_be_complete())
}

/// Returns true if the company's title begins with the first word of the page's name.
fn begins_alike(directory: &Directory, page: &PageName, rank: Rank) -> bool {
    let title = &directory.companies[rank].name;
    Name::new(&page.main).is_some_and(|name| name.core_words()[0] == title.core_words()[0])
}

/// Returns true if the company's title and the page's name agree up to the length of the shorter one.
fn continues(directory: &Directory, page: &PageName, rank: Rank) -> bool {
    let title = directory.companies[rank].name.core_words();
    Name::new(&page.main)
        .is_some_and(|name| name.core_words().iter().zip(title).all(|(word, of_title)| word == of_title))
}

/// Returns true if the page's name is this company's too: two companies are named `Rio Tinto`.
fn fits_as_well(directory: &Directory, page: &PageName, rank: Rank) -> bool {
    let title = &directory.companies[rank].name;
    Name::new(&page.main).is_some_and(|name| name.core() == title.core() && name.forms.agree(title.forms))
}

/// Returns the confidence with the doubt halved, for two independent pieces of evidence.
fn surer(confidence: f64) -> f64 {
    1.0 - (1.0 - confidence) / 2.0
}

fn listed(directory: &Directory, rank: Rank, confidence: f64, method: MatchMethod) -> Listing {
    Listing::Listed(directory.found(rank, confidence, method))
}

fn not_listed(reason: NotListedReason) -> Listing {
    Listing::NotListed { reason }
}

fn in_doubt(directory: &Directory, ranks: &[Rank]) -> Listing {
    let mut ranks = ranks.to_vec();
    ranks.sort_unstable();
    ranks.dedup();
    let candidates = ranks.iter().take(MOST_CANDIDATES).map(|rank| directory.candidate(*rank)).collect();
    Listing::Unknown { candidates }
}
