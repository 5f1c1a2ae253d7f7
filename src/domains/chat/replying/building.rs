//! A reply without a language model: what the best passage says, in the persona's voice, and the question that is next.

use tokio::time::sleep;

use super::{Answer, Halt, Material, Passage, writing::Writer};
use crate::{app::App, domains::chat::{gathering::one_of, message::Author}};

/// Characters of a passage that are quoted, if its sentences end before.
const QUOTE: usize = 320;

/// Writes the reply word by word, at the pace of the settings.
pub(super) async fn without_model(
    app: &App,
    writer: &mut Writer<'_>,
    material: &Material,
) -> Result<Answer, Halt> {
    let (text, cited) = text(material, app.ambient.unit());
    let pace = app.config.chat.built_in_pace;
    for word in text.split_inclusive(' ') {
        writer.push(word).await?;
        if !pace.is_zero() {
            sleep(pace).await;
        }
    }
    Ok(Answer { author: Author::BuiltIn, model: None, cited })
}
