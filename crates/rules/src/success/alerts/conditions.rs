//! The conditions of alerts, with their severities.

use super::{AlertKind, Condition, Severity};
use crate::success::contracts::{Window, window};
use crate::success::health::Band;
use crate::success::surveys::{Scale, SurveyMetric, is_low, low_is_grave};

fn condition(kind: AlertKind, name: &str, id: &str, severity: Severity) -> Condition {
    Condition { kind, dedupe_key: format!("{name}:{id}"), severity }
}

/// 90 days LOW, 60 MEDIUM, 30 HIGH, expired CRITICAL.
fn of_window(window: Window) -> Severity {
    match window {
        Window::Within90 => Severity::Low,
        Window::Within60 => Severity::Medium,
        Window::Within30 => Severity::High,
        Window::Expired => Severity::Critical,
    }
}

/// The end of a contract term that is neither renewed nor lost. A new term is a new fact.
pub fn contract_end(term: &str, days_left: i64, is_settled: bool) -> Option<Condition> {
    let window = window(days_left).filter(|_| !is_settled)?;
    Some(condition(AlertKind::ContractExpiry, "contract", term, of_window(window)))
}

/// The end of the licence of an active deployment. A licence without an end is perpetual: `days_left` is none.
pub fn licence_end(deployment: &str, days_left: Option<i64>) -> Option<Condition> {
    Some(condition(AlertKind::LicenceExpiry, "licence", deployment, of_window(window(days_left?)?)))
}

/// A band that is worse than the one told, or a drop of 10 within 14 days: HIGH to AT_RISK, else MEDIUM.
pub fn band_drop(customer: &str, band: Band, is_worse_or_dropped: bool) -> Option<Condition> {
    let severity = if band == Band::AtRisk { Severity::High } else { Severity::Medium };
    let is_met = is_worse_or_dropped && band != Band::Unknown;
    is_met.then(|| condition(AlertKind::HealthDrop, "health", customer, severity))
}

/// A low answer within the last 7 days. One alert a customer.
pub fn low_answer(customer: &str, metric: SurveyMetric, scale: Scale, answer: u8, age_days: i64) -> Option<Condition> {
    let severity = if low_is_grave(metric, scale, answer) { Severity::High } else { Severity::Medium };
    let is_met = is_low(metric, scale, answer) && (0..7).contains(&age_days);
    is_met.then(|| condition(AlertKind::LowCsat, "low_csat", customer, severity))
}

/// An escalated complaint: HIGH.
pub fn escalation(interaction: &str) -> Condition {
    condition(AlertKind::Escalation, "escalation", interaction, Severity::High)
}

/// Days without a two-way interaction, from which a segment has an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InactivityLimits {
    /// Days from which it is LOW.
    pub low: i64,
    /// Days from which it is MEDIUM.
    pub medium: i64,
    /// Days from which it is HIGH.
    pub high: i64,
}

impl Default for InactivityLimits {
    fn default() -> Self {
        Self { low: 30, medium: 60, high: 90 }
    }
}

/// No two-way interaction for long; not in the first 14 days of a customer. `quiet_days` counts from the last one, or
/// from the start of the relation.
pub fn inactivity(customer: &str, quiet_days: i64, customer_days: i64, limits: InactivityLimits) -> Option<Condition> {
    let severity = match quiet_days {
        days if days >= limits.high => Severity::High,
        days if days >= limits.medium => Severity::Medium,
        days if days >= limits.low => Severity::Low,
        _ => return None,
    };
    (customer_days >= 14).then(|| condition(AlertKind::Inactivity, "inactivity", customer, severity))
}

/// A risk signal that was not dismissed: urgency below 0.4 LOW, up to 0.7 MEDIUM, above HIGH; a bankruptcy CRITICAL.
pub fn risk_signal(signal: &str, urgency: f64, is_bankruptcy: bool) -> Condition {
    let severity = if is_bankruptcy {
        Severity::Critical
    } else if urgency < 0.4 {
        Severity::Low
    } else if urgency <= 0.7 {
        Severity::Medium
    } else {
        Severity::High
    };
    condition(AlertKind::Signal, "signal", signal, severity)
}

/// A promised time that has passed, while its clock runs: HIGH.
pub fn sla_breach(clock: &str, is_running: bool) -> Option<Condition> {
    is_running.then(|| condition(AlertKind::SlaBreach, "sla", clock, Severity::High))
}
