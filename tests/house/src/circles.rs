//! Files that import each other in a circle.

use std::{collections::BTreeSet, fmt};

use crate::house::{House, Module};

/// Files each of which imports, over some of the others, from each of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle {
    /// The modules.
    pub modules: BTreeSet<Module>,
    /// The imports among them, one a line.
    pub imports: Vec<String>,
}

impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} files import each other in a circle:", self.modules.len())?;
        self.imports.iter().try_for_each(|import| writeln!(f, "  {import}"))
    }
}

impl House {
    /// All circles, the smallest first.
    pub fn circles(&self) -> Vec<Circle> {
        let count = self.modules().len();
        let reached: Vec<Vec<bool>> = (0..count).map(|module| self.reached(module)).collect();
        let is_round = |one: usize, other: usize| reached[one][other] && reached[other][one];
        let mut groups: Vec<Vec<usize>> = (0..count)
            .map(|module| (0..count).filter(|other| is_round(module, *other)).collect())
            .filter(|group: &Vec<usize>| !group.is_empty())
            .collect();
        groups.sort_by_key(|group| (group.len(), group.first().copied()));
        groups.dedup();
        groups.iter().map(|group| self.circle(group)).collect()
    }

    /// Whether a module imports from another, over whichever others, by the place of that other.
    fn reached(&self, module: usize) -> Vec<bool> {
        let mut found = vec![false; self.modules().len()];
        let mut open = vec![module];
        while let Some(module) = open.pop() {
            for from in self.imports(module).keys() {
                if !std::mem::replace(&mut found[*from], true) {
                    open.push(*from);
                }
            }
        }
        found
    }

    fn circle(&self, group: &[usize]) -> Circle {
        let among = group.iter().flat_map(|module| {
            let imports = self.imports(*module).iter().filter(|(from, _)| group.contains(from));
            imports.map(|(from, names)| {
                format!("{} imports {}", self.modules()[*module].join("::"), self.describe((*from, names)))
            })
        });
        Circle {
            imports: among.collect(),
            modules: group.iter().map(|module| self.modules()[*module].clone()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn house(files: &[(&str, &str)]) -> House {
        let module = |path: &str| path.split("::").map(str::to_owned).collect();
        House::of(files.iter().map(|(path, text)| (module(path), (*text).to_owned()))).unwrap()
    }

    #[test]
    fn a_circle_is_found_through_a_re_export() {
        let circles = house(&[
            ("house", "pub mod shop;"),
            ("house::shop", "mod price; mod order; pub use order::Order; pub use price::Price;"),
            (
                "house::shop::price",
                "use super::Order; pub struct Price; fn of(order: &Order) -> Price { order.price() }",
            ),
            ("house::shop::order", "pub struct Order(crate::shop::Price);"),
        ])
        .circles();
        assert_eq!(circles.len(), 1, "{circles:?}");
        assert_eq!(
            circles[0].imports,
            [
                "house::shop::order imports Price from house::shop::price",
                "house::shop::price imports Order from house::shop::order"
            ]
        );
    }

    #[test]
    fn a_circle_in_a_lower_crate_is_found_and_what_it_shows_above_makes_none() {
        let files = |shelf: &'static str| {
            [
                ("house", "pub use house_cellar as cellar; mod kitchen;"),
                ("house::kitchen", "use crate::cellar::Wine; pub struct Meal(Wine);"),
                ("house_cellar", "mod shelf; mod wine; pub use wine::Wine;"),
                ("house_cellar::shelf", shelf),
                ("house_cellar::wine", "use crate::shelf::Place; pub struct Wine(Place);"),
            ]
        };
        assert_eq!(house(&files("pub struct Place;")).circles(), []);
        let circles = house(&files("pub struct Place(crate::Wine);")).circles();
        assert_eq!(circles.len(), 1, "{circles:?}");
        assert_eq!(
            circles[0].imports,
            [
                "house_cellar::shelf imports Wine from house_cellar::wine",
                "house_cellar::wine imports Place from house_cellar::shelf"
            ]
        );
    }

    #[test]
    fn a_face_that_only_declares_and_re_exports_makes_no_circle() {
        let files = [
            ("house", "pub mod shop;"),
            ("house::shop", "mod price; mod order; pub use order::*; pub use price::Price;"),
            ("house::shop::price", "pub struct Price;"),
            ("house::shop::order", "use crate::shop::Price; pub struct Order(Price);"),
        ];
        assert_eq!(house(&files).circles(), []);
    }

    #[test]
    fn macros_and_inner_modules_are_read_and_tests_are_not() {
        let circles = |price: &str| {
            house(&[
                ("house", "mod price; mod order;"),
                ("house::price", price),
                ("house::order", "use crate::price::P; pub struct O(P);"),
            ])
            .circles()
            .len()
        };
        assert_eq!(circles("pub struct P; fn f() { assert!(matches!(x, crate::order::O(_))); }"), 1);
        assert_eq!(circles("pub struct P; mod inner { use crate::order::O; }"), 1);
        assert_eq!(circles("pub struct P; mod inner { use super::P; }"), 0);
        assert_eq!(circles("pub struct P; #[cfg(test)] mod tests { use crate::order::O; }"), 0);
        assert_eq!(circles("pub struct P; impl P { #[cfg(test)] fn f() -> crate::order::O {} }"), 0);
    }
}
