//! What the log's stream shows: new records, what expired, and what must never be.

use jiff::Timestamp;
use postern_domain::chain::Row;
use postern_store::row_of_stream;
use serde_json::Value;

/// Who deletes what has expired.
const BY_TTL: &str = "dynamodb.amazonaws.com";

/// What a record of the stream tells of the log.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    /// There is a new record.
    New(Row),
    /// One has expired.
    Expired,
    /// Something else was done to one, which the product never does.
    Changed(&'static str),
}

/// The new row that `record` shows, if it shows one. What was changed or taken out before its time rings.
pub(crate) fn new_row(record: &Value, now: Timestamp) -> Option<Row> {
    match told(record, now) {
        Told::New(row) => Some(row),
        Told::Expired => None,
        Told::Changed(how) => {
            let keys = &record["dynamodb"]["Keys"];
            let (pk, record_id) = (keys["pk"]["S"].as_str(), keys["sk"]["S"].as_str());
            tracing::error!(pk, record = record_id, how, fate = "log-changed", "the access log was tampered with");
            None
        }
    }
}

fn told(record: &Value, now: Timestamp) -> Told {
    let (new, old) = (&record["dynamodb"]["NewImage"], &record["dynamodb"]["OldImage"]);
    match record["eventName"].as_str() {
        Some("INSERT") => row_of_stream(new).map_or(Told::Changed("unreadable"), Told::New),
        Some("REMOVE") if record["userIdentity"]["principalId"] != BY_TTL => Told::Changed("removed"),
        Some("REMOVE") => {
            // Set back, the time at which it expires takes a record out as well as a hand does.
            let kept_until = row_of_stream(old).and_then(|row| Timestamp::from_second(row.get("ttl")?.as_i64()?).ok());
            if kept_until.is_some_and(|until| until <= now) { Told::Expired } else { Told::Changed("removed early") }
        }
        _ => Told::Changed("edited"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_but_new_records_and_those_whose_time_is_over_is_silent() {
        let now = Timestamp::from_second(1_000).expect("a time");
        let image = |ttl: &str| json!({"sk": {"S": "x"}, "ttl": {"N": ttl}});
        let by_ttl = json!({"type": "Service", "principalId": BY_TTL});
        let of = |name: &str, old: Option<&str>, new: Option<&str>, by: Value| {
            told(&json!({"eventName": name, "userIdentity": by, "dynamodb": {"OldImage": old.map(image), "NewImage": new.map(image)}}), now)
        };
        let row = json!({"sk": "x", "ttl": 2000}).as_object().expect("a row").clone();
        assert_eq!(of("INSERT", None, Some("2000"), Value::Null), Told::New(row));
        assert_eq!(of("REMOVE", Some("1000"), None, by_ttl.clone()), Told::Expired);
        assert_eq!(of("REMOVE", Some("1001"), None, by_ttl.clone()), Told::Changed("removed early"));
        assert_eq!(of("REMOVE", None, None, by_ttl), Told::Changed("removed early"));
        assert_eq!(of("REMOVE", Some("1000"), None, Value::Null), Told::Changed("removed"));
        assert_eq!(of("MODIFY", Some("2000"), Some("1000"), Value::Null), Told::Changed("edited"));
        assert_eq!(of("INSERT", None, None, Value::Null), Told::Changed("unreadable"));
    }
}
