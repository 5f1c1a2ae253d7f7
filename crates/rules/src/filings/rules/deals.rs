//! Purchases and sales of companies and businesses, and financing: parties and objects.

use std::sync::LazyLock;

use regex::Regex;

use crate::filings::clause::Clause;
use crate::filings::sentences::pattern;

/// Number of sentences that may state the direction of a merger.
const DIRECTION_WITHIN: usize = 8;

pub(super) static MERGER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:agreement and plan of (?:merger|reorganization)|plan of merger|(?:definitive )?merger agreement",
        r"|business combination agreement|arrangement agreement|transaction agreement",
        r"|(?:agreed|agreement|plans?) to merge|will merge|merge[sd]? with|merger with|combination with|merged with)\b"
    ))
});
/// Pattern showing that the reporting company is acquired.
pub(super) static IS_BOUGHT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:with and )?into (?:the (?:company|registrant|corporation)|us)\b",
        r"|\bthe (?:company|registrant|corporation)\b[^.;]{0,80}\b(?:surviv\w+|continu\w+",
        r"|becom\w+|became|will be)[^.;]{0,80}\b(?:subsidiary|affiliate) of (?:(?:the )?(?:parent|purchaser|buyer",
        r"|acquirer)|(?-i:[A-Z]))",
        r"|\bthe (?:company|registrant) (?:has |will |was |would |is |to |agreed to |has agreed to ",
        r"|have )+be(?:en)? acquired\b|\bagreed to be acquired\b|\bto be acquired by\b",
        r"|\b(?:acquir(?:e[sd]?|ing)|acquisition(?: by [^.;]{3,80})? of|purchased?|buys?|bought) (?:all (?:of )?)?(?:(?:the )?(?:company[’']s )?(?:issued and )?(?:outstanding )?",
        r"(?:shares|stock|common stock|equity interests?)(?: of common stock)? of )?the (?:company|registrant)(?:[^’'\w]|$)",
        r"|\b(?:acquire|purchase|buy) all (?:of )?(?:the )?(?:company[’']s )?(?:issued and )?(?:outstanding )?shares of (?:common stock of )?the company\b",
        r"|\bacquire all of the company[’']s (?:issued|outstanding)",
        r"|\bmerge[sd]? with (?:and into )?an? (?:\w+[- ]){0,3}subsidiary of (?-i:[A-Z])",
        r"|\bmerge[sd]? with and into (?:an? )?(?:\w+ ){0,4}(?-i:[A-Z])",
        r"|\b(?:its|the company[’']s) (?:share|stock)holders will receive\b[^.;]{0,60}\bin cash\b",
        r"|\bthe company[’']s common stock\b[^.;]{0,120}\bright to receive\b",
    ))
});
/// Pattern of a merger into the company's own subsidiary.
static IS_BUYER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:surviv\w+|continu\w+|becom\w+|became)[^.;]{0,90}\bsubsidiary of the company\b",
        r"|\bsubsidiary of the company (?:named |called )?\(?[“\x22]?\s*(?:merger sub|acquisition sub)",
        r"|\bwhich will become its (?:\w+[- ]){0,3}subsidiary|\bwith the company (?:as the surviv\w+|surviving|continuing)(?: the merger)?(?:\.|$| corporation| entity| bank)",
        r"|\binto the company, with the company\b[^.;]{0,40}\bsurviving (?:corporation|entity|bank)\s*\.?$",
    ))
});
/// Pattern of a parent or a merger vehicle of another company.
static PARENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"[“\x22]\s*(?:Parent|Purchaser|Buyer|Acquirer)\s*[”\x22]|\bMerger Sub\b|\bsubsidiary of Parent\b|\bParent,? Inc\b",
        r"|\bwith (?:\p{Lu}[\p{L}&.’-]*,? )+(?:and|through) (?:its|a) (?:wholly[- ]owned )?subsidiary"
    ))
});
static OWN_VEHICLE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\bsubsidiary of (?:the company|holdings?)\b|\bits (?:\w+[- ]){0,3}subsidiary,"));
pub(super) static SELLS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:agree(?:d|s|ment)?|contract(?:ed)?|plans?) to (?:sell|divest)\b|\bwill sell\b|\bsold\b",
        r"|\b(?:complet\w+|announc\w+|clos\w+|consummat\w+)[^;]{0,60}\b(?:sale|divestiture|disposition) of\b",
        r"|\bdivest(?:ed|iture|s|ing)\b|\bto sell\b|\bthe sale of\b",
    ))
});
/// Pattern of a business that becomes a separate company.
static SPLITS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bspin-?\s?offs?\b|\bspun off\b|\bsplit-?off\b|\b(?:complet\w+|effect\w*|approv\w+)[^;]{0,60}\bseparation of\b",
        r"|\bdistribut(?:ed|ing|ion)\b[^;]{0,60}\bshares of (?-i:[A-Z])[^;]{0,80}\b(?:share|stock)holders\b"
    ))
});
/// Pattern showing that another company buys a business from the reporting one.
static SOLD_TO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:will |to |agreed to )?(?:acquire[sd]?|purchase[sd]?|buy) (?:the company[’']s|from the company|certain assets of the company|substantially all of the assets of the company)\b",
        r"|[“\x22]\s*(?-i:Seller)\s*[”\x22]"
    ))
});
static SOLD_SHARES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:company[’']s|acquire the company[’']s) (?:\w+ ){0,3}(?:shares|stock|notes|securities)\b")
});
/// Pattern of securities sold to finance a company, as opposed to a business.
static SECURITIES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:notes|debentures|bonds|(?:shares|units|warrants) (?:of|to)|common stock",
        r"|preferred stock|ordinary shares|securities|pre-funded|at-the-market|receivables)\b"
    ))
});
/// Pattern of shares of a subsidiary, which are a business.
static OF_SUBSIDIARY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:shares|stock|interests?)[^.;]{0,40}\bof (?:its|the company[’']s|our)[^.;]{0,50}\bsubsidiar")
});
static BUSINESS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:business(?:es)?|division|segment|subsidiary|subsidiaries|assets|facilit(?:y|ies)|operations",
        r"|unit|portfolio|stake|interests?|property|properties|plant|brands?|stores?|agency|data centers?|branch(?:es)?",
        r"|all of the (?:issued and )?outstanding)\b"
    ))
});
pub(super) static ACQUIRES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bto acquire\b|\bwill acquire\b|\bacquir(?:ed|es|ing)\b|\bacquisition (?:by [^.;]{3,80} )?of\b",
        r"|\b(?:asset|stock|share|equity|unit|membership interests?) purchase agreement\b"
    ))
});
/// Pattern of a purchase that counts only if its object is a company.
static PURCHASES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:to |will |agreed to )?(?:purchase[sd]?|buy|bought|purchase of) (?:up to )?(?:(?:substantially )?all(?: of)? (?:of )?(?:the |its )?",
        r"|\d+(?:\.\d+)?% of (?:the )?|a (?:majority|controlling) (?:stake|interest) in |the (?:business|assets|operations|remaining)\b",
        r"|(?-i:(?:[A-Z][\w&.’-]*,? ){1,5}(?:Inc|LLC|Corp|Corporation|Company|Co|Ltd|Limited|Holdings|Group|LP|plc|Bancorp|GmbH|AG|S\.A)\b))"
    ))
});
static NO_PURCHASE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:to (?:acquire|purchase)|acquisition of|acquired|purchased?) (?:up to |an? |the |its |all (?:of )?(?:the |its )?",
        r"|additional |aggregate (?:of )?|outstanding |\$?[\d,.]+ (?:million |billion )?(?:of |in )?)*(?:shares of (?:its|the company)|shares of common stock",
        r"|common stock|notes|securities|beneficial|aircraft|inventory|units|warrants|equipment|services|products|goods|power|capacity)\b|\bof acquisition\b",
        r"|\bto acquire [\d,]+ shares|\bpost-acquisition|\bacquisition (?:corp|sub)|\brights? (?:agreement|plan)|\bacquiring person"
    ))
});
pub(super) static DEBT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:credit|loan(?: and security)?|note purchase|term loan|indenture|underwriting|securities purchase",
        r"|subscription|sales|equity distribution|receivables|facility|private shelf|financing|forbearance) agreement\b",
        r"|\bindenture\b|\bcredit facilit|\brevolv(?:ing|er)\b|\bterm loan|\bborrow(?:ed|ing)|\bloan\b|\bprivate shelf\b",
        r"|\b(?:debt )?financing (?:arrangement|agreement)|\brefinanc\w+|\bline of credit|\bPIPE\b",
        r"|\bcredit, security|\bguaranty agreement",
        r"|\b(?:offering|issuance|sale|pricing|placement|priced|issued|sold|invest(?:ed|ment)?|buy|purchase",
        r"|issue and sell)\b[^;]{0,120}\b(?:notes|debentures|bonds|common stock|preferred stock|shares",
        r"|units|warrants|securities)\b|\bpublic offering\b|\bprivate placement\b|\bat-the-market\b",
        r"|\bpromissory note|\bto invest \$[^;]{0,40}\bin the company\b|\bregistered direct\b",
    ))
});
/// Pattern of money flowing in the other direction.
static PROCEEDS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:repurchas\w+|buy ?back|tender offer|stock split|dividend|redemption|redeem\w*|holders of record)\b",
    )
});

