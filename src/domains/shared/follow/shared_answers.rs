//! Shares one serialized answer to an event among subscribers with the same operation and permissions.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::value::RawValue;
use tokio::{
    sync::watch,
    time::{Duration, Instant},
};
use uuid::Uuid;

use crate::{
    auth::{Looked, Permissions, Viewer},
    events::Event,
    graphql::Asked,
};

/// Maximum number of different answers kept per event.
const MOST: usize = 16;
/// Lifetime of a shared answer, since data besides the event itself may change.
const FRESH: Duration = Duration::from_secs(1);

/// Position of an event at the end of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Further events may follow.
    No,
    /// The last event.
    Last,
    /// The last event, delivered to those who saw the previous ones regardless of their present permissions.
    Farewell,
}

/// A shared answer to an event.
#[derive(Debug, Clone)]
pub struct Told {
    /// The response map.
    pub response: Arc<RawValue>,
    /// The cursor of the event.
    pub cursor: Arc<str>,
    pub(super) end: End,
}

impl Told {
    /// Returns the shared answer to `event` for this operation and the permissions of `viewer`, waiting if it is in
    /// progress. `None` if there is none.
    pub(super) async fn of(event: &Event, asked: &Asked, viewer: &Viewer) -> Option<Self> {
        let answers = event.kept.get::<Answers>()?;
        let mut making = match answers.find(asked, viewer)? {
            Found::Told(told) => return Some(told),
            Found::Making(making) => making,
        };
        // It never changes; it is closed when the answer has been made, or never will be.
        let _ = making.changed().await;
        match answers.find(asked, viewer)? {
            Found::Told(told) => Some(told),
            Found::Making(_) => None,
        }
    }
}

/// The answers of an event.
#[derive(Default)]
struct Answers(Mutex<Vec<Answer>>);

/// An answer for an operation and a set of permissions.
struct Answer {
    asked: Asked,
    rights: Option<Permissions>,
    state: State,
    /// Time of the last change of state.
    at: Instant,
}

enum State {
    /// In progress.
    Making(watch::Receiver<()>),
    /// Valid for all such subscribers.
    ForAll(Told),
    /// Depends on the identity of the viewer, and valid for this person only.
    For(Person, Told),
    /// Not shareable: it contains errors, which name the request.
    ForNobody,
}

/// The identity of a viewer; `None` is nobody.
type Person = Option<(Uuid, Uuid)>;

enum Found {
    Told(Told),
    Making(watch::Receiver<()>),
}

impl Answers {
    /// Finds the answer for a viewer with these permissions.
    fn find(&self, asked: &Asked, viewer: &Viewer) -> Option<Found> {
        let answers = self.all();
        let mut fitting = answers.iter().filter(|answer| answer.fits(asked, viewer) && answer.is_fresh());
        fitting.find_map(|answer| match &answer.state {
            State::Making(making) => Some(Found::Making(making.clone())),
            State::ForAll(told) => Some(Found::Told(told.clone())),
            State::For(person, told) if *person == viewer.caller().person() => Some(Found::Told(told.clone())),
            State::For(..) | State::ForNobody => None,
        })
    }

    fn all(&self) -> MutexGuard<'_, Vec<Answer>> {
        // They are whole after any panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answer {
    fn fits(&self, asked: &Asked, viewer: &Viewer) -> bool {
        self.asked == *asked && self.rights.as_ref() == viewer.rights()
    }

    fn is_fresh(&self) -> bool {
        matches!(self.state, State::Making(_)) || self.at.elapsed() < FRESH
    }
}

/// An answer in progress, to be shared. Dropping it tells waiting subscribers that there is none.
pub struct Share {
    event: Arc<Event>,
    asked: Asked,
    viewer: Viewer,
    looked: Looked,
    cursor: Arc<str>,
    end: End,
    /// Held while others wait for the answer.
    making: Option<watch::Sender<()>>,
}

