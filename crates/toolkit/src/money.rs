//! Amounts of money: whole minor units of a currency of ISO 4217, so that no digit is lost and nothing is rounded.
//!
//! Amounts of different currencies are never added or compared.

mod amount;
mod currency;

pub use amount::{Money, MoneyError};
pub use currency::{Currency, UnknownCurrency};
