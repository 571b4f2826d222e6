//! What SNS refuses of a text message before it looks at whom it is for.

use super::{answer::Answer, request::form_value};
use crate::account;

/// The most bytes of one message, however many parts it takes.
const LONGEST: usize = 1600;

/// The answer to a message that SNS will never take; `None` for others.
pub(super) fn refusal(form: &str) -> Option<Answer> {
    let refuse = |message: &str| Some(Answer::sns_error(400, "InvalidParameter", message));
    let (Some(number), Some(text)) = (form_value(form, "PhoneNumber"), form_value(form, "Message")) else {
        return refuse("Invalid parameter: PhoneNumber and Message are needed here");
    };
    let digits = number.strip_prefix('+').unwrap_or_default();
    if !(8..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return refuse(&format!("Invalid parameter: PhoneNumber Reason: {number} is not valid to publish to"));
    }
    if text.is_empty() {
        return refuse("Invalid parameter: Empty message");
    }
    if text.len() > LONGEST {
        return refuse("Invalid parameter: Message too long");
    }
    for (name, value) in attributes(form) {
        let fits = match name.as_str() {
            "AWS.SNS.SMS.SMSType" => matches!(value.as_str(), "Transactional" | "Promotional"),
            "AWS.MM.SMS.OriginationNumber" | "AWS.SNS.SMS.SenderID" => value == account::SMS_ORIGINATION,
            _ => false,
        };
        if !fits {
            return refuse(&format!("Invalid parameter: MessageAttributes Reason: {name} cannot be {value}"));
        }
    }
    None
}

fn attributes(form: &str) -> impl Iterator<Item = (String, String)> {
    (1..).map_while(move |at| {
        let member = |of: &str| form_value(form, &format!("MessageAttributes.entry.{at}.{of}"));
        Some((member("Name")?, member("Value.StringValue").unwrap_or_default()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_refused_as_sns_does() {
        let text = |number: &str, message: &str| format!("Action=Publish&PhoneNumber={number}&Message={message}");
        let with = |name: &str, value: &str| {
            let attribute = "MessageAttributes.entry.1";
            format!("{}&{attribute}.Name={name}&{attribute}.Value.StringValue={value}", text("%2B12125550123", "m"))
        };
        for (form, refused) in [
            (text("%2B12125550123", "m"), false),
            (text("%2B12125550123", &"m".repeat(LONGEST)), false),
            (text("%2B12125550123", &"m".repeat(LONGEST + 1)), true),
            (text("%2B12125550123", ""), true),
            (text("12125550123", "m"), true),
            (text("%2B1212555", "m"), true),
            (text("%2B1234567890123456", "m"), true),
            (with("AWS.SNS.SMS.SMSType", "Transactional"), false),
            (with("AWS.SNS.SMS.SMSType", "Urgent"), true),
            (with("AWS.MM.SMS.OriginationNumber", "%2B12025550100"), false),
            (with("AWS.MM.SMS.OriginationNumber", "%2B12025550101"), true),
            (with("AWS.Unknown", "x"), true),
        ] {
            assert_eq!(refusal(&form).is_some(), refused, "{form}");
        }
    }
}
