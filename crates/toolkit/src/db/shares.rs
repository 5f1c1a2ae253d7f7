//! Limits on the connections used by one operation and one viewer, and connections reserved for sign-in and health
//! checks.
//!
//! Operations run within [`Db::in_operation`]: their reads, and on PostgreSQL their transactions, wait for their turn.
//! Other work (sign-in, health, the tail of the event log, jobs) only waits for a connection, and at least one is
//! always left for it.

use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use sea_orm::{ConnAcquireErr, DbErr};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{
    outage::busy_with_others,
    queue::{Operation, Permit, Queue},
};

/// Connections reserved for sign-in and health checks: one that checks a credential, and one more.
pub(super) const KEPT: u32 = 2;
/// Maximum number of concurrent reads of one operation: a page needs its rows, their number and their children;
/// operations with more lists are not slower for it, and leave room for others.
const OF_AN_OPERATION: usize = 3;

tokio::task_local! {
    static TURNS: Option<Turns>;
}

/// Subject on whose behalf an operation runs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Asker {
    /// A user, with any credential.
    User(String),
    /// An anonymous client, by address. They have no lists, so their reads are short, and include those of signing in;
    /// they only wait for each other.
    Anonymous(String),
    /// Work shared by many subjects.
    Many,
}

/// The limits of a database.
pub(super) struct Shares {
    /// The turns of all operations.
    all: Arc<Semaphore>,
    of_an_asker: usize,
    patience: Duration,
    askers: Mutex<HashMap<Asker, Weak<Share>>>,
}

/// The turns of one subject while its operations run.
struct Share {
    asker: Asker,
    turns: Queue,
    shares: Arc<Shares>,
}

impl Shares {
    /// Creates the limits for `connections` available to operations. A subject may have at most half of them, so that
    /// others can read while its reads are slow. `patience` is the time limit of waiting for a turn.
    pub(super) fn new(connections: usize, patience: Duration) -> Arc<Self> {
        let of_an_asker = connections.div_ceil(2).max(connections.min(2));
        let all = Arc::new(Semaphore::new(connections));
        Arc::new(Self { all, of_an_asker, patience, askers: Mutex::default() })
    }

    fn share_of(self: &Arc<Self>, asker: Asker) -> Arc<Share> {
        let mut askers = self.askers();
        if let Some(share) = askers.get(&asker).and_then(Weak::upgrade) {
            return share;
        }
        let turns = Queue::of(self.of_an_asker);
        let share = Arc::new(Share { asker: asker.clone(), turns, shares: Arc::clone(self) });
        askers.insert(asker, Arc::downgrade(&share));
        share
    }

    /// Returns the turns of an operation that starts now and has this time limit.
    pub(super) fn turns(self: &Arc<Self>, asker: Asker, limit: Duration) -> Turns {
        let operation = Arc::new(Semaphore::new(OF_AN_OPERATION));
        let all = (!matches!(asker, Asker::Anonymous(_))).then(|| Arc::clone(&self.all));
        let own = (asker != Asker::Many).then(|| {
            let share = self.share_of(asker);
            Own { operation: Arc::new(share.turns.enter()), share, has_read: Arc::default(), patience: limit / 2 }
        });
        Turns { operation, own, all, patience: self.patience }
    }

    fn askers(&self) -> MutexGuard<'_, HashMap<Asker, Weak<Share>>> {
        // The map is whole after any panic.
        self.askers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut askers = self.shares.askers();
        // Unless the next operation has begun already.
        if askers.get(&self.asker).is_some_and(|share| share.strong_count() == 0) {
            askers.remove(&self.asker);
        }
    }
}

/// The queue for the reads of one operation. Cheap to clone.
#[derive(Clone)]
pub(super) struct Turns {
    operation: Arc<Semaphore>,
    own: Option<Own>,
    all: Option<Arc<Semaphore>>,
    patience: Duration,
}

/// Position of an operation among those of the same subject.
#[derive(Clone)]
struct Own {
    share: Arc<Share>,
    operation: Arc<Operation>,
    /// True once it has had a turn.
    has_read: Arc<AtomicBool>,
    /// Maximum wait for the first turn; the rest of the time limit is left for execution.
    patience: Duration,
}

impl Own {
    /// Waits for a turn. Older operations come first, so after its first turn an operation only waits for older ones.
    async fn next(&self) -> Result<Permit, DbErr> {
        let turn = self.operation.next();
        if self.has_read.load(Ordering::Relaxed) {
            return turn.await;
        }
        let turn = timeout(self.patience, turn).await.map_err(|_| busy_with_others())??;
        self.has_read.store(true, Ordering::Relaxed);
        Ok(turn)
    }
}

