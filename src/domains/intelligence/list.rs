//! Visibility, filters and sort orders of companies and facts.

use sea_orm::{ColumnTrait, Condition, EntityTrait, Select};

use super::{
    company::{Column, Entity, Model},
    fact::{self, FactTopic},
    facts::Fact,
};
use crate::{
    auth::{Permission, Viewer},
    domains::shared::Below,
    error::Result,
    graphql::{
        BooleanFilter, ColumnFields, DateTimeFilter, EnumFilter, ListFilter, Listed, Nullable, StringFilter,
        filter_input, order_input,
    },
};

filter_input! {
    /// Conditions on companies. All given conditions must hold.
    pub struct CompanyFilter {
        /// Condition on the name.
        name: StringFilter => |filter| filter.on_text(Column::Name, Column::NameFolded),
        /// Condition on the website.
        website: Nullable<StringFilter> => |filter| filter.on_text(Column::Website, Column::WebsiteFolded),
        /// Condition on whether the company is sample data.
        is_sample: BooleanFilter => |filter| filter.on(Column::IsSample),
        /// Condition on the time of the last research.
        researched_at: DateTimeFilter => |filter| filter.on(Column::ResearchedAt),
    }
}

order_input! {
    /// Fields by which companies can be sorted.
    pub enum CompanyOrderField of Entity, Name Asc unless given {
        /// Name, ignoring case and legal form.
        Name => Column::NameKey,
        /// Time of the last research.
        ResearchedAt => Column::ResearchedAt,
        /// Time of the first onboarding.
        CreatedAt => Column::CreatedAt,
    }
}

impl Listed for Entity {
    type Node = Model;
    type Filter = CompanyFilter;
    type OrderField = CompanyOrderField;

    const SEARCHED: &'static [Column] = &[Column::NameFolded];

    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        viewer.need(Permission::CompaniesRead)?;
        Ok(Self::find())
    }

    fn partial(fields: ColumnFields) -> ColumnFields {
        let below = ["products", "pricingTiers", "idealCustomerProfiles", "personas", "facts", "customers", "signals"];
        fields.needing::<Self>(Column::Id, &below)
    }
}

filter_input! {
    /// Conditions on the facts of a company. All given conditions must hold.
    pub struct FactFilter {
        /// Condition on the topic.
        topic: EnumFilter<FactTopic> => |filter| filter.on(fact::Column::Topic),
        /// Condition on the time of the research that found the fact.
        found_at: DateTimeFilter => |filter| filter.on(fact::Column::FoundAt),
        /// Condition on the time at which a later research replaced the fact. Superseded facts are omitted unless this is given,
        /// or `includeSuperseded`.
        superseded_at: Nullable<DateTimeFilter> => |filter| filter.on(fact::Column::SupersededAt),
    }
}

impl FactFilter {
    /// Returns true if any part of the filter is about superseded facts.
    fn asks_for_superseded(&self) -> bool {
        let parts = self.and.iter().chain(&self.or).flatten().chain(self.not.as_deref());
        self.superseded_at.is_some() || parts.into_iter().any(Self::asks_for_superseded)
    }
}

/// A selection of facts: by a filter, and without superseded ones unless requested.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct WantedFacts {
    /// The filter; `None` selects all.
    pub filter: Option<Box<FactFilter>>,
    /// Includes facts that a later research replaced.
    pub include_superseded: bool,
}

impl ListFilter for WantedFacts {
    fn condition(&self, viewer: &Viewer) -> Result<Condition> {
        let asks = self.include_superseded || self.filter.as_deref().is_some_and(FactFilter::asks_for_superseded);
        let present = (!asks).then(|| fact::Column::SupersededAt.is_null());
        let wanted = self.filter.as_deref().map(|filter| filter.condition(viewer)).transpose()?;
        Ok(Condition::all().add_option(present).add_option(wanted))
    }
}

order_input! {
    /// Fields by which the facts of a company can be sorted.
    pub enum FactOrderField of fact::Entity, Place Asc unless given {
        /// Topic, in the order in which `FactTopic` lists them, and rank within the topic.
        Place => fact::Column::Place,
        /// Time of the research that found the fact.
        FoundAt => fact::Column::FoundAt,
    }
}

impl Listed for fact::Entity {
    type Node = Fact;
    type Filter = WantedFacts;
    type OrderField = FactOrderField;

    const SEARCHED: &'static [fact::Column] = &[];

    /// Facts are visible to those who see companies, also superseded ones, to which reports on signals refer.
    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        viewer.need(Permission::CompaniesRead)?;
        Ok(Self::find())
    }
}

impl Below<Model> for fact::Entity {
    fn parent() -> fact::Column {
        fact::Column::CompanyId
    }
}
