//! A visitor who does not want to tell.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::text::{clauses, pattern};
use crate::domains::chat::personas::{FieldKind, FieldSpec};

static REFUSES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
        \b(?:i'd|i\s+would|would|i'll)? \s* (?:rather|prefer) \s+ (?:not|to\s+keep) (?:\s+(?:to\s+)?(?:say|tell|share|give|disclose|answer|reveal|talk|discuss|provide|that|my|it)\b | \s*(?:$|[.,!;]|if\b|thanks?\b))
        | \bnone \s+ of \s+ your \s+ (?:\w+\s+)? business\b | \bmind \s+ your \s+ own\b | \bno \s+ comment\b | \bnot \s+ your \s+ (?:business|concern)\b
        | \b(?:won't|will\s+not|not\s+going\s+to|not\s+gonna|ain't\s+gonna|don't\s+(?:want|wanna|like)(?:\s+to)?|do\s+not\s+want\s+to|not\s+willing\s+to|not\s+ready\s+to|can't|cannot|refuse\s+to|don't|do\s+not|never)
          \s+ (?:tell|telling|say|share|sharing|give|giving|disclose|reveal|provide|hand|discuss|answer) \b
        | \bnot \s+ (?:telling|saying|sharing|giving|answering|disclosing)\b
        | \b(?:that|it|this)(?:'s|\s+is) \s+ (?:\w+\s+){0,3}? (?:private|personal|confidential|secret)\b
        | \bnot \s+ comfortable \s+ (?:sharing|giving|telling|saying|with\s+(?:that|sharing|giving))",
    )
});

/// A whole answer that refuses what was asked.
static SHORT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:(?:no|nope|nah|sorry|um+|ok|well|never|thanks|thank you|hard|i'll|let's|let me|please|not now)\b\W*)*(?:no|nope|nah|never|no way|no thanks|no thank you|skip|skip (?:it|that|this one|this)|pass|pass on that|next|next question|private|classified|confidential|secret|no chance|not now|anonymous|i'm good)\W*$",
    )
});

static KINDS: LazyLock<[(FieldKind, Regex); 4]> = LazyLock::new(|| {
    [
        (FieldKind::Email, pattern(r"(?i)\b(?:e-?mails?|mail address|address)\b")),
        (FieldKind::Phone, pattern(r"(?i)\b(?:phone|telephone|number|cell|mobile)\b")),
        (FieldKind::Money, pattern(r"(?i)\b(?:incomes?|salary|earn|earnings|make|pay|wages?|finances|money)\b")),
        (FieldKind::Name, pattern(r"(?i)\b(?:name|who i am)\b")),
    ]
});

/// The field that a sentence refuses to tell: the one that it names, else the one that was asked for.
pub(super) fn find<'a>(
    fields: &'a [FieldSpec],
    asked: Option<&'a FieldSpec>,
    text: &str,
    sentence: &Range<usize>,
) -> Option<&'a FieldSpec> {
    let inner = &text[sentence.clone()];
    if asked.is_some() && SHORT.is_match(inner) {
        return asked;
    }
    let clause =
        clauses(text, sentence.clone(), &[]).into_iter().find(|clause| REFUSES.is_match(&text[clause.clone()]))?;
    let kind = KINDS.iter().find(|(_, named)| named.is_match(&text[clause.clone()])).map(|(kind, _)| *kind);
    match kind {
        Some(kind) if asked.is_none_or(|asked| asked.kind != kind) => fields.iter().find(|field| field.kind == kind),
        _ => asked,
    }
}
