//! The visitor's name in conversation.
//!
//! A name is accepted if the visitor states it: after a phrase (`my name is`, `I'm`, `call me`), as a bare answer to
//! the question, or next to their mail address. Capitalization, where it is significant, and lists of given names and
//! ordinary words decide if a word can be a name.

mod person;
mod words;

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::text::{clauses, corrects, pattern, sentences};
use person::{Case, Person};
pub(super) use words::is_ordinary;
use words::{is_given, is_role, looks_like_a_state};

/// A name with its certainty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) span: Range<usize>,
    pub(super) name: String,
    /// True if the visitor states it explicitly, or corrects a known value.
    pub(super) is_said: bool,
}

/// Context of the conversation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting<'a> {
    /// True if the name was asked for.
    pub(super) is_asked: bool,
    /// The known name.
    pub(super) known: Option<&'a str>,
    /// The local part of the address in the same utterance.
    pub(super) mailbox: Option<&'a str>,
}

/// Pattern of unambiguous phrases before a name.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
        (?: (?: \b my \s+ (?:full\s+|first\s+|real\s+|actual\s+)? name (?:'s | \s+ is | \s+ was | \s*[:=–—-] ) (?:\s+actually)?
          | (?:^|[.,!;:|]\s*|\bthe\s+|\b(?:hi|hey|hello)\s+) (?:full\s+|first\s+)? name (?:'s | \s+ is | \s*[:=–—-] )
          | \b i \s+ go \s+ by (?:\s+ the \s+ name (?:\s+ of)?)? | \b i(?:'m|\s+am) \s+ (?:called|named) | \b i \s+ am \s+ known \s+ as
          | \b it(?:'s|\s+is) \s+ (?:spelled|spelt|written)
          | \b (?:ich \s+)? (?:heiße|heisse) | \b mein (?:\s+ (?:vor|nach)?)? \s* name \s+ (?:ist|lautet) | \b nenn(?:t|en \s+ sie)? \s+ mich (?:\s+ einfach)?
          | \b me \s+ llamo | \b mi \s+ nombre (?:\s+ completo)? \s+ es | \b ll[aá]m(?:a|e|en)me
          | \b je \s+ m'appelle | \b mon \s+ (?:pr[eé]nom|nom) \s+ (?:est|c'est) | \b moi,? \s+ c'est | \b appel(?:le|ez)-moi
          | \b (?:eu \s+)? me \s+ chamo | \b chamo-me | \b (?:o \s+)? meu \s+ nome \s+ é | \b (?:me \s+ chame | me \s+ chamar) \s+ de
          | \b mi \s+ chiamo | \b il \s+ mio \s+ nome \s+ è | \b chiamami
          | \b ik \s+ heet | \b (?:mijn|m'n) \s+ naam \s+ is | \b jag \s+ heter | \b mitt \s+ namn \s+ är | \b jeg \s+ hedder | \b jeg \s+ heter
          | \b nazywam \s+ się | \b mam \s+ na \s+ imię | \b (?:benim \s+)? ad[ıi]m | меня \s+ зовут ) [\s:]* \s
          | (?: (?: ^ | [.,!;:|(] \s* | \b my \s+ ) (?:full\s+|first\s+)? name \s* [:=] ) \s*
          | (?: 我叫 | 我的名字是 ) \s* )",
    )
});

static CALLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:(?:just )?call me|they call me|(?:people|friends|everybody|everyone) calls? me)[\s:]*\s")
});

static I_AM: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:i'm|i am|im)[\s:–—-]*\s"));

/// Pattern of such phrases in languages in which other words are capitalized too, or are followed by professions: only
/// before known names.
static I_AM_ABROAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:ich bin(?: (?:der|die))?|hier (?:ist|spricht)|(?:yo )?soy|je suis|c'est|(?:eu )?sou(?: [oa])?|aqui é(?: [oa])?|(?:io )?sono|ik ben|jag är|jestem)[\s:]*\s",
    )
});

static THIS_IS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\W*(?:(?:hi|hey|hello|good \w+|yes|yeah|ok|okay)\b(?:\s+there)?\W*)*this is\s+"));

