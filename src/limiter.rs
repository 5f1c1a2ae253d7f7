//! Limits over time: on failed attempts ([`Throttle`]) and on what operations cost ([`Budget`]).
//!
//! Both count in process, or in Redis so that all copies of the server count together. When Redis is down each process
//! counts for itself, and says so once.

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

/// Subjects remembered in process; past that the least used are forgotten, so that a flood of names costs no memory.
const LOCAL_SUBJECTS: u64 = 100_000;

/// The key of a count in Redis. Subjects are mail addresses and the like: only their hash goes there.
fn key(count: &str, subject: &str) -> String {
    let hash = hex::encode(Sha256::digest(subject.as_bytes()));
    format!("rapport:{count}:{hash}")
}
