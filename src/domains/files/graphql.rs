//! GraphQL types, queries and mutations for files.

use async_graphql::{ComplexObject, Context, Object, OutputType, Result, SimpleObject};

use super::{
    download_link::{Entity as LinkEntity, Model as DownloadLink},
    entity::{Entity, Model as File},
    input::CreateDownloadLinkInput,
    links, service,
};
use crate::{
    db::Id,
    domains::{
        ContextExt,
        identity::{User, UserEntity},
        shared::{NodeLink, list_below, one, root_list},
    },
    graphql::nullable,
};

#[ComplexObject]
impl File {
    /// Owner: who uploaded the file, or for whom the server made it; null if you may not see the user.
    async fn owner(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        nullable(one::<UserEntity>(ctx, self.owner_id)).await
    }

    /// Object that uses the file and with which it is deleted, such as a knowledge document; null if there is none, or if
    /// you may not see it.
    #[graphql(name = "usedBy")]
    async fn user_of_it(&self) -> Option<NodeLink> {
        self.used_by.clone().map(NodeLink)
    }

    #[graphql(flatten)]
    fn links(&self, _ctx: &Context<'_>) -> LinksOfFile {
        LinksOfFile(self.id)
    }
}

#[ComplexObject]
impl DownloadLink {
    /// File that the link downloads; null if it was deleted meanwhile.
    async fn file(&self, ctx: &Context<'_>) -> Option<Result<File>> {
        nullable(one::<Entity>(ctx, self.file_id)).await
    }
}

/// Queries for files.
#[derive(Default, Debug)]
pub struct FilesQuery;

#[Object]
impl FilesQuery {
    /// The file with this id; null if it does not exist, or if it is somebody else's and you lack `files:manage_all`.
    async fn file(&self, ctx: &Context<'_>, #[graphql(desc = "Id of the file.")] id: Id<File>) -> Option<Result<File>> {
        nullable(one::<Entity>(ctx, id)).await
    }

    /// The download link with this id; null if it does not exist, or if it is somebody else's and you lack
    /// `files:manage_all`.
    async fn download_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the link.")] id: Id<DownloadLink>,
    ) -> Option<Result<DownloadLink>> {
        nullable(one::<LinkEntity>(ctx, id)).await
    }
}

root_list! {
    /// Files, newest first by default: one's own, and all with `files:manage_all`; null without a
    /// sign-in. Upload them by `POST /files`.
    FilesList: files of Entity,
    filter: "Conditions on the files.",
    order: "Sort order. Defaults to newest first.",
    search: "Words that the name must contain, in any order, ignoring case and accents; at most 10 words and 200 characters."
}

list_below! {
    /// Links by which the file can or could be downloaded, newest first by default. They are forgotten a day after they
    /// expired. Null without a sign-in.
    LinksOfFile: download_links of LinkEntity, below File,
    filter: "Conditions on the links.",
    order: "Sort order. Defaults to newest first."
}

/// A deleted file.
#[derive(SimpleObject, Debug)]
pub struct DeletedFile {
    /// Id of the deleted file.
    id: Id<File>,
}

/// Result of creating a download link.
#[derive(SimpleObject)]
pub struct CreateDownloadLinkPayload {
    /// The new link's metadata.
    link: DownloadLink,
    /// URL of the download, relative to the server; shown once and not stored. It needs no token, so whoever has it can
    /// download the file until it expires or is revoked.
    url: String,
}

/// Mutations of files.
#[derive(Default, Debug)]
pub struct FilesMutation;

#[Object]
impl FilesMutation {
    /// Deletes a file with its content and links: one's own, any with `files:manage_all`. Fails with `CONFLICT` if
    /// something uses the file.
    async fn delete_file(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the file.")] id: Id<File>,
    ) -> Result<DeletedFile> {
        let file = service::delete(ctx.app()?, ctx.viewer()?, id).await?;
        Ok(DeletedFile { id: file.id })
    }

    /// Creates a link by which a file of one's own can be downloaded for some minutes, and shows its URL once. Requires
    /// the permission that uploading files of its purpose requires.
    async fn create_download_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Settings of the new link.")] input: CreateDownloadLinkInput,
    ) -> Result<CreateDownloadLinkPayload> {
        let (link, url) = links::create(ctx.app()?, ctx.viewer()?, input).await?;
        Ok(CreateDownloadLinkPayload { link, url })
    }

    /// Revokes a download link, with immediate effect on downloads that begin: one's own, any with `files:manage_all`.
    /// Returns a revoked link unchanged.
    async fn revoke_download_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the link.")] id: Id<DownloadLink>,
    ) -> Result<DownloadLink> {
        Ok(links::revoke(ctx.app()?, ctx.viewer()?, id).await?)
    }
}
