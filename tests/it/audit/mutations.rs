//! How each mutation is done so that it changes something, and what it writes into the audit log then.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use rapport::{
    auth::SystemRole::{Counselor, Manager, Viewer},
    clients::mail::Mailbox,
    domains::outbox::{MailKind, NewMail, queue},
    mails::RenderedMail,
};
use serde_json::{Value, json};

use super::{
    LOGIN, PASSWORD, World,
    care::{of_activity, of_care, of_contacts_and_contracts, of_reasons},
};
use crate::support::{Client, TestApp};

/// A mutation that is ready to be sent.
pub(super) struct Asked {
    pub by: Client,
    pub query: String,
    pub variables: Value,
    pub writes: Vec<Written>,
}

/// An entry that it writes. The ids stand here, or the place in the data where they are found.
pub(super) struct Written {
    pub action: &'static str,
    pub actor: String,
    pub subject: String,
}

impl Asked {
    pub(super) fn new(by: &Client, query: impl Into<String>, variables: Value) -> Self {
        Self { by: by.clone(), query: query.into(), variables, writes: Vec::new() }
    }

    pub(super) fn writes(mut self, action: &'static str, actor: impl Into<String>, subject: impl Into<String>) -> Self {
        self.writes.push(Written { action, actor: actor.into(), subject: subject.into() });
        self
    }
}

/// The id that `place` names: itself, or what stands there in `data`. Of an access token it is the id of its session.
pub(super) fn id_at(place: &str, data: &Value) -> String {
    if !place.starts_with('/') {
        return place.to_owned();
    }
    let found = data.pointer(place).and_then(Value::as_str).unwrap_or_else(|| panic!("nothing at {place}: {data:#}"));
    let Some(claims) = found.split('.').nth(1) else { return found.to_owned() };
    let claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    format!("ses_{}", claims["sid"].as_str().unwrap().replace('-', ""))
}

/// The mutation, with all that it needs made before.
pub(super) async fn asked(world: &World, mutation: &str) -> Asked {
    let found = match mutation {
        "login" | "refreshToken" | "logout" | "logoutEverywhere" | "changePassword" | "updateProfile" => {
            of_sign_in(world, mutation).await
        }
        "createUser" | "updateUser" | "setUserActive" | "deleteUser" | "updateUsers" => of_users(world, mutation).await,
        "inviteUser" | "acceptInvitation" | "impersonateUser" => of_invitations(world, mutation).await,
        "createRole" | "updateRole" | "deleteRole" => of_roles(world, mutation).await,
        "createApiKey" | "revokeApiKey" => of_api_keys(world, mutation).await,
        "addKnowledgeDocument" | "deleteKnowledgeDocument" => of_knowledge(world, mutation).await,
        "onboardCompany" | "cancelJob" | "retryJob" => of_jobs(world, mutation).await,
        "createChatSession" | "deleteChatSession" | "sendChatMessage" | "stopChatReply" | "regenerateChatReply" => {
            of_chat(world, mutation).await
        }
        "requestChatHandover"
        | "withdrawChatHandover"
        | "takeOverChatSession"
        | "assignChatSession"
        | "returnChatSession" => of_handover(world, mutation).await,
        "deleteFile" | "createDownloadLink" | "revokeDownloadLink" => of_files(world, mutation).await,
        "sendMails" => Some(of_the_outbox(world).await),
        "monitorCustomers" | "updateCustomer" => of_customers(world, mutation).await,
        "createCustomer" | "deleteCustomer" | "churnCustomer" | "undoCustomerChurn" | "reactivateCustomer" => {
            of_care(world, mutation).await
        }
        "addCustomerContact" | "updateCustomerContact" | "deleteCustomerContact" | "addContract" | "updateContract" => {
            of_contacts_and_contracts(world, mutation).await
        }
        "saveReason" | "setReasonActive" => of_reasons(world, mutation).await,
        "logInteraction" | "updateInteraction" | "deleteInteraction" | "createTask" | "updateTask" | "deleteTask"
        | "addNote" | "updateNote" | "deleteNote" => of_activity(world, mutation).await,
        "runScheduledTask" => Some(of_the_schedule(world).await),
        "updateSettings" => Some(of_settings(world).await),
        _ => None,
    };
    found.unwrap_or_else(|| {
        panic!(
            "the mutation `{mutation}` is new: say in tests/it/audit/mutations.rs how it is done so that it changes \
             something, and which entries of the audit log it writes; if it writes none, write one in its service"
        )
    })
}