static IT_IS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:(?:no|nope|sorry|actually|wait|oops|correction|well|sure|ok|okay|yes|yeah|um+|uh+|hi|hey|hello|fine|of course|i said|i meant?|i mean)\b\W*)*(?:it's|it is|that's|that is|its)\s+(?:actually\s+|really\s+)?",
    )
});

/// Words allowed before a bare answer.
static FILLERS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:(?:no|nope|sorry|actually|wait|oops|correction|well|sure|ok|okay|yes|yeah|yep|um+|uh+|er+|hi|hey|hello|there|howdy|greetings|(?:good )?(?:morning|afternoon|evening)|fine|of course|i meant?|i mean|oh|so|alright|just|name|i'm|im|i am|it's|glad you asked|no problem|certainly|gladly)\b\W*)*",
    )
});

/// Words allowed after a name following `I'm`.
static GOES_ON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s*(?:$|[.,;:!?。，！？、)(|\n\x22”—–/&+-]|(?:und|aber|aus|von|vom|ich|mein|meine|y|e|et|ed|pero|ma|mas|mais|vivo|mi|mon|meu|minha|il|je|j'ai|eu|io|tengo|trabajo|en|desde|och|ik|as|am|have|was|need|want|would|que|para|per|à|a|mit|bei|and|but|from|here|btw|by the way|nice|pleased|with|without|at|speaking|who|how|what|good|so|ok|thanks|thank|i|i'm|my|in case|of|in|hi|hello|email|mail|though|actually|not|you|please|if|again|or|for|then|everybody|everyone|just|can|could|let|is|on)\b)",
    )
});

static HERE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^\s*(?:here|speaking)\s*(?:$|[.,!;])"));

static REGARDS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?:^|\s)(?:best|regards|best wishes|sincerely|yours)\s*,\s*$"));

static NOT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:not|isn't|never)\s*$"));

/// Returns the name stated in a text; a later one wins if it is a correction.
pub(super) fn find(text: &str, setting: Setting<'_>) -> Option<Found> {
    let text = &plain(text);
    let case = Case::of(text);
    if setting.is_asked
        && let Some(found) = turned(text, case)
    {
        return Some(found);
    }
    let mut best: Option<(u8, Found)> = None;
    let mut may_be_bare = true;
    for sentence in sentences(text) {
        let said = said(text, &sentence, case, setting);
        let bare = || bare(text, &sentence, case, setting, &mut may_be_bare);
        let Some((strength, found)) = said.or_else(bare).or_else(|| beside_mail(text, &sentence, case, setting)) else {
            continue;
        };
        if best.as_ref().is_none_or(|(other, before)| replaces(text, (*other, before), (strength, &found))) {
            best = Some((strength, found));
        }
    }
    best.map(|(_, found)| found)
}

/// Returns `text`, with unchanged length, with symbols (emoji and others) blanked out and spaces instead of quotation
/// marks, which are no parts of names.
fn plain(text: &str) -> String {
    static SINGLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(^|[\s:,(])'([^'\n]{2,60})'($|[\s.,!?)])"));
    let text = SINGLE.replace_all(text, "$1 $2 $3");
    let mut plain = String::with_capacity(text.len());
    for found in text.chars() {
        let filler = match found {
            '"' | '“' | '”' | '„' | '«' | '»' | '‹' | '›' | '「' | '」' | '*' | '_' => ' ',
            _ if is_sign(found) => '|',
            _ => {
                plain.push(found);
                continue;
            }
        };
        plain.extend(std::iter::repeat_n(filler, found.len_utf8()));
    }
    plain
}

fn is_sign(char: char) -> bool {
    matches!(char, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}' | '\u{3030}' | '©' | '®' | '™')
}

/// Returns true if a name replaces an earlier one: it is more certain, extends it (`Bond. James Bond.`), or corrects
/// it.
fn replaces(text: &str, (before, old): (u8, &Found), (strength, new): (u8, &Found)) -> bool {
    let is_longer = new.name.len() > old.name.len() && new.name.contains(&old.name);
    strength > before
        || (strength == before && is_longer)
        || (strength == before && text.get(old.span.end..new.span.start).is_some_and(corrects))
}

