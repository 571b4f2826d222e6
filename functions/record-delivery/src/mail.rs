//! What SES reports of a mail, as EventBridge brings it.

use postern_domain::delivery::Report;
use postern_notify::MESSAGE_TAG;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    Unusable,
    message::{Message, Reported},
};

/// What is needed of an event's `detail`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    event_type: String,
    mail: Mail,
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
}

#[derive(Deserialize)]
struct Mail {
    /// Each mail goes to one address.
    destination: Vec<String>,
    tags: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    #[serde(default)]
    bounce_sub_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    #[serde(default)]
    complaint_feedback_type: Option<String>,
}

/// What an event reports; nothing where that changes nothing.
pub(crate) fn reported(detail: &Value) -> Result<Option<Reported>, Unusable> {
    // Where it goes wrong, and not what stands there, which may be an address.
    let read = serde_path_to_error::deserialize(detail).map_err(|error| Unusable(format!("it cannot be read at `{}`", error.path())));
    let Detail { event_type, mail, bounce, complaint } = read?;
    let unusable = |what: &str| Unusable(format!("{event_type} without {what}"));
    let report = match event_type.as_str() {
        "Delivery" => Report::MailDelivered,
        "Reject" => Report::MailRejected,
        "Bounce" => of_bounce(&bounce.ok_or_else(|| unusable("a bounce"))?),
        // People also say that a mail was no spam after all.
        "Complaint" if complaint.and_then(|complaint| complaint.complaint_feedback_type).as_deref() == Some("not-spam") => return Ok(None),
        "Complaint" => Report::MailMarkedAsSpam,
        _ => return Ok(None),
    };
    let tag = mail.tags[MESSAGE_TAG][0].as_str().ok_or_else(|| unusable("our tag"))?;
    let message = Message::Mail(tag.parse().map_err(|_| unusable("an identifier in our tag"))?);
    let address = mail.destination.into_iter().next().ok_or_else(|| unusable("a recipient"))?;
    Ok(Some(Reported { message, report, address, at: None }))
}

fn of_bounce(Bounce { bounce_type, bounce_sub_type }: &Bounce) -> Report {
    match (bounce_type.as_str(), bounce_sub_type.as_deref()) {
        ("Permanent", _) => Report::MailBounced { for_good: true },
        // SES calls the answer of someone who is away a bounce of this kind too.
        ("Transient", Some("General") | None) => Report::MailReturned,
        _ => Report::MailBounced { for_good: false },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "0199f5b0c4007a00800000000000abcd";

    fn detail(kind: &str, part: &str, what: &Value) -> Value {
        json!({"eventType": kind, "mail": {"destination": ["ann@x.com"], "tags": {"message": [ID], "ses:from-domain": ["x.com"]}}, part: what})
    }

    #[test]
    fn what_ses_says_is_read_for_what_it_means() {
        let bounce = |kind: &str, sub: &str| detail("Bounce", "bounce", &json!({"bounceType": kind, "bounceSubType": sub}));
        for (detail, report) in [
            (detail("Delivery", "delivery", &json!({"smtpResponse": "250 ok"})), Some(Report::MailDelivered)),
            (detail("Reject", "reject", &json!({"reason": "Bad content"})), Some(Report::MailRejected)),
            (bounce("Permanent", "General"), Some(Report::MailBounced { for_good: true })),
            (bounce("Permanent", "OnAccountSuppressionList"), Some(Report::MailBounced { for_good: true })),
            (bounce("Transient", "General"), Some(Report::MailReturned)),
            (bounce("Transient", "MailboxFull"), Some(Report::MailBounced { for_good: false })),
            (bounce("Undetermined", "Undetermined"), Some(Report::MailBounced { for_good: false })),
            (detail("Complaint", "complaint", &json!({"complaintFeedbackType": "abuse"})), Some(Report::MailMarkedAsSpam)),
            (detail("Complaint", "complaint", &json!({"complaintSubType": null})), Some(Report::MailMarkedAsSpam)),
            (detail("Complaint", "complaint", &json!({"complaintFeedbackType": "not-spam"})), None),
            (detail("Open", "open", &json!({})), None),
        ] {
            let read = reported(&detail).expect("it is understood");
            assert_eq!(read.map(|read| (read.report, read.address)), report.map(|report| (report, "ann@x.com".to_owned())), "{detail}");
        }
    }

    #[test]
    fn what_says_nothing_of_a_message_of_ours_cannot_be_used() {
        for (pointer, odd) in [
            ("/mail", json!(null)),
            ("/eventType", json!(1)),
            ("/mail/tags", json!({})),
            ("/mail/tags/message", json!(["x#y"])),
            ("/mail/tags/message", json!([])),
            ("/mail/destination", json!([])),
            ("/bounce", json!(null)),
            ("/bounce", json!({"bounceType": 5})),
        ] {
            let mut detail = detail("Bounce", "bounce", &json!({"bounceType": "Permanent"}));
            *detail.pointer_mut(pointer).expect("it is there") = odd.clone();
            assert!(reported(&detail).is_err(), "{pointer} {odd}");
        }
    }
}
