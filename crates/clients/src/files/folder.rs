//! A folder of files, for their owner only. A file that is being written has a name of its own, and gets the other when
//! all of it is on disk.

use std::{
    io::{self, SeekFrom},
    ops::Range,
    path::{Path, PathBuf},
};

use anyhow::Context;
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, stream, stream::BoxStream};
use rapport_toolkit::private_files;
use tokio::{
    fs::{File, OpenOptions},
    io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt},
};

use super::{
    error::StoreError,
    store::{Chunks, FileKey, FileStore, FileWriter},
};

/// Extension of a file that is being written.
const UNFINISHED: &str = "part";
/// Maximum number of bytes read at once.
const CHUNK: usize = 64 * 1024;

/// A store in a folder.
#[derive(Debug, Clone)]
pub(super) struct FolderStore {
    folder: PathBuf,
}

impl FolderStore {
    /// Opens a folder, created if missing.
    pub(super) fn open(folder: &Path) -> anyhow::Result<Self> {
        let usable = private_files::create_folder(folder).and_then(|()| std::fs::read_dir(folder).map(drop));
        usable.with_context(|| format!("The folder of files {} cannot be used", folder.display()))?;
        Ok(Self { folder: folder.to_owned() })
    }

    fn path(&self, key: FileKey) -> PathBuf {
        self.folder.join(key.to_string())
    }

    fn unfinished(&self, key: FileKey) -> PathBuf {
        self.path(key).with_extension(UNFINISHED)
    }
}

#[async_trait]
impl FileStore for FolderStore {
    async fn create(&self, key: FileKey) -> Result<Box<dyn FileWriter>, StoreError> {
        let unfinished = self.unfinished(key);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished).await?;
        let path = self.path(key);
        Ok(Box::new(FolderWriter { file, unfinished: Some(unfinished), path, folder: self.folder.clone() }))
    }

    async fn read(&self, key: FileKey, range: Range<u64>) -> Result<Chunks, StoreError> {
        let mut file = File::open(self.path(key)).await?;
        file.seek(SeekFrom::Start(range.start)).await?;
        let rest = range.end.saturating_sub(range.start);
        Ok(stream::try_unfold((file.take(rest), rest), async |(mut file, rest)| {
            if rest == 0 {
                return Ok(None);
            }
            let mut chunk = BytesMut::with_capacity(CHUNK);
            match file.read_buf(&mut chunk).await? {
                0 => Err(StoreError::Folder(io::ErrorKind::UnexpectedEof.into())),
                read => Ok(Some((chunk.freeze(), (file, rest - read as u64)))),
            }
        })
        .boxed())
    }

    async fn contains(&self, key: FileKey) -> Result<bool, StoreError> {
        Ok(tokio::fs::try_exists(self.path(key)).await?)
    }

    async fn delete(&self, key: FileKey) -> Result<(), StoreError> {
        for path in [self.path(key), self.unfinished(key)] {
            match tokio::fs::remove_file(path).await {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }

    fn keys(&self) -> BoxStream<'static, Result<FileKey, StoreError>> {
        let folder = self.folder.clone();
        let entries = stream::once(async move { tokio::fs::read_dir(folder).await });
        let names = entries.map(|entries| match entries {
            Ok(entries) => stream::try_unfold(entries, async |mut entries| {
                let entry = entries.next_entry().await?;
                Ok(entry.map(|entry| (entry.file_name(), entries)))
            })
            .boxed(),
            Err(error) => stream::once(std::future::ready(Err(error))).boxed(),
        });
        // What others put there is none of ours.
        let key = |name: std::ffi::OsString| Path::new(&name).file_stem()?.to_str()?.parse().ok();
        let keys = names
            .flatten()
            .filter_map(move |name| std::future::ready(name.map_err(StoreError::from).map(key).transpose()));
        keys.boxed()
    }
}

/// A file that is being written; dropped before its end, it is deleted.
struct FolderWriter {
    file: File,
    /// The name until it is whole; `None` afterwards.
    unfinished: Option<PathBuf>,
    path: PathBuf,
    folder: PathBuf,
}

impl Drop for FolderWriter {
    fn drop(&mut self) {
        if let Some(unfinished) = self.unfinished.take()
            && let Err(error) = std::fs::remove_file(unfinished)
        {
            tracing::warn!(%error, "an unfinished file could not be deleted");
        }
    }
}

#[async_trait]
impl FileWriter for FolderWriter {
    async fn write(&mut self, chunk: Bytes) -> Result<(), StoreError> {
        Ok(self.file.write_all(&chunk).await?)
    }

    async fn finish(mut self: Box<Self>) -> Result<(), StoreError> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        if let Some(unfinished) = &self.unfinished {
            tokio::fs::rename(unfinished, &self.path).await?;
        }
        self.unfinished = None;
        // The name, too, outlives a power failure.
        Ok(File::open(&self.folder).await?.sync_all().await?)
    }

    async fn discard(self: Box<Self>) {}
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use futures_util::TryStreamExt;

    use super::*;

    fn key(n: u8) -> FileKey {
        format!("{n:032x}").parse().unwrap()
    }

    #[tokio::test]
    async fn a_file_is_there_when_it_is_whole_and_for_its_owner_only() {
        let folder = std::env::temp_dir().join(format!("rapport_files_{}", uuid::Uuid::new_v4().simple()));
        let store = FolderStore::open(&folder).unwrap();
        let mut writer = store.create(key(1)).await.unwrap();
        writer.write(Bytes::from_static(b"Hello, ")).await.unwrap();
        assert!(!store.contains(key(1)).await.unwrap());
        assert!(matches!(store.read(key(1), 0..1).await.err(), Some(StoreError::Missing)));
        writer.write(Bytes::from_static(b"file")).await.unwrap();
        writer.finish().await.unwrap();
        let read =
            async |range| -> Vec<Bytes> { store.read(key(1), range).await.unwrap().try_collect().await.unwrap() };
        assert_eq!(read(0..11).await.concat(), b"Hello, file");
        assert_eq!(read(7..9).await.concat(), b"fi");
        let mode = |path: PathBuf| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(folder.clone()), mode(store.path(key(1)))), (0o700, 0o600));
        drop(store.create(key(2)).await.unwrap());
        std::fs::write(folder.join("notes.txt"), "of somebody else").unwrap();
        std::fs::write(store.unfinished(key(3)), "left").unwrap();
        let mut keys: Vec<_> = store.keys().map_ok(|key| key.to_string()).try_collect().await.unwrap();
        keys.sort();
        assert_eq!(keys, [key(1).to_string(), key(3).to_string()]);
        for n in 1..=3 {
            store.delete(key(n)).await.unwrap();
        }
        assert_eq!(store.keys().count().await, 0);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
