//! Costs of operations and the budgets that pay for them.
//!
//! The price of an operation is known after validation and is paid before execution; what the response did not use is
//! refunded.

use std::{collections::BTreeMap, sync::Arc};

use async_graphql::{Request, Response, ServerError, Value, value};
use tokio::sync::OnceCell;

use super::{errors::refused, plain::WrittenFields, pricing::Price};
use crate::{
    error::ErrorCode,
    limiter::{Balance, Budget, BudgetSubject, Shortage, Taken},
};

/// The key in `extensions` by which clients request and receive the cost.
pub(super) const COST: &str = "cost";

/// Points charged for any rejected document.
const REFUSAL: usize = 10;
/// Bytes of a document per point of the minimum price: a new document must be parsed even if it is rejected.
const BYTES_A_POINT: usize = 1024;

/// The account of one request. Cheap to clone; clones pay once together.
#[derive(Clone)]
pub struct Charge(Arc<Account>);

struct Account {
    budget: Budget,
    subject: BudgetSubject,
    /// True if the client asked for the cost.
    is_shown: bool,
    /// The charge if the request is rejected before it has a price.
    refusal: usize,
    /// The minimum charge.
    least: usize,
    /// Counts the fields that were written as JSON at once.
    written: WrittenFields,
    paid: OnceCell<Payment>,
}

/// A payment from the budget and its result.
struct Payment {
    requested: u32,
    /// The part that is never refunded.
    kept: u32,
    outcome: Result<Taken, Shortage>,
}

impl Charge {
    /// Opens the account of `request`, paid from the budget of `subject`.
    pub fn new(budget: &Budget, subject: BudgetSubject, request: &Request) -> Self {
        let is_shown = request.extensions.get(COST) == Some(&Value::Boolean(true));
        let refusal = REFUSAL + request.query.len() / BYTES_A_POINT;
        let least = 1 + request.query.len() / BYTES_A_POINT;
        Self(Arc::new(Account {
            budget: budget.clone(),
            subject,
            is_shown,
            refusal,
            least,
            written: WrittenFields::default(),
            paid: OnceCell::new(),
        }))
    }

    /// Returns the counter for the fields of plain rows.
    pub fn written(&self) -> WrittenFields {
        self.0.written.clone()
    }

    /// Closes the account of a completed query or mutation, with a refund of unused points.
    pub async fn settle(&self, response: Response) -> Response {
        let used = used(&response, self.0.written.count());
        self.close(response, used).await
    }

    /// Closes the account of a stopped query or mutation, or of the start of a subscription, without a refund.
    pub async fn keep(&self, response: Response) -> Response {
        self.close(response, None).await
    }

    /// Pays once per request, and returns the first payment.
    async fn payment(&self, price: Price) -> &Payment {
        let Account { budget, subject, paid, least, .. } = &*self.0;
        let pay = || async {
            let [requested, kept] =
                [price.points.max(*least), price.kept].map(|points| u32::try_from(points).unwrap_or(u32::MAX));
            Payment { requested, kept, outcome: budget.take(*subject, requested).await }
        };
        paid.get_or_init(pay).await
    }

    /// Pays for an operation.
    ///
    /// # Errors
    /// If the budget is insufficient.
    pub async fn pay(&self, price: Price) -> Result<(), ServerError> {
        let payment = self.payment(price).await;
        payment.outcome.as_ref().map(|_| ()).map_err(|shortage| too_dear(payment.requested, *shortage))
    }

    /// Closes the account with `used` points, or all if `None`. A request without a price is charged for its parsing,
    /// which also limits floods of invalid requests.
    async fn close(&self, mut response: Response, mut used: Option<u32>) -> Response {
        if self.0.paid.get().is_none() {
            used = None;
        }
        let payment = self.payment(Price { points: self.0.refusal, kept: 0 }).await;
        let requested = payment.requested;
        let (actual, balance) = match payment.outcome {
            Ok(taken) => {
                let least = u32::try_from(self.0.least).unwrap_or(u32::MAX).min(requested);
                let actual = used.map_or(requested, |used| used.saturating_add(payment.kept).clamp(least, requested));
                let balance = match requested - actual {
                    0 => taken.balance,
                    unused => self.0.budget.give_back(taken, unused).await,
                };
                (actual, balance)
            }
            Err(shortage) => {
                response = Response::from_errors(vec![too_dear(requested, shortage)]);
                (0, Some(shortage.balance))
            }
        };
        if self.0.is_shown {
            let available = balance.map_or(Value::Null, |balance| balance.available.into());
            let restore_rate = balance.map_or(Value::Null, |balance| balance.restore_rate.into());
            let cost = value!({
                "requested": requested, "actual": actual, "available": available, "restoreRate": restore_rate
            });
            response.extensions.insert(COST.to_owned(), cost);
        }
        response
    }
}

