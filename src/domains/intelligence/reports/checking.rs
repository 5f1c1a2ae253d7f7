//! Whether a model's answer can be used: its form, and whether it keeps to what the model was given.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::Draft;
use super::asking::{Answer, SELLER_ONLY};
use super::grounds::Grounds;
use crate::clients::research::clean;
use crate::domains::intelligence::filings::pattern;

/// Why an answer cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Objection {
    /// Not the fields that were asked for.
    Form,
    /// A text is too short or too long, or there are too few points or too many.
    Length(&'static str),
    /// A gap to fill in, a link, an address.
    Gap(String),
    /// A name, or what may be one, that the input does not have.
    Name(String),
    /// A number, an amount or a share that the input does not have.
    Number(String),
    /// A date that the input does not have.
    Date(String),
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, text) = match self {
            Self::Form => return f.write_str("something of another form"),
            Self::Length(field) => return write!(f, "a text of the wrong length: {field}"),
            Self::Gap(text) => ("a gap, link or address", text),
            Self::Name(text) => ("a name of its own", text),
            Self::Number(text) => ("a number of its own", text),
            Self::Date(text) => ("a date of its own", text),
        };
        write!(f, "{what}: {}", clean::line(text, 60))
    }
}

/// The length of each text in characters, and the number of points.
const HEADLINE: RangeInclusive<usize> = 15..=200;
const WHY: RangeInclusive<usize> = 40..=1_500;
const POINT: RangeInclusive<usize> = 10..=500;
const POINTS: RangeInclusive<usize> = 2..=6;
const ACTION: RangeInclusive<usize> = 20..=800;
const MESSAGE: RangeInclusive<usize> = 80..=3_000;
/// Texts are cut here, above each length, so that what is too long is refused.
const LONGEST: usize = 4_000;

/// What Markdown puts before a point.
static BULLET: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:[-*•–]|\d{1,2}[.)])\s+"));
/// Gaps to fill in, links, addresses of mail, and Markdown.
static GAP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\[[^\]]*\]|\{[^}]*\}|<[^>]*>|(?i:https?:|www\.)\S*|\S*@\S+|(?:[\p{L}\d-]{2,}\.)+[\p{Ll}]{2,}\b",
        r"|\*\*|```|(?m:^#+ )"
    ))
});

/// The answer as a report, when every text has its length and draws on the input alone. The message must not draw on what
/// is for the seller only.
pub(super) fn checked(answer: Answer, input: &Value) -> Result<Draft, Objection> {
    let draft = Draft {
        headline: sized("headline", clean::line(&answer.headline, LONGEST), &HEADLINE)?,
        why_it_matters: sized("why_it_matters", clean::line(&answer.why_it_matters, LONGEST), &WHY)?,
        talking_points: points(&answer.talking_points)?,
        recommended_action: sized("recommended_action", clean::line(&answer.recommended_action, LONGEST), &ACTION)?,
        draft_message: sized("draft_message", clean::paragraphs(&answer.draft_message, LONGEST), &MESSAGE)?,
        model: None,
    };
    keeps_to(&draft, input).map(|()| draft)
}

/// Whether every text of a report draws on the input alone.
pub(super) fn keeps_to(draft: &Draft, input: &Value) -> Result<(), Objection> {
    let all = Grounds::of(input);
    let mut public = input.clone();
    public[SELLER_ONLY] = Value::Null;
    let public = Grounds::of(&public);
    let texts = [&draft.headline, &draft.why_it_matters, &draft.recommended_action];
    let internal = texts.into_iter().chain(&draft.talking_points).map(|text| (text, &all));
    let texts: Vec<_> = internal.chain([(&draft.draft_message, &public)]).collect();
    let whole = texts.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join("\n");
    for (text, grounds) in texts {
        if let Some(gap) = GAP.find(&without_names(text, input)) {
            return Err(Objection::Gap(gap.as_str().to_owned()));
        }
        grounds.check(text, &whole)?;
    }
    Ok(())
}

/// A text without the names of vendor, customer and products, which may look like addresses.
fn without_names(text: &str, input: &Value) -> String {
    let products = input["products"].as_array().into_iter().flatten().map(|product| &product["name"]);
    let names = [&input["vendor"], &input["customer"]].into_iter().chain(products).filter_map(Value::as_str);
    names.filter(|name| !name.is_empty()).fold(text.to_owned(), |text, name| text.replace(name, ""))
}

fn points(points: &[String]) -> Result<Vec<String>, Objection> {
    let point = |text: &String| {
        let line = clean::line(text, LONGEST);
        sized("talking_points", BULLET.replace(&line, "").into_owned(), &POINT)
    };
    let points = points.iter().map(point).collect::<Result<Vec<_>, _>>()?;
    if POINTS.contains(&points.len()) { Ok(points) } else { Err(Objection::Length("talking_points")) }
}

fn sized(field: &'static str, text: String, length: &RangeInclusive<usize>) -> Result<String, Objection> {
    if length.contains(&text.chars().count()) { Ok(text) } else { Err(Objection::Length(field)) }
}
