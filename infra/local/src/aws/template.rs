//! What the deployment template says of tables, buckets, secrets and roles.

use std::collections::HashMap;

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

use super::{cors::Rule, roles::Roles, suppression::SuppressedReasons};
use crate::names;

/// The template's resources that this endpoint stands for.
pub(super) struct Plan {
    pub(super) tables: Vec<TablePlan>,
    /// The rules of each bucket for pages of other origins.
    pub(super) buckets: HashMap<String, Vec<Rule>>,
    pub(super) secrets: Vec<String>,
    /// The configuration sets of SES, with what puts an address on the suppression list.
    pub(super) configuration_sets: SuppressedReasons,
    pub(super) roles: Roles,
}

/// One table, as `DynamoDB`'s own `CreateTable` wants it told.
pub(super) struct TablePlan {
    pub(super) name: String,
    pub(super) create: Value,
    pub(super) ttl_attribute: Option<String>,
}

impl Plan {
    /// Picks the resources out of a template's text.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let template = to_json(text)?;
        if !template["Resources"].is_object() {
            return Err("the template has no Resources".to_owned());
        }
        Ok(Self {
            tables: of_type(&template, "AWS::DynamoDB::Table").map(|(id, properties)| TablePlan::read(id.to_owned(), properties)).collect(),
            buckets: of_type(&template, "AWS::S3::Bucket").map(|(id, bucket)| (names::bucket(id), Rule::of_bucket(bucket))).collect(),
            secrets: of_type(&template, "AWS::SecretsManager::Secret").map(|(id, _)| id.to_owned()).collect(),
            configuration_sets: of_type(&template, "AWS::SES::ConfigurationSet").map(suppressed).collect(),
            roles: Roles::read(&template)?,
        })
    }
}

/// For what a configuration set has addresses suppressed: what it does not say, the account says, and that is both.
fn suppressed((id, set): (&str, &Value)) -> (String, Vec<String>) {
    let reasons = set.pointer("/SuppressionOptions/SuppressedReasons").map_or_else(|| json!(["BOUNCE", "COMPLAINT"]), Value::clone);
    (id.to_owned(), each(&reasons).iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// The resources of a type by their names, each with its properties.
pub fn of_type<'a>(template: &'a Value, kind: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let resources = template["Resources"].as_object().into_iter().flatten();
    let of_type = resources.filter(move |(_, resource)| resource["Type"] == kind);
    of_type.map(|(id, resource)| (id.as_str(), &resource["Properties"]))
}

/// The items of a list, or the one thing that stands in its place.
pub fn each(value: &Value) -> &[Value] {
    match value {
        Value::Null => &[],
        Value::Array(items) => items,
        one => std::slice::from_ref(one),
    }
}

impl TablePlan {
    fn read(name: String, properties: &Value) -> Self {
        let mut create = json!({ "TableName": name, "BillingMode": "PAY_PER_REQUEST" });
        for member in ["AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes"] {
            if let Some(value) = properties.get(member) {
                create[member] = value.clone();
            }
        }
        // CloudFormation names the view alone; the API wants it said that the stream is on.
        if let Some(view) = properties.pointer("/StreamSpecification/StreamViewType") {
            create["StreamSpecification"] = json!({ "StreamEnabled": true, "StreamViewType": view });
        }
        let ttl = &properties["TimeToLiveSpecification"];
        let ttl_attribute = (ttl["Enabled"] == true).then(|| ttl["AttributeName"].as_str().map(str::to_owned)).flatten();
        Self { name, create, ttl_attribute }
    }
}

/// A deployment template in YAML as JSON, its short tags written out: `!Ref A` is `{"Ref": "A"}` and `!Sub a` is
/// `{"Fn::Sub": "a"}`.
pub fn to_json(text: &str) -> Result<Value, String> {
    let documents = Yaml::load_from_str(text).map_err(|e| format!("the template is not YAML: {e}"))?;
    documents.first().map(json_of).ok_or_else(|| "the template is empty".to_owned())
}

fn json_of(node: &Yaml<'_>) -> Value {
    match node {
        Yaml::Value(scalar) => match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(value) => json!(value),
            Scalar::Integer(value) => json!(value),
            Scalar::FloatingPoint(value) => json!(value.into_inner()),
            Scalar::String(value) => json!(value),
        },
        Yaml::Sequence(items) => items.iter().map(json_of).collect(),
        Yaml::Mapping(members) => {
            members.iter().map(|(key, value)| (key.as_str().unwrap_or_default().to_owned(), json_of(value))).collect::<Map<_, _>>().into()
        }
        Yaml::Tagged(tag, inner) => {
            let name = match tag.suffix.as_str() {
                plain @ ("Ref" | "Condition") => plain.to_owned(),
                function => format!("Fn::{function}"),
            };
            json!({ name: json_of(inner) })
        }
        Yaml::Representation(text, ..) => json!(text),
        Yaml::Alias(_) | Yaml::BadValue => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_tags_are_written_out() {
        let read =
            to_json("a: !Ref Table\nb: !Sub '${Table}/x'\nc: !GetAtt Table.Arn\nd: !If [X, 1, {e: !Ref F}]\n").expect("the text is YAML");
        assert_eq!(
            read,
            json!({
                "a": {"Ref": "Table"},
                "b": {"Fn::Sub": "${Table}/x"},
                "c": {"Fn::GetAtt": "Table.Arn"},
                "d": {"Fn::If": ["X", 1, {"e": {"Ref": "F"}}]}
            })
        );
    }

    #[test]
    fn the_plan_holds_what_the_template_names() {
        let plan = Plan::read(include_str!("../../../template.yaml")).expect("the template can be read");
        let log = plan.tables.iter().find(|table| table.name == "AccessLogTable").expect("there is an access log");
        assert_eq!(log.ttl_attribute.as_deref(), Some("ttl"));
        assert_eq!(log.create["GlobalSecondaryIndexes"][0]["IndexName"], "by-contact");
        assert_eq!(log.create["StreamSpecification"]["StreamEnabled"], true);
        assert!(plan.buckets.contains_key("documentsbucket"));
        assert!(plan.secrets.contains(&"GateSecret".to_owned()));
        assert_eq!(plan.configuration_sets["ConfigurationSet"], Vec::<String>::new(), "no address is given up for good");
    }

    #[test]
    fn a_configuration_set_that_does_not_say_what_it_suppresses_suppresses_all() {
        for (options, reasons) in [
            ("", vec!["BOUNCE", "COMPLAINT"]),
            ("SuppressionOptions: { SuppressedReasons: [COMPLAINT] }", vec!["COMPLAINT"]),
            ("SuppressionOptions: { SuppressedReasons: [] }", vec![]),
        ] {
            let set = format!("Resources:\n  Set:\n    Type: AWS::SES::ConfigurationSet\n    Properties: {{ {options} }}\n");
            assert_eq!(Plan::read(&set).expect("it can be read").configuration_sets["Set"], reasons, "{options}");
        }
    }
}
