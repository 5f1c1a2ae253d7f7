//! Business rules of documents.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::{
    Document, Knowledge,
    document::{Column, Entity, Format},
    input::AddKnowledgeDocumentInput,
    meaning,
    outline::sections,
    retrieval::{Found, MAX_QUERY},
    shipped,
    source::{MAX_CONTENT, Source},
    splitter::{Piece, split},
    writing::{advance, fingerprint, said, write_passages},
};
use crate::{
    auth::{Permission, Viewer},
    db::{Id, WriteTx},
    domains::{
        audit::{AuditAction, Audited, Write},
        files::{self, FilePurpose},
    },
    error::{Error, Problems, Result},
    text::{clean, fold, identity_key},
    web_address,
};

/// Maximum number of passages of one document.
const MAX_PASSAGES: usize = 2000;
/// Maximum number of passages of one search.
const MAX_HITS: i32 = 50;

/// Searches a base for a viewer.
pub(super) async fn search(
    knowledge: &Knowledge,
    viewer: &Viewer,
    base: &str,
    query: &str,
    first: i32,
) -> Result<Found> {
    viewer.need(Permission::KnowledgeRead)?;
    let mut problems = Problems::default();
    check_base(&mut problems, "base", base);
    if query.trim().is_empty() || query.chars().count() > MAX_QUERY {
        problems.add("query", format!("Give a question of 1 to {MAX_QUERY} characters."));
    }
    if !(1..=MAX_HITS).contains(&first) {
        problems.add("first", format!("Must be from 1 to {MAX_HITS}."));
    }
    problems.into_result()?;
    knowledge.search(base, query, usize::try_from(first).unwrap_or_default()).await
}

/// A validated draft.
struct Checked {
    draft: AddKnowledgeDocumentInput,
    source: Source,
    pieces: Vec<Piece>,
    input_hash: String,
}

/// Adds a document. The same key of the same user returns the first document while it exists.
pub(super) async fn add(
    knowledge: &Knowledge,
    viewer: &Viewer,
    mut draft: AddKnowledgeDocumentInput,
) -> Result<Document> {
    viewer.need(Permission::KnowledgeManage)?;
    let user = viewer.user_id()?;
    let app = knowledge.app();
    let source = Source::read(knowledge, viewer, &mut draft).await?;
    let Checked { draft, source, pieces, input_hash } = check(draft, source)?;
    let mut write = Write::begin(app, viewer).await?;
    let revision = advance(&write).await?;
    if let Some(key) = &draft.idempotency_key {
        let known = Entity::find().filter(Column::AddedBy.eq(user)).filter(Column::IdempotencyKey.eq(key));
        if let Some(known) = known.one(&**write).await? {
            return if known.input_hash == input_hash { Ok(known) } else { Err(Error::IdempotencyMismatch) };
        }
    }
    check_title_is_free(&write, &draft).await?;
    let content_hash = said(&pieces);
    check_is_new(&write, &draft, &source, &content_hash).await?;
    let now = app.ambient.now();
    let document = Document {
        id: Id::new(&app.ambient),
        title_key: identity_key(&draft.title),
        title_folded: fold(&draft.title),
        base: draft.base,
        title: draft.title,
        format: draft.format,
        url: draft.url,
        is_system: false,
        passage_count: i32::try_from(pieces.len()).unwrap_or(i32::MAX),
        content_hash,
        revision,
        added_by: Some(Id::from_uuid(user)),
        idempotency_key: draft.idempotency_key,
        input_hash,
        created_at: now,
        updated_at: now,
    };
    write.create(AuditAction::KnowledgeDocumentAdded, &document).await?;
    if let Some(file) = source.file {
        let wanted = (Source::FILE, file);
        files::take(app, &write, wanted, FilePurpose::KnowledgeDocument, document.id).await?;
    }
    write_passages(&write, &app.ambient, document.id, pieces).await?;
    meaning::enqueue(knowledge, &mut write).await?;
    write.commit().await?;
    Ok(document)
}

async fn check_title_is_free(tx: &WriteTx, draft: &AddKnowledgeDocumentInput) -> Result<()> {
    let same =
        Entity::find().filter(Column::Base.eq(&draft.base)).filter(Column::TitleKey.eq(identity_key(&draft.title)));
    if same.one(&**tx).await?.is_none() {
        return Ok(());
    }
    let message =
        "The base already has a document with this title; delete that document first, or choose another title.";
    Err(Error::already_exists("input.title", message))
}

