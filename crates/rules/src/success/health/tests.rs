mod checking;
mod measuring;
mod monotone;
mod worked;

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};

use super::*;

/// Noon of 2026-11-30.
fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 30, 12, 0, 0).unwrap()
}

fn ago(days: i64) -> DateTime<Utc> {
    now() - TimeDelta::days(days)
}

fn on(days: i64) -> NaiveDate {
    (now() + TimeDelta::days(days)).date_naive()
}

fn met(kind: ContactKind, sentiment: Option<Sentiment>, days: i64) -> Interaction {
    Interaction { id: format!("{kind:?}-{days}"), kind, sentiment, at: ago(days), recorded_at: ago(days) }
}

fn answered(normalised: f64, days: i64) -> Answer {
    Answer { id: format!("answer-{days}"), normalised, at: ago(days), recorded_at: ago(days) }
}

fn signal(effect: SignalEffect, urgency: f64, days: i64) -> Signal {
    Signal {
        id: format!("signal-{days}"),
        effect,
        is_bankruptcy: false,
        urgency,
        at: ago(days),
        recorded_at: ago(days),
    }
}

fn runs(product: &str, is_active: bool, versions_behind: Option<u32>) -> Deployment {
    Deployment { id: product.to_owned(), product: product.to_owned(), is_active, versions_behind }
}

fn at(seen: &Observations, days: i64) -> Score {
    score(&HealthModel::default(), seen, now() + TimeDelta::days(days), on(days))
}

/// The customer of the worked example.
fn example() -> Observations {
    use ContactKind::{Email, Escalation, Meeting, SupportTicket, Training};
    use Sentiment::{Negative, Neutral, Positive};
    Observations {
        is_listed: true,
        interactions: vec![
            met(Meeting, Some(Positive), 20),
            met(Email, Some(Neutral), 35),
            met(SupportTicket, Some(Negative), 10),
            met(SupportTicket, Some(Neutral), 40),
            met(Escalation, Some(Negative), 12),
            met(Training, Some(Positive), 120),
        ],
        csat: vec![answered(75.0, 9), answered(50.0, 40)],
        nps: vec![answered(80.0, 60)],
        follow_ups: vec![FollowUp { id: "task".to_owned(), due_on: on(-7) }],
        deployments: vec![
            runs("MonetX", true, Some(1)),
            runs("SupportX", true, Some(3)),
            runs("GreenX", false, Some(0)),
        ],
        contract: Contract { ends_on: Some(on(75)), is_renewed: false, renewal_values: Some((1_000.0, 1_000.0)) },
        signals: vec![signal(SignalEffect::ChurnRisk, 0.8, 15)],
        ..Observations::since(ago(400))
    }
}
