//! Text messages: where they go, and how many; what does not go by text goes by mail, at once.

use http::Method;
use postern_aws::Aws;
use postern_domain::texts;
use postern_local::workers;
use serde_json::{Value, json};

use crate::stage::{Browser, Fixture, Scene, Stage, at_once, logged};

const MOBILE: &str = "+12025550147";

/// Contacts of the demo firm with these mobiles, each with an own email and the last four 4321.
async fn contacts(owner: &Browser, mobiles: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut emails = Vec::new();
    for (number, mobile) in mobiles.into_iter().enumerate() {
        let email = format!("contact-{}-{number}@client.test", mobile.trim_start_matches('+'));
        let contact = json!({"name": format!("Contact {number}"), "email": email, "mobile": mobile, "share_mobile": true,
            "gates": [{"kind": "ssn_last4", "digits": "4321"}]});
        owner.post("/api/contacts", contact).await.is(201);
        emails.push(email);
    }
    emails
}

fn same(mobile: &str, count: usize) -> impl Iterator<Item = String> {
    std::iter::repeat_n(mobile.to_owned(), count)
}

fn different(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|number| format!("+1202555{:04}", 2000 + number))
}

/// The channel by which the code came that `email` asks for now; whoever gets it is let in.
async fn asks(stage: &Stage, email: &str, mobile: &str) -> &'static str {
    let texts = stage.sent_to(mobile).await.len();
    let browser = stage.browser();
    let asked = browser.ask(email, "4321").await.is(202);
    let by_text = stage.sent_to(mobile).await.len() > texts;
    let to = if by_text { mobile } else { email };
    browser.answer(&asked, &stage.code_for(to).await).await.is(201);
    if by_text { "sms" } else { "email" }
}

/// How many of those who ask at once, each with an own email, get their code by text; the others get it by mail.
async fn texted_of(stage: &Stage, emails: &[String]) -> usize {
    let ask = |email: String| {
        let browser = stage.browser();
        async move { browser.ask(&email, "4321").await.is(202) }
    };
    at_once(emails.iter().cloned().map(ask)).await;
    let mut mailed = 0;
    for email in emails {
        mailed += stage.sent_to(email).await.len();
    }
    emails.len() - mailed
}

/// Puts so many messages of others into the count of a day, whose row has this key.
async fn count_others(stage: &Stage, key: &str, count: u64) {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let others: Vec<_> = (0..count).map(|number| BASE64_STANDARD.encode(number.to_be_bytes())).collect();
    stage.edit("AccessTable", &json!({"pk": {"S": key}, "sk": {"S": "-"}}), json!({"counted": {"BS": others}})).await;
}

