//! Visibility, filters and sort orders of signals and of the disagreements about them.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select};

use super::{
    disagreement, report,
    signal::{Column, Entity, ExtractedBy, Model as Signal},
};
use crate::{
    auth::{Permission, Viewer},
    domains::{
        customers::{Customer, CustomerColumn, CustomerEntity},
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
    graphql::{
        BooleanFilter, DateFilter, DateTimeFilter, EnumFilter, FloatFilter, IdFilter, Listed, MoneyFilter, Nullable,
        contains, filter_input, order_input,
    },
    jobs::JobRow,
};

filter_input! {
    /// Conditions on signals. All given conditions must hold.
    pub struct SignalFilter {
        /// Condition on the kind of event.
        kind: EnumFilter<SignalType> => |filter| filter.on(Column::Kind),
        /// Condition on the business impact.
        opportunity: EnumFilter<Opportunity> => |filter| filter.on(Column::Opportunity),
        /// Condition on the extraction method.
        extracted_by: EnumFilter<ExtractedBy> => |filter| filter.on(Column::ExtractedBy),
        /// Condition on the urgency at detection, 0–1.
        urgency: FloatFilter => |filter| filter.on(Column::Urgency),
        /// Condition on the filing time of the report.
        filed_at: DateTimeFilter => |filter| filter.on(Column::FiledAt),
        /// Condition on the detection time.
        detected_at: DateTimeFilter => |filter| filter.on(Column::DetectedAt),
        /// Condition on whether the signal is sample data.
        is_sample: BooleanFilter => |filter| filter.on(Column::IsSample),
        /// Condition on the upper bound of the estimated value.
        value_high: Nullable<MoneyFilter> => |filter| filter.on(Column::ValueHigh, Column::ValueCurrency),
        /// Condition on the date from which a person takes or leaves a role.
        effective_on: Nullable<DateFilter> => |filter| filter.on(Column::PersonEffective),
    }
    naming {
        /// Condition on the id of the customer. Needs `customers:read`.
        customer_id: IdFilter<Customer> as CustomerEntity => Column::CustomerId,
        /// Condition on the id of the company whose customer it is. Needs `companies:read`.
        company_id: IdFilter<Company> as CompanyEntity => Column::CompanyId,
    }
    through {
        /// Condition on the customer.
        customer: CustomerEntity => Column::CustomerId,
        /// Condition on the company whose customer it is.
        company: CompanyEntity => Column::CompanyId,
    }
}

order_input! {
    /// Fields by which signals can be sorted.
    pub enum SignalOrderField of Entity, FiledAt Desc unless given {
        /// Filing time of the report.
        FiledAt => Column::FiledAt,
        /// Detection time.
        DetectedAt => Column::DetectedAt,
        /// Urgency at detection.
        Urgency => Column::Urgency,
    }
}

impl Listed for Entity {
    type Node = Signal;
    type Filter = SignalFilter;
    type OrderField = SignalOrderField;

    const SEARCHED: &'static [Column] = &[Column::Words];

    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        viewer.need(Permission::SignalsRead)?;
        Ok(Self::find())
    }

    /// Searches the texts of the signal, and for those who may see customers the name of the customer.
    fn holding(viewer: &Viewer, word: &str) -> Condition {
        let customers = CustomerEntity::visible_to(viewer).ok().map(|customers| {
            let named = customers.filter(contains(CustomerColumn::NameFolded, word)).select_only();
            Column::CustomerId.in_subquery(named.column(CustomerColumn::Id).into_query())
        });
        Condition::any().add(contains(Column::Words, word)).add_option(customers)
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

/// The signals found by a monitoring job.
impl Below<JobRow> for Entity {
    fn parent() -> Column {
        Column::JobId
    }
}

filter_input! {
    /// Conditions on extraction disagreements. All given conditions must hold.
    pub struct ExtractionDisagreementFilter {
        /// Condition on the kind of disagreement.
        kind: EnumFilter<DisagreementKind> => |filter| filter.on(disagreement::Column::Kind),
        /// Condition on the kind of signal.
        signal_kind: EnumFilter<SignalType> => |filter| filter.on(disagreement::Column::SignalKind),
        /// Condition on the reason why a proposal was rejected.
        refusal: Nullable<EnumFilter<Refusal>> => |filter| filter.on(disagreement::Column::Refusal),
    }
}

order_input! {
    /// Fields by which extraction disagreements can be sorted.
    pub enum ExtractionDisagreementOrderField of disagreement::Entity, CreatedAt Asc unless given {
        /// Time at which the disagreement was recorded.
        CreatedAt => disagreement::Column::CreatedAt,
    }
}

/// Disagreements are visible to those who see signals.
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

/// Returns the reports that `viewer` may see: who sees signals sees the reports on them.
///
/// # Errors
/// If the viewer may see none.
pub(super) fn visible_reports(viewer: &Viewer) -> Result<Select<report::Entity>> {
    viewer.need(Permission::SignalsRead)?;
    Ok(report::Entity::find())
}

/// The disagreements recorded by a monitoring job.
impl Below<JobRow> for disagreement::Entity {
    fn parent() -> disagreement::Column {
        disagreement::Column::JobId
    }
}
