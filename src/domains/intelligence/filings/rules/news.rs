//! Patterns that tell what a sentence is about.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::SignalType;
use crate::domains::intelligence::filings::sentences::pattern;

/// Sentences that refer elsewhere or that lawyers ask for, and prove nothing.
static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bshall not be deemed\b|\bnot be deemed (?:to be )?[“”\x22]?(?:filed|incorporated)",
        r"|\bforward-looking\b|\bsafe harbor\b",
        r"|\brisks?,? (?:and|factors?|include|that)\b|\buncertainties\b|\b(?:could|might)\b",
        r"|\bmay (?:be unable|not (?:be able|occur))",
        r"|^(?:\([a-z]\) )?(?:to the extent (?:required|applicable)[^,]*, )?(?:the |this |such ",
        r"|all )?(?:foregoing|information|disclosures?|descriptions?|summary|contents?|text|matters?",
        r"|events?)\b.*\b(?:incorporated|set forth|qualified|described|contained|provided|reported",
        r"|discussed|does not)\b",
        r"|^see\b|\bno (?:event of default|impairment|such)\b|\bhas not (?:experienced|identified|received)\b",
    ))
});

static ASIDE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s*\([^()]{5,}\)"));
/// The note before the items.
static NOTE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:introductory|explanatory) note\b"));
/// Verbs of things done.
static NEWS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:announc|enter(?:ed|s) into|receiv(?:ed|es)|complet(?:ed|es|ion)|consummat|fil(?:ed",
        r"|es)\b|issu(?:ed|es)\b|declar(?:ed|es)|approv(?:ed|es)|authoriz(?:ed|es)|commenc(?:ed|es)",
        r"|clos(?:ed|es|ing)\b|settl(?:ed|es)|ruled|dismissed|granted|sold\b|agreed|acquir(?:ed|es)",
        r"|became|borrowed|drew|terminat(?:ed|es)|notif(?:ied|ies)|determined|concluded|identified",
        r"|detected|discovered|experienced|delivered|executed|redeem(?:ed)?|increas(?:ed)|reported",
        r"|will (?:close|pay|sell|acquire)|delist|suspend|accelerated|reached|elected|priced|launched",
        r"|adopted|amended|merged|effected)"
    ))
});
/// Presentations, calls and web pages: news of nothing.
static SHOW: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:investor|slide|corporate|management|updated) (?:presentation|deck)",
        r"|\bpresentation (?:materials?|slides)|\bconference call\b|\b(?:will|to) (?:present|participate",
        r"|speak|host)\b|\bannual meeting\b|\bpress release is (?:attached|furnished|filed)",
        r"|\bis (?:attached|furnished|filed) (?:hereto|herewith|as)\b|\bposted\b|\bearnings (?:call",
        r"|webcast)"
    ))
});

