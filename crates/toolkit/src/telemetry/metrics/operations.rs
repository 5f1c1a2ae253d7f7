//! Metrics of GraphQL operations.

use std::time::Duration;

use prometheus_client::{
    metrics::{family::Family, histogram::Histogram},
    registry::Registry,
};

use super::{
    instruments::{Counters, Gauges, Histograms},
    names::Names,
};
use crate::error_code::ErrorCode;

/// Maximum number of operation names with their own label; later names count as `other`.
const NAMES: usize = 200;
/// Maximum number of names from anonymous callers, so that these cannot use up all labels.
const NAMES_OF_STRANGERS: usize = 50;
const BOUNDS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Kind of operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationKind {
    /// A query.
    Query,
    /// A mutation.
    Mutation,
    /// A subscription.
    Subscription,
    /// Unknown, because the document could not be parsed.
    Unknown,
}

impl OperationKind {
    /// Returns the name in logs, traces and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Mutation => "mutation",
            Self::Subscription => "subscription",
            Self::Unknown => "unknown",
        }
    }
}

/// The counts of operations.
#[derive(Debug)]
pub struct Operations {
    names: Names,
    ended: Counters<3>,
    duration: Histograms<2>,
    cost: Counters<1>,
    refused: Counters<1>,
    live: Gauges<1>,
}

impl Operations {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let this = Self {
            names: Names::new(NAMES),
            ended: Family::default(),
            duration: Family::new_with_constructor(|| Histogram::new(BOUNDS)),
            cost: Family::default(),
            refused: Family::default(),
            live: Family::default(),
        };
        registry.register(
            "graphql_operations",
            "GraphQL operations that ended, by name, type and outcome: ok, cancelled, or the code of the first error",
            this.ended.clone(),
        );
        registry.register(
            "graphql_operation_duration_seconds",
            "How long queries and mutations took, by name and type",
            this.duration.clone(),
        );
        registry.register("graphql_cost", "Points of cost that operations asked for, by type", this.cost.clone());
        registry.register(
            "graphql_refused",
            "Operations that were refused before anything ran: by a limit on documents, or for want of budget",
            this.refused.clone(),
        );
        registry.register("graphql_subscriptions", "Subscriptions that are open now, by field", this.live.clone());
        this
    }

    /// Returns the label for an operation's name. Only valid operations add new names.
    pub fn folded(&self, name: Option<&str>, is_valid: bool, is_signed_in: bool) -> String {
        let places = match (is_valid, is_signed_in) {
            (false, _) => 0,
            (true, false) => NAMES_OF_STRANGERS,
            (true, true) => NAMES,
        };
        name.map_or_else(|| "unnamed".to_owned(), |name| self.names.fold(name, places))
    }

    /// Records the end of an operation. `name` is from [`Self::folded`]; `outcome` is `ok`, `cancelled` or an error
    /// code.
    pub fn ended(&self, name: String, kind: OperationKind, outcome: &'static str, took: Duration) {
        let kind_label = ("type", kind.as_str().to_owned());
        if matches!(kind, OperationKind::Query | OperationKind::Mutation) {
            let labels = [("operation", name.clone()), kind_label.clone()];
            self.duration.get_or_create(&labels).observe(took.as_secs_f64());
        }
        let refused = [(ErrorCode::QueryTooComplex, "limit"), (ErrorCode::RateLimited, "budget")];
        if let Some((_, reason)) = refused.iter().find(|(code, _)| code.as_str() == outcome) {
            self.refused.get_or_create(&[("reason", (*reason).to_owned())]).inc();
        }
        self.ended.get_or_create(&[("operation", name), kind_label, ("outcome", outcome.to_owned())]).inc();
    }

    /// Records the price of an operation.
    pub fn asked_for(&self, kind: OperationKind, points: u64) {
        self.cost.get_or_create(&[("type", kind.as_str().to_owned())]).inc_by(points);
    }

    /// Records the start (+1) or end (-1) of a subscription to this field.
    pub fn live(&self, field: &str, by: i64) {
        self.live.get_or_create(&[("field", field.to_owned())]).inc_by(by);
    }
}
