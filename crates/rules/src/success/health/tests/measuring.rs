use super::*;

#[test]
fn the_trend_has_a_dead_band() {
    let deltas = [0.0, 4.9, 5.0, 3.0, 2.0, 1.9, -4.9, -5.0, -3.0, -2.0, -1.9, 6.0, -5.0];
    let mut last = None;
    let found: String = deltas
        .iter()
        .map(|&delta| {
            let next = trend(last, delta);
            last = Some(next);
            format!("{next:?}").remove(0)
        })
        .collect();
    assert_eq!(found, "SSIIISSDDDSID");
}

#[test]
fn medians_need_three_days_each() {
    let day = |ago: i64, overall: f64| DailyScore { day: on(-ago), overall };
    let mut history = vec![day(0, 60.0), day(3, 50.0), day(6, 55.0), day(7, 0.0), day(23, 80.0), day(37, 70.0)];
    assert_eq!(medians(&history, on(0)), None);
    history.push(day(30, 75.0));
    assert_eq!(medians(&history, on(0)), Some((55.0, 75.0)));
}

#[test]
fn a_band_change_is_told_on_the_second_day_or_if_it_is_clear() {
    use Band::{AtRisk, Attention, Healthy};
    let bands = HealthModel::default().bands;
    let due = |told, yesterday, today| band_change_is_due(bands, told, yesterday, today);
    assert_eq!(due(Healthy, Some(70.0), 69.9), None);
    assert_eq!(due(Healthy, Some(69.9), 69.9), Some(Attention));
    assert_eq!(due(Healthy, Some(70.0), 68.0), Some(Attention));
    assert_eq!(due(Attention, Some(69.9), 70.0), None);
    assert_eq!(due(Attention, Some(69.9), 72.0), Some(Healthy));
    assert_eq!(due(Healthy, Some(70.0), 39.0), Some(Attention));
    assert_eq!(due(Healthy, Some(70.0), 38.0), Some(AtRisk));
    assert_eq!(due(Healthy, None, 75.0), None);
}

#[test]
fn a_drop_of_ten_within_two_weeks_is_a_drop() {
    let history = [DailyScore { day: on(-15), overall: 90.0 }, DailyScore { day: on(-14), overall: 80.0 }];
    assert_eq!(health_drop(&history, on(0), 70.0), Some(10.0));
    assert_eq!(health_drop(&history, on(0), 70.1), None);
}

#[test]
fn auc_and_brier_are_those_of_the_vectors() {
    let risks = [(70.0, true), (45.0, true), (20.0, false), (45.0, false), (60.0, false)];
    assert_eq!(auc(&risks), Some(0.75));
    assert_eq!(auc(&risks[..2]), None);
    let found = brier(&[(0.8, true), (0.3, true), (0.1, false), (0.3, false), (0.5, false)]).unwrap();
    assert!((found.brier - 0.176).abs() < 1e-12 && (found.reference - 0.24).abs() < 1e-12);
    assert!((found.skill.unwrap() - 0.2667).abs() < 0.000_05);
    assert_eq!(brier(&[]), None);
}

#[test]
fn snapshots_are_labelled_by_what_came() {
    let day = TimeDelta::days(1);
    let labelled = |churn: Option<(i64, ChurnKind)>, since| {
        let churn = churn.map(|(days, kind)| Churn { at: ago(days), kind });
        label(ago(100), ago(since), churn, day * 90, now())
    };
    assert_eq!(labelled(None, 200), Label::Kept);
    assert_eq!(labelled(None, 159), Label::NotActive);
    assert_eq!(labelled(Some((100, ChurnKind::Voluntary)), 200), Label::NotActive);
    assert_eq!(labelled(Some((10, ChurnKind::Voluntary)), 200), Label::Churned);
    assert_eq!(labelled(Some((9, ChurnKind::Voluntary)), 200), Label::Kept);
    assert_eq!(labelled(Some((10, ChurnKind::Merged)), 200), Label::Censored);
    assert_eq!(label(ago(89), ago(200), None, day * 90, now()), Label::Censored);
}

#[test]
fn lead_time_counts_the_last_entry_that_lasted() {
    let bands = [(90, Band::AtRisk), (60, Band::Attention), (45, Band::AtRisk), (20, Band::AtRisk)];
    let history: Vec<_> = bands.iter().map(|&(days, band)| (ago(days), band)).collect();
    assert_eq!(lead_time_days(&history, now()), Some(45.0));
    assert_eq!(lead_time_days(&history[..2], now()), None);
}

#[test]
fn a_backtest_says_nothing_below_twenty_churns_and_is_repeatable() {
    let rows = |churns: usize| -> Vec<Snapshot> {
        (0..60)
            .map(|n| Snapshot {
                customer: format!("{n}"),
                at: ago(400 - n as i64),
                overall: if n % 3 == 0 { 35.0 + (n % 7) as f64 * 5.0 } else { 50.0 + (n % 7) as f64 * 5.0 },
                label: if n % 3 == 0 && n / 3 < churns { Label::Churned } else { Label::Kept },
            })
            .collect()
    };
    let few = backtest(&rows(19), 50);
    assert!(few.is_insufficient && few.auc.is_none() && few.auc_interval.is_none());
    let found = backtest(&rows(20), 200);
    let (low, high) = found.auc_interval.unwrap();
    assert!(low < found.auc.unwrap() && found.auc.unwrap() < high && high <= 1.0);
    assert!(found.calibration.unwrap().skill.unwrap() > 0.0);
    assert_eq!(found, backtest(&rows(20), 200));
}