/// Returns the points used by a response: the whole `price` if errors hide the amount of work.
pub fn spent(response: &Response, price: Price) -> u32 {
    let most = u32::try_from(price.points).unwrap_or(u32::MAX);
    let kept = u32::try_from(price.kept).unwrap_or(u32::MAX);
    used(response, 0).map_or(most, |used| used.saturating_add(kept).min(most))
}

/// Returns the points used by a response: one per field in its data, plus the fields `written` at once. `None` if
/// errors hide the amount of work, because they null what was already fetched.
fn used(response: &Response, written: usize) -> Option<u32> {
    // Without a path an error is of the request, and nothing ran.
    let has_run = response.errors.iter().any(|error| !error.path.is_empty());
    (!has_run).then(|| u32::try_from(fields(&response.data) + written).unwrap_or(u32::MAX))
}

/// Returns the number of fields in a value at all levels. `__typename` is free, as in the price.
fn fields(value: &Value) -> usize {
    match value {
        Value::Object(object) => {
            let priced = object.iter().filter(|(name, _)| *name != "__typename");
            priced.map(|(_, value)| 1 + fields(value)).sum()
        }
        Value::List(list) => list.iter().map(fields).sum(),
        _ => 0,
    }
}

fn too_dear(requested: u32, shortage: Shortage) -> ServerError {
    let Shortage { balance: Balance { available, restore_rate }, retry_after } = shortage;
    let message = format!(
        "The operation costs {requested} points and {available} are left; {restore_rate} come back each second. \
         Try again in {} s, or ask for less at a time.",
        retry_after.as_millis().div_ceil(1000)
    );
    let details = [
        ("retryAfterMs", Value::from(u64::try_from(retry_after.as_millis()).unwrap_or(u64::MAX))),
        ("cost", value!({"requested": requested, "available": available, "restoreRate": restore_rate})),
    ];
    refused(ErrorCode::RateLimited, message, BTreeMap::from(details))
}

#[cfg(test)]
mod tests {
    use async_graphql::PathSegment;

    use super::*;
    use crate::{ambient::Ambient, config::Config, limiter::SharedRedis};

    const SUBJECT: BudgetSubject = BudgetSubject::Unknown;

    fn budget() -> Budget {
        let limits = Config::defaults().limits;
        Budget::new(SharedRedis::new(None).unwrap(), &limits, Ambient::system())
    }

    fn charge(budget: &Budget) -> Charge {
        let mut request = Request::new("{ a }");
        request.extensions.insert(COST.to_owned(), true.into());
        Charge::new(budget, SUBJECT, &request)
    }

    fn told(response: &Response) -> String {
        let Value::Object(cost) = &response.extensions[COST] else { panic!("{response:?}") };
        format!("{} of {}", cost["actual"], cost["requested"])
    }

    #[tokio::test]
    async fn a_request_pays_once_however_often_it_is_validated() {
        let budget = budget();
        let charge = charge(&budget);
        for _ in 0..3 {
            charge.pay(Price { points: 20_000, kept: 0 }).await.unwrap();
        }
        assert!(budget.take(SUBJECT, 20_000).await.is_ok());
        assert_eq!(told(&charge.settle(Response::new(value!({"a": 1, "b": 2}))).await), "2 of 20000");
    }

    #[tokio::test]
    async fn an_operation_that_was_stopped_keeps_its_charge() {
        let budget = budget();
        for _ in 0..2 {
            let charge = charge(&budget);
            charge.pay(Price { points: 20_000, kept: 0 }).await.unwrap();
            assert_eq!(told(&charge.keep(Response::new(value!({"a": 1}))).await), "20000 of 20000");
        }
        assert!(budget.take(SUBJECT, 20_000).await.is_err());
    }

    #[tokio::test]
    async fn nothing_is_used_of_an_operation_that_is_refused() {
        let budget = budget();
        budget.take(SUBJECT, 40_000).await.unwrap();
        let charge = charge(&budget);
        let error = charge.pay(Price { points: 20_000, kept: 0 }).await.unwrap_err();
        assert_eq!(told(&charge.settle(Response::from_errors(vec![error])).await), "0 of 20000");
    }

    #[test]
    fn fields_are_counted_at_every_level_and_in_each_row() {
        let data =
            value!({"a": {"b": 1, "c": null}, "rows": [{"__typename": "Row", "x": [1, 2]}, {"x": {"y": "z"}}, null]});
        assert_eq!(fields(&data), 7);
        assert_eq!(fields(&Value::Null), 0);
    }

    #[test]
    fn errors_of_fields_hide_what_was_used() {
        let mut response = Response::new(value!({"a": null}));
        assert_eq!(used(&response, 0), Some(1));
        response.errors.push(ServerError::new("No.", None));
        assert_eq!(used(&response, 0), Some(1));
        response.errors[0].path.push(PathSegment::Field("a".to_owned()));
        assert_eq!(used(&response, 0), None);
    }
}
