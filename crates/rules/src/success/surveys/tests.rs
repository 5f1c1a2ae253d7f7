use chrono::{TimeDelta, TimeZone, Utc};

use super::*;

fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn tenths(interval: Interval) -> (f64, f64) {
    (rounded(interval.low), rounded(interval.high))
}

#[test]
fn the_top_box_follows_the_scale() {
    for (max, from) in [(3, 3), (4, 3), (5, 4), (6, 5), (7, 6), (10, 8)] {
        assert_eq!(Scale { min: 1, max }.top_box_from(), from, "{max}");
    }
    let scale = Scale::of(SurveyMetric::Csat);
    assert_eq!([1, 3, 4, 5].map(|s| scale.normalised(s)), [0.0, 50.0, 75.0, 100.0].map(Some));
    assert_eq!((scale.normalised(0), scale.normalised(6)), (None, None));
    assert!(!scale.fits(SurveyMetric::Nps) && !Scale { min: 0, max: 10 }.fits(SurveyMetric::Csat));
}

#[test]
fn nps_is_rounded_once_and_away_from_zero() {
    let table = [
        ((1, 0, 2), Some(-33)),
        ((2, 0, 1), Some(33)),
        ((5, 3, 0), Some(63)),
        ((0, 3, 5), Some(-63)),
        ((7, 2, 1), Some(60)),
        ((50, 30, 20), Some(30)),
        ((0, 0, 0), None),
    ];
    for ((p, a, d), wanted) in table {
        assert_eq!(net_promoter(p, a, d).nps, wanted, "{p} {a} {d}");
    }
    let nothing = net_promoter(0, 0, 0);
    assert_eq!((nothing.nps_exact, nothing.interval, nothing.margin, nothing.reliable), (None, None, None, false));
    assert_eq!(rounded(net_promoter(50, 30, 20).margin.unwrap()), 15.3);
    assert_eq!((net_promoter(7, 2, 1).reliable, net_promoter(7, 2, 0).reliable), (true, false));
}

#[test]
fn the_intervals_are_those_of_the_tables() {
    let table = [
        ((8, 10), (49.0, 94.3)),
        ((17, 20), (64.0, 94.8)),
        ((0, 10), (0.0, 27.8)),
        ((10, 10), (72.2, 100.0)),
        ((1, 1), (20.7, 100.0)),
        ((79, 100), (70.0, 85.8)),
        ((150, 200), (68.6, 80.5)),
    ];
    for ((top, answers), wanted) in table {
        assert_eq!(tenths(wilson(top, answers).unwrap()), wanted, "{top}/{answers}");
    }
    assert_eq!((wilson(0, 0), top_box_percent(0, 0), mean(0, 0), response_rate(0, 0)), (None, None, None, None));
    let table = [((50, 30, 20), 29.1, (14.1, 44.2)), ((7, 2, 1), 46.2, (7.0, 85.3)), ((0, 3, 5), -45.5, (-82.1, -8.8))];
    for ((p, a, d), middle, wanted) in table {
        let found = net_promoter(p, a, d);
        assert_eq!((rounded(found.adjusted.unwrap()), tenths(found.interval.unwrap())), (middle, wanted));
    }
}

#[test]
fn a_link_is_spent_by_answers_alone_and_reminded_of_once() {
    let sent_at = Utc.with_ymd_and_hms(2026, 11, 1, 9, 0, 0).unwrap();
    let after = |days| sent_at + TimeDelta::days(days);
    let link = LinkTimes {
        sent_at,
        expires_at: after(30),
        revoked_at: None,
        reminded_at: None,
        answers: 0,
        max_answers: Some(1),
    };
    assert_eq!(link_state(&link, after(29)), LinkState::Open);
    assert_eq!(link_state(&link, after(30)), LinkState::Expired);
    let answered = LinkTimes { answers: 1, ..link };
    assert_eq!(link_state(&answered, after(40)), LinkState::Answered);
    assert_eq!(link_state(&LinkTimes { revoked_at: Some(after(1)), ..answered }, after(2)), LinkState::Revoked);
    assert_eq!([4, 5, 30].map(|days| reminder_is_due(&link, after(days))), [false, true, false]);
    assert!(!reminder_is_due(&answered, after(5)));
    assert!(!reminder_is_due(&LinkTimes { reminded_at: Some(after(5)), ..link }, after(6)));
    assert_eq!([29, 30].map(|days| is_quarantined(Some(sent_at), after(days), COOLDOWN_DAYS)), [true, false]);
    assert!(is_editable(sent_at, after(1) - TimeDelta::seconds(1)) && !is_editable(sent_at, after(1)));
}

#[test]
fn low_answers_and_bad_answers_are_told_apart() {
    let (csat, nps) = (Scale::of(SurveyMetric::Csat), Scale::of(SurveyMetric::Nps));
    let low = [1, 2, 3].map(|s| (is_low(SurveyMetric::Csat, csat, s), low_is_grave(SurveyMetric::Csat, csat, s)));
    assert_eq!(low, [(true, true), (true, false), (false, false)]);
    let low = [3, 4, 6, 7].map(|s| (is_low(SurveyMetric::Nps, nps, s), low_is_grave(SurveyMetric::Nps, nps, s)));
    assert_eq!(low, [(true, true), (true, false), (true, false), (false, false)]);
    let long = "a".repeat(MAX_FEEDBACK + 1);
    let paths = |metric, scale, answer, text| -> Vec<String> {
        check_answer(metric, scale, answer, text).into_iter().map(|it| it.path).collect()
    };
    assert_eq!(paths(SurveyMetric::Csat, csat, 6, Some(long.as_str())), ["score", "feedback"]);
    assert_eq!(paths(SurveyMetric::Nps, csat, 5, None), ["scale"]);
    assert_eq!(paths(SurveyMetric::Csat, csat, 5, Some("fine")), [] as [&str; 0]);
}

#[test]
fn a_prefill_is_trimmed_and_checked() {
    let prefill = |name: &str, email: &str| Prefill { name: Some(name.to_owned()), email: Some(email.to_owned()) };
    let found = prefill(" Ada ", " ").checked().unwrap();
    assert_eq!((found.name.as_deref(), found.email), (Some("Ada"), None));
    let problems = prefill("A\nB", "a@b@c").checked().unwrap_err();
    assert_eq!(problems.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(), ["prefill.name", "prefill.email"]);
}