/// Returns a name after a phrase.
fn said(text: &str, sentence: &Range<usize>, case: Case, setting: Setting<'_>) -> Option<(u8, Found)> {
    let inner = &text[sentence.clone()];
    let mut best: Option<(u8, Found)> = None;
    let mut take = |strength: u8, person: Person| {
        let found = Found { span: person.span, name: person.name, is_said: strength > 2 };
        if best.as_ref().is_none_or(|(other, before)| replaces(text, (*other, before), (strength, &found))) {
            best = Some((strength, found));
        }
    };
    let goes_on = |person: &Person| GOES_ON.is_match(&text[person.span.end..]) && !is_glued(&person.name);
    for (phrase, strength, small) in [
        (&NAMED, 4, (|_| true) as fn(&str) -> bool),
        (&CALLED, 4, is_given),
        (&I_AM, 2, is_given),
        (&I_AM_ABROAD, 2, is_given),
        (&THIS_IS, 2, |_| false),
    ] {
        for found in phrase.find_iter(inner) {
            let person = person::read(&text[..sentence.end], sentence.start + found.end(), case, small).filter(goes_on);
            let is_outright = strength > 2;
            if let Some(person) = person
                && !is_religion(&person, setting)
                && (is_outright || !is_trade(text, &person))
                && (person.is_given || !is_german(&inner[..found.end()]))
                && (!std::ptr::eq(phrase, &I_AM_ABROAD) || person.is_given)
            {
                take(strength, person);
            }
        }
    }
    if (setting.is_asked || (setting.known.is_some() && corrects(inner)))
        && let Some(found) = IT_IS.find(inner)
        && let Some(person) =
            person::read(&text[..sentence.end], sentence.start + found.end(), case, |_| true).filter(goes_on)
    {
        take(3, person);
    }
    if let Some(person) = here(text, sentence, case) {
        take(2, person);
    }
    best
}

/// Returns true for words like `Christian` in `I'm Christian`, which is more often a religion than a name.
fn is_religion(person: &Person, setting: Setting<'_>) -> bool {
    person.name == "Christian" && !setting.is_asked
}

/// Returns true if a name contains several, in a script without spaces.
fn is_glued(name: &str) -> bool {
    name.chars().filter(|char| matches!(char, '\u{3040}'..='\u{9fff}')).count() > 4
}

/// Returns true for the German `im` inside a sentence: `65.000 € im Jahr`.
fn is_german(before: &str) -> bool {
    static IM: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)[\p{L}\p{N}\p{Sc}]\s+im\s+$"));
    static OPENS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:hi|hey|hello|hallo|there|and|yes|yeah|ok|okay|well|so|actually|no|sorry|but|because)\s+im\s+$",
        )
    });
    IM.is_match(before) && !OPENS.is_match(before)
}

/// Returns true for a profession: `I'm Head of IT`, `I'm Managing Director`.
fn is_trade(text: &str, person: &Person) -> bool {
    let follows_of = OF.is_match(&text[person.span.end..]);
    let mut words = person.name.split(' ');
    !person.is_given && (words.clone().any(is_role) || follows_of || words.next().is_some_and(looks_like_a_state))
}

static OF: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^\s*(?:of|&|/|in\s+chief|at\s+large)\b"));

/// Returns the name in `Dana here`.
fn here(text: &str, sentence: &Range<usize>, case: Case) -> Option<Person> {
    let inner = &text[sentence.clone()];
    let start = sentence.start + FILLERS.find(inner).map_or(0, |fillers| fillers.end());
    let person = person::read(&text[..sentence.end], start, case, is_given)?;
    HERE.is_match(&text[person.span.end..sentence.end]).then_some(person)
}

/// Returns the name in `Mulder, Fox`: two names and nothing else, of which the first is no given name.
fn turned(text: &str, case: Case) -> Option<Found> {
    let (family, _) = text.split_once(',')?;
    let start = FILLERS.find(family).map_or(0, |fillers| fillers.end());
    let begin = family.len() + 1;
    let last = person::read(&text[..family.len()], start, case, |_| true)?;
    let first = person::read(text, begin, case, |_| true)?;
    let is_all = |rest: &str| rest.chars().all(|char| !char.is_alphanumeric());
    let is_whole = is_all(&text[last.span.end..family.len()]) && is_all(&text[first.span.end..]);
    let is_like_a_list = last.words <= 3 && first.words <= 2 && (first.is_given || (last.is_large && first.is_large));
    (is_whole && is_like_a_list && !last.is_given && !text.ends_with('?')).then(|| Found {
        span: last.span.start..first.span.end,
        name: format!("{} {}", first.name, last.name),
        is_said: true,
    })
}

