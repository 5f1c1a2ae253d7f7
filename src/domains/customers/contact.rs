//! Contacts of customers: the people whom one talks to there.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::SimpleObject;
use sea_orm::entity::prelude::*;

use super::entity::Model as Customer;
use crate::{
    db::{Id, Identified},
    graphql::{Timestamp, plain_fields},
};

/// Person at a customer.
#[derive(Clone, Default, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "customer_contacts")]
#[graphql(name = "CustomerContact", complex)]
pub struct Model {
    /// The id, beginning with `ccon_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    #[graphql(skip)]
    pub customer_id: Id<Customer>,
    /// Name.
    pub name: String,
    #[graphql(skip)]
    pub name_key: String,
    /// Mail address; null if unknown.
    pub email: Option<String>,
    #[graphql(skip)]
    pub email_folded: Option<String>,
    /// Telephone number, as it was entered; null if unknown.
    pub phone: Option<String>,
    /// Job title; null if unknown.
    pub job_title: Option<String>,
    /// True for the contact that `Customer.contact` shows.
    pub is_primary: bool,
    /// Version, incremented by every change. Pass it as `expectedVersion` to update the contact.
    pub version: i32,
    /// Creation time.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub created_at: DateTimeUtc,
    #[graphql(skip)]
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "ccon";
    const NOUN: &'static str = "customer contact";
}

plain_fields!(Model => id, name, email, phone, job_title, is_primary, version, created_at);
