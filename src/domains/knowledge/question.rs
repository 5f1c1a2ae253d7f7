//! Analysis of questions: weighted words, and parts.

use super::{
    analysis::Analysis,
    tokens::{Script, normalized, pairs, runs},
};

/// Maximum number of words of a query.
const MAX_WORDS: usize = 64;
/// Maximum number of parts of a query that are searched separately.
const MAX_PARTS: usize = 4;
/// Weight of a common word.
pub(super) const COMMON: f64 = 0.35;
/// Weight of an unusual word: names and terms are most significant.
const SPECIAL: f64 = 1.4;
/// Minimum length of an unknown word that may be misspelled.
const MISSPELT: usize = 4;
/// Weight of a word of time as an answer to a question for a duration.
const TIME: f64 = 0.8;
/// Weight of a function word in another script.
const FUNCTION: f64 = 0.05;

/// A requested word.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wanted {
    /// Its alternatives; the first is the word itself.
    pub(super) alternatives: Vec<Alternative>,
    /// Its significance, around 1.
    pub(super) weight: f64,
    /// Its spelling, if it may be misspelled.
    pub(super) misspelt: Option<String>,
    /// True if it may be a name: one in no passage is the subject of the question.
    pub(super) is_name: bool,
}

/// An alternative for a word.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Alternative {
    /// Indexed words, all of which must occur.
    pub(super) terms: Vec<String>,
    /// Its weight relative to the word, up to 1.
    pub(super) factor: f64,
}

/// An analyzed question.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Question {
    /// Its distinct words.
    pub(super) words: Vec<Wanted>,
    /// Clauses that may be separate questions: the indexes of their words.
    pub(super) clauses: Vec<Vec<usize>>,
    /// True if it joins things by "and" or the like, so that one passage may not answer it.
    pub(super) is_joined: bool,
}

impl Question {
    /// Analyzes a question. Punctuation only ends clauses.
    pub(super) fn read(analysis: &Analysis, text: &str) -> Self {
        let mut question = Self { words: Vec::new(), clauses: Vec::new(), is_joined: joins(text) };
        let mut stems: Vec<String> = Vec::new();
        for clause in clauses(text) {
            let mut places = Vec::new();
            for (stem, wanted) in wanted(analysis, clause) {
                let place = match stems.iter().position(|known| *known == stem) {
                    Some(place) => place,
                    None if stems.len() < MAX_WORDS => {
                        stems.push(stem);
                        question.words.push(wanted);
                        stems.len() - 1
                    }
                    None => continue,
                };
                if !places.contains(&place) {
                    places.push(place);
                }
            }
            question.clauses.push(places);
        }
        question.raise(analysis);
        question.clauses.retain(|places| places.iter().any(|place| question.words[*place].weight > COMMON));
        question
    }

    /// Raises the weight of words that are insignificant beside others, but are the topic if at most one other word is
    /// left.
    fn raise(&mut self, analysis: &Analysis) {
        if self.words.iter().filter(|word| word.weight > COMMON).count() > 1 {
            return;
        }
        for word in &mut self.words {
            let stands_alone = |term: &String| analysis.vocabulary().stands_alone(term);
            if word.weight == COMMON && word.alternatives[0].terms.first().is_some_and(stands_alone) {
                word.weight = 1.0;
            }
        }
    }
}

/// Returns the parts of a question that are separate questions; none if it is a single question.
pub(super) fn parts(text: &str) -> Vec<&str> {
    let parts: Vec<_> = asked(text).into_iter().filter(|part| part.split_whitespace().count() >= 3).collect();
    if parts.len() < 2 { Vec::new() } else { parts.into_iter().take(MAX_PARTS).collect() }
}

/// Words that begin a separate question.
const OPENERS: &str = "how what why when where who which whose is are does do did can could should would will tell explain \
    describe about";

/// Words that join two questions.
const JOINERS: [&str; 5] = ["and", "or", "plus", "also", "then"];

fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

fn joins(text: &str) -> bool {
    text.contains('&') || text.split_whitespace().any(|word| JOINERS.contains(&&*bare(word)))
}

/// Splits the text into sentences, and before a joined question.
fn asked(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let words: Vec<(usize, &str)> = words_with_places(text);
    for (number, (place, word)) in words.iter().enumerate() {
        let next = |ahead: usize| words.get(number + ahead).map(|(_, word)| bare(word));
        let opens =
            |word: Option<String>| word.is_some_and(|word| OPENERS.split_whitespace().any(|known| known == word));
        let joined = JOINERS.contains(&&*bare(word))
            && (opens(next(1)) || (next(1).is_some_and(|word| JOINERS.contains(&&*word)) && opens(next(2))));
        if joined && *place > start {
            parts.push(&text[start..*place]);
            start = *place;
        } else if word.ends_with(['?', '!', ';', '？', '！', '；', '。']) || (word.ends_with('.') && next(1).is_some())
        {
            parts.push(&text[start..place + word.len()]);
            start = place + word.len();
        }
    }
    parts.push(&text[start..]);
    parts.retain(|part| part.contains(char::is_alphanumeric));
    parts
}

/// Splits a question into clauses, at commas too.
fn clauses(text: &str) -> Vec<&str> {
    let signs = [',', '，', '、', ':', '–', '—', '\n', '(', ')'];
    asked(text).into_iter().flat_map(|part| part.split(signs)).filter(|part| !part.trim().is_empty()).collect()
}

fn words_with_places(text: &str) -> Vec<(usize, &str)> {
    let place = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    text.split_whitespace().map(|word| (place(word), word)).collect()
}

