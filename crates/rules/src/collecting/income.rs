//! Identification of the amount that is the visitor's income.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::{
    amount::{self, Amount},
    text::{clauses, pattern},
    value::Money,
};

/// An income with the position of its amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) span: Range<usize>,
    pub(super) money: Money,
    /// True if the visitor states that it is theirs, or corrects a known value.
    pub(super) is_said: bool,
}

/// Context of the conversation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting<'a> {
    /// The currency of an amount without one, unless another is known.
    pub(super) currency: &'a str,
    /// True if this field was asked for.
    pub(super) is_asked: bool,
    /// The known income.
    pub(super) known: Option<&'a Money>,
    /// True if the utterance states that something said before was wrong.
    pub(super) is_correction: bool,
    /// True if other facts surround it, so that a bare amount is an item of a list.
    pub(super) is_listed: bool,
}

static EARNS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
        \b(?:i|we)(?:'m|'ve|'d)? \s+ (?:\w+\s+){0,3}? (?:make|making|earn|earning|bring\s+(?:in|home)|bringing\s+(?:in|home)|pull\s+(?:in|down)|take\s+home|taking\s+home|get|gross|net|clear|paid|on|at|making)\b
        | \bi'?m \s+ (?:\w+\s+){0,2}? (?:on|at|making|earning|paid|pulling)\b
        | \b(?:my|our|an?|the|current|annual|yearly|monthly|weekly|base|total|gross|net|household) \s+ (?:\w+\s+){0,2}? (?:incomes?|salary|pay|wages?|earnings|compensation|comp|ctc|package|remuneration|take-?home|paycheck|rate)\b
        | ^(?:\w+\s+)? (?:income|salary|earnings|pay|wage)\b
        | \bpays? \s+ me\b | \bpaid \s+ me\b
        | \b(?:ich\s+(?:\w+\s+)?(?:verdiene|bekomme|kriege|habe)|verdiene|mein(?:e|en)?\s+(?:\w+\s+)?(?:gehalt|einkommen|lohn|verdienst|jahresgehalt|monatsgehalt))\b
        | \b(?:gano|cobro|ganamos|percibo|mis?\s+(?:salario|sueldo|ingresos?)) \b
        | \b(?:je\s+(?:gagne|touche)|j'ai|mon\s+(?:salaire|revenu)|mes\s+revenus) \b
        | \b(?:ganho|recebo|minha\s+renda|meu\s+sal[aá]rio) \b
        | \b(?:guadagno|prendo|il\s+mio\s+(?:stipendio|reddito)) \b
        | \b(?:jag\s+tjänar|jeg\s+tjener)\b
        | ^\s*(?:still\s+)?(?:make|making|earn|earning|earns)\b",
    )
});

/// Words showing that an amount is something else, somebody else's, or not present.
static OTHER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
        \b(?:lost|lose|losing|owe[sd]?|debts?|mortgage|loan|rent|spend|spent|spending|costs?|bought|buy|buying|sold|sell|invest|invested|investing|portfolio|saved|savings?
          | s&p|nasdaq|dow|index|ftse|dax|bitcoin|btc|stocks?|shares?|bonds?|options?|etfs?|crypto|tesla|nvidia|apple|fund|aum|put|deposit|withdrew|withdraw|won|inherit(?:ed)?|worth|price[sd]?|valued?
          | house|car|apartment|bill|fees?|bonus|budget|minimum|goal|target|would|could|should|used\s+to|want|wants|wish|hope|hoping|wanna|dream|plan(?:ning)?|aim(?:ing)?|if|might|back\s+in|last\s+year|years\s+ago|previously|before\s+i
          | he|she|they|his|her|their|your?|you|boss|wife|husband|partner|friend|brother|sister|mother|father|mom|dad|neighbou?r|colleague|coworker|ceo|people|someone|somebody|everyone|guy|who
          | paid\s+(?:[$€£¥\d]|for|off|about|around|over|up)|401\s?\(?k|retirement|pension|per\s+trade|trading\s+account|profit|gains?|down|dropped|fell|rose|return(?:s|ed)?|limit|subscription|newsletter )\b",
    )
});

