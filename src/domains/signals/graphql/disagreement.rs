//! Where the rules and a strong model differ.

use async_graphql::{ComplexObject, Context, Enum, Result};

use super::signal_of;
use crate::{
    domains::{
        customers::{Customer, customer_of},
        intelligence::filings::{
            SignalType,
            proposals::{DisagreementKind, Refusal},
        },
        signals::{
            ExtractionDisagreement, Signal,
            disagreement::{Column, Entity},
        },
    },
    graphql::{EnumFilter, Order, OrderField, SortDirection, filter_input, nullable},
};

#[ComplexObject]
impl ExtractionDisagreement {
    /// The signal that it is about; null for a proposal that was refused, and when you may not see signals.
    async fn signal(&self, ctx: &Context<'_>) -> Option<Result<Signal>> {
        let id = self.signal_id?;
        nullable(signal_of(ctx, id)).await
    }

    /// Whose report it is; null when you may not see customers.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        nullable(customer_of(ctx, self.customer_id)).await
    }
}

filter_input! {
    /// Which disagreements. All parts that are given must hold.
    pub struct ExtractionDisagreementFilter {
        /// By in what they differ.
        kind: EnumFilter<DisagreementKind> => |filter| filter.on(Column::Kind),
        /// By the kind of signal.
        signal_kind: EnumFilter<SignalType> => |filter| filter.on(Column::SignalKind),
        /// By why a proposal was not taken.
        refusal: EnumFilter<Refusal> => |filter| filter.on(Column::Refusal),
    }
}

/// By what disagreements can be ordered.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExtractionDisagreementOrderField {
    /// When they were noted.
    NotedAt,
}

/// The order of a list of them.
pub type ExtractionDisagreementOrder = Order<ExtractionDisagreementOrderField>;

impl OrderField for ExtractionDisagreementOrderField {
    type Entity = Entity;

    const DEFAULT: (Self, SortDirection) = (Self::NotedAt, SortDirection::Asc);

    fn column(self) -> Column {
        match self {
            Self::NotedAt => Column::NotedAt,
        }
    }
}
