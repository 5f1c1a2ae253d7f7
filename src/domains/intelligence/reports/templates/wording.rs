//! The words for one type of signal.

/// The words for one type of signal. `{customer}`, `{vendor}`, `{reader}`, `{who}`, `{news}` and `{filed_on}` stand for what
/// [`Phrases`](super::phrases::Phrases) hold.
#[derive(Debug)]
pub(super) struct Wording {
    /// What it is to the reader, in a few words.
    pub(super) stake: &'static str,
    /// Why it matters.
    pub(super) why: &'static str,
    /// What to bring up.
    pub(super) points: [&'static str; 2],
    /// What the seller should do.
    pub(super) action: &'static str,
    /// How the message begins.
    pub(super) opening: &'static str,
    /// How the message ends.
    pub(super) question: &'static str,
}
