use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use proptest::prelude::*;

use super::*;
use crate::success::health::Band;
use crate::success::surveys::{Scale, SurveyMetric};

const CHECKED: [AlertKind; 2] = [AlertKind::ContractExpiry, AlertKind::Inactivity];

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 30, 8, 0, 0).unwrap()
}

fn alert(severity: Severity) -> Alert {
    Alert {
        kind: AlertKind::ContractExpiry,
        dedupe_key: "contract:t1".to_owned(),
        severity,
        snoozed_until: None,
        missed_runs: 0,
    }
}

fn run(days_left: Option<i64>, alerts: &[Alert]) -> Option<Decision> {
    let conditions = days_left.and_then(|days| contract_end("t1", days, false));
    decide(&CHECKED, conditions, alerts, now(), true).remove("contract:t1")
}

#[test]
fn a_condition_is_raised_once_kept_and_resolved_after_two_runs_without_it() {
    assert!(matches!(run(Some(90), &[]), Some(Decision::Raise(new)) if new.severity == Severity::Low));
    assert_eq!(run(Some(61), &[alert(Severity::Low)]), Some(Decision::Keep));
    assert_eq!(run(None, &[alert(Severity::Low)]), Some(Decision::Miss));
    assert_eq!(run(None, &[Alert { missed_runs: 1, ..alert(Severity::Low) }]), Some(Decision::Resolve));
    assert_eq!(run(None, &[]), None);
}

#[test]
fn severity_rises_through_a_snooze_and_never_falls() {
    let snoozed = |hours| Alert { snoozed_until: Some(now() + TimeDelta::hours(hours)), ..alert(Severity::Low) };
    assert_eq!(run(Some(60), &[snoozed(1)]), Some(Decision::Escalate(Severity::Medium)));
    assert_eq!(run(Some(61), &[snoozed(1)]), Some(Decision::Keep));
    assert_eq!(run(Some(61), &[snoozed(0)]), Some(Decision::Wake));
    assert_eq!(run(Some(90), &[alert(Severity::Critical)]), Some(Decision::Keep));
}

#[test]
fn alerts_of_people_and_of_other_checks_are_left_alone() {
    for kind in [AlertKind::Manual, AlertKind::Signal] {
        let other = Alert { kind, missed_runs: 1, ..alert(Severity::Low) };
        assert_eq!(run(None, &[other]), None);
    }
    let missed = Alert { missed_runs: 1, ..alert(Severity::Low) };
    assert!(decide(&CHECKED, [], &[missed], now(), false).is_empty());
}

#[test]
fn severities_follow_their_tables() {
    use Severity::{Critical, High, Low, Medium};
    let ends = [91, 90, 61, 60, 31, 30, 0, -1].map(|days| licence_end("d", Some(days)).map(|it| it.severity));
    assert_eq!(ends, [None, Some(Low), Some(Low), Some(Medium), Some(Medium), Some(High), Some(High), Some(Critical)]);
    assert_eq!((licence_end("d", None), contract_end("t", 5, true)), (None, None));
    let quiet = |days, age| inactivity("c", days, age, InactivityLimits::default()).map(|it| it.severity);
    assert_eq!([29, 30, 60, 90].map(|days| quiet(days, 400)), [None, Some(Low), Some(Medium), Some(High)]);
    assert_eq!(quiet(30, 13), None);
    let signals = [0.39, 0.4, 0.7, 0.71].map(|urgency| risk_signal("s", urgency, false).severity);
    assert_eq!(signals, [Low, Medium, Medium, High]);
    assert_eq!(risk_signal("s", 0.1, true).severity, Critical);
    let csat = [1, 2, 3].map(|answer| {
        low_answer("c", SurveyMetric::Csat, Scale::of(SurveyMetric::Csat), answer, 0).map(|it| it.severity)
    });
    assert_eq!(csat, [Some(High), Some(Medium), None]);
    let bands = [Band::Attention, Band::AtRisk, Band::Unknown].map(|band| band_drop("c", band, true));
    assert_eq!(bands.map(|it| it.map(|it| it.severity)), [Some(Medium), Some(High), None]);
    assert_eq!((escalation("i").severity, sla_breach("k", false)), (High, None));
}

/// Applies decisions as the service does.
fn apply(alerts: &[Alert], decisions: &BTreeMap<String, Decision>) -> Vec<Alert> {
    let mut next: Vec<Alert> = alerts.to_vec();
    next.retain(|alert| decisions.get(&alert.dedupe_key) != Some(&Decision::Resolve));
    for alert in &mut next {
        match decisions.get(&alert.dedupe_key) {
            Some(Decision::Keep) => alert.missed_runs = 0,
            Some(Decision::Wake) => alert.snoozed_until = None,
            Some(Decision::Miss) => alert.missed_runs += 1,
            Some(Decision::Escalate(severity)) => {
                (alert.severity, alert.snoozed_until, alert.missed_runs) = (*severity, None, 0);
            }
            _ => {}
        }
    }
    next.extend(decisions.values().filter_map(|decision| match decision {
        Decision::Raise(new) => Some(Alert { dedupe_key: new.dedupe_key.clone(), ..alert(new.severity) }),
        _ => None,
    }));
    next
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn running_the_checks_again_changes_nothing(
        days in proptest::collection::btree_map("[a-e]", -5_i64..120, 0..6),
        known in proptest::collection::btree_map("[a-e]", (0_u8..2, any::<bool>()), 0..6),
    ) {
        let conditions = || days.iter().filter_map(|(term, days)| contract_end(term, *days, false));
        let alerts: Vec<Alert> = known.iter().map(|(term, (missed, is_snoozed))| Alert {
            dedupe_key: format!("contract:{term}"),
            missed_runs: *missed,
            snoozed_until: is_snoozed.then(now),
            ..alert(Severity::Medium)
        }).collect();
        let once = apply(&alerts, &decide(&CHECKED, conditions(), &alerts, now(), true));
        let twice = apply(&once, &decide(&CHECKED, conditions(), &once, now(), false));
        let mut keys: Vec<_> = once.iter().map(|it| &it.dedupe_key).collect();
        keys.sort();
        keys.dedup();
        prop_assert_eq!(keys.len(), once.len());
        // A waking alert still has its miss count, which the next run clears.
        let shown = |alerts: &[Alert]| -> Vec<_> {
            alerts.iter().map(|it| (it.dedupe_key.clone(), it.severity, it.snoozed_until)).collect()
        };
        prop_assert_eq!(shown(&once), shown(&twice));
    }
}
