//! What the folders say.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use syn::{Fields, Item, Type};

/// What a folder in `functions/` says of its function.
pub struct Folder {
    /// The names of its crate and of its binaries.
    pub names: BTreeSet<String>,
    /// The crates that it is built with.
    pub packages: BTreeSet<String>,
    /// Whether it has a route.
    pub has_operation: bool,
    /// The fields of its `Reach`: their names and their types.
    pub reach: BTreeSet<String>,
}

impl Folder {
    fn read(path: &Path) -> Self {
        let manifest: Value = toml::from_str(&text(&path.join("Cargo.toml"))).expect("a manifest is TOML");
        let binaries = manifest["bin"].as_array().into_iter().flatten();
        let names = binaries.chain([&manifest["package"]]).filter_map(|named| named["name"].as_str());
        let packages = manifest["dependencies"].as_object().into_iter().flatten();
        let mut folder = Self {
            names: names.map(str::to_owned).collect(),
            packages: packages.map(|(name, _)| name.clone()).collect(),
            has_operation: false,
            reach: BTreeSet::new(),
        };
        for item in syn::parse_file(&text(&path.join("src/lib.rs"))).expect("lib.rs is Rust").items {
            match item {
                Item::Const(constant) if constant.ident == "OPERATION" => folder.has_operation = true,
                Item::Struct(item) if item.ident == "Reach" => folder.reach = fields(&item.fields),
                _ => {}
            }
        }
        folder
    }
}

fn fields(fields: &Fields) -> BTreeSet<String> {
    let types = fields.iter().filter_map(|field| match &field.ty {
        Type::Path(of) => of.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    });
    let names = fields.iter().filter_map(|field| field.ident.as_ref().map(ToString::to_string));
    types.chain(names).collect()
}

/// The routes that `cargo lambda watch` gives each function.
pub fn watched_routes() -> BTreeMap<String, BTreeSet<String>> {
    let manifest: Value = toml::from_str(&text(&root().join("Cargo.toml"))).expect("a manifest is TOML");
    let mut watched: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, functions) in manifest["workspace"]["metadata"]["lambda"]["watch"]["router"].as_object().into_iter().flatten() {
        for route in functions.as_array().into_iter().flatten() {
            let named = |member: &str| route[member].as_str().unwrap_or_default().to_owned();
            watched.entry(named("function")).or_default().insert(format!("{} {path}", named("method")));
        }
    }
    watched
}

/// The functions that have a folder.
pub fn functions() -> BTreeMap<String, Folder> {
    inside(&root().join("functions")).into_iter().map(|(name, path)| (name, Folder::read(&path))).collect()
}

/// The functions that have fixtures.
pub fn fixtures() -> BTreeSet<String> {
    let has_any = |folder: &Path| inside(folder).iter().any(|(_, path)| path.extension().is_some_and(|kind| kind == "json"));
    inside(&root().join("events")).into_iter().filter(|(_, path)| has_any(path)).map(|(name, _)| name).collect()
}

/// The template.
pub fn template() -> String {
    text(&root().join("infra/template.yaml"))
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
