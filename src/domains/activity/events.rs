//! Events of interactions and tasks.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    interactions::{Interaction, InteractionKind, Sentiment},
    subject::SubjectRef,
    tasks::{Task, TaskStatus},
};
use crate::{
    db::Id,
    domains::{customers::Customer, identity::User, leads::Lead},
    events::{DomainEvent, Topic},
};

/// The topic of the activities of all leads and customers.
const TOPIC: Topic = Topic::unordered("activity");

/// Defines an event about an object of a lead or a customer: its kind and its payload of ids and figures.
macro_rules! activity_event {
    ($kind:literal, $(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
            /// The customer that it belongs to.
            pub customer_id: Option<Id<Customer>>,
            /// The lead that it belongs to.
            pub lead_id: Option<Id<Lead>>,
        }

        impl DomainEvent for $name {
            const KIND: &'static str = $kind;

            fn topic(&self) -> Topic {
                TOPIC
            }
        }
    };
}

activity_event! { "interaction.logged",
    /// An interaction was logged.
    InteractionLogged {
        /// The interaction.
        interaction_id: Id<Interaction>,
        /// The kind of contact.
        kind: InteractionKind,
        /// The sentiment, if it was given.
        sentiment: Option<Sentiment>,
        /// The time at which it took place.
        occurred_at: DateTime<Utc>,
    }
}

activity_event! { "interaction.updated",
    /// An interaction was changed.
    InteractionUpdated {
        /// The interaction.
        interaction_id: Id<Interaction>,
        /// The kind of contact.
        kind: InteractionKind,
        /// The sentiment, if it is known.
        sentiment: Option<Sentiment>,
        /// The time at which it took place.
        occurred_at: DateTime<Utc>,
    }
}

activity_event! { "interaction.deleted",
    /// An interaction was deleted.
    InteractionDeleted {
        /// The interaction.
        interaction_id: Id<Interaction>,
    }
}

activity_event! { "task.created",
    /// A task was created.
    TaskCreated {
        /// The task.
        task_id: Id<Task>,
        /// The user to whom it is assigned.
        assignee_id: Option<Id<User>>,
        /// The interaction that it follows up.
        origin_id: Option<Id<Interaction>>,
    }
}

activity_event! { "task.updated",
    /// A task was changed.
    TaskUpdated {
        /// The task.
        task_id: Id<Task>,
        /// The status.
        status: TaskStatus,
        /// The user to whom it is assigned.
        assignee_id: Option<Id<User>>,
    }
}

activity_event! { "task.completed",
    /// A task was completed.
    TaskCompleted {
        /// The task.
        task_id: Id<Task>,
        /// The user to whom it was assigned.
        assignee_id: Option<Id<User>>,
    }
}

impl InteractionLogged {
    pub(super) fn of(row: &Interaction) -> Self {
        let subject = row.subject();
        Self {
            interaction_id: row.id,
            kind: row.kind,
            sentiment: row.sentiment,
            occurred_at: row.occurred_at,
            customer_id: subject.customer(),
            lead_id: subject.lead(),
        }
    }
}

impl InteractionUpdated {
    pub(super) fn of(row: &Interaction) -> Self {
        let InteractionLogged { interaction_id, kind, sentiment, occurred_at, customer_id, lead_id } =
            InteractionLogged::of(row);
        Self { interaction_id, kind, sentiment, occurred_at, customer_id, lead_id }
    }
}

impl InteractionDeleted {
    pub(super) fn of(row: &Interaction) -> Self {
        let subject = row.subject();
        Self { interaction_id: row.id, customer_id: subject.customer(), lead_id: subject.lead() }
    }
}

impl TaskCreated {
    pub(super) fn of(row: &Task) -> Self {
        let SubjectIds { customer_id, lead_id } = SubjectIds::of(row.subject());
        Self { task_id: row.id, assignee_id: row.assignee_id, origin_id: row.origin_id, customer_id, lead_id }
    }
}

impl TaskUpdated {
    pub(super) fn of(row: &Task) -> Self {
        let SubjectIds { customer_id, lead_id } = SubjectIds::of(row.subject());
        Self { task_id: row.id, status: row.status, assignee_id: row.assignee_id, customer_id, lead_id }
    }
}

impl TaskCompleted {
    pub(super) fn of(row: &Task) -> Self {
        let SubjectIds { customer_id, lead_id } = SubjectIds::of(row.subject());
        Self { task_id: row.id, assignee_id: row.assignee_id, customer_id, lead_id }
    }
}

/// The id of a subject, in the field of its type.
struct SubjectIds {
    customer_id: Option<Id<Customer>>,
    lead_id: Option<Id<Lead>>,
}

impl SubjectIds {
    fn of(subject: SubjectRef) -> Self {
        Self { customer_id: subject.customer(), lead_id: subject.lead() }
    }
}
