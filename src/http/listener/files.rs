//! The system's limit of open files, of which each connection uses one.

use rlimit::Resource;

/// Files reserved for other uses besides database connections, such as outgoing connections and the log.
const RESERVED: usize = 128;

/// Raises the limit of open files of this process to the maximum allowed without privileges.
pub fn raise_open_files() {
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the limit of open files could not be raised");
    }
}

/// Returns the number of connections within the limit of open files besides `database_connections`, at most `wanted`.
pub fn within_open_files(wanted: usize, database_connections: u32) -> usize {
    let Ok(files) = Resource::NOFILE.get_soft() else { return wanted };
    let fitting = fitting(usize::try_from(files).unwrap_or(usize::MAX), database_connections as usize);
    if fitting < wanted {
        tracing::warn!(
            "MAX_CONNECTIONS is {wanted}, but the system lets this process open {files} files: {fitting} connections are \
             served at once (raise `ulimit -n`)"
        );
    }
    wanted.min(fitting)
}

fn fitting(files: usize, database_connections: usize) -> usize {
    files.saturating_sub(RESERVED + database_connections).max(files / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_the_rest_of_the_program() {
        assert_eq!(fitting(1024, 10), 886);
        assert_eq!(fitting(100, 10), 50);
        assert_eq!(within_open_files(10, 10), 10);
    }
}
