//! Joins a module and all that it imports into one text, so that a screen is one request.
//!
//! Each module becomes a block, in the order in which a browser runs them. At its beginning it takes what it imports out of the objects of
//! others, at its end it puts what it exports into an object of its own: so names of two modules never meet. What is exported by
//! `export let` can change under those who import it: it stands outside of all blocks, under its own name. What is in a list of exports
//! must not change.

mod module;

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fmt::Write as _,
    path::{Path, PathBuf},
};

use self::module::{Export, Import, Module, Name, resolve};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What was joined.
#[derive(Debug)]
pub struct Joined {
    /// One module that does what all of them did, and exports what the outermost did.
    pub text: String,
    /// What is in it.
    pub modules: BTreeSet<PathBuf>,
    /// What it imports as it runs, by `import("…")`.
    pub later: BTreeSet<PathBuf>,
}

/// Joins `root` with its imports. `read` answers with the text of a module, `url` with the address of one that is imported as it runs.
pub fn join(root: &Path, read: impl Fn(&Path) -> Result<String>, mut url: impl FnMut(&Path) -> Result<String>) -> Result<Joined> {
    let mut joiner =
        Joiner { read: &read, url: &mut url, done: Vec::new(), open: Vec::new(), later: BTreeSet::new(), blocks: String::new() };
    let last = joiner.add(root)?;
    let outside: Vec<_> = joiner.done.iter().enumerate().flat_map(|(number, module)| module.outside(number)).collect();
    let mut text = String::new();
    if !outside.is_empty() {
        writeln!(text, "let {};", outside.join(", "))?;
    }
    text += &joiner.blocks;
    let (changing, own): (Vec<_>, Vec<_>) = joiner.done[last].exports.iter().partition(|(_, export)| **export == Export::Changing);
    let list = |exports: Vec<(&String, _)>| exports.into_iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    if !own.is_empty() {
        writeln!(text, "export const {{ {} }} = ${last};", list(own))?;
    }
    if !changing.is_empty() {
        writeln!(text, "export {{ {} }};", list(changing))?;
    }
    Ok(Joined { text, modules: joiner.done.into_iter().map(|module| module.path).collect(), later: joiner.later })
}

struct Joiner<'a> {
    read: &'a dyn Fn(&Path) -> Result<String>,
    url: &'a mut dyn FnMut(&Path) -> Result<String>,
    done: Vec<Done>,
    /// Modules whose imports are being joined, outermost first.
    open: Vec<PathBuf>,
    later: BTreeSet<PathBuf>,
    blocks: String,
}

/// A module that has its block.
struct Done {
    path: PathBuf,
    exports: BTreeMap<String, Export>,
}

impl Done {
    /// What of the module, the joined one of that number, is declared outside of blocks.
    fn outside(&self, number: usize) -> Vec<String> {
        let own = self.exports.values().any(|export| *export != Export::Changing).then(|| format!("${number}"));
        own.into_iter().chain(self.changing().cloned()).collect()
    }

    fn changing(&self) -> impl Iterator<Item = &String> {
        self.exports.iter().filter(|(_, export)| **export == Export::Changing).map(|(name, _)| name)
    }
}