fn today(stage: &Stage) -> String {
    texts::day(stage.postern.surroundings.clock.now())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_phone_gets_five_texts_an_hour_and_ten_a_day_whatever_firms_send_them() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let emails = contacts(&owner, same(MOBILE, 16)).await;
    let mut emails = emails.iter();
    let mut next = async || asks(&stage, emails.next().expect("more contacts"), MOBILE).await;
    for _ in 0..4 {
        assert_eq!(next().await, "sms");
    }
    // Another firm's text to the same phone counts too.
    let elsewhere = Scene::new(&stage).with_mobile(MOBILE);
    elsewhere.ask().await;
    assert_eq!(stage.sent_to(MOBILE).await.len(), 5);
    assert_eq!(next().await, "email");
    let told = "SMS not sent: too many to this phone";
    assert_eq!(stage.log(&owner, "").await.iter().filter(|text| *text == told).count(), 1);
    // The hour counts from the texts, not by the clock.
    stage.advance(60 * 60 - 60).await;
    assert_eq!(next().await, "email");
    stage.settle().await;
    stage.advance(120).await;
    for _ in 0..5 {
        assert_eq!(next().await, "sms");
    }
    stage.settle().await;
    stage.advance(2 * 60 * 60).await;
    assert_eq!(next().await, "email", "ten is enough for a day");
    stage.settle().await;
    stage.advance(21 * 60 * 60).await;
    assert_eq!(next().await, "sms", "the first five are a day old");
    // No more is remembered than what can still count.
    let rows = stage.postern.aws.tables.items().await.expect("the tables can be read");
    let row = rows["AccessTable"].iter().find(|row| row["pk"]["S"].as_str().is_some_and(|key| key.starts_with("TEXTED#"))).expect("a row");
    let lengths = ["texted", "counted"].map(|name| row[name]["L"].as_array().map(Vec::len));
    assert_eq!(lengths, [Some(10); 2]);
    assert!(!row.to_string().contains("2025550147"), "the phone itself stands in the directory alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_any_number_of_codes_at_once_five_go_to_one_phone() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let emails = contacts(&owner, same(MOBILE, 14)).await;
    assert_eq!(texted_of(&stage, &emails).await, 5);
    assert_eq!(stage.sent_to(MOBILE).await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_firm_sends_fifty_texts_a_day_or_two_for_each_contact() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let emails = contacts(&owner, different(12)).await;
    let key = |stage: &Stage| format!("TEXTS#demo#{}", today(stage));
    count_others(&stage, &key(&stage), 45).await;
    assert_eq!(texted_of(&stage, &emails).await, 5);
    assert!(stage.log(&owner, "").await.contains(&"SMS not sent: too many of this firm today".to_owned()));
    // With 33 contacts it may send 66.
    for number in 0..12 {
        owner.post("/api/contacts", json!({"name": format!("More {number}")})).await.is(201);
    }
    let more = contacts(&owner, (0..5).map(|number| format!("+1202555{:04}", 3000 + number))).await;
    count_others(&stage, &key(&stage), 63).await;
    assert_eq!(texted_of(&stage, &more).await, 3);
    // Another firm has its own.
    let elsewhere = Scene::new(&stage);
    elsewhere.ask().await;
    assert_eq!(stage.sent_to(&elsewhere.thing("mobile").await).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_firms_together_keep_to_the_budget_of_a_day() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let emails = contacts(&owner, different(9)).await;
    count_others(&stage, &format!("TEXTS##{}", today(&stage)), 997).await;
    assert_eq!(texted_of(&stage, &emails[..8]).await, 3);
    let told = "SMS not sent: the texts of this day are used up";
    assert_eq!(stage.log(&owner, "").await.iter().filter(|text| *text == told).count(), 5);
    assert!(logged().lines().any(|line| line.contains("ERROR") && line.contains("budget-spent")), "whoever deploys is told");
    // The next day is a new one.
    stage.settle().await;
    stage.advance(24 * 60 * 60).await;
    assert_eq!(texted_of(&stage, &emails[8..]).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_counted_once_however_often_its_message_is_taken_up() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let emails = contacts(&owner, different(6)).await;
    // The answer to each call of the sender is lost in turn, after the call was carried out; and SNS takes nothing at first.
    for (nth, email) in (1..).zip(&emails[..5]) {
        stage
            .fault(json!({"service": "dynamodb", "operation": "UpdateItem", "function": "deliver", "nth": nth, "mode": "timeout_after"}))
            .await;
        stage.browser().ask(email, "4321").await.is(202);
        stage.settle().await;
        stage.mend().await;
        stage.advance(60).await;
        stage.settle().await;
    }
    stage.fault(json!({"service": "sns", "operation": "Publish", "function": "deliver", "nth": 0, "mode": "throttle"})).await;
    stage.browser().ask(&emails[5], "4321").await.is(202);
    stage.settle().await;
    stage.mend().await;
    stage.advance(60).await;
    stage.settle().await;
    let rows = stage.postern.aws.tables.items().await.expect("the tables can be read");
    let rows = rows["AccessTable"].iter().filter(|row| row.get("counted").is_some());
    let mut counts: Vec<_> = rows.map(|row| (row["pk"]["S"].as_str().expect("a key").split('#').count(), row["counted"].clone())).collect();
    counts.sort_by_key(|(parts, _)| *parts);
    let of = |counted: &Value| counted["BS"].as_array().or(counted["L"].as_array()).map_or(0, Vec::len);
    let counts: Vec<_> = counts.iter().map(|(_, counted)| of(counted)).collect();
    assert_eq!(counts, [1, 1, 1, 1, 1, 1, 6, 6], "each phone's own, and the firm's and the deployment's");
}

/// Sets what the demo firm decides about signing in.
async fn allow(stage: &Stage, country: &str) {
    let rows = stage.postern.aws.tables.items().await.expect("the tables can be read");
    let firm =
        rows["DirectoryTable"].iter().find(|row| row["pk"]["S"] == "FIRM#demo" && row["sk"]["S"] == "FIRM").expect("the firm").clone();
    let mut policy = firm["sign_in"].clone();
    policy["M"]["sms_countries"] = json!({"L": [{"S": country}]});
    stage.edit("DirectoryTable", &firm, json!({"sign_in": policy})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_go_to_the_us_and_canada_and_where_the_firm_allows() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let abroad = ["+18762101234", "+491712345678", "+19002345678", "+12029765555"];
    for mobile in ["+14165550123", "+12025550148"] {
        let email = contacts(&owner, [mobile.to_owned()]).await.remove(0);
        assert_eq!(asks(&stage, &email, mobile).await, "sms", "{mobile}");
    }
    for mobile in abroad {
        let email = contacts(&owner, [mobile.to_owned()]).await.remove(0);
        assert_eq!(asks(&stage, &email, mobile).await, "email", "{mobile}");
    }
    let told = "SMS not sent: country not allowed".to_owned();
    assert!(!stage.log(&owner, "").await.contains(&told), "it was never meant to go by text");

    // What was kept before countries were looked at is found out when it is sent.
    let jamaican = "contact-18762101234-0@client.test";
    let rows = stage.postern.aws.tables.items().await.expect("the tables can be read");
    let is_theirs = |row: &&Value| row["has_mobile"]["BOOL"] == true && row["mobile_country"]["S"] == "JM";
    let record = rows["DirectoryTable"].iter().find(is_theirs).expect("a sign-in record").clone();
    stage.edit("DirectoryTable", &record, json!({"mobile_country": {"S": "US"}})).await;
    assert_eq!(asks(&stage, jamaican, "+18762101234").await, "email");
    assert!(stage.log(&owner, "").await.contains(&told));
    // And an unknown country of before is no country that is not allowed.
    stage.edit("DirectoryTable", &record, json!({"mobile_country": {"S": "JM"}})).await;
    allow(&stage, "JM").await;
    assert_eq!(asks(&stage, jamaican, "+18762101234").await, "sms");
    let german = "contact-491712345678-0@client.test";
    assert_eq!(asks(&stage, german, "+491712345678").await, "email");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_texting_is_switched_off_a_code_that_waits_as_a_text_is_mailed() {
    let stage = Stage::new().await;
    let scene = Scene::new(&stage);
    let good = Fixture::all().into_iter().find(|fixture| fixture.function == deliver::NAME && fixture.is_good()).expect("an event");
    let event = good.event(&scene).await;
    let (email, mobile) = (scene.thing("email").await, scene.thing("mobile").await);
    let named = stage.postern.surroundings.named(deliver::NAME).expect("its settings are there");
    let (clock, dice) = (named.clock.clone(), named.dice.clone());
    let variables = move |_: &str, name: &str| if name == "TEXTS_PER_DAY" { Some("0".to_owned()) } else { named.optional(name) };
    let aws = Aws::new(deliver::NAME, variables, clock, dice).expect("its settings are there");
    let deliver = workers(&aws).expect("its settings are there").remove(deliver::NAME).expect("it is listed");
    deliver(event).await.expect("each message fails by itself");
    stage.settle().await;
    assert!(stage.sent_to(&mobile).await.is_empty());
    let mails = stage.sent_to(&email).await;
    assert!(mails.last().is_some_and(|mail| mail["text"].as_str().expect("a text").contains("code")), "{mails:?}");
    let log = scene.staff().await.send(Method::GET, "/api/access-log", "", &[]).await.is(200);
    assert!(log.to_string().contains("SMS not sent: texting is not set up"), "{log}");
}
