//! Changes of contacts: what they say, whom they tell, and what they set free.

use serde_json::{Value, json};

use crate::stage::{Browser, Jane, Stage};

async fn change(staff: &Browser, jane: &Jane, patch: Value) -> Value {
    staff.patch(&format!("/api/contacts/{}", jane.id()), patch).await.is(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn null_clears_and_what_is_absent_stays() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let mut expected = jane.contact.clone();
    for (patch, missing) in [
        (json!({"name": " Jane\tRoe "}), json!([])),
        (json!({"mobile": null}), json!(["mobile"])),
        (json!({"mobile": "202 555 0174", "gates": null}), json!(["gate"])),
        (json!({"email": null}), json!(["email", "gate"])),
        (json!({"gates": [{"kind": "pin", "digits": "4821", "label": "Jane"}], "email": "Jane@Roe.test"}), json!([])),
        (json!({}), json!([])),
    ] {
        let after = change(&owner, &jane, patch.clone()).await;
        let changes_anything = u64::from(patch != json!({}));
        expected["version"] = json!(expected["version"].as_u64().expect("a number") + changes_anything);
        for (member, value) in patch.as_object().expect("an object") {
            expected[member] = value.clone();
        }
        if patch.get("gates").is_some() {
            let labelled = patch["gates"].is_array();
            expected["gates"] = if labelled { json!([{"kind": "pin", "label": "Jane"}]) } else { json!([]) };
        }
        for (member, typed, kept) in
            [("name", " Jane\tRoe ", "Jane Roe"), ("mobile", "202 555 0174", "+12025550174"), ("email", "Jane@Roe.test", "jane@roe.test")]
        {
            if expected[member] == typed {
                expected[member] = kept.into();
            }
        }
        // Nobody said under which name she stands.
        let (given, family) = expected["name"].as_str().and_then(|name| name.split_once(' ')).expect("two names");
        expected["sort_name"] = format!("{family}, {given}").into();
        expected["portal"]["missing"] = missing.clone();
        expected["portal"]["status"] = if missing == json!([]) { "ready" } else { "missing" }.into();
        assert_eq!(after, expected, "{patch}");
        assert_eq!(owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200), expected, "{patch}");
    }
    // What was cleared and set opens what it should.
    let asked = stage.browser().ask("jane@roe.test", "4821").await.is(202);
    let code = stage.code_for("+12025550174").await;
    stage.browser().answer(&asked, &code).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_values_change_nothing() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let client = stage.jane_signed_in().await;
    let bob = owner.post("/api/contacts", json!({"name": "Bob"})).await.is(201)["clients"][0]["client"].clone();
    let both = change(&owner, &jane, json!({"clients": [bob, jane.client()]})).await;
    let log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    for same in [
        json!({"name": "Jane Doe", "email": " JANE.DOE@CLIENT.TEST ", "mobile": "(202) 555-0173", "share_mobile": false}),
        json!({"clients": [bob, jane.client()]}),
        json!({"clients": [jane.client(), bob, bob]}),
        json!({}),
    ] {
        assert_eq!(change(&owner, &jane, same).await, both);
    }
    assert_eq!(stage.log(&owner, &format!("&contact={}", jane.id())).await, log);
    assert!(stage.sent_to(Jane::EMAIL).await.is_empty());
    client.get("/api/session").await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_change_changes_nothing() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let gate = json!({"kind": "pin", "digits": "4821"});
    for (patch, field) in [
        (json!({"name": "Roe", "email": "nobody"}), "email"),
        (json!({"name": "Roe", "mobile": "555-0173"}), "mobile"),
        (json!({"name": null}), "name"),
        (json!({"name": "Roe", "share_mobile": null}), "share_mobile"),
        (json!({"name": "Roe", "clients": []}), "clients"),
        (json!({"name": "Roe", "clients": null}), "clients"),
        (json!({"name": "Roe", "gates": [gate, gate, gate]}), "gates"),
        (json!({"name": "Roe", "gates": [{"kind": "ssn_last4", "digits": "48215"}]}), "gates[0]"),
        (json!({"name": "Roe", "gates": [gate, {"kind": "password", "digits": "4821"}]}), "gates[1].kind"),
        (json!({"name": "Roe", "version": 0, "gates": [{"kind": "pin"}]}), "gates"),
        (json!({"name": "Roe", "gates": [{"kind": "ssn_last4"}]}), "version"),
        (json!({"name": "Roe", "version": 0, "gates": [gate, {"kind": "ssn_last4"}]}), "gates"),
        (json!({"name": "Roe", "portal": {}}), "portal"),
        (json!({"name": "Roe", "contact": jane.id()}), "contact"),
    ] {
        let refused = owner.patch(&format!("/api/contacts/{}", jane.id()), patch.clone()).await.is_problem(400, "invalid-request");
        assert!(refused["fields"][field].is_string(), "{patch}: {refused}");
        assert_eq!(refused["fields"].as_object().map(serde_json::Map::len), Some(1), "{refused}");
    }
    assert_eq!(owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200), jane.contact);
    assert_eq!(stage.log(&owner, &format!("&contact={}", jane.id())).await, ["Contact created by Olive Owner"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_gate_is_added_without_the_digits_of_the_first() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let session = stage.jane_signed_in().await;

    // What a gate is called is nothing to who is signed in.
    let labelled = change(&owner, &jane, json!({"version": 0, "gates": [{"kind": "ssn_last4", "label": "Jane"}]})).await;
    assert_eq!(labelled["gates"], json!([{"kind": "ssn_last4", "label": "Jane"}]));
    session.get("/api/session").await.is(200);

    let john = json!({"kind": "ssn_last4", "digits": "8805", "label": "John"});
    let at_jane = format!("/api/contacts/{}", jane.id());
    let both = json!({"gates": [{"kind": "ssn_last4", "label": "Jane"}, john]});
    owner.patch(&at_jane, both.clone()).await.names("version");
    let from = |version: &Value, gates: &Value| json!({"version": version, "gates": gates});
    owner.patch(&at_jane, from(&json!(0), &both["gates"])).await.is_problem(409, "contact-changed");
    let both = change(&owner, &jane, from(&labelled["version"], &both["gates"])).await;
    assert_eq!(both["gates"].as_array().map(Vec::len), Some(2));
    session.get("/api/session").await.is_problem(401, "session-needed");
    for (digits, whose) in [(Jane::GATE, "Jane"), ("8805", "John")] {
        stage.browser().ask(Jane::EMAIL, digits).await.is(202);
        let page = owner.get("/api/access-log?outcome=code-requested&limit=1").await.is(200);
        assert_eq!(page["items"][0]["gate"], whose);
    }
    stage.settle().await;

    // The first is taken away, and the second stays what it is.
    change(&owner, &jane, from(&both["version"], &json!([null, {"kind": "ssn_last4", "label": "John"}]))).await;
    let sent = stage.sent_to(Jane::MOBILE).await.len();
    stage.browser().ask(Jane::EMAIL, Jane::GATE).await.is(202);
    assert_eq!(stage.sent_to(Jane::MOBILE).await.len(), sent);
    stage.browser().ask(Jane::EMAIL, "8805").await.is(202);
    assert_eq!(stage.sent_to(Jane::MOBILE).await.len(), sent + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_email_is_told_to_the_old_address_alone() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    change(&owner, &jane, json!({"email": "jane@roe.test", "mobile": "202-555-0174"})).await;
    let told = stage.sent_to(Jane::EMAIL).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["subject"], "Demo & Daughters CPA: your email and mobile phone were changed");
    for part in ["text", "html"] {
        let words = told[0][part].as_str().expect("words");
        assert!(
            words.contains("were changed") && !words.contains("roe.test") && !words.contains("0174") && !words.contains("/link#"),
            "{words}"
        );
    }
    assert!(stage.sent_to("jane@roe.test").await.is_empty());
    assert!(stage.sent_to("+12025550174").await.is_empty());
    assert!(stage.sent_to(Jane::MOBILE).await.is_empty());

    // One that is cleared is told too, and of two changes at once each address learns of its own.
    change(&owner, &jane, json!({"email": "jane@poe.test"})).await;
    change(&owner, &jane, json!({"email": null})).await;
    assert_eq!(stage.sent_to("jane@roe.test").await.len(), 1);
    assert_eq!(stage.sent_to("jane@poe.test").await.len(), 1);
    assert_eq!(stage.sent_to(Jane::EMAIL).await.len(), 1);
    let log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    assert_eq!(log.iter().filter(|text| *text == "Change of contact details told to the old address").count(), 3, "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_mobile_is_told_to_the_mailbox() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    change(&owner, &jane, json!({"mobile": "202-555-0174"})).await;
    change(&owner, &jane, json!({"mobile": null})).await;
    // A first mobile replaces nothing.
    change(&owner, &jane, json!({"mobile": "202-555-0175"})).await;
    let told = stage.sent_to(Jane::EMAIL).await;
    let subjects: Vec<_> = told.iter().map(|mail| mail["subject"].as_str().expect("a subject")).collect();
    assert_eq!(subjects, ["Demo & Daughters CPA: your mobile phone was changed"; 2]);
    let words = told[0]["text"].as_str().expect("words");
    assert!(!words.contains("0174") && !words.contains("0173"), "{words}");
    for mobile in [Jane::MOBILE, "+12025550174", "+12025550175"] {
        assert!(stage.sent_to(mobile).await.is_empty(), "{mobile}");
    }
    // Other changes are told to nobody.
    change(&owner, &jane, json!({"name": "Jane Roe", "gates": [{"kind": "pin", "digits": "4821"}], "share_mobile": true})).await;
    assert_eq!(stage.sent_to(Jane::EMAIL).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_email_and_a_mobile_that_are_given_up_can_be_taken_by_another() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    change(&owner, &jane, json!({"email": "jane@roe.test", "mobile": null})).await;
    let heir =
        json!({"name": "Jane the younger", "email": Jane::EMAIL, "mobile": Jane::MOBILE, "gates": [{"kind": "pin", "digits": "9999"}]});
    let heir = owner.post("/api/contacts", heir).await.is(201);
    let back = json!({"email": Jane::EMAIL});
    let taken = owner.patch(&format!("/api/contacts/{}", jane.id()), back.clone()).await.is_problem(409, "email-taken");
    assert_eq!(taken["contact"], heir["contact"]);

    // The old gate is nothing to the new owner of the address, and no code goes out for it.
    stage.browser().ask(Jane::EMAIL, Jane::GATE).await.is(202);
    assert!(stage.sent_to(Jane::MOBILE).await.is_empty());
    let asked = stage.browser().ask(Jane::EMAIL, "9999").await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    let browser = stage.browser();
    browser.answer(&asked, &code).await.is(201);
    assert_eq!(browser.get("/api/session").await.is(200)["contact"]["contact"], heir["contact"]);

    // A mobile that was only shared is given up with no loss to who has it.
    let bob = owner.post("/api/contacts", json!({"name": "Bob", "mobile": Jane::MOBILE, "share_mobile": true})).await.is(201);
    owner.patch(&format!("/api/contacts/{}", bob["contact"].as_str().expect("an id")), json!({"mobile": null})).await.is(200);
    let taken = owner.post("/api/contacts", json!({"name": "Cat", "mobile": Jane::MOBILE})).await.is_problem(409, "mobile-taken");
    assert_eq!(taken["contact"], heir["contact"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_tells_who_changed_what_and_no_value() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    change(&owner, &jane, json!({"name": "Jane Roe"})).await;
    change(&owner, &jane, json!({"mobile": null, "gates": [{"kind": "pin", "digits": "482199"}], "share_mobile": true})).await;
    change(&owner, &jane, json!({"name": "Jane Roe", "email": "jane@roe.test", "clients": [jane.client()]})).await;
    let log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    let changes: Vec<_> = log.iter().filter(|text| text.starts_with("Contact ")).collect();
    assert_eq!(
        changes,
        [
            "Contact updated by Olive Owner: email",
            "Contact updated by Olive Owner: mobile, share_mobile, gates",
            "Contact updated by Olive Owner: name",
            "Contact created by Olive Owner",
        ]
    );
    let page = owner.get(&format!("/api/access-log?contact={}&outcome=contact-updated", jane.id())).await;
    assert!(!page.text.contains("482199") && !page.text.contains("jane@roe.test"), "{}", page.text);
    assert!(
        page.json["items"]
            .as_array()
            .is_some_and(|items| items.iter().all(|item| item["ip"].is_string() && item["request_id"].is_string()))
    );
}
