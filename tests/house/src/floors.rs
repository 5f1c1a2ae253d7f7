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
        // The root of a crate whose rooms are named one by one only declares and re-exports.
        let is_face = |at: usize, module: &Module| module.len() == 1 && floors[at].is_none();
        for (at, module) in house.modules().iter().enumerate().filter(|(at, module)| !is_face(*at, module)) {
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
        Floor { name: "server", rooms: &["house::http"] },
        Floor { name: "domains", rooms: &["house::domains::*"] },
        Floor { name: "shared by domains", rooms: &["house::domains::shared"] },
        Floor { name: "database", rooms: &["house_cellar"] },
    ]);

    fn problems(files: &[(&str, &str)]) -> Vec<String> {
        let module = |path: &str| path.split("::").map(str::to_owned).collect();
        FLOORS.problems(&House::of(files.iter().map(|(path, text)| (module(path), (*text).to_owned()))).unwrap())
    }

    #[test]
    fn an_import_from_a_higher_floor_is_found_through_a_re_export() {
        let found = problems(&[
            ("house", "pub use house_cellar::db;"),
            ("house::http", "mod limit; pub use limit::Limit; use crate::db::Row;"),
            ("house::http::limit", "pub struct Limit;"),
            ("house_cellar", "pub mod db;"),
            ("house_cellar::db", "pub struct Row; fn f() { house::http::Limit; }"),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].starts_with("house_cellar::db (database) imports Limit from house::http::limit (server)"),
            "{found:?}"
        );
    }

    #[test]
    fn what_domains_share_knows_no_domain_and_domains_know_each_other() {
        let found = problems(&[
            ("house::domains::leads", "use crate::domains::{chat::Chat, shared::List}; pub struct Lead;"),
            ("house::domains::chat", "use crate::domains::leads::Lead; pub struct Chat;"),
            ("house::domains::shared", "mod list;"),
            ("house::domains::shared::list", "use crate::domains::leads::Lead; pub struct List;"),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("house::domains::shared::list (shared by domains) imports Lead"), "{found:?}");
    }

    #[test]
    fn a_new_module_must_be_given_a_floor() {
        assert!(problems(&[("house::attic", "")])[0].contains("house::attic lies on no floor"));
    }
}