static MERGER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:agreement and plan of (?:merger|reorganization)|merger agreement",
        r"|business combination agreement|arrangement agreement|transaction agreement)"
    ))
});
/// The company that reports is the one that is bought.
static IS_BOUGHT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bwith and into (?:the (?:company|registrant|corporation)|us)\b",
        r"|\b(?:the company|the registrant|the corporation)\b[^.;]{0,80}\b(?:surviv\w+|continu\w+",
        r"|becom\w+|became)[^.;]{0,80}\b(?:subsidiary|affiliate) of (?:(?:the )?(?:parent|purchaser|buyer",
        r"|acquirer)|(?-i:[A-Z]))",
        r"|\b(?:the company|the registrant) (?:has |will |was |would |is |to |agreed to |has agreed to ",
        r"|have )+be(?:en)? acquired\b|\bto be acquired by\b|\b(?:acquire|acquisition of",
        r"|acquired) (?:all (?:of )?(?:the )?(?:issued and )?(?:outstanding )?(?:shares|stock",
        r"|common stock|equity interests?)(?: of common stock)? of )?the (?:company|registrant)\b(?:[^’']",
        r"|$)|\bthe (?:company|registrant) will be acquired",
    ))
});
static SELLS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:agree(?:d|s|ment)?|contract(?:ed)?|plans?) to (?:sell|divest)\b|\bwill sell\b|\bsold\b",
        r"|\b(?:complet\w+|announc\w+|clos\w+|consummat\w+)[^;]{0,60}\b(?:sale|divestiture|disposition",
        r"|spin-?off) of\b",
        r"|\bdivest(?:ed|iture|s|ing)\b|\bspin-?off of\b|\bto sell\b|\bthe sale of\b",
    ))
});
/// What is sold to finance a company, and not a business.
static SECURITIES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:notes|debentures|bonds|(?:shares|units|warrants) (?:of|to)|common stock",
        r"|preferred stock|ordinary shares|securities|pre-funded|at-the-market|receivables)\b"
    ))
});
static BUSINESS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:business|division|segment|subsidiary|subsidiaries|assets|facilit(?:y|ies)|operations",
        r"|unit|portfolio|stake|interests?|property|properties|plant|brand|stores?",
        r"|all of the (?:issued and )?outstanding)\b"
    ))
});
static BUYS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bto (?:acquire|purchase)\b|\bwill (?:acquire|purchase)\b|\bacquir(?:ed|es|ing)\b",
        r"|\bacquisition of\b|\bcombination with\b|\bpurchased (?:all|substantially)|\b(?:asset|stock",
        r"|share|equity|unit|membership interest) purchase agreement"
    ))
});
static NO_PURCHASE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:to (?:acquire|purchase)|acquisition of|acquired|purchased?) (?:up to |an? |the |its ",
        r"|additional |aggregate (?:of )?|\$?[\d,.]+ (?:million |billion )?(?:of |in )?)*(?:shares",
        r"|common stock|notes|securities|beneficial|aircraft|inventory|units|warrants)|\bof acquisition\b",
        r"|\bpost-acquisition|\bacquisition (?:corp|sub)|\brights? (?:agreement|plan)|\bacquiring person"
    ))
});
static DEBT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:credit|loan|note purchase|term loan|indenture|underwriting|securities purchase",
        r"|subscription|sales|equity distribution|receivables|facility|purchase) agreement\b",
        r"|\bindenture\b|\bcredit facilit|\brevolving\b|\bterm loan|\bborrow(?:ed|ing)|\bloan\b",
        r"|\b(?:debt )?financing (?:arrangement|agreement)|\brefinanc\w+|\bline of credit",
        r"|\bcredit, security|\bguaranty agreement",
        r"|\b(?:offering|issuance|sale|pricing|placement|priced|issued|sold",
        r"|issue and sell)\b[^;]{0,120}\b(?:notes|debentures|bonds|common stock|preferred stock|shares",
        r"|units|warrants|securities)\b|\bpublic offering\b|\bprivate placement\b|\bat-the-market\b",
        r"|\bpromissory note",
    ))
});
static PROCEEDS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:repurchase|buy ?back|tender offer|stock split|dividend)\b"));
static ENTERED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:enter(?:ed|s|ing)? into|execut(?:ed|es)|signed|agreed (?:to|upon|with)|amended|closed",
        r"|issued|completed|delivered|became (?:a )?party|(?:was|were) (?:selected|awarded))\b"
    ))
});
static AGREEMENT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:agreements?|contracts?|lease|sublease|amendment|license)\b"));
static DONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:complet\w+|consummat\w+|clos(?:ed|ing)|acquired|sold|purchased|merged|effected",
        r"|transferred|became effective|effective time)\b"
    ))
});
static CYBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bcyber-?\s?(?:security)?\s?(?:incident|attack|event|breach)|\bcyberattack|\bransomware",
        r"|\bunauthorized (?:access|third part|actor|activity|party|individual|person|occurrence)",
        r"|\bdata (?:breach|security incident)|\bthreat actor|\bsecurity incident|\bmalware"
    ))
});
static BANKRUPT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bchapter (?:7|11)\b|\bvoluntary petitions?\b|\binvoluntary petition|\bbankruptcy (?:court",
        r"|code|petition|protection)|\breceivership\b|\breceiver (?:was|has been) appointed",
        r"|\bplan of reorganization\b|\bcompanies.? creditors arrangement"
    ))
});
static CUTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\breduc\w+[^;]{0,60}\b(?:workforce|headcount|work force|in force|staff|positions",
        r"|employees)\b|\bworkforce reduction|\blay(?:ing)? ?-?offs?\b|\blayoffs?\b|\brestructuring\b",
        r"|\b(?:eliminat|cut)\w*[^;]{0,60}\b(?:positions|jobs|roles|employees)\b",
        r"|\b(?:clos(?:e|ing|ure)|shut(?:ting)? down|wind(?:ing)? down|cease|discontinu",
        r"|exit)\w*(?: of)?\s(?:\w+\s){0,4}(?:plants?|facilit(?:y|ies)|stores?|operations|business",
        r"|manufacturing|sites?|offices?|program)\b|\bcost[- ](?:reduction|savings?|cutting) (?:plan",
        r"|program|initiative|action)|\bexit (?:plan|costs?)|\bseverance\b|\bpre-tax charges?\b",
    ))
});
static WRITTEN_DOWN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bimpairments?\b[^;]{0,60}\b(?:charge|loss|expense|goodwill)|\b(?:goodwill|non-?cash",
        r"|asset)[^;]{0,40}\bimpairment|\bwrite-?(?:down|off)s?\b|\bmaterial charge"
    ))
});
static RESTATES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bno longer be relied|\bshould not be relied|\brestat(?:e|ed|ement",
        r"|ing)\b[^;]{0,80}\bfinancial|\bfinancial statements[^;]{0,120}\brestat(?:e|ed|ement)\b"
    ))
});
static AUDITOR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:dismiss\w*|engag\w+|appoint\w+|resign\w*|replac\w+|declin\w+|select\w+|chang\w+",
        r"|retain\w+|terminat\w+|approved)\b[^;]{0,200}\b(?:independent (?:registered )?(?:public",
        r" )?(?:account|audit)\w*|auditors?|accountants?|certifying accountant|accounting firm)\b",
        r"|\b(?:independent (?:registered )?(?:public )?account\w*|auditors?",
        r"|accounting firm)\b[^;]{0,160}\b(?:dismissed|resigned|engaged|appointed|replaced)\b"
    ))
});
static DELISTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bdelist|\bnot in compliance\b|\bnon-?compliance\b|\bno longer (?:in compliance|compl|meets",
        r"|satisf)|\b(?:minimum|bid price|continued listing)\b[^;]{0,120}\b(?:requirement|rule|standard",
        r"|deficien)|\bfail(?:ed|ure|s)? to (?:comply|satisfy|meet|file|timely|maintain|regain)",
        r"|\bsuspend(?:ed)? trading|\bdeficiency\b|\bForm 25\b|\bbelow (?:the )?(?:\$1|compliance",
        r"|criteria)"
    ))
});
static DEFAULTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bevents? of default\b|\baccelerat(?:ed|ion|es)\b|\bdefault(?:ed)? (?:under|on)\b",
        r"|\bfailed to (?:pay|make)\b|\bimmediately due\b|\bforbearance\b"
    ))
});
static CONTROL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bchange (?:in|of) control\b[^;]{0,40}\b(?:occurred|of the (?:company|registrant))",
        r"|\bmajority of the (?:voting|outstanding|issued)|\bacquired control\b|\bbecame a (?:direct ",
        r"|indirect |wholly[- ]owned |direct,? |indirect,? )*subsidiary of|\b(?:was|has been|been",
        r"|be) acquired by\b"
    ))
});
static ENDED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bterminat(?:ed|es|ing|ion of)\b[^;]{0,120}\b(?:agreement|contract|lease|license|facility",
        r"|indenture|partnership|collaboration)\b|\b(?:agreement|contract|lease|license",
        r"|facility)\b[^;]{0,120}\b(?:was|were|has been|will be|is) terminated\b",
        r"|\bnotice of (?:termination|non-?renewal)|\bmutual(?:ly)? (?:agreed to )?terminat|\bexpired\b",
        r"|\bwill not renew|\brepaid in full\b|\bterminat(?:ed|ion)\b"
    ))
});
static RESULTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:financial|operating|earnings|preliminary|quarterly|annual",
        r"|unaudited)\b[^;]{0,60}\b(?:results|information)\b|\bresults (?:of operations )?for (?:the|its",
        r"|our)\b|\bits results\b|\bearnings (?:release|for)\b|\b(?:revenues?|net (?:income|sales",
        r"|loss))\b[^;]{0,60}\b(?:quarter|year|months)\b"
    ))
});
static RELATIONS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:entered into|signed|announced|awarded|executed)\b[^;]{0,120}\b(?:collaboration",
        r"|partnership|license|licensing|supply|strategic|joint venture|services|master|distribution",
        r"|development|contract|commercial|definitive) ?(?:\w+ )?(?:agreements?|alliance|contract|award",
        r"|with)\b|\bjoint venture\b|\bmulti-?year (?:agreement|contract)"
    ))
});

