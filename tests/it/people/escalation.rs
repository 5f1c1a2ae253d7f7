//! Nobody gives what they lack, and nobody steers who has more.

use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{PASSWORD, Person, by_id, custom_role, done, failed, own_id, refused, system, version};
use crate::support::{Client, TestApp};

/// Everything that is about people, and nothing else.
const STAFF: [&str; 6] =
    ["users:read", "users:manage", "users:impersonate", "roles:manage", "api_keys:manage", "api_keys:manage_all"];

struct World {
    app: TestApp,
    admin: Client,
    /// Has everything that is about people.
    staff: Person,
    /// A role with a right that `staff` lacks, and one without.
    mighty_role: String,
    humble_role: String,
}

async fn world() -> World {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let staff = Person::with(&app, &admin, "Staff", &STAFF).await;
    let mighty_role = custom_role(&admin, "Reader", &["users:read", "customers:read"]).await;
    let humble_role = custom_role(&admin, "Humble", &["users:read"]).await;
    World { app, admin, staff, mighty_role, humble_role }
}

impl World {
    /// The roles that `staff` may not give: each gives something they lack.
    fn mightier(&self) -> Vec<String> {
        let system = SystemRole::all().map(system);
        system.chain([self.mighty_role.clone()]).collect()
    }

    async fn user(&self, id: &str) -> Value {
        let query = "query($id: ID!) { user(id: $id) { fullName status version role { id } } }";
        self.admin.ok(query, json!({"id": id})).await
    }
}

#[tokio::test]
async fn nobody_makes_or_invites_users_with_a_role_of_more_rights() {
    let world = world().await;
    let staff = &world.staff.client;
    for role in world.mightier() {
        let invited = json!({"email": "new@example.com", "fullName": "New", "roleId": role});
        assert_eq!(refused(staff, "inviteUser", invited.clone()).await, "FORBIDDEN");
        let mut created = invited;
        created["password"] = json!(PASSWORD);
        assert_eq!(refused(staff, "createUser", created).await, "FORBIDDEN");
    }
    let all = world.admin.ok("{ users { totalCount } }", json!({})).await;
    assert_eq!(all["users"]["totalCount"], 2);
    Person::of(&world.app, staff, "Humble", &world.humble_role).await;
}

