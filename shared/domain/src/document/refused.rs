//! Names that no document has: programs, scripts, and what starts them.

use super::DocumentName;

/// Extensions that a computer or telephone runs, mounts or follows when the file is opened, in lower case.
///
/// Drawn from what Windows, macOS, Linux and Android start on a double click and from what the large mail services block.
const PROGRAMS: &[&str] = &[
    "aab",
    "ade",
    "adp",
    "apk",
    "app",
    "appimage",
    "applescript",
    "application",
    "appref-ms",
    "appx",
    "appxbundle",
    "bash",
    "bat",
    "chm",
    "class",
    "cmd",
    "com",
    "command",
    "cpl",
    "crx",
    "csh",
    "deb",
    "desktop",
    "dex",
    "diagcab",
    "dll",
    "dmg",
    "drv",
    "dylib",
    "elf",
    "exe",
    "fish",
    "gadget",
    "hlp",
    "hta",
    "img",
    "inf",
    "ins",
    "ipa",
    "iso",
    "isp",
    "jar",
    "jnlp",
    "js",
    "jse",
    "ksh",
    "library-ms",
    "lnk",
    "mde",
    "mjs",
    "msc",
    "msh",
    "msi",
    "msix",
    "msixbundle",
    "msp",
    "mst",
    "nsh",
    "ocx",
    "php",
    "pif",
    "pkg",
    "pl",
    "ps1",
    "ps1xml",
    "psd1",
    "psm1",
    "py",
    "pyc",
    "pyw",
    "pyz",
    "rb",
    "reg",
    "rpm",
    "run",
    "scf",
    "scpt",
    "scr",
    "sct",
    "search-ms",
    "settingcontent-ms",
    "sh",
    "shb",
    "shs",
    "so",
    "sys",
    "url",
    "vb",
    "vbe",
    "vbs",
    "vhd",
    "vhdx",
    "vxd",
    "webloc",
    "workflow",
    "ws",
    "wsc",
    "wsf",
    "wsh",
    "xll",
    "xpi",
    "zsh",
];

/// Those of them with which names of internet domains end as well. `Receipt - amazon.com` is what a browser calls a page that it prints to
/// a PDF, so such a name says nothing before the bytes are there.
const DOMAINS: &[&str] = &["app", "com", "fish", "pl", "py", "run", "sh", "so", "ws"];

/// What is said to someone who sends a program, by its name.
pub(super) const NO_PROGRAMS: &str =
    "Programs, scripts and links to them cannot be sent here. Send the document itself, for example as a PDF.";

impl DocumentName {
    /// Whether a computer or telephone would take a file of this name for a program.
    pub fn is_of_program(&self) -> bool {
        self.extension().is_some_and(|extension| lists(PROGRAMS, extension))
    }
}

/// Why a document of this name is refused before it is sent, in words for a person; nothing if the name may be sent.
pub fn refusal_by_name(name: &DocumentName) -> Option<&'static str> {
    let says_so = name.is_of_program() && !name.extension().is_some_and(|extension| lists(DOMAINS, extension));
    says_so.then_some(NO_PROGRAMS)
}

fn lists(endings: &[&str], extension: &str) -> bool {
    endings.iter().any(|ending| extension.eq_ignore_ascii_case(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(raw: &str) -> bool {
        refusal_by_name(&DocumentName::parse(raw).expect("a name")).is_some()
    }

    #[test]
    fn programs_and_scripts_are_refused_by_name() {
        let named = [
            "exe", "bat", "cmd", "msi", "scr", "pif", "ps1", "vbs", "vbe", "js", "jse", "wsf", "hta", "jar", "lnk", "dll", "sys", "cpl",
            "reg", "apk", "dmg", "pkg", "deb", "rpm", "csh",
        ];
        for extension in named {
            assert!(refused(&format!("invoice.{extension}")), "{extension}");
            assert!(refused(&format!("invoice.pdf.{}", extension.to_uppercase())), "{extension}");
        }
    }

    #[test]
    fn a_program_does_not_pass_by_dressing_its_name() {
        for raw in ["setup.exe.", "setup.exe ", "setup.e\u{200b}xe", "a\u{202e}fdp.exe", "C:\\setup.exe", "setup.\u{7}exe"] {
            assert!(refused(raw), "{raw:?}");
        }
    }

    #[test]
    fn documents_of_any_kind_may_be_sent() {
        for raw in [
            "W-2.pdf",
            "exe",
            "books.qbw",
            "setup.exe.txt",
            "photo.webp",
            "mail.eml",
            "old.xls",
            "papers.zip",
            "tax.2024",
            "Receipt - amazon.com",
        ] {
            assert!(!refused(raw), "{raw:?}");
        }
    }

    #[test]
    fn every_extension_listed_can_be_met() {
        for program in PROGRAMS {
            let name = DocumentName::parse(&format!("a.{program}")).expect("a name");
            assert!(name.is_of_program(), "{program}");
            assert_eq!(refusal_by_name(&name).is_some(), !DOMAINS.contains(program), "{program}");
            assert_eq!(*program, program.to_ascii_lowercase());
        }
        assert!(DOMAINS.iter().all(|domain| PROGRAMS.contains(domain)));
    }
}