impl Share {
    /// Starts an answer to `event` for `viewer`; `looked` records if it depends on the viewer's identity. Others wait
    /// for it and create their own if it is not valid for them.
    pub(super) fn new(
        event: &Arc<Event>,
        asked: Asked,
        (viewer, looked): (Viewer, Looked),
        cursor: Arc<str>,
        end: End,
    ) -> Self {
        let mut share = Self { event: Arc::clone(event), asked, viewer, looked, cursor, end, making: None };
        share.making = share.claim();
        share
    }

    fn claim(&self) -> Option<watch::Sender<()>> {
        let mut answers = self.event.kept.get::<Answers>()?.all();
        answers.retain(Answer::is_fresh);
        if answers.len() >= MOST || answers.iter().any(|answer| answer.fits(&self.asked, &self.viewer)) {
            return None;
        }
        let (making, waiting) = watch::channel(());
        answers.push(self.answer(State::Making(waiting)));
        Some(making)
    }

    /// Stores the finished answer.
    pub fn keep(mut self, response: Arc<RawValue>) {
        let told = Told { response, cursor: Arc::clone(&self.cursor), end: self.end };
        let state = match self.looked.at_the_person() {
            true => State::For(self.viewer.caller().person(), told),
            false => State::ForAll(told),
        };
        self.settle(state);
    }

    fn settle(&mut self, state: State) {
        let Some(answers) = self.event.kept.get::<Answers>() else { return };
        let mut answers = answers.all();
        if self.making.take().is_some() {
            answers
                .retain(|answer| !matches!(answer.state, State::Making(_)) || !answer.fits(&self.asked, &self.viewer));
        }
        if answers.len() < MOST {
            answers.push(self.answer(state));
        }
    }

