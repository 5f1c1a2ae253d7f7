//! Word lists that separate a company's own name from generic words.

/// Normalized spellings of words with several variants, applied to both sides of a comparison.
const SPELLINGS: &[(&str, &str)] = &[
    ("incorporated", "inc"),
    ("corporation", "corp"),
    ("limited", "ltd"),
    ("company", "co"),
    ("cos", "companies"),
    ("aktiengesellschaft", "ag"),
    ("holding", "holdings"),
    ("hldgs", "holdings"),
    ("hldg", "holdings"),
    ("grp", "group"),
    ("intl", "international"),
    ("natl", "national"),
    ("mfg", "manufacturing"),
    ("svcs", "services"),
    ("brothers", "bros"),
    ("saint", "st"),
    ("mount", "mt"),
    ("centre", "center"),
    ("theatre", "theater"),
    ("depository", "depositary"),
];

/// Returns the normalized spelling of `word`.
pub(super) fn spelling(word: &str) -> &str {
    SPELLINGS.iter().find(|(from, _)| *from == word).map_or(word, |(_, to)| to)
}

/// The legal traditions of a company form. Two names with disjoint traditions are two companies: `Merck KGaA` is not
/// `Merck & Co., Inc.`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Forms(u8);

impl Forms {
    pub(super) const ENGLISH: Self = Self(1);
    pub(super) const GERMAN: Self = Self(1 << 1);
    pub(super) const DUTCH: Self = Self(1 << 2);
    pub(super) const ROMANCE: Self = Self(1 << 3);
    pub(super) const NORDIC: Self = Self(1 << 4);
    pub(super) const JAPANESE: Self = Self(1 << 5);
    /// Forms whose shares cannot be listed, such as the German `GmbH` or an LLP.
    pub(super) const CLOSED: Self = Self(1 << 6);
    /// A form used in many countries: the European SE.
    pub(super) const ANY: Self = Self(0);

    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns true if a name with these forms may be the company whose title has `title` forms. A missing form is
    /// compatible with all, but a closed form only with a closed form.
    pub(super) fn agree(self, title: Self) -> bool {
        if self.0 & Self::CLOSED.0 != 0 {
            return title.0 & Self::CLOSED.0 != 0;
        }
        self.0 == 0 || title.0 == 0 || self.0 & title.0 != 0
    }
}

/// Returns the tradition of a legal form (in normalized spelling, without dots), or `None` if `word` is none.
pub(super) fn legal_form(word: &str) -> Option<Forms> {
    Some(match word {
        "inc" | "corp" | "co" | "ltd" | "llc" | "lp" | "plc" | "na" => Forms::ENGLISH,
        "ag" | "kgaa" => Forms::GERMAN,
        "nv" => Forms::DUTCH,
        "sa" | "sab" | "spa" | "cv" | "sca" => Forms::ROMANCE,
        "ab" | "asa" | "as" | "oyj" => Forms::NORDIC,
        "kk" => Forms::JAPANESE,
        "gmbh" | "kg" | "bv" | "sarl" | "sas" | "srl" | "llp" | "pllc" | "pty" | "pvt" | "pte" | "aps" | "kft"
        | "sdn" | "ohg" => Forms::CLOSED,
        "se" | "bhd" | "tbk" | "pjsc" => Forms::ANY,
        _ => return None,
    })
}

/// Returns true for words that only mark a group of companies.
pub(super) fn is_group_word(word: &str) -> bool {
    matches!(word, "group" | "holdings" | "companies")
}

/// Returns true for generic words of companies in any industry, which are often omitted: `Cisco` for `Cisco Systems`.
pub(super) fn is_neutral(word: &str) -> bool {
    is_group_word(word)
        || legal_form(word).is_some()
        || matches!(
            word,
            "brands"
                | "com"
                | "communications"
                | "enterprises"
                | "entertainment"
                | "global"
                | "industries"
                | "interactive"
                | "international"
                | "labs"
                | "laboratories"
                | "markets"
                | "networks"
                | "platforms"
                | "products"
                | "sciences"
                | "services"
                | "software"
                | "solutions"
                | "stores"
                | "system"
                | "systems"
                | "technologies"
                | "technology"
                | "wholesale"
                | "worldwide"
        )
}

