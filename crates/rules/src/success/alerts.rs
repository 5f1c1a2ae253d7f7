//! Alerts by level-triggered checks. A run computes the set of conditions that hold; [`decide`] compares it with the
//! alerts that are not resolved. Running it again on its result changes nothing.

mod conditions;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use conditions::{
    InactivityLimits, band_drop, contract_end, escalation, inactivity, licence_end, low_answer, risk_signal, sla_breach,
};

/// A kind of alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AlertKind {
    /// The health score fell, or its band is worse.
    HealthDrop,
    /// A contract ends soon, or has ended.
    ContractExpiry,
    /// A licence ends soon, or has ended.
    LicenceExpiry,
    /// A customer answered that they are not satisfied.
    LowCsat,
    /// A complaint was escalated.
    Escalation,
    /// Nobody has spoken with the customer for long.
    Inactivity,
    /// A risk signal was filed.
    Signal,
    /// A promised time has passed.
    SlaBreach,
    /// Raised by a person.
    Manual,
}

/// The severity of an alert. It may rise, and never falls by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Severity {
    /// To know.
    Low,
    /// To plan for.
    Medium,
    /// To act on today.
    High,
    /// To act on now.
    Critical,
}

/// A condition that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Kind of its alert.
    pub kind: AlertKind,
    /// Names the fact; unique among alerts that are not resolved. It does not hold the severity, so that a fact that
    /// gets worse raises its alert instead of making another.
    pub dedupe_key: String,
    /// Severity.
    pub severity: Severity,
}

/// An alert that is not resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Kind.
    pub kind: AlertKind,
    /// The fact.
    pub dedupe_key: String,
    /// Severity.
    pub severity: Severity,
    /// End of the snooze.
    pub snoozed_until: Option<DateTime<Utc>>,
    /// Consecutive runs in which the condition did not hold.
    pub missed_runs: u8,
}

/// Runs without the condition after which an alert is resolved.
pub const RUNS_TO_RESOLVE: u8 = 2;

/// A decision on one alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// A new alert, to be told.
    Raise(Condition),
    /// The condition holds: `lastSeenAt` moves, missed runs are 0.
    Keep,
    /// The condition holds and is worse: the severity rises, a snooze ends, to be told.
    Escalate(Severity),
    /// The snooze is over and the condition holds: open again, to be told.
    Wake,
    /// The condition does not hold, for the first time.
    Miss,
    /// The condition is gone: resolved as AUTO.
    Resolve,
}

/// Decides on the alerts of the kinds that a run checks, by dedupe key. Alerts of other kinds, and those that people
/// raised, stay as they are. Of two conditions with one key the more severe counts.
///
/// A run is a tick of the schedule: a run by hand in the same tick (`counts_misses` false) counts no miss, so that
/// pressing the button twice resolves nothing that the tick would not.
pub fn decide(
    checked: &[AlertKind],
    conditions: impl IntoIterator<Item = Condition>,
    alerts: &[Alert],
    now: DateTime<Utc>,
    counts_misses: bool,
) -> BTreeMap<String, Decision> {
    let mut holding: BTreeMap<String, Condition> = BTreeMap::new();
    for condition in conditions {
        let known = holding.entry(condition.dedupe_key.clone()).or_insert_with(|| condition.clone());
        if known.severity < condition.severity {
            *known = condition;
        }
    }
    let mut decisions = BTreeMap::new();
    for alert in alerts {
        let decision = match holding.remove(&alert.dedupe_key) {
            Some(condition) if condition.severity > alert.severity => Decision::Escalate(condition.severity),
            Some(_) if alert.snoozed_until.is_some_and(|until| until <= now) => Decision::Wake,
            Some(_) => Decision::Keep,
            None if alert.kind == AlertKind::Manual || !checked.contains(&alert.kind) || !counts_misses => continue,
            None if alert.missed_runs + 1 >= RUNS_TO_RESOLVE => Decision::Resolve,
            None => Decision::Miss,
        };
        decisions.insert(alert.dedupe_key.clone(), decision);
    }
    decisions.extend(holding.into_iter().map(|(key, condition)| (key, Decision::Raise(condition))));
    decisions
}
