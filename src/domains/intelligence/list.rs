//! Who sees which companies, and how they are listed.

use std::sync::LazyLock;

use sea_orm::{ColumnTrait, EntityTrait, Select};

use super::company::{Column, Entity, Model};
use crate::{
    auth::{Permission, Viewer},
    error::Result,
    graphql::{ColumnFields, DateTimeFilter, Listed, Parts, StringFilter, filter_input, order_input},
};

filter_input! {
    /// Which companies. All parts that are given must hold.
    pub struct CompanyFilter {
        /// By name.
        name: StringFilter => |filter| filter.on_text(Column::Name, Column::NameFolded),
        /// By web site.
        website: StringFilter => |filter| filter.on_text(Column::Website, Column::WebsiteFolded),
        /// Made-up companies only (true), or real ones only (false).
        is_sample: bool => |is_sample| Column::IsSample.eq(*is_sample),
        /// By when they were last researched.
        researched_at: DateTimeFilter => |filter| filter.on(Column::ResearchedAt),
    }
}

order_input! {
    /// By what companies can be ordered.
    pub enum CompanyOrderField of Entity, Name Asc unless given {
        /// The name, without regard to case and legal form.
        Name => Column::NameKey,
        /// When they were last researched.
        ResearchedAt => Column::ResearchedAt,
        /// When they were first onboarded.
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
