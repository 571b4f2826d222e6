//! What SES reports of mails by itself: of those to Amazon's mailbox simulator what its addresses are named for, and of those that it suppresses.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::mail_rules;

/// Where the simulator's mailboxes are.
const DOMAIN: &str = "@simulator.amazonses.com";

/// What SES reports of `mail`, which it calls `id` and may have `suppressed` for a reason: each by what EventBridge calls it, and in detail.
pub(super) fn reports(mail: &Value, id: &str, suppressed: Option<&str>, now: Timestamp) -> Vec<(&'static str, Value)> {
    let Some(set) = mail["ConfigurationSetName"].as_str() else { return Vec::new() };
    let to = mail_rules::recipients(mail);
    let mailbox = to.first().and_then(|to| to.strip_suffix(DOMAIN)).unwrap_or_default();
    // What stands behind a plus tells one's own mails apart.
    let kinds: &[_] = match (suppressed, mailbox.split('+').next().unwrap_or_default()) {
        (Some("COMPLAINT"), _) => &["Complaint"],
        (Some(_), _) | (None, "bounce") => &["Bounce"],
        (None, "success") => &["Delivery"],
        (None, "ooto") => &["Delivery", "Returned"],
        (None, "complaint") => &["Delivery", "Complaint"],
        _ => &[],
    };
    let told = |kind: &&str| {
        let (name, event_type, part, mut what) = match *kind {
            "Delivery" => ("Email Delivered", "Delivery", "delivery", delivery(&to, now)),
            "Bounce" => ("Email Bounced", "Bounce", "bounce", bounce(&to, "Permanent", "5.1.1", now)),
            "Returned" => ("Email Bounced", "Bounce", "bounce", bounce(&to, "Transient", "4.0.0", now)),
            _ => ("Email Complaint Received", "Complaint", "complaint", complaint(&to, id, now)),
        };
        if suppressed.is_some() {
            what[format!("{part}SubType")] = json!("OnAccountSuppressionList");
        }
        (name, json!({"eventType": event_type, "mail": described(mail, id, set, &to, now), part: what}))
    };
    kinds.iter().map(told).collect()
}

fn described(mail: &Value, id: &str, set: &str, to: &[&str], now: Timestamp) -> Value {
    let sender = mail_rules::sender(mail);
    let domain = sender.rsplit_once('@').map(|(_, domain)| domain.to_owned()).unwrap_or_default();
    let mut tags = Map::from_iter([("ses:configuration-set".to_owned(), json!([set])), ("ses:from-domain".to_owned(), json!([domain]))]);
    for tag in mail["EmailTags"].as_array().into_iter().flatten() {
        tags.insert(tag["Name"].as_str().unwrap_or_default().to_owned(), json!([tag["Value"]]));
    }
    json!({
        "timestamp": at(now),
        "source": mail["FromEmailAddress"],
        "sourceArn": crate::account::arn("ses", &format!("identity/{sender}")),
        "sendingAccountId": crate::account::ACCOUNT,
        "messageId": id,
        "destination": to,
        "headersTruncated": false,
        "tags": tags,
    })
}

fn delivery(to: &[&str], now: Timestamp) -> Value {
    json!({"timestamp": at(now), "processingTimeMillis": 512, "recipients": to, "smtpResponse": "250 2.6.0 Message received",
        "reportingMTA": "a8-53.smtp-out.amazonses.com"})
}

fn bounce(to: &[&str], kind: &str, status: &str, now: Timestamp) -> Value {
    let code = format!("smtp; {}50 {status}", &status[..1]);
    let recipients: Vec<_> =
        to.iter().map(|to| json!({"emailAddress": to, "action": "failed", "status": status, "diagnosticCode": code})).collect();
    json!({"bounceType": kind, "bounceSubType": "General", "bouncedRecipients": recipients, "timestamp": at(now),
        "feedbackId": "0100018-simulator", "reportingMTA": "dns; a8-53.smtp-out.amazonses.com"})
}

fn complaint(to: &[&str], id: &str, now: Timestamp) -> Value {
    let recipients: Vec<_> = to.iter().map(|to| json!({"emailAddress": to})).collect();
    json!({"complainedRecipients": recipients, "timestamp": at(now), "feedbackId": id, "complaintSubType": null,
        "userAgent": "Amazon SES Mailbox Simulator", "complaintFeedbackType": "abuse", "arrivalDate": at(now)})
}

/// An instant as SES writes it, to the millisecond.
fn at(now: Timestamp) -> String {
    format!("{now:.3}")
}
