//! Loading of all personas from their files.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use super::{
    check,
    persona::Persona,
    problem::{Problem, WrongPersonas},
};

/// The bundled personas, by file name. The first is the default.
pub(super) const BUNDLED: [(&str, &str); 2] = [
    (
        "insomniac-hedge-fund-guy.toml",
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/personas/insomniac-hedge-fund-guy.toml")),
    ),
    ("support.toml", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/personas/support.toml"))),
];

/// All personas, the default one first. Each is shared among subscribers of sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Personas(Vec<Arc<Persona>>);

impl Personas {
    /// Loads the bundled personas and those of a folder (its `.toml` files sorted by name), which replace bundled ones
    /// of the same id.
    ///
    /// # Errors
    /// All problems of all files.
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

    /// Returns all personas, the default one first.
    pub fn list(&self) -> &[Arc<Persona>] {
        &self.0
    }

    /// Returns the persona with this id.
    pub fn get(&self, id: &str) -> Option<&Arc<Persona>> {
        self.0.iter().find(|persona| persona.id == id)
    }

    /// Returns the default persona: the first bundled one, or its replacement.
    ///
    /// # Panics
    /// Never: the bundled personas are always there.
    #[expect(clippy::expect_used, reason = "`load` is the only way to make this, and begins with the bundled ones")]
    pub fn default_persona(&self) -> &Persona {
        self.0.first().expect("a bundled persona")
    }
}

/// Returns the files of a folder with their contents, by name.
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
