//! Patterns of the topics of sentences.

use std::sync::LazyLock;

use regex::Regex;

use crate::filings::sentences::pattern;

/// Pattern of references and legal boilerplate, which prove nothing.
pub(super) static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
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

/// Pattern of the note before the items.
pub(super) static NOTE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:introductory|explanatory) note\b"));
/// Verbs of completed actions.
pub(super) static NEWS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:announc|enter(?:ed|s) into|receiv(?:ed|es)|complet(?:ed|es|ion)|consummat|fil(?:ed",
        r"|es)\b|issu(?:ed|es)\b|declar(?:ed|es)|approv(?:ed|es)|authoriz(?:ed|es)|commenc(?:ed|es)",
        r"|clos(?:ed|es|ing)\b|settl(?:ed|es)|ruled|dismissed|granted|sold\b|agreed|acquir(?:ed|es)",
        r"|became|borrowed|drew|terminat(?:ed|es)|notif(?:ied|ies)|determined|concluded|identified",
        r"|detected|discovered|experienced|delivered|executed|redeem(?:ed)?|increas(?:ed)|reported",
        r"|will (?:close|pay|sell|acquire)|delist|suspend|accelerated|reached|elected|priced|launched",
        r"|adopted|amended|merged|effect(?:ed|ing)|confirm(?:ed|s)|obtain(?:ed|s)|resum(?:ed|es)|open(?:ed|s|ing)|regain(?:ed|s)",
        r"|rescind(?:ed|s)|withdr(?:ew|awn)|waived|affirmed|awarded|returned|signed|made|committed|hired|expects? to (?:close|record|complete))"
    ))
});
/// Presentations, calls and web pages, which are no news.
pub(super) static SHOW: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:investor|slide|corporate|management|updated) (?:presentation|deck)",
        r"|\bpresentation (?:materials?|slides)|\bconference call\b|\b(?:will|to) (?:present|participate",
        r"|speak|host)\b|\bpress release is (?:attached|furnished|filed)",
        r"|\bis (?:attached|furnished|filed) (?:hereto|herewith|as)\b|\bposted\b|\bearnings (?:call",
        r"|webcast)"
    ))
});

