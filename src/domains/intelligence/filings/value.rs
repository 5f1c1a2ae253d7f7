//! What a signal may be worth, as a range with the assumption behind it.

use serde::{Deserialize, Serialize};

use super::money::Amount;
use super::signal_type::{Opportunity, SignalType};

/// A range of money that may be won or lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueEstimate {
    /// The lower end, in minor units (cents).
    pub low: i64,
    /// The upper end, in minor units (cents).
    pub high: i64,
    /// ISO 4217.
    pub currency: String,
    /// What the range rests on, for a person.
    pub assumption: String,
}

/// Ranges from an amount stay within these, in whole units.
const FLOOR: i64 = 10_000;
const CEILING: i64 = 10_000_000;

/// Estimates the value: from the amount that the sentence states, where the type has a share of it, else by type. `None`
/// for signals that are only a reason to talk. Shares and ranges are assumptions of the size of yearly software contracts,
/// not measured; each estimate says which it used.
///
/// | type | of a stated amount | without one, in USD |
/// |---|---|---|
/// | acquisition, divestiture, material agreement | 0.1 % to 0.5 % | 50,000 to 250,000 |
/// | debt or financing | 0.05 % to 0.2 % | 25,000 to 100,000 |
/// | cyber incident | | 50,000 to 500,000 |
/// | executive hire, agreement ended | | 25,000 to 150,000 |
/// | every risk of losing the customer | | 25,000 to 250,000, the contract that is at stake |
pub(super) fn estimate(kind: SignalType, amount: Option<Amount>) -> Option<ValueEstimate> {
    if let (Some((low, high)), Some(amount)) = (shares(kind), amount) {
        return Some(from_amount(amount, low, high));
    }
    let (low, high, assumption) = match (kind, kind.opportunity()) {
        (_, Opportunity::Conversation) => return None,
        (SignalType::Acquisition | SignalType::Divestiture | SignalType::MaterialAgreement, _) => {
            (50_000, 250_000, "No amount is stated; assumed is a yearly contract for a business unit.")
        }
        (SignalType::DebtOrFinancing, _) => {
            (25_000, 100_000, "No amount is stated; assumed is an additional yearly contract of a department.")
        }
        (SignalType::CyberIncident, _) => {
            (50_000, 500_000, "Assumed is the yearly cost of additional security after an incident.")
        }
        (SignalType::ExecutiveHire | SignalType::AgreementEnded, _) => {
            (25_000, 150_000, "Assumed is a first yearly contract of a department that chooses anew.")
        }
        (_, _) => (25_000, 250_000, "Assumed is the present yearly contract with the company, which is at stake."),
    };
    Some(ValueEstimate { low: low * 100, high: high * 100, currency: "USD".into(), assumption: assumption.into() })
}

/// The share of an amount that goes into software, in ten-thousandths.
fn shares(kind: SignalType) -> Option<(i64, i64)> {
    match kind {
        SignalType::Acquisition | SignalType::Divestiture | SignalType::MaterialAgreement => Some((10, 50)),
        SignalType::DebtOrFinancing => Some((5, 20)),
        _ => None,
    }
}

fn from_amount(amount: Amount, low: i64, high: i64) -> ValueEstimate {
    let share = |part: i64| (amount.units / 10_000).saturating_mul(part).clamp(FLOOR, CEILING) * 100;
    let percent = |part: i64| format!("{}.{:02}", part / 100, part % 100);
    ValueEstimate {
        low: share(low),
        high: share(high),
        currency: amount.currency.into(),
        assumption: format!(
            "Assumed is {} % to {} % of the stated amount of {} {}, at least {FLOOR} and at most {CEILING}.",
            percent(low),
            percent(high),
            amount.currency,
            amount.units
        ),
    }
}
