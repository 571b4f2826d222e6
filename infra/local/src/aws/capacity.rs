//! What a `DynamoDB` call consumed.

use serde_json::Value;

fn items(body: &Value) -> impl Iterator<Item = &Value> {
    body["TransactItems"].as_array().into_iter().flatten()
}

/// The request with its consumption asked for, if the operation tells it and the caller did not ask.
pub(super) fn ask(operation: &str, body: &Value) -> Option<Vec<u8>> {
    let tells = is_write(operation) || matches!(operation, "GetItem" | "Query" | "Scan" | "BatchGetItem" | "TransactGetItems");
    let asks = body["ReturnConsumedCapacity"].as_str().is_some_and(|mode| mode != "NONE");
    if !tells || asks || !body.is_object() {
        return None;
    }
    let mut body = body.clone();
    body["ReturnConsumedCapacity"] = "TOTAL".into();
    serde_json::to_vec(&body).ok()
}

/// Whether an operation writes items.
pub(super) fn is_write(operation: &str) -> bool {
    matches!(operation, "PutItem" | "UpdateItem" | "DeleteItem" | "BatchWriteItem" | "TransactWriteItems")
}

/// The read and the write request units that an answer tells of.
///
/// A write that its condition refused is billed too, but not told of: the least that it can cost is taken for it.
pub(super) fn consumed(operation: &str, request: &Value, answer: &Value) -> (f64, f64) {
    let told = &answer["ConsumedCapacity"];
    let each: Vec<&Value> = match told {
        Value::Array(tables) => tables.iter().collect(),
        Value::Object(_) => vec![told],
        _ => Vec::new(),
    };
    let mut units = (0.0, 0.0);
    for table in each {
        let total = table["CapacityUnits"].as_f64().unwrap_or_default();
        // A transaction that recognises its token was a read.
        let read_back = table["ReadCapacityUnits"].is_number();
        if is_write(operation) && !read_back {
            units.1 += total;
        } else {
            units.0 += total;
        }
    }
    match answer["__type"].as_str().and_then(|name| name.rsplit('#').next()) {
        Some("ConditionalCheckFailedException") => units.1 += 1.0,
        Some("TransactionCanceledException") if is_write(operation) => {
            units.1 += items(request).map(|_| 2.0).sum::<f64>();
        }
        _ => {}
    }
    units
}
