//! Business rules of companies.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::{OnboardCompany, OnboardInput, company, fact, input::OnboardCompanyInput};
use crate::{
    app::App,
    auth::{Permission, Viewer},
    clients::research::CompanyRef,
    config::RESEARCH_SETTINGS,
    db::{Db, Id},
    domains::audit::Write,
    error::{Error, Problems, Result},
    jobs::JobRow,
    web_address,
};

/// Returns the company with this id. The caller has checked its visibility.
///
/// # Errors
/// When the database fails.
pub(crate) async fn find<C: ConnectionTrait>(
    connection: &C,
    id: Id<company::Model>,
) -> Result<Option<company::Model>, DbErr> {
    company::Entity::find_by_id(id).one(connection).await
}

/// Returns the present facts about a company, by topic and rank. The caller has checked their visibility.
///
/// # Errors
/// When the database fails.
pub(crate) async fn facts_of(db: &Db, company: Id<company::Model>) -> Result<Vec<fact::Model>, DbErr> {
    fact::Entity::find()
        .filter(fact::Column::CompanyId.eq(company))
        .filter(fact::Column::SupersededAt.is_null())
        .order_by_asc(fact::Column::Place)
        .order_by_asc(fact::Column::Id)
        .all(db.reader())
        .await
}

/// Enqueues an onboarding. Fails at once if no source could research the company.
pub(super) async fn onboard(app: &App, viewer: &Viewer, asked: OnboardCompanyInput) -> Result<JobRow> {
    viewer.need(Permission::CompaniesResearch)?;
    let (input, key) = check(asked)?;
    if app.clients.research_for(&input.company).is_none() {
        return Err(Error::ProviderNotConfigured {
            what: format!("Research on {}", input.company.name),
            setting: RESEARCH_SETTINGS,
        });
    }
    let asked = serde_json::json!({
        "companyName": input.company.name,
        "website": input.company.website,
        "deepResearch": input.deep_research,
    });
    let mut write = Write::begin(app, viewer).await?;
    let job = write.ask_for::<OnboardCompany>(input, key, asked).await?;
    write.commit().await?;
    Ok(job)
}

fn check(asked: OnboardCompanyInput) -> Result<(OnboardInput, Option<String>)> {
    let mut problems = Problems::default();
    let name = asked.company_name.trim().to_owned();
    if !name.chars().any(char::is_alphanumeric) || name.chars().count() > 200 || name.chars().any(char::is_control) {
        problems.add("input.companyName", "Give the company's name, up to 200 characters.");
    }
    let website = asked.website.map(|site| site.trim().to_owned()).filter(|site| !site.is_empty());
    if website.as_deref().is_some_and(|site| !is_website(site)) {
        problems.add("input.website", "Give a web address such as salesforce.com, or leave it out.");
    }
    let key = asked.idempotency_key;
    problems.check_idempotency_key("input.idempotencyKey", key.as_deref());
    problems.into_result()?;
    Ok((OnboardInput { company: CompanyRef { name, website }, deep_research: asked.deep_research }, key))
}

/// Returns true if `site` is a public web address, with or without scheme and path.
fn is_website(site: &str) -> bool {
    let address = if site.contains("://") { site.to_owned() } else { format!("https://{site}") };
    site.len() <= 500 && web_address::public(&address).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_sites_are_hosts_with_or_without_a_scheme() {
        for good in ["salesforce.com", "https://www.salesforce.com/eu", "brightloom.example"] {
            assert!(is_website(good), "{good}");
        }
        for wrong in [
            "salesforce",
            "10.0.0.1",
            "http://crm.internal",
            "ftp://salesforce.com",
            "javascript:alert(1)",
            "https://",
            "two words.com",
            "a.com/\u{7}",
        ] {
            assert!(!is_website(wrong), "{wrong}");
        }
    }
}
