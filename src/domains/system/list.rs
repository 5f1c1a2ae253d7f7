//! Visibility, filters and sort orders of jobs.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

use super::{Job, JobKind};
use crate::{
    auth::{Permission, Viewer},
    domains::identity::{User, UserEntity, named_in},
    error::Result,
    graphql::{
        ColumnFields, DateTimeFilter, EnumFilter, IdFilter, IntFilter, Listed, Nullable, contains, filter_input,
        order_input,
    },
    jobs::{JobColumn, JobEntity, JobStatus},
};

filter_input! {
    /// Conditions on jobs. All given conditions must hold.
    pub struct JobFilter {
        /// Condition on the status.
        status: EnumFilter<JobStatus> => |filter| filter.on(JobColumn::Status),
        /// Condition on the kind of work.
        kind: EnumFilter<JobKind> => |filter| JobKind::condition(filter, JobColumn::Kind),
        /// Condition on the number of attempts started.
        attempt: IntFilter => |filter| filter.on(JobColumn::Attempt),
        /// Condition on the creation time.
        created_at: DateTimeFilter => |filter| filter.on(JobColumn::CreatedAt),
        /// Condition on the completion time; `{isNull: true}` matches unfinished jobs.
        completed_at: Nullable<DateTimeFilter> => |filter| filter.on(JobColumn::CompletedAt),
    }
    naming {
        /// Condition on the owner; `{isNull: true}` matches the server's own jobs. Needs `users:read`, unless it is your own id.
        owner_id: Nullable<IdFilter<User>> as UserEntity => JobColumn::OwnerId,
    }
}

order_input! {
    /// Fields by which jobs can be sorted.
    pub enum JobOrderField of JobEntity, CreatedAt Desc unless given {
        /// Creation time.
        CreatedAt => JobColumn::CreatedAt,
        /// Completion time; unfinished jobs come last.
        CompletedAt => JobColumn::CompletedAt,
        /// Status, by its name.
        Status => JobColumn::Status,
    }
}

impl Listed for JobEntity {
    type Node = Job;
    type Filter = JobFilter;
    type OrderField = JobOrderField;

    const SEARCHED: &'static [JobColumn] = &[JobColumn::Kind, JobColumn::Words];

    /// One's own jobs, or all with `jobs:read_all`.
    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        if viewer.may(Permission::JobsReadAll) {
            return Ok(Self::find());
        }
        Ok(Self::find().filter(JobColumn::OwnerId.eq(viewer.user_id()?)))
    }

    /// Searches the kind and the input, and for those who may see users the owner.
    fn holding(viewer: &Viewer, word: &str) -> Condition {
        let owned = viewer.may(Permission::UsersRead).then(|| named_in(JobColumn::OwnerId, word));
        let own = Self::SEARCHED.iter().fold(Condition::any(), |any, column| any.add(contains(*column, word)));
        own.add_option(owned)
    }

    fn partial(fields: ColumnFields) -> ColumnFields {
        let fields = fields.needing::<Self>(JobColumn::Kind, &["kind"]);
        fields.needing::<Self>(JobColumn::CurrentStep, &["currentStepLabel"])
    }
}
