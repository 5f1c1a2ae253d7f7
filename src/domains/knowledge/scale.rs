//! Calibration of embedding models: one model scores an answer at 0.4 and unrelated text at 0.1, another at 0.84 and
//! 0.80. Each model is measured once with bundled questions and known answers.

use std::sync::LazyLock;

use sea_orm::{ActiveValue::Set, entity::prelude::*, sea_query::OnConflict};
use serde::Deserialize;

use super::{
    embedding::{cosine, embedded},
    writing::{advance, fingerprint},
};
use crate::{app::App, db::Db, error::Result};

/// The stored calibration of a model.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "knowledge_scales")]
pub struct Model {
    /// The provider and the name of the model, such as `openai/text-embedding-3-small`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub model: String,
    /// The fingerprint of the texts used for the measurement.
    pub texts: String,
    /// See [`Scale`].
    pub unrelated: f64,
    /// See [`Scale`].
    pub floor: f64,
    /// See [`Scale`].
    pub answer: f64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The margin of the floor above unrelated texts, as a fraction of the distance from unrelated texts to answers.
const MARGIN: f64 = 0.2;
/// The percentile of questions whose nearest unrelated text must be below the floor, before the margin.
const MOST: usize = 90;
/// The minimum difference between answers and unrelated texts for a usable model.
const LEAST_DIFFERENCE: f64 = 0.01;

/// The calibration of a model, as cosines.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    /// The cosine of the nearest of some unrelated texts.
    unrelated: f64,
    /// The minimum cosine of a relevant passage.
    floor: f64,
    /// The cosine of an answer.
    answer: f64,
}

impl Scale {
    /// Returns a calibration with a known floor and typical proportions.
    pub(super) fn of_floor(floor: f64) -> Self {
        let above = (1.0 - floor).max(0.05);
        Self { unrelated: floor - above / 6.0, floor, answer: floor + above / 4.0 }
    }

    /// Computes the calibration from the vectors of questions and passages, each of length 1, where passage n answers
    /// question n; further questions have no answer. `None` if dimensions differ, or if the model does not separate
    /// answers from other texts.
    fn measured(questions: &[Vec<f32>], passages: &[Vec<f32>]) -> Option<Self> {
        let (mut nearest, mut answers) = (Vec::new(), Vec::new());
        for (number, question) in questions.iter().enumerate() {
            let mut of_question = f64::NEG_INFINITY;
            for (place, passage) in passages.iter().enumerate() {
                let cosine = cosine(question, passage)?;
                if place == number {
                    answers.push(cosine);
                } else {
                    of_question = of_question.max(cosine);
                }
            }
            nearest.push(of_question);
        }
        let (unrelated, most, answer) =
            (percentile(&mut nearest, 50)?, percentile(&mut nearest, MOST)?, percentile(&mut answers, 50)?);
        let difference = answer - unrelated;
        (difference >= LEAST_DIFFERENCE).then_some(Self { unrelated, floor: most + MARGIN * difference, answer })
    }

    /// Returns the relevance of a cosine: 0 for unrelated texts, 1 for answers.
    pub(super) fn nearness(&self, cosine: f64) -> f64 {
        (cosine - self.unrelated) / (self.answer - self.unrelated)
    }

    /// Returns true if the cosine is that of a relevant passage.
    pub(super) fn bears(&self, cosine: f64) -> bool {
        cosine >= self.floor
    }
}

/// Returns the percentile of the numbers.
fn percentile(numbers: &mut [f64], hundredths: usize) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers.get((numbers.len().saturating_sub(1) * hundredths + 50) / 100).copied()
}

const TEXTS: &str = include_str!("../../../assets/embeddings/scale.json");

/// The texts for the measurement.
#[derive(Debug, Default, Deserialize)]
struct Texts {
    pairs: Vec<Pair>,
    /// Questions without an answer.
    unrelated: Vec<String>,
}

/// A question and the passage that answers it.
#[derive(Debug, Deserialize)]
struct Pair {
    question: String,
    heading: String,
    text: String,
}

static FINGERPRINT: LazyLock<String> = LazyLock::new(|| fingerprint(TEXTS));

/// Returns the texts for the measurement, first the questions, then the passages, and the number of questions.
///
/// # Errors
/// If the bundled file is invalid.
pub(super) fn texts() -> Result<(Vec<String>, usize)> {
    let Texts { pairs, unrelated } = serde_json::from_str(TEXTS)?;
    let mut texts: Vec<_> = pairs.iter().map(|pair| pair.question.clone()).chain(unrelated).collect();
    let questions = texts.len();
    texts.extend(pairs.iter().map(|pair| embedded("", &pair.heading, &pair.text)));
    Ok((texts, questions))
}

