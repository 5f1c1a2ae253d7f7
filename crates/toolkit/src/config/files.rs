//! Settings of files.

use std::{path::PathBuf, time::Duration};

use secrecy::SecretString;
use url::Url;

use super::{DatabaseUrl, reader::Reader};

/// The setting of the folder of files; named in errors too.
pub const FILES_DIR: &str = "FILES_DIR";
const S3_BUCKET: &str = "S3_BUCKET";
const S3_ENDPOINT: &str = "S3_ENDPOINT";
const S3_ACCESS_KEY_ID: &str = "S3_ACCESS_KEY_ID";
const S3_SECRET_ACCESS_KEY: &str = "S3_SECRET_ACCESS_KEY";

/// Uploaded and produced files.
#[derive(Debug, Clone)]
pub struct FilesConfig {
    /// The place of their content; `None` if there are no files.
    pub store: Option<FileStoreConfig>,
    /// Maximum size of an uploaded file, in bytes.
    pub max_bytes: u64,
    /// Maximum size of all files that a user uploads on a day of UTC, in bytes.
    pub max_bytes_per_day: u64,
}

/// The place of the content of files.
#[derive(Debug, Clone)]
pub enum FileStoreConfig {
    /// A folder.
    Folder(PathBuf),
    /// An S3-compatible store.
    S3(S3Config),
}

/// An S3-compatible store.
#[derive(Debug, Clone)]
pub struct S3Config {
    /// The bucket.
    pub bucket: String,
    /// The base URL, below which the bucket is located; `None` is AWS.
    pub endpoint: Option<Url>,
    /// The region.
    pub region: String,
    /// The id of the access key.
    pub access_key_id: String,
    /// The secret of the access key.
    pub secret_access_key: SecretString,
    /// Time limit of one attempt at a request.
    pub timeout: Duration,
}

/// Reads the settings. On SQLite the folder lies beside the database unless something else is set.
pub(super) fn gather(r: &mut Reader<'_>, database: &DatabaseUrl) -> FilesConfig {
    r.section("Files");
    let folder = r.optional(
        FILES_DIR,
        "Folder of uploaded and produced files, shared by all server processes. On SQLite it is <database file>.files by default; on PostgreSQL there are no files without it or S3_BUCKET.",
    );
    let bucket = r.optional(S3_BUCKET, "Bucket of an S3-compatible store that keeps the files instead of a folder.");
    if folder.is_some() && bucket.is_some() {
        r.problem(FILES_DIR, format!("must be unset where {S3_BUCKET} is set: files are kept in one place"));
    }
    let s3 = gather_s3(r, bucket);
    let folder = folder.map(PathBuf::from).or_else(|| match database {
        DatabaseUrl::Sqlite(path) => {
            let mut folder = path.clone().into_os_string();
            folder.push(".files");
            Some(PathBuf::from(folder))
        }
        DatabaseUrl::Postgres(_) => None,
    });
    FilesConfig {
        store: s3.map(FileStoreConfig::S3).or(folder.map(FileStoreConfig::Folder)),
        max_bytes: r.size("FILE_MAX_BYTES", 52_428_800, 1024, "Maximum size of an uploaded file, in bytes.") as u64,
        max_bytes_per_day: r.size(
            "FILE_MAX_BYTES_PER_DAY",
            1_073_741_824,
            1024,
            "Maximum size of all files that a user uploads on one day (UTC), in bytes.",
        ) as u64,
    }
}

fn gather_s3(r: &mut Reader<'_>, bucket: Option<String>) -> Option<S3Config> {
    let endpoint = r.optional(S3_ENDPOINT, "Base URL of the store, such as http://localhost:9000; AWS if unset.");
    let endpoint = endpoint.and_then(|text| {
        let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        if url.is_none() {
            r.problem(S3_ENDPOINT, "must be a web address, such as http://localhost:9000");
        }
        url
    });
    let region = r.text("S3_REGION", "us-east-1", "Region of the bucket.");
    let access_key_id = r.optional(S3_ACCESS_KEY_ID, "Id of the access key of the store.");
    let secret_access_key = r.secret(S3_SECRET_ACCESS_KEY, "Secret of the access key of the store.");
    let timeout = r.seconds("S3_TIMEOUT_SECONDS", 30, 1, "Time limit of one attempt at a request to the store.");
    let Some(bucket) = bucket else {
        for (setting, is_set) in [
            (S3_ENDPOINT, endpoint.is_some()),
            (S3_ACCESS_KEY_ID, access_key_id.is_some()),
            (S3_SECRET_ACCESS_KEY, secret_access_key.is_some()),
        ] {
            if is_set {
                r.problem_with(setting, S3_BUCKET, format!("has no effect without {S3_BUCKET}"));
            }
        }
        return None;
    };
    let is_sign = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    if !(3..=63).contains(&bucket.len()) || !bucket.bytes().all(is_sign) {
        r.problem(S3_BUCKET, "must be the name of a bucket: 3 to 63 small letters, digits, hyphens and dots");
    }
    for (setting, is_set) in
        [(S3_ACCESS_KEY_ID, access_key_id.is_some()), (S3_SECRET_ACCESS_KEY, secret_access_key.is_some())]
    {
        if !is_set {
            r.problem(setting, format!("is needed with {S3_BUCKET}"));
        }
    }
    Some(S3Config {
        bucket,
        endpoint,
        region,
        access_key_id: access_key_id?,
        secret_access_key: secret_access_key?,
        timeout,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::read;

    #[test]
    fn files_lie_beside_an_embedded_database_and_nowhere_by_default_with_a_server() {
        let store = |pairs: &[(&str, &str)]| read(pairs).unwrap().files.store;
        let beside = store(&[("DATABASE_URL", "sqlite://here/it.db")]);
        assert!(matches!(beside, Some(FileStoreConfig::Folder(path)) if path == *"here/it.db.files"));
        let server =
            [("DATABASE_URL", "postgres://me@db/rapport"), ("API_JWT_SECRET", "0123456789-0123456789-0123456789")];
        assert!(store(&server).is_none());
        let chosen = store(&[server.as_slice(), &[("FILES_DIR", "/srv/files")]].concat());
        assert!(matches!(chosen, Some(FileStoreConfig::Folder(path)) if path == *"/srv/files"));
    }

    #[test]
    fn a_bucket_needs_its_keys_and_no_folder_beside_it() {
        let names = |pairs: &[(&str, &str)]| -> Vec<_> {
            read(pairs).unwrap_err().iter().map(|problem| problem.setting).collect()
        };
        assert_eq!(names(&[("S3_BUCKET", "rapport")]), ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"]);
        assert_eq!(names(&[("S3_ENDPOINT", "http://localhost:9000")]), ["S3_ENDPOINT"]);
        assert_eq!(names(&[("S3_ENDPOINT", "localhost")]), ["S3_ENDPOINT"]);
        let keys = [("S3_BUCKET", "rapport"), ("S3_ACCESS_KEY_ID", "a"), ("S3_SECRET_ACCESS_KEY", "b")];
        assert_eq!(names(&[keys.as_slice(), &[("FILES_DIR", "data/files")]].concat()), ["FILES_DIR"]);
        assert_eq!(names(&[("S3_BUCKET", "My Bucket"), keys[1], keys[2]]), ["S3_BUCKET"]);
        let s3 = read(&keys).unwrap().files.store;
        assert!(matches!(&s3, Some(FileStoreConfig::S3(s3)) if s3.endpoint.is_none() && s3.region == "us-east-1"));
        assert!(!format!("{s3:?}").contains("\"b\""));
    }
}