/// The id of a role of the system.
pub(super) async fn role(world: &World, name: &str) -> String {
    let data = world.ok(&world.admin.client, "{ roles { id name } }", json!({})).await;
    let found = data["roles"].as_array().unwrap().iter().find(|role| role["name"] == name);
    found.unwrap()["id"].as_str().unwrap().to_owned()
}

async fn of_sign_in(world: &World, mutation: &str) -> Option<Asked> {
    let dana = world.user(Counselor).await;
    let user = &dana.id;
    Some(match mutation {
        "login" => {
            let input = json!({"email": dana.email, "password": PASSWORD});
            Asked::new(&world.app.anonymous(), LOGIN, input).writes("session.started", user, "/login/accessToken")
        }
        "refreshToken" => {
            let query = "mutation($token: String!) { refreshToken(input: {refreshToken: $token}) { accessToken refreshToken } }";
            let asked = Asked::new(&world.app.anonymous(), query, json!({"token": dana.refresh_token}));
            asked.writes("session.refreshed", user, "/refreshToken/accessToken")
        }
        "logout" | "logoutEverywhere" => {
            let query = format!("mutation {{ {mutation} {{ sessionsEnded }} }}");
            Asked::new(&dana.client, query, json!({})).writes("user.signed_out", user, user)
        }
        "changePassword" => {
            let query = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { id } }";
            let input = json!({"currentPassword": PASSWORD, "newPassword": "walruses on a velvet sofa"});
            Asked::new(&dana.client, query, json!({"input": input})).writes("user.password_changed", user, user)
        }
        "updateProfile" => {
            let query = "mutation($input: UpdateProfileInput!) { updateProfile(input: $input) { id } }";
            let asked = Asked::new(&dana.client, query, json!({"input": {"fullName": "Dana K. Scully"}}));
            asked.writes("user.updated", user, user)
        }
        _ => return None,
    })
}

async fn of_users(world: &World, mutation: &str) -> Option<Asked> {
    let (admin, by) = (&world.admin.id, &world.admin.client);
    let (dana, fox) = (world.user(Counselor).await.id, world.user(Manager).await.id);
    Some(match mutation {
        "createUser" => {
            let query = "mutation($input: CreateUserInput!) { createUser(input: $input) { id } }";
            let email = format!("{}@example.com", uuid::Uuid::new_v4().simple());
            let role = role(world, "viewer").await;
            let input = json!({"email": email, "fullName": "Walter", "roleId": role, "password": PASSWORD});
            Asked::new(by, query, json!({"input": input})).writes("user.created", admin, "/createUser/id")
        }
        "updateUser" => {
            let query = "mutation($input: UpdateUserInput!) { updateUser(input: $input) { id } }";
            let input = json!({"id": dana, "expectedVersion": 1, "fullName": "Dana K. Scully"});
            Asked::new(by, query, json!({"input": input})).writes("user.updated", admin, &dana)
        }
        "setUserActive" => {
            let query = "mutation($input: SetUserActiveInput!) { setUserActive(input: $input) { id } }";
            let asked = Asked::new(by, query, json!({"input": {"id": dana, "isActive": false}}));
            asked.writes("user.deactivated", admin, &dana)
        }
        "deleteUser" => {
            let asked = Asked::new(by, "mutation($id: ID!) { deleteUser(id: $id) { id } }", json!({"id": dana}));
            asked.writes("user.deleted", admin, &dana)
        }
        "updateUsers" => {
            let query = "mutation($input: UpdateUsersInput!) { updateUsers(input: $input) { users { id } } }";
            let asked = Asked::new(by, query, json!({"input": {"ids": [dana, fox], "action": "DEACTIVATE"}}));
            asked.writes("user.deactivated", admin, &dana).writes("user.deactivated", admin, &fox)
        }
        _ => return None,
    })
}

pub(super) const INVITE: &str = "mutation($input: InviteUserInput!) { inviteUser(input: $input) { link user { id } } }";

/// Invites somebody, and returns the token of the link and the user's id.
pub(super) async fn invited(world: &World) -> (String, String) {
    let data = world.ok(&world.admin.client, INVITE, invitation(world).await).await;
    let link = data["inviteUser"]["link"].as_str().unwrap();
    (link.split_once("token=").unwrap().1.to_owned(), id_at("/inviteUser/user/id", &data))
}

