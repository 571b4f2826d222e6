//! What the deployment template says.

use std::collections::BTreeMap;

use postern_local::names::kebab;
use serde_json::{Map, Value};

use crate::folders;

/// The template's resources and parameters by their names.
pub struct Template {
    resources: Map<String, Value>,
    parameters: Map<String, Value>,
}

/// What the template says of one function.
pub struct Deployed<'a>(pub &'a Map<String, Value>);

/// What one statement of a role allows.
pub struct Grant {
    /// The actions.
    pub actions: Vec<String>,
    /// Each resource by its name and what follows it, such as `/index/by-contact`, or the text that stands there.
    pub targets: Vec<(String, String)>,
}

impl Template {
    pub fn read() -> Self {
        let template = postern_local::aws::template::to_json(&folders::text_of("infra/template.yaml")).expect("the template can be read");
        let part = |name: &str| template[name].as_object().expect("the template has this part").clone();
        Self { resources: part("Resources"), parameters: part("Parameters") }
    }

    /// What whoever deploys is asked.
    pub fn parameters(&self) -> &Map<String, Value> {
        &self.parameters
    }

    /// The resources of a type.
    pub fn of_type(&self, kind: &str) -> impl Iterator<Item = (&str, &Value)> {
        self.resources.iter().filter(move |(_, resource)| resource["Type"] == kind).map(|(id, resource)| (id.as_str(), resource))
    }

    /// The functions by the names of their folders.
    pub fn functions(&self) -> BTreeMap<String, Deployed<'_>> {
        let functions = self.of_type("AWS::Serverless::Function");
        functions.filter_map(|(id, function)| Some((kebab(id), Deployed(function["Properties"].as_object()?)))).collect()
    }
}

impl Deployed<'_> {
    /// The policies of the role.
    pub fn policies(&self) -> &[Value] {
        self.0.get("Policies").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// What the role allows.
    pub fn grants(&self) -> Vec<Grant> {
        let statements = self.policies().iter().filter_map(|policy| policy["Statement"].as_array()).flatten();
        let allowed = statements.filter(|statement| statement["Effect"] == "Allow").map(|statement| Grant {
            actions: each(&statement["Action"]).iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            targets: each(&statement["Resource"]).iter().map(target).collect(),
        });
        allowed.collect()
    }
}

fn each(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// The resource that `value` points to, and what follows it.
fn target(value: &Value) -> (String, String) {
    let text = |member: &str| value[member].as_str();
    let followed = text("Fn::Sub").and_then(|text| text.strip_prefix("${")?.split_once(".Arn}"));
    let attribute = || text("Fn::GetAtt").and_then(|text| Some((text.split_once('.')?.0, "")));
    let whole = || (text("Ref").or(text("Fn::Sub")).or(value.as_str()).unwrap_or_default(), "");
    let (name, rest) = followed.or_else(attribute).unwrap_or_else(whole);
    (name.to_owned(), rest.to_owned())
}