/// Returns true for words of an industry. They may be omitted only after a name of at least two words: `Capital One`
/// for `Capital One Financial`, but not `Lattice` for `Lattice Semiconductor`.
pub(super) fn is_trade(word: &str) -> bool {
    is_neutral(word)
        || matches!(
            word,
            "automotive"
                | "bancorp"
                | "bancshares"
                | "bankshares"
                | "biosciences"
                | "energy"
                | "financial"
                | "foods"
                | "health"
                | "healthcare"
                | "hotels"
                | "insurance"
                | "manufacturing"
                | "media"
                | "motor"
                | "motors"
                | "partners"
                | "pharmaceutical"
                | "pharmaceuticals"
                | "resources"
                | "restaurants"
                | "scientific"
                | "semiconductor"
                | "semiconductors"
                | "therapeutics"
        )
}

/// Returns true for words that mark a title as a fund or a blank-check shell, which nobody has as a customer under a
/// short name.
pub(super) fn is_fund_word(word: &str) -> bool {
    matches!(word, "acquisition" | "etf" | "etn" | "fund" | "funds" | "portfolio" | "spdr" | "trust")
}

/// Returns true for given names that older SEC titles put after the family name: `SCHWAB CHARLES CORP`.
pub(super) fn is_given_name(word: &str) -> bool {
    word.len() <= 2
        || matches!(
            word,
            "albert"
                | "arthur"
                | "charles"
                | "daniel"
                | "david"
                | "edward"
                | "eli"
                | "frank"
                | "frederick"
                | "george"
                | "harry"
                | "henry"
                | "herman"
                | "howard"
                | "jack"
                | "james"
                | "john"
                | "joseph"
                | "kenneth"
                | "louis"
                | "martin"
                | "michael"
                | "oscar"
                | "paul"
                | "peter"
                | "philip"
                | "ralph"
                | "raymond"
                | "richard"
                | "robert"
                | "samuel"
                | "thomas"
                | "walter"
                | "william"
        )
}

/// Returns true for the SEC's markers after a slash at the end of a title: a state, a country, `NEW` for a successor,
/// `ADR`.
pub(super) fn is_title_marker(word: &str) -> bool {
    const MARKERS: &str = " AL AK AZ AR CA CO CT DC DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH \
        NJ NM NY NC ND OH OK OR PA PR RI SC SD TN TX UT VT VA WA WV WI WY \
        ADR BC CAN CANADA CAYMAN ISLANDS CN DEL DELAWARE FI GDR IRE NEW OLD ON UK ";
    let word = word.trim().to_ascii_uppercase();
    word.len() >= 2 && MARKERS.contains(&format!(" {word} "))
}

/// Returns true for exchanges whose symbols are the SEC's tickers.
pub(super) fn is_us_exchange(word: &str) -> bool {
    matches!(
        word,
        "amex"
            | "bats"
            | "cboe"
            | "nasdaq"
            | "nasdaqcm"
            | "nasdaqgm"
            | "nasdaqgs"
            | "nyse"
            | "nyse american"
            | "nyse arca"
            | "nyse mkt"
            | "nyseamerican"
            | "nysearca"
            | "otc"
            | "otc markets"
            | "otc pink"
            | "otcmkts"
            | "otcqb"
            | "otcqx"
    )
}

/// Returns true for foreign exchanges, whose symbols differ from the SEC's.
pub(super) fn is_foreign_exchange(word: &str) -> bool {
    matches!(
        word,
        "ams"
            | "asx"
            | "bit"
            | "bme"
            | "bse"
            | "cse"
            | "ebr"
            | "epa"
            | "etr"
            | "euronext"
            | "euronext amsterdam"
            | "euronext paris"
            | "fra"
            | "fwb"
            | "hel"
            | "hkex"
            | "hkg"
            | "hkse"
            | "jse"
            | "krx"
            | "lon"
            | "lse"
            | "nse"
            | "sehk"
            | "sgx"
            | "shse"
            | "six"
            | "sse"
            | "sto"
            | "swx"
            | "szse"
            | "tsx"
            | "tsxv"
            | "tse"
            | "twse"
            | "tyo"
            | "xetra"
    )
}
