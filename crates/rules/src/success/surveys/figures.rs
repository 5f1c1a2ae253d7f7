//! Figures of answers.

use serde::{Deserialize, Serialize};

/// z of a two-sided 95 % interval.
const Z: f64 = 1.959_964;
/// Answers below which a figure is marked as not reliable.
pub const MIN_RELIABLE: u64 = 10;

/// The question that a survey asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SurveyMetric {
    /// Satisfaction.
    Csat,
    /// Recommendation, 0–10.
    Nps,
    /// Effort, 1–7, where 7 is "very easy".
    Ces,
}

/// A scale of answers, stored with each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scale {
    /// Lowest answer.
    pub min: u8,
    /// Highest answer.
    pub max: u8,
}

impl Scale {
    /// Returns the scale that a metric has unless a template says otherwise.
    pub fn of(metric: SurveyMetric) -> Self {
        match metric {
            SurveyMetric::Csat => Self { min: 1, max: 5 },
            SurveyMetric::Nps => Self { min: 0, max: 10 },
            SurveyMetric::Ces => Self { min: 1, max: 7 },
        }
    }

    /// Returns true if a metric may use the scale: NPS and CES only their own, CSAT 1 to 3, 4, 5, 6, 7 or 10.
    pub fn fits(self, metric: SurveyMetric) -> bool {
        match metric {
            SurveyMetric::Csat => self.min == 1 && matches!(self.max, 3..=7 | 10),
            SurveyMetric::Nps | SurveyMetric::Ces => self == Self::of(metric),
        }
    }

    /// Returns the lowest answer of the top box. CSAT of 3: {3}; 4: {3,4}; 5: {4,5}; 6: {5,6}; 7: {6,7}; 10: {8,9,10}.
    /// The table is that of Formbricks (formbricks/formbricks#7128); CES takes the top two of seven.
    pub fn top_box_from(self) -> u8 {
        match self.max {
            ..=3 => self.max,
            10.. => self.max - 2,
            _ => self.max - 1,
        }
    }

    /// Returns the answer on 0–100, `100·(s − min)/(max − min)`; none for an answer or scale that is none.
    pub fn normalised(self, answer: u8) -> Option<f64> {
        let is_answer = self.min < self.max && (self.min..=self.max).contains(&answer);
        is_answer.then(|| 100.0 * f64::from(answer - self.min) / f64::from(self.max - self.min))
    }
}

/// An interval of 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Returns `100·top/answers`; null without an answer. Dismissed and empty answers are in neither.
pub fn top_box_percent(top: u64, answers: u64) -> Option<f64> {
    share(top, answers).map(|share| 100.0 * share)
}

/// Returns the mean on the answers' own scale; null without an answer.
pub fn mean(sum: u64, answers: u64) -> Option<f64> {
    share(sum, answers)
}

/// Returns the Wilson interval of a share, in percent (E. B. Wilson, JASA 22 (1927) 209–212); null without an answer.
pub fn wilson(top: u64, answers: u64) -> Option<Interval> {
    let p = share(top, answers)?;
    let (n, z2) = (answers as f64, Z * Z);
    let centre = p + z2 / (2.0 * n);
    let spread = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let percent = |value: f64| (100.0 * value / (1.0 + z2 / n)).clamp(0.0, 100.0);
    Some(Interval { low: percent(centre - spread), high: percent(centre + spread) })
}

/// The net promoter score with its parts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NetPromoter {
    /// Answers 9 and 10.
    pub promoters: u64,
    /// Answers 7 and 8.
    pub passives: u64,
    /// Answers 0 to 6.
    pub detractors: u64,
    /// All answers.
    pub responses: u64,
    /// `100·(promoters − detractors)/responses`, −100…100, rounded once, half away from zero, in integers.
    pub nps: Option<i64>,
    /// The same, not rounded.
    pub nps_exact: Option<f64>,
    /// Estimate of the interval: `100·(p̃ − d̃)` with ¾ of a promoter and of a detractor added to n + 3.
    pub adjusted: Option<f64>,
    /// Adjusted Wald interval around `adjusted`.
    pub interval: Option<Interval>,
    /// Half of the plain Wald interval around `npsExact`.
    pub margin: Option<f64>,
    /// True from [`MIN_RELIABLE`] answers.
    pub reliable: bool,
}

/// Computes the net promoter score of answers 0–10, given their numbers.
pub fn net_promoter(promoters: u64, passives: u64, detractors: u64) -> NetPromoter {
    let responses = promoters + passives + detractors;
    let (p, d, n) = (i128::from(promoters), i128::from(detractors), i128::from(responses));
    let rounded = |n: i128| {
        let hundredfold = 100 * (p - d);
        let size = (2 * hundredfold.abs() + n) / (2 * n);
        i64::try_from(size * hundredfold.signum()).ok()
    };
    let of_shares = |add: f64| {
        let n = responses as f64 + 4.0 * add;
        let (p, d) = ((promoters as f64 + add) / n, (detractors as f64 + add) / n);
        let score = p - d;
        (100.0 * score, 100.0 * Z * ((p + d - score * score).max(0.0) / n).sqrt())
    };
    let has_answers = responses > 0;
    let (adjusted, half) = of_shares(0.75);
    NetPromoter {
        promoters,
        passives,
        detractors,
        responses,
        nps: if has_answers { rounded(n) } else { None },
        nps_exact: has_answers.then(|| of_shares(0.0).0),
        adjusted: has_answers.then_some(adjusted),
        interval: has_answers
            .then(|| Interval { low: (adjusted - half).max(-100.0), high: (adjusted + half).min(100.0) }),
        margin: has_answers.then(|| of_shares(0.0).1),
        reliable: responses >= MIN_RELIABLE,
    }
}

/// Returns answered by delivered invitations, 0–1; null without a delivered one. Bounced and revoked invitations and
/// links for many are not among them.
pub fn response_rate(answered: u64, delivered: u64) -> Option<f64> {
    share(answered, delivered)
}

/// Returns answered by opened invitations, 0–1; null without an opened one.
pub fn completion_rate(answered: u64, opened: u64) -> Option<f64> {
    share(answered, opened)
}

/// Returns true if figures of a group may be shown: an anonymous survey needs `least` answers in it.
pub fn shown_to_group(is_anonymous: bool, answers: u64, least: u64) -> bool {
    !is_anonymous || answers >= least
}
