//! Document templates: `{{event +30}}` is the day thirty days after the reported event.

use chrono::{Datelike, NaiveDate, TimeDelta};

/// A template.
#[derive(Debug)]
pub(super) struct Template(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    Text(&'static str),
    Gap(Field),
}

/// A placeholder. Days are relative to the event or the filing.
#[derive(Debug, Clone, Copy)]
enum Field {
    Company,
    Ticker,
    Signer,
    Form,
    Amendment,
    Body,
    Event(i64),
    Filed(i64),
    /// The end of the last quarter that may be closed on the day of the event.
    QuarterEnd,
    /// The year of the event.
    Year,
}

/// An unknown placeholder.
#[derive(Debug)]
pub(super) struct UnknownField(pub(super) String);

/// The values of placeholders.
pub(super) struct Values<'a> {
    pub(super) company: &'a str,
    pub(super) ticker: &'a str,
    pub(super) signer: &'a str,
    pub(super) is_amendment: bool,
    pub(super) event: NaiveDate,
    pub(super) filed: NaiveDate,
    pub(super) body: &'a str,
}

/// Time after the end of a quarter until its accounts are closed.
const CLOSING: TimeDelta = TimeDelta::days(20);

impl Template {
    pub(super) fn parse(text: &'static str) -> Result<Self, UnknownField> {
        let mut parts = text.split("{{");
        let mut pieces = vec![Piece::Text(parts.next().unwrap_or_default())];
        for part in parts {
            let (gap, rest) = part
                .split_once("}}")
                .ok_or_else(|| UnknownField(part.lines().next().unwrap_or_default().to_owned()))?;
            pieces.extend([Piece::Gap(field(gap)?), Piece::Text(rest)]);
        }
        Ok(Self(pieces))
    }

    pub(super) fn fill(&self, values: &Values<'_>) -> String {
        let filled = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => (*text).to_owned(),
            Piece::Gap(field) => value(*field, values),
        });
        filled.collect()
    }
}

fn field(gap: &str) -> Result<Field, UnknownField> {
    let unknown = || UnknownField(gap.to_owned());
    let (name, days) = gap.split_once(' ').map_or((gap, None), |(name, days)| (name, Some(days)));
    let days = days.map(|days| days.parse::<i64>().map_err(|_| unknown())).transpose()?;
    match (name, days) {
        ("event", days) => Ok(Field::Event(days.unwrap_or(0))),
        ("filed", days) => Ok(Field::Filed(days.unwrap_or(0))),
        ("company", None) => Ok(Field::Company),
        ("ticker", None) => Ok(Field::Ticker),
        ("signer", None) => Ok(Field::Signer),
        ("form", None) => Ok(Field::Form),
        ("amendment", None) => Ok(Field::Amendment),
        ("body", None) => Ok(Field::Body),
        ("quarter_end", None) => Ok(Field::QuarterEnd),
        ("year", None) => Ok(Field::Year),
        _ => Err(unknown()),
    }
}

fn value(field: Field, values: &Values<'_>) -> String {
    match field {
        Field::Company => values.company.to_owned(),
        Field::Ticker => values.ticker.to_owned(),
        Field::Signer => values.signer.to_owned(),
        Field::Form => if values.is_amendment { "8-K/A" } else { "8-K" }.to_owned(),
        Field::Amendment => values.is_amendment.to_string(),
        Field::Body => values.body.to_owned(),
        Field::Event(days) => written(values.event, days),
        Field::Filed(days) => written(values.filed, days),
        Field::QuarterEnd => written(quarter_end(values.event), 0),
        Field::Year => values.event.year().to_string(),
    }
}

/// Formats a date as in American reports: `March 17, 2026`.
fn written(day: NaiveDate, days: i64) -> String {
    let day = TimeDelta::try_days(days).and_then(|days| day.checked_add_signed(days)).unwrap_or(day);
    day.format("%B %-d, %Y").to_string()
}

fn quarter_end(day: NaiveDate) -> NaiveDate {
    let closed = day - CLOSING;
    let month = closed.month0() / 3 * 3 + 1;
    NaiveDate::from_ymd_opt(closed.year(), month, 1).and_then(|first| first.pred_opt()).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn gaps_are_filled_and_the_rest_stays() {
        let template =
            Template::parse("{{company}} ({{form}}): {{event}}, {{event +30}}, {{filed -2}}, {{year}} {x}").unwrap();
        let values = Values {
            company: "A {{year}} Co",
            ticker: "ZZA",
            signer: "B",
            is_amendment: true,
            event: day("2028-02-28"),
            filed: day("2028-03-01"),
            body: "",
        };
        let filled = "A {{year}} Co (8-K/A): February 28, 2028, March 29, 2028, February 28, 2028, 2028 {x}";
        assert_eq!(template.fill(&values), filled);
    }

    #[test]
    fn a_gap_that_nothing_fills_is_named() {
        for (text, gap) in
            [("a {{date}}", "date"), ("{{event x}}", "event x"), ("{{year +1}}", "year +1"), ("{{event", "event")]
        {
            assert_eq!(Template::parse(text).unwrap_err().0, gap);
        }
    }

    #[test]
    fn a_quarter_is_reported_three_weeks_after_its_end() {
        for (event, end) in [
            ("2026-03-14", "2025-12-31"),
            ("2026-01-19", "2025-09-30"),
            ("2026-04-21", "2026-03-31"),
            ("2026-12-31", "2026-09-30"),
        ] {
            assert_eq!(quarter_end(day(event)), day(end), "{event}");
        }
    }
}
