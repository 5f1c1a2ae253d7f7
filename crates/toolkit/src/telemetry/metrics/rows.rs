//! States read when metrics are requested.

use std::fmt;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet},
    metrics::MetricType,
};

/// Labels with their values.
pub type Labels = Vec<(&'static str, String)>;

/// A histogram with non-cumulative counts per bucket, including those above the last bound.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// The sum of all values.
    pub sum: f64,
    /// The number of values.
    pub count: u64,
    /// Upper bounds, with the number of values up to each and above the previous.
    pub buckets: Vec<(f64, u64)>,
}

#[derive(Debug)]
enum Value {
    Counter(f64),
    Gauge(f64),
    Histogram(Distribution),
}

#[derive(Debug)]
struct Metric {
    name: &'static str,
    help: &'static str,
    kind: MetricType,
    rows: Vec<(Labels, Value)>,
}

/// Metrics with their present values.
#[derive(Debug, Default)]
pub struct Rows(Vec<Metric>);

impl Rows {
    /// Adds a gauge; omitted if it has no rows.
    pub fn gauge(&mut self, name: &'static str, help: &'static str, rows: impl IntoIterator<Item = (Labels, f64)>) {
        let rows = rows.into_iter().map(|(labels, value)| (labels, Value::Gauge(value))).collect();
        self.add(Metric { name, help, kind: MetricType::Gauge, rows });
    }

    /// Adds a counter kept elsewhere; `_total` is appended to its name.
    pub fn counter(&mut self, name: &'static str, help: &'static str, rows: impl IntoIterator<Item = (Labels, f64)>) {
        let rows = rows.into_iter().map(|(labels, value)| (labels, Value::Counter(value))).collect();
        self.add(Metric { name, help, kind: MetricType::Counter, rows });
    }

    /// Adds a histogram kept elsewhere.
    pub fn histogram(
        &mut self,
        name: &'static str,
        help: &'static str,
        rows: impl IntoIterator<Item = (Labels, Distribution)>,
    ) {
        let rows = rows.into_iter().map(|(labels, value)| (labels, Value::Histogram(value))).collect();
        self.add(Metric { name, help, kind: MetricType::Histogram, rows });
    }

    fn add(&mut self, metric: Metric) {
        if !metric.rows.is_empty() {
            self.0.push(metric);
        }
    }
}

impl Collector for Rows {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), fmt::Error> {
        for metric in &self.0 {
            let mut family = encoder.encode_descriptor(metric.name, metric.help, None, metric.kind)?;
            for (labels, value) in &metric.rows {
                value.encode(family.encode_family(labels)?)?;
            }
        }
        Ok(())
    }
}

impl Value {
    fn encode(&self, mut encoder: MetricEncoder) -> Result<(), fmt::Error> {
        match self {
            Self::Counter(value) => encoder.encode_counter::<NoLabelSet, _, f64>(value, None),
            Self::Gauge(value) => encoder.encode_gauge(value),
            Self::Histogram(Distribution { sum, count, buckets }) => {
                encoder.encode_histogram::<NoLabelSet>(*sum, *count, buckets, None)
            }
        }
    }
}
