//! A document as it is sent: the firm's name and phone stand in it before any script has come, and where none comes.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use askama::filters::{Html, escape};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use postern_domain::firm::Firm;

/// A document of the folder `web/`, with `{firm}`, `{them}` and `{ellos}` for whom it is of.
pub(crate) struct Document(pub &'static str);

/// Whom to call where it is not known: in the two languages that a document speaks at once.
const SOMEONE: [&str; 2] = ["your accountant", "su contador"];

impl Document {
    /// The document of a firm, if that is known.
    fn of(&self, firm: Option<&Firm>) -> String {
        let (name, [them, ellos]) = match firm {
            Some(firm) => {
                let [name, phone, tel] = [firm.name.to_string(), firm.phone.to_string(), firm.phone.dialled()].map(|text| escaped(&text));
                let whole = format!("{name}: <a class=\"phone\" href=\"{tel}\">{phone}</a>");
                (name, [whole.clone(), whole])
            }
            None => (String::new(), SOMEONE.map(str::to_owned)),
        };
        [("{firm}", name), ("{them}", them), ("{ellos}", ellos)]
            .iter()
            .fold(self.0.to_owned(), |text, (place, part)| text.replace(place, part))
    }

    /// The answer to a browser that may have the document already.
    pub(crate) fn answer(&self, firm: Option<&Firm>, headers: &HeaderMap) -> Response {
        let text = self.of(firm);
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let tag = format!("\"{:016x}\"", hasher.finish());
        let has_it = headers.get(header::IF_NONE_MATCH).is_some_and(|tags| tags.to_str().is_ok_and(|tags| tags.contains(&tag)));
        if has_it {
            (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response()
        } else {
            ([(header::ETAG, tag), (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned())], text).into_response()
        }
    }
}

fn escaped(text: &str) -> String {
    escape(text, Html).map(|shown| shown.to_string()).unwrap_or_default()
}
