//! Updates a catalog from the database: drops removed documents, reloads changed ones, and keeps the rest.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Statement};
use tokio::task::spawn_blocking;

use super::{
    analysis::Analysis,
    catalog::Catalog,
    document, embedding,
    index::{Indexable, Indexed},
    passage, scale,
};
use crate::{
    db::{Db, Id},
    error::{Error, Result},
};

/// Number of documents read per statement.
const BATCH: usize = 50;

/// Returns the latest revision. Writers of documents lock its row until they commit, so every change up to it is
/// visible.
///
/// # Errors
/// When the database fails.
pub(super) async fn revision(db: &Db) -> Result<i64, DbErr> {
    let statement = Statement::from_string(db.backend(), "SELECT revision FROM knowledge_log WHERE id = 1");
    let row = db.reader().query_one_raw(statement).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("knowledge_log".to_owned()))?.try_get("", "revision")
}

/// Returns the catalog that follows `old`. `model` is the model of the vectors to load.
///
/// # Errors
/// When the database fails.
pub(super) async fn follow(db: &Db, analysis: &Analysis, model: Option<&str>, old: &Catalog) -> Result<Catalog> {
    // The number first: what changes while the rest is read is seen now or at the next look, and never missed.
    let revision = revision(db).await?;
    let rows = document::Entity::find().all(db.reader()).await?;
    let scale = match model {
        Some(model) => scale::of_model(db, model).await?,
        None => None,
    };
    let mut next = Catalog { revision, scale, ..Catalog::default() };
    let mut changed = Vec::new();
    for row in rows {
        match old.documents.get(&row.id).filter(|known| known.revision == row.revision) {
            Some(known) => drop(next.documents.insert(row.id, known.clone())),
            None => changed.push(row),
        }
    }
    for batch in changed.chunks(BATCH) {
        for document in read(db, analysis, model, batch.to_vec()).await? {
            next.documents.insert(document.id, Arc::new(document));
        }
    }
    Ok(next)
}

async fn read(
    db: &Db,
    analysis: &Analysis,
    model: Option<&str>,
    documents: Vec<document::Model>,
) -> Result<Vec<Indexed>> {
    let ids: Vec<_> = documents.iter().map(|document| document.id).collect();
    let rows = passage::Entity::find()
        .filter(passage::Column::DocumentId.is_in(ids))
        .order_by_asc(passage::Column::DocumentId)
        .order_by_asc(passage::Column::Position)
        .order_by_asc(passage::Column::Id)
        .all(db.reader())
        .await?;
    let mut vectors = match model {
        Some(model) => vectors(db, model, &rows).await?,
        None => HashMap::new(),
    };
    let mut passages: HashMap<Id<document::Model>, Vec<Indexable>> = HashMap::new();
    for row in rows {
        let vector = vectors.remove(&row.id);
        let passage = Indexable { id: row.id, heading: row.heading, text: row.text, vector };
        passages.entry(row.document_id).or_default().push(passage);
    }
    let analysis = analysis.clone();
    let build = move || {
        let build = |document: document::Model| {
            Indexed::build(&analysis, &document, passages.remove(&document.id).unwrap_or_default())
        };
        documents.into_iter().map(build).collect::<Result<Vec<_>, _>>()
    };
    spawn_blocking(build).await.map_err(Error::internal)?.map_err(Error::internal)
}

/// Returns the vectors of passages by `model`, each of length 1.
async fn vectors(db: &Db, model: &str, rows: &[passage::Model]) -> Result<HashMap<Id<passage::Model>, Vec<f32>>> {
    let mut vectors = HashMap::new();
    for rows in rows.chunks(500) {
        let found = embedding::Entity::find()
            .filter(embedding::Column::PassageId.is_in(rows.iter().map(|row| row.id)))
            .filter(embedding::Column::Model.eq(model))
            .all(db.reader())
            .await?;
        let read = |row: embedding::Model| Some((row.passage_id, embedding::vector(&row.vector)?));
        vectors.extend(found.into_iter().filter_map(read));
    }
    Ok(vectors)
}
