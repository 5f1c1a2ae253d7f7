//! Stored embedding vectors of passages.

use sea_orm::entity::prelude::*;

use super::{defining, outline::HEADING_SEPARATOR, passage};
use crate::db::Id;

/// The vector of a passage by one model.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "knowledge_embeddings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub passage_id: Id<passage::Model>,
    /// The provider and the name of the model, such as `openai/text-embedding-3-small`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub model: String,
    /// See [`bytes`].
    pub vector: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Serializes a vector as little-endian 4-byte floats.
pub(super) fn bytes(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// Deserializes the output of [`bytes`]; `None` if the length is invalid.
pub(super) fn vector(bytes: &[u8]) -> Option<Vec<f32>> {
    let (numbers, rest) = bytes.as_chunks::<4>();
    rest.is_empty().then(|| numbers.iter().map(|number| f32::from_le_bytes(*number)).collect())
}

/// Scales a vector to length 1, so that the dot product of two is their cosine. A zero vector stays zero and is similar
/// to nothing.
pub(super) fn normalized(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|number| f64::from(*number).powi(2)).sum::<f64>().sqrt();
    for number in &mut vector {
        let scaled = if length > 0.0 { f64::from(*number) / length } else { 0.0 };
        #[expect(clippy::cast_possible_truncation, reason = "as exact as the vector came")]
        let scaled = scaled as f32;
        *number = scaled;
    }
    vector
}

/// Returns the cosine of two vectors of length 1; `None` if their dimensions differ.
pub(super) fn cosine(left: &[f32], right: &[f32]) -> Option<f64> {
    (left.len() == right.len()).then(|| left.iter().zip(right).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum())
}

/// Returns the text of a passage to embed: below its headings, or below the document's title if it has none.
pub(super) fn embedded(title: &str, heading: &str, text: &str) -> String {
    let is_bare = heading.split(HEADING_SEPARATOR).all(defining::is_page);
    let above = [if is_bare { title } else { "" }, heading];
    let above: Vec<_> = above.into_iter().filter(|part| !part.is_empty()).collect();
    format!("{}\n{text}", above.join(HEADING_SEPARATOR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_reads_back_as_it_was_written() {
        let numbers = vec![0.25, -1.5, 3e-8];
        assert_eq!(vector(&bytes(&numbers)), Some(numbers));
        assert_eq!(vector(&[1, 2, 3]), None);
    }

    #[test]
    fn the_cosine_looks_at_directions_only() {
        let [a, b, c] = [vec![3.0, 4.0], vec![30.0, 40.0], vec![-4.0, 3.0]].map(normalized);
        assert!((cosine(&a, &b).unwrap() - 1.0).abs() < 1e-6);
        assert!(cosine(&a, &c).unwrap().abs() < 1e-6);
        assert_eq!(cosine(&a, &[1.0]), None);
        assert_eq!(normalized(vec![0.0, 0.0]), vec![0.0, 0.0]);
    }
}
