//! Who works at a firm: invited, changed, removed at once, and never without an owner.

use postern_domain::role::Role;
use serde_json::{Value, json};

use crate::stage::{Browser, Stage, at_once};

/// The staff as `browser` lists them: name, email, role.
async fn listed(browser: &Browser) -> Vec<(String, String, String)> {
    let page = browser.get("/api/staff").await.is(200);
    let text = |one: &Value, name: &str| one[name].as_str().expect("a text").to_owned();
    page["items"].as_array().expect("a list").iter().map(|one| (text(one, "name"), text(one, "email"), text(one, "role"))).collect()
}

/// The id of whoever is signed in.
async fn own_id(browser: &Browser) -> String {
    browser.get("/api/session").await.is(200)["staff"]["staff"].as_str().expect("an id").to_owned()
}

fn removal(member: &str, successor: &str) -> String {
    format!("/api/staff/{member}?successor={successor}")
}

/// A stranger, from an address of their own, has a code sent to `email` and types another one five times; unless the mail says that codes get nobody
/// in any more.
async fn guess_at(stage: &Stage, firm: &str, email: &str) -> bool {
    let stranger = stage.browser();
    let asked = stranger.post(&format!("/api/firms/{firm}/staff/challenges"), json!({ "email": email })).await.is(202);
    let mail = stage.sent_to(email).await.pop().expect("a mail");
    if mail["subject"].as_str().is_some_and(|subject| subject.contains("signing in with a code is closed")) {
        return false;
    }
    let wrong = if stage.code_for(email).await == "111111" { "222222" } else { "111111" };
    for _ in 0..5 {
        stranger.answer(&asked, wrong).await.is_problem(401, "code-rejected");
    }
    true
}

