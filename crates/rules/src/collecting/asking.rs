//! State of the questions to the visitor.

/// The questions to the visitor, by field key.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asking<'a> {
    /// The field asked for by the last reply.
    pub last: Option<&'a str>,
    /// The latest field asked for that is still unknown; a refusal refers to it.
    pub open: Option<&'a str>,
}

impl<'a> From<Option<&'a str>> for Asking<'a> {
    fn from(asked: Option<&'a str>) -> Self {
        Self { last: asked, open: asked }
    }
}
