//! Refusals to tell something.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::text::{clauses, pattern};
use crate::personas::{FieldKind, FieldSpec};

static REFUSES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
        \b(?:i'd|i\s+would|would|i'll)? \s* (?:rather|prefer) \s+ (?:not|to\s+keep) (?:\s+(?:to\s+)?(?:say|tell|share|give|disclose|answer|reveal|talk|discuss|provide|that|my|it)\b | (?:\s+to)?\s*(?:$|[.,!;]|if\b|thanks?\b))
        | \bnone \s+ of \s+ your \s+ (?:\w+\s+)? business\b | \bmind \s+ your \s+ own\b | \bno \s+ comment\b | \bnot \s+ your \s+ (?:business|concern)\b
        | \b(?:won't|will\s+not|not\s+going\s+to|not\s+gonna|ain't\s+gonna|don't\s+(?:want|wanna|like)(?:\s+to)?|do\s+not\s+want\s+to|not\s+willing\s+to|not\s+ready\s+to|can't|cannot|refuse\s+to|don't|do\s+not|never)
          \s+ (?:tell|telling|say|share|sharing|give|giving|disclose|reveal|provide|hand|discuss|answer) \b
        | \bnot \s+ (?:telling|saying|sharing|giving|answering|disclosing)\b
        | \b(?:that|it|this)(?:'s|\s+is) \s+ (?:\w+\s+){0,3}? (?:private|personal|confidential|secret)\b
        | \bnot \s+ comfortable \s+ (?:sharing|giving|telling|saying|with\s+(?:that|sharing|giving))
        | \b(?:keine\s+angaben?|sag(?:e|')?\s+ich\s+(?:lieber\s+)?nicht|(?:lieber|möchte\s+ich|will\s+ich)\s+nicht(?:\s+(?:sagen|verraten|angeben))? \s*(?:$|[.,!;]) | (?:möchte|will|werde|mag)\s+(?:ich\s+)?(?:das\s+|es\s+|dir\s+|ihnen\s+)*(?:lieber\s+)?nicht\s+(?:sagen|verraten|angeben|preisgeben|nennen) | geht\s+(?:sie|dich|euch|niemanden)\s+(?:gar\s+)?nichts\s+an)\b
        | \b(?:prefiero|preferiría)\s+no\b | \bno\s+(?:quiero|voy\s+a|te\s+voy\s+a)\s+(?:decir|dar|contestar|compartir)\w* | \bno\s+(?:es|te|le)\s+(?:asunto\s+tuyo|importa|incumbe)\b
        | \bpréfère\s+(?:ne\s+pas|pas)\b | \bje\s+ne\s+(?:veux|souhaite)\s+pas\s+(?:le\s+|vous\s+le\s+)?(?:dire|donner|répondre|partager) | \bça\s+ne\s+(?:vous|te)\s+regarde\s+pas\b",
    )
});

/// Pattern of a whole answer that refuses.
static SHORT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:(?:no|nope|nah|sorry|um+|ok|well|never|thanks|thank you|hard|i'll|let's|let me|please|not now)\b\W*)*(?:no|nope|nah|none|nothing|nada|nichts|rien|n/?a|nein|non|prefer not(?: to)?|(?:i'd )?rather not|no answer|keine|(?:i )?(?:don't|do not|haven't) (?:have|got|use) (?:one|any|an? (?:e-?mail|mail|phone|number)(?: address| number)?)|no (?:e-?mail|phone|number)(?: address| number)?|never|no way|no thanks|no thank you|skip|skip (?:it|that|this one|this)|pass|pass on that|next|next question|private|classified|confidential|secret|no chance|not now|anonymous|i'm good)\W*$",
    )
});

