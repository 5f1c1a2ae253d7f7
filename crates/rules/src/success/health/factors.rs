//! The formulas of the factors.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};

use super::kinds::FactorKind;
use super::model::Factor;
use super::observations::{
    Answer, ContactKind, Deployment, Evidence, EvidenceKind, Interaction, Observations, PaymentState, Sentiment,
    Signal, SignalEffect,
};

/// The moment of a score: the time, and its day in the zone of the account.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) time: DateTime<Utc>,
    pub(super) today: NaiveDate,
}

/// A factor's value. None is "not applicable", by structure alone.
pub(super) struct Reading {
    pub(super) value: f64,
    pub(super) evidence: Vec<Evidence>,
    /// True if the value is the prior, for want of evidence.
    pub(super) is_unknown: bool,
}

fn known(value: f64, evidence: Vec<Evidence>) -> Reading {
    Reading { value: value.clamp(0.0, 100.0), is_unknown: evidence.is_empty(), evidence }
}

/// A value that structure alone decides, such as the day on which a contract ends.
fn structural(value: f64) -> Reading {
    Reading { value: value.clamp(0.0, 100.0), evidence: Vec::new(), is_unknown: false }
}

/// `2^(−age/half-life)`.
fn dec(age: f64, half_life: f64) -> f64 {
    (-age / half_life).exp2()
}

fn age_days(at: DateTime<Utc>, moment: Moment) -> f64 {
    ((moment.time - at).as_seconds_f64() / 86_400.0).max(0.0)
}

/// Returns the reading of a factor at a moment; none if it does not apply.
pub(super) fn read(factor: &Factor, seen: &Observations, moment: Moment) -> Option<Reading> {
    match factor.key {
        FactorKind::ContactRecency => Some(recency(factor, seen, moment)),
        FactorKind::ContactFrequency => Some(frequency(factor, seen, moment)),
        FactorKind::Sentiment => Some(sentiment(factor, seen, moment)),
        FactorKind::Nps => Some(answers(factor, &seen.nps, moment)),
        FactorKind::Csat => Some(answers(factor, &seen.csat, moment)),
        FactorKind::FollowUps => Some(follow_ups(seen, moment)),
        FactorKind::ActiveShare => applies(seen).then(|| active_share(&seen.deployments)),
        FactorKind::VersionCurrency => {
            applies(seen).then(|| version_currency(&seen.deployments, factor.param("prior")))
        }
        FactorKind::ProductBreadth => applies(seen).then(|| product_breadth(&seen.deployments)),
        FactorKind::Training => applies(seen).then(|| {
            let (sum, evidence) = decayed(factor, seen, moment, |it| it.kind == ContactKind::Training);
            known(60.0 + 40.0 * sum.min(1.0), evidence)
        }),
        FactorKind::TicketLoad => {
            let (sum, evidence) = decayed(factor, seen, moment, |it| it.kind == ContactKind::SupportTicket);
            Some(known(100.0 * (10.0 - sum) / 8.0, evidence))
        }
        FactorKind::Escalations => {
            let (sum, evidence) = decayed(factor, seen, moment, |it| it.kind == ContactKind::Escalation);
            Some(known(100.0 * (-0.7 * sum).exp(), evidence))
        }
        FactorKind::PaymentState => seen.payment.map(|state| structural(payment(state))),
        FactorKind::RenewalRunway => seen.contract.ends_on.map(|ends| structural(runway(ends, moment.today))),
        FactorKind::ValueTrend => seen
            .contract
            .renewal_values
            .filter(|(old, _)| *old > 0.0)
            .map(|(old, new)| structural(70.0 + 150.0 * (new - old) / old)),
        FactorKind::ExternalSignals => seen.is_listed.then(|| signals(factor, seen, moment)),
    }
}

/// Adoption applies to customers with a deployment.
fn applies(seen: &Observations) -> bool {
    !seen.deployments.is_empty()
}

/// Returns what had happened by the moment, newest first, so that sums have one order whatever the order of the rows.
fn happened<T>(
    items: &[T],
    moment: Moment,
    at: impl Fn(&T) -> (DateTime<Utc>, &str),
    is_meant: impl Fn(&T) -> bool,
) -> Vec<&T> {
    let mut found: Vec<&T> = items.iter().filter(|item| at(item).0 <= moment.time && is_meant(item)).collect();
    found.sort_by(|a, b| at(b).cmp(&at(a)));
    found
}

