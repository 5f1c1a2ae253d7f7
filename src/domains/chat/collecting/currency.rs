//! Currencies as people write them.

/// A currency: its ISO 4217 code, the digits of its smallest unit, and how it is written.
struct Currency {
    code: &'static str,
    digits: u32,
    /// In small letters.
    written: &'static [&'static str],
}

const fn currency(code: &'static str, digits: u32, written: &'static [&'static str]) -> Currency {
    Currency { code, digits, written }
}

/// The currencies that are known. A sign or word that several countries use stands for the one that uses it most.
static CURRENCIES: [Currency; 14] = [
    currency("USD", 2, &["usd", "$", "us$", "dollar", "dollars", "buck", "bucks", "us dollars"]),
    currency("EUR", 2, &["eur", "€", "euro", "euros"]),
    currency("GBP", 2, &["gbp", "£", "pound", "pounds", "quid", "sterling", "pounds sterling"]),
    currency("JPY", 0, &["jpy", "¥", "￥", "yen"]),
    currency("CHF", 2, &["chf", "sfr", "franken", "francs", "swiss francs"]),
    currency("CAD", 2, &["cad", "ca$", "c$", "canadian dollars"]),
    currency("AUD", 2, &["aud", "a$", "au$", "australian dollars"]),
    currency("SEK", 2, &["sek"]),
    currency("NOK", 2, &["nok"]),
    currency("DKK", 2, &["dkk"]),
    currency("PLN", 2, &["pln", "zł", "zloty"]),
    currency("INR", 2, &["inr", "₹", "rupees"]),
    currency("CNY", 2, &["cny", "rmb", "yuan"]),
    currency("SGD", 2, &["sgd", "s$"]),
];

/// The code of the currency that is written so.
pub(super) fn code_of(written: &str) -> Option<&'static str> {
    let written = written.to_lowercase();
    CURRENCIES.iter().find(|currency| currency.written.contains(&written.as_str())).map(|currency| currency.code)
}

/// Whether a code is one of a currency that is known.
pub fn is_known(code: &str) -> bool {
    CURRENCIES.iter().any(|currency| currency.code == code)
}

/// The codes of all currencies that are known.
pub(super) fn codes() -> impl Iterator<Item = &'static str> {
    CURRENCIES.iter().map(|currency| currency.code)
}

/// How many digits of a currency stand behind the point; 2 for one that is not known.
pub(super) fn minor_digits(code: &str) -> u32 {
    CURRENCIES.iter().find(|currency| currency.code == code).map_or(2, |currency| currency.digits)
}

/// A pattern for all that is written for a currency, longest first, so that `us$` is not read as `$`.
pub(super) fn alternatives() -> String {
    let mut written: Vec<&str> = CURRENCIES.iter().flat_map(|currency| currency.written).copied().collect();
    written.sort_by_key(|written| std::cmp::Reverse(written.len()));
    let with_bounds = |written: &&str| {
        let escaped = regex::escape(written);
        let word = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
        format!("{escaped}{}", if word(written.chars().last()) { r"\b" } else { "" })
    };
    written.iter().map(with_bounds).collect::<Vec<_>>().join("|")
}
