//! Personas: who talks with visitors, in which tone, and what they collect. They are data: a file each, read when the
//! server starts. Some are bundled (`assets/personas/`); the folder of `PERSONAS_DIR` adds to them or replaces them.

mod check;
mod field;
mod reader;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt, path::Path, sync::Arc};

use serde::{Deserialize, Serialize};

pub use field::{FieldKind, FieldSpec};

/// The personas that are there without any setting, by the names of their files. The first is the default one.
const BUNDLED: [(&str, &str); 2] = [
    (
        "insomniac-hedge-fund-guy.toml",
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/personas/insomniac-hedge-fund-guy.toml")),
    ),
    ("support.toml", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/personas/support.toml"))),
];

/// Who talks with visitors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Persona {
    /// Its id: small letters, digits and `-`.
    pub id: String,
    /// Its name before people.
    pub name: String,
    /// How it talks, in a few words.
    pub tone: String,
    /// What a language model is told about whom it plays.
    pub system_prompt: String,
    /// The sentences that a talk may begin with; at least one.
    pub greetings: Vec<String>,
    /// What it collects, in the order in which it asks.
    pub fields: Vec<FieldSpec>,
    /// The name of the knowledge base that its answers draw on.
    pub knowledge_base: String,
    /// Colours for a client as `#rrggbb`, by their use; `primary` and `background` are always there.
    pub colors: BTreeMap<String, String>,
    /// What it says without a language model.
    pub replies: Replies,
    /// What must be said to visitors, such as that this is no investment advice.
    pub disclaimers: Vec<String>,
    /// When a person is asked for.
    pub handover: HandoverRule,
}

impl Persona {
    /// The field of this key.
    pub fn field(&self, key: &str) -> Option<&FieldSpec> {
        self.fields.iter().find(|field| field.key == key)
    }
}

/// The sentences of the built-in responder in the persona's voice; of each kind at least one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Replies {
    /// Before a passage of the knowledge base.
    pub openers: Vec<String>,
    /// When the knowledge base holds nothing on the matter.
    pub nothing_found: Vec<String>,
    /// Between an answer and a question of the persona's own.
    pub transitions: Vec<String>,
    /// After a value was given.
    pub thanks: Vec<String>,
    /// After the visitor did not want to tell something.
    pub refused: Vec<String>,
    /// When all required fields are known.
    pub complete: Vec<String>,
    /// To a greeting.
    pub greeted: Vec<String>,
    /// To thanks.
    pub welcome: Vec<String>,
    /// To a word of assent, or a sign.
    pub acknowledged: Vec<String>,
    /// To somebody who puts something off or says goodbye.
    pub later: Vec<String>,
    /// To the question who it is.
    pub introduced: Vec<String>,
    /// To the question why something is asked.
    pub reason: Vec<String>,
    /// When a person was asked for.
    pub handover: Vec<String>,
    /// When no person came.
    pub unanswered: Vec<String>,
}

/// When a persona asks for a person, beside when the visitor does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HandoverRule {
    /// Phrases of matters that are left to people.
    pub cues: Vec<String>,
    /// After so many answers in a row that rested on nothing; 0 for never.
    pub unanswered: u32,
}

/// All personas, the default one first. Each is shared: every follower of a session has one at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Personas(Vec<Arc<Persona>>);

impl Personas {
    /// Reads the bundled personas and those of a folder (its `.toml` files in the order of their names), which replace
    /// bundled ones of the same id.
    ///
    /// # Errors
    /// Every problem of every file.
    pub fn load(folder: Option<&Path>) -> Result<Self, WrongPersonas> {
        let mut personas: Vec<Persona> = Vec::new();
        let mut problems = Vec::new();
        for (file, text) in BUNDLED {
            personas.extend(check::persona(file, text, &mut problems));
        }
        let mut files_of = BTreeMap::new();
        for (file, text) in folder.map_or(Ok(Vec::new()), files).unwrap_or_else(|problem| {
            problems.push(problem);
            Vec::new()
        }) {
            let Some(persona) = check::persona(&file, &text, &mut problems) else { continue };
            if let Some(other) = files_of.insert(persona.id.clone(), file.clone()) {
                problems.push(Problem::new(&file, "id", format!("is the id of {other} too; give each its own")));
            }
            match personas.iter_mut().find(|other| other.id == persona.id) {
                Some(other) => *other = persona,
                None => personas.push(persona),
            }
        }
        if problems.is_empty() {
            Ok(Self(personas.into_iter().map(Arc::new).collect()))
        } else {
            Err(WrongPersonas(problems))
        }
    }

    /// All of them, the default one first.
    pub fn list(&self) -> &[Arc<Persona>] {
        &self.0
    }

    /// The persona of this id.
    pub fn get(&self, id: &str) -> Option<&Arc<Persona>> {
        self.0.iter().find(|persona| persona.id == id)
    }

    /// Who talks when nobody is chosen: the first bundled one, or what replaces it.
    ///
    /// # Panics
    /// Never: the bundled personas are always there.
    #[expect(clippy::expect_used, reason = "`load` is the only way to make this, and begins with the bundled ones")]
    pub fn default_persona(&self) -> &Persona {
        self.0.first().expect("a bundled persona")
    }
}

/// What is wrong with a file, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    file: String,
    field: String,
    message: String,
}

impl Problem {
    fn new(file: &str, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), field: field.into(), message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, field, message } = self;
        let space = if field.is_empty() { "" } else { " " };
        write!(f, "{file}: {field}{space}{message}.")
    }
}

/// Everything that is wrong with the files of personas.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct WrongPersonas(pub Vec<Problem>);

/// The files of a folder, by name, with what they hold.
fn files(folder: &Path) -> Result<Vec<(String, String)>, Problem> {
    let shown = folder.display().to_string();
    let wrong = |file: &str, error: &std::io::Error| Problem::new(file, "", format!("cannot be read: {error}"));
    let entries = std::fs::read_dir(folder).map_err(|error| wrong(&format!("PERSONAS_DIR {shown}"), &error))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| wrong(&shown, &error))?.path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).map_err(|error| wrong(&name, &error))?;
        files.push((name, text));
    }
    files.sort();
    Ok(files)
}
