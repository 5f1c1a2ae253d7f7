//! The health model as data.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::kinds::{CapKind, FactorKind};
use crate::success::Problem;

/// A dimension of the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DimensionKey {
    /// Contact with the customer.
    Engagement,
    /// Use of the products.
    Adoption,
    /// Tickets, escalations and satisfaction.
    Support,
    /// Payment, renewal and outside signals.
    Financial,
}

/// A factor of a dimension.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Factor {
    /// The formula.
    pub key: FactorKind,
    /// Weight within the dimension; those of a dimension sum to 100.
    pub weight: f64,
    /// Parameters of the formula that differ from the defaults.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, f64>,
}

impl Factor {
    /// Returns a parameter: the model's value, else the default of the kind.
    pub(super) fn param(&self, name: &str) -> f64 {
        let default =
            || self.key.parameters().iter().find(|known| known.name == name).map_or(0.0, |known| known.default);
        self.params.get(name).copied().unwrap_or_else(default)
    }
}

/// A dimension with its factors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Dimension {
    /// The dimension.
    pub key: DimensionKey,
    /// Weight in the score; those of all dimensions sum to 100.
    pub weight: f64,
    /// Factors, in the order in which they are summed.
    pub factors: Vec<Factor>,
}

/// Lower bounds of the bands, inclusive, compared with the rounded score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Bands {
    /// From here HEALTHY.
    pub healthy: f64,
    /// From here ATTENTION; below it AT_RISK.
    pub attention: f64,
}

/// A limit of the score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Cap {
    /// The fact that limits.
    pub key: CapKind,
    /// Highest score while it holds.
    pub cap: f64,
}

/// A version of the health model. A stored version is never changed; an edit makes a new one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct HealthModel {
    /// Version, from 1.
    pub version: u32,
    /// Name for people.
    pub name: String,
    /// Dimensions, in the order in which they are summed.
    pub dimensions: Vec<Dimension>,
    /// Bounds of the bands.
    pub bands: Bands,
    /// Limits.
    pub caps: Vec<Cap>,
    /// Least coverage (0–1) at which a score is shown as more than provisional.
    pub min_coverage: f64,
}

impl Default for HealthModel {
    /// Returns the default model. The weights are the project's design.
    fn default() -> Self {
        use FactorKind::{
            ActiveShare, ContactFrequency, ContactRecency, Csat, Escalations, ExternalSignals, FollowUps, Nps,
            PaymentState, ProductBreadth, RenewalRunway, Sentiment, TicketLoad, Training, ValueTrend, VersionCurrency,
        };
        Self {
            version: 1,
            name: "Default".to_owned(),
            dimensions: vec![
                dimension(
                    DimensionKey::Engagement,
                    30.0,
                    &[
                        (ContactRecency, 30.0),
                        (ContactFrequency, 20.0),
                        (Sentiment, 20.0),
                        (Nps, 20.0),
                        (FollowUps, 10.0),
                    ],
                ),
                dimension(
                    DimensionKey::Adoption,
                    25.0,
                    &[(ActiveShare, 40.0), (VersionCurrency, 25.0), (ProductBreadth, 15.0), (Training, 20.0)],
                ),
                dimension(DimensionKey::Support, 25.0, &[(TicketLoad, 30.0), (Escalations, 35.0), (Csat, 35.0)]),
                dimension(
                    DimensionKey::Financial,
                    20.0,
                    &[(PaymentState, 40.0), (RenewalRunway, 20.0), (ValueTrend, 20.0), (ExternalSignals, 20.0)],
                ),
            ],
            bands: Bands { healthy: 70.0, attention: 40.0 },
            caps: vec![
                Cap { key: CapKind::CriticalAlert, cap: 49.0 },
                Cap { key: CapKind::Escalation, cap: 59.0 },
                Cap { key: CapKind::ContractExpired, cap: 39.0 },
                Cap { key: CapKind::Bankruptcy, cap: 29.0 },
            ],
            min_coverage: 0.35,
        }
    }
}

fn dimension(key: DimensionKey, weight: f64, factors: &[(FactorKind, f64)]) -> Dimension {
    let factor = |&(key, weight): &(FactorKind, f64)| Factor { key, weight, params: BTreeMap::new() };
    Dimension { key, weight, factors: factors.iter().map(factor).collect() }
}

impl HealthModel {
    /// Returns every problem of the model; none if it may be used.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut report = |path: String, message: &str| problems.push(Problem::new(path, message));
        if self.version == 0 {
            report("version".to_owned(), "Versions count from 1.");
        }
        if self.name.trim().is_empty() || self.name.chars().count() > 200 {
            report("name".to_owned(), "Give a name of 1 to 200 characters.");
        }
        check_weights("dimensions", self.dimensions.iter().map(|dimension| dimension.weight), &mut report);
        let mut dimensions = BTreeSet::new();
        let mut factors = BTreeSet::new();
        for (at, dimension) in self.dimensions.iter().enumerate() {
            let path = format!("dimensions[{at}]");
            if !dimensions.insert(dimension.key) {
                report(format!("{path}.key"), "The dimension stands twice.");
            }
            let weights = dimension.factors.iter().map(|factor| factor.weight);
            check_weights(&format!("{path}.factors"), weights, &mut report);
            for (at, factor) in dimension.factors.iter().enumerate() {
                let path = format!("{path}.factors[{at}]");
                if !factors.insert(factor.key) {
                    report(format!("{path}.key"), "The factor stands twice.");
                }
                check_params(&path, factor, &mut report);
            }
        }
        self.check_limits(&mut report);
        problems
    }

    fn check_limits(&self, report: &mut impl FnMut(String, &str)) {
        let Bands { healthy, attention } = self.bands;
        if !(0.0 < attention && attention < healthy && healthy <= 100.0) {
            report("bands".to_owned(), "Give 0 < attention < healthy ≤ 100.");
        }
        let mut caps = BTreeSet::new();
        for (at, cap) in self.caps.iter().enumerate() {
            if !caps.insert(cap.key) {
                report(format!("caps[{at}].key"), "The cap stands twice.");
            }
            if !(0.0..=100.0).contains(&cap.cap) {
                report(format!("caps[{at}].cap"), "Give a score of 0 to 100.");
            }
        }
        if !(0.0..=1.0).contains(&self.min_coverage) {
            report("minCoverage".to_owned(), "Give a share of 0 to 1.");
        }
    }
}

/// Reports weights that are not above 0 and a sum other than 100, to 1e-6.
fn check_weights(path: &str, weights: impl Iterator<Item = f64>, report: &mut impl FnMut(String, &str)) {
    let mut sum = 0.0;
    for (at, weight) in weights.enumerate() {
        if !(weight > 0.0 && weight <= 100.0) {
            report(format!("{path}[{at}].weight"), "Give a weight above 0, up to 100; leave out what shall not count.");
        }
        sum += weight;
    }
    // No number is no sum either.
    if sum.is_nan() || (sum - 100.0_f64).abs() > 1e-6 {
        report(path.to_owned(), "The weights must sum to 100.");
    }
}

fn check_params(path: &str, factor: &Factor, report: &mut impl FnMut(String, &str)) {
    for (name, &value) in &factor.params {
        let path = format!("{path}.params.{name}");
        match factor.key.parameters().iter().find(|known| known.name == name) {
            None => report(path, &format!("{} has no such parameter.", factor.key.key())),
            Some(known) if !(known.min..=known.max).contains(&value) => {
                report(path, &format!("Give {} to {}.", known.min, known.max));
            }
            Some(_) => {}
        }
    }
}
