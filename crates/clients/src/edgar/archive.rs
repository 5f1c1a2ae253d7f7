//! A disk cache of documents in filings, which never change.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::SystemTime,
};

use tokio::sync::Mutex;

use super::address::{DocumentName, Folder};
use rapport_toolkit::{ambient::Ambient, private_files};

/// The cached documents, up to a size and a tenth of it; the oldest are deleted beyond that.
pub(super) struct Archive {
    root: PathBuf,
    max_bytes: u64,
    ambient: Ambient,
    /// Bytes written since the last check of the total size. Other processes may write to the same folder.
    written: AtomicU64,
    purging: Mutex<()>,
}

impl Archive {
    /// Creates the cache in `root`, of at most about `max_bytes`.
    pub(super) fn new(root: PathBuf, max_bytes: u64, ambient: Ambient) -> Self {
        // The first document that is kept makes it look at what earlier processes left.
        Self { root, max_bytes, ambient, written: AtomicU64::new(u64::MAX / 2), purging: Mutex::default() }
    }

    /// Returns a cached document.
    pub(super) async fn get(&self, folder: &Folder, name: &DocumentName) -> Option<Vec<u8>> {
        tokio::fs::read(self.folder(folder).join(name.as_str())).await.ok()
    }

    /// Caches a document. Failures are ignored, so that it is fetched again the next time.
    pub(super) async fn put(&self, folder: &Folder, name: &DocumentName, bytes: &[u8]) {
        if let Err(error) = self.write(folder, name, bytes).await {
            tracing::warn!(%error, "a document of the SEC could not be kept on disk");
            return;
        }
        let bytes = bytes.len() as u64;
        let written = self.written.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if written > self.max_bytes / 10
            && let Ok(_purging) = self.purging.try_lock()
        {
            self.written.store(0, Ordering::Relaxed);
            let (root, max_bytes) = (self.root.clone(), self.max_bytes);
            match tokio::task::spawn_blocking(move || purge(&root, max_bytes)).await {
                Ok(0) => {}
                Ok(deleted) => tracing::info!(deleted, "the oldest documents of the SEC on disk were deleted"),
                Err(error) => tracing::warn!(%error, "old documents of the SEC could not be deleted"),
            }
        }
    }

    fn folder(&self, folder: &Folder) -> PathBuf {
        self.root.join(folder.path())
    }

    /// Writes a temporary file and renames it, so that nobody reads a partial file.
    async fn write(&self, folder: &Folder, name: &DocumentName, bytes: &[u8]) -> std::io::Result<()> {
        let path = self.folder(folder);
        private_files::create_folder(&path)?;
        // No document's name begins with a dot.
        let beside = path.join(format!(".{:016x}", u64::from_be_bytes(self.ambient.bytes())));
        private_files::write(&beside, bytes).await?;
        tokio::fs::rename(&beside, path.join(name.as_str())).await
    }
}

/// Deletes the oldest files until four fifths of `max_bytes` are left, and returns their number. Files deleted by
/// another process meanwhile are ignored.
fn purge(root: &Path, max_bytes: u64) -> usize {
    let mut files = Vec::new();
    collect(root, &mut files);
    let mut size: u64 = files.iter().map(|file| file.bytes).sum();
    if size <= max_bytes {
        return 0;
    }
    files.sort_by_key(|file| file.written);
    let mut deleted = 0;
    for file in files {
        if size <= max_bytes / 5 * 4 {
            break;
        }
        if std::fs::remove_file(&file.path).is_ok() {
            deleted += 1;
            if let Some(folder) = file.path.parent() {
                // Only an empty one goes.
                let _ = std::fs::remove_dir(folder);
            }
        }
        size -= file.bytes;
    }
    deleted
}

struct KeptFile {
    path: PathBuf,
    bytes: u64,
    written: SystemTime,
}

fn collect(folder: &Path, files: &mut Vec<KeptFile>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(about) = entry.metadata() else { continue };
        if about.is_dir() {
            collect(&entry.path(), files);
        } else {
            let written = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            files.push(KeptFile { path: entry.path(), bytes: about.len(), written });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_files_go_until_there_is_room_again() {
        let root = std::env::temp_dir().join(format!("rapport_archive_{}", Ambient::system().uuid().simple()));
        for (number, name) in ["1/a", "1/b", "2/c", "2/d"].into_iter().enumerate() {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, [0; 100]).unwrap();
            let written = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000 + number as u64);
            std::fs::File::options().write(true).open(&path).unwrap().set_modified(written).unwrap();
        }
        assert_eq!(purge(&root, 400), 0);
        assert_eq!(purge(&root, 250), 2);
        assert!(!root.join("1").exists() && root.join("2/c").exists() && root.join("2/d").exists());
        std::fs::remove_dir_all(&root).unwrap();
    }
}