/// A held turn, for as long as a connection is in use.
#[expect(dead_code, reason = "what is kept is the turn")]
pub(super) struct Turn {
    operation: OwnedSemaphorePermit,
    of_all: Option<OwnedSemaphorePermit>,
    of_the_asker: Option<(Permit, Arc<Share>)>,
}

impl Turns {
    /// Returns the turns of the present operation; `None` outside of operations.
    pub(super) fn here() -> Option<Self> {
        TURNS.try_with(Clone::clone).ok().flatten()
    }

    /// Waits for a turn: for the first one behind older operations of the subject up to half of the time limit, for later ones
    /// without a bound of its own, and behind other subjects for as long as for a connection.
    pub(super) async fn next(&self) -> Result<Turn, DbErr> {
        let operation = permit(&self.operation).await?;
        let of_the_asker = match &self.own {
            Some(own) => Some((own.next().await?, Arc::clone(&own.share))),
            None => None,
        };
        let of_all = match &self.all {
            Some(all) => {
                let all = timeout(self.patience, permit(all)).await;
                Some(all.unwrap_or(Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)))?)
            }
            None => None,
        };
        Ok(Turn { operation, of_all, of_the_asker })
    }
}

async fn permit(turns: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, DbErr> {
    // They are never closed.
    let permit = Arc::clone(turns).acquire_owned().await;
    permit.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))
}

/// Runs `work` as an operation whose reads take turns.
pub(super) fn in_turns<F: Future>(turns: Turns, work: F) -> impl Future<Output = F::Output> {
    TURNS.scope(Some(turns), work)
}

/// Runs `work` on the reserved connections, even within an operation: for sign-in and health checks.
pub fn without_turns<F: Future>(work: F) -> impl Future<Output = F::Output> {
    TURNS.scope(None, work)
}

/// A read in progress. If abandoned, it keeps its turn while its connection is busy: SQLite finishes the statement, and
/// a PostgreSQL connection is tested for a second and closed.
pub(super) struct Read<F: Future<Output: Send> + Send + 'static> {
    /// The rest of the read; `None` after its end.
    rest: Option<(Pin<Box<F>>, Turn)>,
    /// Time for which its connection stays busy when abandoned; `None` until it ends.
    lingers: Option<Duration>,
}

impl<F: Future<Output: Send> + Send + 'static> Read<F> {
    pub(super) fn new(read: F, turn: Turn, lingers: Option<Duration>) -> Self {
        Self { rest: Some((Box::pin(read), turn)), lingers }
    }
}

impl<F: Future<Output: Send> + Send + 'static> Future for Read<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Some((read, _)) = &mut self.rest else { return Poll::Pending };
        let output = ready!(read.as_mut().poll(cx));
        self.rest = None;
        Poll::Ready(output)
    }
}

