//! Test of a model against the churn that came.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::score::Band;

/// Days that a customer must have been one, to be in a backtest.
pub const MIN_TENURE_DAYS: i64 = 60;
/// Churned customers below which a backtest says nothing.
pub const MIN_CHURNS: usize = 20;

/// The way in which a customer left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChurnKind {
    /// By decision.
    Voluntary,
    /// By bankruptcy and the like.
    Involuntary,
    /// By a merger with another customer.
    Merged,
}

/// The end of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Churn {
    /// When it took effect.
    pub at: DateTime<Utc>,
    /// The way.
    pub kind: ChurnKind,
}

/// What became of a customer after a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// Left by decision within the horizon.
    Churned,
    /// Was still there.
    Kept,
    /// Not a customer, or too young, at the snapshot.
    NotActive,
    /// The horizon ends after now, or the customer left without deciding so.
    Censored,
}

/// Labels a snapshot: churned voluntarily in `(t, t + horizon]`.
pub fn label(
    snapshot: DateTime<Utc>,
    customer_since: DateTime<Utc>,
    churn: Option<Churn>,
    horizon: TimeDelta,
    now: DateTime<Utc>,
) -> Label {
    let is_young = snapshot - customer_since < TimeDelta::days(MIN_TENURE_DAYS);
    if is_young || churn.is_some_and(|churn| churn.at <= snapshot) {
        return Label::NotActive;
    }
    if snapshot + horizon > now {
        return Label::Censored;
    }
    match churn.filter(|churn| churn.at <= snapshot + horizon).map(|churn| churn.kind) {
        None => Label::Kept,
        Some(ChurnKind::Voluntary) => Label::Churned,
        Some(ChurnKind::Involuntary | ChurnKind::Merged) => Label::Censored,
    }
}

/// Returns the median; of an even number the mean of the middle two; none of nothing.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    let lower = if values.len().is_multiple_of(2) { *values.get(middle.checked_sub(1)?)? } else { upper };
    Some((lower + upper) / 2.0)
}

/// Returns the area under the ROC curve: the probability that a churned one has the greater risk than a kept one, ties
/// counting one half (Mann–Whitney). None without both. `O(n log n)`.
pub fn auc(observed: &[(f64, bool)]) -> Option<f64> {
    let mut sorted = observed.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut kept_below, mut wins, mut churned) = (0.0, 0.0, 0.0);
    for ties in sorted.chunk_by(|a, b| a.0 == b.0) {
        let churned_here = ties.iter().filter(|(_, has_churned)| *has_churned).count() as f64;
        let kept_here = ties.len() as f64 - churned_here;
        wins += churned_here * (kept_below + kept_here / 2.0);
        churned += churned_here;
        kept_below += kept_here;
    }
    (churned > 0.0 && kept_below > 0.0).then(|| wins / (churned * kept_below))
}

/// A Brier score with its reference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// `Σ (p − y)²/n`.
    pub brier: f64,
    /// `p̄·(1 − p̄)`, p̄ the observed rate: the score of always saying the rate.
    pub reference: f64,
    /// `1 − brier/reference`; null if all or none churned.
    pub skill: Option<f64>,
}

/// Computes the Brier score of probabilities; none of nothing.
pub fn brier(predicted: &[(f64, bool)]) -> Option<Calibration> {
    let count = predicted.len() as f64;
    let outcome = |has_churned: bool| f64::from(u8::from(has_churned));
    let error: f64 = predicted.iter().map(|&(p, y)| (p - outcome(y)).powi(2)).sum();
    let rate = predicted.iter().map(|&(_, y)| outcome(y)).sum::<f64>() / count;
    let (brier, reference) = (error / count, rate * (1.0 - rate));
    let skill = (reference > 0.0).then(|| 1.0 - brier / reference);
    (count > 0.0).then_some(Calibration { brier, reference, skill })
}

