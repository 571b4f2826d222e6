//! The catalogues that clients rely upon: routes, problems, log texts, and the document that describes them all.

use std::{collections::BTreeSet, fs};

use insta::assert_snapshot;
use postern_domain::Audience;
use postern_domain::record::Outcome;
use postern_http::{Access, ProblemKind, openapi};
use postern_local::operations;
use serde_json::{Map, Value};

use crate::stage::root;

fn document() -> Value {
    openapi::document(&operations())
}

/// Every operation of the document: its method, its path, and what is said of it.
fn described(document: &Value) -> Vec<(String, Value)> {
    let paths = document["paths"].as_object().expect("paths").iter();
    let operations = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().expect("methods").iter();
        methods.map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation.clone()))
    });
    operations.collect()
}

#[test]
fn the_committed_document_is_fresh() {
    let committed = fs::read_to_string(root().join("web/openapi.json")).expect("the document can be read");
    let fresh = format!("{:#}\n", document());
    assert!(
        committed == fresh,
        "web/openapi.json is not what the operations declare: cargo run -- --openapi > openapi.json && mv openapi.json web/"
    );
}

#[test]
fn every_operation_says_who_may_call_it_and_what_may_go_wrong() {
    let document = document();
    let operations = operations();
    assert_eq!(described(&document).len(), operations.len());
    for described in &operations {
        let operation = &described.operation;
        let written = &document["paths"][operation.path][operation.method.as_str().to_ascii_lowercase()];
        let name = operation.name;
        assert_eq!(written["operationId"], name);
        let responses = written["responses"].as_object().unwrap_or_else(|| panic!("{name} has answers"));
        let mut needed = vec!["503"];
        if operation.path.contains('{') {
            needed.push("404");
        }
        if !operation.method.is_safe() {
            needed.push("403");
        }
        if written["requestBody"].is_object() {
            needed.extend(["400", "413", "415"]);
        }
        let schemes: Vec<_> = written["security"].as_array().unwrap_or_else(|| panic!("{name} says who may call it")).iter().collect();
        match operation.access {
            Access::Anyone => assert!(schemes.is_empty(), "{name}"),
            Access::Clients | Access::Staff(_) => assert_eq!(schemes.len(), 1, "{name}"),
            Access::ClientsAndStaff(_) | Access::Session | Access::SecondFactor | Access::Enrolment => {
                assert_eq!(schemes.len(), 2, "{name}");
            }
        }
        if operation.access != Access::Anyone {
            needed.extend(["401", "403"]);
        }
        for status in needed {
            assert!(responses.contains_key(status), "{name} does not declare {status}");
        }
        assert!(responses.keys().any(|status| status.starts_with('2')), "{name} never goes well");
        for (status, answer) in responses.iter().filter(|(status, _)| !status.starts_with('2')) {
            let schema = &answer["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/Problem", "{name} {status}");
        }
    }
}

#[test]
fn objects_have_no_members_but_those_that_are_named() {
    let document = document();
    let mut open = Vec::new();
    look(&document, "", &mut |at, object| {
        if object.get("properties").is_some_and(Value::is_object) && object.get("type").is_some_and(|kind| kind == "object") {
            let closed =
                ["additionalProperties", "unevaluatedProperties"].iter().any(|name| object.get(*name) == Some(&Value::Bool(false)));
            // What is flattened into another object is closed there.
            open.extend((!closed).then(|| at.to_owned()));
        }
    });
    assert!(open.is_empty(), "these are open:\n{}", open.join("\n"));
}

#[test]
fn schemas_are_named_after_operations_and_things() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    let numbered: Vec<_> = schemas.keys().filter(|name| name.ends_with(|letter: char| letter.is_ascii_digit())).collect();
    assert!(numbered.is_empty(), "two types of one name: {numbered:?}");
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    let document = document();
    let mut used = BTreeSet::new();
    look(&document, "", &mut |_, object| used.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned)));
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    let defined: BTreeSet<_> = schemas.keys().map(|name| format!("#/components/schemas/{name}")).collect();
    assert_eq!(used, defined);
}

fn look(value: &Value, at: &str, see: &mut impl FnMut(&str, &Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            see(at, object);
            object.iter().for_each(|(name, value)| look(value, &format!("{at}/{name}"), see));
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| look(value, &format!("{at}/{index}"), see)),
        _ => {}
    }
}

#[test]
fn the_routes_are_those_that_were_reviewed() {
    let mut lines: Vec<_> = operations()
        .into_iter()
        .map(|described| described.operation)
        .map(|operation| {
            let staff = operation.access.right().map(|right| format!("staff who may {right:?}").to_lowercase());
            let who = match operation.access {
                Access::Anyone => vec!["anyone".to_owned()],
                Access::Session => vec!["whoever holds a session".to_owned()],
                Access::SecondFactor => vec!["who still owes the second factor".to_owned()],
                access => access.is_open_to(Audience::Client).then(|| "clients".to_owned()).into_iter().chain(staff).collect(),
            };
            let who = who.join(", ");
            format!("{} {} ({who}): {}", operation.method, operation.path, operation.name)
        })
        .collect();
    lines.sort();
    assert_snapshot!("routes", lines.join("\n"));
}

#[test]
fn the_problems_are_those_that_were_reviewed() {
    let lines: Vec<_> = ProblemKind::ALL.iter().map(|kind| format!("{} {}: {}", kind.status(), kind.name(), kind.title())).collect();
    assert_snapshot!("problems", lines.join("\n"));
}

#[test]
fn the_log_texts_are_those_that_were_reviewed() {
    let lines: Vec<_> = Outcome::CATALOGUE.iter().map(|(name, text)| format!("{name}: {text}")).collect();
    assert_snapshot!("log_texts", lines.join("\n"));
}
