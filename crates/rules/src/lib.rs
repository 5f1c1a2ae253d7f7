//! Pure rules of the domains: reading of SEC filings, ticker matching, reading of chat messages, personas, and
//! customer success.
//!
//! Independent of database, network and callers; only personas may be loaded from a folder. Enums define their names in the
//! API and in the database.

pub mod collecting;
pub mod file_types;
pub mod filings;
pub mod personas;
pub mod small_talk;
pub mod success;
pub mod tickers;
