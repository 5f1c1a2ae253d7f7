//! Which filings of a customer were read, so that none is fetched again, and amendments find what they amend.

use sea_orm::{entity::prelude::*, sea_query::StringLen};

use crate::{
    db::Id,
    domains::{
        customers::Customer,
        intelligence::filings::{FilingRef, Item, RULES_VERSION},
    },
    jobs::JobRow,
};

/// A filing that was read.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "filings_read")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: Id<Customer>,
    #[sea_orm(primary_key, auto_increment = false)]
    pub accession: String,
    /// The version of the rules by which it was read last.
    pub rules_version: i32,
    pub is_amendment: bool,
    pub report_date: Option<Date>,
    pub filed_at: DateTimeUtc,
    /// Its items, by commas.
    pub items: String,
    /// The job that read it last.
    pub job_id: Id<JobRow>,
    pub read_at: DateTimeUtc,
    /// Whether a strong model has read it too; `None` when none was to.
    pub extraction: Option<Extraction>,
    /// How often a model's answer about it could not be used.
    pub extraction_attempts: i32,
    /// The job in which a strong model read it.
    pub extraction_job_id: Option<Id<JobRow>>,
}

/// Whether a strong model has read a filing.
#[derive(EnumIter, DeriveActiveEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Extraction {
    /// It is to.
    Waiting,
    /// It has.
    Done,
    /// Its answers could not be used.
    GivenUp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The row of a filing that was read just now.
    pub(super) fn of(customer: Id<Customer>, filing: &FilingRef, job: Id<JobRow>, now: DateTimeUtc) -> Self {
        let items: Vec<_> = filing.items.iter().map(Item::to_string).collect();
        Self {
            customer_id: customer,
            accession: filing.accession.clone(),
            rules_version: RULES_VERSION,
            is_amendment: filing.is_amendment,
            report_date: filing.report_date,
            filed_at: filing.filed_at,
            items: items.join(","),
            job_id: job,
            read_at: now,
            extraction: None,
            extraction_attempts: 0,
            extraction_job_id: None,
        }
    }

    /// Whether reading it again would find nothing else.
    pub(super) fn is_good(&self) -> bool {
        self.rules_version >= RULES_VERSION
    }

    /// What is known of it when amendments are linked.
    pub(super) fn reference(&self) -> FilingRef {
        FilingRef {
            accession: self.accession.clone(),
            is_amendment: self.is_amendment,
            report_date: self.report_date,
            filed_at: self.filed_at,
            items: self.items.split(',').filter_map(Item::parse).collect(),
        }
    }
}
