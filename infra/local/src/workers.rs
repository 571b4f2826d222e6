//! The functions that streams drive, as the template's event source mappings say.

use std::sync::Arc;

use postern_aws::Aws;
use serde_json::Value;

use crate::{
    aws::{Mapping, Streams},
    functions::workers,
    start_error::StartError,
};

/// The one function that streams call, as the template names it.
const DELIVER: &str = "Deliver";

/// Starts every event source mapping of `template`.
pub(crate) fn start(template: &Value, streams: &Streams, aws: &Aws) -> Result<(), StartError> {
    let workers = workers(aws)?;
    for mapping in mappings(template).map_err(StartError::Template)? {
        let worker = workers["deliver"].clone();
        streams.pump(mapping, move |event| worker(event));
    }
    Ok(())
}

fn mappings(template: &Value) -> Result<Vec<Mapping>, String> {
    let resources = template["Resources"].as_object().into_iter().flatten();
    resources
        .filter(|(_, resource)| resource["Type"] == "AWS::Lambda::EventSourceMapping")
        .map(|(id, resource)| mapping(&resource["Properties"]).ok_or_else(|| format!("the event source mapping {id} cannot be followed.")))
        .collect()
}

fn mapping(properties: &Value) -> Option<Mapping> {
    if properties["FunctionName"]["Ref"] != DELIVER {
        return None;
    }
    let number = |name: &str| usize::try_from(properties[name].as_u64()?).ok();
    let patterns = properties["FilterCriteria"]["Filters"].as_array()?;
    let patterns: Vec<Value> =
        patterns.iter().map(|filter| serde_json::from_str(filter["Pattern"].as_str()?).ok()).collect::<Option<_>>()?;
    Some(Mapping {
        table: properties["EventSourceArn"]["Fn::GetAtt"].as_str()?.strip_suffix(".StreamArn")?.to_owned(),
        batch_size: number("BatchSize")?,
        lanes: number("ParallelizationFactor")?,
        filter: Arc::new(move |record| patterns.iter().any(|pattern| fits(pattern, record))),
    })
}

/// Whether `record` fits `pattern`: each of its members must, and a list holds the values that do.
fn fits(pattern: &Value, record: &Value) -> bool {
    match pattern {
        Value::Object(members) => members.iter().all(|(name, pattern)| fits(pattern, &record[name])),
        Value::Array(values) => values.contains(record),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{TEMPLATE, aws::template};

    use super::*;

    #[test]
    fn codes_and_the_rest_go_by_lines_of_their_own_and_nothing_goes_by_both() {
        let mappings = mappings(&template::to_json(TEMPLATE).expect("the template is YAML")).expect("all can be followed");
        let lines = |event: &str, line: &str| {
            let record = json!({"eventName": event, "dynamodb": {"NewImage": {"line": {"S": line}, "pk": {"S": "x"}}}});
            mappings.iter().filter(|mapping| (mapping.filter)(&record)).count()
        };
        assert_eq!([lines("INSERT", "codes"), lines("INSERT", "rest"), lines("INSERT", "none"), lines("MODIFY", "codes")], [1, 1, 0, 0]);
        assert!(mappings.iter().all(|mapping| mapping.table == "OutboxTable" && mapping.batch_size > 1 && mapping.lanes > 1));
    }

    #[test]
    fn a_mapping_of_another_function_is_not_passed_over() {
        let other =
            json!({"Resources": {"Chain": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"FunctionName": {"Ref": "Chain"}}}}});
        assert!(mappings(&other).is_err());
    }
}