fn interactions(seen: &Observations, moment: Moment, is_meant: impl Fn(&Interaction) -> bool) -> Vec<&Interaction> {
    happened(&seen.interactions, moment, |it| (it.at, it.id.as_str()), is_meant)
}

fn evidence<'a>(kind: EvidenceKind, items: impl Iterator<Item = (&'a str, DateTime<Utc>)>) -> Vec<Evidence> {
    items.map(|(id, at)| Evidence { kind, id: id.to_owned(), at: Some(at) }).collect()
}

fn of_interactions(found: &[&Interaction]) -> Vec<Evidence> {
    evidence(EvidenceKind::Interaction, found.iter().map(|it| (it.id.as_str(), it.at)))
}

/// Sums `dec(age, halfLifeDays)` over the interactions meant.
fn decayed(
    factor: &Factor,
    seen: &Observations,
    moment: Moment,
    is_meant: impl Fn(&Interaction) -> bool,
) -> (f64, Vec<Evidence>) {
    let found = interactions(seen, moment, is_meant);
    let half_life = factor.param("halfLifeDays");
    let sum = found.iter().map(|it| dec(age_days(it.at, moment), half_life)).sum();
    (sum, of_interactions(&found))
}

fn is_good_contact(it: &Interaction) -> bool {
    it.kind.is_contact() && it.sentiment != Some(Sentiment::Negative)
}

/// Raises a value to 70 while the customer is young: nobody has met yet, and that is no sign of ill health.
fn while_young(value: f64, factor: &Factor, seen: &Observations, moment: Moment) -> f64 {
    let is_young = age_days(seen.customer_since, moment) < factor.param("onboardingDays");
    if is_young { value.max(70.0) } else { value }
}

fn recency(factor: &Factor, seen: &Observations, moment: Moment) -> Reading {
    let found = interactions(seen, moment, is_good_contact);
    let since_contact = found.first().map_or(f64::INFINITY, |it| age_days(it.at, moment));
    let days = since_contact.min(age_days(seen.customer_since, moment));
    let value = while_young(100.0 * (90.0 - days) / 76.0, factor, seen, moment);
    known(value, of_interactions(found.get(..1).unwrap_or_default()))
}

fn frequency(factor: &Factor, seen: &Observations, moment: Moment) -> Reading {
    let (sum, evidence) = decayed(factor, seen, moment, is_good_contact);
    known(while_young(100.0 * (sum / 2.0).min(1.0), factor, seen, moment), evidence)
}

/// `(prior + Σ e·x)/(1 + Σ e)`: a mean in which the prior counts as one fresh observation.
fn decayed_mean(prior: f64, weighted: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (sum, weights) = weighted.fold((prior, 1.0), |(sum, weights), (e, x)| (sum + e * x, weights + e));
    sum / weights
}

fn sentiment(factor: &Factor, seen: &Observations, moment: Moment) -> Reading {
    let found = interactions(seen, moment, |it| it.sentiment.is_some());
    let half_life = factor.param("halfLifeDays");
    let weighted = found.iter().map(|it| {
        let x = match it.sentiment {
            Some(Sentiment::Positive) => 100.0,
            Some(Sentiment::Negative) => 0.0,
            Some(Sentiment::Neutral) | None => 60.0,
        };
        (dec(age_days(it.at, moment), half_life), x)
    });
    known(decayed_mean(factor.param("prior"), weighted), of_interactions(&found))
}

fn answers(factor: &Factor, given: &[Answer], moment: Moment) -> Reading {
    let found = happened(given, moment, |it| (it.at, it.id.as_str()), |_| true);
    let half_life = factor.param("halfLifeDays");
    let weighted = found.iter().map(|it| (dec(age_days(it.at, moment), half_life), it.normalised.clamp(0.0, 100.0)));
    let value = decayed_mean(factor.param("prior"), weighted);
    known(value, evidence(EvidenceKind::SurveyAnswer, found.iter().map(|it| (it.id.as_str(), it.at))))
}

