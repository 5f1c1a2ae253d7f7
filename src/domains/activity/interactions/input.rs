//! Inputs of mutations.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::entity::{Direction, Kind, Model as Interaction, Outcome, Sentiment};
use crate::{
    db::Id,
    domains::identity::User,
    graphql::{Date, Timestamp},
};

/// Task that follows up an interaction.
#[derive(InputObject, Debug, Clone)]
pub struct FollowUpInput {
    /// Day on which it is due, in the time zone of the business.
    pub(super) due_on: Date,
    /// Title, 1–200 characters. Defaults to the summary of the interaction.
    pub(super) title: Option<String>,
    /// Id of an active user to whom it is assigned. Defaults to you.
    pub(super) assignee_id: Option<Id<User>>,
}

/// New interaction.
#[derive(InputObject)]
pub struct LogInteractionInput {
    /// Id of the lead or customer.
    pub(super) subject_id: ID,
    /// Kind of contact.
    pub(super) kind: Kind,
    /// Direction.
    pub(super) direction: Option<Direction>,
    /// Outcome.
    pub(super) outcome: Option<Outcome>,
    /// Time at which it took place, at most 5 minutes ahead. Defaults to now.
    pub(super) occurred_at: Option<Timestamp>,
    /// Summary in a line, 1–200 characters.
    pub(super) summary: String,
    /// Further text, up to 20,000 characters.
    pub(super) details: Option<String>,
    /// Names of those who took part on the other side; at most 20 of up to 200 characters.
    #[graphql(default)]
    pub(super) participants: Vec<String>,
    /// Sentiment of the other side, as you see it.
    pub(super) sentiment: Option<Sentiment>,
    /// Id of the active user who talked to the other side. Defaults to you.
    pub(super) performed_by_id: Option<Id<User>>,
    /// Task that follows it up. Needs `tasks:write` too.
    pub(super) follow_up: Option<FollowUpInput>,
}

/// Changes to an interaction. Omitted fields stay unchanged.
#[derive(InputObject)]
pub struct UpdateInteractionInput {
    /// Id of the interaction.
    pub(super) id: Id<Interaction>,
    /// Version that you read; fails with `CONFLICT` if the interaction has changed since.
    pub(super) expected_version: i32,
    /// Kind of contact.
    pub(super) kind: MaybeUndefined<Kind>,
    /// Direction; null clears it.
    pub(super) direction: MaybeUndefined<Direction>,
    /// Outcome; null clears it.
    pub(super) outcome: MaybeUndefined<Outcome>,
    /// Time at which it took place, at most 5 minutes ahead.
    pub(super) occurred_at: MaybeUndefined<Timestamp>,
    /// Summary in a line, 1–200 characters.
    pub(super) summary: MaybeUndefined<String>,
    /// Further text, up to 20,000 characters; null clears it.
    pub(super) details: MaybeUndefined<String>,
    /// Names of those who took part on the other side; at most 20 of up to 200 characters.
    pub(super) participants: MaybeUndefined<Vec<String>>,
    /// Sentiment of the other side, as you see it; null clears it.
    pub(super) sentiment: MaybeUndefined<Sentiment>,
}
