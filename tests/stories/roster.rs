//! The list of contacts: in which order, by what it is filtered and counted, and how it follows what becomes of them.

use serde_json::{Value, json};

use crate::stage::{Browser, Jane, Stage};

/// The contacts on every page that `query` leads to.
async fn listed(staff: &Browser, query: &str) -> Vec<Value> {
    let (mut contacts, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = staff.get(&format!("/api/contacts?{query}&cursor={cursor}")).await.is(200);
        contacts.extend(page["items"].as_array().expect("a list").iter().cloned());
        match page["cursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return contacts,
        }
    }
}

async fn names(staff: &Browser, query: &str) -> Vec<String> {
    listed(staff, query).await.iter().map(|contact| contact["name"].as_str().expect("a name").to_owned()).collect()
}

/// The demo firm with eight contacts more, in no order.
async fn office() -> (Stage, Browser) {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    for (number, name) in
        ["Zo\u{eb} Adams", "Bob \u{c1}lvarez", "adams b", "Acme Tools, Inc.", "Ann Baker", "Cher", "Dee Adams Jr.", "Eve Zane"]
            .into_iter()
            .enumerate()
    {
        stage.advance(1).await;
        owner.post("/api/contacts", json!({"name": name, "email": format!("client{number}@x.com")})).await.is(201);
    }
    (stage, owner)
}

const BY_NAME: [&str; 12] = [
    "Acme Tools, Inc.",
    "Dee Adams Jr.",
    "Zo\u{eb} Adams",
    "Bob \u{c1}lvarez",
    "adams b",
    "Ann Baker",
    "Cher",
    "Maria Garcia",
    "Sam and Robin Miller",
    "Lee Park",
    "Jane Smith",
    "Eve Zane",
];

