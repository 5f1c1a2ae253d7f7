//! Search that forgives typing errors, the same on both databases: rows are found by the trigrams of their texts.

use sea_orm::{
    ActiveValue::Set,
    QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, Func, SimpleExpr},
};

use crate::{
    db::WriteTx,
    text::{Grams, grams},
};

/// A trigram of a row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_grams")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: Searched,
    #[sea_orm(primary_key, auto_increment = false)]
    pub gram: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub ref_id: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The kinds of rows that are found by trigrams.
#[derive(EnumIter, DeriveActiveEnum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Searched {
    /// Customers, by their names.
    Customer,
}

/// Writes the trigrams of a row's texts, in place of those that it had.
///
/// # Errors
/// When the database fails.
pub(crate) async fn index(tx: &WriteTx, kind: Searched, id: Uuid, text: &str) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::RefId.eq(id)).filter(Column::Kind.eq(kind)).exec(&**tx).await?;
    let row = |gram| ActiveModel { kind: Set(kind), gram: Set(gram), ref_id: Set(id) };
    let rows: Vec<_> = grams(text).into_iter().map(row).collect();
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

/// Returns the condition that the row whose id is in `id` resembles a searched text; `None` if the text has no word.
pub(crate) fn resembling<C: ColumnTrait>(kind: Searched, id: C, text: &str) -> Option<SimpleExpr> {
    let searched = Grams::of(text)?;
    let mut rows = Entity::find()
        .select_only()
        .column(Column::RefId)
        .filter(Column::Kind.eq(kind))
        .filter(Column::Gram.is_in(searched.all()))
        .group_by(Column::RefId)
        .having(Expr::cust("COUNT(*)").gte(searched.needed()));
    if searched.words.len() > 1 {
        for word in &searched.words {
            let shared = Expr::case(Column::Gram.is_in(word), 1).finally(0);
            rows = rows.having(Expr::expr(Func::sum(shared)).gte(Grams::needed_of(word)));
        }
    }
    Some(id.in_subquery(rows.into_query()))
}

/// Returns the condition that the row whose id is in `id` has no trigrams yet.
pub(crate) fn not_indexed<C: ColumnTrait>(kind: Searched, id: C) -> SimpleExpr {
    let indexed = Entity::find().select_only().column(Column::RefId).filter(Column::Kind.eq(kind));
    id.not_in_subquery(indexed.into_query())
}
