//! The files of the program and of the crates below it, and what each imports from which.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
};

use crate::reader::{self, File};

/// A module's path with the name of its crate, such as `["rapport", "domains", "chat"]`.
pub type Module = Vec<String>;

/// The files of all crates.
#[derive(Debug)]
pub struct House {
    modules: Vec<Module>,
    /// By the place of a module: the places of those it imports from, each with the names.
    imports: Vec<BTreeMap<usize, BTreeSet<String>>>,
}

/// The program's crate; the names of the crates below it begin with it.
const PROGRAM: &str = "rapport";

impl House {
    /// Reads the sources of the program in `root` and of all crates in `crates`, but for `main.rs` and what is compiled
    /// in tests alone.
    ///
    /// # Errors
    /// When a file cannot be read, or is no Rust.
    pub fn read(root: &Path) -> io::Result<Self> {
        let mut files = Vec::new();
        let mut folders = vec![(root.join("src"), vec![PROGRAM.to_owned()])];
        for entry in fs::read_dir(root.join("crates"))? {
            let entry = entry?;
            let name = format!("{PROGRAM}_{}", entry.file_name().to_string_lossy());
            folders.push((entry.path().join("src"), vec![name]));
        }
        while let Some((folder, module)) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                let inner = [&module[..], std::slice::from_ref(&name)].concat();
                if path.is_dir() {
                    folders.push((path, inner));
                } else if path.extension().is_some_and(|end| end == "rs") && !(module.len() == 1 && name == "main") {
                    let module = if module.len() == 1 && name == "lib" { module.clone() } else { inner };
                    files.push((module, fs::read_to_string(path)?));
                }
            }
        }
        Self::of(files)
    }

    /// A house of these modules, each with its text.
    ///
    /// # Errors
    /// When a text is no Rust.
    pub fn of(texts: impl IntoIterator<Item = (Module, String)>) -> io::Result<Self> {
        let texts: Vec<_> = texts.into_iter().collect();
        let crates = texts.iter().filter_map(|(module, _)| module.first().cloned()).collect();
        let mut files = BTreeMap::new();
        for (module, text) in texts {
            let wrong = |error| io::Error::other(format!("{}: {error}", module.join("::")));
            let file = reader::read(&syn::parse_file(&text).map_err(wrong)?, &module, &crates);
            files.insert(module, file);
        }
        let tests: Vec<Module> = files
            .iter()
            .flat_map(|(module, file)| file.tests.iter().map(|name| [&module[..], std::slice::from_ref(name)].concat()))
            .collect();
        files.retain(|module, _| !tests.iter().any(|test| module.starts_with(test)));
        Ok(Files(files).house())
    }

    /// All modules that have a file.
    pub(crate) fn modules(&self) -> &[Module] {
        &self.modules
    }

    /// What a module imports: the places of others, each with the names.
    pub(crate) fn imports(&self, module: usize) -> &BTreeMap<usize, BTreeSet<String>> {
        &self.imports[module]
    }

    /// An import in words, without its importer.
    pub(crate) fn describe(&self, (from, names): (usize, &BTreeSet<String>)) -> String {
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        format!("{} from {}", names.join(", "), self.modules[from].join("::"))
    }
}

struct Files(BTreeMap<Module, File>);

impl Files {
    fn house(&self) -> House {
        let modules: Vec<Module> = self.0.keys().cloned().collect();
        let places: BTreeMap<&Module, usize> = self.0.keys().zip(0..).collect();
        let imports = self.0.iter().map(|(module, file)| {
            let mut imports: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
            for path in &file.imports {
                let from = self.defined(path, &mut BTreeSet::new()).filter(|from| *from != module);
                if let Some(place) = from.and_then(|from| places.get(from)) {
                    imports.entry(*place).or_default().insert(path.last().cloned().unwrap_or_default());
                }
            }
            imports
        });
        House { imports: imports.collect(), modules }
    }

    /// The file in which `path` is defined, after following re-exports.
    fn defined(&self, path: &[String], seen: &mut BTreeSet<Module>) -> Option<&Module> {
        if !seen.insert(path.to_vec()) {
            return None;
        }
        let depth = (0..=path.len()).rev().find(|depth| self.0.contains_key(&path[..*depth]))?;
        let (module, file) = self.0.get_key_value(&path[..depth])?;
        let Some(name) = path.get(depth) else { return Some(module) };
        if file.defines.contains(name) {
            return Some(module);
        }
        if let Some(target) = file.exports.get(name) {
            return self.defined(&[target, &path[depth + 1..]].concat(), seen);
        }
        let shows = |file: &File| file.defines.contains(name) || file.exports.contains_key(name);
        let glob = file.globs.iter().find(|glob| self.0.get(*glob).is_some_and(shows));
        match glob {
            Some(glob) => self.defined(&[glob, &path[depth..]].concat(), seen),
            None => Some(module),
        }
    }
}
