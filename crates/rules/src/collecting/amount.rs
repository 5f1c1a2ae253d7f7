//! Amounts of money in conversation: number, currency, period. Their meaning is determined by
//! [`income`](super::income).

use std::{collections::HashSet, ops::Range, sync::LazyLock};

use regex::{Captures, Regex};

use super::{
    currency, name, number,
    text::pattern,
    value::{Money, Period},
};

/// An amount with its position, currency and period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Amount {
    pub(super) span: Range<usize>,
    /// The number in thousandths; the lower end of a range.
    thousandths: i128,
    /// The number in a currency with three decimals, if that differs: `900.125`.
    in_mils: Option<i128>,
    /// True if it has a unit (`k`, `thousand`).
    pub(super) has_unit: bool,
    /// The currency code, if stated.
    pub(super) currency: Option<&'static str>,
    /// The sign or word of the currency, if stated.
    sign: Option<String>,
    /// The period, if stated after the number.
    pub(super) period: Option<Period>,
    /// True if the number is written in words.
    is_words: bool,
    /// True if it is in an unknown unit, or in two currencies: `$85,000 or 90,000 EUR`.
    is_foreign: bool,
    /// True if it may be a calendar year or a pension plan instead of an amount.
    is_doubtful: bool,
}

static AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
    let digits = r"\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d{1,2})?|\d{1,3}(?:[,.' ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?";
    let words = number::words_pattern();
    let currency = currency::alternatives();
    let unit =
        r"(?:thousand|grand|hundred|million|mill|mil|mio|mm|lakhs?|lacs?|lpa|crores?|cr|tausend|tsd|k|m)(?:ish)?\b";
    pattern(&format!(
        r"(?ix)
        (?P<before> (?:{before}) \s* )?
        (?: (?P<digits> {digits} ) (?: [\s-]? (?P<unit> {unit} ) )?
          (?: \s* (?: - | – | — | \bto\b | \band\b | \bor\b ) \s* (?P<high_before> (?:{before}) )? \s* (?P<high> {digits} ) (?: [\s-]? (?P<high_unit> {unit} ) )? )?
          | (?P<words> {words} ) )
        (?: \+ | -?ish\b )?
        (?: [\s-]* (?P<after> {before} ) )?
        (?P<period> \s* (?: \( | , )? \s* {period} )?
        ",
        before = currency.replace(' ', r"\s"),
        words = words.replace(' ', r"\s"),
        digits = digits.replace("' ", r"'\x20"),
        period = PERIOD,
    ))
});

/// Pattern of a period after an amount.
const PERIOD: &str = r"(?:(?:gross|net|before\staxe?s?|after\staxe?s?|pre-?tax|brutto|netto|brut|bruts|nets?|brutos?|netos?|lordi|netti)\s+)?(?:
    (?P<fortnight>(?:every\stwo\sweeks|every\sother\sweek|bi-?weekly|a\sfortnight|per\sfortnight|fortnightly))
    | (?P<year>(?:an?|per|each|every|/|by\sthe)\s?(?:year|yr|annum)\b|/\s?y\b|(?:im|pro|je|/)\s?jahr\b|jährlich|/\s?(?:año|an|ano|anno)\b|(?:om|i|per|pr\.?)\s(?:året|år)\b|(?:al|por)\saño\b|anual(?:es)?|par\san\b|annuels?|(?:por|ao)\sano\b|anuais|(?:all'|l')anno\b|annui|yearly|annually|annual|p\.\s?a\.?|\bpa\b|per\sannum)
    | (?P<month>(?:an?|per|each|every|/|by\sthe)\s?(?:calendar\s)?(?:month|mo|mth)\b|monthly|p\.?c\.?m\b\.?|p/m\b|(?:im|pro|je|/)\s?monat\b|monatlich|/\s?(?:mes|mês|mese)\b|(?:om|i|per|pr\.?)\s(?:måneden|måned|månaden|månad)\b|(?:al|por)\smes\b|mensual(?:es)?|(?:par|/)\smois\b|mensuels?|(?:por|ao)\smês\b|mensais|al\smese\b|mensili)
    | (?P<week>(?:an?|per|each|every|/|by\sthe)\s?(?:week|wk|woche)\b|(?:pro|in\sder)\swoche\b|weekly)
    | (?P<day>(?:an?|per|each|every|/|by\sthe)\s?(?:day|tag)\b|(?:pro|am)\stag\b|daily)
    | (?P<hour>(?:an?|per|each|every|/|by\sthe)\s?(?:hour|hr)\b|/\s?(?:h|std|stunde)\b|pro\sstunde\b|hourly)
    )";

