//! Checks of a model's answer: its form, and its grounding in the input.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::Draft;
use super::answer::Answer;
use super::input::SELLER_ONLY;
use crate::clients::research::clean;
use crate::domains::intelligence::filings::pattern;
use crate::domains::intelligence::grounds::form::{self, LONGEST, sized};
use crate::domains::intelligence::grounds::{Grounds, Objection};

/// The length of each text in characters, and the number of points.
const HEADLINE: RangeInclusive<usize> = 15..=200;
const WHY: RangeInclusive<usize> = 40..=1_500;
const POINT: RangeInclusive<usize> = 10..=500;
const POINTS: RangeInclusive<usize> = 2..=6;
const ACTION: RangeInclusive<usize> = 20..=800;
const MESSAGE: RangeInclusive<usize> = 80..=3_000;

/// Pattern of Markdown before a point.
static BULLET: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:[-*•–]|\d{1,2}[.)])\s+"));

/// Returns the answer as a report if every text has a valid length and is grounded in the input. The message must not
/// use facts reserved for the seller.
pub(super) fn checked(answer: Answer, input: &Value) -> Result<Draft, Objection> {
    let draft = Draft {
        headline: sized("headline", clean::line(&answer.headline, LONGEST), &HEADLINE)?,
        why_it_matters: sized("why_it_matters", clean::line(&answer.why_it_matters, LONGEST), &WHY)?,
        talking_points: points(&answer.talking_points)?,
        recommended_action: sized("recommended_action", clean::line(&answer.recommended_action, LONGEST), &ACTION)?,
        draft_message: sized("draft_message", clean::paragraphs(&answer.draft_message, LONGEST), &MESSAGE)?,
        model: None,
        is_provisional: false,
    };
    keeps_to(&draft, input).map(|()| draft)
}

/// Returns an error unless every text of a report is grounded in the input.
pub(super) fn keeps_to(draft: &Draft, input: &Value) -> Result<(), Objection> {
    let all = Grounds::of(input);
    let mut public = input.clone();
    public[SELLER_ONLY] = Value::Null;
    let public = Grounds::of(&public);
    let texts = [&draft.headline, &draft.why_it_matters, &draft.recommended_action];
    let internal = texts.into_iter().chain(&draft.talking_points).map(|text| (text, &all));
    let texts: Vec<_> = internal.chain([(&draft.draft_message, &public)]).collect();
    let whole = texts.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join("\n");
    let names = names(input);
    for (text, grounds) in texts {
        form::no_gaps(&form::without(text, &names))?;
        grounds.check(text, &whole)?;
    }
    Ok(())
}

/// Returns the names of vendor, customer and products, which may look like addresses.
fn names(input: &Value) -> Vec<&str> {
    let products = input["products"].as_array().into_iter().flatten().map(|product| &product["name"]);
    [&input["vendor"], &input["customer"]].into_iter().chain(products).filter_map(Value::as_str).collect()
}

fn points(points: &[String]) -> Result<Vec<String>, Objection> {
    let point = |text: &String| {
        let line = clean::line(text, LONGEST);
        sized("talking_points", BULLET.replace(&line, "").into_owned(), &POINT)
    };
    let points = points.iter().map(point).collect::<Result<Vec<_>, _>>()?;
    if POINTS.contains(&points.len()) { Ok(points) } else { Err(Objection::Length("talking_points")) }
}
