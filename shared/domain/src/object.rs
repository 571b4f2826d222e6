//! JSON objects, and nothing that could be taken for one.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};

/// A `T` that is written with its members' names. Without this, a list of values in the order of the members would do too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members)).map(Object)
            }
        }

        deserializer.deserialize_map(Members(std::marker::PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Pair {
        #[serde(default)]
        a: u8,
        #[serde(default)]
        b: u8,
    }

    #[test]
    fn only_an_object_is_read() {
        let read = |json: &str| serde_json::from_str::<Object<Pair>>(json).map(|Object(pair)| pair).ok();
        assert_eq!(read(r#"{"a": 1, "b": 2}"#), Some(Pair { a: 1, b: 2 }));
        assert_eq!(read("{}"), Some(Pair { a: 0, b: 0 }));
        for bad in ["[1, 2]", "[]", "null", "1", r#"{"a": 1, "a": 1}"#, r#"{"c": 1}"#, r#"{"a": [1]}"#] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
