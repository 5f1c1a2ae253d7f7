//! Filings that were read, so that none is fetched twice and amendments find the amended filing.

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
    /// The version of the rules that read it last.
    pub rules_version: i32,
    pub is_amendment: bool,
    pub report_date: Option<Date>,
    pub filed_at: DateTimeUtc,
    /// Its items, separated by commas.
    pub items: String,
    /// The job that read it last.
    pub job_id: Id<JobRow>,
    pub read_at: DateTimeUtc,
    /// State of the reading by a language model; `None` if none was requested.
    pub extraction: Option<Extraction>,
    /// Number of unusable answers of a model.
    pub extraction_attempts: i32,
    /// The job in which a language model read it.
    pub extraction_job_id: Option<Id<JobRow>>,
}

/// State of the reading of a filing by a language model.
#[derive(EnumIter, DeriveActiveEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Extraction {
    /// Waits for the model.
    Waiting,
    /// Read by the model.
    Done,
    /// Given up, because the answers were unusable.
    GivenUp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Creates the row of a filing that was just read.
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

    /// Returns true if reading it again would find nothing new.
    pub(super) fn is_good(&self) -> bool {
        self.rules_version >= RULES_VERSION
    }

    /// Returns the reference used to link amendments.
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