impl Amount {
    fn read(found: &Captures<'_>, text: &str) -> Option<Self> {
        let whole = found.get(0)?;
        let is_none = is_of_something_else(text, whole.end()) || is_negative(&text[..whole.start()], whole.as_str());
        if is_inside_a_word(text, &whole.range()) || is_none {
            return None;
        }
        let text_of = |name: &str| found.name(name).map(|part| part.as_str().trim());
        // What stands behind says more: `$85,000 CAD`.
        let sign = text_of("after").or(text_of("before")).or(text_of("high_before"));
        let code = sign.and_then(|sign| currency::code_of(sign).or(currency::crowns(sign, text)));
        let has_mils = code.is_some_and(|code| currency::minor_digits(code) == 3);
        let (thousandths, has_unit, is_words) = match text_of("words") {
            Some(words) => {
                let number = number::of_words(words)?;
                (number, number >= 1_000_000, true)
            }
            None => {
                let unit = text_of("unit").or(text_of("high_unit"));
                let number = number::of_digits(text_of("digits")?, unit.is_some() || has_mils)?;
                let times = unit.map(|unit| unit.trim_end_matches("ish")).and_then(number::multiplier).unwrap_or(1);
                (lower(number, times, text_of("high"), text_of("unit").is_some()), unit.is_some(), false)
            }
        };
        let digits = text_of("digits").unwrap_or_default();
        let is_bare = sign.is_none() && !has_unit && text_of("high").is_none();
        let in_mils = number::of_digits(digits, true).filter(|mils| is_bare && *mils != thousandths);
        let is_year = !has_unit && digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"));
        let is_pension = matches!(digits, "401" | "403") && has_unit;
        let is_indian = ["unit", "high_unit"].into_iter().filter_map(text_of).any(number::is_indian)
            || number::is_grouped_in_lakhs(digits)
            || text_of("words").is_some_and(|words| words.split([' ', '-']).any(number::is_indian));
        let currency = code.or((sign.is_none() && is_indian).then_some("INR"));
        let is_foreign = is_in_two(&["before", "high_before", "after"].map(text_of))
            || is_of_an_unknown_word(text, &whole.range(), currency.is_some());
        let start = whole.start() + whole.as_str().len() - whole.as_str().trim_start().len();
        Some(Self {
            span: start..whole.end(),
            thousandths,
            in_mils,
            has_unit,
            currency,
            sign: sign.map(str::to_owned),
            period: period_of(found),
            is_words,
            is_foreign,
            is_doubtful: is_pension || (is_year && currency.is_none()),
        })
    }

    /// Returns true if its currency is unknown, or one of two.
    pub(super) fn is_foreign(&self) -> bool {
        self.is_foreign || (self.sign.is_some() && self.currency.is_none())
    }

    /// Returns the amount as said by somebody who has named an amount in the currency `known`: a sign or word that several
    /// currencies share stands for that one, and a point before three digits is that of a currency with three decimals.
    pub(super) fn in_terms_of(&self, known: &str) -> Self {
        let shared = self.sign.as_deref().and_then(|sign| currency::shared(sign, known));
        let in_mils = self.in_mils.filter(|_| self.currency.is_none() && currency::minor_digits(known) == 3);
        Self { currency: shared.or(self.currency), thousandths: in_mils.unwrap_or(self.thousandths), ..self.clone() }
    }

    /// Converts the amount to money; `None` if it is not one, or its currency is unknown.
    pub(super) fn money(&self, currency: &str, period: Option<Period>) -> Option<Money> {
        if self.is_foreign() {
            return None;
        }
        let currency = self.currency.unwrap_or(currency);
        let minor = self.thousandths.checked_mul(10_i128.pow(currency::minor_digits(currency)))? / 1_000;
        let minor = i64::try_from(minor).ok().filter(|minor| *minor > 0)?;
        Money::new(minor, currency, self.period.or(period).unwrap_or(Period::Year))
    }

