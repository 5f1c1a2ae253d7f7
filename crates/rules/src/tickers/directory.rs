//! The listed companies, indexed by all lookup keys.

use std::collections::HashMap;

use super::normalize::Name;
use super::source::{self, AliasKind, DirectoryError, Row};
use super::{Candidate, Match, MatchMethod, words};

/// A company's index in the directory, which is its rank by size.
pub(super) type Rank = usize;

/// All listed companies, built once and read-only. Share it in an `Arc`.
#[derive(Debug)]
pub struct Directory {
    pub(super) companies: Vec<Company>,
    pub(super) index: Index,
    pub(super) aliases: HashMap<String, (Rank, AliasKind)>,
    /// Reasons why organizations are not listed, by name key.
    pub(super) unlisted: HashMap<String, String>,
    skipped: usize,
}

#[derive(Debug)]
pub(super) struct Company {
    pub(super) cik: u64,
    pub(super) title: String,
    pub(super) name: Name,
    /// True for a fund, a trust or a shell.
    pub(super) is_fund: bool,
    ticker: String,
    exchange: Option<String>,
}

/// Companies by key, each list sorted by rank.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) full: HashMap<String, Vec<Rank>>,
    pub(super) legal: HashMap<String, Vec<Rank>>,
    pub(super) core: HashMap<String, Vec<Rank>>,
    pub(super) joined: HashMap<String, Vec<Rank>>,
    pub(super) given_name_first: HashMap<String, Vec<Rank>>,
    pub(super) first_word: HashMap<String, Vec<Rank>>,
    /// Companies by the first letters of the joined core, for misspellings.
    pub(super) fuzzy: HashMap<String, Vec<Rank>>,
    pub(super) ticker: HashMap<String, Rank>,
    /// Number of companies with a word in their title.
    pub(super) word_uses: HashMap<String, usize>,
}

impl Directory {
    /// Builds the directory from the SEC's `company_tickers.json`, or from a plain list of its rows.
    ///
    /// # Errors
    /// If the bytes are no JSON of that format, or contain no usable row. Single bad rows are skipped, see
    /// [`Directory::skipped_rows`].
    pub fn from_company_tickers(json: &[u8]) -> Result<Self, DirectoryError> {
        let (rows, skipped) = source::read_companies(json)?;
        let mut directory = Self {
            companies: Vec::new(),
            index: Index::default(),
            aliases: HashMap::new(),
            unlisted: HashMap::new(),
            skipped,
        };
        let mut ranks: HashMap<u64, Rank> = HashMap::new();
        for row in rows {
            directory.add_row(row, &mut ranks);
        }
        directory.add_aliases(&ranks)?;
        directory.add_unlisted()?;
        Ok(directory)
    }

    /// Adds a row: the first row of a company sets its rank, title and ticker; later rows are further share classes.
    fn add_row(&mut self, row: Row, ranks: &mut HashMap<u64, Rank>) {
        let next = self.companies.len();
        let rank = *ranks.entry(row.cik).or_insert(next);
        self.index.ticker.entry(row.ticker.clone()).or_insert(rank);
        if rank < next {
            return;
        }
        // A title always has a letter or a digit, so it always has a name.
        let Some(name) = Name::new(&row.title) else {
            return;
        };
        self.index.add(&name, &row.title, rank);
        self.companies.push(Company {
            cik: row.cik,
            is_fund: name.legal_words().iter().any(|word| words::is_fund_word(word)),
            name,
            title: row.title,
            ticker: row.ticker,
            exchange: None,
        });
    }

    /// Adds the aliases of companies in the list; others are ignored, since the companies may have been acquired.
    fn add_aliases(&mut self, ranks: &HashMap<u64, Rank>) -> Result<(), DirectoryError> {
        for alias in source::bundled_aliases()? {
            if let (Some(rank), Some(name)) = (ranks.get(&alias.cik), Name::new(&alias.name)) {
                for key in name_keys(&name) {
                    self.aliases.entry(key).or_insert((*rank, alias.kind));
                }
            }
        }
        Ok(())
    }

    /// Adds unlisted organizations, except those in the list of companies, which is newer.
    fn add_unlisted(&mut self) -> Result<(), DirectoryError> {
        for organisation in source::bundled_unlisted()? {
            let names: Vec<Name> = organisation.names.iter().filter_map(|n| Name::new(n)).collect();
            if names.iter().any(|n| self.index.legal.contains_key(&n.legal())) {
                continue;
            }
            for key in names.iter().flat_map(name_keys) {
                self.unlisted.insert(key, organisation.reason.clone());
            }
        }
        Ok(())
    }

