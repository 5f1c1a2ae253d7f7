//! Inputs of mutations.

use async_graphql::{InputObject, MaybeUndefined};

use super::{
    churn::ChurnKind,
    contact::Model as CustomerContact,
    contract::{Model as Contract, RenewalStatus},
    entity::{Model as Customer, Segment},
};
use crate::{
    db::Id,
    domains::{identity::User, reasons::Reason},
    graphql::{Date, MoneyInput},
};

/// Terms of a contract.
#[derive(InputObject, Debug, Clone)]
pub struct ContractTermsInput {
    /// First day of the term.
    pub(super) starts_on: Date,
    /// Last day of the term, on which it is still in force; omit it if it has no end.
    pub(super) ends_on: Option<Date>,
    /// Value of the whole term, not negative.
    pub(super) value: Option<MoneyInput>,
    /// True if a term follows by itself unless notice is given.
    #[graphql(default)]
    pub(super) auto_renews: bool,
    /// Days before the end until which notice can be given, 0–3650.
    pub(super) notice_days: Option<i32>,
}

/// Person at a customer.
#[derive(InputObject, Debug, Clone)]
pub struct ContactDetailsInput {
    /// Name, 1–200 characters.
    pub(super) name: String,
    /// Mail address.
    pub(super) email: Option<String>,
    /// Telephone number, up to 50 characters.
    pub(super) phone: Option<String>,
    /// Job title, up to 200 characters.
    pub(super) job_title: Option<String>,
}

/// New customer.
#[derive(InputObject)]
pub struct CreateCustomerInput {
    /// Name, 1–200 characters.
    pub(super) name: String,
    /// Industry, up to 200 characters.
    pub(super) industry: Option<String>,
    /// Size segment.
    pub(super) segment: Option<Segment>,
    /// Id of an active user to assign as account manager.
    pub(super) account_manager_id: Option<Id<User>>,
    /// Time zone of the customer, by its name in the IANA database; omit it for that of the business.
    pub(super) account_time_zone: Option<String>,
    /// True if the customer is still being introduced to the product.
    #[graphql(default)]
    pub(super) is_onboarding: bool,
    /// Primary contact.
    pub(super) contact: Option<ContactDetailsInput>,
    /// First term of the contract. Needs `contracts:write` too.
    pub(super) contract: Option<ContractTermsInput>,
}

/// Changes to a customer. Omitted fields stay unchanged.
#[derive(InputObject)]
pub struct UpdateCustomerInput {
    /// Id of the customer.
    pub(super) id: Id<Customer>,
    /// Version that you read; fails with `CONFLICT` if the customer has changed since.
    pub(super) expected_version: i32,
    /// Name, 1–200 characters. Research sets name, industry and segment no more once a person has changed one of them.
    pub(super) name: MaybeUndefined<String>,
    /// Industry, up to 200 characters; null clears it.
    pub(super) industry: MaybeUndefined<String>,
    /// Size segment.
    pub(super) segment: MaybeUndefined<Segment>,
    /// Id of an active user to assign as account manager; null unassigns.
    pub(super) account_manager_id: MaybeUndefined<Id<User>>,
    /// Time zone of the customer, by its name in the IANA database; null for that of the business.
    pub(super) account_time_zone: MaybeUndefined<String>,
    /// True if the customer is being introduced to the product, false once they use it. Not for customers that churned.
    pub(super) is_onboarding: MaybeUndefined<bool>,
    /// Why the customer is at risk, up to 1,000 characters, which flags them; null takes the flag away.
    pub(super) risk_reason: MaybeUndefined<String>,
}

/// New contact of a customer.
#[derive(InputObject)]
pub struct AddCustomerContactInput {
    /// Id of the customer.
    pub(super) customer_id: Id<Customer>,
    /// The person.
    pub(super) details: ContactDetailsInput,
    /// True to make it the primary contact, as the first one is anyway.
    #[graphql(default)]
    pub(super) is_primary: bool,
}

/// Changes to a contact of a customer. Omitted fields stay unchanged.
#[derive(InputObject)]
pub struct UpdateCustomerContactInput {
    /// Id of the contact.
    pub(super) id: Id<CustomerContact>,
    /// Version that you read; fails with `CONFLICT` if the contact has changed since.
    pub(super) expected_version: i32,
    /// Name, 1–200 characters.
    pub(super) name: MaybeUndefined<String>,
    /// Mail address; null clears it.
    pub(super) email: MaybeUndefined<String>,
    /// Telephone number, up to 50 characters; null clears it.
    pub(super) phone: MaybeUndefined<String>,
    /// Job title, up to 200 characters; null clears it.
    pub(super) job_title: MaybeUndefined<String>,
    /// True to make it the primary contact in place of the present one.
    #[graphql(default)]
    pub(super) make_primary: bool,
}

/// New term of a contract.
#[derive(InputObject)]
pub struct AddContractInput {
    /// Id of the customer, who has not churned.
    pub(super) customer_id: Id<Customer>,
    /// The term, which begins after the end of the one before.
    pub(super) terms: ContractTermsInput,
}

/// Changes to a term of a contract. Omitted fields stay unchanged.
#[derive(InputObject)]
pub struct UpdateContractInput {
    /// Id of the term.
    pub(super) id: Id<Contract>,
    /// Version that you read; fails with `CONFLICT` if the term has changed since.
    pub(super) expected_version: i32,
    /// First day of the term.
    pub(super) starts_on: MaybeUndefined<Date>,
    /// Last day of the term; null for no end.
    pub(super) ends_on: MaybeUndefined<Date>,
    /// Value of the whole term, not negative; null clears it.
    pub(super) value: MaybeUndefined<MoneyInput>,
    /// True if a term follows by itself unless notice is given.
    pub(super) auto_renews: MaybeUndefined<bool>,
    /// Days before the end until which notice can be given, 0–3650; null clears it.
    pub(super) notice_days: MaybeUndefined<i32>,
    /// What is known of the renewal: `NONE`, `COMMITTED` or `LOST`. The others follow from dates and terms.
    pub(super) renewal_status: MaybeUndefined<RenewalStatus>,
}

/// Churn of a customer.
#[derive(InputObject)]
pub struct ChurnCustomerInput {
    /// Id of the customer.
    pub(super) id: Id<Customer>,
    /// Id of an active churn reason.
    pub(super) reason_id: Id<Reason>,
    /// Kind of churn.
    pub(super) kind: ChurnKind,
    /// Day from which on it is no customer.
    pub(super) effective_on: Date,
    /// Further explanation, up to 5,000 characters.
    pub(super) note: Option<String>,
}

/// Return of a customer that had churned.
#[derive(InputObject)]
pub struct ReactivateCustomerInput {
    /// Id of the customer.
    pub(super) id: Id<Customer>,
    /// New term of the contract. Needs `contracts:write` too.
    pub(super) contract: Option<ContractTermsInput>,
}
