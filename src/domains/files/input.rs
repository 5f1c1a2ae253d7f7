//! Inputs of mutations.

use async_graphql::InputObject;

use super::entity::Model as File;
use crate::db::Id;

/// Input for a new download link.
#[derive(InputObject)]
pub struct CreateDownloadLinkInput {
    /// Id of the file.
    pub(super) file_id: Id<File>,
    /// Minutes for which the link can be used, 1–60.
    #[graphql(default = 5)]
    pub(super) minutes: i32,
}
