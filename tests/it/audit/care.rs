//! How mutations of customers and of what happens with them are done, and what they write into the audit log then.

use serde_json::json;

use super::{
    World,
    mutations::{Asked, id_at},
};

/// A customer entered by hand.
async fn entered(world: &World) -> String {
    let query = "mutation($input: CreateCustomerInput!) { createCustomer(input: $input) { id } }";
    let input = json!({"input": {"name": "Bluefen Energy"}});
    id_at("/createCustomer/id", &world.ok(&world.admin.client, query, input).await)
}

/// An operation with an input of its name.
fn with_input(mutation: &str) -> String {
    let (first, rest) = mutation.split_at(1);
    let input = format!("{}{rest}Input", first.to_uppercase());
    format!("mutation($input: {input}!) {{ {mutation}(input: $input) {{ id }} }}")
}

fn with_id(mutation: &str) -> String {
    format!("mutation($id: ID!) {{ {mutation}(id: $id) {{ id }} }}")
}

pub(super) async fn of_care(world: &World, mutation: &str) -> Option<Asked> {
    let (admin, by) = (&world.admin.id, &world.admin.client);
    if mutation == "createCustomer" {
        let asked = Asked::new(by, with_input(mutation), json!({"input": {"name": "Bluefen Energy"}}));
        return Some(asked.writes("customer.created", admin, "/createCustomer/id"));
    }
    let customer = entered(world).await;
    if mutation == "deleteCustomer" {
        let asked = Asked::new(by, with_id(mutation), json!({"id": customer}));
        return Some(asked.writes("customer.deleted", admin, &customer));
    }
    let reasons = world.ok(by, "{ churnReasons { id } }", json!({})).await;
    let reason = &reasons["churnReasons"][0]["id"];
    let input = json!({"id": customer, "reasonId": reason, "kind": "VOLUNTARY", "effectiveOn": "2026-12-01"});
    let churn = Asked::new(by, with_input("churnCustomer"), json!({"input": input}));
    if mutation == "churnCustomer" {
        return Some(churn.writes("customer.churned", admin, &customer));
    }
    world.ok(by, &churn.query, churn.variables).await;
    Some(match mutation {
        "undoCustomerChurn" => {
            let asked = Asked::new(by, with_id(mutation), json!({"id": customer}));
            asked.writes("customer.churn_undone", admin, &customer)
        }
        _ => {
            let asked = Asked::new(by, with_input(mutation), json!({"input": {"id": customer}}));
            asked.writes("customer.reactivated", admin, &customer)
        }
    })
}

pub(super) async fn of_contacts_and_contracts(world: &World, mutation: &str) -> Option<Asked> {
    let (admin, by) = (&world.admin.id, &world.admin.client);
    let customer = entered(world).await;
    let contact = json!({"input": {"customerId": customer, "details": {"name": "Dana Scully"}}});
    let term = json!({"input": {"customerId": customer, "terms": {"startsOn": "2026-01-01", "endsOn": "2026-12-31"}}});
    match mutation {
        "addCustomerContact" => {
            let asked = Asked::new(by, with_input(mutation), contact);
            return Some(asked.writes("customer_contact.created", admin, "/addCustomerContact/id"));
        }
        "addContract" => {
            let asked = Asked::new(by, with_input(mutation), term);
            return Some(asked.writes("contract.created", admin, "/addContract/id"));
        }
        "updateContract" => {
            let term = id_at("/addContract/id", &world.ok(by, &with_input("addContract"), term).await);
            let input = json!({"input": {"id": term, "expectedVersion": 1, "autoRenews": true}});
            return Some(Asked::new(by, with_input(mutation), input).writes("contract.updated", admin, &term));
        }
        _ => {}
    }
    let added = world.ok(by, &with_input("addCustomerContact"), contact).await;
    let contact = id_at("/addCustomerContact/id", &added);
    Some(match mutation {
        "updateCustomerContact" => {
            let input = json!({"input": {"id": contact, "expectedVersion": 1, "jobTitle": "Head of Data"}});
            Asked::new(by, with_input(mutation), input).writes("customer_contact.updated", admin, &contact)
        }
        _ => {
            let asked = Asked::new(by, with_id(mutation), json!({"id": contact}));
            asked.writes("customer_contact.deleted", admin, &contact)
        }
    })
}

pub(super) async fn of_reasons(world: &World, mutation: &str) -> Option<Asked> {
    let (admin, by) = (&world.admin.id, &world.admin.client);
    let name = uuid::Uuid::new_v4().simple().to_string();
    let save = Asked::new(by, with_input("saveReason"), json!({"input": {"kind": "CHURN", "name": name}}));
    if mutation == "saveReason" {
        return Some(save.writes("reason.created", admin, "/saveReason/id"));
    }
    let reason = id_at("/saveReason/id", &world.ok(by, &save.query, save.variables).await);
    let input = json!({"input": {"id": reason, "isActive": false}});
    Some(Asked::new(by, with_input(mutation), input).writes("reason.updated", admin, &reason))
}

pub(super) async fn of_activity(world: &World, mutation: &str) -> Option<Asked> {
    let (admin, by) = (&world.admin.id, &world.admin.client);
    let customer = entered(world).await;
    let (create, noun, input) = match mutation {
        "logInteraction" | "updateInteraction" | "deleteInteraction" => {
            ("logInteraction", "interaction", json!({"subjectId": customer, "kind": "CALL", "summary": "Hello"}))
        }
        "createTask" | "updateTask" | "deleteTask" => {
            ("createTask", "task", json!({"subjectId": customer, "title": "Call back"}))
        }
        _ => ("addNote", "note", json!({"subjectId": customer, "text": "They like tea."})),
    };
    let place = format!("/{create}/id");
    let asked = Asked::new(by, with_input(create), json!({"input": input}));
    let action = |verb: &str| -> &'static str {
        match (noun, verb) {
            ("interaction", "created") => "interaction.logged",
            ("interaction", "updated") => "interaction.updated",
            ("interaction", _) => "interaction.deleted",
            ("task", "created") => "task.created",
            ("task", "updated") => "task.updated",
            ("task", _) => "task.deleted",
            (_, "created") => "note.created",
            (_, "updated") => "note.updated",
            _ => "note.deleted",
        }
    };
    if mutation == create {
        return Some(asked.writes(action("created"), admin, place));
    }
    let id = id_at(&place, &world.ok(by, &asked.query, asked.variables).await);
    if mutation.starts_with("delete") {
        let asked = Asked::new(by, with_id(mutation), json!({"id": id}));
        return Some(asked.writes(action("deleted"), admin, &id));
    }
    let change = match noun {
        "interaction" => json!({"id": id, "expectedVersion": 1, "sentiment": "POSITIVE"}),
        "task" => json!({"id": id, "expectedVersion": 1, "priority": "HIGH"}),
        _ => json!({"id": id, "expectedVersion": 1, "isPinned": true}),
    };
    let asked = Asked::new(by, with_input(mutation), json!({"input": change}));
    Some(asked.writes(action("updated"), admin, &id))
}
