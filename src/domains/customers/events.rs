//! Events of customers.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{churn::ChurnKind, entity::Model};
use crate::{
    db::Id,
    events::{DomainEvent, Topic},
};

/// The topic of the events of all customers.
const TOPIC: Topic = Topic::unordered("customers");

/// Defines an event of customers: its kind, what it reports, and its payload of ids and figures.
macro_rules! customer_event {
    ($kind:literal, $(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            /// The customer.
            pub customer_id: Id<Model>,
            $($(#[$field_meta])* pub $field: $type,)*
        }

        impl DomainEvent for $name {
            const KIND: &'static str = $kind;

            fn topic(&self) -> Topic {
                TOPIC
            }
        }
    };
}

customer_event! { "customer.created",
    /// A customer was entered by hand, or found by research for the first time.
    CustomerCreated {
        /// True if research found it.
        is_researched: bool,
    }
}

customer_event! { "customer.updated",
    /// A customer, its contacts or its contract were changed by a person.
    CustomerUpdated {
        /// Names of the changed fields, in their order in the alphabet.
        fields: Vec<String>,
    }
}

customer_event! { "customer.churned",
    /// A customer left.
    CustomerChurned {
        /// The kind of churn.
        kind: ChurnKind,
        /// The day from which on it is no customer.
        effective_on: NaiveDate,
    }
}

customer_event! { "customer.reactivated",
    /// A customer that had left came back, or had not left after all.
    CustomerReactivated {
        /// True if the churn was a mistake.
        is_undone: bool,
    }
}

customer_event! { "customer.deleted",
    /// A customer that was entered by mistake was deleted.
    CustomerDeleted {}
}
