//! Keys are rotated while the portal is in use: whoever could get in gets in, nothing that was counted is forgotten, and what was written is read.

use std::collections::BTreeMap;

use postern_aws::{SECRETS_LIFE, SECRETS_SETTLED};
use postern_domain::chain::{Trust, verify};
use postern_local::rotate_keys;
use postern_store::Group;
use serde_json::{Value, json};
use totp_rs::Totp;

use crate::stage::{Jane, Stage};

const GROUPS: [Group; 6] = [Group::SignIn, Group::Gate, Group::Link, Group::Factor, Group::Log, Group::Chain];

/// Rotates the keys of `groups`; answers with the version before of each, by its name.
async fn rotated(stage: &Stage, groups: &[Group]) -> BTreeMap<String, String> {
    let mut former = BTreeMap::new();
    for group in groups {
        let rotated = serde_json::to_value(rotate_keys(&stage.postern.surroundings, *group).await.expect("it is rotated")).expect("JSON");
        let text = |member: &str| rotated[member].as_str().expect("a text").to_owned();
        former.insert(text("group"), text("before"));
    }
    former
}

async fn retired(stage: &Stage, group: &str, version: &str) -> Result<Value, String> {
    stage.worker(retire_keys::NAME)(json!({"group": group, "version": version})).await
}

/// The secrets as the endpoint keeps them.
fn kept(stage: &Stage) -> Value {
    serde_json::from_slice(&std::fs::read(stage.data.path().join("secrets.json")).expect("a file")).expect("JSON")
}

