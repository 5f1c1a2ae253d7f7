//! What the visitor was asked for.

/// What the visitor was asked for, by the keys of the fields.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asking<'a> {
    /// What the last reply asked for.
    pub last: Option<&'a str>,
    /// What was asked for last of what is not known yet; a refusal is one to tell this.
    pub open: Option<&'a str>,
}

impl<'a> From<Option<&'a str>> for Asking<'a> {
    fn from(asked: Option<&'a str>) -> Self {
        Self { last: asked, open: asked }
    }
}
