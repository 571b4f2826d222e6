//! Whether a line shows what is in its row, as far as that can be told without keys.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{chain::Row, record::Outcome};

/// What a line calls the members of a row that it shows as they stand there. The name of a contact stands in no row: it is the one of now.
const AS_THEY_STAND: [(&str, &str); 10] = [
    ("contact", "contact"),
    ("staff", "staff_id"),
    ("client", "client"),
    ("email", "email"),
    ("gate", "gate"),
    ("ip", "ip"),
    ("user_agent", "user_agent"),
    ("channel", "channel"),
    ("delivery", "delivery"),
    ("message_id", "message"),
];

/// Whether nothing that is `shown` contradicts `row`. What is sealed there cannot be compared.
pub(super) fn agrees(shown: &Map<String, Value>, row: &Row) -> bool {
    let parts = row.get("sealed").and_then(Value::as_array).into_iter().flatten();
    let sealed: BTreeSet<&str> =
        parts.flat_map(|part| part["members"].as_array().into_iter().flatten()).filter_map(Value::as_str).collect();
    let is_sealed = |member: &str| sealed.contains(member) || row.get(member).is_some_and(Value::is_object);
    let there = |value: Option<&Value>| value.filter(|value| !value.is_null()).cloned();
    let as_it_stands = |(name, member): &(&str, &str)| {
        !shown.contains_key(*name) || is_sealed(member) || there(shown.get(*name)) == there(row.get(*member))
    };
    AS_THEY_STAND.iter().all(as_it_stands) && at_agrees(shown, row) && outcome_agrees(shown, row, &sealed)
}

fn at_agrees(shown: &Map<String, Value>, row: &Row) -> bool {
    let Some(at) = shown.get("at") else { return true };
    let at: Option<Timestamp> = at.as_str().and_then(|at| at.parse().ok());
    at.is_some_and(|at| row.get("at").and_then(Value::as_i64) == Some(at.as_millisecond()))
}

/// Name, text and values of what happened: of values that are sealed, that the text has them too.
fn outcome_agrees(shown: &Map<String, Value>, row: &Row, sealed: &BTreeSet<&str>) -> bool {
    let mut told = row.clone();
    let values = shown.get("values").and_then(Value::as_object).into_iter().flatten();
    told.extend(values.filter(|(name, _)| sealed.contains(name.as_str())).map(|(name, value)| (name.clone(), value.clone())));
    match serde_json::from_value::<Outcome>(Value::Object(told)) {
        // Of a newer version there is nothing to compare with.
        Ok(Outcome::Newer) | Err(_) => true,
        Ok(outcome) => {
            let is = |name: &str, value: Value| shown.get(name).is_none_or(|shown| *shown == value);
            is("outcome", outcome.name().into()) && is("message", outcome.message().into()) && is("values", outcome.values().into())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_line_shows_otherwise_than_its_row_is_found_as_far_as_it_is_not_sealed() {
        let object = |value: Value| value.as_object().expect("an object").clone();
        let row = json!({"at": 1_000, "outcome": "second-factor-reset", "contact": "c", "staff_id": "s", "channel": null, "ip": "192.0.2.1",
            "email": {"key": "1", "text": "x"}, "sealed": [{"of": "s", "members": ["staff", "reason"], "key": "1", "text": "x"}]});
        let shown = json!({"at": "1970-01-01T00:00:01Z", "outcome": "second-factor-reset", "contact": "c", "staff": "s", "channel": null,
            "ip": "192.0.2.1", "email": "ann@x.com", "gate": null, "contact_name": "Ann",
            "message": "Two-factor authentication reset by Olive", "values": {"staff": "Olive", "reason": "lost"}});
        assert!(agrees(&object(shown.clone()), &object(row.clone())));
        for (name, value, fine) in [
            ("email", json!("else@x.com"), true),
            ("contact_name", json!("Else"), true),
            ("at", json!("1970-01-01T00:00:02Z"), false),
            ("at", json!(1_000), false),
            ("outcome", json!("signed-in"), false),
            ("message", json!("Two-factor authentication reset by Else"), false),
            ("values", json!({"staff": "Else", "reason": "lost"}), false),
            ("values", json!({}), true),
            ("contact", json!("d"), false),
            ("contact", json!(null), false),
            ("staff", json!("t"), false),
            ("channel", json!("sms"), false),
            ("ip", json!("192.0.2.2"), false),
            ("gate", json!("Ann"), false),
        ] {
            let mut shown = object(shown.clone());
            shown.insert(name.to_owned(), value.clone());
            assert_eq!(agrees(&shown, &object(row.clone())), fine, "{name} {value}");
        }
        let newer = json!({"outcome": "of-a-newer-version", "at": 1_000});
        assert!(agrees(&object(json!({"outcome": "newer", "message": "?"})), &object(newer)));
    }
}