async fn invitation(world: &World) -> Value {
    let email = format!("{}@example.com", uuid::Uuid::new_v4().simple());
    json!({"input": {"email": email, "fullName": "Walter Skinner", "roleId": role(world, "viewer").await}})
}

async fn of_invitations(world: &World, mutation: &str) -> Option<Asked> {
    let (admin, by) = (&world.admin.id, &world.admin.client);
    Some(match mutation {
        "inviteUser" => {
            Asked::new(by, INVITE, invitation(world).await).writes("user.invited", admin, "/inviteUser/user/id")
        }
        "acceptInvitation" => {
            let (token, user) = invited(world).await;
            let query = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { accessToken refreshToken } }";
            let input = json!({"token": token, "password": PASSWORD});
            Asked::new(&world.app.anonymous(), query, json!({"input": input}))
                .writes("user.invitation_accepted", &user, &user)
                .writes("session.started", &user, "/acceptInvitation/accessToken")
        }
        "impersonateUser" => {
            let dana = world.user(Viewer).await.id;
            let query = "mutation($input: ImpersonateUserInput!) { impersonateUser(input: $input) { accessToken } }";
            let asked = Asked::new(by, query, json!({"input": {"userId": dana, "reason": "a call"}}));
            asked.writes("user.impersonated", admin, &dana)
        }
        _ => return None,
    })
}

pub(super) const CREATE_ROLE: &str = "mutation($input: CreateRoleInput!) { createRole(input: $input) { id name } }";

async fn of_roles(world: &World, mutation: &str) -> Option<Asked> {
    let (admin, by) = (&world.admin.id, &world.admin.client);
    let input = json!({"input": {"name": uuid::Uuid::new_v4(), "permissions": ["CUSTOMERS_READ"]}});
    if mutation == "createRole" {
        return Some(Asked::new(by, CREATE_ROLE, input).writes("role.created", admin, "/createRole/id"));
    }
    let role = id_at("/createRole/id", &world.ok(by, CREATE_ROLE, input).await);
    Some(match mutation {
        "updateRole" => {
            let query = "mutation($input: UpdateRoleInput!) { updateRole(input: $input) { id } }";
            let input = json!({"id": role, "expectedVersion": 1, "permissions": ["COMPANIES_READ"]});
            Asked::new(by, query, json!({"input": input})).writes("role.updated", admin, &role)
        }
        "deleteRole" => {
            let asked = Asked::new(by, "mutation($id: ID!) { deleteRole(id: $id) { id } }", json!({"id": role}));
            asked.writes("role.deleted", admin, &role)
        }
        _ => return None,
    })
}

pub(super) const CREATE_KEY: &str =
    "mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret apiKey { id } } }";

async fn of_api_keys(world: &World, mutation: &str) -> Option<Asked> {
    let (admin, by) = (&world.admin.id, &world.admin.client);
    let input = json!({"input": {"name": "Nightly import", "scopes": ["CUSTOMERS_READ"]}});
    if mutation == "createApiKey" {
        return Some(Asked::new(by, CREATE_KEY, input).writes("api_key.created", admin, "/createApiKey/apiKey/id"));
    }
    let key = id_at("/createApiKey/apiKey/id", &world.ok(by, CREATE_KEY, input).await);
    let asked = Asked::new(by, "mutation($id: ID!) { revokeApiKey(id: $id) { id } }", json!({"id": key}));
    Some(asked.writes("api_key.revoked", admin, &key))
}

async fn of_files(world: &World, mutation: &str) -> Option<Asked> {
    let (admin, by) = (&world.admin.id, &world.admin.client);
    let file = crate::files::upload(&world.app, by, "KNOWLEDGE_DOCUMENT", "plan.txt", "The plan.").await;
    let id = file["id"].as_str().unwrap();
    if mutation == "deleteFile" {
        let asked = Asked::new(by, "mutation($id: ID!) { deleteFile(id: $id) { id } }", json!({"id": id}));
        return Some(asked.writes("file.deleted", admin, id));
    }
    let query = "mutation($id: ID!) { createDownloadLink(input: {fileId: $id}) { link { id } } }";
    if mutation == "createDownloadLink" {
        let asked = Asked::new(by, query, json!({"id": id}));
        return Some(asked.writes("download_link.created", admin, "/createDownloadLink/link/id"));
    }
    let link = id_at("/createDownloadLink/link/id", &world.ok(by, query, json!({"id": id})).await);
    let asked = Asked::new(by, "mutation($id: ID!) { revokeDownloadLink(id: $id) { id } }", json!({"id": link}));
    Some(asked.writes("download_link.revoked", admin, link))
}