/// Fits `p = 1/(1 + e^−(a + b·risk/100))` on the first list by Newton's method, with a ridge of 1e-3 against perfect
/// separation, and returns the calibration on the second.
pub fn calibration(earlier: &[(f64, bool)], later: &[(f64, bool)]) -> Option<Calibration> {
    if earlier.is_empty() {
        return None;
    }
    const RIDGE: f64 = 1e-3;
    let (mut a, mut b) = (0.0_f64, 0.0_f64);
    let chance = |a: f64, b: f64, risk: f64| 1.0 / (1.0 + (-(a + b * risk / 100.0)).exp());
    for _ in 0..50 {
        let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (-RIDGE * a, -RIDGE * b, RIDGE, 0.0, RIDGE);
        for &(risk, has_churned) in earlier {
            let (x, p) = (risk / 100.0, chance(a, b, risk));
            let (error, w) = (f64::from(u8::from(has_churned)) - p, p * (1.0 - p));
            ga += error;
            gb += error * x;
            haa += w;
            hab += w * x;
            hbb += w * x * x;
        }
        let determinant = haa * hbb - hab * hab;
        let steps = [(hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant];
        a += steps[0].clamp(-5.0, 5.0);
        b += steps[1].clamp(-5.0, 5.0);
        if steps.iter().all(|step| step.abs() < 1e-10) {
            break;
        }
    }
    let predicted: Vec<_> = later.iter().map(|&(risk, y)| (chance(a, b, risk), y)).collect();
    brier(&predicted)
}

/// Returns the days from the last entry into AT_RISK that lasted until churn. None if the customer was not AT_RISK at
/// the end. The bands are in the order of time.
pub fn lead_time_days(bands: &[(DateTime<Utc>, Band)], churned_at: DateTime<Utc>) -> Option<f64> {
    let before = bands.iter().rev().skip_while(|(at, _)| *at > churned_at);
    let entry = before.take_while(|(_, band)| *band == Band::AtRisk).last()?;
    Some((churned_at - entry.0).as_seconds_f64() / 86_400.0)
}

/// A customer at the end of a month.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// Id of the customer.
    pub customer: String,
    /// The time of the score.
    pub at: DateTime<Utc>,
    /// `overall ?? provisional` as known then.
    pub overall: f64,
    /// What became of the customer.
    pub label: Label,
}

/// The result of a backtest.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    /// True below [`MIN_CHURNS`] churned customers: the figures are left out.
    pub is_insufficient: bool,
    /// Customers who churned.
    pub churned: usize,
    /// Snapshots used.
    pub snapshots: usize,
    /// Snapshots left out as censored.
    pub censored: usize,
    /// AUC of the risk `100 − overall`.
    pub auc: Option<f64>,
    /// Its 95 % interval, by bootstrap over customers.
    pub auc_interval: Option<(f64, f64)>,
    /// Calibration on the later half of a fit on the earlier half.
    pub calibration: Option<Calibration>,
}

/// Evaluates snapshots. The bootstrap takes `resamples` samples of customers by a generator with a fixed seed, so that
/// the same rows give the same interval.
pub fn backtest(snapshots: &[Snapshot], resamples: usize) -> Backtest {
    let mut used: Vec<&Snapshot> =
        snapshots.iter().filter(|it| matches!(it.label, Label::Churned | Label::Kept)).collect();
    used.sort_by(|a, b| (a.at, &a.customer).cmp(&(b.at, &b.customer)));
    let observed: Vec<(f64, bool)> = used.iter().map(|it| (100.0 - it.overall, it.label == Label::Churned)).collect();
    let mut customers: BTreeMap<&str, Vec<(f64, bool)>> = BTreeMap::new();
    for (snapshot, observed) in used.iter().zip(&observed) {
        customers.entry(&snapshot.customer).or_default().push(*observed);
    }
    let churned = customers.values().filter(|of| of.iter().any(|(_, has_churned)| *has_churned)).count();
    let is_insufficient = churned < MIN_CHURNS;
    let middle = used.get(used.len() / 2).map(|it| it.at);
    let split = used.iter().position(|it| Some(it.at) == middle).unwrap_or_default();
    let (earlier, later) = observed.split_at(split);
    let groups: Vec<Vec<(f64, bool)>> = customers.into_values().collect();
    Backtest {
        is_insufficient,
        churned,
        snapshots: used.len(),
        censored: snapshots.iter().filter(|it| it.label == Label::Censored).count(),
        auc: auc(&observed).filter(|_| !is_insufficient),
        auc_interval: (!is_insufficient).then(|| bootstrap(&groups, resamples)).flatten(),
        calibration: calibration(earlier, later).filter(|_| !is_insufficient),
    }
}

/// Percentiles 2.5 and 97.5 of the AUC over samples of customers, drawn with replacement (SplitMix64).
fn bootstrap(customers: &[Vec<(f64, bool)>], resamples: usize) -> Option<(f64, f64)> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut draw = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) as usize % customers.len().max(1)
    };
    let mut found: Vec<f64> = (0..resamples)
        .filter_map(|_| {
            let drawn = (0..customers.len()).filter_map(|_| customers.get(draw())).flatten().copied();
            auc(&drawn.collect::<Vec<_>>())
        })
        .collect();
    found.sort_by(f64::total_cmp);
    let at = |share: f64| found.get((share * found.len().saturating_sub(1) as f64).round() as usize).copied();
    Some((at(0.025)?, at(0.975)?))
}
