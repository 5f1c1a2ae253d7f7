//! Business rules of the settings.

use async_graphql::MaybeUndefined;
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait, IntoActiveModel, sea_query::OnConflict};

use super::{
    entity::{ActiveModel, Column, Entity, Model, SETTINGS, WeekStart},
    input::UpdateSettingsInput,
};
use crate::{
    app::App,
    auth::{Permission, Viewer},
    db::{Db, WriteTx},
    domains::audit::{AuditAction, Audited, Versioned, Write},
    error::{Error, Problems, Result},
    graphql::unless_null,
    periods::Zone,
    text,
};

/// Maximum length of the name of the business, in characters.
const LONGEST_NAME: usize = 200;

/// Writes the first settings, with the time zone of the environment, unless there are any.
///
/// # Errors
/// When the database fails.
pub async fn ensure(app: &App) -> Result<(), DbErr> {
    if Entity::find_by_id(SETTINGS).one(app.db.reader()).await?.is_some() {
        return Ok(());
    }
    let first = Model {
        id: SETTINGS,
        business_name: None,
        time_zone: app.config.time_zone.name().to_owned(),
        currency: "USD".to_owned(),
        week_start: WeekStart::Monday,
        locale: "en".to_owned(),
        version: 1,
        updated_at: app.ambient.now(),
    };
    let tx = app.db.begin().await?;
    // Another process may start at the same time.
    let insert = Entity::insert(first.into_active_model());
    insert.on_conflict(OnConflict::column(Column::Id).do_nothing().to_owned()).exec_without_returning(&*tx).await?;
    tx.commit().await
}

/// Returns the settings.
///
/// # Errors
/// If nobody is signed in, or the database fails.
pub(super) async fn find(app: &App, viewer: &Viewer) -> Result<Model> {
    viewer.session()?;
    read(&app.db).await
}

/// Returns the time zone of the business.
///
/// # Errors
/// When the database fails.
pub async fn time_zone(db: &Db) -> Result<Zone> {
    Zone::parse(&read(db).await?.time_zone).map_err(Error::internal)
}

async fn read(db: &Db) -> Result<Model> {
    let row = Entity::find_by_id(SETTINGS).one(db.reader()).await?;
    row.ok_or_else(|| Error::internal(anyhow::anyhow!("the row of settings is gone; start the server again")))
}

/// Updates the settings unless they have changed since `expected_version`. The schedule follows a changed time zone.
///
/// # Errors
/// [`Error::Outdated`] if they have; [`Error::BadInput`] with everything that is wrong.
pub(super) async fn update(app: &App, viewer: &Viewer, input: UpdateSettingsInput) -> Result<Model> {
    viewer.need(Permission::SettingsManage)?;
    let expected_version = input.expected_version;
    let set = checked(input)?;
    let write = Write::begin(app, viewer).await?;
    let mut settings = write.change::<Model>(SETTINGS, expected_version).await?;
    settings.set = set;
    let settings = write.save(AuditAction::SettingsUpdated, settings).await?;
    write.commit().await?;
    Ok(settings)
}

/// Returns the values of an input that are given.
fn checked(input: UpdateSettingsInput) -> Result<ActiveModel> {
    let (mut problems, mut set) = (Problems::default(), <ActiveModel as Default>::default());
    match input.business_name {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => set.business_name = Set(None),
        MaybeUndefined::Value(name) => set.business_name = Set(Some(checked_name(&mut problems, &name))),
    }
    if let Some(name) = unless_null(&mut problems, "input.timeZone", input.time_zone) {
        match Zone::parse(&name) {
            Ok(zone) => set.time_zone = Set(zone.name().to_owned()),
            Err(error) => problems.add("input.timeZone", error.to_string()),
        }
    }
    if let Some(currency) = unless_null(&mut problems, "input.currency", input.currency) {
        set.currency = Set(currency.0.code().to_owned());
    }
    if let Some(day) = unless_null(&mut problems, "input.weekStart", input.week_start) {
        set.week_start = Set(day);
    }
    if let Some(locale) = unless_null(&mut problems, "input.locale", input.locale) {
        if !is_locale(&locale) {
            problems.add("input.locale", "Give a language, and a region if you like, such as en or de-AT.");
        }
        set.locale = Set(locale);
    }
    problems.into_result()?;
    Ok(set)
}

fn checked_name(problems: &mut Problems, name: &str) -> String {
    let name = text::clean(name);
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains(char::is_control) {
        problems.add("input.businessName", format!("Give a name of up to {LONGEST_NAME} characters, or null."));
    }
    name
}

/// Returns true for a language of BCP 47 with or without a region, as its registry writes them.
fn is_locale(text: &str) -> bool {
    let is_language = |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_region = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_uppercase());
    match text.split_once('-') {
        Some((language, region)) => is_language(language) && is_region(region),
        None => is_language(text),
    }
}

impl Audited for Model {
    fn called(&self) -> &str {
        self.business_name.as_deref().unwrap_or("settings")
    }

    async fn state(&self, _tx: &WriteTx) -> Result<serde_json::Value> {
        Ok(serde_json::json!({
            "businessName": self.business_name,
            "timeZone": self.time_zone,
            "currency": self.currency,
            "weekStart": self.week_start,
            "locale": self.locale,
        }))
    }
}

impl Versioned for Model {
    const VERSION: Column = Column::Version;
    const UPDATED_AT: Column = Column::UpdatedAt;
}