#[tokio::test(flavor = "multi_thread")]
async fn contacts_stand_under_their_family_names_a_to_z_and_every_order_is_paged_to_its_end() {
    let (stage, owner) = office().await;
    assert_eq!(names(&owner, "").await, BY_NAME);
    let added = names(&owner, "sort=-created").await;
    assert_eq!((&*added[0], &*added[7], added.len()), ("Eve Zane", "Zo\u{eb} Adams", 12));
    // Who was invited last, and who came in last, stand first; those who never did stand behind, each once.
    let all = listed(&owner, "").await;
    let id = |name: &str| {
        all.iter().find(|contact| contact["name"] == name).expect("it is there")["contact"].as_str().expect("an id").to_owned()
    };
    for name in ["Jane Smith", "Sam and Robin Miller"] {
        stage.advance(400).await;
        owner.post(&format!("/api/contacts/{}/invitations", id(name)), json!({})).await.is(201);
    }
    stage.settle().await;
    let invited = names(&owner, "sort=-invited").await;
    assert_eq!((&*invited[0], &*invited[1], invited.len()), ("Sam and Robin Miller", "Jane Smith", 12));
    for sort in ["name", "-last-access", "-invited", "-created"] {
        let whole = names(&owner, &format!("sort={sort}&limit=100")).await;
        for limit in [1, 5, 12] {
            assert_eq!(names(&owner, &format!("sort={sort}&limit={limit}")).await, whole, "{sort} {limit}");
            let found: Vec<_> = whole.iter().filter(|name| name.to_lowercase().contains("adams")).cloned().collect();
            assert_eq!(names(&owner, &format!("q=adams&sort={sort}&limit={limit}")).await, found, "{sort} {limit}");
        }
    }
    let page = owner.get("/api/contacts?limit=3").await.is(200);
    assert_eq!((page["items"].as_array().map(Vec::len), &page["looked_at"]), (Some(3), &json!(3)));
    // A page has each contact as it is shown alone, and goes on in its own order alone.
    let alone = owner.get(&format!("/api/contacts/{}", page["items"][0]["contact"].as_str().expect("an id"))).await.is(200);
    assert_eq!(page["items"][0], alone);
    let cursor = page["cursor"].as_str().expect("more");
    owner.get(&format!("/api/contacts?sort=-invited&cursor={cursor}")).await.names("cursor");
    let other = stage.owner_of_another_firm().await;
    assert_eq!(other.get(&format!("/api/contacts?cursor={cursor}")).await.is(200)["items"], json!([]), "a cursor leads into no other firm");
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_choose_under_which_name_someone_stands() {
    let (_stage, owner) = office().await;
    let cher = listed(&owner, "q=cher").await.remove(0);
    let path = format!("/api/contacts/{}", cher["contact"].as_str().expect("an id"));
    let changed = owner.patch(&path, json!({"sort_name": "Aaa"})).await.is(200);
    assert_eq!((&changed["name"], &changed["sort_name"]), (&json!("Cher"), &json!("Aaa")));
    assert_eq!(names(&owner, "limit=1").await[0], "Cher");
    owner.patch(&path, json!({"sort_name": null, "name": "Cher Young"})).await.is(200);
    let last_two = names(&owner, "").await.split_off(10);
    assert_eq!(last_two, ["Cher Young", "Eve Zane"]);
    owner.patch(&path, json!({"sort_name": ""})).await.names("sort_name");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_filtered_and_counted_by_how_contacts_stand_now() {
    let (stage, owner) = office().await;
    let jane = stage.jane(&owner).await;
    let summary = || async { owner.get("/api/contacts/summary").await.is(200) };
    let before = summary().await;
    assert_eq!(before["contacts"], 13);
    assert_eq!(before["locked"], 0);
    for gate in 1000..1005 {
        stage.browser().ask(Jane::EMAIL, &gate.to_string()).await.is(202);
    }
    stage.settle().await;
    assert_eq!(names(&owner, "status=locked").await, ["Jane Doe"]);
    let entry = listed(&owner, "q=jane%20doe").await.remove(0);
    assert_eq!((&entry["portal"]["status"], &entry["portal"]["last_failure"]["outcome"]), (&json!("locked"), &json!("ssn-mismatch")));
    assert_eq!(entry, owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200), "a list says what her page says");
    let locked = summary().await;
    assert_eq!((&locked["locked"], locked["ready"].as_u64()), (&json!(1), before["ready"].as_u64().map(|ready| ready - 1)));
    // The lock ends by itself, and nothing has to be written for it.
    stage.advance(60).await;
    assert_eq!(names(&owner, "status=locked").await, Vec::<String>::new());
    assert_eq!(summary().await, before);

    stage.jane_signed_in().await;
    stage.settle().await;
    let shown = listed(&owner, "sort=-last-access").await.remove(0);
    assert_eq!((&shown["name"], shown["portal"]["last_access_at"].is_string()), (&json!("Jane Doe"), true));
    assert!(!names(&owner, "status=never-in").await.contains(&"Jane Doe".to_owned()));
    for (status, count) in [("ready", "ready"), ("missing", "missing"), ("never-in", "never_in"), ("never-invited", "never_invited")] {
        let found = names(&owner, &format!("status={status}&limit=3")).await;
        assert_eq!(json!(found.len()), summary().await[count], "{status}");
    }
    // What the firm asks for changes how all stand, and no contact is written for it.
    owner.patch("/api/settings", json!({"version": 0, "code_channel": "email_only", "identity_check": "none"})).await.is(200);
    assert!(summary().await["missing"].as_u64() < before["missing"].as_u64(), "neither mobile nor gate is missed any more");
    owner.get("/api/contacts?status=lost").await.names("status");
}

#[tokio::test(flavor = "multi_thread")]
async fn contacts_of_a_client_are_found_by_it() {
    let (_stage, owner) = office().await;
    let bakery = owner.post("/api/contacts", json!({"name": "Ben Bakery"})).await.is(201)["clients"][0]["client"].clone();
    owner.post("/api/contacts", json!({"name": "Al Clerk", "clients": [bakery]})).await.is(201);
    let query = format!("client={}", bakery.as_str().expect("an id"));
    assert_eq!(names(&owner, &query).await, ["Ben Bakery", "Al Clerk"]);
    assert_eq!(names(&owner, &format!("{query}&q=clerk")).await, ["Al Clerk"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_fails_the_roster_follows_and_it_can_be_made_anew() {
    let (stage, owner) = office().await;
    let jane = stage.jane(&owner).await;
    for (operation, mode) in
        [("GetItem", "error"), ("UpdateItem", "timeout_after"), ("UpdateItem", "throttle"), ("UpdateItem", "killed_after")]
    {
        stage.fault(json!({"service": "dynamodb", "operation": operation, "mode": mode, "nth": 1, "function": "keep-roster"})).await;
        stage.browser().ask(Jane::EMAIL, "9999").await.is(202);
        stage.settle().await;
        let entry = listed(&owner, "q=jane%20doe").await.remove(0);
        assert_eq!(entry, owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200), "{operation} {mode}");
        stage.mend().await;
        stage.advance(16 * 60).await;
    }
    // Rows of before there was a roster.
    let rows = stage.lab.get("/_local/tables").await.is(200)["RosterTable"].clone();
    for row in rows.as_array().expect("rows") {
        stage.remove("RosterTable", row).await;
    }
    assert_eq!(names(&owner, "").await, Vec::<String>::new());
    stage.worker(keep_roster::NAME)(json!({"firm": "demo"})).await.expect("it is made");
    assert_eq!(names(&owner, "").await.len(), 13);
    let again = stage.lab.get("/_local/tables").await.is(200)["RosterTable"].clone();
    for (before, after) in rows.as_array().expect("rows").iter().zip(again.as_array().expect("rows")) {
        let but_for_writes = |row: &Value| {
            let mut row = row.clone();
            row.as_object_mut().expect("a row").remove("writes");
            row
        };
        assert_eq!(but_for_writes(before), but_for_writes(after));
    }
}
