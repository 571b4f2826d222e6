//! The link that lets the owner of a new firm in before any mail is sent.

use postern_aws::Reachable as _;
use serde_json::json;

use crate::stage::{Stage, link_token};

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_of_a_new_firm_gets_in_once_without_a_code() {
    let stage = Stage::new().await;
    let link = stage.postern.owner_link.clone().expect("the demo firm is new");
    assert!(link.starts_with(&format!("{}/demo/staff/link#", stage.postern.url)), "{link}");
    let owner = stage.browser();
    let opened = owner.open(link_token(&link)).await;
    assert!(opened.headers["set-cookie"].to_str().expect("text").starts_with("__Host-postern-staff="));
    assert_eq!(opened.is(201), json!({"next": "portal"}));
    let session = owner.get("/api/session").await.is(200);
    assert_eq!(
        (&session["audience"], &session["assurance"], &session["staff"]["name"]),
        (&json!("staff"), &json!("link"), &json!("Olive Owner"))
    );
    owner.get("/api/contacts").await.is(200);
    assert!(stage.sent_to("owner@demo.test").await.is_empty());

    // A second time it says who, and no more.
    let again = stage.browser();
    let asked = again.open(link_token(&link)).await.is(202);
    assert_eq!((&asked["next"], &asked["sent_to"]), (&json!("code"), &json!("o***@demo.test")));
    again.get("/api/contacts").await.is_problem(401, "session-needed");
    let code = stage.code_for("owner@demo.test").await;
    again.answer(&asked, &code).await.is(201);
    assert_eq!(again.get("/api/session").await.is(200)["assurance"], "email");
    let log = stage.log(&owner, "").await;
    assert_eq!(log[..3], ["Staff sign-in success", "Security code sent by email", "Security code requested"]);
    // These two were written at the same moment.
    assert!(log[3..5].contains(&"Magic link opened".to_owned()) && log[3..5].contains(&"Staff sign-in success".to_owned()), "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_link_that_nobody_used_is_gone_after_an_hour() {
    let stage = Stage::new().await;
    let link = stage.postern.owner_link.clone().expect("the demo firm is new");
    stage.advance(3600).await;
    stage.browser().open(link_token(&link)).await.is_problem(410, "link-gone");
    assert!(stage.sent_to("owner@demo.test").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_deploys_gets_the_same_owner_another_link_and_a_stranger_none() {
    let stage = Stage::new().await;
    let first = stage.create_firm("acme", "owner@acme.test").await.expect("it is made");
    let second = stage.create_firm("acme", " Owner@ACME.test\u{a0}").await.expect("it is theirs");
    assert_ne!(first.owner_link, second.owner_link);
    let refused = stage.create_firm("acme", "stranger@x.com").await.expect_err("it is another's");
    assert!(refused.contains("Choose another name"), "{refused}");
    assert!(stage.create_firm("demo", "owner@acme.test").await.is_err());

    let owner = stage.browser();
    owner.open(link_token(&second.owner_link)).await.is(201);
    assert_eq!(owner.get("/api/session").await.is(200)["firm"], "acme");
    let texts = ["Staff sign-in success", "Magic link opened", "Owner link made for Otto Other", "Firm created with owner Otto Other"];
    let mut log = stage.log(&owner, "").await;
    log.sort_unstable();
    let mut expected = texts.to_vec();
    expected.sort_unstable();
    assert_eq!(log, expected);
    // The first one is as good as it was.
    stage.browser().open(link_token(&first.owner_link)).await.is(201);

    // A stranger's address opens nothing at either firm.
    stage.browser().post("/api/firms/acme/staff/challenges", json!({"email": "stranger@x.com"})).await.is(202);
    stage.browser().post("/api/firms/demo/staff/challenges", json!({"email": "owner@acme.test"})).await.is(202);
    assert!(stage.sent_to("stranger@x.com").await.is_empty() && stage.sent_to("owner@acme.test").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_deploys_is_told_what_is_wrong_with_a_new_firm_and_what_to_do() {
    let stage = Stage::new().await;
    let create = stage.worker(create_firm::NAME);
    let firm = json!({"firm": "elm", "name": "Elm Street Tax", "phone": "(252) 555-0177", "contact_address": "office@elm.test",
        "owner": {"name": "Otto Other", "email": "otto@elm.test"}});
    for (member, value, told) in [
        ("/owner/email", json!("otto"), "UnusableEvent: The event cannot be used at `owner.email`: Enter an email address like"),
        ("/firm", json!("Elm Street"), "UnusableEvent: The event cannot be used at `firm`: "),
        ("/phone", json!(5), "UnusableEvent: The event cannot be used at `phone`: invalid type: integer `5`"),
        ("/firm", json!("demo"), "CreateFirmError: There is a firm of this name already"),
    ] {
        let mut event = firm.clone();
        *event.pointer_mut(member).expect("a member") = value;
        let refused = create(event).await.expect_err("it cannot be");
        assert!(refused.starts_with(told), "{refused}");
    }
    // A role that lacks what it takes.
    let other = stage.postern.surroundings.named("show-firm").expect("its settings are there");
    let reach = create_firm::Reach::reach(&other).expect("its settings are there");
    let new = serde_json::from_value(firm.clone()).expect("this is a firm");
    let refused = create_firm::handle(reach, new).await.expect_err("it may not").to_string();
    let missing = "show-firm is not authorized to perform: secretsmanager:GetSecretValue on resource: ";
    assert!(refused.starts_with(&format!("This function may not do what it takes: {missing}")), "{refused}");
    assert!(refused.contains("deploy the stack again"), "{refused}");
    create(firm).await.expect("this is a firm");
}
