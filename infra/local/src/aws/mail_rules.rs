//! What SES refuses of a mail before it looks at whom it is for.

use serde_json::Value;

use super::answer::Answer;
use crate::account;

/// The most bytes of one address with its name, encoded as in the header; SES does not document it, and says so when it refuses.
const LONGEST_ADDRESS: usize = 320;
/// The most characters of a tag's name or value.
const LONGEST_TAG: usize = 256;
/// The most recipients of one mail, of all kinds together.
const MOST_RECIPIENTS: usize = 50;

/// The bare address that a mail comes from.
pub(super) fn sender(mail: &Value) -> String {
    let line = mail["FromEmailAddress"].as_str().unwrap_or_default();
    line.rsplit_once('<').and_then(|(_, rest)| rest.strip_suffix('>')).unwrap_or(line).to_owned()
}

/// Every recipient of a mail.
pub(super) fn recipients(mail: &Value) -> Vec<&str> {
    let kinds = ["ToAddresses", "CcAddresses", "BccAddresses"].into_iter();
    kinds.flat_map(|kind| mail["Destination"][kind].as_array().into_iter().flatten()).filter_map(Value::as_str).collect()
}

/// The answer to a mail that SES will never take; `None` for others. `knows` tells whether it has a configuration set.
pub(super) fn refusal(mail: &Value, knows: impl Fn(&str) -> bool) -> Option<Answer> {
    let (from, to) = (mail["FromEmailAddress"].as_str().unwrap_or_default(), recipients(mail));
    let reply_to = mail["ReplyToAddresses"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let refuse = |name, message: &str| Some(Answer::json_error(400, name, message));
    if from.is_empty() || to.is_empty() {
        return refuse("BadRequestException", "Missing final '@domain'");
    }
    if to.len() > MOST_RECIPIENTS {
        return refuse("BadRequestException", "Recipient count exceeds 50.");
    }
    for line in [from].into_iter().chain(to).chain(reply_to) {
        if line.len() > LONGEST_ADDRESS {
            return refuse("BadRequestException", &format!("Address length is more than 320 bytes long: '{line}'"));
        }
        if !line.is_ascii() || line.contains(char::is_control) {
            return refuse("BadRequestException", "Local address contains control or whitespace");
        }
    }
    let subject = mail["Content"]["Simple"]["Subject"]["Data"].as_str().unwrap_or_default();
    if subject.contains(char::is_control) {
        return refuse("BadRequestException", "The subject contains control characters.");
    }
    let is_plain = |text: &Value| {
        let fits = |text: &str| {
            !text.is_empty() && text.len() <= LONGEST_TAG && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
        };
        text.as_str().is_some_and(fits)
    };
    if !mail["EmailTags"].as_array().into_iter().flatten().all(|tag| is_plain(&tag["Name"]) && is_plain(&tag["Value"])) {
        return refuse("BadRequestException", "Tag names and values hold 256 letters, digits, underscores and hyphens at most.");
    }
    if let Some(set) = mail["ConfigurationSetName"].as_str().filter(|set| !knows(set)) {
        return Some(Answer::json_error(404, "NotFoundException", &format!("Configuration set <{set}> does not exist.")));
    }
    let sender = sender(mail);
    if !sender.eq_ignore_ascii_case(account::FROM_ADDRESS) {
        let message = "Email address is not verified. The following identities failed the check in region US-EAST-1: ";
        return refuse("MessageRejected", &format!("{message}{sender}"));
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn mails_are_refused_as_ses_does() {
        let mail = |from: &str, to: &str| json!({ "FromEmailAddress": from, "Destination": { "ToAddresses": [to] } });
        let own = |name: &str| format!("\"{name}\" <{}>", account::FROM_ADDRESS);
        let with = |name: &str, value: Value| {
            let mut mail = mail(account::FROM_ADDRESS, "a@b.test");
            mail[name] = value;
            mail
        };
        let spare = LONGEST_ADDRESS - own("").len();
        for (mail, refused) in [
            (mail(&own("Demo"), "a@b.test"), false),
            (mail(account::FROM_ADDRESS, "a@b.test"), false),
            (mail(&own(&"n".repeat(spare)), "a@b.test"), false),
            (mail(&own(&"n".repeat(spare + 1)), "a@b.test"), true),
            (mail(&own("Müller"), "a@b.test"), true),
            (mail(&own("Demo\r\nBcc: c@d.test"), "a@b.test"), true),
            (mail("\"portal@postern.test\" <else@demo.test>", "a@b.test"), true),
            (mail(&own("Demo"), ""), false),
            (json!({ "FromEmailAddress": own("Demo"), "Destination": { "ToAddresses": vec!["a@b.test"; 51] } }), true),
            (json!({ "FromEmailAddress": own("Demo"), "Destination": { "BccAddresses": [] } }), true),
            (with("ConfigurationSetName", json!("Reports")), false),
            (with("ConfigurationSetName", json!("Others")), true),
            (with("EmailTags", json!([{ "Name": "message", "Value": "0-_9" }])), false),
            (with("EmailTags", json!([{ "Name": "message", "Value": "a b" }])), true),
            (with("EmailTags", json!([{ "Name": "ses:x", "Value": "a" }])), true),
            (with("EmailTags", json!([{ "Name": "message", "Value": "v".repeat(257) }])), true),
        ] {
            assert_eq!(refusal(&mail, |set| set == "Reports").is_some(), refused, "{mail}");
        }
    }
}