async fn of_knowledge(world: &World, mutation: &str) -> Option<Asked> {
    let (admin, by) = (&world.admin.id, &world.admin.client);
    let query = "mutation($input: AddKnowledgeDocumentInput!) { addKnowledgeDocument(input: $input) { id } }";
    let title = uuid::Uuid::new_v4().simple().to_string();
    let content = format!("It is so in {title}.");
    let input = json!({"input": {"base": "audited", "title": title, "content": content, "format": "TEXT"}});
    if mutation == "addKnowledgeDocument" {
        let asked = Asked::new(by, query, input);
        return Some(asked.writes("knowledge_document.added", admin, "/addKnowledgeDocument/id"));
    }
    let id = id_at("/addKnowledgeDocument/id", &world.ok(by, query, input).await);
    let query = "mutation($id: ID!) { deleteKnowledgeDocument(id: $id) { id } }";
    Some(Asked::new(by, query, json!({"id": id})).writes("knowledge_document.deleted", admin, &id))
}

pub(super) const CANCEL: &str = "mutation($id: ID!) { cancelJob(id: $id) { id } }";

async fn of_jobs(world: &World, mutation: &str) -> Option<Asked> {
    let (admin, by) = (&world.admin.id, &world.admin.client);
    let query = "mutation { onboardCompany(input: {companyName: \"Fernhollow CRM\"}) { id } }";
    if mutation == "onboardCompany" {
        return Some(Asked::new(by, query, json!({})).writes("job.created", admin, "/onboardCompany/id"));
    }
    let job = id_at("/onboardCompany/id", &world.ok(by, query, json!({})).await);
    if mutation == "cancelJob" {
        return Some(Asked::new(by, CANCEL, json!({"id": job})).writes("job.cancelled", admin, &job));
    }
    world.ok(by, CANCEL, json!({"id": job})).await;
    let asked = Asked::new(by, "mutation($id: ID!) { retryJob(id: $id) { id } }", json!({"id": job}));
    Some(asked.writes("job.retried", admin, &job))
}

async fn of_chat(world: &World, mutation: &str) -> Option<Asked> {
    let (admin, by) = (&world.admin.id, &world.admin.client);
    let create = "mutation { createChatSession(input: {}) { session { id } } }";
    if mutation == "createChatSession" {
        let asked = Asked::new(by, create, json!({}));
        return Some(asked.writes("chat_session.created", admin, "/createChatSession/session/id"));
    }
    let session = id_at("/createChatSession/session/id", &world.ok(by, create, json!({})).await);
    let send =
        "mutation($input: SendChatMessageInput!) { sendChatMessage(input: $input) { reply { id } message { id } } }";
    let said = json!({"input": {"sessionId": session, "text": "Is leverage a good idea?"}});
    match mutation {
        "deleteChatSession" => {
            let query = "mutation($id: ID!) { deleteChatSession(id: $id) { id } }";
            let asked = Asked::new(by, query, json!({"id": session}));
            return Some(asked.writes("chat_session.deleted", admin, &session));
        }
        "sendChatMessage" => {
            let asked = Asked::new(by, send, said);
            return Some(asked.writes("chat_message.sent", admin, "/sendChatMessage/message/id"));
        }
        _ => {}
    }
    let reply = id_at("/sendChatMessage/reply/id", &world.ok(by, send, said).await);
    let stop = "mutation($id: ID!) { stopChatReply(id: $id) { id } }";
    if mutation == "stopChatReply" {
        return Some(Asked::new(by, stop, json!({"id": reply})).writes("chat_message.stopped", admin, &reply));
    }
    world.ok(by, stop, json!({"id": reply})).await;
    let query = "mutation($id: ID!) { regenerateChatReply(id: $id) { id } }";
    Some(Asked::new(by, query, json!({"id": reply})).writes("chat_message.regenerated", admin, &reply))
}

