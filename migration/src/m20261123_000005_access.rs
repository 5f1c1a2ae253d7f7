//! Roles as rows, what administrators do with users, invitations, API keys, and who external issuers say users are.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{DbBackend, prelude::Uuid},
};

use crate::columns::{belongs_to, col, drop_tables, id, index, sort_text, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The system roles: what `users.role` said, the id of the row, and its name.
const SYSTEM_ROLES: [(&str, u128, &str); 4] = [
    ("ADMIN", 0x0000_0000_0000_7000_8000_0000_0000_0001, "admin"),
    ("MANAGER", 0x0000_0000_0000_7000_8000_0000_0000_0002, "manager"),
    ("COUNSELOR", 0x0000_0000_0000_7000_8000_0000_0000_0003, "counselor"),
    ("VIEWER", 0x0000_0000_0000_7000_8000_0000_0000_0004, "viewer"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_roles(manager).await?;
        change_users(manager).await?;
        change_sessions(manager).await?;
        create_invitations(manager).await?;
        create_api_keys(manager).await?;
        create_external_identities(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["external_identities", "api_key_secrets", "api_keys", "invitations"]).await?;
        restore_sessions_and_users(manager).await?;
        drop_tables(manager, &["roles"]).await
    }
}

async fn create_roles(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let roles = Table::create()
        .table(Alias::new("roles"))
        .col(id())
        .col(sort_text("name", manager.get_database_backend()))
        .col(col("description").string().not_null().take())
        // The names as a JSON list: they are always read and written together.
        .col(col("permissions").text().not_null().take())
        .col(col("is_system").boolean().not_null().take())
        .col(col("version").integer().not_null().default(1).take())
        .col(time("created_at"))
        .col(time("updated_at"))
        .take();
    manager.create_table(roles).await?;
    manager.create_index(index("roles_name", "roles", &["name"]).unique().take()).await?;
    for (_, id, name) in SYSTEM_ROLES {
        let columns = ["id", "name", "description", "permissions", "is_system", "created_at", "updated_at"];
        let mut insert = Query::insert().into_table(Alias::new("roles")).columns(columns.map(Alias::new)).take();
        // What system roles are and may do is said by the code.
        let (id, now) = (Expr::val(Uuid::from_u128(id)), || Expr::current_timestamp());
        insert.values_panic([id, name.into(), "".into(), "[]".into(), true.into(), now(), now()]);
        manager.execute(insert).await?;
    }
    Ok(())
}

async fn change_users(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let backend = manager.get_database_backend();
    let (_, viewer, _) = SYSTEM_ROLES[3];
    // No foreign key to `roles`: SQLite cannot add one to a table that is there. The service deletes no role in use.
    let role_id = col("role_id").uuid().not_null().default(uuid_literal(backend, viewer)).take();
    let columns = [
        role_id,
        col("status").string().not_null().default("ACTIVE").take(),
        sort_text("name_key", backend).default("").take(),
        col("phone").string().null().take(),
        col("version").integer().not_null().default(1).take(),
        col("email_is_claimed").boolean().not_null().default(false).take(),
        col("deleted_at").timestamp_with_time_zone().null().take(),
    ];
    for column in columns {
        add_column(manager, "users", column).await?;
    }
    for (role, id, _) in SYSTEM_ROLES {
        set(manager, "users", "role_id", Expr::val(Uuid::from_u128(id)), Expr::col("role").eq(role)).await?;
    }
    set(manager, "users", "status", "INACTIVE".into(), Expr::col("is_active").eq(false)).await?;
    fill_name_keys(manager).await?;
    for gone in ["role", "is_active"] {
        drop_column(manager, "users", gone).await?;
    }
    for (name, column) in [
        ("users_role", "role_id"),
        ("users_status", "status"),
        ("users_name", "name_key"),
        ("users_made", "created_at"),
    ] {
        manager.create_index(index(name, "users", &[column, "id"])).await?;
    }
    Ok(())
}

/// The form of names by which users are ordered. Made here, because SQLite knows the lower case of ASCII letters only.
async fn fill_name_keys(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let users = Query::select().columns(["id", "full_name"].map(Alias::new)).from(Alias::new("users")).take();
    for user in manager.get_connection().query_all(&users).await? {
        let (id, name): (Uuid, String) = (user.try_get("", "id")?, user.try_get("", "full_name")?);
        let key = name.trim().to_lowercase();
        set(manager, "users", "name_key", key.into(), Expr::col("id").eq(id)).await?;
    }
    Ok(())
}

async fn change_sessions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // Set when an administrator acts in the place of the user: who, and from which session.
    for name in ["impersonator_id", "parent_id"] {
        add_column(manager, "sessions", col(name).uuid().null().take()).await?;
    }
    manager.create_index(index("sessions_parent", "sessions", &["parent_id"])).await?;
    manager.create_index(index("sessions_impersonator", "sessions", &["impersonator_id", "ended_at"])).await
}

