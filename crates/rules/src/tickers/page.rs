//! Parsing of text around a company name on a web page: other names in brackets, `formerly …`, exchange and ticker.

#[cfg(test)]
mod tests;

use super::words;

/// The parsed text of a page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PageName {
    /// The name itself.
    pub(super) main: String,
    /// Other names in the text.
    pub(super) others: Vec<OtherName>,
    pub(super) tickers: Vec<TickerHint>,
    /// The original text with brackets, which may be part of the name, as in `Banco Santander (Brasil) S.A.`
    pub(super) with_brackets: Option<String>,
}

/// Another name, with its relation to the main one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OtherName {
    pub(super) text: String,
    pub(super) relation: Relation,
    /// True if the main name continues after it.
    pub(super) is_inside: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// `formerly Facebook`
    Former,
    /// `now Block, Inc.`, `aka …`
    Same,
    /// A name or any other word in brackets: `Google`, `Brasil`.
    Beside,
    /// `owned by Microsoft`
    Parent,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct TickerHint {
    /// In the SEC's spelling: capitals, with a hyphen before the share class.
    pub(super) symbol: String,
    pub(super) source: HintSource,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HintSource {
    /// `NYSE: CRM`, `Ticker: CRM`, `$CRM`: must agree with the name.
    Stated,
    /// `LON: AZN`: a symbol of a foreign exchange, unlike the SEC's tickers.
    Foreign,
    /// `(CRM)`: a ticker, or an abbreviation that looks like one.
    Bare,
}

const RELATIONS: &[(&str, Relation)] = &[
    ("formerly known as ", Relation::Former),
    ("previously known as ", Relation::Former),
    ("formerly ", Relation::Former),
    ("previously ", Relation::Former),
    ("former ", Relation::Former),
    ("f/k/a ", Relation::Former),
    ("fka ", Relation::Former),
    ("now known as ", Relation::Same),
    ("now part of ", Relation::Parent),
    ("now ", Relation::Same),
    ("also known as ", Relation::Same),
    ("a/k/a ", Relation::Same),
    ("aka ", Relation::Same),
    ("d/b/a ", Relation::Same),
    ("dba ", Relation::Same),
    ("trading as ", Relation::Same),
    ("a subsidiary of ", Relation::Parent),
    ("subsidiary of ", Relation::Parent),
    ("a division of ", Relation::Parent),
    ("division of ", Relation::Parent),
    ("part of ", Relation::Parent),
    ("owned by ", Relation::Parent),
    ("acquired by ", Relation::Parent),
];

/// Phrases that also count without brackets; `now` and the like are too common in running text.
const RUNNING_RELATIONS: &[(&str, Relation)] = &[
    (" formerly known as ", Relation::Former),
    (" previously known as ", Relation::Former),
    (" formerly ", Relation::Former),
    (" f/k/a ", Relation::Former),
    (" fka ", Relation::Former),
    (", now ", Relation::Same),
    (" now known as ", Relation::Same),
    (" also known as ", Relation::Same),
    (" a/k/a ", Relation::Same),
    (" d/b/a ", Relation::Same),
];

const EDGES: &[char] = &[' ', '\t', '\n', '\r', ',', ';', ':', '|', '-', '–', '—', '·', '•', '"', '“', '”', '*'];

impl PageName {
    pub(super) fn parse(text: &str) -> Self {
        let mut page = Self::default();
        let (outside, brackets) = split_brackets(text);
        if !brackets.is_empty() {
            page.with_brackets = Some(text.to_owned());
        }
        for (inside, is_inside) in brackets {
            page.read_bracket(&inside, is_inside);
        }
        let outside = page.take_stated_tickers(&outside);
        let (main, other) = split_running_relation(&outside);
        strip_address(main.trim_matches(EDGES)).clone_into(&mut page.main);
        if let Some((text, relation)) = other {
            page.push_other(text, relation, false);
        }
        if page.main.is_empty() && !page.others.is_empty() {
            page.main = page.others.remove(0).text;
        }
        page
    }

    /// Reads the text in brackets: tickers, and the rest as another name.
    fn read_bracket(&mut self, inside: &str, is_inside: bool) {
        for clause in inside.split([';', '|']) {
            let mut rest = Vec::new();
            let mut exchange = None;
            for part in clause.split(',') {
                match ticker_expression(part) {
                    Some(hint) => {
                        exchange = Some(hint.source);
                        self.tickers.push(hint);
                    }
                    None => match (exchange, symbol(part)) {
                        // `NASDAQ: GOOGL, GOOG`: the second symbol is of the same exchange.
                        (Some(source), Some(symbol)) => {
                            self.tickers.push(TickerHint { symbol, source });
                        }
                        _ => rest.push(part),
                    },
                }
            }
            let rest = rest.join(",");
            if let Some(symbol) = symbol(&rest) {
                self.tickers.push(TickerHint { symbol, source: HintSource::Bare });
            }
            let rest = rest.trim_matches(EDGES);
            let lower = rest.to_ascii_lowercase();
            let (skip, relation) = RELATIONS
                .iter()
                .find(|(phrase, _)| lower.starts_with(phrase))
                .map_or((0, Relation::Beside), |(phrase, relation)| (phrase.len(), *relation));
            self.push_other(&rest[skip..], relation, is_inside);
        }
    }

    fn push_other(&mut self, text: &str, relation: Relation, is_inside: bool) {
        let text = text.trim_matches(EDGES);
        if !text.is_empty() {
            self.others.push(OtherName { text: text.to_owned(), relation, is_inside });
        }
    }

    /// Removes `Ticker: MSFT`, `NYSE: CRM` and `$AAPL` from running text.
    fn take_stated_tickers(&mut self, text: &str) -> String {
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut kept = Vec::with_capacity(words.len());
        let mut at = 0;
        while at < words.len() {
            // The longest expression first: `NYSE American: XYZ` is three words.
            let found = (1..=4.min(words.len() - at)).rev().find_map(|len| {
                let expression = words[at..at + len].join(" ");
                let marked = expression.contains(':') || expression.starts_with('$');
                let hint = marked.then(|| ticker_expression(&expression))??;
                Some((len, hint))
            });
            if let Some((len, hint)) = found {
                self.tickers.push(hint);
                at += len;
            } else {
                kept.push(words[at]);
                at += 1;
            }
        }
        kept.join(" ")
    }
}

/// Returns the text outside brackets, and the text in each outermost pair, with a flag if a word follows. An unclosed
/// bracket extends to the end.
fn split_brackets(text: &str) -> (String, Vec<(String, bool)>) {
    let mut outside = String::new();
    let mut inside: Vec<(String, bool)> = Vec::new();
    let mut current = String::new();
    let mut depth = 0_usize;
    for c in text.chars() {
        match c {
            '(' | '[' => {
                if depth == 0 {
                    outside.push(' ');
                } else {
                    current.push(' ');
                }
                depth += 1;
            }
            ')' | ']' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    inside.push((std::mem::take(&mut current), false));
                } else {
                    current.push(' ');
                }
            }
            c if depth == 0 => {
                if let Some((_, is_inside)) = inside.last_mut().filter(|_| c.is_alphanumeric()) {
                    *is_inside = true;
                }
                outside.push(c);
            }
            c => current.push(c),
        }
    }
    if depth > 0 {
        inside.push((current, false));
    }
    (outside, inside)
}

