//! Reads a file: what it defines, re-exports and imports.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, ImplItem, Item, ItemMod, ItemUse, Meta, UseTree, Visibility,
    visit::{self, Visit},
};

use crate::house::Module;

/// A file, with paths that begin with the name of a crate.
#[derive(Debug, Default)]
pub(crate) struct File {
    /// Re-exported names, with what they stand for.
    pub(crate) exports: BTreeMap<String, Module>,
    /// Modules whose names are all re-exported.
    pub(crate) globs: Vec<Module>,
    /// Names of items that are defined here.
    pub(crate) defines: BTreeSet<String>,
    /// Imported paths.
    pub(crate) imports: BTreeSet<Module>,
    /// Modules of their own file that are compiled in tests alone.
    pub(crate) tests: BTreeSet<String>,
}

/// Reads the file of `module`, which may name the `crates`.
pub(crate) fn read(syntax: &syn::File, module: &Module, crates: &BTreeSet<String>) -> File {
    let known = crates.iter().map(|name| (name.clone(), vec![name.clone()])).collect();
    let mut reader = Reader { scope: module.clone(), known, ..Reader::default() };
    for item in &syntax.items {
        match item {
            Item::Mod(item) if is_test(&item.attrs) => drop(reader.file.tests.insert(item.ident.to_string())),
            Item::Mod(item) => drop(reader.children.insert(item.ident.to_string())),
            item => reader.define(item),
        }
    }
    // Names first: a path in the code may begin with one that is imported further down.
    for item in &syntax.items {
        if let Item::Use(item) = item {
            reader.visit_item_use(item);
        }
    }
    for item in &syntax.items {
        if !matches!(item, Item::Use(_)) {
            reader.visit_item(item);
        }
    }
    reader.file
}

#[derive(Default)]
struct Reader {
    /// The module that is read, with those inside of the file.
    scope: Module,
    file: File,
    children: BTreeSet<String>,
    /// Names that stand for paths here.
    known: BTreeMap<String, Module>,
}

impl Reader {
    /// Returns `path` with the name of its crate, or `None` for one of a crate that is not read.
    fn absolute(&self, path: &[String]) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some([&self.scope[..1], rest].concat()),
            "self" => Some([&self.scope, rest].concat()),
            "super" => {
                let above = path.iter().take_while(|name| *name == "super").count();
                let kept = self.scope.len().checked_sub(above)?;
                Some([&self.scope[..kept], &path[above..]].concat())
            }
            name if self.children.contains(name) => Some([&self.scope, path].concat()),
            name => Some([self.known.get(name)?, rest].concat()),
        }
    }

    fn import(&mut self, path: &[String]) {
        if let Some(path) = self.absolute(path) {
            self.file.imports.insert(path);
        }
    }

    fn read_use(&mut self, tree: &UseTree, path: &mut Vec<String>, is_shown: bool) {
        let depth = path.len();
        match tree {
            UseTree::Path(part) => {
                path.push(part.ident.to_string());
                self.read_use(&part.tree, path, is_shown);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.read_use(tree, path, is_shown);
                }
            }
            UseTree::Name(name) => self.name(path, &name.ident.to_string(), None, is_shown),
            UseTree::Rename(name) => {
                self.name(path, &name.ident.to_string(), Some(name.rename.to_string()), is_shown);
            }
            UseTree::Glob(_) => {
                if let Some(path) = self.absolute(path) {
                    if is_shown {
                        self.file.globs.push(path);
                    } else {
                        self.file.imports.insert(path);
                    }
                }
            }
        }
        path.truncate(depth);
    }

    fn name(&mut self, path: &mut Vec<String>, name: &str, renamed: Option<String>, is_shown: bool) {
        if name != "self" {
            path.push(name.to_owned());
        }
        let Some(target) = self.absolute(path) else { return };
        let shown = renamed.or_else(|| path.last().cloned()).unwrap_or_default();
        if is_shown {
            self.file.exports.insert(shown.clone(), target.clone());
        } else {
            self.file.imports.insert(target.clone());
        }
        self.known.insert(shown, target);
    }

    fn define(&mut self, item: &Item) {
        let name = match item {
            Item::Const(item) => &item.ident,
            Item::Enum(item) => &item.ident,
            Item::Fn(item) => &item.sig.ident,
            Item::Static(item) => &item.ident,
            Item::Struct(item) => &item.ident,
            Item::Trait(item) => &item.ident,
            Item::Type(item) => &item.ident,
            Item::Macro(item) => match &item.ident {
                Some(name) => name,
                None => return,
            },
            _ => return,
        };
        self.file.defines.insert(name.to_string());
    }

    /// Finds paths in what a macro or an attribute is given.
    fn read_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.end_path(&mut path);
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(sign) if sign.as_char() == ':' && !path.is_empty() => colons += 1,
                TokenTree::Group(group) => {
                    self.end_path(&mut path);
                    self.read_tokens(group.stream());
                }
                _ => self.end_path(&mut path),
            }
        }
        self.end_path(&mut path);
    }

    fn end_path(&mut self, path: &mut Vec<String>) {
        if path.len() > 1 {
            self.import(path);
        }
        path.clear();
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let is_test = matches!(item, ImplItem::Fn(function) if is_test(&function.attrs));
        if !is_test {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if !is_test(&item.attrs) {
            let is_shown = !matches!(item.vis, Visibility::Inherited);
            self.read_use(&item.tree, &mut Vec::new(), is_shown);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if item.content.is_some() {
            self.scope.push(item.ident.to_string());
            visit::visit_item_mod(self, item);
            self.scope.pop();
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if names.len() > 1 {
            self.import(&names);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        self.read_tokens(item.tokens.clone());
        visit::visit_macro(self, item);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.read_tokens(list.tokens.clone());
        }
    }

    fn visit_visibility(&mut self, _: &'ast Visibility) {}
}

/// Returns whether something is compiled in tests alone.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).any(|attribute| {
        attribute.meta.require_list().is_ok_and(|list| {
            let condition = list.tokens.to_string();
            condition == "test" || (condition.starts_with("all") && condition.contains("test"))
        })
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
