//! Kinds of jobs, as the API names them.

use crate::domains::shared::stored_names;

stored_names! {
    /// Kind of work of a job.
    pub enum JobKind, else "A kind of another release of the server." {
        /// Research of a company and its customers, started by `onboardCompany`.
        OnboardCompany = "onboard_company",
        /// Monitoring of the reports of a company's customers, started by `monitorCustomers`.
        MonitorCustomers = "monitor_customers",
        /// Fetching of the list of stock tickers.
        RefreshTickers = "refresh_tickers",
        /// Embedding of knowledge passages for search by meaning.
        EmbedPassages = "embed_passages",
        /// Sending of an invitation.
        SendInvitation = "send_invitation",
        /// Sending of a mail of the outbox.
        SendMail = "send_mail",
        /// Reply of a persona in a chat session.
        ReplyInChat = "reply_in_chat",
        /// Message to a visitor for whom no team member came.
        ChatUnanswered = "chat_unanswered",
        /// Return of the chat sessions of a team member who may no longer answer.
        ChatAnswerersGone = "chat_answerers_gone",
        /// Deletion of the pieces of chat replies that are stored as a whole.
        PurgeChatDeltas = "purge_chat_deltas",
        /// Deletion of expired sign-in sessions.
        PurgeSessions = "purge_sessions",
        /// Deletion of old mails.
        PurgeMails = "purge_mails",
        /// Deletion of old notifications.
        PurgeNotifications = "purge_notifications",
        /// Deletion of facts that later research replaced long ago.
        PurgeFacts = "purge_facts",
        /// Deletion of unused files.
        SweepFiles = "sweep_files",
        /// Deletion of old jobs.
        PurgeJobs = "purge_jobs",
        /// Deletion of old events.
        PurgeEvents = "purge_events",
        /// Preparation for search of texts that another release wrote.
        FoldTexts = "fold_texts",
        /// End of a wait at its time.
        EndWait = "end_wait",
        /// Search for waits that nothing would end.
        SweepWaits = "sweep_waits",
        /// Sealing of personal values in the audit log.
        SealAuditLog = "seal_audit_log",
    }
}
