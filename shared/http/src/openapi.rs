//! The `OpenAPI` document, generated from what the operations themselves declare.

use std::collections::BTreeMap;

use postern_domain::{Audience, admission::Access, role::Role};
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use crate::{Operation, ProblemKind};

type MakeSchema = fn(&mut SchemaGenerator) -> Schema;

impl Described {
    /// The kinds of problems that it declares.
    pub fn declared_problems(&self) -> &[ProblemKind] {
        &self.problems
    }
}

/// An operation as the document describes it.
#[derive(Debug, Clone)]
pub struct Described {
    /// The operation.
    pub operation: Operation,
    summary: &'static str,
    params: Option<MakeSchema>,
    body: Option<MakeSchema>,
    answers: Vec<(u16, &'static str, Option<MakeSchema>)>,
    file: Option<(&'static str, Vec<&'static str>)>,
    problems: Vec<ProblemKind>,
}

impl Operation {
    /// Begins the description of this operation.
    pub fn described(self, summary: &'static str) -> Described {
        use ProblemKind::{
            AudienceNeeded, BodyTooLarge, CrossSite, InvalidRequest, JsonNeeded, NotAllowed, NotFound, SecondFactorNeeded, SessionNeeded,
            StepUpNeeded, Unavailable,
        };
        let lacks_right = self.access.right().is_some_and(|right| Role::ALL.iter().any(|role| !role.may(right)));
        let problems = [
            (true, &[Unavailable][..]),
            (self.access != Access::Anyone, &[SessionNeeded]),
            (![Access::Anyone, Access::Session].contains(&self.access), &[SecondFactorNeeded]),
            (self.is_shared(), &[AudienceNeeded]),
            (lacks_right, &[NotAllowed]),
            (self.fresh.is_some(), &[StepUpNeeded]),
            (!self.method.is_safe() || self.access != Access::Anyone, &[CrossSite]),
            (self.path.contains('{'), &[NotFound]),
            (self.takes_body(), &[InvalidRequest, BodyTooLarge, JsonNeeded]),
        ];
        let problems = problems.into_iter().filter(|(holds, _)| *holds).flat_map(|(_, kinds)| kinds.to_vec()).collect();
        Described { operation: self, summary, params: None, body: None, answers: Vec::new(), file: None, problems }
    }

    /// Whether sessions of both audiences are let in, so that the caller may have to say which is meant.
    fn is_shared(&self) -> bool {
        matches!(self.access, Access::ClientsAndStaff(_) | Access::Session | Access::SecondFactor | Access::Enrolment)
    }

    fn audiences(&self) -> Vec<Audience> {
        let audiences = if self.access == Access::Anyone { Vec::new() } else { vec![Audience::Client, Audience::Staff] };
        audiences.into_iter().filter(|audience| self.access.is_open_to(*audience)).collect()
    }
}

impl Described {
    /// Its query parameters.
    #[must_use]
    pub fn params<T: JsonSchema>(mut self) -> Self {
        self.params = Some(SchemaGenerator::subschema_for::<T>);
        self.problems.push(ProblemKind::InvalidRequest);
        self
    }

    /// Its body.
    #[must_use]
    pub fn body<T: JsonSchema>(mut self) -> Self {
        self.body = Some(SchemaGenerator::subschema_for::<T>);
        self
    }

    /// An answer of `status` with a body.
    #[must_use]
    pub fn answer<T: JsonSchema>(mut self, status: u16, meaning: &'static str) -> Self {
        self.answers.push((status, meaning, Some(SchemaGenerator::subschema_for::<T>)));
        self
    }

    /// An answer of 200 that is a file of one of these types.
    #[must_use]
    pub fn file(mut self, meaning: &'static str, content_types: &[&'static str]) -> Self {
        self.file = Some((meaning, content_types.to_vec()));
        self
    }

    /// An answer of `status` without a body.
    #[must_use]
    pub fn empty_answer(mut self, status: u16, meaning: &'static str) -> Self {
        self.answers.push((status, meaning, None));
        self
    }

    /// Problems of its own, beside those that all operations of its kind have.
    #[must_use]
    pub fn problems(mut self, kinds: &[ProblemKind]) -> Self {
        self.problems.extend(kinds);
        self
    }