/// Whether a sentence refers elsewhere or is a lawyer's, and proves nothing.
pub(super) fn is_reference(sentence: &str) -> bool {
    REFERENCE.is_match(sentence)
}

/// A sentence without its definitions: "the acquisition (the “Acquisition”) of" is "the acquisition of".
fn without_asides(sentence: &str) -> Cow<'_, str> {
    ASIDE.replace_all(sentence, "")
}

/// Whether a text refers to the note before the items.
pub(super) fn refers_to_note(text: &str) -> bool {
    NOTE.is_match(text)
}

/// Whether a sentence tells of something done, other than a presentation.
pub(super) fn is_news(sentence: &str) -> bool {
    NEWS.is_match(sentence) && !SHOW.is_match(sentence) && sentence.len() >= 30
}

/// Whether a sentence shows that a thing of this type has happened.
pub(super) fn proves(kind: SignalType, sentence: &str) -> bool {
    let sentence = &without_asides(sentence);
    match kind {
        SignalType::CyberIncident => CYBER.is_match(sentence),
        SignalType::Bankruptcy => BANKRUPT.is_match(sentence) && NEWS.is_match(sentence),
        SignalType::Restructuring => CUTS.is_match(sentence),
        SignalType::Impairment => WRITTEN_DOWN.is_match(sentence),
        SignalType::Restatement => RESTATES.is_match(sentence),
        SignalType::AuditorChange => AUDITOR.is_match(sentence),
        SignalType::DelistingNotice => DELISTS.is_match(sentence),
        SignalType::DebtDefault => DEFAULTS.is_match(sentence),
        SignalType::ChangeOfControl => CONTROL.is_match(sentence) || IS_BOUGHT.is_match(sentence),
        SignalType::AgreementEnded => ENDED.is_match(sentence),
        SignalType::Results => RESULTS.is_match(sentence),
        SignalType::DebtOrFinancing => DEBT.is_match(sentence) && NEWS.is_match(sentence),
        _ => false,
    }
}