pub(super) static ENTERED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:enter(?:ed|s|ing)? into|execut(?:ed|es)|signed|agreed (?:to|upon|with)|amended|closed",
        r"|issued|completed|delivered|granted|made|announced|became (?:a )?party|(?:was|were) (?:selected|awarded))\b"
    ))
});
pub(super) static AGREEMENT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:agreements?|contracts?|lease|sublease|amendment|license)\b"));
pub(super) static DONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:complet\w+|consummat\w+|clos(?:ed|ing)|acquired|sold|purchased|merged|effected",
        r"|transferred|became effective|effective time)\b"
    ))
});
pub(super) static CYBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bcyber-?\s?(?:security)?\s?(?:incident|attack|event|breach)|\bcyberattack|\bransomware",
        r"|\bunauthorized (?:access|third part|actor|activity|party|individual|person|occurrence)",
        r"|\bdata (?:breach|security incident)|\bthreat actor|\bsecurity incident|\bmalware"
    ))
});
pub(super) static BANKRUPT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bchapter (?:7|11)\b|\bvoluntary petitions?\b|\binvoluntary petition|\bbankruptcy (?:court",
        r"|code|petition|protection)|\breceivership\b|\breceiver (?:was|has been) appointed",
        r"|\bplan of reorganization\b|\bbankruptcy (?:proceedings?|case)\b|\bfil(?:ed|ing) for bankruptcy\b|\bprotection under chapter\b|\binsolvency\b|\bappointed a receiver\b|\bcompanies.? creditors arrangement"
    ))
});
pub(super) static CUTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\breduc\w+[^;]{0,60}\b(?:workforce|headcount|work force|in force|staff|positions",
        r"|employees|roles)\b|\bworkforce reduction|\blay(?:ing)? ?-?offs?\b|\blayoffs?\b|\bjob cuts\b|\bfurlough",
        r"|\brestructuring (?:plan|program|initiative|action|and)|\b(?:corporate|strategic) restructuring\b",
        r"|\b(?:eliminat|cut)\w*[^;]{0,60}\b(?:positions|jobs|roles|employees)\b",
        r"|\b(?:clos(?:e|ing|ure)|shut(?:ting)? down|wind(?:ing)? down|cease|discontinu",
        r"|exit)\w*(?: of)?\s(?:[\w’'-]+\s){0,7}?(?:plants?|facilit(?:y|ies)|stores?|operations|operational activities|business(?:es)?",
        r"|manufacturing|sites?|offices?|program|centers?|yard|mills?|branch(?:es)?)\b|\bcost[- ](?:reduction|savings?|cutting) (?:plan",
        r"|program|initiative|action)"
    ))
});
/// Pattern that proves a restructuring only in the dedicated item.
pub(super) static WEAK_CUTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\brestructuring\b|\bexit (?:plan|costs?)|\bseverance\b|\bpre-tax charges?\b|\bworkforce\b|\bfurlough|\bemployees?\b[^;]{0,40}\b(?:affect|impact)|\b(?:affect|impact)\w*[^;]{0,40}\bemployees\b",
    )
});
pub(super) static WRITTEN_DOWN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bimpairments?\b[^;]{0,60}\b(?:charge|loss|expense|goodwill)|\b(?:goodwill|non-?cash",
        r"|asset)[^;]{0,40}\bimpairment|\bwrite (?:down|off)\b|\bwrote (?:down|off)\b|\bcharges? for (?:the )?impairment|\bimpairment of\b|\bwrite-?(?:down|off)s?\b|\bmaterial charge"
    ))
});
pub(super) static RESTATES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bno longer be relied|\bshould not be relied|\brestat(?:e|ed|ement",
        r"|ing)\b[^;]{0,80}\bfinancial (?:statements|results|information)|\bfinancial statements[^;]{0,120}\brestat(?:e|ed|ement)\b"
    ))
});
pub(super) static AUDITOR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:dismiss\w*|engag\w+|appoint\w+|resign\w*|replac\w+|declin\w+|select\w+|chang\w+",
        r"|retain\w+|terminat\w+|approved)\b[^;]{0,200}\b(?:independent (?:registered )?(?:public",
        r" )?(?:account|audit)\w*|auditors?|accountants?|certifying accountant|accounting firm)\b",
        r"|\b(?:independent (?:registered )?(?:public )?account\w*|auditors?",
        r"|accounting firm)\b[^;]{0,160}\b(?:dismissed|resigned|engaged|appointed|replaced)\b"
    ))
});
pub(super) static DELISTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bdelist|\bnot in compliance\b|\bnon-?compliance\b|\bno longer (?:in compliance|compl|meets",
        r"|satisf)|\b(?:minimum|bid price|continued listing)\b[^;]{0,120}\b(?:requirement|rule|standard",
        r"|deficien)|\bfail(?:ed|ure|s)? to (?:comply|satisfy|meet|file|timely|maintain|regain)",
        r"|\bsuspend(?:ed)? trading|\bfallen below\b|\bdeficiency (?:letter|notice)\b|\bproceedings to delist|\bForm 25\b|\bbelow (?:the )?(?:\$1|compliance",
        r"|criteria)"
    ))
});
pub(super) static DEFAULTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bevents? of default\b|\baccelerat(?:ed|ion|es)\b|\bdefault(?:ed)? (?:under|on)\b",
        r"|\bfail(?:ed|ure) to (?:pay|make)\b|\bnotice of acceleration\b|\b(?:did|has|have) not (?:pay|paid|make|made) (?:the |its )?(?:\w+ ){0,3}payment|\bimmediately due\b|\bforbearance\b"
    ))
});
pub(super) static CONTROL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bchange (?:in|of) control\b[^;]{0,40}\b(?:occurred|of the (?:company|registrant))",
        r"|\bmajority of the (?:voting|outstanding|issued)|\b(?:5[1-9]|[6-9]\d|100)(?:\.\d+)?% of the (?:\w+ ){0,3}(?:voting|outstanding|issued|shares)|\bchange (?:in|of) control of the company occurred|\bacquired control\b|\bbecame a (?:direct ",
        r"|indirect |wholly[- ]owned |direct,? |indirect,? )*subsidiary of|\b(?:was|has been|been",
        r"|be) acquired by\b"
    ))
});
pub(super) static ENDED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bterminat(?:ed|es|ing|ion of)\b[^;]{0,120}\b(?:agreement|contract|lease|license|facility",
        r"|indenture|partnership|collaboration)\b|\b(?:agreement|contract|lease|license",
        r"|facility)\b[^;]{0,120}\b(?:was|were|has been|will be|is) terminated\b",
        r"|\bnotice of (?:termination|non-?renewal)|\bmutual(?:ly)? (?:agreed to )?terminat|\bexpired\b",
        r"|\bwill not renew|\bcancel(?:led|ed|s)\b[^;]{0,60}\b(?:agreement|contract|order)|\belection to terminate\b|\bmutually agreed to terminate|\brepaid in full\b|\bterminat(?:ed|ion)\b"
    ))
});
pub(super) static RESULTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:financial|operating|earnings|preliminary|quarterly|annual",
        r"|unaudited)\b[^;]{0,60}\b(?:results|information)\b|\bresults (?:of operations )?for (?:the|its",
        r"|our)\b|\bits results\b|\bearnings (?:release|for)\b|\b(?:revenues?|net (?:income|sales",
        r"|loss))\b[^;]{0,60}\b(?:quarter|year|months)\b"
    ))
});
pub(super) static RELATIONS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:entered into|signed|announced|awarded|executed)\b[^;]{0,120}\b(?:collaboration",
        r"|partnership|license|licensing|supply|strategic|joint venture|services|master|distribution",
        r"|development|contract|commercial|definitive) ?(?:\w+ )?(?:agreements?|alliance|contract|award",
        r"|with)\b|\bjoint venture agreement\b|\blicens(?:e[sd]?|ed exclusive rights)\b[^;]{0,120}\b(?:rights?|patents?|develop|commerciali[sz]e|technology|exclusive)|\b(?:exclusive|worldwide)[^;]{0,40}\blicen[sc]e\b|\bmulti-?year (?:agreement|contract)"
    ))
});

