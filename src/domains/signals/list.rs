//! Who sees which signals, and where rules and model differ about them, and how both are listed.

use sea_orm::{ColumnTrait, EntityTrait, Select};

use super::{
    disagreement,
    signal::{Column, Entity, ExtractedBy, Model as Signal},
};
use crate::{
    auth::{Permission, Viewer},
    domains::{
        customers::{Customer, CustomerEntity},
        intelligence::{
            Company, CompanyEntity,
            filings::{
                Opportunity, SignalType,
                proposals::{DisagreementKind, Refusal},
            },
        },
        shared::Below,
    },
    error::Result,
    graphql::{DateTimeFilter, EnumFilter, FloatFilter, IdFilter, Listed, filter_input, order_input},
    jobs::JobRow,
};

filter_input! {
    /// Which signals. All parts that are given must hold.
    pub struct SignalFilter {
        /// By what happened.
        kind: EnumFilter<SignalType> => |filter| filter.on(Column::Kind),
        /// By what it means for the business.
        opportunity: EnumFilter<Opportunity> => |filter| filter.on(Column::Opportunity),
        /// By who found them.
        extracted_by: EnumFilter<ExtractedBy> => |filter| filter.on(Column::ExtractedBy),
        /// By the urgency when they were detected, 0 to 1.
        urgency: FloatFilter => |filter| filter.on(Column::Urgency),
        /// By customer.
        customer_id: IdFilter<Customer> => |filter| filter.on(Column::CustomerId),
        /// By the company whose customer it is.
        company_id: IdFilter<Company> => |filter| filter.on(Column::CompanyId),
        /// By when the report was filed.
        filed_at: DateTimeFilter => |filter| filter.on(Column::FiledAt),
        /// By when they were detected.
        detected_at: DateTimeFilter => |filter| filter.on(Column::DetectedAt),
        /// Made-up signals only (true), or real ones only (false).
        is_sample: bool => |is_sample| Column::IsSample.eq(*is_sample),
    }
    through {
        /// By the customer at which it happened.
        customer: CustomerEntity => Column::CustomerId,
        /// By the company whose customer it is.
        company: CompanyEntity => Column::CompanyId,
    }
}

order_input! {
    /// By what signals can be ordered.
    pub enum SignalOrderField of Entity, FiledAt Desc unless given {
        /// When the report was filed.
        FiledAt => Column::FiledAt,
        /// When they were detected.
        DetectedAt => Column::DetectedAt,
        /// The urgency when they were detected.
        Urgency => Column::Urgency,
    }
}

impl Listed for Entity {
    type Node = Signal;
    type Filter = SignalFilter;
    type OrderField = SignalOrderField;

    const SEARCHED: &'static [Column] = &[];

    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        viewer.need(Permission::SignalsRead)?;
        Ok(Self::find())
    }
}

impl Below<Customer> for Entity {
    fn parent() -> Column {
        Column::CustomerId
    }
}

impl Below<Company> for Entity {
    fn parent() -> Column {
        Column::CompanyId
    }
}

/// What a monitoring found.
impl Below<JobRow> for Entity {
    fn parent() -> Column {
        Column::JobId
    }
}

filter_input! {
    /// Which disagreements. All parts that are given must hold.
    pub struct ExtractionDisagreementFilter {
        /// By in what they differ.
        kind: EnumFilter<DisagreementKind> => |filter| filter.on(disagreement::Column::Kind),
        /// By the kind of signal.
        signal_kind: EnumFilter<SignalType> => |filter| filter.on(disagreement::Column::SignalKind),
        /// By why a proposal was not taken.
        refusal: EnumFilter<Refusal> => |filter| filter.on(disagreement::Column::Refusal),
    }
}

order_input! {
    /// By what disagreements can be ordered.
    pub enum ExtractionDisagreementOrderField of disagreement::Entity, NotedAt Asc unless given {
        /// When they were noted.
        NotedAt => disagreement::Column::NotedAt,
    }
}

/// Who sees signals sees what was said against them.
impl Listed for disagreement::Entity {
    type Node = disagreement::Model;
    type Filter = ExtractionDisagreementFilter;
    type OrderField = ExtractionDisagreementOrderField;

    const SEARCHED: &'static [disagreement::Column] = &[];

    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        viewer.need(Permission::SignalsRead)?;
        Ok(Self::find())
    }
}

/// What a monitoring noted.
impl Below<JobRow> for disagreement::Entity {
    fn parent() -> disagreement::Column {
        disagreement::Column::JobId
    }
}