/// Returns the words of a clause, with their keys. Addresses are skipped.
fn wanted(analysis: &Analysis, clause: &str) -> Vec<(String, Wanted)> {
    let is_address = |word: &&str| word.contains("://") || word.contains('@');
    let text = clause.split_whitespace().filter(|word| !is_address(word)).collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    let text = normalized(&text);
    let runs = runs(&text);
    for (place, (script, run)) in runs.iter().enumerate() {
        let (script, run) = (*script, *run);
        match script {
            Script::Spaced => {
                let beside = |place: usize| runs.get(place).map(|(_, run)| run.to_lowercase());
                let before = place.checked_sub(1).and_then(beside);
                found.extend(spaced(analysis, run, before.as_deref(), beside(place + 1).as_deref()));
            }
            Script::Ideographic | Script::Unspaced => {
                let segments = analysis.segments(run);
                let alone = runs.len() == 1 && segments.len() == 1;
                found.extend(segments.into_iter().filter_map(|word| unspaced(analysis, script, word, alone)));
            }
            Script::None => {}
        }
    }
    found
}

/// Words that ask for a duration after "how".
const SPEEDS: [&str; 5] = ["quick", "quickly", "fast", "soon", "rapidly"];
/// Words in passages that state a duration.
const DURATIONS: [&str; 7] = ["minute", "hour", "day", "week", "month", "year", "immediately"];
/// Words that form a unit with the preceding verb, such as "back up".
const ADVERBS: [&str; 5] = ["up", "in", "out", "down", "off"];

fn spaced(analysis: &Analysis, run: &str, before: Option<&str>, after: Option<&str>) -> Option<(String, Wanted)> {
    let small = run.to_lowercase();
    if before == Some("how") && SPEEDS.contains(&&*small) {
        return duration(analysis, &small);
    }
    let vocabulary = analysis.vocabulary();
    let stem = analysis.stems(run).pop()?;
    let verb = after.filter(|after| ADVERBS.contains(after)).and_then(|after| {
        let verb = analysis.stems(&format!("{small}{after}")).pop()?;
        (vocabulary.is_common(&stem) && vocabulary.is_ordinary(&verb)).then_some(verb)
    });
    let stem = verb.unwrap_or(stem);
    let is_function = analysis.folded(run).is_some_and(|folded| vocabulary.is_function(&folded));
    let is_number = stem.chars().all(|c| c.is_ascii_digit());
    let says_little = is_function || vocabulary.is_common(&stem) || stem.len() < if is_number { 3 } else { 2 };
    let is_special = !is_number && !vocabulary.is_ordinary(&stem);
    let weight = match (says_little, is_special) {
        (true, _) => COMMON,
        (false, true) => SPECIAL,
        (false, false) => 1.0,
    };
    let is_name = is_special && !says_little;
    let spelt = analysis.folded(run).filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= MISSPELT);
    let misspelt = spelt.filter(|_| is_name);
    let itself = Alternative { terms: vec![stem.clone()], factor: 1.0 };
    let near = vocabulary.near(&stem).iter();
    let near = near.map(|(word, factor)| Alternative { terms: vec![word.clone()], factor: *factor });
    let alternatives = [itself].into_iter().chain(near).collect();
    Some((stem, Wanted { alternatives, weight, misspelt, is_name }))
}

/// Returns the word for "how fast" and the like, of low significance, with words of time as alternatives.
fn duration(analysis: &Analysis, word: &str) -> Option<(String, Wanted)> {
    let stem = analysis.stems(word).pop()?;
    let itself = Alternative { terms: vec![stem.clone()], factor: 1.0 };
    let times = DURATIONS.iter().map(|time| Alternative { terms: analysis.stems(time), factor: TIME });
    let alternatives = [itself].into_iter().chain(times).collect();
    Some((stem, Wanted { alternatives, weight: COMMON, misspelt: None, is_name: false }))
}

fn unspaced(analysis: &Analysis, script: Script, word: &str, alone: bool) -> Option<(String, Wanted)> {
    let vocabulary = analysis.vocabulary();
    let is_function = match script {
        Script::Ideographic => vocabulary.is_nearly_function(word),
        _ => vocabulary.is_function(word),
    };
    let word = without_particle(word);
    let is_short = word.chars().count() < 2;
    if is_short && !alone && script == Script::Ideographic {
        return None;
    }
    let cut = if script == Script::Ideographic { pairs(word) } else { vec![word] };
    let terms: Vec<_> = cut.into_iter().flat_map(|term| analysis.stems(term)).collect();
    let is_kana = word.chars().all(|c| matches!(c, '\u{3041}'..='\u{309f}'));
    let says_nothing = is_function || terms.is_empty() || is_kana || is_short;
    let weight = if says_nothing && !alone { FUNCTION } else { 1.0 };
    let alternatives = vec![Alternative { terms, factor: 1.0 }];
    Some((word.to_owned(), Wanted { alternatives, weight, misspelt: None, is_name: false }))
}

/// Particles attached to Korean words by grammatical role, longer ones first.
const PARTICLES: [&str; 22] = [
    "에서는",
    "으로는",
    "까지는",
    "에서",
    "에게",
    "으로",
    "까지",
    "부터",
    "처럼",
    "보다",
    "이나",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "의",
    "에",
    "로",
    "와",
    "과",
];

/// Returns a Korean word without its particle; other words unchanged.
fn without_particle(word: &str) -> &str {
    if !word.chars().all(|c| matches!(c, '\u{ac00}'..='\u{d7a3}')) {
        return word;
    }
    let bare = PARTICLES.iter().find_map(|particle| word.strip_suffix(particle));
    bare.filter(|bare| bare.chars().count() >= 2).unwrap_or(word)
}
