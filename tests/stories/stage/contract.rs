//! What the API may answer: what the operation that was called declares, and nothing else.

use std::{collections::BTreeMap, sync::OnceLock};

use http::{Method, header};
use jsonschema::{Validator, draft202012};
use postern_http::{Described, openapi};
use postern_local::operations;
use serde_json::{Value, json};

use super::Answer;

/// An operation, and its answers by status.
struct Contract {
    operation: Described,
    answers: BTreeMap<String, Option<Vec<Body>>>,
}

/// What stands in an answer.
struct Body {
    content_type: String,
    schema: Validator,
}

impl Contract {
    /// Whether the API brings a request to this operation.
    fn takes(&self, method: &Method, path: &str) -> bool {
        let operation = &self.operation.operation;
        let path = path.split('?').next().unwrap_or_default();
        let fits = |(own, asked): (&str, &str)| own == asked || (own.starts_with('{') && !asked.is_empty());
        operation.method == *method
            && operation.path.split('/').count() == path.split('/').count()
            && operation.path.split('/').zip(path.split('/')).all(fits)
    }

    fn hold(&self, answer: &Answer) {
        let Answer { status, json, text, .. } = answer;
        let name = self.operation.operation.name;
        match self.answers.get(&status.to_string()) {
            None => panic!("{name} does not declare {status}: {text}"),
            Some(None) => assert!(answer.bytes.is_empty(), "{name} declares {status} without a body: {text}"),
            Some(Some(bodies)) => {
                let content_type = &answer.headers[header::CONTENT_TYPE];
                let body = bodies.iter().find(|body| *content_type == *body.content_type);
                let Body { content_type, schema } = body.unwrap_or_else(|| panic!("{name} declares no {content_type:?}: {text}"));
                // A file is not held to more than its type.
                if !["application/json", "application/problem+json"].contains(&content_type.as_str()) {
                    return;
                }
                let wrong: Vec<_> = schema.iter_errors(json).map(|error| format!("{}: {error}", error.instance_path())).collect();
                assert!(wrong.is_empty(), "{name} declares another body for {status}: {wrong:?} in {text}");
            }
        }
        if *status >= 400 {
            let kinds = self.operation.declared_problems().iter().filter(|kind| kind.status() == *status);
            let declared = kinds.map(|kind| format!("/problems/{}", kind.name())).any(|kind| json["type"] == kind);
            assert!(declared, "{name} does not declare this problem: {text}");
        }
    }
}

/// What every operation declares in the document of the API.
fn contracts() -> &'static [Contract] {
    static CONTRACTS: OnceLock<Vec<Contract>> = OnceLock::new();
    CONTRACTS.get_or_init(|| {
        let operations = operations();
        let document = openapi::document(&operations);
        let answers = |operation: &Described| {
            let operation = &operation.operation;
            let written = &document["paths"][operation.path][operation.method.as_str().to_ascii_lowercase()]["responses"];
            let answers = written.as_object().expect("it has answers").iter();
            answers.map(|(status, answer)| (status.clone(), body(answer, &document["components"]))).collect()
        };
        operations.iter().map(|operation| Contract { operation: operation.clone(), answers: answers(operation) }).collect()
    })
}

fn body(answer: &Value, components: &Value) -> Option<Vec<Body>> {
    let body = |(content_type, content): (&String, &Value)| {
        let schema = json!({"allOf": [content["schema"]], "components": components});
        let schema = draft202012::options().should_validate_formats(true).build(&schema).expect("a schema");
        Body { content_type: content_type.clone(), schema }
    };
    Some(answer["content"].as_object()?.iter().map(body).collect())
}

/// Holds what came back to what its operation declares; whatever no operation takes is answered by the pages.
pub fn hold(method: &Method, path: &str, answer: &Answer) {
    if answer.is_of_a_process_that_ended() {
        return;
    }
    let fitting = contracts().iter().filter(|contract| contract.takes(method, path));
    // A part that is named goes before one that varies, as for API Gateway.
    if let Some(contract) = fitting.min_by_key(|contract| contract.operation.operation.path.matches('{').count()) {
        contract.hold(answer);
    }
}
