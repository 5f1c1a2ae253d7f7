//! Capitalized words that occur in no person's name.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::filings::sentences::pattern;

/// Words before and after names.
const STOP_WORDS: &str = "the on in at as effective following upon under from since prior board company registrant each \
    both also if such this that there and with by for to of item exhibit section audit compensation nominating \
    governance employment separation transition letter annual meeting stockholders shareholders date common stock \
    election appointment resignation retirement departure pursuant during after before while additionally accordingly \
    current report form chief officer officers executive senior vice president director directors chairman chair \
    independent interim global head finance operations his her he she they it its our we a an no not or mr ms mrs dr \
    messrs january february march april may june july august september october november december monday tuesday \
    wednesday thursday friday commencing beginning until through successor sales marketing human resources legal \
    technology information accounting class gaap sec new former effective-time upon all when where who which in \
    connection concurrently contemporaneously previously subsequently likewise separately further furthermore however \
    neither nor other named approved approves corporate secretary treasurer counsel general dear hon honorable notice \
    respectively series preferred name title position office date age persons individuals";

/// Words that identify an organization, a document or a place.
const ORGANISATION_WORDS: &str = "inc corp corporation llc llp ltd plc bank group holdings partners university capital \
    fund college association court nasdaq nyse exchange technologies systems services trust institute pharmaceuticals \
    therapeutics energy industries international financial management securities commission department act states \
    york francisco angeles america school agreement plan committee partnership ventures equity investors foundation \
    motors airlines insurance healthcare health medical sciences bancorp bancshares software networks solutions \
    communications media entertainment brands foods stores retail logistics transportation resources petroleum oil gas \
    mining steel chemical materials properties realty reit advisors associates consulting code rule regulation street \
    avenue city county texas california delaware florida award awards severance restricted units incentive omnibus \
    proxy statement accountants ag gmbh merger sub parent";

static STOPS: LazyLock<HashSet<&str>> = LazyLock::new(|| STOP_WORDS.split_whitespace().collect());
static ORGANISATIONS: LazyLock<HashSet<&str>> = LazyLock::new(|| ORGANISATION_WORDS.split_whitespace().collect());
static FORM: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:,?\s+(?:Inc|Corp|Co|LLC|L\.L\.C|LLP|L\.P|LP|Ltd|N\.A|S\.A|plc|PLC)\b|\s*&\s)"));

pub(super) fn is_stop_word(word: &str) -> bool {
    STOPS.contains(word.to_lowercase().as_str())
}

pub(super) fn is_organisation(word: &str) -> bool {
    if matches!(word, "III" | "IV") {
        return false;
    }
    let is_acronym = word.chars().count() > 2 && word.chars().all(|char| char.is_uppercase() || char == '&');
    is_acronym || ORGANISATIONS.contains(word.to_lowercase().as_str())
}

/// Returns true if the text after a name makes it an organization's: `, Inc.`.
pub(super) fn is_organisation_form(behind: &str) -> bool {
    FORM.is_match(behind)
}