fn split_running_relation(text: &str) -> (&str, Option<(&str, Relation)>) {
    let lower = text.to_ascii_lowercase();
    RUNNING_RELATIONS
        .iter()
        .filter_map(|(phrase, relation)| Some((lower.find(phrase)?, phrase.len(), *relation)))
        .filter(|(at, ..)| *at > 0)
        .min_by_key(|(at, ..)| *at)
        .map_or((text, None), |(at, len, relation)| (&text[..at], Some((&text[at + len..], relation))))
}

/// Parses `exchange: symbol`, `ticker: symbol`, the same without the colon, or `$symbol`.
fn ticker_expression(text: &str) -> Option<TickerHint> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix('$') {
        return Some(TickerHint { symbol: symbol(rest)?, source: HintSource::Stated });
    }
    let (label, rest) = match text.split_once(':') {
        Some(parts) => parts,
        None => text.rsplit_once(' ')?,
    };
    let label = label.trim().to_ascii_lowercase();
    let (source, any_case) = match label.as_str() {
        "ticker" | "ticker symbol" | "stock ticker" | "stock symbol" | "symbol" => {
            (HintSource::Stated, text.contains(':'))
        }
        exchange if words::is_us_exchange(exchange) => (HintSource::Stated, false),
        exchange if words::is_foreign_exchange(exchange) => (HintSource::Foreign, false),
        _ => return None,
    };
    if let Some(inner) = rest.contains(':').then(|| ticker_expression(rest)) {
        return inner;
    }
    let rest = if any_case { rest.to_ascii_uppercase() } else { rest.to_owned() };
    Some(TickerHint { symbol: symbol(&rest)?, source })
}

/// Returns a symbol in the SEC's spelling, if `text` looks like one: up to six capitals or digits, possibly with a
/// class.
fn symbol(text: &str) -> Option<String> {
    let text = text.trim_matches(EDGES).trim_end_matches('.');
    let (root, class) = text.split_once(['.', '-', '/']).map_or((text, None), |(root, class)| (root, Some(class)));
    let plain = |part: &str, longest: usize| {
        (1..=longest).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    match class {
        None if plain(root, 6) => Some(root.to_owned()),
        Some(class) if plain(root, 6) && plain(class, 2) => Some(format!("{root}-{class}")),
        _ => None,
    }
}

/// Returns the host of a web address: `https://www.salesforce.com/` becomes `salesforce.com`.
fn strip_address(text: &str) -> &str {
    let start = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
    let host = start.strip_prefix("www.").unwrap_or(start);
    if host.len() == text.len() || host.contains(' ') {
        return text;
    }
    host.split('/').next().unwrap_or(host)
}
