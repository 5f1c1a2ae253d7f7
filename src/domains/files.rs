//! Uploaded and produced files. Their content is in a [`FileStore`](crate::clients::files::FileStore), everything else in the
//! database.
//!
//! # Content and row
//! A row of `file_uploads` comes first and names the place, then the content, then the row of `files` in the transaction that
//! deletes the first. A file is deleted in the opposite order. Hence content without either row belongs to nobody, and an end of
//! the process at any point leaves only what [`SweepFiles`] deletes.

mod download_link;
mod downloading;
mod entity;
mod format;
mod graphql;
mod input;
mod links;
mod list;
mod names;
mod personal;
mod purpose;
mod quota;
mod receiving;
mod service;
mod store;
mod sweep;
mod upload;
mod upload_error;
mod using;

pub use download_link::{Entity as DownloadLinkEntity, Model as DownloadLink};
pub(crate) use downloading::{Download, content, note_download, open_link};
pub use entity::{Entity as FileEntity, Model as File};
pub use format::Format as FileFormat;
pub use graphql::{FilesList, FilesMutation, FilesQuery};
pub(crate) use names::content_disposition;
pub use personal::Personal;
pub use purpose::Purpose as FilePurpose;
pub use receiving::{LONGEST_UPLOAD, NewFile, keep_made, receive};
pub use sweep::SweepFiles;
pub use upload_error::UploadError;
pub(crate) use using::{read_unused, release, take};
