//! Limits on the size and duration of an answer while it is built. Code that is ready at once never yields to the
//! runtime, so the resolvers of list rows check the limits.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_graphql::{ServerError, ServerResult, Value};
use tokio::time::Instant;

use super::{errors::refused, limits::limit_error};
use crate::error::ErrorCode;

/// The limits of one answer. Cheap to clone; clones share their counts.
#[derive(Debug, Clone)]
pub struct Answer(Arc<Bounds>);

#[derive(Debug)]
struct Bounds {
    limit: usize,
    bytes: AtomicUsize,
    time: Duration,
    deadline: Instant,
}

impl Answer {
    /// Starts an answer of at most `limit` bytes and `time`.
    pub fn begin(limit: usize, time: Duration) -> Self {
        Self(Arc::new(Bounds { limit, bytes: AtomicUsize::new(0), time, deadline: Instant::now() + time }))
    }

    /// Adds `bytes` to the size of the answer.
    ///
    /// # Errors
    /// If the answer is too large or too late.
    pub(super) fn grow(&self, bytes: usize) -> ServerResult<()> {
        let Bounds { limit, bytes: all, time, deadline } = &*self.0;
        let sum = all.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        if sum > *limit {
            return Err(too_large(*limit, sum));
        }
        if Instant::now() > *deadline { Err(too_slow(*time)) } else { Ok(()) }
    }

    /// Checks the size of a whole answer.
    ///
    /// # Errors
    /// If it is too large.
    pub fn check(&self, data: &Value) -> ServerResult<()> {
        let bytes = bytes_of(data);
        if bytes > self.0.limit { Err(too_large(self.0.limit, bytes)) } else { Ok(()) }
    }
}

/// Returns the approximate size of `value` as JSON, without the overhead of escapes.
pub(super) fn bytes_of(value: &Value) -> usize {
    /// Quotation marks or brackets, and a comma.
    const AROUND: usize = 3;
    match value {
        Value::Null | Value::Boolean(_) => 5,
        Value::Number(_) => 8,
        Value::String(text) => text.len() + AROUND,
        Value::Enum(name) => name.len() + AROUND,
        Value::Binary(json) => json.len() + 1,
        Value::List(items) => AROUND + items.iter().map(bytes_of).sum::<usize>(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| name.len() + AROUND + bytes_of(value));
            AROUND + fields.sum::<usize>()
        }
    }
}

fn too_large(limit: usize, actual: usize) -> ServerError {
    limit_error("an answer of so many bytes:", limit, actual)
}

/// Returns the error of an operation that exceeded the time limit.
pub fn too_slow(limit: Duration) -> ServerError {
    let message =
        format!("The operation took longer than {} s and was stopped; ask for less at a time.", limit.as_secs());
    refused(ErrorCode::Timeout, message, BTreeMap::new())
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;
    use crate::graphql::to_json;

    #[test]
    fn bytes_are_about_those_of_the_json() {
        for data in [
            value!({"rows": [{"id": "cus_1", "name": "Brightloom", "n": 7}, {"id": "cus_2", "name": null, "n": 12}]}),
            value!({"a": {"b": [true, false, "x"]}}),
            Value::Binary(r#"[{"a":1}]"#.into()),
        ] {
            let exact = to_json(&data).unwrap().len();
            let about = bytes_of(&data);
            assert!((exact..=exact * 2).contains(&about), "{about} of {exact}: {data}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_ends_at_its_size_and_at_its_time() {
        let answer = Answer::begin(100, Duration::from_secs(5));
        assert!(answer.grow(60).is_ok());
        assert!(answer.clone().grow(60).unwrap_err().message.contains("120; at most 100"));
        let answer = Answer::begin(100, Duration::from_secs(5));
        tokio::time::advance(Duration::from_secs(6)).await;
        assert!(answer.grow(1).unwrap_err().message.contains("longer than 5 s"));
    }
}