fn follow_ups(seen: &Observations, moment: Moment) -> Reading {
    let load: f64 = seen
        .follow_ups
        .iter()
        .map(|task| ((moment.today - task.due_on).num_days() as f64 / 14.0).clamp(0.0, 1.0))
        .sum();
    let evidence =
        seen.follow_ups.iter().map(|task| Evidence { kind: EvidenceKind::Task, id: task.id.clone(), at: None });
    known(100.0 * (1.0 - (load / 3.0).min(1.0)), evidence.collect())
}

fn of_deployments<'a>(found: impl Iterator<Item = &'a Deployment>) -> Vec<Evidence> {
    found.map(|it| Evidence { kind: EvidenceKind::Deployment, id: it.id.clone(), at: None }).collect()
}

fn active_share(deployments: &[Deployment]) -> Reading {
    let active = deployments.iter().filter(|it| it.is_active).count();
    known(100.0 * active as f64 / deployments.len() as f64, of_deployments(deployments.iter()))
}

fn currency(behind: u32) -> f64 {
    100.0 - 20.0 * f64::from(behind.min(4))
}

/// The mean over active deployments of known version, and over inactive ones as far as they lower it: least of the
/// means over the active ones and any set of the others. Without this rule the score would rise when the oldest
/// deployment is switched off. Without an active one of known version the prior is the most.
fn version_currency(deployments: &[Deployment], prior: f64) -> Reading {
    let values = |is_active: bool| {
        let of_state = deployments.iter().filter(move |it| it.is_active == is_active);
        of_state.filter_map(|it| it.versions_behind).map(currency).collect::<Vec<f64>>()
    };
    let (active, mut inactive) = (values(true), values(false));
    inactive.sort_by(f64::total_cmp);
    let (mut sum, mut count) = (active.iter().sum::<f64>(), active.len() as f64);
    for value in inactive {
        if count == 0.0 || value * count < sum {
            sum += value;
            count += 1.0;
        }
    }
    let mean = if count == 0.0 { prior } else { sum / count };
    let value = if active.is_empty() { mean.min(prior) } else { mean };
    known(value, of_deployments(deployments.iter().filter(|it| it.versions_behind.is_some())))
}

fn product_breadth(deployments: &[Deployment]) -> Reading {
    let active = || deployments.iter().filter(|it| it.is_active);
    let products: BTreeSet<&str> = active().map(|it| it.product.as_str()).collect();
    let value = match products.len() {
        0 => 0.0,
        1 => 60.0,
        2 => 85.0,
        _ => 100.0,
    };
    known(value, of_deployments(deployments.iter()))
}

fn payment(state: PaymentState) -> f64 {
    match state {
        PaymentState::Active => 100.0,
        PaymentState::Trialing => 80.0,
        PaymentState::PastDue => 25.0,
        PaymentState::Unpaid | PaymentState::Canceled => 0.0,
    }
}

fn runway(ends_on: NaiveDate, today: NaiveDate) -> f64 {
    let days = (ends_on - today).num_days();
    if days < 0 { 0.0 } else { 40.0 + 60.0 * (days as f64 / 180.0).min(1.0) }
}

fn signals(factor: &Factor, seen: &Observations, moment: Moment) -> Reading {
    let found = happened(&seen.signals, moment, |it| (it.at, it.id.as_str()), |_| true);
    let half_life = factor.param("halfLifeDays");
    let strongest = |effect: SignalEffect| -> Option<(f64, &Signal)> {
        let of_kind = found.iter().filter(|it| it.effect == effect);
        of_kind
            .map(|it| (it.urgency.clamp(0.0, 1.0) * dec(age_days(it.at, moment), half_life), *it))
            .max_by(|a, b| a.0.total_cmp(&b.0))
    };
    let effects = [SignalEffect::ChurnRisk, SignalEffect::RenewalRisk, SignalEffect::Expansion].map(strongest);
    let [churn, renewal, expansion] = effects.map(|found| found.map_or(0.0, |(strength, _)| strength));
    let value = 80.0 * (-(churn + renewal)).exp() + 20.0 * (1.0 - (-expansion).exp());
    let proof = effects.iter().flatten().map(|(_, it)| (it.id.as_str(), it.at));
    known(value, evidence(EvidenceKind::Signal, proof))
}
