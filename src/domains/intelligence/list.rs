//! Visibility, filters and sort orders of companies.

use std::sync::LazyLock;

use sea_orm::{EntityTrait, Select};

use super::company::{Column, Entity, Model};
use crate::{
    auth::{Permission, Viewer},
    error::Result,
    graphql::{
        BooleanFilter, ColumnFields, DateTimeFilter, Listed, Nullable, Parts, StringFilter, filter_input, order_input,
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

    fn parts() -> Option<&'static Parts<Self>> {
        static PARTS: LazyLock<Parts<Entity>> = LazyLock::new(|| {
            let below =
                ["products", "pricingTiers", "idealCustomerProfiles", "personas", "facts", "customers", "signals"];
            let fields = ColumnFields::of::<Model>().needing::<Entity>(Column::Id, &below);
            Parts { fields, blank: Model::blank() }
        });
        Some(&PARTS)
    }
}
