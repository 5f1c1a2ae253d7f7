//! Stages in the life of a customer.

use async_graphql::Enum;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Stage in the life of a customer, apart from its risk.
#[derive(EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Default, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Lifecycle {
    /// Is being introduced to the product.
    Onboarding,
    /// Uses the product.
    #[default]
    Active,
    /// Has left.
    Churned,
}

/// Status of a customer. It is computed from the stage of its life and its risk, and stored nowhere.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(name = "CustomerStatus")]
pub enum Status {
    /// Is being introduced to the product.
    Onboarding,
    /// Uses the product.
    Active,
    /// Uses the product, and is flagged as a risk.
    AtRisk,
    /// Has left.
    Churned,
}

impl Status {
    /// All values.
    pub const ALL: [Self; 4] = [Self::Onboarding, Self::Active, Self::AtRisk, Self::Churned];

    /// Returns the status of a customer.
    pub fn of(lifecycle: Lifecycle, is_at_risk: bool) -> Self {
        match (lifecycle, is_at_risk) {
            (Lifecycle::Onboarding, _) => Self::Onboarding,
            (Lifecycle::Churned, _) => Self::Churned,
            (Lifecycle::Active, true) => Self::AtRisk,
            (Lifecycle::Active, false) => Self::Active,
        }
    }

    /// Returns what a customer of this status has: the stage, and whether it is at risk; `None` where that plays no part.
    pub fn parts(self) -> (Lifecycle, Option<bool>) {
        match self {
            Self::Onboarding => (Lifecycle::Onboarding, None),
            Self::Churned => (Lifecycle::Churned, None),
            Self::AtRisk => (Lifecycle::Active, Some(true)),
            Self::Active => (Lifecycle::Active, Some(false)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_and_rows_have_the_same_status() {
        for lifecycle in [Lifecycle::Onboarding, Lifecycle::Active, Lifecycle::Churned] {
            for is_at_risk in [true, false] {
                let fits = |status: &&Status| {
                    let (of, risk) = status.parts();
                    of == lifecycle && risk.is_none_or(|risk| risk == is_at_risk)
                };
                let found: Vec<_> = Status::ALL.iter().filter(fits).collect();
                assert_eq!(found, [&Status::of(lifecycle, is_at_risk)]);
            }
        }
    }
}
