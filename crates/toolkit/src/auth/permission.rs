//! The catalogue of permissions, each with its name, description and the system roles that grant it.

use std::{collections::BTreeSet, sync::Arc};

use async_graphql::Enum;
use sea_orm::{Iterable, prelude::EnumIter};

use super::SystemRole::{self, Counselor, Manager, Viewer};

/// A permission, granted by roles and restricted by the scopes of API keys. `permissions` returns the name and
/// description of each.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter)]
pub enum Permission {
    /// Read companies.
    CompaniesRead,
    /// Start the research of companies.
    CompaniesResearch,
    /// Start the monitoring of companies' customers.
    CompaniesMonitor,
    /// Read customers.
    CustomersRead,
    /// Create, update, churn and delete customers.
    CustomersWrite,
    /// Add and update contract terms of customers.
    ContractsWrite,
    /// Log interactions, and update one's own.
    InteractionsWrite,
    /// Delete and correct all interactions and notes.
    InteractionsDelete,
    /// Create, update and delete tasks.
    TasksWrite,
    /// Add notes, and update one's own.
    NotesWrite,
    /// Read signals.
    SignalsRead,
    /// Read and search knowledge documents.
    KnowledgeRead,
    /// Add and delete knowledge documents.
    KnowledgeManage,
    /// Read the leads assigned to oneself.
    LeadsRead,
    /// Read all leads.
    LeadsReadAll,
    /// Upload files of leads to import.
    LeadsImport,
    /// Read and delete all users' files, and revoke links to them.
    FilesManageAll,
    /// Read all users' jobs.
    JobsReadAll,
    /// Cancel and retry all users' jobs.
    JobsManageAll,
    /// Read the mails in the outbox.
    OutboxRead,
    /// Send held and failed mails.
    OutboxManage,
    /// Read users and roles.
    UsersRead,
    /// Create, update and delete users.
    UsersManage,
    /// Impersonate users.
    UsersImpersonate,
    /// Create, update and delete roles.
    RolesManage,
    /// Create, list and revoke one's own API keys.
    ApiKeysManage,
    /// List and revoke all users' API keys.
    ApiKeysManageAll,
    /// Read the audit log.
    AuditRead,
    /// Read all chat sessions.
    ChatsReadAll,
    /// Read and answer in chat sessions in which a person was ever requested.
    ChatsAnswer,
    /// Delete all users' chat sessions.
    ChatsDeleteAll,
    /// Read the metrics of language models and the details of the server's health.
    MetricsRead,
    /// Update the settings of the business.
    SettingsManage,
    /// Start scheduled tasks.
    ScheduleManage,
}

impl Permission {
    /// Returns all permissions, in the order of the catalogue.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// Returns the permission with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::iter().find(|permission| permission.name() == name)
    }

    /// Returns the name, as used in roles, API keys, error messages and documents.
    pub fn name(self) -> &'static str {
        self.entry().0
    }

    /// Returns a one-sentence description.
    pub fn description(self) -> &'static str {
        self.entry().1
    }

    /// Returns true if the system role grants the permission. Administrators have every permission.
    pub fn is_given_by(self, role: SystemRole) -> bool {
        role == SystemRole::Admin || self.entry().2.contains(&role)
    }

    /// Returns the catalogue entry: name, description, and the system roles beside `admin` that grant it.
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
                ("knowledge:manage", "Add and delete the documents that answers draw on.", &[Manager])
            }
            Self::LeadsRead => ("leads:read", "See the leads that are assigned to oneself.", &[Manager, Counselor]),
            Self::LeadsReadAll => {
                ("leads:read_all", "See everybody's leads, with the users to whom they are assigned.", &[Manager])
            }
            Self::LeadsImport => ("leads:import", "Upload files of leads to import.", &[Manager]),
            Self::FilesManageAll => (
                "files:manage_all",
                "See and delete everybody's files and revoke links to them; one's own may always be steered.",
                &[],
            ),
            Self::CompaniesMonitor => {
                ("companies:monitor", "Have the reports of a company's customers read for signals.", &[Manager])
            }
            Self::CustomersRead => {
                ("customers:read", "See customers, with their account managers.", &[Manager, Counselor, Viewer])
            }
            Self::CustomersWrite => {
                ("customers:write", "Create, change, churn and delete customers, and their contacts.", &[Manager])
            }
            Self::ContractsWrite => ("contracts:write", "Add and change contract terms of customers.", &[Manager]),
            Self::InteractionsWrite => (
                "interactions:write",
                "Log interactions with leads and customers that one sees, and change one's own.",
                &[Manager, Counselor],
            ),
            Self::InteractionsDelete => (
                "interactions:delete",
                "Delete interactions, and change those and the notes of others, at any time.",
                &[Manager],
            ),
            Self::TasksWrite => (
                "tasks:write",
                "Create, change and delete tasks of leads and customers that one sees.",
                &[Manager, Counselor],
            ),
            Self::NotesWrite => (
                "notes:write",
                "Write notes on leads and customers that one sees, and change one's own.",
                &[Manager, Counselor],
            ),
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
                "See chat sessions in which a person was ever asked for, take them over and answer in them.",
                &[Manager, Counselor],
            ),
            Self::ChatsDeleteAll => {
                ("chats:delete_all", "Delete everybody's chat sessions; one's own may always be deleted.", &[])
            }
            Self::MetricsRead => {
                ("metrics:read", "See the metrics of language models and the details of health.", &[Manager])
            }
            Self::SettingsManage => ("settings:manage", "Change the settings of the business.", &[]),
            Self::ScheduleManage => ("schedule:manage", "Start scheduled tasks beside their schedule.", &[]),
        }
    }
}

/// A set of permissions. Cheap to clone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions(Arc<BTreeSet<Permission>>);

impl Permissions {
    /// Returns the permissions that a system role grants.
    pub fn of(role: SystemRole) -> Self {
        Permission::all().filter(|permission| permission.is_given_by(role)).collect()
    }

    /// Returns true if the set contains `permission`.
    pub fn contains(&self, permission: Permission) -> bool {
        self.0.contains(&permission)
    }

    /// Returns the first permission of this set that `others` lacks.
    pub fn missing_in(&self, others: &Self) -> Option<Permission> {
        self.0.difference(&others.0).next().copied()
    }

    /// Returns the intersection of both sets.
    #[must_use]
    pub fn within(&self, others: &Self) -> Self {
        self.0.intersection(&others.0).copied().collect()
    }

    /// Returns the permissions with these names; unknown names are ignored.
    pub fn of_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        names.into_iter().filter_map(Permission::named).collect()
    }

    /// Returns all permissions of the set, in the order of the catalogue.
    pub fn all(&self) -> Vec<Permission> {
        self.0.iter().copied().collect()
    }

    /// Returns their names, in the order of the catalogue.
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
