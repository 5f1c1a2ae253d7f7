//! Who sees which jobs, and how they are listed.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

use super::Job;
use crate::{
    auth::{Permission, Viewer},
    error::Result,
    graphql::{DateTimeFilter, EnumFilter, Listed, StringFilter, filter_input, order_input},
    jobs::{JobColumn, JobEntity, JobStatus},
};

filter_input! {
    /// Which jobs. All parts that are given must hold.
    pub struct JobFilter {
        /// By where they stand.
        status: EnumFilter<JobStatus> => |filter| filter.on(JobColumn::Status),
        /// By kind of work.
        kind: StringFilter => |filter| filter.on(JobColumn::Kind),
        /// By when they were made.
        created_at: DateTimeFilter => |filter| filter.on(JobColumn::CreatedAt),
    }
}

order_input! {
    /// By what jobs can be ordered.
    pub enum JobOrderField of JobEntity, CreatedAt Desc unless given {
        /// When they were made.
        CreatedAt => JobColumn::CreatedAt,
        /// When they ended; those that have not come last.
        CompletedAt => JobColumn::CompletedAt,
    }
}

impl Listed for JobEntity {
    type Node = Job;
    type Filter = JobFilter;
    type OrderField = JobOrderField;

    const SEARCHED: &'static [JobColumn] = &[];

    /// One's own, or all with `jobs:read_all`.
    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        let user_id = viewer.user_id()?;
        let own = (!viewer.may(Permission::JobsReadAll)).then(|| JobColumn::OwnerId.eq(user_id));
        Ok(Self::find().filter(Condition::all().add_option(own)))
    }
}