/// Verdicts, settlements, charges and investigations.
pub(super) static LITIGATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bjury\b[^;]{0,80}\b(?:verdict|found|awarded)|\bverdict\b|\b(?:summary )?judgment\b|\bpleaded guilty|\bplea agreement|\bindict(?:ed|ment)",
        r"|\bsettle(?:d|ment|s)?\b[^;]{0,120}\b(?:lawsuit|action|litigation|investigation|claims?|department of justice|attorney general|plaintiffs?)\b",
        r"|\b(?:lawsuit|complaint|class action|suit)\b[^;]{0,80}\b(?:filed|against|dismiss\w*)|\b(?:filed|dismiss\w*|served)[^;]{0,60}\b(?:lawsuit|complaint|class action)\b",
        r"|\bsubpoena|\bcivil (?:penalty|complaint|investigative demand)|\bwells notice|\bconsent decree|\barbitration (?:panel|tribunal|award)|\bcourt of appeals\b",
        r"|\b(?:district|supreme|superior|appeals|appellate) court\b[^;]{0,80}\b(?:ruled|affirmed|reversed|dismissed|granted|denied|found)"
    ))
});
/// The loss or shutdown of a site after an accident.
pub(super) static DISRUPTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:fire|explosion|flood(?:s|ing)?|tornado|hurricane|earthquake|storm|accident|collapse|power (?:outage|failure))\b[^;]{0,160}\b(?:destroy\w*|damag\w*|halt\w*|suspend\w*|shut|stop\w*|force[ds]?|occurred|loss)\b",
        r"|\b(?:destroy\w*|damag\w*|halt\w*|suspend\w*|shut down|stopp\w*|loss)\b[^;]{0,160}\b(?:fire|explosion|flood(?:s|ing)?|tornado|hurricane|earthquake|storm|accident|collapse)\b",
        r"|\bhurricane \w+ (?:\w+ )?(?:damaged|destroyed)|\bsank\b|\btotal loss\b"
    ))
});
pub(super) static FACILITY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:plants?|facilit(?:y|ies)|refiner(?:y|ies)|factor(?:y|ies)|mills?|warehouses?|terminals?|creamer(?:y|ies)|mines?|rigs?|production|stores?|pipelines?|vessels?|sites?|smelters?|hospitals?|data centers?)\b",
    )
});
/// Regained compliance with a listing rule.
pub(super) static REGAINED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bregain(?:ed|s)?\b|\b(?:is|are|was) (?:now |again )?in compliance\b|\bcured the\b|\bmatter is now closed\b",
    )
});