impl Joiner<'_> {
    /// Joins a module, after its imports, unless it is there already; answers with its number.
    fn add(&mut self, path: &Path) -> Result<usize> {
        if let Some(number) = self.done.iter().position(|module| module.path == path) {
            return Ok(number);
        }
        if self.open.iter().any(|open| open == path) {
            return Err(format!("{} imports itself, by way of {:?}.", path.display(), self.open).into());
        }
        self.open.push(path.to_owned());
        let Module { imports, exports, body } = Module::parse(path, &(self.read)(path)?)?;
        let mut block = String::new();
        for Import { from, names } in imports {
            let number = self.add(&from)?;
            let mut taken = Vec::new();
            for Name { there, here } in names {
                match self.export(number, &there, path)? {
                    Export::Changing if there != here => return Err(renamed(path, &there)),
                    Export::Changing => {}
                    _ if there == here => taken.push(there),
                    _ => taken.push(format!("{there}: {here}")),
                }
            }
            if !taken.is_empty() {
                writeln!(block, "const {{ {} }} = ${number};", taken.join(", "))?;
            }
        }
        block += &self.with_urls(path, &body)?;
        let mut given = Vec::new();
        for (name, export) in &exports {
            match export {
                Export::Changing => {}
                Export::Own(own) if own == name => given.push(name.clone()),
                Export::Own(own) => given.push(format!("{name}: {own}")),
                Export::Of(from, there) => {
                    let number = self.add(from)?;
                    if *self.export(number, there, path)? == Export::Changing {
                        return Err(renamed(path, there));
                    }
                    given.push(format!("{name}: ${number}.{there}"));
                }
            }
        }
        self.open.pop();
        let number = self.done.len();
        if !given.is_empty() {
            writeln!(block, "${number} = {{ {} }};", given.join(", "))?;
        }
        let done = Done { path: path.to_owned(), exports };
        for name in done.changing() {
            if let Some(other) = self.done.iter().find(|other| other.changing().any(|known| known == name)) {
                return Err(format!("{} and {} both have `export let {name}`.", other.path.display(), path.display()).into());
            }
        }
        write!(self.blocks, "{{\n{block}}}\n")?;
        self.done.push(done);
        Ok(number)
    }

    fn export(&self, number: usize, name: &str, of: &Path) -> Result<&Export> {
        let Done { path, exports } = &self.done[number];
        exports.get(name).ok_or_else(|| format!("{} wants `{name}` of {}, which does not export it.", of.display(), path.display()).into())
    }

    /// A text with addresses in place of what it imports as it runs.
    fn with_urls(&mut self, path: &Path, body: &str) -> Result<String> {
        const CALL: &str = "import(";
        let mut parts = body.split(CALL);
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let quoted = part.strip_prefix('"').and_then(|part| part.split_once('"'));
            let (reference, rest) = quoted.ok_or_else(|| format!("{}: `import(` is followed by no path.", path.display()))?;
            let target = resolve(path, reference)?;
            write!(text, "{CALL}\"{}\"{rest}", (self.url)(&target)?)?;
            self.later.insert(target);
        }
        Ok(text)
    }
}

