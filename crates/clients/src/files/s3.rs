//! An S3-compatible store. Small files are sent whole, larger ones in parts, of which nothing is seen until the last.

use std::{ops::Range, sync::Arc, time::Duration};

use anyhow::Context;
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    BackoffConfig, GetOptions, MultipartUpload, ObjectStore, ObjectStoreExt, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path,
};
use rapport_toolkit::{ambient::Ambient, config::S3Config};
use secrecy::ExposeSecret;

use super::{
    error::StoreError,
    s3_http::Connector,
    store::{Chunks, FileKey, FileStore, FileWriter},
};
use crate::http::{HttpConfig, client};

/// The folder of our objects in the bucket.
const PREFIX: &str = "files";
/// Size of a part: the least that S3 takes, and equal for all but the last, as some stores demand.
const PART: usize = 5 * 1024 * 1024;
/// Attempts at a request after the first.
const RETRIES: usize = 3;
/// Time limit of a whole answer, which is read as slowly as its reader takes it.
const LONGEST_ANSWER: Duration = Duration::from_hours(1);

/// An S3-compatible store.
#[derive(Debug, Clone)]
pub(super) struct S3Store {
    s3: Arc<AmazonS3>,
}

impl S3Store {
    pub(super) fn new(config: &S3Config, ambient: &Ambient) -> anyhow::Result<Self> {
        let http = client(&HttpConfig {
            timeout: LONGEST_ANSWER,
            read_timeout: Some(config.timeout),
            ..HttpConfig::default()
        })?;
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&config.bucket)
            .with_region(&config.region)
            .with_access_key_id(&config.access_key_id)
            .with_secret_access_key(config.secret_access_key.expose_secret())
            .with_virtual_hosted_style_request(false)
            // Not all stores have it.
            .with_disable_bulk_delete(true)
            .with_http_connector(Connector::new(http, ambient.clone()))
            .with_retry(RetryConfig {
                backoff: BackoffConfig { init_backoff: Duration::from_millis(100), ..BackoffConfig::default() },
                max_retries: RETRIES,
                retry_timeout: config.timeout,
            });
        if let Some(endpoint) = &config.endpoint {
            let endpoint = endpoint.as_str().trim_end_matches('/');
            builder = builder.with_allow_http(endpoint.starts_with("http://")).with_endpoint(endpoint);
        }
        let s3 = builder.build().context("The S3 store of files cannot be used")?;
        Ok(Self { s3: Arc::new(s3) })
    }
}

fn path(key: FileKey) -> Path {
    Path::from_iter([PREFIX, &key.to_string()])
}

#[async_trait]
impl FileStore for S3Store {
    async fn create(&self, key: FileKey) -> Result<Box<dyn FileWriter>, StoreError> {
        Ok(Box::new(S3Writer { s3: Arc::clone(&self.s3), path: path(key), buffer: BytesMut::new(), parts: None }))
    }

    async fn read(&self, key: FileKey, range: Range<u64>) -> Result<Chunks, StoreError> {
        // An empty range cannot be asked for.
        let range = (range.start < range.end).then(|| range.into());
        let result = self.s3.get_opts(&path(key), GetOptions { range, ..GetOptions::default() }).await?;
        Ok(result.into_stream().map_err(StoreError::from).boxed())
    }

    async fn contains(&self, key: FileKey) -> Result<bool, StoreError> {
        match self.s3.head(&path(key)).await.map_err(StoreError::from) {
            Ok(_) => Ok(true),
            Err(StoreError::Missing) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn delete(&self, key: FileKey) -> Result<(), StoreError> {
        match self.s3.delete(&path(key)).await.map_err(StoreError::from) {
            Err(StoreError::Missing) => Ok(()),
            other => other,
        }
    }

    fn keys(&self) -> BoxStream<'static, Result<FileKey, StoreError>> {
        let objects = self.s3.list(Some(&Path::from(PREFIX)));
        let key = |object: object_store::ObjectMeta| object.location.filename()?.parse().ok();
        objects
            .map_err(StoreError::from)
            .filter_map(move |object| std::future::ready(object.map(key).transpose()))
            .boxed()
    }
}

/// An object that is being written.
struct S3Writer {
    s3: Arc<AmazonS3>,
    path: Path,
    buffer: BytesMut,
    /// The upload in parts; `None` while one part is enough.
    parts: Option<Box<dyn MultipartUpload>>,
}

impl S3Writer {
    async fn send_part(&mut self, part: Bytes) -> Result<(), StoreError> {
        let parts = match &mut self.parts {
            Some(parts) => parts,
            none => none.insert(self.s3.put_multipart(&self.path).await?),
        };
        Ok(parts.put_part(part.into()).await?)
    }

    async fn abort(&mut self) {
        if let Some(mut parts) = self.parts.take()
            && let Err(error) = parts.abort().await.map_err(StoreError::from)
        {
            // Parts without an end are seen by nobody; a rule of the bucket deletes them.
            tracing::warn!(%error, "an unfinished upload to the S3 store could not be ended");
        }
    }

    async fn complete(&mut self) -> Result<(), StoreError> {
        let rest = self.buffer.split().freeze();
        if self.parts.is_none() {
            return Ok(self.s3.put(&self.path, rest.into()).await.map(drop)?);
        }
        if !rest.is_empty() {
            self.send_part(rest).await?;
        }
        if let Some(parts) = &mut self.parts {
            parts.complete().await?;
        }
        self.parts = None;
        Ok(())
    }
}

#[async_trait]
impl FileWriter for S3Writer {
    async fn write(&mut self, chunk: Bytes) -> Result<(), StoreError> {
        self.buffer.extend_from_slice(&chunk);
        while self.buffer.len() >= PART {
            let part = self.buffer.split_to(PART).freeze();
            self.send_part(part).await?;
        }
        Ok(())
    }

    async fn finish(mut self: Box<Self>) -> Result<(), StoreError> {
        let result = self.complete().await;
        if result.is_err() {
            self.abort().await;
        }
        result
    }

    async fn discard(mut self: Box<Self>) {
        self.abort().await;
    }
}
