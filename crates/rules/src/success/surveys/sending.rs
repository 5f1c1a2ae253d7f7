//! Links, reminders, quarantine and checks of answers.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::figures::{Scale, SurveyMetric};
use crate::success::Problem;

/// Days in which one address gets at most one survey.
pub const COOLDOWN_DAYS: i64 = 30;
/// Days after which a link that was not answered is sent once more.
pub const REMINDER_DAYS: i64 = 5;
/// Days that a link is open unless said otherwise.
pub const DEFAULT_LINK_DAYS: i64 = 30;
/// Most days that a link may be open.
pub const MAX_LINK_DAYS: i64 = 180;
/// Hours in which an answer may be edited by its link.
pub const EDITABLE_HOURS: i64 = 24;
/// Most characters of feedback.
pub const MAX_FEEDBACK: usize = 5_000;

/// Returns true if an address was sent a survey within the cooldown. An override is the caller's, who records it.
pub fn is_quarantined(last_sent: Option<DateTime<Utc>>, now: DateTime<Utc>, cooldown_days: i64) -> bool {
    last_sent.is_some_and(|sent| now < sent + TimeDelta::days(cooldown_days))
}

/// The state of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LinkState {
    /// May be answered.
    Open,
    /// Was answered as often as it may be.
    Answered,
    /// Its time is over.
    Expired,
    /// Was taken back; strangers are told that there is no such link.
    Revoked,
}

/// The times and counts of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkTimes {
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When a reminder was sent.
    pub reminded_at: Option<DateTime<Utc>>,
    /// Answers stored.
    pub answers: u32,
    /// Most answers; one for a single-use link, none without a limit.
    pub max_answers: Option<u32>,
}

/// Returns the state of a link. To open or prefetch it changes nothing: only an answer counts.
pub fn link_state(link: &LinkTimes, now: DateTime<Utc>) -> LinkState {
    if link.revoked_at.is_some() {
        LinkState::Revoked
    } else if link.max_answers.is_some_and(|most| link.answers >= most) {
        LinkState::Answered
    } else if now >= link.expires_at {
        LinkState::Expired
    } else {
        LinkState::Open
    }
}

/// Returns true once, five days after sending, for an open link without an answer.
pub fn reminder_is_due(link: &LinkTimes, now: DateTime<Utc>) -> bool {
    link_state(link, now) == LinkState::Open
        && link.answers == 0
        && link.reminded_at.is_none()
        && now >= link.sent_at + TimeDelta::days(REMINDER_DAYS)
}

/// Returns true while an answer may be edited.
pub fn is_editable(answered_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now < answered_at + TimeDelta::hours(EDITABLE_HOURS)
}

/// Returns true for an answer that makes a LOW_CSAT alert: CSAT in the lowest two of five (on any scale: 25 of 100 or
/// less), NPS 6 or less. Never for CES.
pub fn is_low(metric: SurveyMetric, scale: Scale, answer: u8) -> bool {
    match metric {
        SurveyMetric::Csat => scale.normalised(answer).is_some_and(|value| value <= 25.0),
        SurveyMetric::Nps => answer <= 6,
        SurveyMetric::Ces => false,
    }
}

/// Returns true for a low answer that makes the alert HIGH: the lowest of a CSAT scale, NPS 3 or less.
pub fn low_is_grave(metric: SurveyMetric, scale: Scale, answer: u8) -> bool {
    match metric {
        SurveyMetric::Csat => answer <= scale.min,
        SurveyMetric::Nps => answer <= 3,
        SurveyMetric::Ces => false,
    }
}

/// Returns every problem of an answer; none if it may be stored.
pub fn check_answer(metric: SurveyMetric, scale: Scale, answer: u8, feedback: Option<&str>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if !scale.fits(metric) {
        problems.push(Problem::new("scale", "Use 0–10 for NPS, 1–7 for CES, 1 to 3, 4, 5, 6, 7 or 10 for CSAT."));
    } else if !(scale.min..=scale.max).contains(&answer) {
        problems.push(Problem::new("score", format!("Give {} to {}.", scale.min, scale.max)));
    }
    if feedback.is_some_and(|text| text.chars().count() > MAX_FEEDBACK) {
        problems.push(Problem::new("feedback", format!("Give at most {MAX_FEEDBACK} characters.")));
    }
    problems
}

/// Name and address that a link fills in. The page shows the name only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prefill {
    /// Name of the person.
    pub name: Option<String>,
    /// Mail address of the person.
    pub email: Option<String>,
}

impl Prefill {
    /// Returns the prefill with blank texts as none, or every problem of it. The address is checked for its form only.
    pub fn checked(self) -> Result<Self, Vec<Problem>> {
        let trimmed = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let (name, email) = (trimmed(self.name), trimmed(self.email));
        let mut problems = Vec::new();
        if name.as_ref().is_some_and(|name| name.chars().count() > 200 || name.chars().any(char::is_control)) {
            problems.push(Problem::new("prefill.name", "Give a name of one line and at most 200 characters."));
        }
        let is_address = |text: &String| {
            let has_space = text.chars().any(|c| c.is_whitespace() || c.is_control());
            let parts = text.split_once('@');
            text.len() <= 254
                && !has_space
                && parts.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !host.contains('@'))
        };
        if email.as_ref().is_some_and(|email| !is_address(email)) {
            problems.push(Problem::new("prefill.email", "Give one mail address."));
        }
        if problems.is_empty() { Ok(Self { name, email }) } else { Err(problems) }
    }
}
