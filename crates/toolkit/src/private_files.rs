//! Folders and files readable only by their owner, for customer data and fetched data about customers.

use std::{
    fs::{DirBuilder, File, OpenOptions, Permissions},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::Path,
};

use tokio::io::AsyncWriteExt;

const FOLDER: u32 = 0o700;
const FILE: u32 = 0o600;

/// Creates a folder and its parents. An existing one is left unchanged.
///
/// # Errors
/// If it cannot be created.
pub fn create_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER).create(path)
}

/// Opens a file for reading and writing, created if missing.
///
/// # Errors
/// If it cannot be opened.
pub fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(FILE).open(path)
}

/// Writes a whole file, replacing an existing one.
///
/// # Errors
/// If it cannot be written.
pub async fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = tokio::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(FILE).open(path).await?;
    file.write_all(bytes).await?;
    file.flush().await
}

/// Restricts the permissions of a file to its owner. If that fails, because it belongs to somebody else, a warning is
/// logged. Works without opening the file, since SQLite's locks end when the process closes the file anywhere.
pub fn close_to_others(path: &Path) {
    let Ok(metadata) = path.metadata() else { return };
    if metadata.permissions().mode() & 0o077 != 0
        && let Err(error) = std::fs::set_permissions(path, Permissions::from_mode(FILE))
    {
        tracing::warn!(file = %path.display(), %error, "a file stays readable for others");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn what_is_made_is_for_its_owner_only() {
        let above = std::env::temp_dir().join(format!("rapport_private_{}", uuid::Uuid::new_v4().simple()));
        let folder = above.join("cache");
        create_folder(&folder).unwrap();
        assert_eq!((mode(&above), mode(&folder)), (0o700, 0o700));
        open(&folder.join("opened")).unwrap();
        write(&folder.join("written"), b"twice").await.unwrap();
        write(&folder.join("written"), b"text").await.unwrap();
        assert_eq!(std::fs::read(folder.join("written")).unwrap(), b"text");
        std::fs::set_permissions(folder.join("opened"), Permissions::from_mode(0o644)).unwrap();
        close_to_others(&folder.join("opened"));
        close_to_others(&folder.join("missing"));
        assert_eq!(["opened", "written"].map(|name| mode(&folder.join(name))), [0o600; 2]);
        std::fs::remove_dir_all(above).unwrap();
    }
}
