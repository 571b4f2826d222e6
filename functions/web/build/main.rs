//! Makes what is embedded of the folder `web/`: the documents, and the scripts and styles that they load, each of these under a name that
//! holds the hash of its content. A document loads one style and one script, and that one more for the language that is spoken: each
//! request is an invocation of the function.

mod documents;
mod join;
mod slim;

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use brotli::enc::BrotliEncoderParams;
use sha2::{Digest, Sha256};

use self::{
    documents::{DOCUMENTS, Document, NOWHERE},
    join::{Joined, join},
    slim::slim,
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What is embedded; all else in the folder is for those who write pages.
const EMBEDDED: [&str; 6] = ["documents", "screens", "modules", "words", "vendor", "styles"];
/// Bytes of a hash that stand in a name.
const HASH_BYTES: usize = 6;

struct Site {
    /// The folder `web/`.
    web: PathBuf,
    /// Where files are put.
    out: PathBuf,
    /// Addresses of scripts, by their outermost module.
    scripts: BTreeMap<PathBuf, (String, Joined)>,
    /// Addresses of stylesheets, by what they are made of.
    styles: BTreeMap<&'static [&'static str], String>,
    /// What documents load, as Rust.
    assets: String,
}

fn main() -> Result<()> {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web").canonicalize()?;
    for name in EMBEDDED {
        emit(&format!("cargo::rerun-if-changed={}", web.join(name).display()))?;
    }
    #[expect(clippy::disallowed_methods, reason = "cargo says by the environment where to build")]
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut site = Site { web, out, scripts: BTreeMap::new(), styles: BTreeMap::new(), assets: String::new() };
    let (mut pages, mut not_found) = (String::new(), String::new());
    for document in DOCUMENTS {
        let file = site.document(&document)?;
        match document.address {
            NOWHERE => not_found = file,
            address => write!(pages, "\n    ({address:?}, {file}),")?,
        }
    }
    let tables = format!(
        "/// Every document, with its address.
pub(crate) static PAGES: &[(&str, Document)] = &[{pages}\n];
/// The document for an address at which nothing stands.
pub(crate) static NOT_FOUND: Document = {not_found};
/// What documents load, in no order.
static ASSETS: &[File] = &[{}\n];\n",
        site.assets
    );
    fs::write(site.out.join("files.rs"), tables)?;
    Ok(())
}

fn emit(line: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    writeln!(std::io::stdout(), "{line}")
}

impl Site {
    /// Embeds a document, and what it loads.
    fn document(&mut self, document: &Document) -> Result<String> {
        let script = document.screen.map(|screen| self.script(Path::new(&format!("screens/{screen}.js")))).transpose()?;
        let style = self.style(document.styles())?;
        let part = |name| self.read(Path::new(&format!("documents/{name}.html")));
        let text = document.written(&part("frame")?, &part(document.body)?, &style, script.as_deref());
        let name = format!("{}.html", document.screen.unwrap_or(document.body));
        fs::write(self.out.join(&name), text)?;
        Ok(format!("Document(include_str!(concat!(env!(\"OUT_DIR\"), \"/{name}\")))"))
    }

    /// Embeds a script with all that it imports, and answers with its address.
    fn script(&mut self, path: &Path) -> Result<String> {
        if let Some((url, _)) = self.scripts.get(path) {
            return Ok(url.clone());
        }
        let web = self.web.clone();
        let joined = join(path, |path| read(&web, path), |path| self.script(path))?;
        for (_, later) in joined.later.iter().filter_map(|path| self.scripts.get(path)) {
            if let Some(twice) = later.modules.intersection(&joined.modules).next() {
                return Err(format!("{} would be there twice on the page of {}.", twice.display(), path.display()).into());
            }
        }
        let url = self.asset(stem(path)?, "js", "text/javascript; charset=utf-8", &joined.text)?;
        self.scripts.insert(path.to_owned(), (url.clone(), joined));
        Ok(url)
    }

    /// Embeds stylesheets as one, and answers with its address.
    fn style(&mut self, names: &'static [&'static str]) -> Result<String> {
        if let Some(url) = self.styles.get(names) {
            return Ok(url.clone());
        }
        let texts: Vec<_> = names.iter().map(|name| self.read(Path::new(&format!("styles/{name}.css")))).collect::<Result<_>>()?;
        let url = self.asset("style", "css", "text/css; charset=utf-8", &texts.concat())?;
        self.styles.insert(names, url.clone());
        Ok(url)
    }

    fn read(&self, path: &Path) -> Result<String> {
        read(&self.web, path)
    }

    /// Embeds what documents load, and answers with its address.
    fn asset(&mut self, stem: &str, kind: &str, content_type: &str, text: &str) -> Result<String> {
        let name = format!("{stem}.{}.{kind}", hash(text)?);
        let file = self.embed(&name, content_type, text)?;
        write!(self.assets, "\n    {file},")?;
        Ok(format!("/assets/{name}"))
    }

    /// Keeps a file as it is and compressed, and answers with it as Rust.
    fn embed(&self, name: &str, content_type: &str, text: &str) -> Result<String> {
        fs::write(self.out.join(name), text)?;
        let mut brotli = Vec::new();
        brotli::BrotliCompress(&mut text.as_bytes(), &mut brotli, &BrotliEncoderParams { quality: 11, ..BrotliEncoderParams::default() })?;
        fs::write(self.out.join(format!("{name}.br")), brotli)?;
        let tag = format!("\"{}\"", hash(text)?);
        Ok(format!(
            "File {{
        name: {name:?},
        content_type: {content_type:?},
        tag: {tag:?},
        plain: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\")),
        brotli: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.br\")),
    }}"
        ))
    }
}

/// The text of a file of `web/`, without what is for its readers there.
fn read(web: &Path, path: &Path) -> Result<String> {
    Ok(slim(&fs::read_to_string(web.join(path)).map_err(|error| format!("{}: {error}", path.display()))?))
}

fn stem(path: &Path) -> Result<&str> {
    Ok(path.file_stem().and_then(|stem| stem.to_str()).ok_or("a script has a name")?)
}

fn hash(text: &str) -> Result<String> {
    let mut hash = String::new();
    for byte in &Sha256::digest(text)[..HASH_BYTES] {
        write!(hash, "{byte:02x}")?;
    }
    Ok(hash)
}