    /// Returns the amount as an answer to the question for it: a bare number from 20 to 999 means thousands per year,
    /// as usual for incomes, and a smaller one is ignored.
    pub(super) fn as_answer(&self) -> Option<Self> {
        let is_bare = !self.has_unit && self.currency.is_none() && self.period.is_none();
        match self.thousandths {
            _ if self.is_doubtful && self.period.is_none() => None,
            ..20_000 if is_bare => None,
            20_000..1_000_000 if is_bare => Some(Self { thousandths: self.thousandths * 1_000, ..self.clone() }),
            _ => Some(self.clone()),
        }
    }

    /// Returns true if it is certainly an amount of money: by a unit, a currency, or thousands.
    pub(super) fn is_money(&self) -> bool {
        let is_large = self.thousandths >= 1_000_000 && !self.is_words;
        !self.is_doubtful && (self.has_unit || self.currency.is_some() || (is_large && self.period.is_some()))
    }

    /// Returns true if it is clear without context: at least a thousand, with a currency.
    pub(super) fn stands_alone(&self) -> bool {
        !self.is_doubtful && self.currency.is_some() && (self.has_unit || self.thousandths >= 1_000_000)
    }

    /// Returns true if it has at least four digits, or is money.
    pub(super) fn is_sizeable(&self) -> bool {
        self.is_money() || (!self.is_doubtful && self.thousandths >= 1_000_000)
    }
}

/// Returns true if two of the signs and words name different currencies, or one in a range has no code.
fn is_in_two(signs: &[Option<&str>; 3]) -> bool {
    let [_, high, _] = signs;
    let given: Vec<&str> = signs.iter().flatten().copied().collect();
    let differ = |(at, one): (usize, &&str)| given[at + 1..].iter().any(|other| currency::disagree(one, other));
    let is_other =
        |high: &str| currency::code_of(high).is_none() && given.iter().any(|sign| !sign.eq_ignore_ascii_case(high));
    given.iter().enumerate().any(differ) || high.is_some_and(is_other)
}

/// Returns the lower end of a range in thousandths. The unit of the upper end applies to both (`80 to 90k`), unless the
/// lower end would exceed it then.
fn lower(number: i128, times: i128, high: Option<&str>, own_unit: bool) -> i128 {
    let shared = number * times;
    let high = high.and_then(|high| number::of_digits(high, true)).map(|high| high * times);
    match high {
        Some(high) if !own_unit && shared > high && number <= high => number,
        _ => shared,
    }
}

fn period_of(found: &Captures<'_>) -> Option<Period> {
    let periods = [
        ("fortnight", Period::Fortnight),
        ("year", Period::Year),
        ("month", Period::Month),
        ("week", Period::Week),
        ("day", Period::Day),
        ("hour", Period::Hour),
    ];
    periods.into_iter().find(|(name, _)| found.name(name).is_some()).map(|(_, period)| period)
}

/// Returns true if the match is part of a longer word or number.
fn is_inside_a_word(text: &str, span: &Range<usize>) -> bool {
    let before = text[..span.start].chars().next_back();
    let after = text[span.end..].chars().next();
    let is_part = |char: Option<char>| char.is_some_and(|char| char.is_alphanumeric() || char == '_');
    let inner = &text[span.clone()];
    (is_part(before) && inner.starts_with(char::is_alphanumeric))
        || (is_part(after) && inner.ends_with(char::is_alphanumeric))
}

static NEGATIVE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:\b(?:minus|negative|moins|menos|meno)\s+(?:about\s+|around\s+)?|(?:^|[\s:(])[-−]\s?\p{Sc}?|(?:^|[\s:(])\p{Sc}[-−])$",
    )
});

/// Returns true if the amount is negative, hence no income. A dash between words, followed by a space, is no sign.
fn is_negative(before: &str, amount: &str) -> bool {
    let is_far = before.ends_with(['-', '−']) && amount.starts_with(' ');
    let is_dash = before.ends_with("- ") || before.ends_with("− ");
    let parts = is_far || (is_dash && before.trim_end_matches(['-', '−', ' ']).len() > 1);
    !parts && NEGATIVE.is_match(before)
}

