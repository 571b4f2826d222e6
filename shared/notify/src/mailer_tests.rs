use super::*;
use crate::{
    code::Code,
    fake_aws::{answering, body},
};

const SET: &str = "ConfigurationSet";
const TAKEN: &str = r#"{"MessageId":"1"}"#;

fn message() -> DispatchId {
    "0199f5b0c4007a00800000000000abcd".parse().expect("an id")
}

async fn send(status: u16, answer: &'static str) -> Result<(), SendError> {
    let (config, _asked) = answering(status, answer);
    let mailer = Mailer::new(Client::new(&config), "portal@example.com", SET.to_owned()).expect("an address");
    let mail = Code::sample().mail(crate::Entry::sample());
    mailer.send(message(), "Smith & Jones CPA", "office@smith.example", "ann@x.com", &mail).await
}

fn sender_line(name: &str) -> String {
    let (config, _asked) = answering(200, TAKEN);
    Mailer::new(Client::new(&config), "portal@example.com", SET.to_owned()).expect("an address").sender_line(name)
}

#[tokio::test]
async fn a_mail_goes_to_one_bare_address_with_both_forms() {
    let (config, asked) = answering(200, TAKEN);
    let mailer = Mailer::new(Client::new(&config), " portal@example.com ", SET.to_owned()).expect("an address");
    let mail = Mail { subject: "Søren: ö".into(), html: "<p>é</p>".into(), text: "é".into() };
    mailer.send(message(), "Smith & Jones CPA", "office@smith.example", "ann@x.com", &mail).await.expect("taken");
    insta::assert_snapshot!(body(asked), @r#"{"ConfigurationSetName":"ConfigurationSet","Content":{"Simple":{"Subject":{"Data":"Søren: ö","Charset":"UTF-8"},"Body":{"Text":{"Data":"é","Charset":"UTF-8"},"Html":{"Data":"<p>é</p>","Charset":"UTF-8"}},"Headers":[{"Name":"Auto-Submitted","Value":"auto-generated"}]}},"Destination":{"ToAddresses":["ann@x.com"]},"EmailTags":[{"Name":"message","Value":"0199f5b0c4007a00800000000000abcd"}],"FromEmailAddress":"=?utf-8?b?U21pdGggJiBKb25lcyBDUEE=?= <portal@example.com>","ReplyToAddresses":["office@smith.example"]}"#);
}

#[test]
fn the_firms_name_is_encoded_as_headers_demand() {
    insta::assert_snapshot!(sender_line("Smith & Jones CPA"), @"=?utf-8?b?U21pdGggJiBKb25lcyBDUEE=?= <portal@example.com>");
    insta::assert_snapshot!(sender_line(r#"Smith, "Jones" \ Co."#), @"=?utf-8?b?U21pdGgsICJKb25lcyIgXCBDby4=?= <portal@example.com>");
    insta::assert_snapshot!(sender_line("Müller Buchhaltung"), @"=?utf-8?b?TcO8bGxlciBCdWNoaGFsdHVuZw==?= <portal@example.com>");
    insta::assert_snapshot!(sender_line("Evil\r\nBcc: all@x.com"), @"=?utf-8?b?RXZpbCBCY2M6IGFsbEB4LmNvbQ==?= <portal@example.com>");
    insta::assert_snapshot!(sender_line(""), @"portal@example.com");
}

#[test]
fn a_long_name_stays_on_one_ascii_line() {
    for name in ["Smith & Jones and ".repeat(12), "Účetní kancelář ".repeat(12)] {
        let line = sender_line(&name);
        assert!(line.is_ascii() && !line.contains(['\r', '\n']), "{line}");
        assert!(line.ends_with(" <portal@example.com>"), "{line}");
        let read = line.parse::<Mailbox>();
        assert!(read.is_ok(), "{line}");
    }
}

#[test]
fn a_name_is_shortened_where_the_header_would_be_too_long() {
    for (name, starts) in [
        (&"Účetní kancelář Příbramská & synové ".repeat(4), "Účetní kancelář Příbramská & synové Účetní kancelář"),
        (&"Smith & Jones and ".repeat(12), "Smith & Jones and Smith & Jones"),
        (&"會計師事務所".repeat(20), "會計師事務所會計師事務所"),
        (&"👨\u{200d}👩\u{200d}👧".repeat(40), "👨"),
    ] {
        let line = sender_line(name);
        assert!(line.len() <= SENDER_MOST && line.len() > SENDER_MOST - 40 && line.is_ascii(), "{} {line}", line.len());
        let mailer = Mailer::new(Client::new(&answering(200, TAKEN).0), "portal@example.com", SET.to_owned()).expect("an address");
        let mut cuts = name.char_indices().filter(|(cut, _)| *cut >= starts.len());
        let is_cut = |cut: usize| line == mailer.header(&format!("{}\u{2026}", name[..cut].trim_end()));
        assert!(cuts.any(|(cut, _)| is_cut(cut)), "{line}");
    }
    let whole = "Smith & Jones Certified Public Accountants of Greenville, North Carolina";
    let mailer = Mailer::new(Client::new(&answering(200, TAKEN).0), "portal@example.com", SET.to_owned()).expect("an address");
    assert_eq!(sender_line(whole), mailer.header(whole));
}

#[test]
fn a_sender_that_is_no_address_is_refused() {
    let (config, _asked) = answering(200, TAKEN);
    for address in ["", "portal", "Portal <portal@example.com>"] {
        assert!(Mailer::new(Client::new(&config), address, SET.to_owned()).is_err(), "{address}");
    }
}

#[tokio::test]
async fn what_ses_will_never_take_is_rejected() {
    for answer in [
        r#"{"__type":"MessageRejected","message":"Message contains a virus, for ann@x.com"}"#,
        r#"{"__type":"BadRequestException","message":"Invalid address"}"#,
    ] {
        let error = send(400, answer).await.expect_err("refused");
        assert!(matches!(error, SendError::Rejected(_)), "{answer}: {error}");
        assert!(!error.to_string().contains("ann@x.com"), "{error}");
    }
}

#[tokio::test]
async fn a_sender_that_is_not_in_order_is_no_fault_of_the_mail() {
    for answer in [
        r#"{"__type":"MessageRejected","message":"Email address is not verified: ann@x.com"}"#,
        r#"{"__type":"MailFromDomainNotVerifiedException"}"#,
        r#"{"__type":"NotFoundException"}"#,
    ] {
        let error = send(400, answer).await.expect_err("refused");
        assert!(matches!(error, SendError::SenderRefused(_)), "{answer}: {error}");
        assert!(!error.to_string().contains("ann@x.com"), "{error}");
    }
}

#[tokio::test]
async fn what_ses_may_take_later_is_unavailable_and_what_it_did_not_answer_for_is_told_apart() {
    for (status, answer) in [
        (429, r#"{"__type":"TooManyRequestsException"}"#),
        (400, r#"{"__type":"LimitExceededException"}"#),
        (400, r#"{"__type":"AccountSuspendedException"}"#),
        (400, r#"{"__type":"SendingPausedException"}"#),
        (400, r#"{"__type":"ThrottlingException"}"#),
        (403, r#"{"__type":"AccessDeniedException"}"#),
        (503, "<html>"),
    ] {
        let error = send(status, answer).await.expect_err("refused");
        assert!(matches!(error, SendError::Unavailable(_)), "{answer}: {error}");
    }
    for (status, answer) in [(500, "{}"), (504, "<html>"), (200, "not json")] {
        let error = send(status, answer).await.expect_err("no answer");
        assert!(matches!(error, SendError::Unanswered(_)), "it may have gone out: {answer}: {error}");
    }
    let slow = refusal(&SdkError::timeout_error("too slow"));
    assert!(matches!(slow, SendError::Unanswered(_)), "it may have gone out: {slow}");
}

#[tokio::test]
async fn the_log_gets_the_code_of_the_answer() {
    let error = send(400, r#"{"__type":"MessageRejected","message":"about ann@x.com"}"#).await.expect_err("refused");
    insta::assert_snapshot!(error, @"the service refused the message for good: MessageRejected (400)");
    insta::assert_snapshot!(refusal(&SdkError::timeout_error("too slow")), @"the service did not answer: request has timed out: too slow");
}