async fn of_handover(world: &World, mutation: &str) -> Option<Asked> {
    let (dana, admin) = (world.user(Counselor).await, &world.admin);
    let create = "mutation { createChatSession(input: {}) { session { id } } }";
    let session = id_at("/createChatSession/session/id", &world.ok(&dana.client, create, json!({})).await);
    let query = |name: &str| format!("mutation($id: ID!) {{ {name}(id: $id) {{ id }} }}");
    let id = json!({"id": session});
    Some(match mutation {
        "requestChatHandover" => {
            let asked = Asked::new(&dana.client, query(mutation), id);
            asked.writes("chat_session.handover_requested", &dana.id, &session)
        }
        "withdrawChatHandover" => {
            world.ok(&dana.client, &query("requestChatHandover"), id.clone()).await;
            let asked = Asked::new(&dana.client, query(mutation), id);
            asked.writes("chat_session.handover_withdrawn", &dana.id, &session)
        }
        "takeOverChatSession" => {
            Asked::new(&admin.client, query(mutation), id).writes("chat_session.taken_over", &admin.id, &session)
        }
        "assignChatSession" => {
            let query = "mutation($input: AssignChatSessionInput!) { assignChatSession(input: $input) { id } }";
            let input = json!({"input": {"id": session, "userId": admin.id}});
            Asked::new(&admin.client, query, input).writes("chat_session.assigned", &admin.id, &session)
        }
        _ => {
            world.ok(&admin.client, &query("takeOverChatSession"), id.clone()).await;
            Asked::new(&admin.client, query(mutation), id).writes("chat_session.returned", &admin.id, &session)
        }
    })
}

/// A mail that is held where no mail server is set up can be sent by a server that has one.
async fn of_the_outbox(world: &World) -> Asked {
    let app = &world.app.app;
    let new = NewMail {
        idempotency_key: uuid::Uuid::new_v4().to_string(),
        kind: MailKind::NewLead,
        to: Mailbox::unnamed("sales@example.com"),
        reply_to: None,
        content: RenderedMail { subject: "A lead".to_owned(), text: "Li".to_owned(), html: "<p>Li</p>".to_owned() },
        about: None,
    };
    let mut tx = app.db.begin().await.unwrap();
    let mail = queue(&mut tx, app, new).await.unwrap().to_string();
    tx.commit().await.unwrap();
    let with_mail = TestApp::builder().quiet().set("SMTP_HOST", "127.0.0.1").set("SMTP_FROM", "a@example.com");
    let server = with_mail.on(&world.app.db).start().await;
    let by = world.admin.client.at(server.address);
    let query = "mutation($ids: [ID!]!) { sendMails(ids: $ids) { mails { id } } }";
    world.others.lock().unwrap().push(server);
    Asked::new(&by, query, json!({"ids": [mail]})).writes("mail.queued", &world.admin.id, &mail)
}

async fn of_the_schedule(world: &World) -> Asked {
    let (admin, by) = (&world.admin.id, &world.admin.client);
    let tasks = world.ok(by, "{ scheduledTasks { id } }", json!({})).await;
    let query = "mutation($id: ID!) { runScheduledTask(id: $id) { id } }";
    let asked = Asked::new(by, query, json!({"id": tasks["scheduledTasks"][0]["id"]}));
    asked.writes("job.created", admin, "/runScheduledTask/id")
}

async fn of_settings(world: &World) -> Asked {
    let (admin, by) = (&world.admin.id, &world.admin.client);
    let settings = world.ok(by, "{ settings { id version } }", json!({})).await["settings"].take();
    let query = "mutation($input: UpdateSettingsInput!) { updateSettings(input: $input) { id } }";
    let name = uuid::Uuid::new_v4().simple().to_string();
    let asked = Asked::new(by, query, json!({"input": {"expectedVersion": settings["version"], "businessName": name}}));
    asked.writes("settings.updated", admin, settings["id"].as_str().unwrap())
}

async fn of_customers(world: &World, mutation: &str) -> Option<Asked> {
    let (admin, by) = (&world.admin.id, &world.admin.client);
    let mut company = world.app.company("Ironvale Instruments");
    company.name_key = company.id.to_string();
    let customer = world.app.customer(Some(&company), "Bluefen Energy");
    world.app.insert([company.clone()]).await;
    world.app.insert([customer.clone()]).await;
    if mutation == "monitorCustomers" {
        let query = "mutation($id: ID!) { monitorCustomers(input: {companyId: $id}) { id } }";
        let asked = Asked::new(by, query, json!({"id": company.id}));
        return Some(asked.writes("job.created", admin, "/monitorCustomers/id"));
    }
    let query = "mutation($input: UpdateCustomerInput!) { updateCustomer(input: $input) { id } }";
    let input = json!({"id": customer.id, "expectedVersion": 1, "accountManagerId": admin});
    Some(Asked::new(by, query, json!({"input": input})).writes("customer.updated", admin, customer.id.to_string()))
}