    fn write(&self, generator: &mut SchemaGenerator) -> Value {
        let mut responses = Map::new();
        for (status, meaning, schema) in &self.answers {
            let mut answer = json!({"description": meaning});
            if let Some(schema) = schema {
                answer["content"] = json!({"application/json": {"schema": schema(generator)}});
            }
            responses.insert(status.to_string(), answer);
        }
        if let Some((meaning, content_types)) = &self.file {
            let content = content_types.iter().map(|content_type| ((*content_type).to_owned(), json!({"schema": {"type": "string"}})));
            responses.insert("200".to_owned(), json!({"description": meaning, "content": content.collect::<Map<_, _>>()}));
        }
        let mut by_status: BTreeMap<u16, Vec<ProblemKind>> = BTreeMap::new();
        for kind in ProblemKind::ALL.iter().filter(|kind| self.problems.contains(kind)) {
            by_status.entry(kind.status()).or_default().push(*kind);
        }
        for (status, problems) in by_status {
            let description: Vec<_> = problems.iter().map(|kind| format!("`{}`: {}", kind.name(), kind.title())).collect();
            responses.insert(
                status.to_string(),
                json!({
                    "description": description.join(" "),
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }),
            );
        }
        let mut parameters = self.path_parameters();
        parameters.extend(self.query_parameters(generator));
        if self.operation.is_shared() {
            parameters.push(json!({"name": "Postern-Audience", "in": "header", "description": "Needed where both cookies may be there.",
                "schema": {"enum": ["client", "staff"]}}));
        }
        let mut written = json!({
            "operationId": self.operation.name,
            "summary": self.summary,
            "security": self.security(),
            "responses": responses,
        });
        if !parameters.is_empty() {
            written["parameters"] = parameters.into();
        }
        if let Some(body) = self.body {
            let schema = body(generator);
            let required = needs_members(&schema, generator);
            written["requestBody"] = json!({"required": required, "content": {"application/json": {"schema": schema}}});
        }
        written
    }

    fn security(&self) -> Value {
        self.operation.audiences().into_iter().map(|audience| json!({audience.name(): []})).collect()
    }

    fn path_parameters(&self) -> Vec<Value> {
        let names = self.operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        names.map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})).collect()
    }

    fn query_parameters(&self, generator: &mut SchemaGenerator) -> Vec<Value> {
        let Some(params) = self.params else { return Vec::new() };
        let mut generator = SchemaGenerator::new(generator.settings().clone().with(|settings| settings.inline_subschemas = true));
        let schema = params(&mut generator);
        let needed = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        let properties: BTreeMap<_, _> =
            schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default().into_iter().collect();
        let parameter = |(name, schema): (String, Value)| {
            if needed.contains(&name.as_str().into()) {
                json!({"name": name, "in": "query", "required": true, "schema": schema})
            } else {
                // One that is empty, as a form sends it, is one that was not given.
                json!({"name": name, "in": "query", "allowEmptyValue": true, "schema": schema})
            }
        };
        properties.into_iter().map(parameter).collect()
    }
}

/// Whether something has to stand in a body of this schema: an empty one is `{}`.
fn needs_members(schema: &Schema, generator: &SchemaGenerator) -> bool {
    let name = schema.get("$ref").and_then(Value::as_str).and_then(|at| at.rsplit('/').next());
    let schema = name.and_then(|name| generator.definitions().get(name)).unwrap_or(schema.as_value());
    schema.get("required").is_some()
}

/// The document that describes `operations`.
pub fn document(operations: &[Described]) -> Value {
    let mut generator =
        SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = "/components/schemas".into()).into_generator();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for described in operations {
        let written = described.write(&mut generator);
        let operation = &described.operation;
        paths.entry(operation.path).or_default().insert(operation.method.as_str().to_ascii_lowercase(), written);
    }
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Problem".to_owned(), problem_schema());
    let cookie = |name: &str| json!({"type": "apiKey", "in": "cookie", "name": name});
    tidied(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Postern",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A passwordless client portal for accounting firms. Problems of API Gateway itself (413, 429, 5xx) may have another form.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"client": cookie("__Host-postern"), "staff": cookie("__Host-postern-staff")},
        },
    }))
}

/// `value` with the members of its objects in alphabetical order: `serde_json` keeps another one as soon as any crate of a build asks it to.
/// That nothing is the default goes without saying, and `null` itself may not be taken there.
fn tidied(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let said = members.into_iter().filter(|(name, value)| name != "default" || !value.is_null());
            let members: BTreeMap<_, _> = said.map(|(name, value)| (name, tidied(value))).collect();
            members.into_iter().collect()
        }
        Value::Array(items) => items.into_iter().map(tidied).collect(),
        plain => plain,
    }
}

fn problem_schema() -> Value {
    let types: Vec<_> = ProblemKind::ALL.iter().map(|kind| format!("/problems/{}", kind.name())).collect();
    json!({
        "description": "A problem document (RFC 9457).",
        "type": "object",
        "properties": {
            "type": {"enum": types},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "fields": {"description": "What is wrong with each member.", "type": "object", "additionalProperties": {"type": "string"}},
            "contact": {"description": "The contact that stands in the way.", "type": "string"},
            "missing": {"description": "What the contact lacks.", "type": "array", "items": {"enum": ["email", "gate", "mobile"]}},
        },
        "required": ["type", "title", "status"],
        "additionalProperties": false,
    })
}
