//! The catalogue of notifications: what users are told of, and about which objects.

use async_graphql::Enum;

use super::{chat::ChatSessionRow, leads::Lead, shared::stored_names, signals::Signal};
use crate::{db::Id, jobs::JobRow};

/// Severity of a notification, the least first.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotificationSeverity {
    /// Something to know.
    Info,
    /// Something ended well.
    Success,
    /// Something waits for you.
    Warning,
    /// Something failed.
    Error,
}

impl NotificationSeverity {
    /// All severities, the gravest first.
    pub(crate) const GRAVEST_FIRST: [Self; 4] = [Self::Error, Self::Warning, Self::Success, Self::Info];
}

/// Lists the kinds of notifications: the type of object that each is about, its stored name, its severity, its title, and its
/// description.
macro_rules! notification_kinds {
    ($($kind:ident($subject:ty) = $name:literal: $severity:ident, $title:literal, $description:literal;)*) => {
        stored_names! {
            /// Kind of notification.
            pub enum NotificationKind, else "A kind of another release of the server." {
                $(#[doc = $description] $kind = $name,)*
            }
        }

        impl NotificationKind {
            /// Returns the severity, which is that of the kind: a repetition is never graver than the first.
            pub fn severity(self) -> NotificationSeverity {
                match self {
                    $(Self::$kind => NotificationSeverity::$severity,)*
                    Self::Other => NotificationSeverity::Info,
                }
            }

            /// Returns the title, which names nobody and nothing.
            pub fn title(self) -> &'static str {
                match self {
                    $(Self::$kind => $title,)*
                    Self::Other => "News",
                }
            }
        }

        /// A notification to send: its kind, and the object that it is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Notice {
            $(#[doc = $description] $kind(Id<$subject>),)*
        }

        impl Notice {
            /// Returns the kind.
            pub(crate) fn kind(self) -> NotificationKind {
                match self {
                    $(Self::$kind(_) => NotificationKind::$kind,)*
                }
            }

            /// Returns the id of the object.
            pub(crate) fn subject(self) -> String {
                match self {
                    $(Self::$kind(subject) => subject.to_string(),)*
                }
            }
        }
    };
}

notification_kinds! {
    ChatWaiting(ChatSessionRow) = "CHAT_WAITING": Warning, "A chat waits for a person",
        "A chat session waits for a person: sent to those who may answer, or to the team member to whom it was assigned.";
    SignalDetected(Signal) = "SIGNAL_DETECTED": Info, "New signal at a customer",
        "A signal was detected at a customer: sent to the account manager of the customer.";
    LeadCreated(Lead) = "LEAD_CREATED": Info, "New lead",
        "A chat made a lead: sent to those who see all leads.";
    JobCompleted(JobRow) = "JOB_COMPLETED": Success, "A job is done",
        "An onboarding or a monitoring completed: sent to the user who started it.";
    JobFailed(JobRow) = "JOB_FAILED": Error, "A job failed",
        "An onboarding or a monitoring failed: sent to the user who started it.";
}
