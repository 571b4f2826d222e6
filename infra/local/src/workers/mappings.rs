//! Event source mappings: what the records of a table's stream call.

use std::sync::Arc;

use serde_json::Value;

use crate::aws::Mapping;

use super::pattern::Pattern;

/// How many records Lambda puts in an event of a mapping that does not say.
const BATCH_SIZE: usize = 100;

/// The function that the mapping `id` of `template` calls, and for what.
pub(super) fn read(template: &Value, id: &str) -> Result<(String, Mapping), String> {
    let resources = &template["Resources"];
    let properties = &resources[id]["Properties"];
    let refused = |why: &str| format!("the event source mapping {id} {why}.");
    let function = properties["FunctionName"]["Ref"].as_str().ok_or_else(|| refused("names no function by !Ref"))?;
    let source = properties["EventSourceArn"]["Fn::GetAtt"].as_str();
    let table = source
        .and_then(|source| source.strip_suffix(".StreamArn"))
        .filter(|table| resources[table]["Properties"]["StreamSpecification"].is_object())
        .ok_or_else(|| refused("reads what is no stream of a table"))?;
    if properties["StartingPosition"] != "TRIM_HORIZON" {
        return Err(refused("does not read from TRIM_HORIZON, where all are read from here"));
    }
    let number = |name: &str, otherwise: usize| match &properties[name] {
        Value::Null => Ok(otherwise),
        given => given.as_u64().and_then(|given| usize::try_from(given).ok()).ok_or_else(|| refused(&format!("has no number as {name}"))),
    };
    let filters = properties["FilterCriteria"]["Filters"].as_array();
    let patterns = filters.map(|filters| {
        filters.iter().map(pattern).collect::<Option<Vec<_>>>().ok_or_else(|| refused("has a filter that is not offered here"))
    });
    let patterns = patterns.transpose()?;
    let mapping = Mapping {
        table: table.to_owned(),
        batch_size: number("BatchSize", BATCH_SIZE)?,
        lanes: number("ParallelizationFactor", 1)?,
        filter: Arc::new(move |record| patterns.as_ref().is_none_or(|patterns| patterns.iter().any(|pattern| pattern.fits(record)))),
    };
    Ok((function.to_owned(), mapping))
}

fn pattern(filter: &Value) -> Option<Pattern> {
    Pattern::read(&serde_json::from_str(filter["Pattern"].as_str()?).ok()?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{TEMPLATE, aws::template};

    use super::*;

    #[test]
    fn codes_and_the_rest_go_by_lines_of_their_own_and_nothing_goes_by_both() {
        let template = template::to_json(TEMPLATE).expect("the template is YAML");
        let mappings: Vec<_> = ["DeliverCodes", "DeliverRest"].map(|id| read(&template, id).expect("it can be followed")).into();
        let lines = |event: &str, line: &str| {
            let record = json!({"eventName": event, "dynamodb": {"NewImage": {"line": {"S": line}, "pk": {"S": "x"}}}});
            mappings.iter().filter(|(_, mapping)| (mapping.filter)(&record)).count()
        };
        assert_eq!([lines("INSERT", "codes"), lines("INSERT", "rest"), lines("INSERT", "none"), lines("MODIFY", "codes")], [1, 1, 0, 0]);
        assert!(mappings.iter().all(|(_, mapping)| mapping.table == "OutboxTable" && mapping.batch_size > 1));
        assert!(mappings[0].1.lanes > 1, "codes are sent side by side");
    }
}
