//! Floors: what may import from what.

use crate::house::{House, Module};

/// A floor of the house.
#[derive(Debug, Clone, Copy)]
pub struct Floor {
    /// What it is, for messages.
    pub name: &'static str,
    /// The modules that lie on it with all below them, unless those are named themselves. A `*` stands for any name.
    pub rooms: &'static [&'static str],
}

/// All floors, from the roof down.
#[derive(Debug, Clone, Copy)]
pub struct Floors(pub &'static [Floor]);

impl Floors {
    /// The place of a module's floor, counted from the roof, and the floor: the one that names most of its path.
    fn of(&self, module: &Module) -> Option<(usize, &Floor)> {
        let fit = |room: &&str| {
            let room: Vec<_> = room.split("::").collect();
            let is_in =
                room.len() <= module.len() && room.iter().zip(module).all(|(name, of)| *name == "*" || name == of);
            is_in.then(|| (room.len(), !room.contains(&"*")))
        };
        let fits = self.0.iter().enumerate();
        let fits = fits.filter_map(|(place, floor)| Some((floor.rooms.iter().filter_map(fit).max()?, (place, floor))));
        fits.max_by_key(|(fit, _)| *fit).map(|(_, floor)| floor)
    }

    /// What is wrong in `house`, one sentence each: imports from a higher floor, and modules that lie on none.
    pub fn problems(&self, house: &House) -> Vec<String> {
        let mut problems = Vec::new();
        let floors: Vec<_> = house.modules().iter().map(|module| self.of(module)).collect();
        for (at, module) in house.modules().iter().enumerate().filter(|(_, module)| !module.is_empty()) {
            let Some((place, floor)) = floors[at] else {
                problems.push(format!("{} lies on no floor: name it, or what holds it, in FLOORS", module.join("::")));
                continue;
            };
            for (from, names) in house.imports(at) {
                if let Some((other, higher)) = floors[*from]
                    && other < place
                {
                    problems.push(format!(
                        "{} ({}) imports {} ({}), which is higher up: move what is imported down to the floor of who \
                         imports it, or the importing code up",
                        module.join("::"),
                        floor.name,
                        house.describe((*from, names)),
                        higher.name
                    ));
                }
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOORS: Floors = Floors(&[
        Floor { name: "server", rooms: &["http"] },
        Floor { name: "domains", rooms: &["domains::*"] },
        Floor { name: "shared by domains", rooms: &["domains::shared"] },
        Floor { name: "database", rooms: &["db"] },
    ]);

    fn problems(files: &[(&str, &str)]) -> Vec<String> {
        let module = |path: &str| path.split("::").map(str::to_owned).collect();
        FLOORS.problems(&House::of(files.iter().map(|(path, text)| (module(path), (*text).to_owned()))).unwrap())
    }

    #[test]
    fn an_import_from_a_higher_floor_is_found_through_a_re_export() {
        let found = problems(&[
            ("http", "mod limit; pub use limit::Limit; use crate::db::Row;"),
            ("http::limit", "pub struct Limit;"),
            ("db", "pub struct Row; fn f() { crate::http::Limit; }"),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("db (database) imports Limit from http::limit (server)"), "{found:?}");
    }

    #[test]
    fn what_domains_share_knows_no_domain_and_domains_know_each_other() {
        let found = problems(&[
            ("domains::leads", "use crate::domains::{chat::Chat, shared::List}; pub struct Lead;"),
            ("domains::chat", "use crate::domains::leads::Lead; pub struct Chat;"),
            ("domains::shared", "mod list;"),
            ("domains::shared::list", "use crate::domains::leads::Lead; pub struct List;"),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("domains::shared::list (shared by domains) imports Lead"), "{found:?}");
    }

    #[test]
    fn a_new_module_must_be_given_a_floor() {
        assert!(problems(&[("cellar", "")])[0].contains("cellar lies on no floor"));
    }
}
