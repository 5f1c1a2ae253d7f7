//! Currencies and their spellings.

use std::sync::LazyLock;

use regex::Regex;

use super::text::pattern;

/// A currency: its ISO 4217 code, the decimals of its minor unit, and its spellings.
struct Currency {
    code: &'static str,
    digits: u32,
    /// Spellings in lower case.
    written: &'static [&'static str],
}

const fn currency(code: &'static str, digits: u32, written: &'static [&'static str]) -> Currency {
    Currency { code, digits, written }
}

/// The known currencies. A sign or word shared by several countries stands for the most common one.
static CURRENCIES: [Currency; 41] = [
    currency("USD", 2, &["usd", "$", "us$", "dollar", "dollars", "buck", "bucks", "us dollars", "american dollars"]),
    currency("EUR", 2, &["eur", "€", "euro", "euros", "eure"]),
    currency("GBP", 2, &["gbp", "£", "pound", "pounds", "quid", "sterling", "pounds sterling", "british pounds"]),
    currency("JPY", 0, &["jpy", "¥", "￥", "yen", "japanese yen", "円"]),
    currency("CHF", 2, &["chf", "sfr", "franken", "francs", "swiss francs"]),
    currency("CAD", 2, &["cad", "ca$", "c$", "canadian dollars"]),
    currency("AUD", 2, &["aud", "a$", "au$", "australian dollars"]),
    currency("NZD", 2, &["nzd", "nz$", "new zealand dollars"]),
    currency("HKD", 2, &["hkd", "hk$", "hong kong dollars"]),
    currency("TWD", 2, &["twd", "nt$"]),
    currency("SGD", 2, &["sgd", "s$", "singapore dollars"]),
    currency("SEK", 2, &["sek", "kronor", "swedish kronor", "svenska kronor"]),
    currency("NOK", 2, &["nok", "norwegian kroner", "norwegian crowns", "norske kroner"]),
    currency("DKK", 2, &["dkk", "danish kroner", "danish crowns", "danske kroner"]),
    currency("PLN", 2, &["pln", "zł", "zloty", "polish zloty", "złotych"]),
    currency("CZK", 2, &["czk", "kč", "czech crowns"]),
    currency("HUF", 2, &["huf", "forint", "forints"]),
    currency("RON", 2, &["ron"]),
    currency("INR", 2, &["inr", "₹", "rupees", "rs", "rs.", "indian rupees"]),
    currency("CNY", 2, &["cny", "rmb", "yuan", "chinese yuan", "元"]),
    currency("KRW", 0, &["krw", "₩", "korean won"]),
    currency("RUB", 2, &["rub", "₽", "rubles", "roubles", "russian rubles", "рублей", "руб"]),
    currency("UAH", 2, &["uah", "₴", "hryvnia", "hryvnias"]),
    currency("TRY", 2, &["₺", "lira", "liras", "turkish lira", "turkish liras"]),
    currency("ILS", 2, &["ils", "₪", "shekels", "shekel", "israeli shekels"]),
    currency("THB", 2, &["thb", "฿", "baht", "thai baht"]),
    currency("VND", 0, &["vnd", "₫"]),
    currency("PHP", 2, &["php", "₱"]),
    currency("IDR", 2, &["idr", "rupiah"]),
    currency("MYR", 2, &["myr", "ringgit"]),
    currency("NGN", 2, &["ngn", "₦", "naira"]),
    currency("ZAR", 2, &["zar", "rand", "south african rand"]),
    currency("BRL", 2, &["brl", "r$", "reais", "brazilian reais"]),
    currency("MXN", 2, &["mxn", "mx$", "mexican pesos"]),
    currency("ARS", 2, &["ars", "argentine pesos"]),
    currency("CLP", 0, &["clp", "chilean pesos"]),
    currency("COP", 2, &["colombian pesos"]),
    currency("AED", 2, &["aed", "dirhams"]),
    currency("SAR", 2, &["sar", "riyals"]),
    currency("PKR", 2, &["pkr", "pakistani rupees"]),
    currency("KES", 2, &["kes", "ksh"]),
];

/// Words for currencies of several countries, none of which is the default, and of things that are not money.
const UNCLEAR: &str = r"pesos?|kr\.?|kroner|krone|crowns?|dinars?|rials?|manat|tenge|lari|drams?|kip|kwacha|birr|cedis?|shillings?|taka|bitcoins?|btc|eth|ether|sats|satoshis?|doge|points?|credits?|tokens?|coins?|cents?|pence";

/// Returns the currency code for a spelling.
pub(super) fn code_of(written: &str) -> Option<&'static str> {
    let written = written.to_lowercase();
    CURRENCIES.iter().find(|currency| currency.written.contains(&written.as_str())).map(|currency| currency.code)
}

/// Countries with crowns, recognized by their name or a word of their language.
const CROWNS: [(&str, &str); 3] = [
    ("SEK", r"(?i)\b(?:månad(?:en)?|jag|lön|tjänar|sverige|sweden|swedish|svenska)\b"),
    ("NOK", r"(?i)\b(?:lønn|norge|norway|norwegian|norske?|årslønn)\b"),
    ("DKK", r"(?i)\b(?:løn|årsløn|danmark|denmark|danish|danske?|om måneden)\b"),
];

static OF_CROWNS: LazyLock<[(&str, Regex); 3]> = LazyLock::new(|| CROWNS.map(|(code, cues)| (code, pattern(cues))));

/// Returns the code of an ambiguous currency (`kr`), decided by the surrounding text.
pub(super) fn crowns(written: &str, text: &str) -> Option<&'static str> {
    let is_crowns = matches!(written.to_lowercase().trim_end_matches('.'), "kr" | "kroner" | "krone" | "crowns");
    let mut of = OF_CROWNS.iter().filter(|(_, cues)| is_crowns && cues.is_match(text));
    let first = of.next()?;
    of.next().is_none().then_some(first.0)
}

/// Returns true if the currency code is known.
pub fn is_known(code: &str) -> bool {
    CURRENCIES.iter().any(|currency| currency.code == code)
}

/// Returns the codes of all known currencies.
pub(super) fn codes() -> impl Iterator<Item = &'static str> {
    CURRENCIES.iter().map(|currency| currency.code)
}

/// Returns the number of decimals of a currency; 2 if unknown.
pub(super) fn minor_digits(code: &str) -> u32 {
    CURRENCIES.iter().find(|currency| currency.code == code).map_or(2, |currency| currency.digits)
}

/// Returns a pattern for all spellings of currencies, longest first, so that `us$` is not read as `$`.
pub(super) fn alternatives() -> String {
    let mut written: Vec<&str> = CURRENCIES.iter().flat_map(|currency| currency.written).copied().collect();
    written.sort_by_key(|written| std::cmp::Reverse(written.len()));
    let with_bounds = |written: &&str| {
        let escaped = regex::escape(written);
        let is_word = |char: Option<char>| char.is_some_and(|char| char.is_alphanumeric() && char < '\u{2e80}');
        format!("{escaped}{}", if is_word(written.chars().last()) { r"\b" } else { "" })
    };
    // What is not known is a currency too, of which nothing can be said.
    let unclear = [format!(r"(?:{UNCLEAR})(?:\b|$)"), r"[\p{L}]{0,3}\p{Sc}".to_owned()];
    written.iter().map(with_bounds).chain(unclear).collect::<Vec<_>>().join("|")
}