/// Words by which an amount excludes or precedes something.
static ASIDE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:before|excluding|without|not counting|plus|with|including|incl\.?)\s+(?:\w+\s+)?(?:bonus(?:es)?|tips|commissions?|overtime|options|stock|tax(?:es)?)\b",
    )
});

/// Words showing that an amount is the rest of another one.
static NET: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:after\s+(?:all\s+)?(?:the\s+)?(?:tax(?:es)?|deductions)|net|netto|take[\s-]home|in\s+(?:my\s+)?(?:pocket|hand))\b",
    )
});

static NOT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:not|isn't|wasn't|never|instead of|rather than|than)\s+(?:about|around|like|a|the|\$|€|£)?\s*$")
});

static MEANT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:(?:no|sorry|actually|wait|oops|correction|i meant?|i mean|make that|scratch that|rather|well)\b[\s,]*)+",
    )
});

/// Words showing that an amount was earned in the past.
static PAST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:used\s+to\s+(?:make|earn|get|bring|be)|(?:i|we)\s+(?:made|earned|got|had)|(?:was|were)\s+(?:making|earning|on|paid))\b",
    )
});

/// Words of the same meaning after the amount.
static FORMERLY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\W*(?:before|previously|formerly|earlier|back\s+then|in\s+the\s+past)\W*$"));

/// Words showing that an amount is earned at present.
static PRESENT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:now|currently|nowadays|today|these\s+days|at\s+the\s+moment)\b"));

/// Words allowed around an amount that is an answer by itself.
static FILLER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^(?: \W | \b(?:um+|uh+|er+|ok|okay|sure|yes|yeah|yep|well|fine|so|hmm+|oh|about|around|approximately|approx|roughly|circa|ca|nearly|almost|just|under|over|like|some|maybe|probably|i|i'd|would|say|guess|think|it's|its|it|is|that's|somewhere|something|between|from|in|the|range|of|ballpark|give|or|take|more|less|than|at|least|up|to|a|bit|little|total|gross|net|before|after|taxes|tax|pre-tax|pretax|now|right|currently|nowadays|today|these|days|year|per|annum|honestly|no|sorry|actually|wait|oops|mean|meant|make|that|correction|income|salary|my|plus|and|change|please|if|you|must|know|all|combined|annually|annual|yearly|monthly|currency|euros?|dollars?|pounds?|not|was|were|the|lønn|løn|lön)\b )*$",
    )
});

/// Returns the income stated in a sentence. `sentence` is a part of `text`; parts unrelated to money are blanked out in
/// it.
pub(super) fn find(text: &str, sentence: Range<usize>, setting: Setting<'_>) -> Option<Found> {
    let amounts = amount::find_in(text, sentence.clone());
    let spans: Vec<_> = amounts.iter().map(|amount| amount.span.clone()).collect();
    let clauses = clauses(text, sentence.clone(), &spans);
    let is_meant = setting.is_correction && setting.known.is_some() && MEANT.is_match(&text[sentence]);
    let mut best: Option<(u8, Found)> = None;
    let mut speaks = Speaks::default();
    for clause in &clauses {
        let inside = |amount: &&Amount| clause.start <= amount.span.start && amount.span.end <= clause.end;
        let amount = amounts.iter().find(inside);
        let said = speaks.hear(text, clause.clone(), amount);
        let judged = amount.and_then(|amount| judge(text, clause, amount, said, (setting, is_meant)));
        let Some((strength, found)) = judged else {
            continue;
        };
        if best.as_ref().is_none_or(|(other, _)| strength > *other) {
            best = Some((strength, found));
        }
    }
    best.map(|(_, found)| found)
}

/// Statements of the clauses of a sentence before an amount.
#[derive(Debug, Clone, Copy, Default)]
struct Speaks {
    /// About earning, without an amount yet.
    of_earning: bool,
    /// About something else, in the previous clause.
    of_other: bool,
    /// An income was stated.
    has_said: bool,
    /// About a mistake, in the previous clause.
    of_mistake: bool,
    /// About a past income, in the previous clause.
    of_past: bool,
}