/// The keys under which the gates of a contact stand, and of the row that is found by its mailbox.
async fn keys_of_gates(stage: &Stage, contact: &str) -> Vec<String> {
    let rows = stage.postern.aws.tables.items().await.expect("the tables can be read").remove("DirectoryTable").expect("it is there");
    let theirs = rows.iter().filter(|row| row.to_string().contains(contact));
    let gates = theirs.flat_map(|row| row["gates"]["L"].as_array().cloned().unwrap_or_default());
    gates.map(|gate| gate["M"]["mac"]["M"]["key"]["S"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_rotated_in_use_and_nothing_is_lost() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let path = format!("/api/contacts/{}", jane.id());
    let browser = stage.jane_signed_in().await;
    let app = browser.post("/api/second-factor", json!({})).await.is(201)["otpauth_uri"].as_str().expect("an address").to_owned();
    let app = Totp::from_url(&app).expect("apps read it");
    let shown = |stage: &Stage| app.generate(stage.postern.surroundings.clock.now().as_second().unsigned_abs()).to_string();
    browser.post("/api/second-factor/confirmation", json!({"code": shown(&stage)})).await.is(200);
    let link = stage.invited(&owner, &jane).await;
    // A stranger mistypes; and Jane is in the middle of signing in.
    stage.browser().ask(Jane::EMAIL, "0000").await.is(202);
    let coming = stage.browser();
    let asked = coming.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    let mut failure = owner.get(&path).await.is(200)["portal"]["last_failure"].clone();
    assert!(failure.is_object(), "{failure}");
    stage.settle().await;

    let former = rotated(&stage, &GROUPS).await;
    let gates = keys_of_gates(&stage, jane.id()).await;
    assert_eq!(gates, [former["gate"].clone(), former["gate"].clone()]);
    // The code of before is right, whichever version a function goes by.
    assert_eq!(coming.answer(&asked, &code).await.is(201), json!({"next": "second-factor"}));
    stage.advance(SECRETS_LIFE.as_secs()).await;

    // In each of two lives of the portal: one that saw the rotation, and one that was started after it.
    let mut stage = stage;
    for life in 0..2 {
        let staff = stage.owner().await;
        assert_eq!(staff.get(&path).await.is(200)["portal"]["last_failure"], failure, "what was counted is found");
        let emails: Vec<_> = stage.log(&staff, "&outcome=ssn-mismatch").await;
        assert_eq!(emails.len(), 1, "{emails:?}");
        let found = staff.get(&format!("/api/access-log?email={}", Jane::EMAIL)).await.is(200);
        let found = found["items"].as_array().expect("records").len();
        assert!(found > 4, "records of before are found by email: {found}");
        let browser = stage.browser();
        let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
        let code = stage.code_for(Jane::MOBILE).await;
        assert_eq!(browser.answer(&asked, &code).await.is(201), json!({"next": "second-factor"}), "life {life}");
        browser.post("/api/session/second-factor", json!({"code": shown(&stage)})).await.is(201);
        if life == 0 {
            stage.browser().open_with(&link, "9999").await.is_problem(403, "gate-rejected");
            stage.browser().open_with(&link, Jane::GATE).await.is(201);
            failure = staff.get(&path).await.is(200)["portal"]["last_failure"].clone();
            stage.settle().await;
            stage = stage.restarted().await;
        }
        stage.advance(60).await;
    }
    stage.settle().await;
    let staff = stage.owner().await;
    stage.settle().await;
    let trust = Trust { digests: vec![stage.newest_digest()], ..Trust::default() };
    let export = staff.get("/api/access-log/export?format=json").await.text;
    let verdict = verify(|| export.lines().map(|line| line.as_bytes().to_vec()), &trust);
    assert!(verdict.whole == Some(true) && verdict.keys.len() == 2, "the newest digest vouches for all before it: {verdict:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_retired_once_nothing_names_it() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    stage.settle().await;
    let former = rotated(&stage, &GROUPS).await;
    let current = rotated(&stage, &[Group::Gate]).await["gate"].clone();
    let early = retired(&stage, "gate", &former["gate"]).await.expect_err("a function may use it yet");
    assert!(early.starts_with("RetireError: The secret was changed a moment ago"), "{early}");
    stage.advance(SECRETS_SETTLED.as_secs() + 1).await;

    let unknown = retired(&stage, "gate", &former["log"]).await.expect_err("it is of another group");
    assert!(unknown.contains("no version of this name"), "{unknown}");
    let counted = retired(&stage, "sign-in", &former["sign-in"]).await.expect_err("attempts are counted under it");
    assert!(counted.contains("are remembered until"), "{counted}");
    let read = retired(&stage, "log", &former["log"]).await.expect_err("records name it");
    assert!(read.contains("of AccessLogTable"), "{read}");
    // Jane, and three of the demo firm, each with the row that is found by the mailbox.
    let named = retired(&stage, "gate", &former["gate"]).await.expect_err("gates name it");
    assert!(named.ends_with("of DirectoryTable."), "{named}");
    retired(&stage, "gate", &current).await.expect("nothing was made with it");
    retired(&stage, "link", &former["link"]).await.expect("links are checked without it");
    let again = retired(&stage, "link", &former["link"]).await.expect_err("it is gone");
    assert!(again.contains("no version of this name"), "{again}");

    // A gate is kept under the newest key from its first right use on.
    stage.jane_signed_in().await;
    let newest = rotated(&stage, &[]).await;
    assert!(newest.is_empty());
    let keys = keys_of_gates(&stage, jane.id()).await;
    assert!(keys.len() == 2 && keys[0] == keys[1] && keys[0] != former["gate"] && keys[0] != current, "{keys:?}");
    let in_use = retired(&stage, "gate", &keys[0]).await.expect_err("it is in use");
    assert!(in_use.contains("with which new things are made"), "{in_use}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_that_stops_anywhere_is_ended_by_the_next_try() {
    let stage = Stage::new().await;
    for (operation, nth) in [
        ("DescribeSecret", 0),
        ("GetSecretValue", 0),
        ("PutSecretValue", 0),
        ("UpdateSecretVersionStage", 0),
        ("UpdateSecretVersionStage", 1),
    ] {
        for mode in ["error", "timeout_before", "timeout_after"] {
            let before = kept(&stage)["GateSecret"]["versions"].as_object().expect("versions").len();
            stage
                .fault(json!({"service": "secretsmanager", "operation": operation, "mode": mode, "nth": nth, "function": "rotate-keys"}))
                .await;
            // One call that fails is made again by the SDK; and of a move whose answers are lost, what stands tells that it was made.
            let tried = rotate_keys(&stage.postern.surroundings, Group::Gate).await;
            let is_moved = operation == "UpdateSecretVersionStage" && mode == "timeout_after";
            assert_eq!(tried.is_ok(), nth > 0 || is_moved, "{operation} {mode}: {tried:?}");
            stage.mend().await;
            let ended = rotate_keys(&stage.postern.surroundings, Group::Gate).await.expect("it is ended");
            let versions = kept(&stage)["GateSecret"]["versions"].as_object().expect("versions").clone();
            assert_eq!(versions.len(), before + 1 + usize::from(tried.is_ok()), "{operation} {mode}: none is made that is not used");
            let holders = |stage: &str| versions.iter().filter(|(_, version)| version["stages"].to_string().contains(stage)).count();
            assert_eq!(holders("AWSCURRENT"), 1);
            assert!(versions[&ended.current.0]["stages"].to_string().contains("AWSCURRENT"));
            let needed = versions.values().map(|version| version["stages"].to_string()).filter(|stages| stages.contains("AWS"));
            assert!(needed.into_iter().all(|stages| stages.contains("kept-")), "{versions:?}");
            // There is room for twenty stages.
            stage.advance(SECRETS_SETTLED.as_secs() + 1).await;
            for id in ended.kept {
                stage.settle().await;
                let _ = retired(&stage, "gate", &id.0).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_takes_no_more_versions_than_stages_can_keep() {
    let stage = Stage::new().await;
    let mut rotations = 0;
    let refused = loop {
        match rotate_keys(&stage.postern.surroundings, Group::Link).await {
            Ok(_) => rotations += 1,
            Err(refused) => break refused,
        }
    };
    assert!(rotations > 14, "{rotations}");
    assert!(refused.contains("LimitExceeded") || refused.contains("too many staging labels"), "{refused}");
    assert!(refused.contains("retire versions"), "{refused}");
}