/// Returns the stored calibration of a model; `None` if it was not measured, or does not separate answers from other
/// texts.
///
/// # Errors
/// When the database fails.
pub(super) async fn of_model(db: &Db, model: &str) -> Result<Option<Scale>, DbErr> {
    let row = Entity::find_by_id(model).one(db.reader()).await?;
    let scale = |row: Model| Scale { unrelated: row.unrelated, floor: row.floor, answer: row.answer };
    Ok(row.map(scale).filter(|scale| scale.answer - scale.unrelated >= LEAST_DIFFERENCE))
}

/// Returns true if the model was measured with the texts of this release.
///
/// # Errors
/// When the database fails.
pub(super) async fn is_measured(db: &Db, model: &str) -> Result<bool, DbErr> {
    let known = Entity::find_by_id(model).filter(Column::Texts.eq(FINGERPRINT.as_str()));
    Ok(known.one(db.reader()).await?.is_some())
}

/// Stores the calibration computed from the vectors of [`texts`], for all server processes.
///
/// # Errors
/// When the database fails.
pub(super) async fn keep(app: &App, model: &str, mut questions: Vec<Vec<f32>>, number: usize) -> Result<()> {
    let passages = questions.split_off(number.min(questions.len()));
    let scale = Scale::measured(&questions, &passages);
    if scale.is_none() {
        tracing::warn!(
            model,
            "the model does not tell answers from other texts, so knowledge is searched by words alone; \
            KNOWLEDGE_MIN_COSINE has it used all the same"
        );
    }
    let Scale { unrelated, floor, answer } = scale.unwrap_or(Scale { unrelated: 0.0, floor: 0.0, answer: 0.0 });
    let row = ActiveModel {
        model: Set(model.to_owned()),
        texts: Set(FINGERPRINT.clone()),
        unrelated: Set(unrelated),
        floor: Set(floor),
        answer: Set(answer),
    };
    let tx = app.db.begin().await?;
    advance(&tx).await?;
    let columns = [Column::Texts, Column::Unrelated, Column::Floor, Column::Answer];
    let known = OnConflict::column(Column::Model).update_columns(columns).to_owned();
    Entity::insert(row).on_conflict(known).exec_without_returning(&*tx).await?;
    tracing::info!(model, unrelated, floor, answer, "what cosines of the model say was measured");
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A vector of length 1 in the plane, by its angle in degrees.
    fn at(degrees: f32) -> Vec<f32> {
        vec![degrees.to_radians().cos(), degrees.to_radians().sin()]
    }

    #[test]
    fn a_model_is_measured_by_how_near_answers_and_other_texts_are() {
        let passages = [at(0.0), at(90.0), at(180.0)];
        // Each is 10 degrees from its answer and 80 from the nearest other text; the last has no answer.
        let scale = Scale::measured(&[at(10.0), at(100.0), at(170.0), at(270.0)], &passages).unwrap();
        let cosine = |degrees: f64| degrees.to_radians().cos();
        assert!((scale.answer - cosine(10.0)).abs() < 1e-6 && (scale.unrelated - cosine(80.0)).abs() < 1e-6);
        assert!(scale.nearness(cosine(10.0)) > 0.99 && scale.nearness(cosine(80.0)).abs() < 0.01);
        assert!(scale.bears(cosine(20.0)) && !scale.bears(cosine(75.0)));
    }

    #[test]
    fn a_model_that_does_not_tell_answers_from_other_texts_has_no_scale() {
        let same = [at(1.0), at(1.0)];
        assert_eq!(Scale::measured(&same, &same), None);
        assert_eq!(Scale::measured(&[at(90.0), at(0.0)], &[at(0.0), at(90.0)]), None);
        assert_eq!(Scale::measured(&[vec![1.0]], &same), None);
        assert_eq!(Scale::measured(&[], &[]), None);
    }

    #[test]
    fn the_floor_alone_gives_a_scale() {
        for floor in [0.0, 0.35, 0.8, 1.0] {
            let scale = Scale::of_floor(floor);
            assert!(scale.bears(floor) && !scale.bears(floor - 0.01));
        }
        assert!(Scale::of_floor(0.35).nearness(0.6) > 1.0 && Scale::of_floor(0.35).nearness(0.2) < 0.0);
    }

    #[test]
    fn the_bundled_texts_are_questions_each_with_an_answer_and_some_without() {
        let (texts, questions) = texts().unwrap();
        assert!(questions >= 20 && texts.len() - questions >= 16 && texts.len() <= 64);
    }
}
