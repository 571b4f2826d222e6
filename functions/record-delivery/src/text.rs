//! What SNS logs of a text message, as the log group brings it.

use std::io::Read as _;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use flate2::read::GzDecoder;
use postern_domain::{TextId, delivery::Report};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    Unusable,
    message::{Message, Reported},
};

/// The most bytes that are unpacked: an event holds one megabyte at most as it is packed, of lines that are much alike.
const UNPACKED_MOST: u64 = 32 * 1024 * 1024;

/// What came of a log group.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Logged {
    message_type: String,
    log_events: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    message: String,
}

/// What SNS writes of one text message.
#[derive(Deserialize)]
struct Told {
    notification: Notification,
    delivery: Delivery,
    status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    message_id: String,
    timestamp: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delivery {
    destination: String,
    #[serde(default)]
    provider_response: String,
}

/// What each entry of packed `data` reports.
pub(crate) fn reported(data: &str) -> Result<Vec<Result<Reported, Unusable>>, Unusable> {
    let packed = BASE64_STANDARD.decode(data).map_err(|error| Unusable(error.to_string()))?;
    let mut text = String::new();
    GzDecoder::new(packed.as_slice()).take(UNPACKED_MOST).read_to_string(&mut text).map_err(|error| Unusable(error.to_string()))?;
    let Logged { message_type, log_events } = read(&text)?;
    // CloudWatch sends others to try whether anybody listens.
    let told = log_events.into_iter().filter(|_| message_type == "DATA_MESSAGE");
    Ok(told.map(|Entry { id, message }| of_entry(&message).map_err(|Unusable(why)| Unusable(format!("entry {id}: {why}")))).collect())
}

fn of_entry(text: &str) -> Result<Reported, Unusable> {
    let Told { notification, delivery, status } = read(text)?;
    let report = match status.as_str() {
        "SUCCESS" => Report::TextDelivered,
        "FAILURE" if delivery.provider_response.to_ascii_lowercase().contains("opted out") => Report::TextOptedOut,
        "FAILURE" => Report::TextFailed,
        other => return Err(Unusable(format!("the status {other:?} is not known"))),
    };
    let message = TextId::read(&notification.message_id).map_err(|error| Unusable(error.to_string()))?;
    // In UTC, without saying so.
    let at = format!("{}Z", notification.timestamp).parse().ok();
    Ok(Reported { message: Message::Text(message), report, address: delivery.destination, at })
}

/// What `text` says; never what stands in it, which may be a number.
fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unusable> {
    serde_json::from_str(text)
        .map_err(|error| Unusable(format!("{:?} at line {}, column {}", error.classify(), error.line(), error.column())))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};
    use serde_json::{Value, json};

    use super::*;

    fn packed(text: &str) -> String {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(text.as_bytes()).expect("it grows");
        BASE64_STANDARD.encode(packer.finish().expect("it is whole"))
    }

    fn logged(kind: &str, entries: &[&Value]) -> String {
        let entries = entries
            .iter()
            .map(|entry| json!({"id": "7", "timestamp": 1, "message": entry.as_str().map_or_else(|| entry.to_string(), str::to_owned)}));
        packed(&json!({"messageType": kind, "owner": "1", "logGroup": "g", "logEvents": entries.collect::<Vec<_>>()}).to_string())
    }

    fn status(status: &str, response: &str) -> Value {
        json!({"notification": {"messageId": "34d9b400-c6dd-5444-820d-fbeb0f1f54cf", "timestamp": "2016-06-28 00:40:34.558"},
            "delivery": {"destination": "+12025550100", "priceInUSD": 0.00645, "providerResponse": response, "dwellTimeMs": 599},
            "status": status})
    }

    #[test]
    fn what_sns_logs_is_read_for_what_it_means() {
        for (entry, report) in [
            (status("SUCCESS", "Message has been accepted by phone carrier"), Report::TextDelivered),
            (status("FAILURE", "Unknown error attempting to reach phone"), Report::TextFailed),
            (status("FAILURE", "Phone number is opted out"), Report::TextOptedOut),
        ] {
            let read = reported(&logged("DATA_MESSAGE", &[&entry])).expect("it is unpacked");
            let [Ok(read)] = read.as_slice() else { panic!("{entry}") };
            assert_eq!((read.report, read.address.as_str()), (report, "+12025550100"));
            assert_eq!(read.at.expect("a time").to_string(), "2016-06-28T00:40:34.558Z");
        }
        assert!(reported(&logged("CONTROL_MESSAGE", &[&json!("CWL CONTROL MESSAGE")])).expect("it is unpacked").is_empty());
    }

    #[test]
    fn an_entry_that_cannot_be_used_keeps_no_other_and_no_number_is_told() {
        let (good, mut odd) = (status("SUCCESS", ""), status("PENDING", ""));
        odd["notification"]["messageId"] = json!("x");
        let read = reported(&logged("DATA_MESSAGE", &[&json!("+12025550100 {"), &good, &odd, &json!({"delivery": "+12025550100"})]));
        let read = read.expect("it is unpacked");
        let fine: Vec<_> = read.iter().map(Result::is_ok).collect();
        assert_eq!(fine, [false, true, false, false]);
        let told: String = read.into_iter().filter_map(Result::err).map(|Unusable(why)| why).collect();
        assert!(told.contains("entry 7") && !told.contains("+12025550100"), "{told}");
    }

    #[test]
    fn what_is_not_packed_as_it_should_be_is_refused() {
        for data in ["", "%", "aGVsbG8=", &packed("no JSON"), &packed("{}"), &BASE64_STANDARD.encode(b"\x1f\x8b\x08")] {
            assert!(reported(data).is_err(), "{data}");
        }
    }
}
