//! Visibility, filters and sort orders of jobs.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

use super::Job;
use crate::{
    auth::{Permission, Viewer},
    error::Result,
    graphql::{DateTimeFilter, EnumFilter, IntFilter, Listed, StringFilter, filter_input, order_input},
    jobs::{JobColumn, JobEntity, JobStatus},
};

filter_input! {
    /// Conditions on jobs. All given conditions must hold.
    pub struct JobFilter {
        /// Condition on the status.
        status: EnumFilter<JobStatus> => |filter| filter.on(JobColumn::Status),
        /// Condition on the kind of work.
        kind: StringFilter => |filter| filter.on(JobColumn::Kind),
        /// Condition on the number of attempts started.
        attempt: IntFilter => |filter| filter.on(JobColumn::Attempt),
        /// Condition on the creation time.
        created_at: DateTimeFilter => |filter| filter.on(JobColumn::CreatedAt),
    }
}

order_input! {
    /// Fields by which jobs can be sorted.
    pub enum JobOrderField of JobEntity, CreatedAt Desc unless given {
        /// Creation time.
        CreatedAt => JobColumn::CreatedAt,
        /// Completion time; unfinished jobs come last.
        CompletedAt => JobColumn::CompletedAt,
    }
}

impl Listed for JobEntity {
    type Node = Job;
    type Filter = JobFilter;
    type OrderField = JobOrderField;

    const SEARCHED: &'static [JobColumn] = &[];

    /// One's own jobs, or all with `jobs:read_all`.
    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        let user_id = viewer.user_id()?;
        let own = (!viewer.may(Permission::JobsReadAll)).then(|| JobColumn::OwnerId.eq(user_id));
        Ok(Self::find().filter(Condition::all().add_option(own)))
    }
}
