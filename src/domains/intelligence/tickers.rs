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
