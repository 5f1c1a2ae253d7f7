//! Actions in the audit log, and the types of their subjects.

use crate::domains::shared::stored_names;

stored_names! {
    /// Change recorded in the audit log: the type of the object and what happened to it.
    pub enum AuditAction, else "An action of another release of the server." {
        /// An API key was created.
        ApiKeyCreated = "api_key.created",
        /// An API key was revoked.
        ApiKeyRevoked = "api_key.revoked",
        /// A chat reply was requested again.
        ChatMessageRegenerated = "chat_message.regenerated",
        /// A chat message was sent.
        ChatMessageSent = "chat_message.sent",
        /// A chat reply was stopped.
        ChatMessageStopped = "chat_message.stopped",
        /// A chat session was assigned to a team member.
        ChatSessionAssigned = "chat_session.assigned",
        /// A chat session was created.
        ChatSessionCreated = "chat_session.created",
        /// A chat session was deleted with its messages.
        ChatSessionDeleted = "chat_session.deleted",
        /// A person was requested in a chat session.
        ChatSessionHandoverRequested = "chat_session.handover_requested",
        /// The request for a person was withdrawn.
        ChatSessionHandoverWithdrawn = "chat_session.handover_withdrawn",
        /// A chat session was returned to its persona.
        ChatSessionReturned = "chat_session.returned",
        /// A team member took over a chat session.
        ChatSessionTakenOver = "chat_session.taken_over",
        /// A contract term was added.
        ContractCreated = "contract.created",
        /// A contract term was changed.
        ContractUpdated = "contract.updated",
        /// A churn of a customer was undone.
        CustomerChurnUndone = "customer.churn_undone",
        /// A customer left.
        CustomerChurned = "customer.churned",
        /// A customer was created by hand.
        CustomerCreated = "customer.created",
        /// A customer was deleted.
        CustomerDeleted = "customer.deleted",
        /// A customer that had left came back.
        CustomerReactivated = "customer.reactivated",
        /// A customer was changed.
        CustomerUpdated = "customer.updated",
        /// A contact of a customer was added.
        CustomerContactCreated = "customer_contact.created",
        /// A contact of a customer was deleted.
        CustomerContactDeleted = "customer_contact.deleted",
        /// A contact of a customer was changed.
        CustomerContactUpdated = "customer_contact.updated",
        /// A download link was created.
        DownloadLinkCreated = "download_link.created",
        /// A download link was revoked.
        DownloadLinkRevoked = "download_link.revoked",
        /// A file was deleted.
        FileDeleted = "file.deleted",
        /// A file was downloaded by a link of its owner.
        FileDownloaded = "file.downloaded",
        /// A file was uploaded, or made by the server.
        FileUploaded = "file.uploaded",
        /// An interaction was deleted.
        InteractionDeleted = "interaction.deleted",
        /// An interaction was logged.
        InteractionLogged = "interaction.logged",
        /// An interaction was changed.
        InteractionUpdated = "interaction.updated",
        /// A job was cancelled.
        JobCancelled = "job.cancelled",
        /// A job was started by a user.
        JobCreated = "job.created",
        /// A job was restarted.
        JobRetried = "job.retried",
        /// A knowledge document was added.
        KnowledgeDocumentAdded = "knowledge_document.added",
        /// A knowledge document was deleted.
        KnowledgeDocumentDeleted = "knowledge_document.deleted",
        /// A knowledge document was deleted; entries before November 2026 only.
        KnowledgeDocumentRemoved = "knowledge_document.removed",
        /// A lead was created.
        LeadCreated = "lead.created",
        /// A lead was changed.
        LeadUpdated = "lead.updated",
        /// A mail was queued again.
        MailQueued = "mail.queued",
        /// A note was added.
        NoteCreated = "note.created",
        /// A note was deleted.
        NoteDeleted = "note.deleted",
        /// A note was changed.
        NoteUpdated = "note.updated",
        /// A reason was created.
        ReasonCreated = "reason.created",
        /// A reason was changed.
        ReasonUpdated = "reason.updated",
        /// A role was created.
        RoleCreated = "role.created",
        /// A role was deleted.
        RoleDeleted = "role.deleted",
        /// A role was changed.
        RoleUpdated = "role.updated",
        /// A sign-in session was extended.
        SessionRefreshed = "session.refreshed",
        /// A sign-in session was ended.
        SessionRevoked = "session.revoked",
        /// A user signed in.
        SessionStarted = "session.started",
        /// The settings of the business were changed.
        SettingsUpdated = "settings.updated",
        /// A task was created.
        TaskCreated = "task.created",
        /// A task was deleted.
        TaskDeleted = "task.deleted",
        /// A task was changed.
        TaskUpdated = "task.updated",
        /// A user was activated.
        UserActivated = "user.activated",
        /// A step of a run on behalf of the user was refused: the user, the role or the API key does not give the right to it
        /// any more.
        UserAutomationRefused = "user.automation_refused",
        /// A user was created.
        UserCreated = "user.created",
        /// A user was deactivated.
        UserDeactivated = "user.deactivated",
        /// A user was deleted.
        UserDeleted = "user.deleted",
        /// An administrator began to impersonate a user.
        UserImpersonated = "user.impersonated",
        /// A user accepted an invitation.
        UserInvitationAccepted = "user.invitation_accepted",
        /// A user was invited.
        UserInvited = "user.invited",
        /// A user was linked to an identity of another issuer.
        UserLinked = "user.linked",
        /// A user changed the password.
        UserPasswordChanged = "user.password_changed",
        /// A password was reset on the server's command line.
        UserPasswordReset = "user.password_reset",
        /// All sign-in sessions of a user were ended.
        UserSignedOut = "user.signed_out",
        /// A user was changed.
        UserUpdated = "user.updated",
    }
}

