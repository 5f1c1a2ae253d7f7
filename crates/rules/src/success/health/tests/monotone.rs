//! No bad event raises a score, no good one lowers it.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn any_interaction() -> impl Strategy<Value = Interaction> {
    use ContactKind::{Call, Email, Escalation, Meeting, SupportTicket, Training};
    let kind = prop::sample::select(vec![SupportTicket, Meeting, Email, Call, Escalation, Training]);
    let sentiment = prop::sample::select(vec![
        None,
        Some(Sentiment::Positive),
        Some(Sentiment::Neutral),
        Some(Sentiment::Negative),
    ]);
    (kind, sentiment, 0_i64..400).prop_map(|(kind, sentiment, days)| met(kind, sentiment, days))
}

fn any_answers() -> impl Strategy<Value = Vec<Answer>> {
    vec((0_u8..=10, 0_i64..400).prop_map(|(score, days)| answered(f64::from(score) * 10.0, days)), 0..4)
}

fn any_deployment() -> impl Strategy<Value = Deployment> {
    let product = prop::sample::select(vec!["MonetX", "SupportX", "GreenX", "RedX"]);
    (product, any::<bool>(), prop::option::of(0_u32..6))
        .prop_map(|(product, is_active, behind)| runs(product, is_active, behind))
}

fn any_signal() -> impl Strategy<Value = Signal> {
    let effect =
        prop::sample::select(vec![SignalEffect::ChurnRisk, SignalEffect::RenewalRisk, SignalEffect::Expansion]);
    (effect, 0.0..=1.0, 0_i64..400).prop_map(|(effect, urgency, days)| signal(effect, urgency, days))
}

prop_compose! {
    fn any_customer()(
        age in 0_i64..800,
        is_listed in any::<bool>(),
        interactions in vec(any_interaction(), 0..8),
        csat in any_answers(),
        nps in any_answers(),
        due in vec(-40_i64..40, 0..4),
        deployments in vec(any_deployment(), 0..12),
        ends in prop::option::of(-30_i64..400),
        values in prop::option::of((1.0..1_000.0, 0.0..1_000.0)),
        signals in vec(any_signal(), 0..4),
        has_escalation in any::<bool>(),
    ) -> Observations {
        Observations {
            is_listed,
            interactions,
            csat,
            nps,
            follow_ups: due.into_iter().map(|due| FollowUp { id: "task".to_owned(), due_on: on(due) }).collect(),
            deployments,
            contract: Contract { ends_on: ends.map(on), is_renewed: false, renewal_values: values },
            signals,
            alerts: OpenAlerts { has_critical: false, has_escalation },
            ..Observations::since(ago(age))
        }
    }
}

/// Adds one adverse event: the kinds that the API names.
fn worsen(seen: &mut Observations, kind: u8, days: i64, pick: prop::sample::Index) {
    let negative = Some(Sentiment::Negative);
    match kind {
        0 => seen.interactions.push(met(ContactKind::Escalation, None, days)),
        1 => seen.interactions.push(met(ContactKind::SupportTicket, negative, days)),
        2 => seen.interactions.push(met(ContactKind::Meeting, negative, days)),
        3 => seen.interactions.push(met(ContactKind::Call, negative, days)),
        4 => seen.interactions.push(met(ContactKind::Email, negative, days)),
        5 => seen.follow_ups.push(FollowUp { id: "late".to_owned(), due_on: on(-days) }),
        6 if !seen.deployments.is_empty() => {
            let count = seen.deployments.len();
            seen.deployments[pick.index(count)].is_active = false;
        }
        7 => seen.signals.push(signal(SignalEffect::ChurnRisk, 0.7, days)),
        8 => seen.signals.push(signal(SignalEffect::RenewalRisk, 0.3, days)),
        9 => seen.csat.push(answered(0.0, days)),
        _ => seen.nps.push(answered(0.0, days)),
    }
}

fn better(seen: &mut Observations, kind: u8, days: i64, pick: prop::sample::Index) {
    let positive = Some(Sentiment::Positive);
    match kind {
        0 => seen.interactions.push(met(ContactKind::Meeting, positive, days)),
        1 => seen.interactions.push(met(ContactKind::Call, positive, days)),
        2 => seen.interactions.push(met(ContactKind::Email, positive, days)),
        3 => seen.interactions.push(met(ContactKind::Training, positive, days)),
        4 => seen.signals.push(signal(SignalEffect::Expansion, 0.7, days)),
        5 => seen.csat.push(answered(100.0, days)),
        6 => seen.nps.push(answered(100.0, days)),
        7 if !seen.deployments.is_empty() => {
            let count = seen.deployments.len();
            seen.deployments[pick.index(count)].is_active = true;
        }
        _ => {
            seen.follow_ups.pop();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_bad_event_never_raises_the_score(
        seen in any_customer(), kind in 0_u8..11, days in 0_i64..400, pick in any::<prop::sample::Index>(),
    ) {
        let before = at(&seen, 0);
        let mut seen = seen;
        worsen(&mut seen, kind, days, pick);
        let after = at(&seen, 0);
        prop_assert!(after.exact.unwrap() <= before.exact.unwrap() + 1e-9);
        prop_assert!(after.shown().unwrap() <= before.shown().unwrap());
    }

    #[test]
    fn a_good_event_never_lowers_the_score(
        seen in any_customer(), kind in 0_u8..9, days in 0_i64..400, pick in any::<prop::sample::Index>(),
    ) {
        let before = at(&seen, 0);
        let mut seen = seen;
        better(&mut seen, kind, days, pick);
        let after = at(&seen, 0);
        prop_assert!(after.exact.unwrap() >= before.exact.unwrap() - 1e-9);
        prop_assert!(after.shown().unwrap() >= before.shown().unwrap());
    }

    #[test]
    fn points_sum_to_the_score_and_weights_to_one(seen in any_customer()) {
        let score = at(&seen, 0);
        let dimensions = score.dimensions.iter().zip([30.0, 25.0, 25.0, 20.0]);
        let (sum, weights) = dimensions.filter_map(|(it, weight)| Some((it.exact? * weight, weight)))
            .fold((0.0, 0.0), |(sum, weights), (part, weight)| (sum + part, weights + weight));
        let points: f64 = score.factors.iter().map(|it| it.points).sum();
        prop_assert!((points - sum / weights).abs() < 1e-9);
        prop_assert!((points - score.exact.unwrap()).abs() < 1e-9);
        prop_assert!((score.factors.iter().map(|it| it.effective_weight).sum::<f64>() - 1.0).abs() < 1e-9);
        prop_assert!(score.factors.iter().all(|it| it.value.is_none_or(|value| (0.0..=100.0).contains(&value))));
    }

    #[test]
    fn the_order_of_rows_does_not_matter(seen in any_customer()) {
        let mut turned = seen.clone();
        turned.interactions.reverse();
        turned.csat.reverse();
        turned.signals.reverse();
        prop_assert!((at(&seen, 0).exact.unwrap() - at(&turned, 0).exact.unwrap()).abs() < 1e-9);
    }
}
