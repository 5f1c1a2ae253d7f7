//! The bundled documents, updated when a server starts.

use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter};

use super::{
    Knowledge,
    document::{ActiveModel, Column, Entity, Format, Model},
    meaning,
    outline::sections,
    splitter::split,
    writing::{advance, fingerprint, said, write_passages},
};
use crate::{
    db::Id,
    error::Result,
    text::{fold, identity_key},
};

/// A bundled document.
#[derive(Debug, Clone, Copy)]
struct Shipped {
    base: &'static str,
    title: &'static str,
    content: &'static str,
}

const SHIPPED: [Shipped; 2] = [
    Shipped {
        base: "hedge-fund",
        title: "Notes of an insomniac trader",
        content: include_str!("../../../assets/knowledge/hedge-fund.md"),
    },
    Shipped { base: "support", title: "About Rapport", content: include_str!("../../../assets/knowledge/support.md") },
];

/// Version of the splitting, part of content hashes; raised when documents are split differently.
const SPLITTING: &str = "1";

impl Shipped {
    fn hash(&self) -> String {
        fingerprint(&format!("{SPLITTING}\n{}", self.content))
    }
}

/// Returns the title of the bundled document of a base with this content, by [`said`].
pub(super) fn says(base: &str, content_hash: &str) -> Option<&'static str> {
    let says = |shipped: &&Shipped| said(&split(&sections(Format::Markdown, shipped.content))) == content_hash;
    SHIPPED.iter().filter(|shipped| shipped.base == base).find(says).map(|shipped| shipped.title)
}

impl Knowledge {
    /// Updates the bundled documents, and enqueues missing vectors. If several servers start at once, one does it. A
    /// passage keeps its id while its text is unchanged.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prepare(&self) -> Result<()> {
        for shipped in &SHIPPED {
            self.bring_up_to_date(shipped).await?;
        }
        meaning::catch_up(self).await
    }

    async fn bring_up_to_date(&self, shipped: &Shipped) -> Result<()> {
        let (app, hash) = (self.app(), shipped.hash());
        let named = || {
            let of_base = Entity::find().filter(Column::Base.eq(shipped.base));
            of_base.filter(Column::TitleKey.eq(identity_key(shipped.title)))
        };
        let is_settled = |found: &Option<Model>| {
            // A document of somebody's own that has the title is theirs.
            found.as_ref().is_some_and(|document| !document.is_system || document.content_hash == hash)
        };
        if is_settled(&named().one(app.db.reader()).await?) {
            return Ok(());
        }
        let mut tx = app.db.begin().await?;
        let revision = advance(&tx).await?;
        let found = named().one(&*tx).await?;
        if is_settled(&found) {
            return Ok(());
        }
        let pieces = split(&sections(Format::Markdown, shipped.content));
        let now = app.ambient.now();
        let row = Model {
            id: found.as_ref().map_or_else(|| Id::new(&app.ambient), |found| found.id),
            base: shipped.base.to_owned(),
            title: shipped.title.to_owned(),
            title_key: identity_key(shipped.title),
            title_folded: fold(shipped.title),
            format: Format::Markdown,
            url: None,
            is_system: true,
            passage_count: i32::try_from(pieces.len()).unwrap_or(i32::MAX),
            content_hash: hash,
            revision,
            added_by: None,
            idempotency_key: None,
            input_hash: String::new(),
            created_at: found.as_ref().map_or(now, |found| found.created_at),
            updated_at: now,
        };
        let id = row.id;
        write_document(&tx, row, found.is_some()).await?;
        write_passages(&tx, &app.ambient, id, pieces).await?;
        meaning::enqueue(self, &mut tx).await?;
        tx.commit().await?;
        tracing::info!(
            base = shipped.base,
            title = shipped.title,
            "a document that comes with the server is up to date"
        );
        Ok(())
    }
}

async fn write_document(tx: &crate::db::WriteTx, row: Model, is_known: bool) -> Result<(), DbErr> {
    if !is_known {
        return Entity::insert(row.into_active_model()).exec_without_returning(&**tx).await.map(drop);
    }
    let change = ActiveModel {
        id: Set(row.id),
        passage_count: Set(row.passage_count),
        content_hash: Set(row.content_hash),
        revision: Set(row.revision),
        updated_at: Set(row.updated_at),
        ..Default::default()
    };
    Entity::update(change).exec(&**tx).await.map(drop)
}
