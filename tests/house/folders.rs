//! What the folders say.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// The functions that have a folder, each with the names of its crate and of its binaries.
pub fn functions() -> BTreeMap<String, BTreeSet<String>> {
    let names = |path: &Path| {
        let manifest: Value = toml::from_str(&text(&path.join("Cargo.toml"))).expect("a manifest is TOML");
        let binaries = manifest["bin"].as_array().into_iter().flatten();
        let names = binaries.chain([&manifest["package"]]).filter_map(|named| named["name"].as_str());
        names.map(str::to_owned).collect()
    };
    inside(&root().join("functions")).into_iter().map(|(name, path)| (name, names(&path))).collect()
}

/// The functions that have fixtures.
pub fn fixtures() -> BTreeSet<String> {
    let has_any = |folder: &Path| inside(folder).iter().any(|(_, path)| path.extension().is_some_and(|kind| kind == "json"));
    inside(&root().join("events")).into_iter().filter(|(_, path)| has_any(path)).map(|(name, _)| name).collect()
}

/// A file of the repository.
pub fn text_of(file: &str) -> String {
    text(&root().join(file))
}

/// Whether the repository has this file.
pub fn is_there(file: &str) -> bool {
    root().join(file).is_file()
}

/// The folders that are crates.
pub fn crates() -> Vec<PathBuf> {
    let groups = ["shared", "functions"].map(|group| inside(&root().join(group)).into_values());
    groups.into_iter().flatten().chain([root().join("infra/local")]).collect()
}

/// The names of the crates that a crate depends on.
pub fn dependencies(of: &Path) -> Vec<String> {
    let manifest: Value = toml::from_str(&text(&of.join("Cargo.toml"))).expect("a manifest is TOML");
    manifest["dependencies"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

/// The modules of a crate by their names, each with its text; parts of a module are part of it.
pub fn modules(of: &Path) -> BTreeMap<String, String> {
    let mut modules: BTreeMap<String, String> = BTreeMap::new();
    for (name, path) in inside(&of.join("src")) {
        let module = name.strip_suffix(".rs").unwrap_or(&name).to_owned();
        modules.entry(module).or_default().push_str(&all_text(&path));
    }
    modules
}

fn all_text(path: &Path) -> String {
    if path.is_dir() {
        return inside(path).values().map(|path| all_text(path)).collect();
    }
    if path.extension().is_some_and(|kind| kind == "rs") { text(path) } else { String::new() }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn inside(folder: &Path) -> BTreeMap<String, PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("a folder can be listed"));
    entries.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path())).collect()
}