#[tokio::test]
async fn nobody_promotes_themselves_or_others_to_a_role_of_more_rights() {
    let world = world().await;
    let staff = &world.staff;
    let humble = Person::of(&world.app, &world.admin, "Humble", &world.humble_role).await;
    for role in world.mightier() {
        for id in [&staff.id, &humble.id] {
            let change = json!({"id": id, "expectedVersion": 1, "roleId": role});
            let error = failed(&staff.client, "updateUser", change).await;
            assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{error:#}");
            assert!(!STAFF.contains(&error["extensions"]["permission"].as_str().unwrap()), "{error:#}");
        }
    }
    assert_eq!(world.user(&humble.id).await["user"]["role"]["id"], world.humble_role);
}

#[tokio::test]
async fn an_invitation_that_is_open_is_no_way_to_more_rights() {
    let world = world().await;
    let invited = |role: &str| json!({"email": "new@example.com", "fullName": "New", "roleId": role});
    // Re-inviting would also hand the link to somebody who then has the rights of the role.
    done(&world.admin, "inviteUser", invited(&world.mighty_role), "link").await;
    for role in [&world.mighty_role, &world.humble_role] {
        assert_eq!(refused(&world.staff.client, "inviteUser", invited(role)).await, "FORBIDDEN");
    }
}

#[tokio::test]
async fn nobody_changes_ends_or_becomes_a_user_of_more_rights() {
    let world = world().await;
    let staff = &world.staff.client;
    let mighty = Person::of(&world.app, &world.admin, "Mighty", &world.mighty_role).await;
    for id in [mighty.id.clone(), own_id(&world.admin).await] {
        let before = world.user(&id).await;
        let version = version(&world.admin, &id).await;
        for change in
            [json!({"fullName": "X"}), json!({"email": "x@example.com"}), json!({"roleId": world.humble_role})]
        {
            let mut input = json!({"id": id, "expectedVersion": version});
            input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            assert_eq!(refused(staff, "updateUser", input).await, "FORBIDDEN");
        }
        for is_active in [true, false] {
            assert_eq!(refused(staff, "setUserActive", json!({"id": id, "isActive": is_active})).await, "FORBIDDEN");
        }
        assert_eq!(staff.code(&by_id("deleteUser"), json!({"id": id})).await, "FORBIDDEN");
        assert_eq!(refused(staff, "impersonateUser", json!({"userId": id})).await, "FORBIDDEN");
        assert_eq!(world.user(&id).await, before);
    }
}

#[tokio::test]
async fn nobody_makes_roles_or_keys_with_more_rights_than_they_have() {
    let world = world().await;
    let staff = &world.staff.client;
    let role = json!({"name": "Mine", "permissions": ["USERS_READ", "AUDIT_READ"]});
    assert_eq!(failed(staff, "createRole", role).await["extensions"]["permission"], "audit:read");
    let grown = json!({"id": world.humble_role, "expectedVersion": 1, "permissions": ["USERS_READ", "JOBS_READ_ALL"]});
    assert_eq!(failed(staff, "updateRole", grown).await["extensions"]["permission"], "jobs:read_all");
    let key = json!({"name": "Mine", "scopes": ["USERS_READ", "CUSTOMERS_READ"]});
    assert_eq!(failed(staff, "createApiKey", key).await["extensions"]["permission"], "customers:read");
}

#[tokio::test]
async fn nobody_changes_or_deletes_roles_of_more_rights() {
    let world = world().await;
    let staff = &world.staff.client;
    for change in [json!({"name": "Mine"}), json!({"permissions": ["USERS_READ"]}), json!({"permissions": []})] {
        let mut input = json!({"id": world.mighty_role, "expectedVersion": 1});
        input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(refused(staff, "updateRole", input).await, "FORBIDDEN");
    }
    assert_eq!(staff.code(&by_id("deleteRole"), json!({"id": world.mighty_role})).await, "FORBIDDEN");
    staff.ok(&by_id("deleteRole"), json!({"id": world.humble_role})).await;
}

#[tokio::test]
async fn ones_own_role_does_not_grow_by_ones_own_hand() {
    let world = world().await;
    let roles = world.admin.ok("{ roles { id name version } }", json!({})).await;
    let own = roles["roles"].as_array().unwrap().iter().find(|role| role["name"] == "Staff").unwrap().clone();
    let all = json!({"id": own["id"], "expectedVersion": own["version"], "permissions": crate::support::spelled(&super::all_permissions())});
    assert_eq!(refused(&world.staff.client, "updateRole", all).await, "FORBIDDEN");
}

#[tokio::test]
async fn a_key_gives_no_more_than_its_scopes_to_whom_it_makes() {
    let world = world().await;
    // The administrator's key may manage users, and nothing else.
    let input = json!({"name": "Directory", "scopes": ["USERS_READ", "USERS_MANAGE", "ROLES_MANAGE"]});
    let secret = done(&world.admin, "createApiKey", input, "secret").await["secret"].clone();
    let key = world.app.anonymous().with_token(secret.as_str().unwrap());
    for role in world.mightier() {
        let created = json!({"email": "new@example.com", "fullName": "New", "roleId": role, "password": PASSWORD});
        assert_eq!(refused(&key, "createUser", created).await, "FORBIDDEN");
    }
    assert_eq!(refused(&key, "createRole", json!({"name": "X", "permissions": ["AUDIT_READ"]})).await, "FORBIDDEN");
    let owner = own_id(&world.admin).await;
    assert_eq!(refused(&key, "setUserActive", json!({"id": owner, "isActive": false})).await, "FORBIDDEN");
    let created =
        json!({"email": "new@example.com", "fullName": "New", "roleId": world.humble_role, "password": PASSWORD});
    done(&key, "createUser", created, "id").await;
}

#[tokio::test]
async fn who_may_manage_users_and_not_read_them_sees_nobody() {
    let world = world().await;
    let blind = Person::with(&world.app, &world.admin, "Blind", &["users:manage"]).await;
    assert_eq!(blind.client.code("{ users { totalCount } }", json!({})).await, "FORBIDDEN");
    assert_eq!(blind.client.code("{ roles { id } }", json!({})).await, "FORBIDDEN");
    let query = "query($id: ID!) { user(id: $id) { id } node(id: $id) { id } }";
    let seen = blind.client.ok(query, json!({"id": own_id(&world.admin).await})).await;
    assert_eq!(seen, json!({"user": null, "node": null}));
}