static ELSE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s*(?:%|percent|per cent|points?|bps|basis|x\b|st\b|nd\b|rd\b|th\b|a\.?m\b|p\.?m\b|:\d|years?|yrs?|months?|weeks?|days?|hours?|hrs?|minutes?|times|people|employees|followers|shares|km|miles|kids|runs?\b)",
    )
});

/// Returns true if the text after a number shows that it is not money.
fn is_of_something_else(text: &str, end: usize) -> bool {
    ELSE.is_match(&text[end..])
}

/// Pattern of a word next to a number in the form of a currency: three capital letters, a plural, `Jamaican dollars`,
/// or the last word.
static UNKNOWN_CODE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[ \xa0]?(?P<word>\p{Lu}{3})\b"));
static UNKNOWN_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[ \xa0]?(?P<word>\p{Ll}{2,}(?:os|oes|ies|[^\WaisuS]s)\b|\p{L}{4,} (?:dollars?|pounds?|francs?|lir[ae]s?|rupees?|kron[oe]r|rubles?|riyals?|dirhams?|shekels?|won|rand|reais)\b)",
    )
});
static UNKNOWN_LAST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^[ \xa0](?P<word>\p{Ll}{4,})\s*(?:$|[.!?;]|(?:an?|per|each|every)\s(?:year|month|week|day|hour)\b)")
});
static UNKNOWN_BEFORE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|[\s(])(?P<word>\p{Lu}{3})[ \xa0]?$"));

/// Words that occur next to an amount and are no currency.
static BESIDE: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "taxes always sometimes does times means comes goes makes pays gets works feels sounds seems thanks others perks benefits
     tips commissions options stocks shares before these those lots yes ctc ote lpa pcm net and but per for now tax not its was
     the all max min get btw usa pre gross pretax combined altogether tops maximum minimum ish plus odd flat bonus brutto netto
     salary income wage earnings base each apiece nowadays thereabouts freelance remote onsite parttime fulltime"
        .split_whitespace()
        .collect()
});

/// Returns true if the number at `span` is of an unknown unit. If its currency is stated, only a code after it
/// contradicts that: `85,000 francs CFA`.
fn is_of_an_unknown_word(text: &str, span: &Range<usize>, has_currency: bool) -> bool {
    let is_shouted = !text.chars().any(char::is_lowercase);
    let (before, after) = (&text[..span.start], &text[span.end..]);
    let word = |found: Option<Captures<'_>>| found.and_then(|found| Some(found.name("word")?.as_str().to_owned()));
    let is_code = |word: String| !is_shouted && !BESIDE.contains(word.to_lowercase().as_str());
    let is_plural = |word: String| !BESIDE.contains(word.as_str());
    let is_last = |word: String| {
        !BESIDE.contains(word.as_str()) && !name::is_ordinary(&word) && !word.ends_with("ing") && !word.ends_with("ly")
    };
    word(UNKNOWN_CODE.captures(after)).is_some_and(is_code)
        || (!has_currency
            && (word(UNKNOWN_BEFORE.captures(before)).is_some_and(is_code)
                || word(UNKNOWN_AFTER.captures(after)).is_some_and(is_plural)
                || word(UNKNOWN_LAST.captures(after)).is_some_and(is_last)))
}

static OR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^\s*,?\s*(?:/|or|oder|ou|o)\s*(?:about|around|roughly|maybe|perhaps|some|ca\.?)?\s*$")
});

/// Returns the amounts in a text, in order. Alternatives in two currencies are in neither: `85k USD or 80k EUR`.
pub(super) fn find(text: &str) -> Vec<Amount> {
    let mut amounts: Vec<_> = AMOUNT.captures_iter(text).filter_map(|found| Amount::read(&found, text)).collect();
    for second in 1..amounts.len() {
        let (one, other) = (&amounts[second - 1], &amounts[second]);
        let differ =
            one.sign.as_deref().zip(other.sign.as_deref()).is_some_and(|(one, other)| currency::disagree(one, other));
        if differ && OR.is_match(&text[one.span.end..other.span.start]) {
            amounts[second - 1].is_foreign = true;
            amounts[second].is_foreign = true;
        }
    }
    amounts
}

