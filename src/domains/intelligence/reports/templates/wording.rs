//! Wording of one kind of signal.

/// The wording of one kind of signal. `{customer}`, `{vendor}`, `{reader}`, `{who}`, `{news}` and `{filed_on}` are
/// replaced by [`Phrases`](super::phrases::Phrases).
#[derive(Debug)]
pub(super) struct Wording {
    /// Meaning for the reader, in a few words.
    pub(super) stake: &'static str,
    /// Relevance.
    pub(super) why: &'static str,
    /// Talking points.
    pub(super) points: [&'static str; 2],
    /// Recommended action of the seller.
    pub(super) action: &'static str,
    /// Opening of the message.
    pub(super) opening: &'static str,
    /// Closing question of the message.
    pub(super) question: &'static str,
}
