//! Churns: customers that left, and why.

use async_graphql::Enum;
use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{entity::Model as Customer, status::Lifecycle};
use crate::{
    db::Id,
    domains::{identity::User, reasons::Reason},
};

/// A churn of a customer. It stays when the customer comes back; one that was a mistake is marked as undone.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_churns")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub customer_id: Id<Customer>,
    pub kind: ChurnKind,
    pub reason_id: Id<Reason>,
    pub note: Option<String>,
    pub effective_on: NaiveDate,
    pub lifecycle_before: Lifecycle,
    pub recorded_by_id: Option<Id<User>>,
    pub recorded_at: DateTimeUtc,
    pub undone_at: Option<DateTimeUtc>,
    pub reactivated_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Kind of churn.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChurnKind {
    /// The customer decided to leave.
    Voluntary,
    /// The customer could not stay, such as after a bankruptcy.
    Involuntary,
    /// The customer became part of another one.
    Merged,
}
