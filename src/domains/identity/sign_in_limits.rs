//! Limits on failed sign-ins.
//!
//! An account is refused to an address that failed on it ten times, and to no other: whoever wants to lock somebody out
//! would have to come from their address. Many failures on an account from all addresses, or from an address on all
//! accounts, slow down and refuse nobody who has made no mistake there.

use std::time::Duration;

use tokio::time::sleep;

use crate::{
    auth::Viewer,
    error::{Error, Result},
    limiter::{Attempt, BudgetSubject, Rule, Throttle},
};

const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Failures that an address may have on an account.
const PAIR: Rule = Rule { name: "login", attempts: 10, window: WINDOW };
/// Failures on an account, from all addresses, past which it is slow.
const ACCOUNT: Rule = Rule { name: "login-account", attempts: 100, window: WINDOW };
/// Failures of an address, on all accounts, past which it is slow.
const ADDRESS: Rule = Rule { name: "login-address", attempts: 100, window: WINDOW };
/// One attempt at a time of those who must wait for their turn.
const TURN: Rule = Rule { name: "login-turn", attempts: 1, window: WINDOW };
/// The longest pause before an attempt that is slowed down.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A sign-in under way. Dropped without [`SignInAttempt::fail`] it counts for nothing.
#[must_use]
pub(super) struct SignInAttempt {
    throttle: Throttle,
    account: String,
    address: String,
    pair: Attempt,
    /// Held to the end, so that the next one waits for it.
    _turn: Option<Attempt>,
}

impl SignInAttempt {
    /// Begins a sign-in of the viewer to `account`; takes seconds where it is slowed down.
    ///
    /// # Errors
    /// [`Error::RateLimited`] after too many failures of the viewer's address on this account, or when too many wait for
    /// their turn.
    pub(super) async fn begin(throttle: &Throttle, viewer: &Viewer, account: &str) -> Result<Self> {
        let address = viewer.peer.map_or(BudgetSubject::Unknown, BudgetSubject::address).to_string();
        let subject = format!("{account} from {address}");
        let pair = throttle.begin(PAIR, &subject).await.map_err(refused)?;
        let turn = wait(throttle, account, &address, &subject).await?;
        let throttle = throttle.clone();
        Ok(Self { throttle, account: account.to_owned(), address, pair, _turn: turn })
    }

    /// Counts it as failed.
    pub(super) async fn fail(self) {
        self.pair.fail().await;
        self.throttle.note_failure(ACCOUNT, &self.account).await;
        self.throttle.note_failure(ADDRESS, &self.address).await;
    }
}

/// Waits where there were many failures: those without a mistake on this account for a moment, the others for their turn.
async fn wait(throttle: &Throttle, account: &str, address: &str, pair: &str) -> Result<Option<Attempt>> {
    let of_account = throttle.failures(ACCOUNT, account).await / ACCOUNT.attempts;
    let of_address = throttle.failures(ADDRESS, address).await / ADDRESS.attempts;
    if of_account.max(of_address) == 0 {
        return Ok(None);
    }
    let has_failed = throttle.failures(PAIR, pair).await > 0;
    let pause = Duration::from_secs(of_account.max(of_address).into()).min(LONGEST_PAUSE);
    let turn = if of_address > 0 {
        Some(throttle.begin(TURN, &format!("address {address}")).await.map_err(refused)?)
    } else if has_failed {
        Some(throttle.begin(TURN, &format!("account {account}")).await.map_err(refused)?)
    } else {
        None
    };
    sleep(if turn.is_some() { pause } else { Duration::from_secs(1) }).await;
    Ok(turn)
}

fn refused(retry_after: Duration) -> Error {
    Error::RateLimited { retry_after }
}
