use super::*;
use crate::fake_aws::{answering, body};

const TAKEN: &str =
    "<PublishResponse><PublishResult><MessageId>34d9b400-c6dd-5444-820d-fbeb0f1f54cf</MessageId></PublishResult></PublishResponse>";

async fn sent(origination: Option<&str>) -> String {
    let (config, asked) = answering(200, TAKEN);
    Texter::new(Client::new(&config), origination).send("+12525885772", "hello\n@x #123456").await.expect("taken");
    body(asked)
}

#[tokio::test]
async fn what_sns_calls_a_text_is_told_and_one_without_a_name_went_out_too() {
    for (answer, name) in [
        (TAKEN, TextId::read("34d9b400-c6dd-5444-820d-fbeb0f1f54cf").ok()),
        ("<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>", None),
        ("<PublishResponse><PublishResult></PublishResult></PublishResponse>", None),
    ] {
        let (config, _asked) = answering(200, answer);
        let taken = Texter::new(Client::new(&config), None).send("+12525885772", "hello").await;
        assert_eq!(taken.expect("taken"), name, "{answer}");
    }
}

#[tokio::test]
async fn sns_is_asked_whether_a_phone_has_opted_out() {
    for (said, is_opted_out) in [("true", true), ("false", false)] {
        let answer = format!(
            "<CheckIfPhoneNumberIsOptedOutResponse><CheckIfPhoneNumberIsOptedOutResult><isOptedOut>{said}</isOptedOut>\
             </CheckIfPhoneNumberIsOptedOutResult></CheckIfPhoneNumberIsOptedOutResponse>"
        );
        let (config, asked) = answering(200, answer.leak());
        let told = Texter::new(Client::new(&config), None).is_opted_out("+12525885772").await;
        assert_eq!(told.expect("an answer"), is_opted_out);
        assert!(body(asked).contains("phoneNumber=%2B12525885772"));
    }
    let (config, _asked) = answering(503, "not xml");
    assert!(Texter::new(Client::new(&config), None).is_opted_out("+12525885772").await.is_err());
}

async fn refused(status: u16, answer: &'static str) -> SendError {
    let (config, _asked) = answering(status, answer);
    Texter::new(Client::new(&config), None).send("+12525885772", "hello").await.expect_err("refused")
}

#[tokio::test]
async fn a_text_goes_to_one_phone_as_a_transactional_message() {
    insta::assert_snapshot!(sent(None).await.replace('&', "\n"), @r"
    Action=Publish
    Version=2010-03-31
    PhoneNumber=%2B12525885772
    Message=hello%0A%40x%20%23123456
    MessageAttributes.entry.1.Name=AWS.SNS.SMS.SMSType
    MessageAttributes.entry.1.Value.DataType=String
    MessageAttributes.entry.1.Value.StringValue=Transactional
    ");
    assert_eq!(sent(Some(" ")).await, sent(None).await);
}

#[tokio::test]
async fn the_origination_is_named_by_its_kind() {
    let number = sent(Some("+18005550100")).await;
    assert!(number.contains("AWS.MM.SMS.OriginationNumber") && number.contains("%2B18005550100"), "{number}");
    let sender_id = sent(Some("SMITHCPA")).await;
    assert!(sender_id.contains("AWS.SNS.SMS.SenderID") && sender_id.contains("SMITHCPA"), "{sender_id}");
}

#[tokio::test]
async fn a_phone_that_answered_stop_is_told_apart() {
    let error = refused(
        400,
        "<ErrorResponse><Error><Code>InvalidParameter</Code><Message>Invalid parameter: PhoneNumber Reason: \
         +12525885772 is Opted Out</Message></Error></ErrorResponse>",
    )
    .await;
    assert!(matches!(error, SendError::OptedOut), "{error}");
}

#[tokio::test]
async fn what_sns_will_never_take_is_rejected() {
    for answer in [
        "<ErrorResponse><Error><Code>InvalidParameter</Code><Message>Invalid parameter: PhoneNumber Reason: \
         +12525885772 is not valid to publish to</Message></Error></ErrorResponse>",
        "<ErrorResponse><Error><Code>ParameterValueInvalid</Code></Error></ErrorResponse>",
        "<ErrorResponse><Error><Code>ValidationException</Code></Error></ErrorResponse>",
        "<ErrorResponse><Error><Code>NotFound</Code></Error></ErrorResponse>",
    ] {
        let error = refused(400, answer).await;
        assert!(matches!(error, SendError::Rejected(_)), "{answer}: {error}");
        assert!(!error.to_string().contains("588"), "{error}");
    }
}

#[tokio::test]
async fn what_sns_may_take_later_is_unavailable_and_what_it_did_not_answer_for_is_told_apart() {
    for (status, answer) in [
        (400, "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>"),
        (403, "<ErrorResponse><Error><Code>AuthorizationError</Code></Error></ErrorResponse>"),
        (503, "not xml"),
    ] {
        let error = refused(status, answer).await;
        assert!(matches!(error, SendError::Unavailable(_)), "{answer}: {error}");
    }
    let failed = refused(500, "<ErrorResponse><Error><Code>InternalError</Code></Error></ErrorResponse>").await;
    assert!(matches!(failed, SendError::Unanswered(_)), "it may have gone out: {failed}");
    let slow = super::refusal(&SdkError::timeout_error("too slow"));
    assert!(matches!(slow, SendError::Unanswered(_)), "it may have gone out: {slow}");
}
