//! Instruments: kinds of metrics.

use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram};

/// `N` labels with their values.
pub(super) type Fixed<const N: usize> = [(&'static str, String); N];
pub(super) type Counters<const N: usize> = Family<Fixed<N>, Counter>;
pub(super) type Gauges<const N: usize> = Family<Fixed<N>, Gauge>;
pub(super) type Histograms<const N: usize> = Family<Fixed<N>, Histogram, fn() -> Histogram>;