/// Returns an error if a document of the base has the same content, regardless of title and format.
async fn check_is_new(
    tx: &WriteTx,
    draft: &AddKnowledgeDocumentInput,
    source: &Source,
    content_hash: &str,
) -> Result<()> {
    // Documents of earlier releases have the hash of their content as it came.
    let as_it_came = source.given.as_str().map(fingerprint);
    let hashes = as_it_came.into_iter().chain([content_hash.to_owned()]);
    let same = Entity::find().filter(Column::Base.eq(&draft.base)).filter(Column::ContentHash.is_in(hashes));
    let mut known = same.one(&**tx).await?;
    if let Some(title) = shipped::says(&draft.base, content_hash).filter(|_| known.is_none()) {
        let of_title =
            Entity::find().filter(Column::Base.eq(&draft.base)).filter(Column::TitleKey.eq(identity_key(title)));
        known = of_title.filter(Column::IsSystem.eq(true)).one(&**tx).await?;
    }
    let Some(known) = known else { return Ok(()) };
    let message = format!(
        "The base already has this content, as \"{}\" ({}); delete that document first.",
        known.title, known.id
    );
    Err(Error::already_exists(source.path, message))
}

/// Deletes a document with its passages.
pub(super) async fn delete(knowledge: &Knowledge, viewer: &Viewer, id: Id<Document>) -> Result<Document> {
    viewer.need(Permission::KnowledgeManage)?;
    let write = Write::begin(knowledge.app(), viewer).await?;
    advance(&write).await?;
    let document = write.locked(id).await?;
    if document.is_system {
        let message = "This document came with the server, which keeps it up to date; it cannot be deleted.";
        return Err(Error::Conflict(message.to_owned()));
    }
    files::release(&write, document.id).await?;
    write.delete(AuditAction::KnowledgeDocumentDeleted, &document).await?;
    write.commit().await?;
    Ok(document)
}

impl Audited for Document {
    fn called(&self) -> &str {
        &self.title
    }

    async fn state(&self, _tx: &WriteTx) -> Result<serde_json::Value> {
        Ok(json!({
            "base": self.base,
            "title": self.title,
            "format": self.format,
            "url": self.url,
            "passageCount": self.passage_count,
        }))
    }
}

/// Validates a draft.
fn check(draft: AddKnowledgeDocumentInput, source: Source) -> Result<Checked> {
    let mut problems = Problems::default();
    let input_hash = fingerprint(&json!([draft.base, draft.title, source.given, draft.format, draft.url]).to_string());
    check_base(&mut problems, "input.base", &draft.base);
    let title = clean(&draft.title).split_whitespace().collect::<Vec<_>>().join(" ");
    if title.is_empty() || title.chars().count() > 200 || title.contains(char::is_control) {
        problems.add("input.title", "Give a title of 1 to 200 characters.");
    }
    let url = draft.url.map(|url| url.trim().to_owned()).filter(|url| !url.is_empty());
    if url.as_deref().is_some_and(|url| !is_web_address(url)) {
        problems.add("input.url", "Give a web address such as https://example.com/help, or leave it out.");
    }
    problems.check_idempotency_key("input.idempotencyKey", draft.idempotency_key.as_deref());
    let pieces = match &source.text {
        Ok(text) => split_checked(&mut problems, draft.format, source.path, text),
        Err(unread) => {
            problems.add(source.path, unread.to_string());
            Vec::new()
        }
    };
    problems.into_result()?;
    Ok(Checked { draft: AddKnowledgeDocumentInput { title, url, ..draft }, source, pieces, input_hash })
}

fn split_checked(problems: &mut Problems, format: Format, path: &str, content: &str) -> Vec<Piece> {
    let length = content.chars().count();
    if length > MAX_CONTENT {
        let message = format!(
            "The content has {length} characters; at most {MAX_CONTENT} are allowed. Split it into several documents."
        );
        problems.add(path, message);
        return Vec::new();
    }
    let pieces = split(&sections(format, content));
    if !pieces.iter().any(|piece| piece.text.contains(char::is_alphanumeric)) {
        problems.add(path, "The content contains no words.");
    } else if pieces.len() > MAX_PASSAGES {
        let message = format!(
            "The content has {} passages; at most {MAX_PASSAGES} are allowed. Split it into several documents.",
            pieces.len()
        );
        problems.add(path, message);
    }
    pieces
}

fn check_base(problems: &mut Problems, path: &str, base: &str) {
    let is_sign = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if base.is_empty() || base.len() > 64 || !base.bytes().all(is_sign) {
        problems.add(path, "Give the name of a base: 1 to 64 small letters, digits and hyphens, such as `support`.");
    }
}

fn is_web_address(text: &str) -> bool {
    text.len() <= 2000 && web_address::public(text).is_some()
}
