use super::*;

#[track_caller]
fn near(found: f64, wanted: f64, within: f64) {
    assert!((found - wanted).abs() <= within, "{found} instead of {wanted}");
}

#[test]
fn the_worked_example_is_met_to_the_third_decimal() {
    use FactorKind::*;
    let score = at(&example(), 0);
    let table = [
        (ContactRecency, Some(92.11), 0.09, 8.289),
        (ContactFrequency, Some(56.90), 0.06, 3.414),
        (Sentiment, Some(46.05), 0.06, 2.763),
        (Nps, Some(74.14), 0.06, 4.449),
        (FollowUps, Some(83.33), 0.03, 2.500),
        (ActiveShare, Some(66.67), 0.10, 6.667),
        (VersionCurrency, Some(60.00), 0.0625, 3.750),
        (ProductBreadth, Some(85.0), 0.0375, 3.188),
        (Training, Some(85.20), 0.05, 4.260),
        (TicketLoad, Some(100.0), 0.075, 7.500),
        (Escalations, Some(58.83), 0.0875, 5.148),
        (Csat, Some(66.24), 0.0875, 5.796),
        (PaymentState, None, 0.0, 0.0),
        (RenewalRunway, Some(65.00), 0.066_67, 4.333),
        (ValueTrend, Some(70.00), 0.066_67, 4.667),
        (ExternalSignals, Some(39.22), 0.066_67, 2.615),
    ];
    for (factor, (key, value, weight, points)) in score.factors.iter().zip(table) {
        assert_eq!(factor.key, key);
        assert_eq!(factor.value.is_some(), value.is_some());
        near(factor.value.unwrap_or_default(), value.unwrap_or_default(), 0.005_001);
        near(factor.effective_weight, weight, 0.000_005);
        near(factor.points, points, 0.000_501);
    }
    for (dimension, wanted) in score.dimensions.iter().zip([71.38, 71.46, 73.77, 58.07]) {
        near(dimension.exact.unwrap(), wanted, 0.005_001);
    }
    near(score.exact.unwrap(), 69.338, 0.000_5);
    assert_eq!((score.overall, score.provisional, score.band), (Some(69.3), None, Band::Attention));
}

#[test]
fn an_unresolved_escalation_caps_the_score_and_taking_it_away_shows_its_part() {
    let mut seen = example();
    seen.alerts.has_escalation = true;
    let capped = at(&seen, 0);
    assert_eq!(capped.overall, Some(59.0));
    assert_eq!(capped.caps, [AppliedCap { key: CapKind::Escalation, cap: 59.0 }]);
    let mut calm = example();
    calm.interactions.retain(|it| it.kind != ContactKind::Escalation);
    let calm = at(&calm, 0);
    near(calm.exact.unwrap(), 73.533, 0.000_5);
    let parts = changes(&calm, &at(&example(), 0)).unwrap();
    let parts: Vec<_> = parts.iter().map(|it| (it.factor, it.points_after - it.points_before)).collect();
    assert_eq!(parts.iter().map(|it| it.0).collect::<Vec<_>>(), [FactorKind::Escalations, FactorKind::Sentiment]);
    near(parts[0].1, -3.602, 0.000_5);
    near(parts[1].1, -0.593, 0.000_5);
    near(parts.iter().map(|it| it.1).sum(), 69.338 - 73.533, 0.001);
}

#[test]
fn a_customer_nobody_speaks_with_declines_and_an_expired_contract_caps() {
    for (days, wanted) in [(7, 67.9), (60, 61.1), (76, 57.2)] {
        near(at(&example(), days).exact.unwrap(), wanted, 0.05);
    }
    // 64.849: rounded once it is 64.8; rounded to two decimals and then to one it would be 64.9.
    near(at(&example(), 30).exact.unwrap(), 64.85, 0.005);
    assert_eq!(at(&example(), 30).overall, Some(64.8));
    assert_eq!(at(&example(), 75).caps, []);
    assert_eq!(at(&example(), 76).overall, Some(39.0));
}

#[test]
fn a_new_customer_of_whom_nothing_is_known_is_not_shown_as_healthy() {
    let score = at(&Observations::since(ago(5)), 0);
    assert_eq!((score.overall, score.provisional, score.band), (None, Some(84.3), Band::Unknown));
    assert_eq!(score.coverage, 0.0);
}

#[test]
fn the_band_is_that_of_the_rounded_score() {
    let bands = HealthModel::default().bands;
    for (exact, band) in [
        (69.95, Band::Healthy),
        (69.949, Band::Attention),
        (70.0, Band::Healthy),
        (39.95, Band::Attention),
        (39.949, Band::AtRisk),
    ] {
        assert_eq!(bands.of(crate::success::one_decimal(exact)), band, "{exact}");
    }
}

#[test]
fn the_best_levers_are_where_the_most_points_are_missing() {
    let levers = at(&example(), 0).best_levers();
    let keys: Vec<_> = levers.iter().map(|it| it.0).collect();
    assert_eq!(keys, [FactorKind::ExternalSignals, FactorKind::Escalations, FactorKind::ActiveShare]);
}
