//! No module of a crate uses itself, by whatever way: so each stands in a layer, and can be read after those that it uses.

use std::collections::{BTreeMap, BTreeSet};

use crate::{folders, hold};

/// What the modules of a crate use of each other; what `lib.rs` passes on belongs to the module that it comes from.
fn uses(modules: &BTreeMap<String, String>) -> BTreeMap<String, BTreeSet<String>> {
    let mut origin: BTreeMap<String, String> = modules.keys().map(|module| (module.clone(), module.clone())).collect();
    for line in modules.get("lib").map(|lib| lib.split(';')).into_iter().flatten() {
        let passed_on = line.rsplit_once("pub use ").and_then(|(_, passed)| passed.trim_start_matches("self::").split_once("::"));
        let Some((module, names)) = passed_on else { continue };
        let names = names.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|name| !name.is_empty());
        origin.extend(names.filter(|_| modules.contains_key(module)).map(|name| (name.to_owned(), module.to_owned())));
    }
    let used = |own: &String, text: &String| {
        let paths = text.split("crate::").skip(1).flat_map(first_names);
        paths.filter_map(|name| origin.get(&name)).filter(|module| *module != own).cloned().collect()
    };
    modules.iter().map(|(module, text)| (module.clone(), used(module, text))).collect()
}

/// The names right behind `crate::`: one, or the heads of a list in braces.
fn first_names(after: &str) -> Vec<String> {
    let head = |path: &str| path.trim().split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default().to_owned();
    let Some(list) = after.strip_prefix('{') else { return vec![head(after)] };
    let mut depth = 1;
    let ends = |c: char| {
        depth += match c {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        depth == 0 || (depth == 1 && c == ',')
    };
    let list = &list[..list.find(';').unwrap_or(list.len())];
    list.split(ends).map(head).collect()
}

#[test]
fn no_crate_holds_a_circle() {
    let mut lines = Vec::new();
    for path in folders::crates() {
        let modules = folders::modules(&path);
        let mut uses = uses(&modules);
        // Whoever uses nothing that is left stands in the next layer.
        while let Some(module) =
            uses.iter().find(|(_, used)| used.iter().all(|used| !uses.contains_key(used))).map(|(module, _)| module.clone())
        {
            uses.remove(&module);
        }
        lines.extend(uses.into_iter().map(|(module, used)| format!("{}: {module} uses {used:?}", path.display())));
    }
    hold(&lines);
}
