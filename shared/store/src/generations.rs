//! Generations of keys: all secrets with their versions, and all rows that may name one.

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::try_join_all;
use jiff::Timestamp;
use postern_aws::{Aws, Grant, Misconfigured, Reachable, Thing, Unavailable, Versions};
use postern_domain::keys::KeyId;
use serde::{Deserialize, Serialize};

use crate::item::{Item, Table};

/// Declares the trust groups, each with the setting that names its secret.
macro_rules! trust_groups {
    ($($(#[$doc:meta])+ $group:ident = $variable:literal),+ $(,)?) => {
        /// Who shares a secret, so that no other learns what it protects.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Group {
            $($(#[$doc])+ $group),+
        }

        /// The secrets of all trust groups, for whoever rotates and retires their versions.
        #[derive(Debug, Clone)]
        pub struct Secrets(Vec<(Group, Versions)>);

        impl Reachable for Secrets {
            fn reach(aws: &Aws) -> Result<Self, Misconfigured> {
                Ok(Self(vec![$((Group::$group, Versions::of(aws, $variable)?)),+]))
            }

            fn grants(actions: &[&'static str]) -> Vec<Grant> {
                [$($variable),+].map(|variable| Grant { variable, thing: Thing::Secret, actions: actions.to_vec() }).into()
            }
        }
    };
}

trust_groups! {
    /// Codes, and what attempts are counted by.
    SignIn = "SIGN_IN_SECRET",
    /// Gates.
    Gate = "GATE_SECRET",
    /// Links.
    Link = "LINK_SECRET",
    /// Seeds of second factors.
    Factor = "FACTOR_SECRET",
    /// What the access log hides.
    Log = "LOG_SECRET",
    /// What signs the chain of the access log.
    Chain = "CHAIN_SECRET",
}

impl Secrets {
    /// The versions of the secret of `group`.
    pub fn of(&self, group: Group) -> &Versions {
        let found = self.0.iter().find(|(other, _)| *other == group);
        &found.expect("each group is declared together with its secret").1
    }
}

/// The tables, whatever they hold.
const TABLES: [&str; 6] = ["DIRECTORY_TABLE", "ACCESS_TABLE", "ACCESS_LOG_TABLE", "CHAIN_TABLE", "OUTBOX_TABLE", "WORK_TABLE"];

/// Parts of a table that are read at once.
const SEGMENTS: i32 = 4;

/// All rows of all tables, for whoever retires the version of a secret.
#[derive(Debug, Clone)]
pub struct AllRows(Vec<Table>);

impl Reachable for AllRows {
    fn reach(aws: &Aws) -> Result<Self, Misconfigured> {
        TABLES.map(|variable| Table::reach(aws, variable)).into_iter().collect::<Result<_, _>>().map(Self)
    }

    fn grants(actions: &[&'static str]) -> Vec<Grant> {
        TABLES.map(|variable| Grant { variable, thing: Thing::Table(&[]), actions: actions.to_vec() }).into()
    }
}

impl AllRows {
    /// How many rows name the version `id` of a secret, by the names of their tables; those whose time is over do not count.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn naming(&self, id: &KeyId, now: Timestamp) -> Result<Vec<(String, usize)>, Unavailable> {
        let mut found = Vec::new();
        for table in &self.0 {
            let parts = try_join_all((0..SEGMENTS).map(|segment| count(table, segment, id, now))).await?;
            found.push((table.name.clone(), parts.into_iter().sum()));
        }
        Ok(found.into_iter().filter(|(_, rows)| *rows > 0).collect())
    }
}

async fn count(table: &Table, segment: i32, id: &KeyId, now: Timestamp) -> Result<usize, Unavailable> {
    let (mut rows, mut start) = (0, None);
    loop {
        let page = (table.client.scan().table_name(&table.name))
            .consistent_read(true)
            .segment(segment)
            .total_segments(SEGMENTS)
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(Unavailable::new)?;
        rows += page.items().iter().filter(|row| !is_over(row, now) && row.values().any(|value| names(value, id))).count();
        start = page.last_evaluated_key;
        if start.is_none() {
            return Ok(rows);
        }
    }
}

fn is_over(row: &Item, now: Timestamp) -> bool {
    let ends = row.get("ttl").and_then(|ttl| ttl.as_n().ok()?.parse().ok());
    ends.is_some_and(|at: i64| at <= now.as_second())
}

/// Whether a value says the name of a version, wherever in it: such a name is nothing else.
fn names(value: &AttributeValue, id: &KeyId) -> bool {
    match value {
        AttributeValue::S(text) => text.contains(&id.0),
        AttributeValue::L(values) => values.iter().any(|value| names(value, id)),
        AttributeValue::M(values) => values.values().any(|value| names(value, id)),
        _ => false,
    }
}