/// Pattern of a whole answer to the question for an amount that states that there is none, or only an estimate.
static NO_AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
    let says = r"(?:nothing|none|zero|zilch|nada|nil|zip|0(?:[.,]0+)?\s?(?:k|[$€£]|euros?|dollars?|pounds?|usd|eur|gbp|chf)?|(?:minus|negative)\s[\w,.' -]{1,30}|[$€£]\s?0|(?:minus|negative|-)\s?[$€£]?\s?\d[\d.,' ]*k?|(?:in )?between jobs|unemployed|jobless|out of work|not working|(?:i )?(?:don't|do not) (?:work|earn|make|have)(?: (?:a|any|an))?(?: (?:job|income|money|salary|anything|much|enough))?|no (?:job|income|salary|work|money|earnings)|students?|stud(?:ying|ent)|pupil|retired|retiree|pensioner|on (?:benefits|welfare)|housewife|stay at home (?:mum|mom|dad|parent)|looking for (?:a job|work)|(?:low |mid |high |about )?(?:four|five|six|seven|eight|\d) figures|(?:way |far )?too (?:little|low|much)|not (?:nearly )?(?:much|enough|a lot|that much)|peanuts|less than (?:i'd|i would) like|(?:a few|several|some) (?:hundred|thousand)|very little|a (?:lot|little|bit)|it (?:varies|depends)|varies|depends|hard to (?:say|tell)|minimum wage|broke|(?:i )?(?:don't|do not) know|no idea|nichts|null|gar nichts|arbeitslos|rentner(?:in)?|schüler(?:in)?|studierende|zu wenig|wenig|kein(?:e|en)? (?:einkommen|job|arbeit|angabe)|nada|cero|desempleado|desempleada|en paro|estudiante|jubilad[oa]|muy poco|demasiado poco|poco|rien|zéro|chômage|au chômage|étudiante?|retraitée?|pas assez|pas beaucoup|trop peu|peu)";
    let beside = r"(?:i'm|i am|i|im|we|am|are|just|only|still|currently|at the moment|right now|now|presently|yet|so|because|since|as|and|but|well|about|around|um+|uh+|hm+|sorry|honestly|really|actually|probably|at all|a|an|the|of|full ?time|maybe|to be honest|unfortunately|sadly|always|ich|bin|ein|eine|leider|gerade|noch|zur zeit|momentan|verdiene|soy|estoy|un|una|gano|je|suis|gagne|make|earn|it's|that's|with|no|yes|haha|lol|university|uni|college|student)";
    pattern(&format!(r"(?i)^(?:\W*{beside}\b)*\W*{says}(?:\W+(?:{says}|{beside})\b)*\W*$"))
});

static KINDS: LazyLock<[(FieldKind, Regex); 4]> = LazyLock::new(|| {
    [
        (FieldKind::Email, pattern(r"(?i)\b(?:e-?mails?|mail address|address)\b")),
        (FieldKind::Phone, pattern(r"(?i)\b(?:phone|telephone|number|cell|mobile)\b")),
        (FieldKind::Money, pattern(r"(?i)\b(?:incomes?|salary|earn|earnings|make|pay|wages?|finances|money)\b")),
        (FieldKind::Name, pattern(r"(?i)\b(?:name|who i am)\b")),
    ]
});

/// Returns the field that a sentence refuses to tell: the one it names, otherwise the one asked for or still open.
pub(super) fn find<'a>(
    fields: &'a [FieldSpec],
    asked: Option<&'a FieldSpec>,
    open: Option<&'a FieldSpec>,
    text: &str,
    sentence: &Range<usize>,
) -> Option<&'a FieldSpec> {
    let inner = &text[sentence.clone()];
    let is_of_money = asked.is_some_and(|asked| asked.kind == FieldKind::Money);
    if asked.is_some() && (SHORT.is_match(inner) || (is_of_money && NO_AMOUNT.is_match(inner))) {
        return asked;
    }
    let clause =
        clauses(text, sentence.clone(), &[]).into_iter().find(|clause| REFUSES.is_match(&text[clause.clone()]))?;
    let kind = KINDS.iter().find(|(_, named)| named.is_match(&text[clause.clone()])).map(|(kind, _)| *kind);
    match kind {
        Some(kind) if open.is_none_or(|open| open.kind != kind) => fields.iter().find(|field| field.kind == kind),
        _ => open,
    }
}