/// Returns a name that fills a clause: the answer to the question for it, or a correction of the known one.
fn bare(
    text: &str,
    sentence: &Range<usize>,
    case: Case,
    setting: Setting<'_>,
    may_be_bare: &mut bool,
) -> Option<(u8, Found)> {
    let inner = &text[sentence.clone()];
    let is_correction = setting.known.is_some() && corrects(inner);
    let is_answer = setting.is_asked && *may_be_bare;
    if !is_answer && !is_correction {
        return None;
    }
    for clause in clauses(text, sentence.clone(), &[]) {
        let start = clause.start + FILLERS.find(&text[clause.clone()]).map_or(0, |fillers| fillers.end());
        if start >= clause.end {
            continue;
        }
        // What comes first decides: later clauses and sentences speak of something else.
        *may_be_bare = false;
        let rest = &text[clause.end..sentence.end];
        if rest.trim_start().starts_with('?') || inner.ends_with('?') && clause.end + 1 >= sentence.end {
            return None;
        }
        let person = person::read(&text[..clause.end], start, case, |_| true)?;
        let after = text[person.span.end..clause.end].trim();
        let is_all = after.chars().all(|char| !char.is_alphanumeric());
        let is_likely = person.is_large || person.is_given || person.words <= 2;
        let is_like_known = setting.known.is_some_and(|known| is_like(known, &person.name));
        if !is_all || !is_likely || NOT.is_match(&text[clause.start..start]) {
            return None;
        }
        if setting.is_asked || is_like_known {
            // A longer form of it may follow: Bond. James Bond.
            *may_be_bare = setting.is_asked;
            return Some((1, Found { span: person.span, name: person.name, is_said: true }));
        }
        return None;
    }
    None
}

/// Returns true if two names may be the same, misheard or extended.
fn is_like(known: &str, name: &str) -> bool {
    let first = |name: &str| name.split(' ').next().unwrap_or_default().to_lowercase();
    let (known, name) = (first(known), first(name));
    known == name || strsim::damerau_levenshtein(&known, &name) <= 2
}

/// Returns a name at the head of a list with a mail address, or at the end of a letter.
fn beside_mail(text: &str, sentence: &Range<usize>, case: Case, setting: Setting<'_>) -> Option<(u8, Found)> {
    let inner = &text[sentence.clone()];
    let first = clauses(text, sentence.clone(), &[]).into_iter().next()?;
    let start = first.start + FILLERS.find(&text[first.clone()]).map_or(0, |fillers| fillers.end());
    let person = person::read(&text[..first.end], start, case, is_given)?;
    let is_all = text[person.span.end..first.end].chars().all(|char| !char.is_alphanumeric());
    if !is_all || inner.ends_with('?') {
        return None;
    }
    let fits = |mailbox: &str| fits_mailbox(mailbox, &person.name) || person.is_given || person.words > 1;
    let is_signed = REGARDS.is_match(&text[..person.span.start]) && text[person.span.end..].trim().len() <= 1;
    (setting.mailbox.is_some_and(fits) || is_signed)
        .then(|| (1, Found { span: person.span, name: person.name.clone(), is_said: false }))
}

/// Returns true if a word of the name occurs in the local part of an address.
fn fits_mailbox(mailbox: &str, name: &str) -> bool {
    let mailbox = mailbox.to_lowercase();
    name.to_lowercase().split(' ').any(|word| word.chars().count() > 2 && mailbox.contains(word))
}

/// Returns true if a name read by a language model is a possible name of a person.
pub(super) fn is_name(text: &str) -> bool {
    let case = Case::of(text);
    person::read(text, 0, case, |_| true).is_some_and(|person| person.span.end == text.trim_end().len())
}