impl<F: Future<Output: Send> + Send + 'static> Drop for Read<F> {
    fn drop(&mut self) {
        let runtime = tokio::runtime::Handle::try_current().ok();
        let Some(((read, turn), runtime)) = self.rest.take().zip(runtime) else { return };
        match self.lingers {
            None => drop(runtime.spawn(async move {
                drop(read.await);
                drop(turn);
            })),
            Some(while_it_is_tried) => {
                drop(read);
                runtime.spawn(async move {
                    tokio::time::sleep(while_it_is_tried).await;
                    drop(turn);
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(1);
    const LIMIT: Duration = Duration::from_secs(21);

    fn user(name: &str) -> Asker {
        Asker::User(name.to_owned())
    }

    /// Takes all available turns.
    async fn all_of(turns: &Turns) -> Vec<Turn> {
        let mut taken = Vec::new();
        while let Ok(Ok(turn)) = timeout(SOON, turns.next()).await {
            taken.push(turn);
        }
        taken
    }

    #[tokio::test]
    async fn an_operation_has_three_reads_in_flight_and_one_who_asks_half_of_the_connections() {
        let shares = Shares::new(8, SOON);
        let first = shares.turns(user("one"), LIMIT);
        let taken = all_of(&first).await;
        assert_eq!(taken.len(), 3);
        let second = all_of(&shares.turns(user("one"), LIMIT)).await;
        assert_eq!(second.len(), 1, "four of eight");
        assert_eq!(all_of(&shares.turns(user("two"), LIMIT)).await.len(), 3);
        drop(taken);
        assert_eq!(all_of(&first).await.len(), 3);
    }

    /// Executes five sequential reads of two seconds each.
    async fn read_dearly(turns: Turns) -> Result<(), DbErr> {
        for _ in 0..5 {
            let turn = turns.next().await?;
            tokio::time::sleep(Duration::from_secs(2)).await;
            drop(turn);
        }
        Ok(())
    }

    #[tokio::test(start_paused = true)]
    async fn many_dear_operations_of_one_who_asks_end_one_by_one_and_the_rest_is_told_soon() {
        let shares = Shares::new(8, LIMIT);
        let begun = tokio::time::Instant::now();
        let operations = (0..12).map(|_| {
            let turns = shares.turns(user("one"), LIMIT);
            async move { (timeout(LIMIT, read_dearly(turns)).await, begun.elapsed().as_secs()) }
        });
        let ended = futures_util::future::join_all(operations).await;
        let answered: Vec<_> = ended.iter().filter(|(end, _)| *end == Ok(Ok(()))).map(|(_, at)| *at).collect();
        assert_eq!(answered, [10, 10, 10, 10, 20, 20, 20, 20], "by fours");
        let told: Vec<_> = ended.iter().filter(|(end, _)| *end == Ok(Err(busy_with_others()))).collect();
        assert_eq!(told.len(), 4, "none has run out of time: {ended:?}");
        assert!(told.iter().all(|(_, at)| *at == LIMIT.as_secs() / 2), "{told:?}");
    }

    /// Reads for a second and works for half of one, five times, on a machine of two processors.
    async fn read_and_work(turns: Turns, processors: Arc<Semaphore>) -> Result<(), DbErr> {
        for _ in 0..5 {
            let turn = turns.next().await?;
            tokio::time::sleep(Duration::from_secs(1)).await;
            drop(turn);
            let processor = permit(&processors).await?;
            tokio::time::sleep(Duration::from_millis(500)).await;
            drop(processor);
        }
        Ok(())
    }

    #[tokio::test(start_paused = true)]
    async fn thirty_operations_that_read_and_work_run_out_of_no_time() {
        let (shares, processors) = (Shares::new(8, LIMIT), Arc::new(Semaphore::new(2)));
        let operations = (0..30).map(|_| {
            let turns = shares.turns(user("one"), LIMIT);
            timeout(LIMIT, read_and_work(turns, processors.clone()))
        });
        let ended = futures_util::future::join_all(operations).await;
        let count = |wanted: fn(&Result<Result<(), DbErr>, tokio::time::error::Elapsed>) -> bool| {
            ended.iter().filter(|end| wanted(end)).count()
        };
        let answered = count(|end| matches!(end, Ok(Ok(()))));
        let told = count(|end| *end == Ok(Err(busy_with_others())));
        assert!(answered >= 8 && answered + told == 30, "{answered} answered, {told} told: {ended:?}");
    }

    #[tokio::test]
    async fn who_has_no_account_waits_for_no_user() {
        let shares = Shares::new(2, SOON);
        let taken = all_of(&shares.turns(user("one"), LIMIT)).await;
        assert_eq!(taken.len(), 2, "of few connections all");
        let error = shares.turns(user("two"), LIMIT).next().await.err();
        assert_eq!(error, Some(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)));
        assert!(shares.turns(Asker::Many, LIMIT).next().await.is_err());
        assert!(shares.turns(Asker::Anonymous("here".to_owned()), LIMIT).next().await.is_ok());
    }

    #[tokio::test]
    async fn a_share_is_forgotten_with_the_last_operation_and_its_last_read() {
        let shares = Shares::new(8, SOON);
        let (first, second) = (shares.turns(user("one"), LIMIT), shares.turns(user("one"), LIMIT));
        let turn = first.next().await.unwrap();
        drop((first, second));
        assert_eq!(shares.askers().len(), 1);
        drop(turn);
        assert_eq!(shares.askers().len(), 0);
    }

    #[tokio::test]
    async fn a_read_that_is_given_up_keeps_its_turn_until_it_ends() {
        let shares = Shares::new(1, SOON);
        let turns = shares.turns(user("one"), LIMIT);
        let (end, ended) = tokio::sync::oneshot::channel::<()>();
        let mut read = Read::new(ended, turns.next().await.unwrap(), None);
        assert!(futures_util::poll!(&mut read).is_pending());
        drop(read);
        assert!(timeout(SOON, turns.next()).await.is_err());
        end.send(()).unwrap();
        let read = Read::new(std::future::pending::<()>(), turns.next().await.unwrap(), Some(SOON));
        drop(read);
        assert!(turns.next().await.is_ok());
    }

    #[tokio::test]
    async fn turns_are_those_of_the_operation_around() {
        assert!(Turns::here().is_none());
        let shares = Shares::new(8, SOON);
        TURNS
            .scope(Some(shares.turns(user("one"), LIMIT)), async {
                assert!(Turns::here().is_some());
                assert!(without_turns(async { Turns::here().is_none() }).await);
                assert!(Turns::here().is_some());
                assert!(tokio::spawn(async { Turns::here().is_none() }).await.unwrap());
            })
            .await;
    }
}
