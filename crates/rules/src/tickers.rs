//! Mapping of company names on web pages to listed companies: CIK, ticker and exchange.
//!
//! The reference is the SEC's own list, `company_tickers.json`; an ambiguous name is never guessed. The rules are tried
//! in order, and the first that finds a single company decides:
//!
//! 1. **Exact**: the title itself, ignoring case.
//! 2. **Normalized**: without accents, punctuation, legal form, state markers and share class; then also without
//!    `Group`, `Holdings`, `Companies`, regardless of word boundaries (`Exxon Mobil`), and with the given name first
//!    where an old title has it last (`SCHWAB CHARLES CORP`).
//! 3. **Former names, brands and short names** from the bundled `aliases.json`. A brand, a division or a wholly owned
//!    subsidiary (`YouTube`, `LinkedIn`, `Microsoft Azure`) is mapped to its parent, which files the reports; one whose
//!    parent is not in the list is not mapped.
//! 4. **Short**: the title without generic words (`Cisco` for `Cisco Systems`), or initials that are also the ticker
//!    (`IBM`). Only if a single company matches.
//! 5. **Fuzzy**: a misspelling, see [`FUZZY_THRESHOLD`].
//!
//! Text around the name is used: `Alphabet (Google)`, `Meta (formerly Facebook)`, `Salesforce (NYSE: CRM)`. A ticker of
//! another company than the name yields [`Listing::Unknown`]. Capitals alone (`MSFT`) are a ticker only if the text
//! says so.
//!
//! A name without a legal form is ambiguous if a larger company's title extends it (`Vertex`, `Delta`); a single word
//! also if the company is small and others share the word. A name with a legal form is taken as complete, and
//! incompatible forms mean different companies (`Merck KGaA` is not `Merck & Co., Inc.`). A further word, as in `Apple
//! Bank`, means another company.
//!
//! **Several share classes**: the company's ticker is the first one in the SEC's file, which lists companies by size,
//! each with its main class, and further classes at the end. The result is the same for every class that a page names,
//! so that a company never has two tickers.
//!
//! The bundled `private_companies.json` explains why well-known organizations are not listed. It only takes precedence
//! over the looser rules: a company in the SEC's file is listed.

mod directory;
mod doubt;
mod fuzzy;
mod listing;
mod matcher;
mod normalize;
mod page;
mod source;
#[cfg(test)]
mod tests;
mod tiers;
mod words;

pub use directory::Directory;
pub use fuzzy::FUZZY_THRESHOLD;
pub use listing::{Candidate, Listing, Match, MatchMethod, NotListedReason};
pub use normalize::name_key;
pub use source::DirectoryError;
