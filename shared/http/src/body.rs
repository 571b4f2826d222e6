//! What comes in: bodies, query parameters and ids, parsed strictly.

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use http::request::Parts;
use postern_domain::{Object, policy};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};

use crate::Problem;

/// A JSON body. Unknown and duplicate members are refused; an empty body is `{}`.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        // The entrance of the operation has let in only what is not too large, and JSON.
        let bytes = axum::body::to_bytes(request.into_body(), policy::BODY_BYTES).await.map_err(|_| Problem::BodyTooLarge)?;
        parse(if bytes.is_empty() { b"{}" } else { &bytes }).map(Self)
    }
}

/// The body of a request that says nothing but what its route says.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Reads `bytes`, and names the member that is wrong.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let Object(value) = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        refusal(&path, &error.into_inner().to_string())
    })?;
    json.end().map_err(|error| refusal("", &error.to_string()))?;
    Ok(value)
}

/// Reads a part that is flattened into the whole, and names the member that is wrong: of those serde does not say where they stand.
///
/// # Errors
/// If a member is wrong.
pub fn part<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let path = error.path().to_string();
        D::Error::custom(format_args!("{IN_PART}{path}`: {}", error.into_inner()))
    })
}

/// How the reason begins for which a member of a flattened part is refused.
const IN_PART: &str = "wrong field `";

/// Most characters of the name of a member that is told back: no name of ours is as long.
const NAME_MOST: usize = 80;

/// The refusal of a body for `reason`, found while reading the member at `path`.
fn refusal(path: &str, reason: &str) -> Problem {
    // serde says where in the text it was; people need to know which member.
    let reason = reason.rsplit_once(" at line ").map_or(reason, |(reason, _)| reason);
    if let Some((path, reason)) = reason.strip_prefix(IN_PART).and_then(|part| part.split_once("`: ")) {
        return refusal(path, reason);
    }
    let member = ["missing field `", "unknown field `", "duplicate field `"]
        .into_iter()
        .find_map(|start| reason.strip_prefix(start)?.split('`').next());
    // A question mark stands for a member whose name was not read to its end.
    let parent = path.trim_matches(['.', '?']);
    let name = match (parent, member) {
        ("", None) => "body".to_owned(),
        ("", Some(member)) => member.to_owned(),
        (parent, None) => parent.to_owned(),
        (parent, Some(member)) if parent == member || parent.ends_with(&format!(".{member}")) => parent.to_owned(),
        (parent, Some(member)) => format!("{parent}.{member}"),
    };
    let name = if name.len() > NAME_MOST { "body".to_owned() } else { name };
    let text = if reason.starts_with("missing field") {
        "This is needed.".to_owned()
    } else if reason.starts_with("unknown field") {
        "There is no member of this name here.".to_owned()
    } else if reason.starts_with("duplicate field") {
        "This was given twice.".to_owned()
    } else if reason.starts_with("invalid type") || reason.starts_with("invalid value") || reason.starts_with("unknown variant") {
        // What was sent may be a secret, so the reason that repeats it is cut to what was expected.
        reason
            .rsplit_once("expected ")
            .map_or_else(|| "This has the wrong type.".to_owned(), |(_, expected)| format!("Expected {expected}."))
    } else if name == "body" {
        "The body is not the JSON object that is expected here.".to_owned()
    } else {
        reason.to_owned()
    };
    Problem::field(name, text)
}

/// Query parameters, parsed as strictly as a body.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // An empty parameter, as a form sends it, is one that was not given.
        let Query(pairs) =
            Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map_err(|_| Problem::field("query", "The query cannot be read."))?;
        let mut members = serde_json::Map::new();
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            if members.insert(name.clone(), value.into()).is_some() {
                return Err(refusal(&name, "duplicate field"));
            }
        }
        parse(serde_json::Value::Object(members).to_string().as_bytes()).map(Self)
    }
}

/// What varies in the path. Something that is no id of ours is not found, like the id of something else.
#[derive(Debug)]
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(id) = Path::from_request_parts(parts, state).await.map_err(|_| Problem::NotFound)?;
        Ok(Self(id))
    }
}

#[cfg(test)]
mod tests {
    use postern_domain::{Email, contact::NewContact};
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Ask {
        #[expect(dead_code, reason = "only parsing is tested")]
        email: Email,
    }

    fn wrong<T: DeserializeOwned + std::fmt::Debug>(json: &str) -> (String, String) {
        match parse::<T>(json.as_bytes()) {
            Err(Problem::InvalidRequest { fields }) => fields.into_iter().next().expect("one field"),
            other => panic!("{json}: {other:?}"),
        }
    }

    #[test]
    fn the_member_that_is_wrong_is_named() {
        for (json, field) in [
            ("{}", "email"),
            (r#"{"email": 1}"#, "email"),
            (r#"{"email": null}"#, "email"),
            (r#"{"email": "x"}"#, "email"),
            (r#"{"email": "a@x.com", "email": "a@x.com"}"#, "email"),
            (r#"{"email": "a@x.com", "e": 1}"#, "e"),
            ("[]", "body"),
            (r#"["a@x.com"]"#, "body"),
            ("{", "body"),
            (r#"{"email": "a@x.com"} x"#, "body"),
            ("\u{0}", "body"),
        ] {
            assert_eq!(wrong::<Ask>(json).0, field, "{json}");
        }
        for (json, field) in [
            (r#"{"name": "A", "gates": [{"kind": "pin", "digits": "x"}]}"#, "gates[0]"),
            (r#"{"name": "A", "gates": [{"kind": "pin"}]}"#, "gates[0].digits"),
            (r#"{"name": "A", "gates": 1}"#, "gates"),
            (r#"{"name": "A", "gates": [["pin", "1234", null]]}"#, "gates[0]"),
            (r#"{"name": "A", "overrides": [null, null, null]}"#, "overrides"),
        ] {
            assert_eq!(wrong::<NewContact>(json).0, field, "{json}");
        }
    }

    #[test]
    fn what_was_sent_is_not_repeated() {
        assert!(!wrong::<Ask>(r#"{"email": 123456789}"#).1.contains("123456789"));
    }
}
