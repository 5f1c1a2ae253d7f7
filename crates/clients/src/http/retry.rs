//! Retry policy and pauses.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};

use super::ClientError;

/// Limits on retries and on the size of the answer.
#[derive(Debug, Clone)]
pub struct RetryPolicy {
    /// Maximum number of attempts, including the first; 0 counts as 1.
    pub max_attempts: u32,
    /// Maximum pause before the second attempt; doubled for each further one.
    pub base_delay: Duration,
    /// Maximum pause, apart from pauses requested by the service.
    pub max_delay: Duration,
    /// Maximum pause requested by `Retry-After` that is waited for here. A longer one is returned to the caller, who
    /// can postpone the work instead of holding it in memory.
    pub max_retry_after: Duration,
    /// Maximum size of an answer, in bytes after decompression.
    pub max_body: usize,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(20),
            max_retry_after: Duration::from_mins(1),
            max_body: 8 * 1024 * 1024,
        }
    }
}

impl RetryPolicy {
    /// Returns the pause between attempt number `attempt` (from 1), which failed with `error`, and the next one; `None`
    /// if there is no next one.
    ///
    /// `chance` (0 to 1) determines the pause: exponential backoff with full jitter, "Exponential Backoff And Jitter",
    /// AWS Architecture Blog, 2015. A pause requested by the service is added to the jitter, so that clients with the
    /// same pause do not return at the same moment.
    #[must_use]
    pub fn wait(&self, attempt: u32, error: &ClientError, chance: f64) -> Option<Duration> {
        if attempt >= self.max_attempts || !error.is_transient() {
            return None;
        }
        let pause = error.retry_after().unwrap_or_default();
        (pause <= self.max_retry_after).then(|| pause + self.backoff(attempt, chance))
    }

    fn backoff(&self, attempt: u32, chance: f64) -> Duration {
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        let ceiling = self.base_delay.saturating_mul(doubled).min(self.max_delay);
        // `mul_f64` panics on what is not a number.
        let chance = if chance.is_finite() { chance.clamp(0.0, 1.0) } else { 1.0 };
        ceiling.mul_f64(chance)
    }
}

/// Parses a `Retry-After` header, seconds or a date (RFC 9110, section 10.2.3), as a pause from `now`. A past date is
/// no pause; an invalid header is ignored.
#[must_use]
pub fn parse_retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More seconds than fit are as good as forever.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = parse_http_date(value)?;
    Some((date - now).to_std().unwrap_or_default())
}

/// Parses the three date formats required by RFC 9110, section 5.6.7.
fn parse_http_date(value: &str) -> Option<DateTime<Utc>> {
    const FORMS: [&str; 3] = ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    FORMS.iter().find_map(|form| NaiveDateTime::parse_from_str(value, form).ok()).map(|date| date.and_utc())
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use reqwest::header::HeaderValue;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn policy() -> RetryPolicy {
        RetryPolicy { max_attempts: 10, base_delay: SECOND, max_delay: 5 * SECOND, ..RetryPolicy::default() }
    }

    fn busy(retry_after: Option<Duration>) -> ClientError {
        ClientError::Status { status: 429, retry_after, excerpt: String::new() }
    }

    fn header(value: &'static str) -> Option<Duration> {
        let now = Utc.with_ymd_and_hms(1994, 11, 6, 8, 49, 7).unwrap();
        let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(value))]);
        parse_retry_after(&headers, now)
    }

    #[test]
    fn the_ceiling_of_the_wait_doubles_up_to_the_maximum() {
        let ceilings: Vec<_> = (1..=5).filter_map(|attempt| policy().wait(attempt, &busy(None), 1.0)).collect();
        assert_eq!(ceilings, [SECOND, 2 * SECOND, 4 * SECOND, 5 * SECOND, 5 * SECOND]);
    }

    #[test]
    fn jitter_is_full_from_nothing_to_the_ceiling() {
        assert_eq!(policy().wait(2, &busy(None), 0.0), Some(Duration::ZERO));
        assert_eq!(policy().wait(2, &busy(None), 0.25), Some(SECOND / 2));
    }

    #[test]
    fn a_random_source_that_misbehaves_cannot_break_the_wait() {
        assert_eq!(policy().wait(1, &busy(None), f64::NAN), Some(SECOND));
        assert_eq!(policy().wait(1, &busy(None), -3.0), Some(Duration::ZERO));
        assert_eq!(policy().wait(u32::MAX - 1, &busy(None), 9.0), None);
    }

    #[test]
    fn the_last_attempt_is_followed_by_no_wait() {
        let policy = RetryPolicy { max_attempts: 3, ..policy() };
        assert!(policy.wait(2, &ClientError::Timeout, 1.0).is_some());
        assert_eq!(policy.wait(3, &ClientError::Timeout, 1.0), None);
    }

    #[test]
    fn an_error_that_stays_is_not_tried_again() {
        assert_eq!(policy().wait(1, &ClientError::garbage("x"), 1.0), None);
    }

    #[test]
    fn the_pause_asked_for_is_the_least_wait() {
        assert_eq!(policy().wait(1, &busy(Some(7 * SECOND)), 0.0), Some(7 * SECOND));
        assert_eq!(policy().wait(1, &busy(Some(7 * SECOND)), 1.0), Some(8 * SECOND));
    }

    #[test]
    fn a_pause_above_the_cap_is_given_up_on() {
        assert!(policy().wait(1, &busy(Some(60 * SECOND)), 0.0).is_some());
        assert_eq!(policy().wait(1, &busy(Some(61 * SECOND)), 0.0), None);
        assert_eq!(policy().wait(1, &busy(Some(Duration::MAX)), 0.0), None);
    }

    #[test]
    fn retry_after_reads_seconds() {
        assert_eq!(header("120"), Some(120 * SECOND));
        assert_eq!(header("0"), Some(Duration::ZERO));
        assert_eq!(header("99999999999999999999999"), Some(Duration::from_secs(u64::MAX)));
    }

    #[test]
    fn retry_after_reads_all_three_forms_of_a_date() {
        for date in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            assert_eq!(header(date), Some(30 * SECOND), "{date}");
        }
    }

    #[test]
    fn a_date_that_has_passed_is_no_pause() {
        assert_eq!(header("Sun, 06 Nov 1994 08:49:00 GMT"), Some(Duration::ZERO));
    }

    #[test]
    fn a_retry_after_that_cannot_be_read_counts_as_absent() {
        for value in ["", "soon", "-5", "1.5", "+3"] {
            assert_eq!(header(value), None, "{value}");
        }
    }
}
