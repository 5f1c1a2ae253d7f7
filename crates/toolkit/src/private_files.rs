//! Folders and files readable only by their owner, for customer data and fetched data about customers.

use std::{
    fs::{DirBuilder, File, OpenOptions, Permissions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
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

/// Writes a whole file, replacing an existing one; on disk before this returns, so that it can be renamed afterwards.
///
/// # Errors
/// If it cannot be written.
pub async fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = tokio::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(FILE).open(path).await?;
    file.write_all(bytes).await?;
    file.sync_all().await
}

/// Returns the text of a file, written by `make` if `is_missing` of what stands there, and on disk before this returns.
/// Processes that start together get one text, and one that ends meanwhile, or a machine without power, leaves the whole
/// text or what stood there before.
///
/// # Errors
/// If it is unreadable or cannot be written.
pub fn keep(path: &Path, is_missing: impl Fn(&str) -> bool, make: impl FnOnce() -> String) -> io::Result<String> {
    let mut file = open_locked(path)?;
    close_to_others(path);
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    if is_missing(&text) {
        text = make();
        replace(path, text.as_bytes())?;
    }
    Ok(text)
}

/// Opens and locks a file. The lock goes when it is closed.
fn open_locked(path: &Path) -> io::Result<File> {
    loop {
        let file = open(path)?;
        file.lock()?;
        // Whoever had the lock before may have put another file in its place.
        if path.metadata().is_ok_and(|present| Some(present.ino()) == file.metadata().ok().map(|own| own.ino())) {
            return Ok(file);
        }
    }
}

/// Puts a file with these contents in the place of `path`, both on disk before this returns.
fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = Path::new(&beside);
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(FILE).open(beside)?;
    close_to_others(beside);
    file.write_all(contents)?;
    file.sync_all()?;
    std::fs::rename(beside, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
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

    #[test]
    fn a_kept_text_is_made_once_and_closed_to_others() {
        let folder = std::env::temp_dir().join(format!("rapport_kept_{}", uuid::Uuid::new_v4().simple()));
        create_folder(&folder).unwrap();
        let file = folder.join("key");
        let keep = |text: &str| keep(&file, |text| text.trim().is_empty(), || text.to_owned()).unwrap();
        std::fs::write(&file, "\n").unwrap();
        std::fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        assert_eq!((keep("first"), keep("second")), ("first".to_owned(), "first".to_owned()));
        assert_eq!((mode(&file), std::fs::read_to_string(&file).unwrap().as_str()), (0o600, "first"));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_text_that_cannot_be_written_as_a_whole_leaves_what_stood_there() {
        let folder = std::env::temp_dir().join(format!("rapport_kept_{}", uuid::Uuid::new_v4().simple()));
        create_folder(&folder).unwrap();
        let file = folder.join("key");
        std::fs::write(&file, "half").unwrap();
        // What an end between writing and renaming leaves, and what stands in the way of the next.
        std::fs::write(folder.join("key.new"), "a longer rest").unwrap();
        let is_missing = |text: &str| text.len() < 5;
        let interrupted = std::panic::catch_unwind(|| keep(&file, is_missing, || panic!("the end")));
        assert!(interrupted.is_err());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "half");
        let texts: Vec<_> = std::thread::scope(|scope| {
            let keep = |n: usize| keep(&file, is_missing, move || format!("text {n}")).unwrap();
            let threads: Vec<_> = (0..8).map(|n| scope.spawn(move || keep(n))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let kept = std::fs::read_to_string(&file).unwrap();
        assert!(kept.starts_with("text ") && texts.iter().all(|text| *text == kept), "{texts:?}");
        assert!(!folder.join("key.new").exists() && mode(&file) == 0o600);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
