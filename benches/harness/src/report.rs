//! What figures look like: latencies, and tables in Markdown.

use std::{fmt::Write as _, time::Duration};

use anyhow::Result;
use hdrhistogram::Histogram;

/// The longest latency that is told from longer ones, in microseconds: ten minutes.
const LONGEST: u64 = 600_000_000;

/// Latencies, kept with three significant digits.
#[derive(Debug)]
pub(crate) struct Latencies(Histogram<u64>);

impl Latencies {
    /// None yet.
    ///
    /// # Errors
    /// Never; the histogram's own bounds are constant.
    pub(crate) fn new() -> Result<Self> {
        Ok(Self(Histogram::new_with_bounds(1, LONGEST, 3)?))
    }

    /// Adds one.
    pub(crate) fn record(&mut self, latency: Duration) {
        self.record_micros(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX));
    }

    /// Adds one of so many microseconds.
    pub(crate) fn record_micros(&mut self, micros: u64) {
        self.0.saturating_record(micros);
    }

    /// The latency that a share of them, 0 to 1, does not exceed, in milliseconds; a dash when there are none.
    pub(crate) fn at(&self, share: f64) -> String {
        if self.0.is_empty() { "–".to_owned() } else { millis(self.0.value_at_quantile(share)) }
    }

    /// Median, 99th percentile and maximum in milliseconds.
    pub(crate) fn summary(&self) -> String {
        format!("{} / {} / {}", self.at(0.5), self.at(0.99), self.at(1.0))
    }
}

/// Microseconds as milliseconds with two decimals.
fn millis(micros: u64) -> String {
    format!("{}.{:02}", micros / 1000, micros % 1000 / 10)
}

/// A duration in milliseconds with two decimals.
pub(crate) fn in_millis(duration: Duration) -> String {
    millis(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
}

/// Bytes in KiB with one decimal.
pub(crate) fn in_kib(bytes: u64) -> String {
    format!("{}.{}", bytes / 1024, bytes % 1024 * 10 / 1024)
}

/// So many a second, with one decimal; a dash when no time has passed.
pub(crate) fn a_second(count: usize, time: Duration) -> String {
    match u128::try_from(count).unwrap_or_default().saturating_mul(10_000_000).checked_div(time.as_micros()) {
        Some(tenths) => format!("{}.{}", tenths / 10, tenths % 10),
        None => "–".to_owned(),
    }
}

/// Two columns in Markdown: what was measured, and the figure.
pub(crate) fn figures(rows: &[(&str, String)]) -> String {
    let rows: Vec<_> = rows.iter().map(|(name, figure)| vec![(*name).to_owned(), figure.clone()]).collect();
    table(&["measured", "figure"], &rows)
}

/// A table in Markdown.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut out = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for row in rows {
        let _ = writeln!(out, "| {} |", row.join(" | "));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_cut_to_what_can_be_read() {
        assert_eq!(in_millis(Duration::from_micros(12_345)), "12.34");
        assert_eq!(in_kib(1536), "1.5");
        assert_eq!(a_second(3, Duration::from_secs(2)), "1.5");
        assert_eq!(a_second(3, Duration::ZERO), "–");
    }

    #[test]
    fn no_latencies_have_no_median() {
        let mut latencies = Latencies::new().unwrap();
        assert_eq!(latencies.at(0.5), "–");
        latencies.record(Duration::from_millis(2));
        assert_eq!(latencies.at(0.5), "2.00");
    }

    #[test]
    fn a_table_has_a_line_a_row() {
        assert_eq!(figures(&[("rows", "3".to_owned())]), "| measured | figure |\n|---|---|\n| rows | 3 |\n");
    }
}
