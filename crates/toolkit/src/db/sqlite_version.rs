//! Check of the SQLite version.

/// Returns true if this SQLite version is free of the WAL-reset bug, which can corrupt a database in WAL mode when two
/// connections write or checkpoint at the same instant. Fixed in 3.51.3, and in the maintenance releases 3.50.7 and
/// 3.44.6; see <https://sqlite.org/wal.html#walresetbug>.
pub(super) fn is_safe_in_wal_mode(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    match version {
        (3, 44, patch) => patch >= 6,
        (3, 50, patch) => patch >= 7,
        other => other >= (3, 51, 3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_with_the_wal_reset_fault_are_told_from_those_without() {
        for safe in ["3.44.6", "3.50.7", "3.51.3", "3.52.0", "4.0.0"] {
            assert!(is_safe_in_wal_mode(safe), "{safe}");
        }
        for faulty in ["3.44.5", "3.45.9", "3.49.9", "3.50.6", "3.51.2", "3.7.0", "", "garbage"] {
            assert!(!is_safe_in_wal_mode(faulty), "{faulty}");
        }
    }
}