/// The type of an agreement that a sentence says was made; `behind` is that sentence and those that follow, in which a
/// merger's direction may stand.
pub(super) fn classify_agreement(sentence: &str, behind: &[&str]) -> Option<SignalType> {
    let sentence = &without_asides(sentence);
    if !ENTERED.is_match(sentence) {
        return None;
    }
    if MERGER.is_match(sentence) {
        let is_bought = behind.iter().take(8).any(|sentence| IS_BOUGHT.is_match(sentence));
        return Some(if is_bought { SignalType::ChangeOfControl } else { SignalType::Acquisition });
    }
    if SELLS.is_match(sentence) && BUSINESS.is_match(sentence) && !SECURITIES.is_match(sentence) {
        return Some(SignalType::Divestiture);
    }
    if buys(sentence) {
        return Some(SignalType::Acquisition);
    }
    if DEBT.is_match(sentence) {
        return Some(SignalType::DebtOrFinancing);
    }
    AGREEMENT.is_match(sentence).then_some(SignalType::MaterialAgreement)
}

/// What was completed under item 2.01.
pub(super) fn classify_transaction(sentence: &str, behind: &[&str]) -> Option<SignalType> {
    let sentence = &without_asides(sentence);
    if !DONE.is_match(sentence) || !is_news(sentence) {
        return None;
    }
    if behind.iter().take(8).any(|sentence| IS_BOUGHT.is_match(sentence) || CONTROL.is_match(sentence)) {
        return Some(SignalType::ChangeOfControl);
    }
    Some(if SELLS.is_match(sentence) && !buys(sentence) { SignalType::Divestiture } else { SignalType::Acquisition })
}

fn buys(sentence: &str) -> bool {
    BUYS.is_match(sentence) && !NO_PURCHASE.is_match(sentence)
}

/// The types that a sentence under an item of no type of its own tells of.
pub(super) fn classify(sentence: &str) -> Vec<SignalType> {
    let sentence = &without_asides(sentence);
    if !NEWS.is_match(sentence) && !CUTS.is_match(sentence) {
        return Vec::new();
    }
    let clear = [
        SignalType::CyberIncident,
        SignalType::Bankruptcy,
        SignalType::Restatement,
        SignalType::DelistingNotice,
        SignalType::Impairment,
        SignalType::Restructuring,
        SignalType::DebtDefault,
    ];
    if let Some(kind) = clear.into_iter().find(|kind| proves(*kind, sentence)) {
        return vec![kind];
    }
    let kind = if MERGER.is_match(sentence) && IS_BOUGHT.is_match(sentence) || CONTROL.is_match(sentence) {
        Some(SignalType::ChangeOfControl)
    } else if SELLS.is_match(sentence) && BUSINESS.is_match(sentence) && !SECURITIES.is_match(sentence) {
        Some(SignalType::Divestiture)
    } else if buys(sentence) && !PROCEEDS.is_match(sentence) {
        Some(SignalType::Acquisition)
    } else if DEBT.is_match(sentence) && !PROCEEDS.is_match(sentence) {
        Some(SignalType::DebtOrFinancing)
    } else if RESULTS.is_match(sentence) && !SHOW.is_match(sentence) {
        Some(SignalType::Results)
    } else if ENDED.is_match(sentence) && sentence.to_lowercase().contains("agreement") {
        Some(SignalType::AgreementEnded)
    } else if RELATIONS.is_match(sentence) {
        Some(SignalType::MaterialAgreement)
    } else {
        None
    };
    kind.into_iter().collect()
}
