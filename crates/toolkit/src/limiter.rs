//! Rate limits: on failed attempts ([`Throttle`]) and on the cost of operations ([`Budget`]).
//!
//! Both count in process, or in Redis for all server processes together. If Redis is down, each process counts by
//! itself, and logs that once.

mod attempts;
mod bucket;
mod budget;
mod rule;
mod shared_redis;
mod subject;
mod subject_state;

use sha2::{Digest, Sha256};

pub use attempts::{Attempt, Throttle};
pub use budget::{Balance, Budget, Shortage, Taken};
pub use rule::Rule;
pub use shared_redis::SharedRedis;
pub use subject::BudgetSubject;

/// Maximum number of subjects kept in process; beyond that the least used are evicted, so that a flood of names uses no
/// memory.
const LOCAL_SUBJECTS: u64 = 100_000;

/// Returns the key of a count in Redis. Only hashes of subjects, such as mail addresses, are stored there.
fn key(count: &str, subject: &str) -> String {
    let hash = hex::encode(Sha256::digest(subject.as_bytes()));
    format!("rapport:{count}:{hash}")
}
