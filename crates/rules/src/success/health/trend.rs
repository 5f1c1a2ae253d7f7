//! The trend of a score, and what counts as a drop.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::model::Bands;
use super::score::Band;

/// The trend of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Trend {
    /// Rose by at least 5, and is not back within 2.
    Improving,
    /// Neither.
    Stable,
    /// Fell by at least 5, and is not back within 2.
    Declining,
}

/// The last score of a day in the account's zone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DailyScore {
    /// The day.
    pub day: NaiveDate,
    /// The rounded score.
    pub overall: f64,
}

/// Returns the medians of the last seven days (today among them) and of the days 23 to 37 ago. None with fewer than
/// three scores in either.
pub fn medians(history: &[DailyScore], today: NaiveDate) -> Option<(f64, f64)> {
    let between = |from: i64, to: i64| -> Option<f64> {
        let of_days = history.iter().filter(|score| (from..=to).contains(&(today - score.day).num_days()));
        let scores: Vec<f64> = of_days.map(|score| score.overall).collect();
        (scores.len() >= 3).then(|| super::backtest::median(scores)).flatten()
    };
    Some((between(0, 6)?, between(23, 37)?))
}

/// Returns the next trend, δ the median of now less the one of a month ago. IMPROVING from +5 until below +2, DECLINING
/// from −5 until above −2; the dead band keeps it from flapping. Without a trend before, STABLE is assumed.
pub fn trend(before: Option<Trend>, delta: f64) -> Trend {
    if delta >= 5.0 {
        return Trend::Improving;
    }
    if delta <= -5.0 {
        return Trend::Declining;
    }
    match before {
        Some(Trend::Improving) if delta >= 2.0 => Trend::Improving,
        Some(Trend::Declining) if delta <= -2.0 => Trend::Declining,
        _ => Trend::Stable,
    }
}

/// Returns the band that an alert may tell of: another one than `told` once two consecutive daily scores are in it, or
/// at once if the score passed the bound by at least 2 points. None if nothing is to be told.
pub fn band_change_is_due(bands: Bands, told: Band, yesterday: Option<f64>, today: f64) -> Option<Band> {
    let band = bands.of(today);
    if band == told || told == Band::Unknown {
        return None;
    }
    let is_fall = band < told;
    let bound = |entered: Band| match entered {
        Band::Healthy => bands.healthy,
        Band::Attention if is_fall => bands.healthy,
        Band::Attention | Band::AtRisk | Band::Unknown => bands.attention,
    };
    let is_clear = |of: Band| (today - bound(of)).abs() + 1e-9 >= 2.0;
    let is_second_day = yesterday.is_some_and(|yesterday| bands.of(yesterday) == band);
    if is_clear(band) || is_second_day {
        return Some(band);
    }
    // Two bounds were crossed, the nearer one of them clearly.
    let skips = told != Band::Attention && band != Band::Attention;
    (skips && is_clear(Band::Attention)).then_some(Band::Attention)
}

/// Returns the drop from the highest of the last 14 daily scores if it is 10 points or more.
pub fn health_drop(history: &[DailyScore], today: NaiveDate, overall: f64) -> Option<f64> {
    let recent = history.iter().filter(|score| (0..=14).contains(&(today - score.day).num_days()));
    let drop = recent.map(|score| score.overall - overall).max_by(f64::total_cmp)?;
    (drop + 1e-9 >= 10.0).then_some(drop)
}
