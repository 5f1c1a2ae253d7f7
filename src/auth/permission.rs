//! The catalogue of permissions: every right there is, by the name under which roles and API keys hold it.

use std::{collections::BTreeSet, sync::Arc};

use async_graphql::Enum;
use sea_orm::{Iterable, prelude::EnumIter};

use super::SystemRole::{self, Counselor, Manager, Viewer};

/// A right that roles give and API keys leave. `permissions` gives the name of each and says what it lets people do.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter)]
pub enum Permission {
    /// See researched companies.
    CompaniesRead,
    /// Have companies researched.
    CompaniesResearch,
    /// Have the customers of companies monitored.
    CompaniesMonitor,
    /// See customers.
    CustomersRead,
    /// Change customers.
    CustomersWrite,
    /// See signals.
    SignalsRead,
    /// See and search knowledge.
    KnowledgeRead,
    /// Add and remove knowledge.
    KnowledgeManage,
    /// See the leads that are assigned to oneself.
    LeadsRead,
    /// See everybody's leads.
    LeadsReadAll,
    /// See everybody's jobs.
    JobsReadAll,
    /// Steer everybody's jobs.
    JobsManageAll,
    /// Read the mails that the product sends.
    OutboxRead,
    /// Have mails sent that were not.
    OutboxManage,
    /// See users and roles.
    UsersRead,
    /// Make and change users.
    UsersManage,
    /// Act in the place of users.
    UsersImpersonate,
    /// Make and change roles.
    RolesManage,
    /// Have API keys.
    ApiKeysManage,
    /// See and revoke everybody's API keys.
    ApiKeysManageAll,
    /// Read the audit log.
    AuditRead,
    /// See everybody's chat sessions.
    ChatsReadAll,
    /// Answer in chat sessions in which a person is asked for.
    ChatsAnswer,
    /// Delete everybody's chat sessions.
    ChatsDeleteAll,
    /// See how the server does.
    MetricsRead,
}

impl Permission {
    /// All there are, in the order of the catalogue.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// The permission of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::iter().find(|permission| permission.name() == name)
    }

    /// Its name, as roles, API keys, error messages and documents have it.
    pub fn name(self) -> &'static str {
        self.entry().0
    }

    /// What it lets people do, in a sentence.
    pub fn description(self) -> &'static str {
        self.entry().1
    }

    /// Whether the system role gives it. Administrators have every right.
    pub fn is_given_by(self, role: SystemRole) -> bool {
        role == SystemRole::Admin || self.entry().2.contains(&role)
    }

    /// The catalogue: name, description, and the system roles beside the administrators that give it.
    fn entry(self) -> (&'static str, &'static str, &'static [SystemRole]) {
        match self {
            Self::CompaniesRead => ("companies:read", "See researched companies.", &[Manager, Counselor, Viewer]),
            Self::CompaniesResearch => {
                ("companies:research", "Have companies researched, which may cost money.", &[Manager])
            }
            Self::KnowledgeRead => {
                ("knowledge:read", "See and search the documents that answers draw on.", &[Manager, Counselor, Viewer])
            }
            Self::KnowledgeManage => {
                ("knowledge:manage", "Add and remove the documents that answers draw on.", &[Manager])
            }
            Self::LeadsRead => ("leads:read", "See the leads that are assigned to oneself.", &[Manager, Counselor]),
            Self::LeadsReadAll => {
                ("leads:read_all", "See everybody's leads, with the users to whom they are assigned.", &[Manager])
            }
            Self::CompaniesMonitor => {
                ("companies:monitor", "Have the reports of a company's customers read for signals.", &[Manager])
            }
            Self::CustomersRead => {
                ("customers:read", "See customers, with their account managers.", &[Manager, Counselor, Viewer])
            }
            Self::CustomersWrite => ("customers:write", "Change customers.", &[Manager]),
            Self::SignalsRead => {
                ("signals:read", "See signals and the reports on them.", &[Manager, Counselor, Viewer])
            }
            Self::JobsReadAll => ("jobs:read_all", "See everybody's jobs; one's own are always seen.", &[Manager]),
            Self::JobsManageAll => {
                ("jobs:manage_all", "Cancel and retry everybody's jobs; one's own may always be steered.", &[Manager])
            }
            Self::OutboxRead => ("outbox:read", "Read the mails that the product sends.", &[]),
            Self::OutboxManage => ("outbox:manage", "Have mails sent that were held back or failed.", &[]),
            Self::UsersRead => ("users:read", "See users and roles; oneself one always sees.", &[]),
            Self::UsersManage => ("users:manage", "Create, invite, change, deactivate and delete users.", &[]),
            Self::UsersImpersonate => ("users:impersonate", "Act for a while in the place of another user.", &[]),
            Self::RolesManage => ("roles:manage", "Create, change and delete custom roles.", &[]),
            Self::ApiKeysManage => ("api_keys:manage", "Create, see and revoke API keys of one's own.", &[Manager]),
            Self::ApiKeysManageAll => ("api_keys:manage_all", "See and revoke everybody's API keys.", &[]),
            Self::AuditRead => ("audit:read", "Read the audit log, with the users whom it names.", &[]),
            Self::ChatsReadAll => (
                "chats:read_all",
                "See everybody's chat sessions, also those of visitors; one's own are always seen.",
                &[Manager],
            ),
            Self::ChatsAnswer => (
                "chats:answer",
                "See chat sessions in which a person was asked for, take them over and answer in them.",
                &[Manager, Counselor],
            ),
            Self::ChatsDeleteAll => {
                ("chats:delete_all", "Delete everybody's chat sessions; one's own may always be deleted.", &[])
            }
            Self::MetricsRead => {
                ("metrics:read", "See the metrics of language models and the details of health.", &[Manager])
            }
        }
    }
}

/// A set of permissions. Cheap to clone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions(Arc<BTreeSet<Permission>>);

impl Permissions {
    /// What a system role gives.
    pub fn of(role: SystemRole) -> Self {
        Permission::all().filter(|permission| permission.is_given_by(role)).collect()
    }

    /// Whether `permission` is among them.
    pub fn contains(&self, permission: Permission) -> bool {
        self.0.contains(&permission)
    }

    /// The first of these that `others` lack.
    pub fn missing_in(&self, others: &Self) -> Option<Permission> {
        self.0.difference(&others.0).next().copied()
    }

    /// Those that are in both sets.
    #[must_use]
    pub fn within(&self, others: &Self) -> Self {
        self.0.intersection(&others.0).copied().collect()
    }

    /// Those of these names; names that the catalogue does not have give nothing.
    pub fn of_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        names.into_iter().filter_map(Permission::named).collect()
    }

    /// All of them, in the order of the catalogue.
    pub fn all(&self) -> Vec<Permission> {
        self.0.iter().copied().collect()
    }

    /// Their names, in the order of the catalogue.
    pub fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|permission| permission.name()).collect()
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(Arc::new(permissions.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_described() {
        let names: BTreeSet<_> = Permission::all().map(Permission::name).collect();
        assert_eq!(names.len(), Permission::all().count());
        for permission in Permission::all() {
            assert_eq!(Permission::named(permission.name()), Some(permission));
            assert!(permission.description().ends_with('.'), "{permission:?}");
        }
    }

    #[test]
    fn what_one_set_lacks_of_another_is_found() {
        let (all, some): (Permissions, Permissions) =
            (Permission::all().collect(), [Permission::UsersRead].into_iter().collect());
        assert_eq!(some.missing_in(&all), None);
        assert!(all.missing_in(&some).is_some());
        assert_eq!(all.within(&some), some);
    }
}
