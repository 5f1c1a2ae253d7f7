//! Visibility, filters and sort orders of mails.

use sea_orm::{EntityTrait, Select};

use super::entity::{Column, Entity, Kind, Model, Status};
use crate::{
    auth::{Permission, Viewer},
    error::Result,
    graphql::{
        AnyIdFilter, DateTimeFilter, EnumFilter, Listed, MailAddressFilter, Nullable, filter_input, order_input,
    },
};

filter_input! {
    /// Conditions on mails. All given conditions must hold.
    pub struct OutboxMailFilter {
        /// Condition on the delivery status.
        status: EnumFilter<Status> => |filter| filter.on(Column::Status),
        /// Condition on the purpose.
        kind: EnumFilter<Kind> => |filter| filter.on(Column::Kind),
        /// Condition on the recipient's address.
        to: MailAddressFilter => |filter| filter.on_text(Column::ToAddress, Column::ToFolded),
        /// Condition on the id of the object that the mail is about.
        about_id: Nullable<AnyIdFilter> => |filter| filter.on(Column::About),
        /// Condition on the creation time.
        created_at: DateTimeFilter => |filter| filter.on(Column::CreatedAt),
        /// Condition on the time at which the mail server accepted the mail.
        sent_at: Nullable<DateTimeFilter> => |filter| filter.on(Column::SentAt),
    }
}

order_input! {
    /// Fields by which mails can be sorted.
    pub enum OutboxMailOrderField of Entity, CreatedAt Desc unless given {
        /// Creation time.
        CreatedAt => Column::CreatedAt,
        /// Time at which the mail server accepted the mail; unsent mails come last.
        SentAt => Column::SentAt,
        /// Delivery status, by its name.
        Status => Column::Status,
    }
}

impl Listed for Entity {
    type Node = Model;
    type Filter = OutboxMailFilter;
    type OrderField = OutboxMailOrderField;

    const SEARCHED: &'static [Column] = &[Column::ToFolded];

    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        viewer.need(Permission::OutboxRead)?;
        Ok(Self::find())
    }
}
