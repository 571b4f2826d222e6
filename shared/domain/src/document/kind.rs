//! The kinds of document that Postern tells apart.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ContentType, DocumentName};

/// A kind of document: those that are shown by kind, and all the rest, which can only be downloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Portable Document Format.
    Pdf,
    /// A photo or scan as JPEG.
    Jpeg,
    /// A picture as PNG.
    Png,
    /// A photo as iPhones take it.
    Heic,
    /// A scan as TIFF.
    Tiff,
    /// A picture as WebP.
    Webp,
    /// A picture as AVIF.
    Avif,
    /// A picture as GIF.
    Gif,
    /// A Word document, without macros.
    Docx,
    /// An Excel workbook, without macros.
    Xlsx,
    /// A table as text.
    Csv,
    /// Plain text.
    Txt,
    /// Anything else: kept, never shown, only downloaded.
    Other,
}

impl Kind {
    /// What a document claims to be: its name's extension decides, and where that names no kind, its declared type.
    ///
    /// Browsers derive the type from the extension and differ in what they derive (a CSV is often declared as Excel), so
    /// the type helps only where the extension says nothing.
    pub fn of(name: &DocumentName, declared: &ContentType) -> Self {
        Self::named(name).unwrap_or_else(|| Self::by_type(declared))
    }

    /// What a document's name says that it is; nothing if that names none of the kinds that are shown.
    pub fn named(name: &DocumentName) -> Option<Self> {
        Some(match name.extension()?.to_ascii_lowercase().as_str() {
            "pdf" => Self::Pdf,
            "jpg" | "jpeg" | "jpe" | "jfif" => Self::Jpeg,
            "png" => Self::Png,
            "heic" | "heif" => Self::Heic,
            "tif" | "tiff" => Self::Tiff,
            "webp" => Self::Webp,
            "avif" => Self::Avif,
            "gif" => Self::Gif,
            "docx" => Self::Docx,
            "xlsx" => Self::Xlsx,
            "csv" => Self::Csv,
            "txt" => Self::Txt,
            _ => return None,
        })
    }

    /// What a document's declared type says that it is.
    pub fn by_type(declared: &ContentType) -> Self {
        match declared.as_str() {
            "image/jpg" | "image/pjpeg" => Self::Jpeg,
            "image/heif" => Self::Heic,
            declared => Self::SHOWN.into_iter().find(|kind| kind.content_type() == declared).unwrap_or(Self::Other),
        }
    }

    /// The kinds that are shown by kind.
    const SHOWN: [Self; 12] = [
        Self::Pdf,
        Self::Jpeg,
        Self::Png,
        Self::Heic,
        Self::Tiff,
        Self::Webp,
        Self::Avif,
        Self::Gif,
        Self::Docx,
        Self::Xlsx,
        Self::Csv,
        Self::Txt,
    ];

    /// Whether a document of this kind is known by its bytes, whatever it is called.
    pub fn is_told_by_content(self) -> bool {
        !matches!(self, Self::Csv | Self::Txt | Self::Other)
    }

    /// What the name of a document of this kind ends with.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Heic => "heic",
            Self::Tiff => "tif",
            Self::Webp => "webp",
            Self::Avif => "avif",
            Self::Gif => "gif",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Txt => "txt",
            Self::Other => "bin",
        }
    }

    /// The media type that a document of this kind is sent out with; for [`Kind::Other`] the one that no browser opens.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Heic => "image/heic",
            Self::Tiff => "image/tiff",
            Self::Webp => "image/webp",
            Self::Avif => "image/avif",
            Self::Gif => "image/gif",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv",
            Self::Txt => "text/plain",
            Self::Other => "application/octet-stream",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, declared: &str) -> Kind {
        Kind::of(&DocumentName::parse(name).expect("a name"), &ContentType::parse(declared))
    }

    #[test]
    fn the_name_decides_and_the_declared_type_helps_where_it_is_silent() {
        let table = [
            ("W-2.PDF", "application/pdf", Kind::Pdf),
            ("W-2.pdf", "application/octet-stream", Kind::Pdf),
            ("IMG_0001.JPG", "image/jpeg", Kind::Jpeg),
            ("IMG_0001.jpeg", "image/heic", Kind::Jpeg),
            ("IMG_0001.HEIC", "application/octet-stream", Kind::Heic),
            ("scan.tif", "image/tiff", Kind::Tiff),
            ("books.csv", "application/vnd.ms-excel", Kind::Csv),
            ("notes.txt", "text/plain", Kind::Txt),
            ("server.log", "text/plain", Kind::Txt),
            ("scan", "application/pdf", Kind::Pdf),
            ("photo", "image/jpg", Kind::Jpeg),
            ("photo", "image/heif", Kind::Heic),
            ("statement", "application/octet-stream", Kind::Other),
            ("old.xls", "application/vnd.ms-excel", Kind::Other),
            ("page.html", "text/html", Kind::Other),
            ("photo.webp", "image/webp", Kind::Webp),
            ("photo.GIF", "", Kind::Gif),
        ];
        for (name, declared, expected) in table {
            assert_eq!(kind(name, declared), expected, "{name} as {declared}");
        }
    }

    #[test]
    fn every_kind_shown_is_found_by_the_type_it_is_sent_with() {
        for shown in Kind::SHOWN {
            assert_eq!(kind("document", shown.content_type()), shown);
            assert_eq!(kind(&format!("document.{}", shown.ending()), ""), shown);
        }
    }

    #[test]
    fn a_kind_is_written_in_lower_case() {
        assert_eq!(serde_json::to_string(&Kind::Docx).expect("json"), r#""docx""#);
        assert_eq!(serde_json::from_str::<Kind>(r#""other""#).expect("a kind"), Kind::Other);
    }
}
