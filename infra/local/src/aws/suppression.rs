//! The account's suppression list: addresses to which SES takes mails and does not send them.
//!
//! What comes back of an address puts it there, for good, if the configuration set that the mail was sent with says so, and keeps from it
//! what is sent with a set that says the same. Mailboxes of the simulator are never put there. It ends with the process.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard},
};

use serde_json::Value;

/// Why an address is on the list, as SES writes it.
pub(super) type Reason = String;

/// For what reasons addresses are put on the list, by configuration set.
pub(super) type SuppressedReasons = HashMap<String, Vec<Reason>>;

/// The list, and what configuration sets say of it.
pub(super) struct Suppression {
    sets: SuppressedReasons,
    list: Mutex<HashMap<String, Reason>>,
}

impl Suppression {
    pub(super) fn new(sets: SuppressedReasons) -> Self {
        Self { sets, list: Mutex::default() }
    }

    /// Whether there is a configuration set of this name.
    pub(super) fn knows(&self, set: &str) -> bool {
        self.sets.contains_key(set)
    }

    /// Learns of what came back, if `event` is a report of that.
    pub(super) fn learn(&self, event: &Value) {
        let detail = &event["detail"];
        let reason = match detail["eventType"].as_str() {
            Some("Bounce") if detail["bounce"]["bounceType"] == "Permanent" => "BOUNCE",
            Some("Complaint") if detail["complaint"]["complaintFeedbackType"] != "not-spam" => "COMPLAINT",
            _ => return,
        };
        let set = detail["mail"]["tags"]["ses:configuration-set"][0].as_str().unwrap_or_default();
        if self.holds(set, reason) {
            let addresses = detail["mail"]["destination"].as_array().into_iter().flatten().filter_map(Value::as_str);
            self.list().extend(addresses.map(|address| (address.to_ascii_lowercase(), reason.to_owned())));
        }
    }

    /// Why a mail that is sent with `set` does not reach `address`; nothing if it does.
    pub(super) fn keeps_from(&self, set: &str, address: &str) -> Option<Reason> {
        self.list().get(&address.to_ascii_lowercase()).filter(|reason| self.holds(set, reason)).cloned()
    }

    fn holds(&self, set: &str, reason: &str) -> bool {
        self.sets.get(set).is_some_and(|reasons| reasons.iter().any(|held| held == reason))
    }

    fn list(&self) -> MutexGuard<'_, HashMap<String, Reason>> {
        self.list.lock().expect("no holder of this lock panics")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_address_is_kept_from_mails_of_sets_that_name_the_reason() {
        let sets = [("both", vec!["BOUNCE", "COMPLAINT"]), ("complaints", vec!["COMPLAINT"]), ("none", vec![])];
        let sets: SuppressedReasons =
            sets.into_iter().map(|(set, reasons)| (set.to_owned(), reasons.into_iter().map(str::to_owned).collect())).collect();
        let report = |set: &str, kind: &str, part: Value| {
            json!({"detail": {"eventType": kind, kind.to_lowercase(): part,
                "mail": {"destination": ["Ann@x.com"], "tags": {"ses:configuration-set": [set]}}}})
        };
        let bounce = |kind: &str| json!({ "bounceType": kind });
        for (event, kept_from) in [
            (report("both", "Bounce", bounce("Permanent")), vec!["both"]),
            (report("both", "Bounce", bounce("Transient")), vec![]),
            (report("both", "Complaint", json!({"complaintFeedbackType": "abuse"})), vec!["both", "complaints"]),
            (report("both", "Complaint", json!({"complaintFeedbackType": "not-spam"})), vec![]),
            (report("complaints", "Bounce", bounce("Permanent")), vec![]),
            (report("none", "Bounce", bounce("Permanent")), vec![]),
            (report("both", "Delivery", json!({})), vec![]),
        ] {
            let suppression = Suppression::new(sets.clone());
            suppression.learn(&event);
            let kept = ["both", "complaints", "none"].into_iter().filter(|set| suppression.keeps_from(set, "ann@x.com").is_some());
            assert_eq!(kept.collect::<Vec<_>>(), kept_from, "{event}");
            assert!(suppression.keeps_from("both", "else@x.com").is_none());
        }
    }
}