fn renamed(path: &Path, name: &str) -> Box<dyn Error> {
    format!("{}: `{name}` can change; import it where it stands, and by that name.", path.display()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "screens/root.js";

    fn joined(modules: &[(&str, &str)]) -> std::result::Result<Joined, String> {
        let read = |path: &Path| {
            let found = modules.iter().find(|(name, _)| Path::new(name) == path);
            Ok(found.ok_or_else(|| format!("There is no {}.", path.display()))?.1.to_owned())
        };
        join(Path::new(ROOT), read, |path| Ok(format!("/assets/{}", path.display()))).map_err(|error| error.to_string())
    }

    fn text(modules: &[(&str, &str)]) -> String {
        joined(modules).expect("they can be joined").text
    }

    fn refusal(modules: &[(&str, &str)]) -> String {
        joined(modules).expect_err("they cannot be joined")
    }

    #[test]
    fn modules_run_once_and_after_what_they_import() {
        let modules = [
            (ROOT, "import { b } from \"../modules/b.js\";\nimport { c } from \"../modules/c.js\";\nawait b(c);\n"),
            ("modules/b.js", "import { c } from \"./c.js\";\nexport function b() {\nreturn c;\n}\n"),
            ("modules/c.js", "export const c = 1;\n"),
        ];
        let wanted = "let $0, $1;
{
const c = 1;
$0 = { c };
}
{
const { c } = $0;
function b() {
return c;
}
$1 = { b };
}
{
const { b } = $1;
const { c } = $0;
await b(c);
}
";
        assert_eq!(text(&modules), wanted);
        let names = [ROOT, "modules/b.js", "modules/c.js"].map(PathBuf::from);
        assert_eq!(joined(&modules).expect("they can be joined").modules, BTreeSet::from(names));
    }

    #[test]
    fn what_two_modules_call_the_same_stays_two_things() {
        let own = "const name = 1;\nexport const a = () => name;\n";
        let text = text(&[(ROOT, "import { a } from \"./a.js\";\nconst name = 2;\na(name);\n"), ("screens/a.js", own)]);
        assert!(
            text.contains("{\nconst name = 1;\nconst a = () => name;\n$0 = { a };\n}\n{\nconst { a } = $0;\nconst name = 2;\n"),
            "{text}"
        );
    }

    #[test]
    fn things_can_have_another_name_where_they_are_imported_or_exported() {
        let import = "import {\n  a as b,\n  c,\n} from \"./a.js\";\nb(c);\n";
        let minified = "const x=1,y=2;export{x as a,y as c};";
        let text = text(&[(ROOT, import), ("screens/a.js", minified)]);
        assert!(text.contains("const x=1,y=2;;\n$0 = { a: x, c: y };\n}\n{\nconst { a: b, c } = $0;\nb(c);\n"), "{text}");
    }

    #[test]
    fn what_is_minified_imports_several_modules_on_one_line() {
        let minified = "import{a}from\"./a.js\";import{b as c}from\"./b.js\";\nconst d=a+c;class f{}export{d as e};";
        let modules = [(ROOT, minified), ("screens/a.js", "export const a = 1;"), ("screens/b.js", "export const b = 2;")];
        assert!(text(&modules).contains("{\nconst { a } = $0;\nconst { b: c } = $1;\nconst d=a+c;class f{};\n"), "{}", text(&modules));
    }

    #[test]
    fn what_another_module_exports_can_be_exported_again() {
        let book = "export { words, a as b } from \"./en.js\";\nexport const more = 2;\n";
        let text = text(&[(ROOT, book), ("screens/en.js", "export const words = 1;\nexport const a = 3;\n")]);
        assert!(text.contains("$1 = { b: $0.a, more, words: $0.words };\n"), "{text}");
        assert!(text.ends_with("export const { b, more, words } = $1;\n"), "{text}");
    }

    #[test]
    fn what_can_change_is_one_thing_for_all() {
        let words = "export let words = await first();\nexport let other;\nexport function turn() {\nwords = other;\n}\n";
        let import = "import { turn, words } from \"./words.js\";\nturn(words);\n";
        let wanted = "let $0, other, words;
{
words = await first();
other;
function turn() {
words = other;
}
$0 = { turn };
}
{
const { turn } = $0;
turn(words);
}
";
        assert_eq!(text(&[(ROOT, import), ("screens/words.js", words)]), wanted);
        let renamed = "import { words as sentences } from \"./words.js\";\n";
        assert!(refusal(&[(ROOT, renamed), ("screens/words.js", words)]).contains("`words` can change"));
        let again = "export { words } from \"./words.js\";\n";
        assert!(refusal(&[(ROOT, again), ("screens/words.js", words)]).contains("`words` can change"));
        let second = "export let words = 2;\nimport { turn } from \"./words.js\";\n";
        let refusal = refusal(&[(ROOT, second), ("screens/words.js", words)]);
        assert_eq!(refusal, "screens/words.js and screens/root.js both have `export let words`.");
        assert!(text(&[(ROOT, "export let words = 1;\n")]).ends_with("export { words };\n"));
    }

    #[test]
    fn what_is_imported_as_it_runs_stays_apart() {
        let joined = joined(&[(ROOT, "const BOOKS = { en: () => import(\"../words/en.js\") };\n")]).expect("it can be joined");
        assert!(joined.text.contains("import(\"/assets/words/en.js\")"), "{}", joined.text);
        assert_eq!(joined.later, BTreeSet::from([PathBuf::from("words/en.js")]));
        assert!(refusal(&[(ROOT, "import(name);\n")]).contains("is followed by no path"));
    }

    #[test]
    fn only_what_is_named_can_be_imported_and_exported() {
        for statement in ["import \"./a.js\";", "import a from \"./a.js\";", "import * as a from \"./a.js\";", "import{}from\"./a.js\";"] {
            let refusal = refusal(&[(ROOT, statement), ("screens/a.js", "")]);
            assert!(refusal.starts_with("screens/root.js: write `import { name }") && refusal.contains(statement), "{refusal}");
        }
        for statement in ["export default 1;", "export * from \"./a.js\";", "export const { a } = b;"] {
            let refusal = refusal(&[(ROOT, statement), ("screens/a.js", "")]);
            assert!(refusal.starts_with("screens/root.js: write `export` before") && refusal.contains(statement), "{refusal}");
        }
        let refused = [
            ("import { b } from \"./a.js\";", "screens/root.js wants `b` of screens/a.js, which does not export it."),
            ("export { b } from \"./a.js\";", "screens/root.js wants `b` of screens/a.js, which does not export it."),
            ("import { a } from \"a\";", "screens/root.js: \"a\" is no path from there."),
            ("import { a } from \"./b.js\";", "There is no screens/b.js."),
            ("import {", "screens/root.js: `import {` has no end."),
        ];
        for (statement, wanted) in refused {
            assert_eq!(refusal(&[(ROOT, statement), ("screens/a.js", "export const a = 1;")]), wanted);
        }
    }

    #[test]
    fn circles_are_refused() {
        let circle = [
            (ROOT, "import { a } from \"./a.js\";\n"),
            ("screens/a.js", "import { b } from \"./b.js\";\nexport const a = 1;\n"),
            ("screens/b.js", "import { a } from \"./a.js\";\nexport const b = 1;\n"),
        ];
        let refusal = refusal(&circle);
        assert!(refusal.starts_with("screens/a.js imports itself, by way of") && refusal.contains("screens/b.js"), "{refusal}");
    }
}
