//! Takes a module apart into what it imports, what it exports and all else. It is read line by line: its imports and exports begin lines,
//! but for a list of exports at the end of one.

use std::{
    collections::BTreeMap,
    path::{Component, Path, PathBuf},
};

use super::Result;

/// A module, taken apart.
#[derive(Default)]
pub struct Module {
    pub imports: Vec<Import>,
    pub exports: BTreeMap<String, Export>,
    /// All else.
    pub body: String,
}

pub struct Import {
    pub from: PathBuf,
    pub names: Vec<Name>,
}

/// What two modules call the same thing.
pub struct Name {
    pub there: String,
    pub here: String,
}

#[derive(PartialEq)]
pub enum Export {
    /// What the module itself calls so.
    Own(String),
    /// What holds another thing at another time.
    Changing,
    /// What another module exports.
    Of(PathBuf, String),
}

impl Module {
    pub fn parse(path: &Path, text: &str) -> Result<Self> {
        let mut module = Self::default();
        // What was minified has all its imports on one line.
        let text = text.replace(";import{", ";\nimport{");
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let mut statement = line.to_owned();
            if is_import(line) || line.starts_with("export {") || line.starts_with("export{") {
                while !statement.contains(';') {
                    statement += lines.next().ok_or_else(|| format!("{}: `{line}` has no end.", path.display()))?;
                }
            }
            let not_so = |wanted| format!("{}: write {wanted} in place of `{statement}`.", path.display());
            if is_import(line) {
                let import = named(path, &statement["import".len()..])?.and_then(|(names, from)| Some(Import { names, from: from? }));
                module.imports.push(import.ok_or_else(|| not_so("`import { name } from \"./module.js\";`"))?);
            } else if let Some(rest) = statement.strip_prefix("export").filter(|rest| !rest.starts_with(is_of_name)) {
                module.export(path, rest)?.ok_or_else(|| not_so("`export` before `const`, `let`, `function`, `class` or `{`"))?;
            } else if let Some((before, list)) = statement.rsplit_once("export{").filter(|(before, _)| before.ends_with([';', '}'])) {
                module.body.push_str(before);
                module.body.push_str(";\n");
                module.export(path, &format!("{{{list}"))?.ok_or_else(|| not_so("a list of names"))?;
            } else {
                module.body.push_str(&statement);
                module.body.push('\n');
            }
        }
        Ok(module)
    }

    /// Notes what follows an `export`; nothing if it is of a kind that cannot be joined.
    fn export(&mut self, path: &Path, rest: &str) -> Result<Option<()>> {
        if let Some((names, from)) = named(path, rest)? {
            for Name { there, here } in names {
                let export = from.clone().map_or_else(|| Export::Own(there.clone()), |from| Export::Of(from, there.clone()));
                self.exports.insert(here, export);
            }
            return Ok(Some(()));
        }
        let declaration = rest.trim_start();
        let Some((name, is_changing)) = ["const ", "let ", "function ", "async function ", "class "].into_iter().find_map(|kind| {
            let name = declaration.strip_prefix(kind)?.split(|letter| !is_of_name(letter)).next()?;
            (!name.is_empty()).then_some((name, kind == "let "))
        }) else {
            return Ok(None);
        };
        let export = if is_changing { Export::Changing } else { Export::Own(name.to_owned()) };
        self.exports.insert(name.to_owned(), export);
        self.body.push_str(if is_changing { &declaration["let ".len()..] } else { declaration });
        self.body.push('\n');
        Ok(Some(()))
    }
}

/// Whether a line begins a static import.
fn is_import(line: &str) -> bool {
    line.strip_prefix("import").is_some_and(|rest| !rest.starts_with(|next| is_of_name(next) || next == '(' || next == '.'))
}

fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '$'
}

/// Reads `{ a, b as c } from "./module.js";`, or nothing if it is something else. The module may be missing.
fn named(path: &Path, text: &str) -> Result<Option<(Vec<Name>, Option<PathBuf>)>> {
    let Some((list, rest)) = text.trim_start().strip_prefix('{').and_then(|text| text.split_once('}')) else { return Ok(None) };
    let mut names = Vec::new();
    for entry in list.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        let (there, here) = entry.split_once(" as ").unwrap_or((entry, entry));
        names.push(Name { there: there.trim().to_owned(), here: here.trim().to_owned() });
    }
    let from = match rest.trim().trim_end_matches(';').trim_end() {
        "" => None,
        rest => match rest.strip_prefix("from").map(|rest| rest.trim().trim_matches('"')) {
            Some(reference) => Some(resolve(path, reference)?),
            None => return Ok(None),
        },
    };
    Ok((!names.is_empty()).then_some((names, from)))
}

/// The path to which a reference in the module at `path` leads.
pub fn resolve(path: &Path, reference: &str) -> Result<PathBuf> {
    if !reference.starts_with("./") && !reference.starts_with("../") {
        return Err(format!("{}: {reference:?} is no path from there.", path.display()).into());
    }
    let mut target = path.parent().unwrap_or(Path::new("")).to_owned();
    for part in Path::new(reference).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => _ = target.pop(),
            part => target.push(part),
        }
    }
    Ok(target)
}
