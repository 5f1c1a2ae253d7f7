//! Rows of documents. Transactions that change them must begin with [`advance`].

use std::collections::{BTreeSet, HashMap};

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, Statement, sea_query::Expr,
};
use sha2::{Digest, Sha256};

use super::{document, passage, splitter::Piece};
use crate::{
    ambient::Ambient,
    db::{Id, WriteTx},
    text::fold,
};

/// Number of rows per statement.
const BATCH: usize = 500;

/// Begins a change of documents, and returns its revision. Changes are serialized across all server processes until the
/// end of the transaction, and hence commit in the order of their revisions.
///
/// # Errors
/// When the database fails.
pub(super) async fn advance(tx: &WriteTx) -> Result<i64, DbErr> {
    let sql = "UPDATE knowledge_log SET revision = revision + 1 WHERE id = 1 RETURNING revision";
    let row = tx.query_one_raw(Statement::from_string(tx.get_database_backend(), sql)).await?;
    row.ok_or_else(|| DbErr::RecordNotUpdated)?.try_get("", "revision")
}

/// Records that these documents were changed by `revision`.
///
/// # Errors
/// When the database fails.
pub(super) async fn mark(
    tx: &WriteTx,
    documents: impl Iterator<Item = Id<document::Model>>,
    revision: i64,
) -> Result<(), DbErr> {
    let documents: BTreeSet<_> = documents.collect();
    document::Entity::update_many()
        .col_expr(document::Column::Revision, Expr::value(revision))
        .filter(document::Column::Id.is_in(documents))
        .exec(&**tx)
        .await
        .map(drop)
}

/// Writes the passages of a document. One with the same text as an existing passage keeps its id, vectors and
/// citations; others are removed.
///
/// # Errors
/// When the database fails.
pub(super) async fn write_passages(
    tx: &WriteTx,
    ambient: &Ambient,
    document: Id<document::Model>,
    pieces: Vec<Piece>,
) -> Result<(), DbErr> {
    let of_document = passage::Column::DocumentId.eq(document);
    let known = passage::Entity::find().filter(of_document.clone()).all(&**tx).await?;
    let mut ids: HashMap<_, Vec<_>> = HashMap::new();
    for passage in known {
        ids.entry((passage.heading, passage.text)).or_default().push(passage.id);
    }
    let (mut fresh, mut kept) = (Vec::new(), BTreeSet::new());
    for (piece, position) in pieces.into_iter().zip(0..) {
        let words = i32::try_from(piece.words).unwrap_or(i32::MAX);
        let key = (piece.heading, piece.text);
        if let Some(id) = ids.get_mut(&key).and_then(Vec::pop) {
            kept.insert(id);
            let moved = passage::Entity::update_many().col_expr(passage::Column::Position, Expr::value(position));
            moved.filter(passage::Column::Id.eq(id)).exec(&**tx).await?;
        } else {
            let (heading, text) = key;
            let (heading_folded, text_folded) = (fold(&heading), fold(&text));
            let row = passage::Model {
                id: Id::new(ambient),
                document_id: document,
                position,
                heading,
                heading_folded,
                text,
                text_folded,
                words,
            };
            fresh.push(row.into_active_model());
        }
    }
    let gone: Vec<_> = ids.into_values().flatten().filter(|id| !kept.contains(id)).collect();
    for gone in gone.chunks(BATCH) {
        let gone = passage::Column::Id.is_in(gone.iter().copied());
        passage::Entity::delete_many().filter(gone).exec(&**tx).await?;
    }
    for rows in fresh.chunks(BATCH) {
        passage::Entity::insert_many(rows.to_vec()).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

/// Returns the SHA-256 hash of a text in hexadecimal.
pub(super) fn fingerprint(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// Returns a fingerprint of the passages' content: equal for the same words below the same headings, regardless of
/// spelling variants and markup.
pub(super) fn said(pieces: &[Piece]) -> String {
    let mut hash = Sha256::new();
    for piece in pieces {
        let texts = [piece.heading.as_str(), &piece.text[piece.overlap..]];
        for word in texts.into_iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric())) {
            if !word.is_empty() {
                hash.update(word.to_lowercase());
                hash.update([0]);
            }
        }
    }
    hex::encode(hash.finalize())
}
