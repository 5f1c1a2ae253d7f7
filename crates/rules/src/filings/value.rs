//! Estimated value of a signal, as a range with its assumption.

use serde::{Deserialize, Serialize};

use super::money::Amount;
use super::signal_type::{Opportunity, SignalType};

/// An estimated range of money at stake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueEstimate {
    /// Lower bound in minor units (cents).
    pub low: i64,
    /// Upper bound in minor units (cents).
    pub high: i64,
    /// ISO 4217 code of the currency.
    pub currency: String,
    /// Human-readable assumption behind the estimate.
    pub assumption: String,
}

/// Bounds of ranges computed from an amount, in whole units.
const FLOOR: i64 = 10_000;
const CEILING: i64 = 10_000_000;

/// Estimates the value: from the amount in the sentence, if the kind has a share of it, otherwise by kind. `None` for
/// signals that are only a reason for a conversation. Shares and ranges are assumptions based on annual software
/// contracts, not measurements; each estimate states its assumption.
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

/// Returns the range of shares of an amount spent on software, in ten-thousandths.
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