/// Returns true if the company is acquired in the merger that a sentence is about. `behind` is the sentence with the
/// following ones, which may state the direction.
fn is_bought(behind: &[Clause<'_>]) -> bool {
    let near = || behind.iter().take(DIRECTION_WITHIN);
    if near().any(|clause| IS_BUYER.is_match(&clause.full)) {
        return false;
    }
    near().any(|clause| IS_BOUGHT.is_match(&clause.full) && !clause.is_doubtful())
        || behind.first().is_some_and(|clause| PARENT.is_match(&clause.full) && !OWN_VEHICLE.is_match(&clause.full))
}

pub(super) fn merges(clause: &Clause<'_>) -> bool {
    clause.shows(&MERGER)
}

/// Returns true if the merger in the first of these sentences gives the company another owner.
pub(super) fn merges_into_another(behind: &[Clause<'_>]) -> bool {
    is_bought(behind)
}

/// Returns true if the sentence alone states that the company is acquired.
pub(super) fn says_bought(clause: &Clause<'_>) -> bool {
    clause.shows(&IS_BOUGHT) && !IS_BUYER.is_match(&clause.full)
}

pub(super) fn sells(clause: &Clause<'_>) -> bool {
    let of_business =
        || clause.mentions(&BUSINESS) && (!clause.mentions(&SECURITIES) || clause.mentions(&OF_SUBSIDIARY));
    splits(clause)
        || (clause.shows(&SELLS) && of_business())
        || (SOLD_TO.is_match(&clause.full)
            && !SOLD_SHARES.is_match(&clause.full)
            && !clause.is_doubtful()
            && !clause.is_old())
}

fn splits(clause: &Clause<'_>) -> bool {
    clause.shows(&SPLITS) && !clause.mentions(&PROCEEDS_OF_RIGHTS)
}

static PROCEEDS_OF_RIGHTS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\brights? (?:agreement|plan)|\bpreferred share purchase right"));

pub(super) fn buys(clause: &Clause<'_>) -> bool {
    !clause.mentions(&NO_PURCHASE) && (clause.shows(&ACQUIRES) || clause.shows(&PURCHASES))
}

pub(super) fn raises_money(clause: &Clause<'_>) -> bool {
    clause.shows(&DEBT)
}

/// Returns true if money is paid to shareholders or lenders.
pub(super) fn pays_out(clause: &Clause<'_>) -> bool {
    clause.mentions(&PROCEEDS)
}
