//! Visibility, filters and sort orders of customers.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select};

use super::{
    contact,
    entity::{Column, Entity, Listing, Model, Segment},
    status::{Lifecycle, Status},
};
use crate::{
    auth::{Permission, Viewer},
    db::Id,
    domains::{
        identity::User,
        intelligence::{Company, CompanyEntity},
        shared::{
            Below,
            search::{Searched, resembling},
        },
    },
    error::Result,
    graphql::{
        DateFilter, DateTimeFilter, EnumFilter, IdFilter, ListFilter, Listed, MoneyFilter, Nullable, StringFilter,
        contains, filter_input, order_input,
    },
};

filter_input! {
    /// Conditions on customers. All given conditions must hold.
    pub struct CustomerFilter {
        /// Condition on the name.
        name: StringFilter => |filter| filter.on_text(Column::Name, Column::NameFolded),
        /// Condition on the ticker.
        ticker: Nullable<StringFilter> => |filter| filter.on(Column::Ticker),
        /// Condition on the industry.
        industry: Nullable<StringFilter> => |filter| filter.on_text(Column::Industry, Column::IndustryFolded),
        /// Condition on the segment.
        segment: EnumFilter<Segment> => |filter| filter.on(Column::Segment),
        /// Condition on the listing status.
        listing: EnumFilter<Listing> => |filter| filter.on(Column::Listing),
        /// Condition on the status.
        status: EnumFilter<Status> => status_condition,
        /// Condition on the account manager.
        account_manager_id: Nullable<IdFilter<User>> => |filter| filter.on(Column::AccountManagerId),
        /// Condition on the last day of the latest contract term.
        contract_ends_on: Nullable<DateFilter> => |filter| filter.on(Column::ContractEndsOn),
        /// Condition on the value of the latest contract term.
        contract_value: Nullable<MoneyFilter> => |filter| filter.on(Column::ContractValueMinor, Column::ContractCurrency),
        /// Condition on the time of the last interaction in which somebody was reached.
        last_contact_at: Nullable<DateTimeFilter> => |filter| filter.on(Column::LastContactAt),
        /// Condition on the creation time.
        created_at: DateTimeFilter => |filter| filter.on(Column::CreatedAt),
        /// Condition on the deletion time. Deleted customers are omitted unless this is given.
        deleted_at: Nullable<DateTimeFilter> => |filter| filter.on(Column::DeletedAt),
        /// Condition on the time at which research first found the customer.
        first_seen_at: Nullable<DateTimeFilter> => |filter| filter.on(Column::FirstSeenAt),
        /// Condition on the time at which research last found the customer.
        last_seen_at: Nullable<DateTimeFilter> => |filter| filter.on(Column::LastSeenAt),
    }
    through {
        /// Condition on the company whose customer it is.
        company: CompanyEntity => Column::CompanyId,
    }
}

impl CustomerFilter {
    /// Returns true if any part of the filter is about the deletion.
    fn asks_for_deletion(&self) -> bool {
        let parts = self.and.iter().chain(&self.or).flatten().chain(self.not.as_deref());
        self.deleted_at.is_some() || parts.into_iter().any(Self::asks_for_deletion)
    }
}

/// Returns the condition that the status, which no column holds, is one that `filter` accepts.
fn status_condition(filter: &EnumFilter<Status>) -> Condition {
    let is_accepted = |status: &&Status| {
        filter.eq.is_none_or(|wanted| wanted == **status)
            && filter.is_in.as_ref().is_none_or(|wanted| wanted.contains(status))
            && filter.not_in.as_ref().is_none_or(|unwanted| !unwanted.contains(status))
    };
    // No customer is in none of the stages.
    let none = Condition::any().add(Column::Lifecycle.is_in(Vec::<Lifecycle>::new()));
    Status::ALL.iter().filter(is_accepted).fold(none, |any, status| {
        let (lifecycle, is_at_risk) = status.parts();
        let risk = is_at_risk.map(|is_at_risk| match is_at_risk {
            true => Column::RiskFlaggedAt.is_not_null(),
            false => Column::RiskFlaggedAt.is_null(),
        });
        any.add(Condition::all().add(Column::Lifecycle.eq(lifecycle)).add_option(risk))
    })
}

order_input! {
    /// Fields by which customers can be sorted.
    pub enum CustomerOrderField of Entity, Name Asc unless given {
        /// Name, ignoring case and legal form.
        Name => Column::NameKey,
        /// Last day of the latest contract term; customers without one come last.
        ContractEndsOn => Column::ContractEndsOn,
        /// Value of the latest contract term, as a number whatever its currency; customers without one come last. Filter by
        /// `contractValue` to compare amounts of one currency.
        ContractValue => Column::ContractValueMinor,
        /// Time of the last interaction in which somebody was reached; customers without one come last.
        LastContactAt => Column::LastContactAt,
        /// Time at which research last found the customer; those it never found come last.
        LastSeenAt => Column::LastSeenAt,
        /// Time at which research first found the customer; those it never found come last.
        FirstSeenAt => Column::FirstSeenAt,
        /// Creation time.
        CreatedAt => Column::CreatedAt,
    }
}

impl Listed for Entity {
    type Node = Model;
    type Filter = CustomerFilter;
    type OrderField = CustomerOrderField;

    const SEARCHED: &'static [Column] = &[Column::NameFolded];

    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        viewer.need(Permission::CustomersRead)?;
        Ok(Self::find())
    }

    /// Omits deleted customers unless the filter is about the deletion.
    fn wanted(filter: Option<&CustomerFilter>, viewer: &Viewer) -> Result<Condition> {
        let asks = filter.is_some_and(CustomerFilter::asks_for_deletion);
        let wanted = filter.map(|filter| filter.condition(viewer)).transpose()?;
        Ok(Condition::all().add_option(wanted).add_option((!asks).then(|| Column::DeletedAt.is_null())))
    }

    /// Searches the name, the names and mail addresses of contacts, and the id.
    fn holding(_: &Viewer, word: &str) -> Condition {
        let of_contacts = Condition::any()
            .add(contains(contact::Column::NameKey, word))
            .add(contains(contact::Column::EmailFolded, word));
        let contacts = contact::Entity::find().select_only().column(contact::Column::CustomerId).filter(of_contacts);
        Condition::any()
            .add(contains(Column::NameFolded, word))
            .add(Column::Id.in_subquery(contacts.into_query()))
            .add_option(word.parse::<Id<Model>>().ok().map(|id| Column::Id.eq(id)))
    }

    /// Finds names with typing errors too.
    fn holding_all(viewer: &Viewer, words: &[&str]) -> Condition {
        let exact = words.iter().fold(Condition::all(), |all, word| all.add(Self::holding(viewer, word)));
        let similar = resembling(Searched::Customer, Column::Id, &words.join(" "));
        Condition::any().add(exact).add_option(similar)
    }
}

impl Below<Company> for Entity {
    fn parent() -> Column {
        Column::CompanyId
    }
}
