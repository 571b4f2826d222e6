//! Makes what is embedded of the folder `web/`: each file under a name that holds the hash of its content, compressed, and with its
//! references to other files written as the addresses at which those are served.

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

/// What is embedded; all else in the folder is for those who write pages.
const EMBEDDED: [&str; 6] = ["pages", "screens", "modules", "words", "vendor", "style.css"];
/// Bytes of a hash that stand in a name.
const HASH_BYTES: usize = 6;

/// A file as it is served.
struct Asset {
    url: String,
    /// What a page that loads it is going to load next.
    imports: Vec<PathBuf>,
}

struct Site {
    /// Where compressed files are put.
    out: PathBuf,
    assets: BTreeMap<PathBuf, Asset>,
    /// Files whose references are being written, outermost first.
    open: Vec<PathBuf>,
    /// The table of files, as Rust.
    table: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web").canonicalize()?;
    for name in EMBEDDED {
        emit(&format!("cargo::rerun-if-changed={}", web.join(name).display()))?;
    }
    #[expect(clippy::disallowed_methods, reason = "cargo says by the environment where to build")]
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut site = Site { out, assets: BTreeMap::new(), open: Vec::new(), table: String::new() };

    let mut pages: Vec<_> = fs::read_dir(web.join("pages"))?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    pages.sort();
    for page in pages {
        site.page(&page)?;
    }
    let table = format!("/// All files, in no order.\nstatic FILES: &[File] = &[{}\n];\n", site.table);
    fs::write(site.out.join("files.rs"), table)?;
    Ok(())
}

fn emit(line: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    writeln!(std::io::stdout(), "{line}")
}

impl Site {
    /// Embeds a document. It names all modules that its script is going to need, so that they are fetched at once and not one after the other.
    fn page(&mut self, path: &Path) -> Result<(), Box<dyn Error>> {
        let (text, imports) = self.referring(path)?;
        let mut needed = Vec::new();
        for import in &imports {
            self.collect(import, &mut needed);
        }
        let mut preloads = String::new();
        for path in needed.iter().filter(|path| !imports.contains(path)) {
            writeln!(preloads, "<link rel=\"modulepreload\" href=\"{}\">", self.assets[path].url)?;
        }
        let text = text.replacen("</head>", &format!("{preloads}</head>"), 1);
        let name = path.file_name().and_then(|name| name.to_str()).ok_or("a page has a name")?;
        self.embed(name, "text/html; charset=utf-8", text.as_bytes())?;
        Ok(())
    }

    /// The files that `path` imports, and those that they import; each once.
    fn collect(&self, path: &Path, needed: &mut Vec<PathBuf>) {
        if !needed.iter().any(|known| known == path) {
            needed.push(path.to_owned());
            for import in &self.assets[path].imports {
                self.collect(import, needed);
            }
        }
    }

    /// Embeds a file that others refer to, and answers with its address.
    fn asset(&mut self, path: &Path) -> Result<String, Box<dyn Error>> {
        if let Some(asset) = self.assets.get(path) {
            return Ok(asset.url.clone());
        }
        if self.open.iter().any(|open| open == path) {
            return Err(format!("{} imports itself, by way of {:?}.", path.display(), self.open).into());
        }
        let (stem, kind) = (path.file_stem().and_then(|stem| stem.to_str()), path.extension().and_then(|kind| kind.to_str()));
        let (Some(stem), Some(kind)) = (stem, kind) else { return Err(format!("{} has no name.", path.display()).into()) };
        let content_type = match kind {
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml",
            _ => return Err(format!("{} is of no kind that is served.", path.display()).into()),
        };
        self.open.push(path.to_owned());
        let (text, imports) = self.referring(path)?;
        self.open.pop();
        let name = format!("{stem}.{}.{kind}", hash(text.as_bytes())?);
        let url = format!("/assets/{name}");
        self.embed(&name, content_type, text.as_bytes())?;
        self.assets.insert(path.to_owned(), Asset { url: url.clone(), imports });
        Ok(url)
    }

    /// The text of a file with its references rewritten, and the modules that it loads as soon as it is loaded itself.
    ///
    /// A reference is whatever stands in double quotes and begins with `./` or `../`, outside of comments that have lines of their own.
    /// Such comments, and indentation, are for those who read the file here, and stay here, but for a licence.
    fn referring(&mut self, path: &Path) -> Result<(String, Vec<PathBuf>), Box<dyn Error>> {
        let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let folder = path.parent().ok_or("a file is in a folder")?;
        let (mut written, mut imports) = (String::new(), Vec::new());
        let is_own = !text.contains("@license");
        for line in text.split_inclusive('\n').map(|line| if is_own { line.trim_start() } else { line }) {
            if is_own && is_script(path) && ["//", "/*", "*"].iter().any(|comment| line.starts_with(comment)) {
                continue;
            }
            let mut before = "";
            for (index, part) in line.split('"').enumerate() {
                let quoted = index % 2 == 1;
                if index > 0 {
                    written.push('"');
                }
                if quoted && (part.starts_with("./") || part.starts_with("../")) {
                    let target = folder.join(part).canonicalize().map_err(|error| format!("{}: {part}: {error}", path.display()))?;
                    written.push_str(&self.asset(&target)?);
                    if is_script(&target) && !before.ends_with("import(") && !imports.contains(&target) {
                        imports.push(target);
                    }
                } else {
                    written.push_str(part);
                }
                before = part;
            }
        }
        Ok((written, imports))
    }

    /// Keeps a file as it is and compressed, and notes it in the table.
    fn embed(&mut self, name: &str, content_type: &str, content: &[u8]) -> Result<(), Box<dyn Error>> {
        fs::write(self.out.join(name), content)?;
        let mut brotli = Vec::new();
        brotli::BrotliCompress(&mut &*content, &mut brotli, &BrotliEncoderParams { quality: 11, ..BrotliEncoderParams::default() })?;
        fs::write(self.out.join(format!("{name}.br")), brotli)?;
        let tag = format!("\"{}\"", hash(content)?);
        write!(
            self.table,
            "
    File {{
        name: {name:?},
        content_type: {content_type:?},
        tag: {tag:?},
        plain: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\")),
        brotli: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.br\")),
    }},"
        )?;
        Ok(())
    }
}

fn is_script(path: &Path) -> bool {
    path.extension().is_some_and(|kind| kind == "js")
}

fn hash(content: &[u8]) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for byte in &Sha256::digest(content)[..HASH_BYTES] {
        write!(text, "{byte:02x}")?;
    }
    Ok(text)
}
