//! Each root field of the schema, and how it is asked for without doing harm.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{ADMIN, Client, TestApp};

/// The id of no job.
pub const NO_JOB: &str = "job_00000000000000000000000000000000";
/// The id of no user.
const NO_USER: &str = "usr_00000000000000000000000000000000";
/// The id of no role.
const NO_ROLE: &str = "rol_00000000000000000000000000000000";
/// What the id of nothing has after its prefix.
const NONE: &str = "00000000000000000000000000000000";
/// The id of no API key.
const NO_KEY: &str = "key_00000000000000000000000000000000";
/// The id of no lead.
const NO_LEAD: &str = "lead_00000000000000000000000000000000";
/// The id of no mail.
const NO_MAIL: &str = "mail_00000000000000000000000000000000";
/// The id of no customer.
const NO_CUSTOMER: &str = "cus_00000000000000000000000000000000";
/// The id of no contact of a customer.
const NO_CONTACT: &str = "ccon_00000000000000000000000000000000";
/// The id of no contract term.
const NO_CONTRACT: &str = "ctr_00000000000000000000000000000000";
/// The id of no reason.
const NO_REASON: &str = "rsn_00000000000000000000000000000000";
/// The id of no interaction.
const NO_INTERACTION: &str = "int_00000000000000000000000000000000";
/// The id of no task of a customer.
const NO_TO_DO: &str = "task_00000000000000000000000000000000";
/// The id of no note.
const NO_NOTE: &str = "note_00000000000000000000000000000000";
/// The id of no company.
const NO_COMPANY: &str = "com_00000000000000000000000000000000";
/// The id of no knowledge document.
const NO_DOCUMENT: &str = "kdoc_00000000000000000000000000000000";

/// The id of no scheduled task.
const NO_TASK: &str = "sched_00000000000000000000000000000000";
/// The id of no chat session.
const NO_CHAT: &str = "chat_00000000000000000000000000000000";
/// The id of no chat message.
const NO_MESSAGE: &str = "msg_00000000000000000000000000000000";

/// Every root field, such as `query companies`, in order.
pub async fn root_fields(app: &TestApp) -> Vec<String> {
    let query = "{ __schema { query: queryType { fields { name } } mutation: mutationType { fields { name } } \
                 subscription: subscriptionType { fields { name } } } }";
    let schema = app.anonymous().ok(query, json!({})).await;
    let mut fields = Vec::new();
    for kind in ["query", "mutation", "subscription"] {
        let all = schema["__schema"][kind]["fields"].as_array().unwrap();
        fields.extend(all.iter().map(|field| format!("{kind} {}", field["name"].as_str().unwrap())));
    }
    fields.sort();
    fields
}