async fn create_invitations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let invitations = Table::create()
        .table(Alias::new("invitations"))
        .col(id())
        .col(col("user_id").uuid().not_null().take())
        .col(col("invited_by").uuid().not_null().take())
        .col(time("expires_at"))
        .col(col("closed_at").timestamp_with_time_zone().null().take())
        .col(col("idempotency_key").string().null().take())
        .col(col("input_hash").string().not_null().take())
        .col(time("created_at"))
        .foreign_key(&mut belongs_to("invitations", "user_id", "users"))
        .take();
    manager.create_table(invitations).await?;
    let key = index("invitations_key", "invitations", &["invited_by", "idempotency_key"]).unique().take();
    manager.create_index(key).await?;
    manager.create_index(index("invitations_user", "invitations", &["user_id"])).await
}

async fn create_api_keys(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let keys = Table::create()
        .table(Alias::new("api_keys"))
        .col(id())
        .col(col("owner_id").uuid().not_null().take())
        .col(col("name").string().not_null().take())
        .col(col("prefix").string().not_null().take())
        .col(col("scopes").text().not_null().take())
        .col(col("expires_at").timestamp_with_time_zone().null().take())
        .col(col("last_used_at").timestamp_with_time_zone().null().take())
        .col(col("revoked_at").timestamp_with_time_zone().null().take())
        .col(time("created_at"))
        .foreign_key(&mut belongs_to("api_keys", "owner_id", "users"))
        .take();
    manager.create_table(keys).await?;
    manager.create_index(index("api_keys_owner", "api_keys", &["owner_id", "created_at"])).await?;
    manager.create_index(index("api_keys_made", "api_keys", &["created_at", "id"])).await?;
    // Apart from `api_keys`, so that no entity that is a GraphQL type can ever carry a hash.
    let secrets = Table::create()
        .table(Alias::new("api_key_secrets"))
        .col(col("api_key_id").uuid().not_null().primary_key().take())
        .col(col("hash").string().not_null().take())
        .foreign_key(&mut belongs_to("api_key_secrets", "api_key_id", "api_keys"))
        .take();
    manager.create_table(secrets).await?;
    manager.create_index(index("api_key_secrets_hash", "api_key_secrets", &["hash"]).unique().take()).await
}

async fn create_external_identities(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let identities = Table::create()
        .table(Alias::new("external_identities"))
        .col(id())
        .col(col("user_id").uuid().not_null().take())
        .col(col("issuer").string().not_null().take())
        .col(col("subject").string().not_null().take())
        .col(col("email_is_proved").boolean().not_null().take())
        .col(col("tokens_from").timestamp_with_time_zone().null().take())
        .col(time("created_at"))
        .foreign_key(&mut belongs_to("external_identities", "user_id", "users"))
        .take();
    manager.create_table(identities).await?;
    let subject = index("external_identities_subject", "external_identities", &["issuer", "subject"]).unique().take();
    manager.create_index(subject).await?;
    manager.create_index(index("external_identities_user", "external_identities", &["user_id"])).await
}

async fn restore_sessions_and_users(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for name in ["sessions_parent", "sessions_impersonator", "users_role", "users_status", "users_name", "users_made"] {
        manager.drop_index(Index::drop().name(name).to_owned()).await?;
    }
    // Without who acts in them they would be sessions of the users themselves.
    let borrowed = Expr::col("impersonator_id").is_not_null();
    manager.execute(Query::delete().from_table(Alias::new("sessions")).and_where(borrowed).take()).await?;
    for name in ["impersonator_id", "parent_id"] {
        drop_column(manager, "sessions", name).await?;
    }
    add_column(manager, "users", col("role").string().not_null().default("VIEWER").take()).await?;
    add_column(manager, "users", col("is_active").boolean().not_null().default(true).take()).await?;
    for (role, id, _) in SYSTEM_ROLES {
        set(manager, "users", "role", role.into(), Expr::col("role_id").eq(Uuid::from_u128(id))).await?;
    }
    set(manager, "users", "is_active", false.into(), Expr::col("status").ne("ACTIVE")).await?;
    for name in ["role_id", "status", "name_key", "phone", "version", "email_is_claimed", "deleted_at"] {
        drop_column(manager, "users", name).await?;
    }
    Ok(())
}

async fn add_column(manager: &SchemaManager<'_>, table: &str, mut column: ColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(Alias::new(table)).add_column(&mut column).take()).await
}

async fn drop_column(manager: &SchemaManager<'_>, table: &str, column: &str) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(Alias::new(table)).drop_column(Alias::new(column)).take()).await
}

async fn set(
    manager: &SchemaManager<'_>,
    table: &str,
    column: &'static str,
    value: SimpleExpr,
    which: SimpleExpr,
) -> Result<(), DbErr> {
    let update = Query::update().table(Alias::new(table)).value(column, value).and_where(which).take();
    manager.execute(update).await
}

/// A UUID as the default of a column: SQLite keeps it as 16 bytes.
fn uuid_literal(backend: DbBackend, id: u128) -> SimpleExpr {
    let id = Uuid::from_u128(id);
    match backend {
        DbBackend::Postgres => Expr::cust(format!("'{id}'")),
        _ => Expr::cust(format!("X'{}'", id.simple())),
    }
}
