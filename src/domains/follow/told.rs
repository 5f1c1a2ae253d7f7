//! What a follower was told of an event, for those who ask the same and have the same rights: an event that thousands hear
//! is resolved and written once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::value::RawValue;
use tokio::time::{Duration, Instant};
use uuid::Uuid;

use crate::{
    auth::{Looked, Permissions, Viewer},
    events::Event,
    graphql::Asked,
};

/// The most different answers that are kept of an event.
const MOST: usize = 16;
/// How long an answer is given to others. What it shows beside the event itself may change.
const FRESH: Duration = Duration::from_secs(1);

/// Whether anything comes after an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// More may come.
    No,
    /// Nothing comes after it.
    Last,
    /// Nothing comes after it, and who saw the rest may see this whatever their rights are now.
    Farewell,
}

/// The answer to an event.
#[derive(Debug, Clone)]
pub struct Told {
    /// The response map.
    pub response: Arc<RawValue>,
    /// The place of the event.
    pub cursor: Arc<str>,
    pub(super) end: End,
}

impl Told {
    /// What somebody like `viewer` who asked the same was told of `event`.
    pub(super) fn of(event: &Event, asked: &Asked, viewer: &Viewer) -> Option<Self> {
        let kept = event.kept.get::<Kept>()?.answers();
        kept.iter().find(|answer| answer.is_for(asked, viewer)).map(|answer| answer.told.clone())
    }
}

/// The answers of an event.
#[derive(Default)]
struct Kept(Mutex<Vec<Answer>>);

impl Kept {
    fn answers(&self) -> MutexGuard<'_, Vec<Answer>> {
        // They are whole after any panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Answer {
    asked: Asked,
    rights: Option<Permissions>,
    /// For whom alone, where something in it depends on who they are.
    person: Option<Option<(Uuid, Uuid)>>,
    at: Instant,
    told: Told,
}

impl Answer {
    fn is_for(&self, asked: &Asked, viewer: &Viewer) -> bool {
        self.asked == *asked
            && self.rights.as_ref() == viewer.rights()
            && self.person.is_none_or(|person| person == viewer.caller().person())
            && self.at.elapsed() < FRESH
    }
}

/// An event that is being answered, to be kept for others.
pub struct Share {
    event: Arc<Event>,
    asked: Asked,
    viewer: Viewer,
    looked: Looked,
    cursor: Arc<str>,
    end: End,
}

impl Share {
    /// Of `event`, answered for `viewer`; `looked` notes whether the answer depends on who they are.
    pub(super) fn new(
        event: &Arc<Event>,
        asked: Asked,
        (viewer, looked): (Viewer, Looked),
        cursor: Arc<str>,
        end: End,
    ) -> Self {
        Self { event: Arc::clone(event), asked, viewer, looked, cursor, end }
    }

    /// Keeps the answer, which was made just now.
    pub fn keep(self, response: Arc<RawValue>) {
        let Self { event, asked, viewer, looked, cursor, end } = self;
        let Some(kept) = event.kept.get::<Kept>() else { return };
        let person = looked.at_the_person().then(|| viewer.caller().person());
        let rights = viewer.rights().cloned();
        let answer = Answer { asked, rights, person, at: Instant::now(), told: Told { response, cursor, end } };
        let mut answers = kept.answers();
        answers.retain(|answer| answer.at.elapsed() < FRESH);
        if answers.len() < MOST {
            answers.push(answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Request;
    use chrono::DateTime;
    use serde_json::{Value, value::to_raw_value};

    use super::*;
    use crate::{
        auth::{Caller, Credential, Permission, Session, Visitor},
        events::{Kept, Position},
    };

    fn event() -> Arc<Event> {
        Arc::new(Event {
            position: Position { tx: 0, id: 1 },
            topic: "t".into(),
            kind: "k".to_owned(),
            payload: Value::Null,
            actor: None,
            at: DateTime::UNIX_EPOCH,
            kept: Kept::default(),
        })
    }

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

    fn asked(query: &str) -> Asked {
        Asked::by(&mut Request::new(query)).unwrap()
    }

    /// Answers `event` for `viewer`; the answer looks at what `look` looks at.
    fn tell(event: &Arc<Event>, query: &str, viewer: &Viewer, look: impl Fn(&Viewer)) {
        let watched = viewer.watched();
        look(&watched.0);
        let share = Share::new(event, asked(query), watched, "c".into(), End::No);
        share.keep(to_raw_value("told").unwrap().into());
    }

    fn is_told(event: &Event, query: &str, viewer: &Viewer) -> bool {
        Told::of(event, &asked(query), viewer).is_some()
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
        let visitor = |id| {
            let visitor = Visitor { chat_session: Uuid::from_u128(id), expires_at: DateTime::UNIX_EPOCH };
            Viewer::system().with_caller(Caller::Visitor(visitor))
        };
        tell(&event, A, &visitor(1), |viewer| assert!(viewer.visitor().is_some()));
        assert!(is_told(&event, A, &visitor(1)) && !is_told(&event, A, &visitor(2)));
        assert!(!is_told(&event, A, &Viewer::system()));
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
