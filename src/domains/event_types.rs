//! The catalogue of business events: what analytics, webhooks and workflows can hear of.

use async_graphql::{Enum, Object, SimpleObject};

use super::{activity, chat, customers, leads, signals};
use crate::{events::DomainEvent, graphql::About};

/// Lists the kinds of business events with their descriptions.
macro_rules! event_types {
    ($($type:ident: $event:ty, $description:literal;)*) => {
        /// A kind of business event.
        #[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
        pub enum EventType {
            $(#[doc = $description] $type,)*
        }

        /// All kinds, in the order of the catalogue.
        const CATALOGUE: &[EventTypeInfo] = &[$(EventTypeInfo {
            event_type: EventType::$type,
            name: <$event as DomainEvent>::KIND,
            description: $description,
        },)*];
    };
}

event_types! {
    LeadCreated: leads::LeadCreated, "A lead was created.";
    CustomerCreated: customers::CustomerCreated, "A customer was entered by hand, or found by research for the first time.";
    CustomerUpdated: customers::CustomerUpdated, "A customer, its contacts or its contract were changed by a person.";
    CustomerChurned: customers::CustomerChurned, "A customer left.";
    CustomerReactivated: customers::CustomerReactivated, "A customer that had left came back, or had not left after all.";
    CustomerDeleted: customers::CustomerDeleted, "A customer that was entered by mistake was deleted.";
    InteractionLogged: activity::InteractionLogged, "An interaction with a lead or a customer was logged.";
    InteractionUpdated: activity::InteractionUpdated, "An interaction was changed.";
    InteractionDeleted: activity::InteractionDeleted, "An interaction was deleted.";
    TaskCreated: activity::TaskCreated, "A task of a lead or a customer was created.";
    TaskUpdated: activity::TaskUpdated, "A task was changed.";
    TaskCompleted: activity::TaskCompleted, "A task was completed.";
    SignalDetected: signals::SignalDetected, "A signal was found in a report of a customer.";
    SignalAlerted: signals::SignalAlerted, "An urgent signal was reported to the account manager of the customer, or to the user who started the monitoring.";
    ChatHandoverChanged: chat::HandoverChanged, "A chat session was handed over to a person of the team, or back to the persona.";
}

/// Description of a kind of business event.
#[derive(SimpleObject, Debug, Clone, Copy)]
pub struct EventTypeInfo {
    /// Kind of event.
    event_type: EventType,
    /// Name in the event log and in webhooks, such as `lead.created`.
    name: &'static str,
    /// Change that the event reports.
    description: &'static str,
}

/// Queries for the catalogue of events.
#[derive(Default, Debug)]
pub struct EventTypesQuery;

#[Object]
impl EventTypesQuery {
    /// The catalogue of business events.
    #[graphql(directive = About::apply(10))]
    async fn event_types(&self) -> &'static [EventTypeInfo] {
        CATALOGUE
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::{Value, json};

    use super::*;

    fn written<E: DomainEvent>(event: &E) -> (&'static str, String, Value) {
        (E::KIND, event.topic().name().to_owned(), serde_json::to_value(event).unwrap())
    }

    #[test]
    fn names_are_a_noun_and_what_happened_to_it_as_their_types_say() {
        let mut names = HashSet::new();
        for info in CATALOGUE {
            let (noun, verb) = info.name.split_once('.').unwrap();
            assert!(verb.ends_with("ed"), "{verb} is in the past");
            let pascal = |text: &str| {
                let word = |word: &str| word[..1].to_uppercase() + &word[1..];
                text.split('_').map(word).collect::<String>()
            };
            assert_eq!(format!("{:?}", info.event_type), pascal(noun) + &pascal(verb));
            assert!(names.insert(info.name), "{} is there twice", info.name);
        }
    }

    /// Whoever reads the log, now or in a later release, relies on these.
    #[test]
    fn payloads_stay_as_they_are() {
        let lead = json!({
            "leadId": "lead_00000000000000000000000000000000", "source": "CHAT", "status": "NEW", "sessionId": null,
            "hasEmail": true, "hasPhone": false, "hasIncome": true,
        });
        let (kind, topic, payload) = written(&serde_json::from_value::<leads::LeadCreated>(lead.clone()).unwrap());
        assert_eq!((kind, topic.as_str(), payload), ("lead.created", "analytics", lead));

        let signal = json!({
            "signal": "sig_00000000000000000000000000000000",
            "customer": "cus_00000000000000000000000000000000",
            "company": "com_00000000000000000000000000000000",
        });
        let read = serde_json::from_value::<signals::SignalDetected>(signal.clone()).unwrap();
        assert_eq!(written(&read), ("signal.detected", "signals".to_owned(), signal.clone()));

        let mut alert = signal;
        alert["id"] = json!("00000000-0000-0000-0000-000000000000");
        alert["user"] = json!("usr_00000000000000000000000000000000");
        alert["urgency"] = json!(0.9);
        let read = serde_json::from_value::<signals::SignalAlerted>(alert.clone()).unwrap();
        let topic = "user:usr_00000000000000000000000000000000".to_owned();
        assert_eq!(written(&read), ("signal.alerted", topic, alert));

        let handover = json!({
            "session": "chat_00000000000000000000000000000000",
            "handover": {"status": "WAITING", "reason": "ASKED", "requestedAt": "2026-11-30T12:00:00Z", "assigneeId": null},
        });
        let read = serde_json::from_value::<chat::HandoverChanged>(handover.clone()).unwrap();
        assert_eq!(written(&read), ("chat_handover.changed", "chat_handovers".to_owned(), handover));
    }

    /// Checks that an event of the log is read and written as it stands.
    fn stays<E: DomainEvent + serde::de::DeserializeOwned>(kind: &str, topic: &str, payload: Value) {
        let read = serde_json::from_value::<E>(payload.clone()).unwrap();
        assert_eq!(written(&read), (kind, topic.to_owned(), payload));
    }

    #[test]
    fn payloads_of_customers_and_activities_stay_as_they_are() {
        let customer = "cus_00000000000000000000000000000000";
        let with = |more: Value| {
            let mut all = json!({"customerId": customer});
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all
        };
        let of_customers = "customers";
        stays::<customers::CustomerCreated>("customer.created", of_customers, with(json!({"isResearched": true})));
        stays::<customers::CustomerUpdated>("customer.updated", of_customers, with(json!({"fields": ["name"]})));
        let churned = json!({"kind": "VOLUNTARY", "effectiveOn": "2026-12-01"});
        stays::<customers::CustomerChurned>("customer.churned", of_customers, with(churned));
        stays::<customers::CustomerReactivated>("customer.reactivated", of_customers, with(json!({"isUndone": false})));
        stays::<customers::CustomerDeleted>("customer.deleted", of_customers, with(json!({})));
        let of = |more: Value| {
            let mut all = with(more);
            all["leadId"] = Value::Null;
            all
        };
        let interaction = json!({"interactionId": "int_00000000000000000000000000000000"});
        let mut logged = of(interaction.clone());
        for (name, value) in [("kind", "CALL"), ("sentiment", "POSITIVE"), ("occurredAt", "2026-12-01T12:00:00Z")] {
            logged[name] = json!(value);
        }
        stays::<activity::InteractionLogged>("interaction.logged", "activity", logged.clone());
        stays::<activity::InteractionUpdated>("interaction.updated", "activity", logged);
        stays::<activity::InteractionDeleted>("interaction.deleted", "activity", of(interaction));
        let mut task = of(json!({"taskId": "task_00000000000000000000000000000000"}));
        task["assigneeId"] = json!("usr_00000000000000000000000000000000");
        stays::<activity::TaskCompleted>("task.completed", "activity", task.clone());
        let (mut created, mut updated) = (task.clone(), task);
        created["originId"] = Value::Null;
        updated["status"] = json!("OPEN");
        stays::<activity::TaskCreated>("task.created", "activity", created);
        stays::<activity::TaskUpdated>("task.updated", "activity", updated);
    }

    #[test]
    fn payloads_of_earlier_releases_are_read() {
        let user = "0190f5c8-a1b2-7c3d-8e4f-5a6b7c8d9e0f";
        let old = json!({
            "session": "chat_00000000000000000000000000000000",
            "handover": {"status": "TAKEN", "reason": "ASKED", "requested_at": "2026-11-30T12:00:00Z", "assignee_id": user},
        });
        let (.., payload) = written(&serde_json::from_value::<chat::HandoverChanged>(old).unwrap());
        assert_eq!(payload["handover"]["assigneeId"], "usr_0190f5c8a1b27c3d8e4f5a6b7c8d9e0f");
        assert_eq!(payload["handover"]["requestedAt"], "2026-11-30T12:00:00Z");
        let old = json!({
            "leadId": "lead_00000000000000000000000000000000", "source": "CHAT", "status": "NEW", "sessionId": user,
            "hasEmail": true, "hasPhone": false, "hasIncome": true,
        });
        let (.., payload) = written(&serde_json::from_value::<leads::LeadCreated>(old).unwrap());
        assert_eq!(payload["sessionId"], "chat_0190f5c8a1b27c3d8e4f5a6b7c8d9e0f");
    }
}
