//! How urgent a signal is.

use chrono::TimeDelta;

use super::money::Amount;
use super::signal_type::SignalType;

/// How urgent a signal is, from 0 to 1, to three decimals: `strength × 0.5 ^ (age / half-life)`.
///
/// `strength` is [`Signal::strength`](super::Signal::strength), `half-life` [`SignalType::half_life_days`], `age` the time
/// from the filing to now; a filing of the future is of today. So a stored signal's urgency can be told anew at any time.
pub fn urgency(kind: SignalType, strength: f64, age: TimeDelta) -> f64 {
    let days = age.as_seconds_f64().max(0.0) / 86_400.0;
    (strength * 0.5_f64.powf(days / kind.half_life_days()) * 1_000.0).round() / 1_000.0
}

/// The urgency on the day of filing: `min(1, base + level + size)`.
///
/// - `base` by type, see [`SignalType::base_urgency`]: a cyber incident stands high, results low.
/// - `level`: 0.15 for a chief executive or president, 0.1 for another chief officer, 0.05 for another executive.
/// - `size`: 0.1 when the sentence states an amount of a billion and more, 0.05 from a hundred million on.
///
/// The numbers are a judgement of how soon an account manager should call, not measured.
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
