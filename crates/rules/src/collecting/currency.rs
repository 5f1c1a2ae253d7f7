//! Currencies and their spellings.

use std::sync::LazyLock;

use regex::Regex;

use super::text::pattern;
use rapport_toolkit::money::Currency;

/// A currency: its ISO 4217 code and its spellings.
struct Spelled {
    code: &'static str,
    /// Spellings in lower case.
    written: &'static [&'static str],
}

const fn currency(code: &'static str, written: &'static [&'static str]) -> Spelled {
    Spelled { code, written }
}

/// The known currencies. A sign or word shared by several countries stands for the most common one.
static CURRENCIES: [Spelled; 46] = [
    currency("USD", &["usd", "$", "us$", "dollar", "dollars", "buck", "bucks", "us dollars", "american dollars"]),
    currency("EUR", &["eur", "€", "euro", "euros", "eure"]),
    currency("GBP", &["gbp", "£", "pound", "pounds", "quid", "sterling", "pounds sterling", "british pounds"]),
    currency("JPY", &["jpy", "¥", "￥", "yen", "japanese yen", "円"]),
    currency("CHF", &["chf", "sfr", "franken", "francs", "swiss francs"]),
    currency("CAD", &["cad", "ca$", "c$", "canadian dollars"]),
    currency("AUD", &["aud", "a$", "au$", "australian dollars"]),
    currency("NZD", &["nzd", "nz$", "new zealand dollars"]),
    currency("HKD", &["hkd", "hk$", "hong kong dollars"]),
    currency("TWD", &["twd", "nt$"]),
    currency("SGD", &["sgd", "s$", "singapore dollars"]),
    currency("SEK", &["sek", "kronor", "swedish kronor", "svenska kronor"]),
    currency("NOK", &["nok", "norwegian kroner", "norwegian crowns", "norske kroner"]),
    currency("DKK", &["dkk", "danish kroner", "danish crowns", "danske kroner"]),
    currency("PLN", &["pln", "zł", "zloty", "polish zloty", "złotych"]),
    currency("CZK", &["czk", "kč", "czech crowns"]),
    currency("HUF", &["huf", "forint", "forints"]),
    currency("RON", &["ron"]),
    currency("INR", &["inr", "₹", "rupees", "rs", "rs.", "indian rupees"]),
    currency("CNY", &["cny", "rmb", "yuan", "chinese yuan", "元"]),
    currency("KRW", &["krw", "₩", "korean won"]),
    currency("RUB", &["rub", "₽", "rubles", "roubles", "russian rubles", "рублей", "руб"]),
    currency("UAH", &["uah", "₴", "hryvnia", "hryvnias"]),
    currency("TRY", &["₺", "lira", "liras", "turkish lira", "turkish liras"]),
    currency("ILS", &["ils", "₪", "shekels", "shekel", "israeli shekels"]),
    currency("THB", &["thb", "฿", "baht", "thai baht"]),
    currency("VND", &["vnd", "₫"]),
    currency("PHP", &["php", "₱"]),
    currency("IDR", &["idr", "rupiah"]),
    currency("MYR", &["myr", "ringgit"]),
    currency("NGN", &["ngn", "₦", "naira"]),
    currency("ZAR", &["zar", "rand", "south african rand"]),
    currency("BRL", &["brl", "r$", "reais", "brazilian reais"]),
    currency("MXN", &["mxn", "mx$", "mexican pesos"]),
    currency("ARS", &["ars", "argentine pesos"]),
    currency("CLP", &["clp", "chilean pesos"]),
    currency("COP", &["colombian pesos"]),
    currency("AED", &["aed", "dirhams"]),
    currency("SAR", &["sar", "riyals"]),
    currency("PKR", &["pkr", "pakistani rupees"]),
    currency("KES", &["kes", "ksh"]),
    currency("KWD", &["kwd", "kuwaiti dinars", "kuwaiti dinar"]),
    currency("BHD", &["bhd", "bahraini dinars", "bahraini dinar"]),
    currency("JOD", &["jod", "jordanian dinars", "jordanian dinar"]),
    currency("TND", &["tnd", "tunisian dinars", "tunisian dinar"]),
    currency("OMR", &["omr", "omani rials", "omani rial"]),
];

/// Signs and words that several currencies share, and the currencies that have them beside the most common one.
const SHARED: [(&[&str], &[&str]); 8] = [
    (
        &["$", "dollar", "dollars", "buck", "bucks"],
        &["CAD", "AUD", "NZD", "HKD", "TWD", "SGD", "MXN", "ARS", "CLP", "COP"],
    ),
    (&["¥", "￥"], &["CNY"]),
    (&["rs", "rs.", "rupees"], &["PKR"]),
    (&["kr", "kr.", "kroner", "krone"], &["SEK", "NOK", "DKK"]),
    (&["crowns"], &["SEK", "NOK", "DKK", "CZK"]),
    (&["dinar", "dinars"], &["KWD", "BHD", "JOD", "TND"]),
    (&["rial", "rials"], &["OMR"]),
    (&["peso", "pesos"], &["MXN", "ARS", "CLP", "COP", "PHP"]),
];

/// Words for currencies of several countries, none of which is the default, and of things that are not money.
const UNCLEAR: &str = r"pesos?|kr\.?|kroner|krone|crowns?|dinars?|rials?|manat|tenge|lari|drams?|kip|kwacha|birr|cedis?|shillings?|taka|bitcoins?|btc|eth|ether|sats|satoshis?|doge|points?|credits?|tokens?|coins?|cents?|pence";

/// Returns the currency code for a spelling.
pub(super) fn code_of(written: &str) -> Option<&'static str> {
    let written = written.to_lowercase();
    CURRENCIES.iter().find(|currency| currency.written.contains(&written.as_str())).map(|currency| currency.code)
}

/// Returns the code `known` if the sign or word may stand for that currency.
pub(super) fn shared(written: &str, known: &str) -> Option<&'static str> {
    let written = written.to_lowercase();
    let codes =
        SHARED.iter().filter(|(spellings, _)| spellings.contains(&written.as_str())).flat_map(|(_, codes)| *codes);
    codes.copied().find(|code| *code == known)
}

/// Returns true if two signs or words name different currencies. One that several currencies share agrees with each of them.
pub(super) fn disagree(one: &str, other: &str) -> bool {
    let (Some(code), Some(other_code)) = (code_of(one), code_of(other)) else { return false };
    code != other_code && shared(one, other_code).is_none() && shared(other, code).is_none()
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
    Currency::parse(code).map_or(2, Currency::digits)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_currency_is_one_of_iso_4217() {
        for code in codes() {
            assert!(Currency::parse(code).is_ok(), "{code}");
        }
        assert_eq!(["USD", "JPY", "KRW", "VND", "CLP", "KWD"].map(minor_digits), [2, 0, 0, 0, 0, 3]);
        assert!(SHARED.iter().flat_map(|(_, codes)| *codes).all(|code| is_known(code)));
    }
}
