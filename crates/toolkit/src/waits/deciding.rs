//! Decisions of people.

use serde_json::Value;
use uuid::Uuid;

use super::{
    ending::{Ending, end, locked},
    registry::Waiters,
    row::{Model, WaitKind, WaitOutcome},
};
use crate::{
    ambient::Ambient,
    db::{Id, WriteTx},
    error::{Error, Result},
};

/// A decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// True to approve, false to reject.
    pub approves: bool,
    /// What goes with it, for the owner of the wait.
    pub data: Value,
    /// The user who decides.
    pub by: Uuid,
}

/// A decided wait.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The wait as it is since.
    pub wait: Model,
    /// False if the same person had decided the same before.
    pub is_new: bool,
}

/// Decides a wait, in a transaction that has changed nothing yet, and goes on with its owner. The caller has checked that
/// the user may decide it. The first decision counts; the same again by the same user has the first result.
///
/// # Errors
/// [`Error::NotFound`] if there is no such wait for a decision, [`Error::Conflict`] if it was decided otherwise or has ended.
pub async fn decide(
    tx: &mut WriteTx,
    ambient: &Ambient,
    waiters: &Waiters,
    (id, decision): (Id<Model>, Decision),
) -> Result<Decided> {
    let wait = locked(tx, waiters, id).await?.filter(|wait| wait.kind == WaitKind::Approval);
    let wait = wait.ok_or(Error::NotFound("wait"))?;
    let outcome = if decision.approves { WaitOutcome::Approved } else { WaitOutcome::Rejected };
    if wait.outcome.is_some() {
        return repeated(wait, outcome, &decision);
    }
    if wait.outcome_at(ambient.shared_now()).is_some() {
        return Err(over(WaitOutcome::Expired));
    }
    let ending = Ending { outcome, result: decision.data, decided_by: Some(decision.by) };
    match end(tx, ambient, waiters, &wait, ending).await? {
        Some(wait) if wait.outcome == Some(outcome) => Ok(Decided { wait, is_new: true }),
        _ => Err(over(WaitOutcome::Cancelled)),
    }
}

/// Returns the first result if it is the same decision.
fn repeated(wait: Model, outcome: WaitOutcome, decision: &Decision) -> Result<Decided> {
    let data = wait.result.as_deref().map_or(Ok(Value::Null), serde_json::from_str::<Value>)?;
    match wait.outcome {
        Some(first) if first != outcome || wait.decided_by != Some(decision.by) || data != decision.data => {
            Err(over(first))
        }
        _ => Ok(Decided { wait, is_new: false }),
    }
}

fn over(outcome: WaitOutcome) -> Error {
    let message = match outcome {
        WaitOutcome::Approved => "This was approved before; the first decision counts.",
        WaitOutcome::Rejected => "This was rejected before; the first decision counts.",
        WaitOutcome::Expired => "The time to decide this is over.",
        _ => "This waits for no decision any more.",
    };
    Error::Conflict(message.to_owned())
}
