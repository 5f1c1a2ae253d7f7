//! The score: contributions of factors, caps, coverage and band.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::factors::{self, Moment};
use super::kinds::{CapKind, FactorKind};
use super::model::{Bands, DimensionKey, HealthModel};
use super::observations::{Evidence, Observations};
use crate::success::one_decimal;

/// A band of the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Band {
    /// Too little is known.
    Unknown,
    /// Below the bound of ATTENTION.
    AtRisk,
    /// Between.
    Attention,
    /// From the bound of HEALTHY.
    Healthy,
}

impl Bands {
    /// Returns the band of a rounded score.
    pub fn of(self, rounded: f64) -> Band {
        if rounded >= self.healthy {
            Band::Healthy
        } else if rounded >= self.attention {
            Band::Attention
        } else {
            Band::AtRisk
        }
    }
}

/// The state of a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FactorState {
    /// Computed from evidence, or from a state such as the end of the contract.
    Present,
    /// Applicable, without evidence: its prior.
    Unknown,
    /// Left out by structure, such as adoption without deployments.
    NotApplicable,
}

/// A factor of a score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FactorScore {
    /// The factor.
    pub key: FactorKind,
    /// Its dimension.
    pub dimension: DimensionKey,
    /// State.
    pub state: FactorState,
    /// 0–100; null if not applicable.
    pub value: Option<f64>,
    /// Share in the score, 0–1; those of a score sum to 1.
    pub effective_weight: f64,
    /// `effectiveWeight·value`; those of a score sum to it, before caps.
    pub points: f64,
    /// `effectiveWeight·(value − 70)`: what it adds to, or takes from, a score of 70.
    pub impact: f64,
    /// Rows that it was computed from.
    pub evidence: Vec<Evidence>,
}

/// A dimension of a score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DimensionScore {
    /// The dimension.
    pub key: DimensionKey,
    /// `Σ w·v/Σ w` over the applicable factors, to one decimal; null without one.
    pub score: Option<f64>,
    /// The same, not rounded.
    pub exact: Option<f64>,
}

/// A cap that holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppliedCap {
    /// The fact.
    pub key: CapKind,
    /// Highest score.
    pub cap: f64,
}

/// A score at a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Score {
    /// Score 0–100 to one decimal, after caps; null if coverage is too low.
    pub overall: Option<f64>,
    /// The score where `overall` is null.
    pub provisional: Option<f64>,
    /// Sum of the points, before caps, not rounded; null if no factor applies.
    pub exact: Option<f64>,
    /// Band of `overall`.
    pub band: Band,
    /// Share of effective weight with at least one dated input, 0–1.
    pub coverage: f64,
    /// Dimensions, as in the model.
    pub dimensions: Vec<DimensionScore>,
    /// Factors, as in the model.
    pub factors: Vec<FactorScore>,
    /// Caps that hold, whether or not they lower the score.
    pub caps: Vec<AppliedCap>,
    /// Version of the model.
    pub model_version: u32,
}

impl Score {
    /// Returns `overall ?? provisional`.
    pub fn shown(&self) -> Option<f64> {
        self.overall.or(self.provisional)
    }

    /// Returns the three factors with the greatest `effectiveWeight·(100 − value)`: what would raise the score most.
    pub fn best_levers(&self) -> Vec<(FactorKind, f64)> {
        let room = |factor: &FactorScore| {
            let value = factor.value?;
            Some((factor.key, factor.effective_weight * (100.0 - value))).filter(|(_, room)| *room > 0.0)
        };
        let mut levers: Vec<_> = self.factors.iter().filter_map(room).collect();
        levers.sort_by(|a, b| b.1.total_cmp(&a.1));
        levers.truncate(3);
        levers
    }
}