stored_names! {
    /// Type of a changed object in the audit log.
    pub enum AuditSubjectType, else "A type of another release of the server." {
        /// API key.
        ApiKey = "api_key",
        /// Chat message.
        ChatMessage = "chat_message",
        /// Chat session.
        ChatSession = "chat_session",
        /// Contract term.
        Contract = "contract",
        /// Customer.
        Customer = "customer",
        /// Contact of a customer.
        CustomerContact = "customer_contact",
        /// Download link.
        DownloadLink = "download_link",
        /// File.
        File = "file",
        /// Interaction.
        Interaction = "interaction",
        /// Job.
        Job = "job",
        /// Knowledge document.
        KnowledgeDocument = "knowledge_document",
        /// Lead.
        Lead = "lead",
        /// Mail of the outbox.
        Mail = "mail",
        /// Note.
        Note = "note",
        /// Reason for which customers leave or leads are lost.
        Reason = "reason",
        /// Role.
        Role = "role",
        /// Sign-in session.
        Session = "session",
        /// Settings of the business.
        Settings = "settings",
        /// Task.
        Task = "task",
        /// User.
        User = "user",
    }
}

impl AuditAction {
    /// Returns the type of the changed object.
    pub fn subject_type(self) -> AuditSubjectType {
        AuditSubjectType::named(self.as_str().split('.').next().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_a_known_type_of_object_and_what_happened_to_it() {
        for action in AuditAction::ALL {
            let (_, verb) = action.as_str().split_once('.').unwrap();
            let pascal = |text: &str| {
                let word = |word: &str| word[..1].to_uppercase() + &word[1..];
                text.split('_').map(word).collect::<String>()
            };
            assert_ne!(action.subject_type(), AuditSubjectType::Other, "{action:?}");
            assert_eq!(format!("{action:?}"), format!("{:?}{}", action.subject_type(), pascal(verb)));
            assert_eq!(AuditAction::named(action.as_str()), *action);
        }
    }
}