/// Meaning of the words around an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    /// Earned.
    Earned,
    /// Replaces an earlier statement.
    Meant,
    /// No other words.
    Bare,
    /// Something else.
    Other,
}

impl Speaks {
    fn hear(&mut self, text: &str, clause: Range<usize>, amount: Option<&Amount>) -> Said {
        let before = &text[clause.start..amount.map_or(clause.end, |amount| amount.span.start)];
        let after = ASIDE.replace(amount.map_or("", |amount| &text[amount.span.end..clause.end]), "");
        let is_other = OTHER.is_match(before) || OTHER.is_match(&after) || NOT.is_match(before);
        let is_earned = EARNS.is_match(before);
        let Some(_) = amount else {
            self.of_earning = (self.of_earning || is_earned) && !is_other;
            self.of_other = is_other;
            self.of_mistake = MEANT.find(before).is_some_and(|meant| meant.end() == before.len());
            return Said::Other;
        };
        let is_bare = FILLER.is_match(before) && FILLER.is_match(&after) && !NOT.is_match(before);
        let is_now = PRESENT.is_match(before) || PRESENT.is_match(&after);
        let of_past = (PAST.is_match(before) || FORMERLY.is_match(&after)) && !is_now;
        let said = match () {
            () if self.has_said && NET.is_match(&after) => Said::Other,
            () if is_bare && (self.of_mistake || MEANT.is_match(before)) && (self.has_said || self.of_earning) => {
                Said::Meant
            }
            () if is_other => Said::Other,
            () if is_earned => Said::Earned,
            () if is_bare && self.of_past && is_now => Said::Meant,
            () if is_bare && self.of_earning => Said::Earned,
            () if is_bare && !self.of_other => Said::Bare,
            () => Said::Other,
        };
        *self = Self { of_other: said == Said::Other, has_said: said != Said::Other, of_past, ..Self::default() };
        said
    }
}

fn judge(
    text: &str,
    clause: &Range<usize>,
    amount: &Amount,
    said: Said,
    (setting, is_meant): (Setting<'_>, bool),
) -> Option<(u8, Found)> {
    let before = &text[clause.start..amount.span.start];
    let amount = &setting.known.map_or_else(|| amount.clone(), |known| amount.in_terms_of(&known.currency));
    let answer = amount.as_answer();
    let (strength, amount) = match said {
        Said::Other => return None,
        Said::Meant => (3, answer?),
        Said::Earned if setting.is_asked => (2, answer?),
        Said::Earned if amount.is_money() || amount.is_sizeable() => (2, amount.clone()),
        Said::Earned => return None,
        Said::Bare if setting.is_asked => (1, answer?),
        Said::Bare if is_meant => (2, answer?),
        Said::Bare if setting.known.is_some() && !setting.is_correction => return None,
        Said::Bare if amount.is_money() && amount.period.is_some() => (1, amount.clone()),
        Said::Bare if amount.stands_alone() => (1, amount.clone()),
        Said::Bare if setting.is_listed && amount.is_money() => (1, amount.clone()),
        Said::Bare => return None,
    };
    let period = amount::period_before(before);
    let is_corrected = is_meant || (setting.is_correction && said == Said::Earned);
    let money = match setting.known {
        Some(known) if is_corrected && period.is_none() => corrected(&amount, known)?,
        Some(known) => amount.money(&known.currency, period)?,
        None => amount.money(setting.currency, period)?,
    };
    Some((strength, Found { span: amount.span, money, is_said: strength > 1 }))
}

/// Returns the amount as a correction of a known one: with its currency and, if of similar size, its period, unless
/// stated.
fn corrected(amount: &Amount, known: &Money) -> Option<Money> {
    let same = amount.money(&known.currency, Some(known.period))?;
    let is_alike = same.minor <= known.minor.saturating_mul(5) && known.minor <= same.minor.saturating_mul(5);
    if is_alike { Some(same) } else { amount.money(&known.currency, None) }
}
