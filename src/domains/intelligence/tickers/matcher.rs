//! Brings together what a page says: the name, other names, tickers.

use super::directory::{Directory, Rank};
use super::normalize::Name;
use super::page::{HintSource, PageName, Relation};
use super::tiers::{self, Found, Hit};
use super::{Listing, MatchMethod, NotListedReason};

/// A name longer than this, in bytes, is a piece of text.
const LONGEST_NAME: usize = 300;

/// How many companies an answer in doubt names.
const MOST_CANDIDATES: usize = 5;

/// How sure a stated ticker is when no name stands beside it, and when the name only agrees with it.
const TICKER_ALONE: f64 = 0.95;
const TICKER_AND_NAME: f64 = 0.9;
const BARE_TICKER_AND_NAME: f64 = 0.85;

/// The factors by which something beside the name that fits nobody, or that has to stand in for the name, is less sure.
const UNEXPLAINED: f64 = 0.97;
const UNKNOWN_TICKER: f64 = 0.9;
const BY_OTHER_NAME: f64 = 0.9;

/// See [`Directory::find`].
pub(super) fn find(directory: &Directory, text: &str) -> Listing {
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

/// The companies the page's tickers belong to.
struct Tickers {
    stated: Option<Rank>,
    bare: Option<Rank>,
    /// A ticker of the SEC's exchanges that the directory does not have.
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

/// The name found a company: do the ticker and the other names agree?
fn confirm(directory: &Directory, page: &PageName, tickers: &Tickers, hit: Hit) -> Listing {
    let Hit { rank, mut confidence, method } = hit;
    let is_loose = matches!(method, MatchMethod::ShortName | MatchMethod::Fuzzy);
    match tickers.stated {
        Some(stated) if stated == rank => confidence = surer(confidence),
        Some(stated) => return in_doubt(directory, &[rank, stated]),
        // Listed elsewhere, or too new for the list: then a name that only nearly fits is another company's.
        None if is_loose && (tickers.has_unknown || tickers.has_foreign) => {
            return not_listed(NotListedReason::NoMatch);
        }
        None if tickers.has_unknown => confidence *= UNKNOWN_TICKER,
        None if tickers.bare == Some(rank) => confidence = surer(confidence),
        None => {}
    }
    for other in page.others.iter().filter(|other| other.relation != Relation::Parent) {
        match tiers::look_up(directory, &other.text) {
            Found::One(other) if other.rank == rank => confidence = surer(confidence),
            Found::One(other) if !is_loose_hit(&other) => return in_doubt(directory, &[rank, other.rank]),
            Found::Several(ranks) if ranks.contains(&rank) => {}
            // `Banco Santander (Brasil) S.A.` is not Banco Santander, S.A.
            _ if other.is_inside && other.relation == Relation::Same && tickers.bare != Some(rank) => {
                return not_listed(NotListedReason::NoMatch);
            }
            _ if other.relation == Relation::Same && tickers.bare != Some(rank) => {
                confidence *= UNEXPLAINED;
            }
            _ => {}
        }
    }
    listed(directory, rank, confidence, method)
}

/// The name fits several companies: does something beside it fit one of them only?
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
    match page.others.iter().find_map(|other| firm_hit(directory, &other.text)) {
        Some(hit) if ranks.contains(&hit.rank) => {
            listed(directory, hit.rank, hit.confidence * BY_OTHER_NAME, hit.method)
        }
        _ => in_doubt(directory, ranks),
    }
}

/// The name fits nobody: a ticker whose company's title begins like the name, or another name, may stand in for it.
fn by_surroundings(directory: &Directory, page: &PageName, tickers: &Tickers) -> Listing {
    let by_ticker = [(tickers.stated, TICKER_AND_NAME), (tickers.bare, BARE_TICKER_AND_NAME)];
    for (rank, confidence) in by_ticker {
        if let Some(rank) = rank.filter(|rank| begins_alike(directory, page, *rank)) {
            return listed(directory, rank, confidence, MatchMethod::Ticker);
        }
    }
    if let Some(stated) = tickers.stated {
        let ticker = directory.ticker(stated).to_owned();
        return not_listed(NotListedReason::TickerOfAnother { ticker });
    }
    for other in &page.others {
        match tiers::look_up(directory, &other.text) {
            Found::Unlisted(reason) => return not_listed(NotListedReason::KnownPrivate(reason)),
            Found::One(hit) if !is_loose_hit(&hit) => {
                let method = match other.relation {
                    Relation::Former => MatchMethod::FormerName,
                    Relation::Same | Relation::Parent => MatchMethod::Alias,
                };
                return listed(directory, hit.rank, hit.confidence * BY_OTHER_NAME, method);
            }
            _ => {}
        }
    }
    not_listed(NotListedReason::NoMatch)
}

/// Whether the company's title has the first word of the page's name.
fn begins_alike(directory: &Directory, page: &PageName, rank: Rank) -> bool {
    let title = &directory.companies[rank].name;
    Name::new(&page.main).is_some_and(|name| name.core_words()[0] == title.core_words()[0])
}

/// The company of a name that fits as a whole.
fn firm_hit(directory: &Directory, text: &str) -> Option<Hit> {
    match tiers::look_up(directory, text) {
        Found::One(hit) if !is_loose_hit(&hit) => Some(hit),
        _ => None,
    }
}

fn is_loose_hit(hit: &Hit) -> bool {
    hit.method == MatchMethod::Fuzzy
}

/// Two independent pieces of evidence halve the doubt.
fn surer(confidence: f64) -> f64 {
    1.0 - (1.0 - confidence) / 2.0
}

fn listed(directory: &Directory, rank: Rank, confidence: f64, method: MatchMethod) -> Listing {
    Listing::Listed(directory.found(rank, confidence, method))
}

fn not_listed(reason: NotListedReason) -> Listing {
    Listing::NotListed { reason }
}

/// The companies in question share what sureness there is.
fn in_doubt(directory: &Directory, ranks: &[Rank]) -> Listing {
    let mut ranks = ranks.to_vec();
    ranks.sort_unstable();
    ranks.dedup();
    #[expect(clippy::cast_precision_loss, reason = "a count of companies")]
    let share = 1.0 / ranks.len().max(1) as f64;
    let candidates = ranks
        .iter()
        .take(MOST_CANDIDATES)
        .map(|rank| directory.found(*rank, share, MatchMethod::NormalizedName))
        .collect();
    Listing::Unknown { candidates }
}
