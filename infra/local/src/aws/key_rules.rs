//! What `DynamoDB` refuses of keys and the embedded database takes: an empty value in the condition of a query.

use serde_json::Value;

/// What is wrong with a request's keys, in `DynamoDB`'s words; `None` if nothing is.
pub(super) fn violation(request: &Value) -> Option<String> {
    let condition = request["KeyConditionExpression"].as_str()?;
    // Whatever a condition compares with is a value of a key: it can name nothing else.
    let names =
        condition.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '#'))).filter(|word| word.starts_with(':'));
    let values = &request["ExpressionAttributeValues"];
    let empty = names.into_iter().find(|name| ["S", "B"].iter().any(|kind| values[name][kind] == ""));
    empty.map(|name| {
        format!(
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. \
             Key: {name}"
        )
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_key_is_compared_with_nothing() {
        for (condition, empty) in [
            ("pk = :full", false),
            ("pk = :empty", true),
            ("pk = :full AND sk BETWEEN :empty AND :full", true),
            ("pk = :full AND begins_with(sk,:empty)", true),
            ("pk = :full AND sk >= :other", false),
        ] {
            let request = json!({
                "KeyConditionExpression": condition,
                "ExpressionAttributeValues": { ":full": { "S": "a" }, ":empty": { "S": "" }, ":other": { "N": "1" } },
            });
            assert_eq!(violation(&request).is_some(), empty, "{condition}");
        }
    }
}
