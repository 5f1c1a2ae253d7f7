//! Urgency of signals.

use chrono::TimeDelta;

use super::money::Amount;
use super::signal_type::SignalType;

/// Returns the urgency of a signal, 0–1, to three decimals: `strength × 0.5 ^ (age / half-life)`.
///
/// `strength` is [`Signal::strength`](super::Signal::strength), `half-life` [`SignalType::half_life_days`], `age` the
/// time since filing; a future filing counts as today's. The present urgency of a stored signal can hence be computed
/// at any time.
pub fn urgency(kind: SignalType, strength: f64, age: TimeDelta) -> f64 {
    let days = age.as_seconds_f64().max(0.0) / 86_400.0;
    (strength * 0.5_f64.powf(days / kind.half_life_days()) * 1_000.0).round() / 1_000.0
}

/// Returns the urgency on the day of filing: `min(1, base + level + size)`.
///
/// - `base` by kind, see [`SignalType::base_urgency`]: high for a cyber incident, low for results.
/// - `level`: 0.15 for a chief executive or president, 0.1 for another chief officer, 0.05 for another executive.
/// - `size`: 0.1 if the sentence states an amount of at least a billion, 0.05 from a hundred million.
///
/// The numbers are estimates of how soon an account manager should call, not measurements.
pub(super) fn strength(kind: SignalType, role: Option<&str>, amount: Option<Amount>) -> f64 {
    let size = match amount.map(|amount| amount.units) {
        Some(1_000_000_000..) => 0.1,
        Some(100_000_000..) => 0.05,
        _ => 0.0,
    };
    (kind.base_urgency() + level(kind, role) + size).min(1.0)
}

fn level(kind: SignalType, role: Option<&str>) -> f64 {
    let Some(role) = role.filter(|_| matches!(kind, SignalType::ExecutiveHire | SignalType::ExecutiveDeparture)) else {
        return 0.0;
    };
    let lower = role.to_lowercase();
    let is_head = lower.contains("chief executive") || role.contains("CEO");
    let is_president = lower.contains("president") && !lower.contains("vice president");
    if is_head || is_president {
        0.15
    } else if lower.contains("chief") || role.starts_with('C') && role.ends_with('O') {
        0.1
    } else {
        0.05
    }
}
