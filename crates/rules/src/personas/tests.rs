//! Reading personas.

use std::path::PathBuf;

use super::{FieldKind, Personas, check, loading::BUNDLED};

/// A folder of files for one test, deleted when dropped.
struct Folder(PathBuf);

impl Folder {
    fn with(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir().join(format!("rapport-personas-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for (file, text) in files {
            std::fs::write(folder.join(file), text).unwrap();
        }
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

/// Returns the bundled support persona with some of its text replaced.
fn support(replaced: &[(&str, &str)]) -> String {
    let text = BUNDLED[1].1.to_owned();
    replaced.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

fn problems(text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    assert!(check::persona("x.toml", text, &mut problems).is_none());
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn the_bundled_personas_are_valid_and_the_sample_is_the_default() {
    let personas = Personas::load(None).unwrap();
    let ids: Vec<_> = personas.list().iter().map(|persona| persona.id.as_str()).collect();
    assert_eq!(ids, ["insomniac-hedge-fund-guy", "support"]);
    let sample = personas.default_persona();
    assert_eq!((sample.id.as_str(), sample.name.as_str()), ("insomniac-hedge-fund-guy", "Insomniac Hedge Fund Guy"));
    assert_eq!(sample.greetings.len(), 10);
    let kinds: Vec<_> = sample.fields.iter().map(|field| (field.key.as_str(), field.kind, field.required)).collect();
    assert_eq!(
        kinds,
        [("name", FieldKind::Name, true), ("email", FieldKind::Email, true), ("income", FieldKind::Money, true)]
    );
    assert_eq!(personas.get("support").unwrap().field("topic").unwrap().kind, FieldKind::Text);
    assert!(personas.get("nobody").is_none());
}

#[test]
fn a_folder_adds_personas_and_replaces_bundled_ones() {
    let other = support(&[("id = \"support\"", "id = \"billing\"")]);
    let own = support(&[("name = \"Support\"", "name = \"Our support\"")]);
    let folder = Folder::with("adds", &[("billing.toml", &other), ("support.toml", &own), ("notes.txt", "no persona")]);
    let personas = Personas::load(Some(&folder.0)).unwrap();
    let names: Vec<_> = personas.list().iter().map(|persona| (persona.id.as_str(), persona.name.as_str())).collect();
    assert_eq!(
        names,
        [("insomniac-hedge-fund-guy", "Insomniac Hedge Fund Guy"), ("support", "Our support"), ("billing", "Support")]
    );
}

#[test]
fn two_files_of_one_id_are_a_problem() {
    let folder = Folder::with("twice", &[("a.toml", &support(&[])), ("b.toml", &support(&[]))]);
    let error = Personas::load(Some(&folder.0)).unwrap_err().to_string();
    assert_eq!(error, "b.toml: id is the id of a.toml too; give each its own.");
}

#[test]
fn a_folder_that_is_not_there_is_a_problem() {
    let error = Personas::load(Some(&std::env::temp_dir().join("rapport-no-such-folder"))).unwrap_err().to_string();
    assert!(error.starts_with("PERSONAS_DIR ") && error.contains("cannot be read"), "{error}");
}

#[test]
fn each_problem_names_its_file_and_field() {
    let text = support(&[
        ("id = \"support\"", "id = \"Support!\"\nvoice = \"loud\""),
        ("primary = \"#", "primary = \"x"),
        ("kind = \"email\"", "kind = \"fax\""),
        ("key = \"topic\"", "key = \"name\""),
        ("tone =", "tune ="),
    ]);
    let mut told = problems(&text);
    told.sort();
    assert_eq!(
        told,
        [
            "x.toml: colors.primary must be a colour such as #1a2b3c.",
            "x.toml: fields[2].kind must be name, email, phone, money or text.",
            "x.toml: fields[3].key `name` stands there twice.",
            "x.toml: id must be of 1 to 64 small letters, digits and hyphens, with no hyphen at its ends.",
            "x.toml: tone is missing.",
            "x.toml: tune is not known here.",
            "x.toml: voice is not known here.",
        ]
    );
}

#[test]
fn a_file_that_is_no_toml_is_told_with_its_line() {
    let told = problems("id = \"x\"\nname = ");
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("x.toml: line 2 is no TOML: "), "{}", told[0]);
}

#[test]
fn an_empty_file_misses_everything_that_is_needed() {
    let told = problems("").join("\n");
    for field in ["id", "name", "system_prompt", "greetings", "colors.primary", "replies.openers"] {
        assert!(told.contains(&format!("x.toml: {field} ")), "{field} in {told}");
    }
}
