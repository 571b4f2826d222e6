//! What must be true of the tables, whatever went wrong before.

use std::collections::BTreeSet;

use postern_domain::{ChallengeId, record::Attempt};
use serde_json::{Value, json};

use super::Scene;

/// What the log says when a code was used up.
const LET_IN: [&str; 5] = ["signed-in", "staff-signed-in", "second-factor-awaited", "second-factor-setup-awaited", "identity-confirmed"];

impl Scene<'_> {
    /// What is not as it must be among the rows of the firm, once all that was caused has been done.
    pub async fn unsound(&self) -> Vec<String> {
        let rows = self.rows().await;
        let of = |wanted: &'static str| rows.iter().filter(move |(table, _)| table == wanted).map(|(_, row)| row);
        let of_kind =
            |kind: &'static str| of("AccessTable").filter(move |row| row["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with(kind)));
        let text = |value: &Value| value["S"].as_str().unwrap_or_default().to_owned();
        let mut wrong = Vec::new();
        let used = of_kind("CHALLENGE#").filter(|row| row["spent"]["BOOL"] == true).count()
            + of_kind("LINK#").filter(|row| row["used"]["BOOL"] == true).count();
        let sessions = of_kind("SESSION#").count();
        wrong.extend((sessions > used).then(|| format!("{sessions} are in by {used} codes and links")));
        for row in of_kind("CHALLENGE#") {
            let id: ChallengeId = text(&row["challenge"]).parse().expect("an id");
            let attempt = json!(Attempt::of(&id));
            let told = |told: &[&str]| {
                of("AccessLogTable").any(|record| record["attempt"]["S"] == attempt && told.contains(&text(&record["outcome"]).as_str()))
            };
            if row["spent"]["BOOL"] == true && !told(&LET_IN) {
                wrong.push(format!("no record says that a code was used: {row}"));
            }
            let goes_out = |message: &Value| message["challenge"] == row["challenge"];
            if row["account"]["M"].is_object() && !of("OutboxTable").any(goes_out) {
                wrong.push(format!("no message has the code: {row}"));
            }
        }
        let placed: BTreeSet<_> = of("ChainTable").map(|row| text(&row["record"])).collect();
        let unplaced = of("AccessLogTable").filter(|row| !placed.contains(&text(&row["record"])));
        wrong.extend(unplaced.map(|row| format!("a record has no place in the chain: {row}")));
        // The sweep finds what is due and not done: of a message its row says so, of an export that its file is there. What is not sent at all is in
        // no line.
        let waiting = of("OutboxTable").filter(|row| row.get("line").is_some());
        let is_done = |row: &Value| row["done"]["BOOL"] == true || text(&row["state"]) == "ready" || text(&row["line"]) == "none";
        let lost = waiting.filter(|row| !is_done(row) && !row["due_at"]["N"].is_string());
        wrong.extend(lost.map(|row| format!("a message or an export is lost: {row}")));
        wrong
    }
}
