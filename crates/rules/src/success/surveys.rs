//! Scales, figures and confidence of surveys. Counts are exact; shares and intervals are floating point.

mod figures;
mod sending;
#[cfg(test)]
mod tests;

pub use figures::{
    Interval, MIN_RELIABLE, NetPromoter, Scale, SurveyMetric, completion_rate, mean, net_promoter, response_rate,
    shown_to_group, top_box_percent, wilson,
};
pub use sending::{
    COOLDOWN_DAYS, DEFAULT_LINK_DAYS, EDITABLE_HOURS, LinkState, LinkTimes, MAX_FEEDBACK, MAX_LINK_DAYS, Prefill,
    REMINDER_DAYS, check_answer, is_editable, is_low, is_quarantined, link_state, low_is_grave, reminder_is_due,
};