/// A stranger, who knows the `email` of someone on the staff and no more, goes on until codes get nobody in by the page.
pub async fn close_to_codes(stage: &Stage, firm: &str, email: &str) {
    for _ in 0..30 {
        if !guess_at(stage, firm, email).await {
            return;
        }
        // Each lock is over by then, and thirty codes a day go out.
        stage.settle().await;
        stage.advance(60 * 60).await;
    }
    panic!("it is never closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_stranger_shuts_out_colleagues_see_and_unlock() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let otto = format!("/api/staff/{}", stage.colleague(&owner, "otto", "owner").await);
    let ann = stage.colleague(&owner, "ann", "admin").await;
    let listed = |by: Browser| async move { by.get("/api/staff").await.is(200)["items"][1].clone() };
    let seen = listed(owner.clone()).await;
    assert_eq!((&seen["code_path"], &seen["second_factor"]), (&json!("open"), &json!("none")), "{seen}");
    assert!(seen["locked_until"].is_null(), "{seen}");
    owner.delete(&format!("{otto}/lock")).await.is(204);
    assert!(!stage.log(&owner, "").await.iter().any(|text| text.starts_with("Sign-in of")), "nothing was to be done");

    for _ in 0..2 {
        assert!(guess_at(&stage, "demo", "otto@demo.test").await);
    }
    assert!(listed(owner.clone()).await["locked_until"].is_string(), "ten wrong codes");
    owner.delete(&format!("{otto}/lock")).await.is(204);
    assert!(listed(owner).await["locked_until"].is_null());

    close_to_codes(&stage, "demo", "otto@demo.test").await;
    let (owner, admin) = (stage.owner().await, stage.staff("ann@demo.test").await);
    assert_eq!(listed(admin.clone()).await["code_path"], "closed");
    admin.delete(&format!("{otto}/lock")).await.is_problem(403, "not-allowed");
    admin.delete(&format!("/api/staff/{ann}/lock")).await.is(204);
    owner.delete(&format!("{otto}/lock")).await.is(204);
    let seen = listed(owner.clone()).await;
    assert_eq!((&seen["code_path"], &seen["locked_until"]), (&json!("open"), &Value::Null), "{seen}");
    stage.staff("otto@demo.test").await;
    let log = stage.log(&owner, "").await;
    assert!(log.contains(&"Sign-in of otto unlocked by Olive Owner".to_owned()), "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_is_invited_by_a_link_that_leads_to_a_code() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let invited = owner.post("/api/staff", json!({"name": "Vera Gold", "email": " VERA@demo.test ", "role": "staff"})).await.is(201);
    assert_eq!((&invited["email"], &invited["last_access_at"]), (&json!("vera@demo.test"), &Value::Null));
    assert!(invited["invited_at"].is_string(), "{invited}");

    // The link alone lets nobody in, however often it is opened; it says whose it is, and leads to a code.
    let token = stage.link_for("vera@demo.test").await;
    let mail = stage.sent_to("vera@demo.test").await.pop().expect("a mail")["text"].as_str().expect("a text").to_owned();
    assert!(mail.contains(&format!("/demo/staff/link#{token}")) && mail.contains("staff of our client portal"), "{mail}");
    let vera = stage.browser();
    let seen = vera.post("/api/links/preview", json!({"token": token})).await.is(200);
    assert_eq!((&seen["audience"], &seen["account"], &seen["gate"]), (&json!("staff"), &json!("v***@demo.test"), &json!(false)));
    let asked = vera.open(&token).await.is(202);
    assert_eq!(asked["next"], "code");
    vera.get("/api/session").await.is_problem(401, "session-needed");
    vera.answer(&asked, &stage.code_for("vera@demo.test").await).await.is(201);
    let session = vera.get("/api/session").await.is(200);
    assert_eq!((&session["role"], &session["assurance"]), (&json!("staff"), &json!("email")));
    vera.get("/api/contacts").await.is(200);
    vera.patch(&format!("/api/staff/{}", own_id(&vera).await), json!({"role": "owner"})).await.is_problem(403, "not-allowed");

    let staff = listed(&vera).await;
    let expected = [("Olive Owner", "owner@demo.test", "owner"), ("Vera Gold", "vera@demo.test", "staff")];
    assert_eq!(staff, expected.map(|(name, email, role)| (name.to_owned(), email.to_owned(), role.to_owned())));
    let first = owner.get("/api/staff?limit=1").await.is(200);
    let rest = owner.get(&format!("/api/staff?limit=1&cursor={}", first["cursor"].as_str().expect("more"))).await.is(200);
    assert_eq!((&first["items"][0]["role"], &rest["items"][0]["name"]), (&json!("owner"), &json!("Vera Gold")));

    let log = stage.log(&owner, "").await;
    let told = ["Vera Gold invited as staff by Olive Owner", "Staff invitation sent", "Magic link opened", "Staff sign-in success"];
    assert!(told.iter().all(|text| log.contains(&(*text).to_owned())), "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_invite_one_email_at_once_one_does() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    for round in 0..4 {
        let invite = |name: &'static str| {
            let owner = owner.clone();
            async move { owner.post("/api/staff", json!({"name": name, "email": format!("new-{round}@demo.test"), "role": "staff"})).await }
        };
        let mut answers = at_once([invite("Ann"), invite("Bob")]).await;
        answers.sort_by_key(|answer| answer.status);
        let [won, lost] = <[_; 2]>::try_from(answers).expect("two answers");
        won.is(201);
        lost.is_problem(409, "email-taken");
        assert_eq!(stage.sent_to(&format!("new-{round}@demo.test")).await.len(), 1, "only who was kept is written to");
    }
    // A colleague's address cannot be moved to either; a contact may have the same one.
    let ann = stage.colleague(&owner, "ann", "viewer").await;
    owner.patch(&format!("/api/staff/{ann}"), json!({"email": "owner@demo.test"})).await.is_problem(409, "email-taken");
    owner.post("/api/contacts", json!({"name": "Ann", "email": "ann@demo.test"})).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_removed_is_out_with_the_next_request() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let (ann, bob) = (stage.colleague(&owner, "ann", "admin").await, stage.colleague(&owner, "bob", "staff").await);
    let link = stage.link_for("ann@demo.test").await;
    let signed_in = stage.staff("ann@demo.test").await;
    let waiting = stage.browser();
    let asked = waiting.post("/api/firms/demo/staff/challenges", json!({"email": "ann@demo.test"})).await.is(202);
    let code = stage.code_for("ann@demo.test").await;
    signed_in.get("/api/contacts").await.is(200);

    owner.delete(&removal(&ann, &ann)).await.names("successor");
    owner.delete(&format!("/api/staff/{ann}")).await.names("successor");
    owner.delete(&removal(&ann, &bob)).await.is(204);
    for path in ["/api/session", "/api/contacts", "/api/staff", "/api/access-log"] {
        signed_in.get(path).await.is_problem(401, "session-needed");
    }
    signed_in.post("/api/staff", json!({"name": "Eve", "email": "eve@demo.test", "role": "admin"})).await.is_problem(401, "session-needed");
    waiting.answer(&asked, &code).await.is_problem(401, "code-rejected");
    waiting.open(&link).await.is_problem(410, "link-gone");
    owner.delete(&removal(&ann, &bob)).await.is_problem(404, "not-found");
    // Asking for another code is answered as ever, and nothing comes.
    let before = stage.sent_to("ann@demo.test").await.len();
    signed_in.post("/api/firms/demo/staff/challenges", json!({"email": "ann@demo.test"})).await.is(202);
    assert_eq!(stage.sent_to("ann@demo.test").await.len(), before);
    let log = stage.log(&owner, "").await;
    assert!(log.contains(&"Staff member ann removed by Olive Owner: bob takes over".to_owned()), "{log:?}");

    // Who took over is remembered, for whatever is assigned by then or later.
    let rows = stage.postern.aws.tables.items().await.expect("the tables can be read");
    let former = rows["DirectoryTable"].iter().find(|row| row["sk"]["S"] == format!("FORMERSTAFF#{ann}")).expect("it is remembered");
    assert_eq!((&former["successor"]["S"], &former["name"]["S"]), (&json!(bob), &json!("ann")));

    // The email is free, and whoever has it now begins anew: with neither the sessions nor the browsers of before.
    stage.colleague(&owner, "ann", "viewer").await;
    signed_in.get("/api/session").await.is_problem(401, "session-needed");
    let again = stage.staff("ann@demo.test").await;
    assert_eq!(again.get("/api/session").await.is(200)["role"], "viewer");
    assert_eq!(again.get("/api/devices").await.is(200)["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_role_or_email_signs_out_and_another_name_does_not() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let ann = format!("/api/staff/{}", stage.colleague(&owner, "ann", "admin").await);
    let signed_in = stage.staff("ann@demo.test").await;
    signed_in.post("/api/contacts", json!({"name": "Lee"})).await.is(201);
    owner.patch(&ann, json!({"name": "Ann Reed", "role": "admin"})).await.is(200);
    assert_eq!(signed_in.get("/api/session").await.is(200)["staff"]["name"], "Ann Reed");

    // What she may no longer do she cannot finish, even with a code that she asked for before.
    let asked = signed_in.post("/api/firms/demo/staff/challenges", json!({"email": "ann@demo.test"})).await.is(202);
    let code = stage.code_for("ann@demo.test").await;
    owner.patch(&ann, json!({"role": "viewer"})).await.is(200);
    signed_in.post("/api/contacts", json!({"name": "Kim"})).await.is_problem(401, "session-needed");
    signed_in.answer(&asked, &code).await.is_problem(401, "code-rejected");
    let viewing = stage.staff("ann@demo.test").await;
    viewing.get("/api/staff").await.is(200);
    viewing.post("/api/contacts", json!({"name": "Kim"})).await.is_problem(403, "not-allowed");

    // Another address: the old one is told, and nothing of it is good any more.
    let told = stage.sent_to("ann@demo.test").await.len();
    owner.patch(&ann, json!({"email": "reed@demo.test", "role": "staff"})).await.is(200);
    viewing.get("/api/session").await.is_problem(401, "session-needed");
    let mails = stage.sent_to("ann@demo.test").await;
    let mail = mails.last().expect("a mail")["text"].as_str().expect("a text").to_owned();
    assert!(mails.len() == told + 1 && mail.contains("was changed") && !mail.contains("reed@demo.test"), "{mail}");
    assert_eq!(stage.staff("reed@demo.test").await.get("/api/session").await.is(200)["role"], "staff");
    stage.colleague(&owner, "ann", "viewer").await;
    let log = stage.log(&owner, "").await;
    for text in [
        "Staff member Ann Reed updated by Olive Owner: name",
        "Staff member Ann Reed updated by Olive Owner: email",
        "Role of Ann Reed changed by Olive Owner: admin to viewer",
        "Role of Ann Reed changed by Olive Owner: viewer to staff",
        "Change of contact details told to the old address",
    ] {
        assert!(log.contains(&text.to_owned()), "{text}: {log:?}");
    }
    // What changes nothing is not written down.
    owner.patch(&ann, json!({"role": "staff"})).await.is(200);
    assert_eq!(stage.log(&owner, "").await.len(), log.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn admins_administer_staff_below_owner_and_owners_own_owners() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let (olive, ann) = (own_id(&owner).await, stage.colleague(&owner, "ann", "admin").await);
    let second = stage.colleague(&owner, "otto", "owner").await;
    let admin = stage.staff("ann@demo.test").await;
    // Making, changing and removing an owner, of whom there are two.
    for (status, by) in [(403, &admin), (201, &owner)] {
        by.post("/api/staff", json!({"name": "New", "email": "new@demo.test", "role": "owner"})).await.is(status);
    }
    for (status, by) in [(403, &admin), (200, &owner)] {
        by.patch(&format!("/api/staff/{second}"), json!({"name": "Otto O."})).await.is(status);
        by.patch(&format!("/api/staff/{second}"), json!({"role": "owner"})).await.is(status);
        by.patch(&format!("/api/staff/{second}"), json!({"role": "staff"})).await.is(status);
        by.patch(&format!("/api/staff/{second}"), json!({"role": "owner"})).await.is(status);
    }
    admin.patch(&format!("/api/staff/{ann}"), json!({"role": "owner"})).await.is_problem(403, "not-allowed");
    admin.delete(&removal(&olive, &second)).await.is_problem(403, "not-allowed");
    owner.delete(&removal(&second, &ann)).await.is(204);
    // All below are an admin's: each role is given, changed and removed.
    for role in [Role::Admin, Role::Staff, Role::Viewer] {
        let one = stage.colleague(&admin, role.name(), role.name()).await;
        admin.patch(&format!("/api/staff/{one}"), json!({"name": "Other", "role": "staff"})).await.is(200);
        admin.delete(&removal(&one, &ann)).await.is(204);
    }
    // A day is long, and roles are not for whoever finds the browser open.
    stage.settle().await;
    stage.advance(10 * 60).await;
    for answer in [
        owner.post("/api/staff", json!({"name": "Late", "email": "late@demo.test", "role": "viewer"})).await,
        owner.patch(&format!("/api/staff/{ann}"), json!({"role": "viewer"})).await,
        owner.delete(&removal(&ann, &olive)).await,
    ] {
        answer.is_problem(403, "step-up-needed");
    }
    owner.get("/api/staff").await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_owner_neither_leaves_nor_steps_down() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let (olive, ann) = (own_id(&owner).await, stage.colleague(&owner, "ann", "admin").await);
    let own = format!("/api/staff/{olive}");
    owner.patch(&own, json!({"role": "admin"})).await.is_problem(409, "last-owner");
    owner.delete(&removal(&olive, &ann)).await.is_problem(409, "last-owner");
    owner.patch(&own, json!({"name": "Olive O.", "role": "owner"})).await.is(200);
    owner.patch(&format!("/api/staff/{ann}"), json!({"role": "owner"})).await.is(200);
    // Now she may leave, which is the last that she does here.
    owner.delete(&removal(&olive, &ann)).await.is(204);
    owner.get("/api/session").await.is_problem(401, "session-needed");
    let ann = stage.staff("ann@demo.test").await;
    assert_eq!(listed(&ann).await, [("ann".to_owned(), "ann@demo.test".to_owned(), "owner".to_owned())]);
}

/// The owners who are left once those of `acts` were done at once by three owners, each in their own browser.
async fn owners_left(acts: fn(usize, &[String; 3]) -> (http::Method, String, Value)) -> usize {
    let stage = Stage::new().await;
    let first = stage.owner().await;
    let ids = [own_id(&first).await, stage.colleague(&first, "ann", "owner").await, stage.colleague(&first, "bob", "owner").await];
    let spare = stage.colleague(&first, "carl", "viewer").await;
    let browsers = [first, stage.staff("ann@demo.test").await, stage.staff("bob@demo.test").await];
    let act = |(number, browser): (usize, Browser)| {
        let (method, path, body) = acts(number, &ids);
        let path = path.replace("{spare}", &spare);
        async move { browser.send(method, &path, body.to_string(), &[("content-type", "application/json")]).await.status }
    };
    let answers = at_once(browsers.into_iter().enumerate().map(act)).await;
    assert!(answers.iter().all(|status| [200, 204, 401, 409, 404].contains(status)), "{answers:?}");
    let rows = stage.postern.aws.tables.items().await.expect("the tables can be read");
    let is_owner = |row: &&Value| row["sk"]["S"].as_str().is_some_and(|sk| sk.starts_with("STAFF#")) && row["role"]["S"] == "owner";
    rows["DirectoryTable"].iter().filter(is_owner).filter(|row| row["pk"]["S"] == "FIRM#demo").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_who_go_all_at_once_leave_one_behind() {
    for _ in 0..3 {
        // Each removes the next.
        let left = owners_left(|number, ids| {
            (http::Method::DELETE, format!("/api/staff/{}?successor={{spare}}", ids[(number + 1) % 3]), Value::Null)
        });
        assert!((1..3).contains(&left.await));
        // Each leaves.
        let left =
            owners_left(|number, ids| (http::Method::DELETE, format!("/api/staff/{}?successor={{spare}}", ids[number]), Value::Null));
        assert_eq!(left.await, 1);
        // Each steps down.
        let left = owners_left(|number, ids| (http::Method::PATCH, format!("/api/staff/{}", ids[number]), json!({"role": "staff"})));
        assert_eq!(left.await, 1);
        // Each makes the one before a viewer.
        let left =
            owners_left(|number, ids| (http::Method::PATCH, format!("/api/staff/{}", ids[(number + 2) % 3]), json!({"role": "viewer"})));
        assert!((1..3).contains(&left.await));
    }
}