    fn answer(&self, state: State) -> Answer {
        Answer { asked: self.asked, rights: self.viewer.rights().cloned(), state, at: Instant::now() }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if self.making.is_some() {
            self.settle(State::ForNobody);
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use futures_util::FutureExt;
    use serde_json::value::to_raw_value;

    use super::*;
    use crate::{
        auth::{Caller, Credential, Permission, Session, Visitor},
        events::{Kept, Position},
    };

    fn user(id: u128, permissions: &[Permission]) -> Viewer {
        Viewer::system().with_caller(Caller::User(Session {
            user_id: Uuid::from_u128(id),
            credential: Credential::SignIn { session: Uuid::from_u128(id) },
            role_id: Uuid::nil(),
            permissions: permissions.iter().copied().collect(),
            scopes: None,
            expires_at: None,
        }))
    }

    fn event() -> Arc<Event> {
        Arc::new(Event {
            position: Position { tx: 0, id: 1 },
            topic: "t".into(),
            kind: "k".to_owned(),
            payload: serde_json::Value::Null,
            actor: None,
            at: DateTime::UNIX_EPOCH,
            kept: Kept::default(),
        })
    }

    fn asked(query: &str) -> Asked {
        Asked::of([query, "", "{}"]).unwrap()
    }

    fn share(event: &Arc<Event>, query: &str, viewer: &Viewer, look: impl Fn(&Viewer)) -> Share {
        let watched = viewer.watched();
        look(&watched.0);
        Share::new(event, asked(query), watched, "c".into(), End::No)
    }

    fn response() -> Arc<RawValue> {
        to_raw_value("told").unwrap().into()
    }

    /// Answers `event` for `viewer`; `look` is what the answer reads of the viewer.
    fn tell(event: &Arc<Event>, query: &str, viewer: &Viewer, look: impl Fn(&Viewer)) {
        share(event, query, viewer, look).keep(response());
    }

    fn is_told(event: &Event, query: &str, viewer: &Viewer) -> bool {
        let told = Told::of(event, &asked(query), viewer).now_or_never();
        told.expect("it is not being made").is_some()
    }

    const A: &str = "subscription { a }";
    const SIGNALS: &[Permission] = &[Permission::SignalsRead];

    #[tokio::test(start_paused = true)]
    async fn who_asks_the_same_with_the_same_rights_is_told_the_same_for_a_moment() {
        let event = event();
        tell(&event, A, &user(1, SIGNALS), |viewer| assert!(viewer.may(Permission::SignalsRead)));
        assert!(is_told(&event, A, &user(2, SIGNALS)));
        assert!(!is_told(&event, "subscription { b }", &user(2, SIGNALS)));
        assert!(!is_told(&event, A, &user(2, &[])));
        assert!(!is_told(&event, A, &user(1, &[Permission::SignalsRead, Permission::UsersRead])));
        assert!(!is_told(&event, A, &Viewer::system()));
        tokio::time::advance(FRESH).await;
        assert!(!is_told(&event, A, &user(2, SIGNALS)));
    }

    #[tokio::test]
    async fn an_answer_that_depends_on_the_person_is_for_them_alone() {
        let event = event();
        tell(&event, A, &user(1, SIGNALS), |viewer| assert!(viewer.user_id().is_ok()));
        assert!(is_told(&event, A, &user(1, SIGNALS)));
        assert!(!is_told(&event, A, &user(2, SIGNALS)));
        tell(&event, A, &user(2, SIGNALS), |viewer| assert!(viewer.user_id().is_ok()));
        assert!(is_told(&event, A, &user(1, SIGNALS)) && is_told(&event, A, &user(2, SIGNALS)));
        let visitor = |id| {
            let visitor = Visitor { chat_session: Uuid::from_u128(id), expires_at: DateTime::UNIX_EPOCH };
            Viewer::system().with_caller(Caller::Visitor(visitor))
        };
        tell(&event, A, &visitor(1), |viewer| assert!(viewer.visitor().is_some()));
        assert!(is_told(&event, A, &visitor(1)) && !is_told(&event, A, &visitor(2)));
        assert!(!is_told(&event, A, &Viewer::system()));
    }

    #[tokio::test]
    async fn others_wait_for_the_answer_that_is_being_made() {
        let event = event();
        let (asked, other) = (asked(A), user(2, SIGNALS));
        let made = share(&event, A, &user(1, SIGNALS), |_| {});
        let mut waiting = Box::pin(Told::of(&event, &asked, &other));
        assert!(futures_util::poll!(&mut waiting).is_pending());
        assert!(!is_told(&event, A, &user(2, &[])), "others are not waited for");
        made.keep(response());
        assert!(waiting.await.is_some());
    }

    #[tokio::test]
    async fn where_there_is_no_answer_for_all_nobody_waits_again() {
        let personal = |made: Share| made.keep(response());
        let failed = |made: Share| drop(made);
        for end in [personal as fn(Share), failed] {
            let event = event();
            let (asked, other) = (asked(A), user(2, SIGNALS));
            let made = share(&event, A, &user(1, SIGNALS), |viewer| drop(viewer.user_id()));
            let mut waiting = Box::pin(Told::of(&event, &asked, &other));
            assert!(futures_util::poll!(&mut waiting).is_pending());
            end(made);
            assert!(waiting.await.is_none());
            let own = share(&event, A, &other, |viewer| drop(viewer.user_id()));
            assert!(!is_told(&event, A, &user(3, SIGNALS)), "everybody makes their own at the same time");
            own.keep(response());
            assert!(is_told(&event, A, &other));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn only_so_many_answers_are_kept_and_old_ones_make_room() {
        let event = event();
        let query = |number: usize| format!("subscription {{ a{number} }}");
        for number in 0..2 * MOST {
            tell(&event, &query(number), &user(1, &[]), |_| {});
        }
        assert!(is_told(&event, &query(MOST - 1), &user(1, &[])));
        assert!(!is_told(&event, &query(MOST), &user(1, &[])));
        tokio::time::advance(FRESH).await;
        tell(&event, &query(MOST), &user(1, &[]), |_| {});
        assert!(is_told(&event, &query(MOST), &user(1, &[])));
    }
}
