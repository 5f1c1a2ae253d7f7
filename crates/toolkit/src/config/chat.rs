//! Settings of chat.

use std::{path::PathBuf, time::Duration};

use super::reader::Reader;

/// Settings of chat sessions, and limits of visitors.
#[derive(Debug, Clone)]
pub struct ChatConfig {
    /// Folder of personas that add to the bundled ones, or replace them.
    pub personas_dir: Option<PathBuf>,
    /// Lifetime of a visitor's token after their last message.
    pub visitor_ttl: Duration,
    /// Maximum number of messages of one visitor per minute.
    pub visitor_messages: u32,
    /// Maximum number of sessions started by visitors from one IP address per hour.
    pub visitor_sessions: u32,
    /// Maximum length of a message, in characters.
    pub message_chars: usize,
    /// Time after a request for a person until the visitor is told that nobody came.
    pub handover_patience: Duration,
    /// Pause after each word of an answer without a language model.
    pub built_in_pace: Duration,
}

/// Reads the settings.
pub(super) fn gather(r: &mut Reader<'_>) -> ChatConfig {
    r.section("Chat");
    let personas_dir = r.optional(
        "PERSONAS_DIR",
        "Folder of personas (TOML files, see docs/chat.md) that add to the bundled ones or replace those of the same id.",
    );
    let hours = r.number(
        "VISITOR_TOKEN_HOURS",
        24,
        1..=8760,
        "Lifetime of a visitor's token after their last message; without it they cannot continue the chat session.",
    );
    ChatConfig {
        personas_dir: personas_dir.map(PathBuf::from),
        visitor_ttl: Duration::from_secs(u64::from(hours) * 3600),
        visitor_messages: r.number(
            "VISITOR_MESSAGES_PER_MINUTE",
            20,
            1..=100_000,
            "Maximum number of messages of one visitor per minute.",
        ),
        visitor_sessions: r.number(
            "VISITOR_SESSIONS_PER_HOUR",
            20,
            1..=100_000,
            "Maximum number of chat sessions started by visitors from one IP address (a /64 for IPv6) per hour.",
        ),
        message_chars: r.number(
            "CHAT_MESSAGE_CHARS",
            4000,
            100..=50_000,
            "Maximum length of a chat message, in characters.",
        ) as usize,
        handover_patience: Duration::from_secs(
            60 * u64::from(r.number(
                "CHAT_HANDOVER_MINUTES",
                15,
                1..=1440,
                "Time after a request for a person until the visitor is told that nobody came.",
            )),
        ),
        built_in_pace: r.millis(
            "CHAT_BUILT_IN_PACE_MS",
            25,
            0,
            "Pause after each word of an answer without a language model.",
        ),
    }
}