/// Returns the amounts in a part of a text, with positions in the whole text.
pub(super) fn find_in(text: &str, part: Range<usize>) -> Vec<Amount> {
    let mut amounts = find(&text[part.clone()]);
    for amount in &mut amounts {
        amount.span = part.start + amount.span.start..part.start + amount.span.end;
    }
    amounts
}

static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:(annual|annually|yearly|year)|(monthly|month)|(weekly|week)|(daily|day)|(hourly|hour))\b")
});

/// Returns the period stated before an amount: `my monthly salary is`.
pub(super) fn period_before(text: &str) -> Option<Period> {
    let found = BEFORE.captures_iter(text).last()?;
    let periods = [Period::Year, Period::Month, Period::Week, Period::Day, Period::Hour];
    periods.into_iter().enumerate().find(|(at, _)| found.get(at + 1).is_some()).map(|(_, period)| period)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        find(text).iter().filter_map(|amount| amount.money("USD", None)).map(|money| money.to_string()).collect()
    }

    #[test]
    fn amounts_have_a_number_a_currency_and_a_time() {
        for (text, expected) in [
            ("£85,000", "85000 GBP a year"),
            ("9.5k a month", "9500 USD a month"),
            ("4.500,50 € per month", "4500.50 EUR a month"),
            ("CHF 140'000 p.a.", "140000 CHF a year"),
            ("$45/hr", "45 USD an hour"),
            ("85 000 EUR", "85000 EUR a year"),
            ("8,000,000 yen", "8000000 JPY a year"),
            ("a hundred and twenty thousand dollars a year", "120000 USD a year"),
            ("between 80 and 90k", "80000 USD a year"),
            ("$80,000 to $90,000", "80000 USD a year"),
            ("1.2 mil", "1200000 USD a year"),
            ("3k euros monthly", "3000 EUR a month"),
            ("2k biweekly", "2000 USD a fortnight"),
            ("₹12,50,000", "1250000 INR a year"),
            ("18 LPA", "1800000 INR a year"),
            ("1.5 crore", "15000000 INR a year"),
            ("65.000 €", "65000 EUR a year"),
            ("£2,100 pcm", "2100 GBP a month"),
            ("1,500.125 KWD a month", "1500.125 KWD a month"),
            ("900.125 KWD a month", "900.125 KWD a month"),
            ("$80,000 or $90,000 CAD", "80000 CAD a year"),
        ] {
            assert_eq!(read(text), [expected], "{text}");
        }
    }

    #[test]
    fn an_amount_in_two_currencies_is_in_neither() {
        for text in
            ["$85,000 or 90,000 EUR", "$80,000 - €90,000", "85k USD or about 80k EUR", "$85k/€78k", "$85,000 EUR"]
        {
            assert!(read(text).is_empty() && find(text).iter().all(Amount::is_foreign), "{text}");
        }
    }

    #[test]
    fn a_shared_sign_stands_for_the_known_currency() {
        let in_terms = |text: &str, known: &str| {
            find(text)[0].in_terms_of(known).money(known, None).map(|money| money.to_string())
        };
        for (text, known, expected) in [
            ("90,000 dollars", "CAD", Some("90000 CAD a year")),
            ("90,000 dollars", "EUR", Some("90000 USD a year")),
            ("9000 dinars", "KWD", Some("9000 KWD a year")),
            ("9000 dinars", "EUR", None),
            ("900.125", "KWD", Some("900.125 KWD a year")),
            ("900.125", "JPY", Some("900125 JPY a year")),
            ("9000", "JPY", Some("9000 JPY a year")),
        ] {
            assert_eq!(in_terms(text, known).as_deref(), expected, "{text} {known}");
        }
    }

    #[test]
    fn other_numbers_are_no_amounts() {
        for text in ["3am", "5%", "35 years", "v2", "1st", "10 employees"] {
            assert!(read(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_year_is_counted_with_all_its_hours() {
        assert_eq!(find("$45 an hour")[0].money("USD", None).unwrap().minor_per_year, 4_500 * 2_080);
        assert_eq!(find("1000 CHF weekly")[0].money("USD", None).unwrap().minor_per_year, 5_200_000);
    }
}