/// An operation for each root field that changes nothing when it is allowed: it is about what is not there, or its input is
/// wrong. Signing in and out does what it says; `TOKEN` stands for a refresh token.
pub fn harmless() -> BTreeMap<&'static str, String> {
    let mut all: BTreeMap<_, _> =
        queries().into_iter().chain(sign_in()).chain(administration()).chain(chat()).collect();
    all.extend(customers());
    all.extend(activity());
    let job = |name: &str| format!(r#"mutation {{ {name}(id: "{NO_JOB}") {{ id }} }}"#);
    all.insert("mutation cancelJob", job("cancelJob"));
    all.insert("mutation retryJob", job("retryJob"));
    all.insert(
        "mutation addKnowledgeDocument",
        r#"mutation { addKnowledgeDocument(input: {base: "", title: "", content: "", format: TEXT}) { id } }"#
            .to_owned(),
    );
    let remove = format!(r#"mutation {{ deleteKnowledgeDocument(id: "{NO_DOCUMENT}") {{ id }} }}"#);
    all.insert("mutation deleteKnowledgeDocument", remove);
    all.insert("mutation onboardCompany", r#"mutation { onboardCompany(input: {companyName: ""}) { id } }"#.to_owned());
    let send = format!(r#"mutation {{ sendMails(ids: ["{NO_MAIL}"]) {{ mails {{ id }} }} }}"#);
    all.insert("mutation sendMails", send);
    all.insert(
        "mutation monitorCustomers",
        format!(r#"mutation {{ monitorCustomers(input: {{companyId: "{NO_COMPANY}"}}) {{ id }} }}"#),
    );
    all.insert(
        "mutation updateCustomer",
        format!(r#"mutation {{ updateCustomer(input: {{id: "{NO_CUSTOMER}", expectedVersion: 1}}) {{ id }} }}"#),
    );
    let mark = r#"mutation { markNotifications(input: {ids: [], mark: READ}) { counts { unread } } }"#;
    all.insert("mutation markNotifications", mark.to_owned());
    all.insert("subscription notificationAdded", "subscription { notificationAdded { occurredAt } }".to_owned());
    all.insert("subscription chatHandoverChanged", "subscription { chatHandoverChanged { occurredAt } }".to_owned());
    all.insert("subscription signalDetected", "subscription { signalDetected { occurredAt } }".to_owned());
    all.insert(
        "subscription jobProgress",
        format!(r#"subscription {{ jobProgress(jobId: "{NO_JOB}") {{ occurredAt }} }}"#),
    );
    all.insert("mutation runScheduledTask", format!(r#"mutation {{ runScheduledTask(id: "{NO_TASK}") {{ id }} }}"#));
    all.insert(
        "mutation updateSettings",
        "mutation { updateSettings(input: {expectedVersion: 0}) { version } }".to_owned(),
    );
    all
}

fn queries() -> Vec<(&'static str, String)> {
    vec![
        ("query apiKey", format!(r#"{{ apiKey(id: "{NO_KEY}") {{ id }} }}"#)),
        ("query file", format!(r#"{{ file(id: "file_{NONE}") {{ id }} }}"#)),
        ("query files", "{ files { totalCount } }".to_owned()),
        ("query downloadLink", format!(r#"{{ downloadLink(id: "dlink_{NONE}") {{ id }} }}"#)),
        ("query apiKeys", "{ apiKeys { totalCount } }".to_owned()),
        ("query auditEntry", r#"{ auditEntry(id: "aud_00000000000000000000000000000000") { id } }"#.to_owned()),
        ("query auditLog", "{ auditLog(first: 1) { nodes { id } } }".to_owned()),
        ("query companies", "{ companies { totalCount } }".to_owned()),
        ("query company", format!(r#"{{ company(id: "{NO_COMPANY}") {{ id }} }}"#)),
        ("query customer", format!(r#"{{ customer(id: "{NO_CUSTOMER}") {{ id }} }}"#)),
        ("query customers", "{ customers { nodes { id } } }".to_owned()),
        (
            "query extractionDisagreement",
            r#"{ extractionDisagreement(id: "xdis_00000000000000000000000000000000") { id } }"#.to_owned(),
        ),
        ("query fact", r#"{ fact(id: "fact_00000000000000000000000000000000") { id } }"#.to_owned()),
        ("query health", "{ health { status } }".to_owned()),
        ("query eventsCursor", "{ eventsCursor }".to_owned()),
        ("query eventTypes", "{ eventTypes { name } }".to_owned()),
        ("query serverInfo", "{ serverInfo { version } }".to_owned()),
        ("query signal", r#"{ signal(id: "sig_00000000000000000000000000000000") { id } }"#.to_owned()),
        ("query signalReport", r#"{ signalReport(id: "srep_00000000000000000000000000000000") { id } }"#.to_owned()),
        ("query signals", "{ signals { totalCount } }".to_owned()),
        ("query job", format!(r#"{{ job(id: "{NO_JOB}") {{ id }} }}"#)),
        ("query jobs", "{ jobs { totalCount } }".to_owned()),
        ("query knowledgeDocument", format!(r#"{{ knowledgeDocument(id: "{NO_DOCUMENT}") {{ id }} }}"#)),
        (
            "query knowledgePassage",
            r#"{ knowledgePassage(id: "kpas_00000000000000000000000000000000") { id } }"#.to_owned(),
        ),
        ("query knowledgeDocuments", "{ knowledgeDocuments { totalCount } }".to_owned()),
        ("query searchKnowledge", r#"{ searchKnowledge(base: "none", query: "any") { isDegraded } }"#.to_owned()),
        ("query lead", format!(r#"{{ lead(id: "{NO_LEAD}") {{ id }} }}"#)),
        ("query leads", "{ leads { totalCount } }".to_owned()),
        ("query modelMetrics", "{ modelMetrics { since } }".to_owned()),
        ("query node", format!(r#"{{ node(id: "{NO_JOB}") {{ id }} }}"#)),
        ("query nodes", format!(r#"{{ nodes(ids: ["{NO_JOB}"]) {{ id }} }}"#)),
        ("query notification", r#"{ notification(id: "ntf_00000000000000000000000000000000") { id } }"#.to_owned()),
        ("query notifications", "{ notifications { totalCount } }".to_owned()),
        ("query notificationCounts", "{ notificationCounts { unread } }".to_owned()),
        ("query outbox", "{ outbox { totalCount } }".to_owned()),
        ("query outboxMail", format!(r#"{{ outboxMail(id: "{NO_MAIL}") {{ id }} }}"#)),
        ("query permissions", "{ permissions { name } }".to_owned()),
        ("query role", r#"{ role(id: "rol_00000000000000000000000000000000") { id } }"#.to_owned()),
        ("query roles", "{ roles { id } }".to_owned()),
        ("query scheduledTasks", "{ scheduledTasks { id } }".to_owned()),
        ("query scheduledTask", format!(r#"{{ scheduledTask(id: "{NO_TASK}") {{ id }} }}"#)),
        ("query settings", "{ settings { version } }".to_owned()),
        ("query user", format!(r#"{{ user(id: "{NO_USER}") {{ id }} }}"#)),
        ("query users", "{ users { totalCount } }".to_owned()),
        ("query viewer", "{ viewer { credential } }".to_owned()),
    ]
}

fn customers() -> Vec<(&'static str, String)> {
    let contact = format!(r#"id: "{NO_CONTACT}", expectedVersion: 1"#);
    let contract = format!(r#"id: "{NO_CONTRACT}", expectedVersion: 1"#);
    let details = format!(r#"customerId: "{NO_CUSTOMER}", details: {{name: "Li"}}"#);
    let terms = format!(r#"customerId: "{NO_CUSTOMER}", terms: {{startsOn: "2026-01-01"}}"#);
    let churn = format!(r#"id: "{NO_CUSTOMER}", reasonId: "{NO_REASON}", kind: VOLUNTARY, effectiveOn: "2026-01-01""#);
    let id = format!(r#"id: "{NO_CUSTOMER}""#);
    vec![
        ("query accountManagers", "{ accountManagers { customerCount } }".to_owned()),
        ("query churnReasons", "{ churnReasons { id } }".to_owned()),
        ("query contract", format!(r#"{{ contract(id: "{NO_CONTRACT}") {{ id }} }}"#)),
        ("query customerContact", format!(r#"{{ customerContact(id: "{NO_CONTACT}") {{ id }} }}"#)),
        ("query customerIndustries", "{ customerIndustries { name } }".to_owned()),
        ("query lostReasons", "{ lostReasons { id } }".to_owned()),
        ("query reason", format!(r#"{{ reason(id: "{NO_REASON}") {{ id }} }}"#)),
        ("mutation addContract", format!("mutation {{ addContract(input: {{{terms}}}) {{ id }} }}")),
        ("mutation addCustomerContact", format!("mutation {{ addCustomerContact(input: {{{details}}}) {{ id }} }}")),
        ("mutation churnCustomer", format!("mutation {{ churnCustomer(input: {{{churn}}}) {{ id }} }}")),
        ("mutation createCustomer", r#"mutation { createCustomer(input: {name: ""}) { id } }"#.to_owned()),
        ("mutation deleteCustomer", format!("mutation {{ deleteCustomer({id}) {{ id }} }}")),
        (
            "mutation deleteCustomerContact",
            format!(r#"mutation {{ deleteCustomerContact(id: "{NO_CONTACT}") {{ id }} }}"#),
        ),
        ("mutation reactivateCustomer", format!("mutation {{ reactivateCustomer(input: {{{id}}}) {{ id }} }}")),
        ("mutation saveReason", r#"mutation { saveReason(input: {name: ""}) { id } }"#.to_owned()),
        (
            "mutation setReasonActive",
            format!(r#"mutation {{ setReasonActive(input: {{id: "{NO_REASON}", isActive: true}}) {{ id }} }}"#),
        ),
        ("mutation undoCustomerChurn", format!("mutation {{ undoCustomerChurn({id}) {{ id }} }}")),
        ("mutation updateContract", format!("mutation {{ updateContract(input: {{{contract}}}) {{ id }} }}")),
        (
            "mutation updateCustomerContact",
            format!("mutation {{ updateCustomerContact(input: {{{contact}}}) {{ id }} }}"),
        ),
    ]
}

fn activity() -> Vec<(&'static str, String)> {
    let subject = format!(r#"subjectId: "{NO_CUSTOMER}""#);
    let changes = |id: &str| format!(r#"id: "{id}", expectedVersion: 1"#);
    let (interaction, task, note) = (changes(NO_INTERACTION), changes(NO_TO_DO), changes(NO_NOTE));
    vec![
        ("query interaction", format!(r#"{{ interaction(id: "{NO_INTERACTION}") {{ id }} }}"#)),
        ("query interactions", "{ interactions { totalCount } }".to_owned()),
        ("query interactionSummary", "{ interactionSummary { byKind { count } } }".to_owned()),
        ("query note", format!(r#"{{ note(id: "{NO_NOTE}") {{ id }} }}"#)),
        ("query pendingFollowUps", "{ pendingFollowUps { totalCount } }".to_owned()),
        ("query task", format!(r#"{{ task(id: "{NO_TO_DO}") {{ id }} }}"#)),
        ("query tasks", "{ tasks { totalCount } }".to_owned()),
        ("query timelineEntry", r#"{ timelineEntry(id: "tle_00000000000000000000000000000000") { id } }"#.to_owned()),
        (
            "mutation logInteraction",
            format!(r#"mutation {{ logInteraction(input: {{{subject}, kind: CALL, summary: "Hello"}}) {{ id }} }}"#),
        ),
        ("mutation updateInteraction", format!("mutation {{ updateInteraction(input: {{{interaction}}}) {{ id }} }}")),
        ("mutation deleteInteraction", format!(r#"mutation {{ deleteInteraction(id: "{NO_INTERACTION}") {{ id }} }}"#)),
        ("mutation createTask", format!(r#"mutation {{ createTask(input: {{{subject}, title: "Call"}}) {{ id }} }}"#)),
        ("mutation updateTask", format!("mutation {{ updateTask(input: {{{task}}}) {{ id }} }}")),
        ("mutation deleteTask", format!(r#"mutation {{ deleteTask(id: "{NO_TO_DO}") {{ id }} }}"#)),
        ("mutation addNote", format!(r#"mutation {{ addNote(input: {{{subject}, text: "Hello"}}) {{ id }} }}"#)),
        ("mutation updateNote", format!("mutation {{ updateNote(input: {{{note}}}) {{ id }} }}")),
        ("mutation deleteNote", format!(r#"mutation {{ deleteNote(id: "{NO_NOTE}") {{ id }} }}"#)),
    ]
}

fn chat() -> Vec<(&'static str, String)> {
    vec![
        ("query chatSession", format!(r#"{{ chatSession(id: "{NO_CHAT}") {{ id }} }}"#)),
        ("query chatMessage", format!(r#"{{ chatMessage(id: "{NO_MESSAGE}") {{ id }} }}"#)),
        ("query chatSessions", "{ chatSessions { totalCount } }".to_owned()),
        ("query greeting", "{ greeting }".to_owned()),
        ("query personas", "{ personas { key } }".to_owned()),
        (
            "mutation createChatSession",
            r#"mutation { createChatSession(input: {persona: "nobody"}) { expiresAt } }"#.to_owned(),
        ),
        ("mutation deleteChatSession", format!(r#"mutation {{ deleteChatSession(id: "{NO_CHAT}") {{ id }} }}"#)),
        (
            "mutation sendChatMessage",
            format!(
                r#"mutation {{ sendChatMessage(input: {{sessionId: "{NO_CHAT}", text: "Hello"}}) {{ reply {{ id }} }} }}"#
            ),
        ),
        ("mutation requestChatHandover", format!(r#"mutation {{ requestChatHandover(id: "{NO_CHAT}") {{ id }} }}"#)),
        ("mutation withdrawChatHandover", format!(r#"mutation {{ withdrawChatHandover(id: "{NO_CHAT}") {{ id }} }}"#)),
        ("mutation takeOverChatSession", format!(r#"mutation {{ takeOverChatSession(id: "{NO_CHAT}") {{ id }} }}"#)),
        ("mutation returnChatSession", format!(r#"mutation {{ returnChatSession(id: "{NO_CHAT}") {{ id }} }}"#)),
        (
            "mutation assignChatSession",
            format!(r#"mutation {{ assignChatSession(input: {{id: "{NO_CHAT}", userId: "{NO_USER}"}}) {{ id }} }}"#),
        ),
        ("mutation stopChatReply", format!(r#"mutation {{ stopChatReply(id: "{NO_MESSAGE}") {{ id }} }}"#)),
        ("mutation regenerateChatReply", format!(r#"mutation {{ regenerateChatReply(id: "{NO_MESSAGE}") {{ id }} }}"#)),
        ("subscription chatReply", format!(r#"subscription {{ chatReply(sessionId: "{NO_CHAT}") {{ occurredAt }} }}"#)),
    ]
}

fn sign_in() -> Vec<(&'static str, String)> {
    let (email, password) = ADMIN;
    vec![
        (
            "mutation login",
            format!(r#"mutation {{ login(input: {{email: "{email}", password: "{password}"}}) {{ expiresAt }} }}"#),
        ),
        (
            "mutation refreshToken",
            r#"mutation { refreshToken(input: {refreshToken: "TOKEN"}) { expiresAt } }"#.to_owned(),
        ),
        (
            "mutation acceptInvitation",
            r#"mutation { acceptInvitation(input: {token: "none", password: "none"}) { expiresAt } }"#.to_owned(),
        ),
        ("mutation logout", "mutation { logout { sessionsEnded } }".to_owned()),
        ("mutation logoutEverywhere", "mutation { logoutEverywhere { sessionsEnded } }".to_owned()),
        ("mutation updateProfile", r#"mutation { updateProfile(input: {fullName: ""}) { id } }"#.to_owned()),
        (
            "mutation changePassword",
            r#"mutation { changePassword(input: {currentPassword: "a", newPassword: "b"}) { id } }"#.to_owned(),
        ),
    ]
}

fn administration() -> Vec<(&'static str, String)> {
    let user = format!(r#"email: "", fullName: "", roleId: "{NO_ROLE}""#);
    vec![
        ("mutation createUser", format!(r#"mutation {{ createUser(input: {{{user}, password: ""}}) {{ id }} }}"#)),
        ("mutation inviteUser", format!("mutation {{ inviteUser(input: {{{user}}}) {{ expiresAt }} }}")),
        (
            "mutation updateUser",
            format!(r#"mutation {{ updateUser(input: {{id: "{NO_USER}", expectedVersion: 1}}) {{ id }} }}"#),
        ),
        (
            "mutation setUserActive",
            format!(r#"mutation {{ setUserActive(input: {{id: "{NO_USER}", isActive: true}}) {{ id }} }}"#),
        ),
        ("mutation deleteUser", format!(r#"mutation {{ deleteUser(id: "{NO_USER}") {{ id }} }}"#)),
        (
            "mutation updateUsers",
            format!(
                r#"mutation {{ updateUsers(input: {{ids: ["{NO_USER}"], action: DELETE}}) {{ users {{ id }} }} }}"#
            ),
        ),
        (
            "mutation impersonateUser",
            format!(r#"mutation {{ impersonateUser(input: {{userId: "{NO_USER}"}}) {{ expiresAt }} }}"#),
        ),
        ("mutation createRole", r#"mutation { createRole(input: {name: "", permissions: []}) { id } }"#.to_owned()),
        (
            "mutation updateRole",
            format!(r#"mutation {{ updateRole(input: {{id: "{NO_ROLE}", expectedVersion: 1}}) {{ id }} }}"#),
        ),
        ("mutation deleteRole", format!(r#"mutation {{ deleteRole(id: "{NO_ROLE}") {{ id }} }}"#)),
        ("mutation createApiKey", r#"mutation { createApiKey(input: {name: "", scopes: []}) { secret } }"#.to_owned()),
        ("mutation deleteFile", format!(r#"mutation {{ deleteFile(id: "file_{NONE}") {{ id }} }}"#)),
        (
            "mutation createDownloadLink",
            format!(r#"mutation {{ createDownloadLink(input: {{fileId: "file_{NONE}"}}) {{ url }} }}"#),
        ),
        ("mutation revokeDownloadLink", format!(r#"mutation {{ revokeDownloadLink(id: "dlink_{NONE}") {{ id }} }}"#)),
        ("mutation revokeApiKey", format!(r#"mutation {{ revokeApiKey(id: "{NO_KEY}") {{ id }} }}"#)),
    ]
}

/// The answer to any operation, as a socket gives it.
pub async fn answer(app: &TestApp, client: &Client, operation: &str) -> Value {
    if !operation.starts_with("subscription") {
        return client.send(operation, json!({})).await;
    }
    let mut ws = app.ws(client).await;
    ws.subscribe(operation, json!({})).await;
    let mut message = ws.receive().await.unwrap();
    match message["type"].as_str() {
        Some("error") => json!({"errors": message["payload"]}),
        _ => message["payload"].take(),
    }
}
