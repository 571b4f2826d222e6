//! What staff keep of contacts: how it is written, what it lacks, and how it is found again.

use serde_json::{Value, json};

use crate::stage::{Browser, Jane, Stage};

/// The names of the contacts on every page that `query` leads to.
async fn names(staff: &Browser, query: &str) -> Vec<String> {
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = staff.get(&format!("/api/contacts?{query}&cursor={cursor}")).await.is(200);
        names.extend(page["items"].as_array().expect("a list").iter().map(|contact| contact["name"].as_str().expect("a name").to_owned()));
        match page["cursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return names,
        }
    }
}

fn id(contact: &Value) -> &str {
    contact["contact"].as_str().expect("an id")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_staff_type_is_kept_in_one_form() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let typed = json!({"name": "\u{a0} Ann   Example ", "email": " Ann@M\u{fc}nchen.EXAMPLE\u{a0}\u{200b}", "mobile": " (202) 555-0199\u{feff}",
        "gates": [{"kind": "pin", "digits": " 48-29 13 ", "label": " Ann "}]});
    let ann = owner.post("/api/contacts", typed).await.is(201);
    let client = ann["clients"][0]["client"].clone();
    assert_eq!(
        ann,
        json!({
            "contact": ann["contact"], "version": 0, "name": "Ann Example", "sort_name": "Example, Ann", "email": "ann@xn--mnchen-3ya.example", "mobile": "+12025550199",
            "share_mobile": false, "language": null, "gates": [{"kind": "pin", "label": "Ann"}], "clients": [{"client": client, "name": "Ann Example"}],
            "overrides": {"access_mode": null, "code_channel": null, "identity_check": null},
            "portal": {"status": "ready", "missing": [], "invited_at": null, "last_access_at": null, "locked_until": null,
                "code_path": "open", "last_failure": null, "second_factor": "none", "troubles": {"email": null, "mobile": null}},
        })
    );
    assert_eq!(owner.get(&format!("/api/contacts/{}", id(&ann))).await.is(200), ann);
    let browser = stage.browser();
    let asked = browser.ask("ANN@m\u{fc}nchen.example", "482913").await.is(202);
    let code = stage.code_for("+12025550199").await;
    browser.answer(&asked, &code).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn mobiles_and_names_of_all_the_world_are_kept_as_they_are_meant() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    for (typed, mobile) in [
        ("+49 171 2345678", "+491712345678"),
        ("+44 (0)7911 123456", "+447911123456"),
        ("0044 7911 123458", "+447911123458"),
        ("011 55 11 91234 5678", "+5511912345678"),
        ("\u{202a}+1 (252) 588-5701\u{202c}", "+12525885701"),
        ("252\u{ad}588\u{ad}5706", "+12525885706"),
        ("+1\u{fe0f}-252-588-5705", "+12525885705"),
    ] {
        let kept = owner.post("/api/contacts", json!({"name": "Ann", "mobile": typed})).await.is(201);
        assert_eq!(kept["mobile"], mobile, "{typed}");
        assert_eq!(owner.get(&format!("/api/contacts/{}", id(&kept))).await.is(200)["mobile"], mobile);
    }
    for bad in ["0171 2345678", "+49 171 23456", "+44 7911 1234567", "252-588-5772 / 252-588-5773", "+39 (0)312 345 6789"] {
        owner.post("/api/contacts", json!({"name": "Ann", "mobile": bad})).await.names("mobile");
    }
    for (typed, name) in [
        ("Jose\u{301} A\u{301}lvaro", "Jos\u{e9} \u{c1}lvaro"),
        ("\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} Park", "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} Park"),
        ("\u{202e}Ann\u{202c}", "Ann"),
    ] {
        let kept =
            owner.post("/api/contacts", json!({"name": typed, "gates": [{"kind": "pin", "digits": "4821", "label": typed}]})).await.is(201);
        assert_eq!((&kept["name"], &kept["clients"][0]["name"], &kept["gates"][0]["label"]), (&json!(name), &json!(name), &json!(name)));
    }
    for hidden in ["\u{200b}", "\u{ad}\u{feff}", "\u{2800} \u{3164}", "\u{202e}\u{200d}"] {
        owner.post("/api/contacts", json!({"name": hidden})).await.names("name");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_ssn_is_cut_at_the_door_and_stands_nowhere() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let new =
        json!({"name": "Ann", "email": "ann@x.com", "mobile": "2025550199", "gates": [{"kind": "ssn_last4", "digits": "412-63 8805"}]});
    let answer = owner.post("/api/contacts", new).await;
    let traces = ["412638805", "412-63", "41263"];
    assert!(!traces.iter().any(|trace| answer.text.contains(trace)), "{}", answer.text);
    let ann = answer.is(201);
    let log = owner.get(&format!("/api/access-log?contact={}", id(&ann))).await.text;
    let tables = stage.lab.get("/_local/tables").await.text;
    assert!(!traces.iter().any(|trace| log.contains(trace) || tables.contains(trace)));
    stage.browser().ask("ann@x.com", "412-63-8805").await.is(202);
    assert_eq!(stage.sent_to("+12025550199").await.len(), 1);
    stage.browser().ask("ann@x.com", "8805").await.is(202);
    assert_eq!(stage.sent_to("+12025550199").await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_acts_for_a_client_of_its_name_or_for_those_that_are_given() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    assert_eq!(jane.contact["clients"], json!([{"client": jane.client(), "name": "Jane Doe"}]));
    let bob = owner.post("/api/contacts", json!({"name": "Bob"})).await.is(201);
    let bobs = bob["clients"][0]["client"].as_str().expect("an id");
    for clients in [json!([bobs, jane.client(), bobs]), json!([jane.client(), bobs])] {
        let book = owner.post("/api/contacts", json!({"name": "The bookkeeper", "clients": clients})).await.is(201);
        assert_eq!(book["clients"], json!([{"client": jane.client(), "name": "Jane Doe"}, {"client": bobs, "name": "Bob"}]));
    }

    let other = stage.owner_of_another_firm().await;
    let foreign = other.post("/api/contacts", json!({"name": "Fay"})).await.is(201)["clients"][0]["client"].clone();
    for client in [json!("0123456789abcdef0123456789abcdef"), foreign] {
        let new = json!({"name": "Cat", "email": "cat@x.com", "clients": [jane.client(), client]});
        let refused = owner.post("/api/contacts", new).await.is_problem(400, "invalid-request");
        assert_eq!(refused["fields"]["clients"], "One of these clients does not exist.");
        let patch =
            owner.patch(&format!("/api/contacts/{}", id(&bob)), json!({"clients": [client]})).await.is_problem(400, "invalid-request");
        assert_eq!(patch["fields"], refused["fields"]);
    }
    assert!(!names(&owner, "limit=100").await.contains(&"Cat".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_email_that_is_taken_names_the_contact_that_has_it() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let bob = owner.post("/api/contacts", json!({"name": "Bob", "email": "bob@x.com"})).await.is(201);
    let typed = json!({"name": "Jane again", "email": " JANE.DOE@client.test\u{a0}"});
    let taken = owner.post("/api/contacts", typed.clone()).await.is_problem(409, "email-taken");
    assert_eq!(taken["contact"], jane.id());
    let taken = owner.patch(&format!("/api/contacts/{}", id(&bob)), json!({"email": Jane::EMAIL})).await.is_problem(409, "email-taken");
    assert_eq!(taken["contact"], jane.id());
    assert_eq!(owner.get(&format!("/api/contacts/{}", id(&bob))).await.is(200)["email"], "bob@x.com");
    assert!(!names(&owner, "limit=100").await.contains(&"Jane again".to_owned()));
    // In another firm the same email is a stranger's.
    stage.owner_of_another_firm().await.post("/api/contacts", typed).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mobile_that_is_taken_names_the_contact_that_has_it_unless_one_shares_it() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let new = |name: &str, share: bool| json!({"name": name, "mobile": "(202) 555-0173", "share_mobile": share});
    let taken = owner.post("/api/contacts", new("Bob", false)).await.is_problem(409, "mobile-taken");
    assert_eq!(taken["contact"], jane.id());
    let bob = owner.post("/api/contacts", new("Bob", true)).await.is(201);
    assert_eq!((&bob["mobile"], &bob["share_mobile"]), (&json!(Jane::MOBILE), &json!(true)));
    let at_bob = format!("/api/contacts/{}", id(&bob));
    let taken = owner.patch(&at_bob, json!({"share_mobile": false})).await.is_problem(409, "mobile-taken");
    assert_eq!(taken["contact"], jane.id());
    let cat = owner.post("/api/contacts", json!({"name": "Cat"})).await.is(201);
    let taken = owner.patch(&format!("/api/contacts/{}", id(&cat)), json!({"mobile": Jane::MOBILE})).await.is_problem(409, "mobile-taken");
    assert_eq!(taken["contact"], jane.id());
    owner.patch(&format!("/api/contacts/{}", jane.id()), json!({"mobile": null})).await.is(200);
    assert_eq!(owner.patch(&at_bob, json!({"share_mobile": false})).await.is(200)["share_mobile"], false);
    stage.owner_of_another_firm().await.post("/api/contacts", new("Fay", false)).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_names_what_is_missing_and_filters_the_list() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let gate = json!([{"kind": "ssn_last4", "digits": "1234"}]);
    let (email, mobile) = ("full@x.com", "2025550190");
    for (contact, missing) in [
        (json!({"name": "Full", "email": email, "mobile": mobile, "gates": gate}), json!([])),
        (json!({"name": "No email", "mobile": "2025550191", "gates": gate}), json!(["email"])),
        (json!({"name": "No gate", "email": "a@x.com", "mobile": "2025550192"}), json!(["gate"])),
        (json!({"name": "No mobile", "email": "b@x.com", "gates": gate}), json!(["mobile"])),
        (json!({"name": "Nothing"}), json!(["email", "gate", "mobile"])),
    ] {
        let portal = owner.post("/api/contacts", contact.clone()).await.is(201)["portal"].clone();
        let status = if missing == json!([]) { "ready" } else { "missing" };
        assert_eq!((&portal["status"], &portal["missing"]), (&json!(status), &missing), "{contact}");
    }
    assert_eq!(names(&owner, "status=ready").await, ["Full", "Sam and Robin Miller", "Jane Smith"]);
    let missing = ["No email", "Maria Garcia", "No gate", "No mobile", "Nothing", "Lee Park"];
    assert_eq!(names(&owner, "status=missing").await, missing);
    assert_eq!(names(&owner, "status=missing&limit=2").await, missing);
    assert_eq!(names(&owner, "status=missing&q=no").await, ["No email", "No gate", "No mobile", "Nothing"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn text_is_searched_in_names_emails_and_mobiles() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    owner.post("/api/contacts", json!({"name": "M\u{fc}ller \u{c4}nne", "email": "info2025@x.com"})).await.is(201);
    let cafe = owner.post("/api/contacts", json!({"name": "Caf\u{e9} Z\u{fc}rich"})).await.is(201)["clients"][0]["client"].clone();
    owner.post("/api/contacts", json!({"name": "Siobha\u{301}n O\u{2019}Brien", "clients": [cafe]})).await.is(201);
    for (q, found) in [
        ("jane", vec!["Jane Doe", "Jane Smith"]),
        ("%20JANE%20doe%C2%A0", vec!["Jane Doe"]),
        ("M%C3%9CLLER", vec!["M\u{fc}ller \u{c4}nne"]),
        ("client.TEST", vec!["Jane Doe"]),
        ("(202)%20555-01", vec!["Jane Doe"]),
        ("%2B12025550173", vec!["Jane Doe"]),
        // The digits of a mail address are no phone number, though Jane's has 2025 in it.
        ("info2025", vec!["M\u{fc}ller \u{c4}nne"]),
        ("17", vec![]),
        ("nobody", vec![]),
        ("%25", vec![]),
        // However the name is spelled, and in whatever order.
        ("anne%20muller", vec!["M\u{fc}ller \u{c4}nne"]),
        ("mu%CC%88ller", vec!["M\u{fc}ller \u{c4}nne"]),
        ("doe,%20%20Jane", vec!["Jane Doe"]),
        ("1%20(202)%20555-0173", vec!["Jane Doe"]),
        ("obrien", vec!["Siobh\u{e1}n O\u{2019}Brien"]),
        // By the client that it acts for.
        ("brien%20cafe", vec!["Siobh\u{e1}n O\u{2019}Brien"]),
    ] {
        assert_eq!(names(&owner, &format!("q={q}")).await, found, "{q}");
    }
    let other = stage.owner_of_another_firm().await;
    assert_eq!(names(&other, "q=jane").await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_that_is_unknown_or_another_firms_is_not_found() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let other = stage.owner_of_another_firm().await;
    for unknown in [jane.id(), "0123456789abcdef0123456789abcdef"] {
        let path = format!("/api/contacts/{unknown}");
        let shown = other.get(&path).await;
        assert_eq!(shown.clone().is_problem(404, "not-found").as_object().map(serde_json::Map::len), Some(3));
        assert_eq!(other.patch(&path, json!({"name": "Mine"})).await.text, shown.text);
        assert_eq!(other.post(&format!("{path}/invitations"), json!({})).await.text, shown.text);
    }
    assert_eq!(names(&other, "limit=100").await, Vec::<String>::new());
    assert_eq!(stage.log(&other, &format!("&contact={}", jane.id())).await, Vec::<String>::new());
    assert_eq!(owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200), jane.contact);
}
