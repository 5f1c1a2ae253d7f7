//! The content of a new document: as it stands in the input, or of an uploaded file.

use serde_json::{Value, json};

use super::{
    Knowledge,
    document::Format,
    input::AddKnowledgeDocumentInput,
    pdf::{MAX_FILE, Unread},
};
use crate::{
    auth::Viewer,
    db::Id,
    domains::files::{self, File, FileFormat, FilePurpose},
    error::{Error, Result},
};

/// Maximum length of a content, in characters.
pub(super) const MAX_CONTENT: usize = 200_000;
/// Maximum number of bytes of a character in UTF-8.
const WIDEST: usize = 4;

/// The content of a new document.
pub(super) struct Source {
    /// The input that it came by, for errors.
    pub path: &'static str,
    /// What stands for it in the hash of the input.
    pub given: Value,
    /// The text, or the reason for having none.
    pub text: Result<String, Unread>,
    /// The file, if it came by one.
    pub file: Option<Id<File>>,
}

impl Source {
    /// The input with a file's id.
    pub(super) const FILE: &str = "input.fileId";

    /// Reads the content.
    ///
    /// # Errors
    /// [`Error::BadInput`] unless there is one, [`Error::NotFound`] for a file that is not the viewer's, [`Error::Busy`] if other
    /// files take all the time.
    pub(super) async fn read(
        knowledge: &Knowledge,
        viewer: &Viewer,
        draft: &mut AddKnowledgeDocumentInput,
    ) -> Result<Self> {
        match (draft.content.take(), draft.file_id) {
            (Some(content), None) => Self::of_content(knowledge, viewer, draft.format, content).await,
            (None, Some(file)) => Self::of_file(knowledge, viewer, draft.format, file).await,
            _ => Err(Error::bad_input("input.content", "Give either `content` or `fileId`.")),
        }
    }

    async fn of_content(knowledge: &Knowledge, viewer: &Viewer, format: Format, content: String) -> Result<Self> {
        let given = json!(content);
        let text = match format {
            Format::Pdf => knowledge.pdf_readers().read(viewer.user_id()?, &content).await?,
            Format::Text | Format::Markdown | Format::Html => Ok(content),
        };
        Ok(Self { path: "input.content", given, text, file: None })
    }

    async fn of_file(knowledge: &Knowledge, viewer: &Viewer, format: Format, id: Id<File>) -> Result<Self> {
        let most = if format == Format::Pdf { MAX_FILE } else { MAX_CONTENT * WIDEST };
        let wanted = (Self::FILE, id);
        let read = files::read_unused(knowledge.app(), viewer, wanted, FilePurpose::KnowledgeDocument, most);
        let (file, bytes) = read.await?;
        let is_pdf = file.format == FileFormat::Pdf;
        if is_pdf != (format == Format::Pdf) {
            let right =
                if is_pdf { "a PDF; give the format PDF" } else { "no PDF; give the format TEXT, MARKDOWN or HTML" };
            return Err(Error::bad_input("input.format", format!("By its content the file is {right}.")));
        }
        let text = if is_pdf {
            knowledge.pdf_readers().read_file(viewer.user_id()?, bytes).await?
        } else {
            let text =
                String::from_utf8(bytes).map_err(|_| Error::bad_input(Self::FILE, "The file is not in UTF-8."))?;
            Ok(text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text))
        };
        Ok(Self { path: Self::FILE, given: json!({"file": id.to_string()}), text, file: Some(id) })
    }
}