/// Computes the score of a customer at a time. `today` is the day of that time in the account's zone. What happened
/// later is ignored, so a score of the past may be computed from all rows.
///
/// `overall = Σ W·S/Σ W` over the applicable dimensions, limited by the caps, rounded once.
pub fn score(model: &HealthModel, seen: &Observations, time: DateTime<Utc>, today: NaiveDate) -> Score {
    let moment = Moment { time, today };
    let (dimensions, mut factors) = read_all(model, seen, moment);
    let total: f64 = factors.iter().map(|factor| factor.effective_weight).sum();
    let (mut exact, mut coverage) = (0.0, 0.0);
    for factor in &mut factors {
        if total > 0.0 {
            factor.effective_weight /= total;
        }
        let value = factor.value.unwrap_or_default();
        factor.points = factor.effective_weight * value;
        factor.impact = factor.value.map_or(0.0, |value| factor.effective_weight * (value - 70.0));
        exact += factor.points;
        if has_date(factor) {
            coverage += factor.effective_weight;
        }
    }
    let caps: Vec<AppliedCap> = model
        .caps
        .iter()
        .filter(|cap| holds(cap.key, seen, moment))
        .map(|cap| AppliedCap { key: cap.key, cap: cap.cap })
        .collect();
    let exact = (total > 0.0).then_some(exact);
    let rounded = exact.map(|exact| one_decimal(caps.iter().fold(exact, |low, cap| low.min(cap.cap))));
    let is_known = coverage + 1e-9 >= model.min_coverage;
    let overall = rounded.filter(|_| is_known);
    Score {
        overall,
        provisional: rounded.filter(|_| !is_known),
        exact,
        band: overall.map_or(Band::Unknown, |overall| model.bands.of(overall)),
        coverage,
        dimensions,
        factors,
        caps,
        model_version: model.version,
    }
}

/// Reads the factors, with weights that still sum to those of the applicable dimensions.
fn read_all(model: &HealthModel, seen: &Observations, moment: Moment) -> (Vec<DimensionScore>, Vec<FactorScore>) {
    let (mut dimensions, mut factors) = (Vec::new(), Vec::new());
    for dimension in &model.dimensions {
        let readings: Vec<_> =
            dimension.factors.iter().map(|factor| (factor, factors::read(factor, seen, moment))).collect();
        let applicable = || readings.iter().filter_map(|(factor, reading)| Some((factor.weight, reading.as_ref()?)));
        let weight: f64 = applicable().map(|(weight, _)| weight).sum();
        let sum: f64 = applicable().map(|(weight, reading)| weight * reading.value).sum();
        let exact = (weight > 0.0).then(|| sum / weight);
        dimensions.push(DimensionScore { key: dimension.key, score: exact.map(one_decimal), exact });
        for (factor, reading) in readings {
            let effective_weight = reading.as_ref().map_or(0.0, |_| dimension.weight * factor.weight / weight);
            let state = match &reading {
                None => FactorState::NotApplicable,
                Some(reading) if reading.is_unknown => FactorState::Unknown,
                Some(_) => FactorState::Present,
            };
            factors.push(FactorScore {
                key: factor.key,
                dimension: dimension.key,
                state,
                value: reading.as_ref().map(|reading| reading.value),
                effective_weight,
                points: 0.0,
                impact: 0.0,
                evidence: reading.map(|reading| reading.evidence).unwrap_or_default(),
            });
        }
    }
    (dimensions, factors)
}

/// A present factor is covered: its evidence is dated rows, or a state with a day, such as the end of a contract. A
/// deployment is dated by the day since which it runs.
fn has_date(factor: &FactorScore) -> bool {
    factor.state == FactorState::Present
}

fn holds(cap: CapKind, seen: &Observations, moment: Moment) -> bool {
    match cap {
        CapKind::CriticalAlert => seen.alerts.has_critical,
        CapKind::Escalation => seen.alerts.has_escalation,
        CapKind::ContractExpired => {
            !seen.contract.is_renewed && seen.contract.ends_on.is_some_and(|ends| ends < moment.today)
        }
        CapKind::Bankruptcy => seen.signals.iter().any(|signal| {
            let age = moment.time - signal.at;
            signal.is_bankruptcy && age >= chrono::TimeDelta::zero() && age < chrono::TimeDelta::days(180)
        }),
    }
}

/// A factor's part in the difference between two scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FactorChange {
    /// The factor.
    pub factor: FactorKind,
    /// Points before.
    pub points_before: f64,
    /// Points after.
    pub points_after: f64,
}

/// Returns the factors whose points changed, greatest change first. The changes sum to the difference of the scores
/// before caps. None if the two are not comparable: another model, or another set of applicable factors.
pub fn changes(before: &Score, after: &Score) -> Option<Vec<FactorChange>> {
    let shape = |score: &Score| -> Vec<_> {
        score.factors.iter().map(|factor| (factor.key, factor.state == FactorState::NotApplicable)).collect()
    };
    if before.model_version != after.model_version || shape(before) != shape(after) {
        return None;
    }
    let pairs = before.factors.iter().zip(&after.factors).filter(|(before, after)| before.points != after.points);
    let mut changes: Vec<FactorChange> = pairs
        .map(|(before, after)| FactorChange {
            factor: after.key,
            points_before: before.points,
            points_after: after.points,
        })
        .collect();
    let size = |change: &FactorChange| (change.points_after - change.points_before).abs();
    changes.sort_by(|a, b| size(b).total_cmp(&size(a)));
    Some(changes)
}
