//! The patterns by which mappings and rules choose.

use serde_json::Value;

/// What a record or an event must be like.
#[derive(Clone, Debug)]
pub(super) enum Pattern {
    /// Each of these members must fit.
    Members(Vec<(String, Pattern)>),
    /// One of these must fit.
    Any(Vec<Fit>),
}

/// What a value must be like.
#[derive(Clone, Debug)]
pub(super) enum Fit {
    /// It is this one.
    Is(Value),
    /// It is a text that begins so.
    Begins(String),
}

impl Pattern {
    /// Reads a pattern; none if it asks for a comparison that is not offered here.
    pub(super) fn read(written: &Value) -> Option<Self> {
        match written {
            Value::Object(members) => {
                members.iter().map(|(name, written)| Some((name.clone(), Self::read(written)?))).collect::<Option<_>>().map(Self::Members)
            }
            Value::Array(fits) => fits.iter().map(Fit::read).collect::<Option<_>>().map(Self::Any),
            _ => None,
        }
    }

    /// Whether `value` fits.
    pub(super) fn fits(&self, value: &Value) -> bool {
        match self {
            Self::Members(members) => members.iter().all(|(name, pattern)| pattern.fits(&value[name])),
            Self::Any(fits) => fits.iter().any(|fit| fit.takes(value)),
        }
    }
}

impl Fit {
    fn read(written: &Value) -> Option<Self> {
        match written {
            Value::Object(comparison) if comparison.len() == 1 => {
                comparison.get("prefix").and_then(Value::as_str).map(|prefix| Self::Begins(prefix.to_owned()))
            }
            Value::Object(_) | Value::Array(_) => None,
            value => Some(Self::Is(value.clone())),
        }
    }

    /// Of a list in an event one item is enough.
    fn takes(&self, value: &Value) -> bool {
        match self {
            _ if value.is_array() => value.as_array().into_iter().flatten().any(|item| !item.is_array() && self.takes(item)),
            Self::Is(this) => this == value,
            Self::Begins(prefix) => value.as_str().is_some_and(|text| text.starts_with(prefix)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_member_must_fit_one_of_its_values() {
        let pattern = json!({"source": ["aws.s3"], "detail": {"object": {"key": [{"prefix": "in/"}, "all"], "size": [0, 5]}}});
        let pattern = Pattern::read(&pattern).expect("all of it is offered here");
        let fits = |source: &str, key: Value, size: u32| {
            pattern.fits(&json!({"source": source, "detail": {"object": {"key": key, "size": size}, "reason": "PutObject"}}))
        };
        assert!(fits("aws.s3", json!("in/a"), 5) && fits("aws.s3", json!("all"), 0));
        assert!(!fits("aws.ec2", json!("in/a"), 5) && !fits("aws.s3", json!("out/in/a"), 5) && !fits("aws.s3", json!("in/a"), 4));
        assert!(!fits("aws.s3", Value::Null, 5) && !pattern.fits(&json!({"source": "aws.s3"})));
    }

    #[test]
    fn of_a_list_in_the_event_one_item_must_fit() {
        let pattern = Pattern::read(&json!({"tags": {"set": ["ours", "mine"]}})).expect("all of it is offered here");
        for (tags, fits) in
            [(json!(["ours"]), true), (json!(["x", "mine"]), true), (json!(["x"]), false), (json!([]), false), (json!([["ours"]]), false)]
        {
            assert_eq!(pattern.fits(&json!({"tags": {"set": tags}})), fits, "{tags}");
        }
    }

    #[test]
    fn a_comparison_that_is_not_offered_is_no_pattern() {
        for other in [
            json!({"a": [{"suffix": "x"}]}),
            json!({"a": [{"prefix": {"equals-ignore-case": "x"}}]}),
            json!({"a": "x"}),
            json!({"a": [["x"]]}),
        ] {
            assert!(Pattern::read(&other).is_none(), "{other}");
        }
    }
}