    /// Adds the exchanges of the SEC's `company_tickers_exchange.json`, and returns the number of companies with one.
    ///
    /// # Errors
    /// If the bytes are no JSON of that format.
    pub fn add_exchanges(&mut self, json: &[u8]) -> Result<usize, DirectoryError> {
        let mut added = 0;
        for row in source::read_exchanges(json)? {
            let Some(rank) = self.index.ticker.get(&row.ticker) else {
                continue;
            };
            let company = &mut self.companies[*rank];
            if company.cik == row.cik && company.ticker == row.ticker {
                added += usize::from(company.exchange.is_none());
                company.exchange = Some(row.exchange);
            }
        }
        Ok(added)
    }

    /// Returns the directory without the bundled list of private companies, so that only the rules decide.
    #[must_use]
    pub fn without_private_companies(mut self) -> Self {
        self.unlisted.clear();
        self
    }

    /// Returns the number of companies (one with several tickers counts once).
    #[must_use]
    pub fn len(&self) -> usize {
        self.companies.len()
    }

    /// Returns true if there are no companies; a directory that was built always has one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.companies.is_empty()
    }

    /// Returns the number of unreadable rows in the list of companies.
    #[must_use]
    pub fn skipped_rows(&self) -> usize {
        self.skipped
    }

    pub(super) fn found(&self, rank: Rank, confidence: f64, method: MatchMethod) -> Match {
        let company = &self.companies[rank];
        Match {
            cik: company.cik,
            ticker: company.ticker.clone(),
            title: company.title.clone(),
            exchange: company.exchange.clone(),
            confidence,
            method,
        }
    }

    pub(super) fn candidate(&self, rank: Rank) -> Candidate {
        let company = &self.companies[rank];
        Candidate {
            cik: company.cik,
            ticker: company.ticker.clone(),
            title: company.title.clone(),
            exchange: company.exchange.clone(),
        }
    }

    /// Returns true if several titles contain the word.
    pub(super) fn is_shared_word(&self, word: &str) -> bool {
        self.index.word_uses.get(word).is_some_and(|uses| *uses > 1)
    }

    /// Returns the main ticker of the company.
    pub(super) fn ticker(&self, rank: Rank) -> &str {
        &self.companies[rank].ticker
    }
}

impl Index {
    fn add(&mut self, name: &Name, title: &str, rank: Rank) {
        insert(&mut self.full, name.full(), rank);
        insert(&mut self.legal, name.legal(), rank);
        insert(&mut self.core, name.core(), rank);
        insert(&mut self.joined, name.joined(), rank);
        insert(&mut self.first_word, name.core_words()[0].clone(), rank);
        for word in name.legal_words() {
            *self.word_uses.entry(word.clone()).or_default() += 1;
        }
        if let Some(block) = block(&name.joined()) {
            insert(&mut self.fuzzy, block.to_owned(), rank);
        }
        // Only the SEC's older titles, all in capitals, have the family name in front.
        if !title.chars().any(char::is_lowercase) {
            for key in given_name_first(name.core_words()) {
                insert(&mut self.given_name_first, key, rank);
            }
        }
    }
}

fn insert(map: &mut HashMap<String, Vec<Rank>>, key: String, rank: Rank) {
    map.entry(key).or_default().push(rank);
}

/// Returns the keys of a bundled name: as written, and as one word.
pub(super) fn name_keys(name: &Name) -> [String; 2] {
    [name.legal(), name.legal_joined()]
}

/// Moves the given name to the front: `schwab charles` to `charles schwab`, `price t rowe` to `t rowe price`.
fn given_name_first(words: &[String]) -> Vec<String> {
    let [family, rest @ ..] = words else {
        return Vec::new();
    };
    if !rest.first().is_some_and(|word| words::is_given_name(word)) {
        return Vec::new();
    }
    (1..=rest.len().min(2))
        .map(|given| {
            let mut turned = rest.to_vec();
            turned.insert(given, family.clone());
            turned.join(" ")
        })
        .collect()
}

/// Minimum length of a name for fuzzy matching; shorter ones are within one letter of too many others (`Stripe`,
/// `Strive`).
const SHORTEST: usize = 9;

/// Number of first letters that must match: names are compared within a block of equal first letters.
const BLOCK: usize = 3;

/// Returns the block of a joined name, or `None` if it is too short for fuzzy matching.
pub(super) fn block(joined: &str) -> Option<&str> {
    if joined.chars().count() < SHORTEST {
        return None;
    }
    let end = joined.char_indices().nth(BLOCK).map_or(joined.len(), |(at, _)| at);
    Some(&joined[..end])
}
