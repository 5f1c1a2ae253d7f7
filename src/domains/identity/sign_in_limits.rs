//! Limits on failed sign-ins.
//!
//! An account is blocked for an address after ten failures from it, and for no other: to lock somebody out, an attacker
//! would need their address. Many failures on an account from all addresses, or from an address on all accounts, slow
//! down sign-ins, but reject nobody without failures on the account.

use std::time::Duration;

use tokio::time::sleep;

use crate::{
    auth::Viewer,
    error::{Error, Result},
    limiter::{Attempt, BudgetSubject, Rule, Throttle},
};

const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Maximum failures per address and account.
const PAIR: Rule = Rule { name: "login", attempts: 10, window: WINDOW };
/// Failures per account, from all addresses, after which it is slowed down.
const ACCOUNT: Rule = Rule { name: "login-account", attempts: 100, window: WINDOW };
/// Failures per address, on all accounts, after which it is slowed down.
const ADDRESS: Rule = Rule { name: "login-address", attempts: 100, window: WINDOW };
/// One attempt at a time for slowed-down sign-ins.
const TURN: Rule = Rule { name: "login-turn", attempts: 1, window: WINDOW };
/// Maximum pause before a slowed-down attempt.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A sign-in in progress. Dropped without [`SignInAttempt::fail`], it does not count.
#[must_use]
pub(super) struct SignInAttempt {
    throttle: Throttle,
    account: String,
    address: String,
    pair: Attempt,
    /// Held to the end, so that the next one waits.
    _turn: Option<Attempt>,
}

impl SignInAttempt {
    /// Starts a sign-in of the viewer to `account`; takes seconds if slowed down.
    ///
    /// # Errors
    /// [`Error::RateLimited`] after too many failures from the viewer's address on this account, or if too many wait
    /// for their turn.
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

/// Waits after many failures: a moment without failures on this account, otherwise for a turn.
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
