//! Metrics of durable waits.

use prometheus_client::{metrics::family::Family, registry::Registry};

use super::instruments::Counters;

/// The counts of waits that would have waited for ever.
#[derive(Debug)]
pub struct Waits {
    lost: Counters<1>,
}

impl Waits {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let this = Self { lost: Family::default() };
        registry.register(
            "waits_lost",
            "Waits that nothing would have ended, found by the sweep, by what was wrong",
            this.lost.clone(),
        );
        this
    }

    /// Records a wait that nothing would have ended.
    pub fn lost(&self, problem: &'static str) {
        self.lost.get_or_create(&[("problem", problem.to_owned())]).inc();
    }
}
