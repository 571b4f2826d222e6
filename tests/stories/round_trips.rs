//! What each operation costs, and what it may touch: counted, and held to what is written down.

use std::{collections::BTreeMap, fmt::Write as _, fs, time::Duration};

use postern_aws::SECRETS_SETTLED;
use postern_domain::policy;
use postern_local::{
    TEMPLATE,
    aws::{Account, Call, Roles, summary, template},
    operations, rotate_keys,
};
use postern_store::Group;
use serde_json::json;

use crate::stage::{Fixture, Scene, Stage, root};

/// Each call takes at least so long while it is counted, so that those that begin together are seen to overlap.
const PACE: Duration = Duration::from_millis(60);

/// Where the table stands.
const TABLE: &str = "tests/stories/calls.md";

/// The most calls that one may wait for in turn.
const MOST: usize = 3;

/// Operations that promise to wait for two at most: people meet them first, and most often.
const PROMISED_TWO: [&str; 4] = ["request-code", "verify-code", "create-upload", "show-session"];

/// What a role allows to the service that calls its function, not to the function.
const CALLED_BY_AWS: [&str; 5] =
    ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams", "sqs:SendMessage"];

/// Workers for which nobody waits, and that take what they find in portions of any size.
const BESIDE: [&str; 3] = ["chain-log", "make-export", "keep-roster"];

/// Requests that wait for more, and for how many.
const LONGER: [(&str, usize); 16] = [
    // What arrived is looked at, and its first bytes are read, before it is decided whether it is taken.
    ("complete-upload", 5),
    ("complete-upload, by staff", 5),
    // Which client a contact alone acts for is looked up first; who names the client does not wait for that.
    ("create-upload, unnamed", 3),
    // Records and their places are read in turn, since the last record says up to which place; and then the salts of those whom they tell of.
    ("export-access-log", 6),
    ("export-access-log, csv", 6),
    ("export-access-log, contact", 6),
    // The link names the person, and only the person's address names what is remembered of attempts.
    ("open-link, by code", 4),
    // And each gate is counted before it is compared.
    ("open-link, by gate", 5),
    ("open-link, by gate again", 5),
    ("ask-for-help, by token", 4),
    ("send-fresh-link, by token", 4),
    // What is counted stands by the address, which the person alone names.
    ("renew-session", 4),
    ("renew-session, staff", 4),
    ("unlock-contact", 4),
    ("reopen-code-path", 4),
    ("unlock-staff", 4),
];

/// Whether a sweep of each minute made this call, which may fall beside anything: it alone looks for what is due.
fn is_of_a_sweep(call: &Call) -> bool {
    let looks_in = |index: &str| call.permissions.iter().any(|needed| needed.resource.ends_with(index));
    call.operation == "Query" && (looks_in("/index/by-due") || looks_in("/index/by-end"))
}

/// What each kind of request makes every function do that has a part in it, once keys are known.
async fn accounts() -> BTreeMap<String, Account> {
    let stage = Stage::new().await;
    let good = Fixture::good_requests();
    let mut accounts = BTreeMap::new();
    for fixture in &good {
        fixture.ask(&Scene::new(&stage)).await.send().await;
    }
    stage.settle().await;
    stage.postern.aws.calls.take();
    stage.create_firm("next-firm", "owner@next.test").await.expect("it is made");
    accounts.extend(stage.postern.aws.calls.take_summary().into_iter().filter(|(function, _)| !BESIDE.contains(&function.as_str())));
    for fixture in &good {
        let scene = Scene::new(&stage);
        let ask = fixture.ask(&scene).await;
        stage.settle().await;
        stage.postern.aws.calls.take();
        stage.postern.aws.calls.pace(PACE);
        ask.send().await.is(fixture.status().expect("a request"));
        stage.settle().await;
        stage.postern.aws.calls.pace(Duration::ZERO);
        let calls: Vec<_> = stage.postern.aws.calls.take().into_iter().filter(|call| !is_of_a_sweep(call)).collect();
        for (function, account) in summary(&calls) {
            if BESIDE.contains(&function.as_str()) {
                continue;
            }
            let title = if function == fixture.function { fixture.title() } else { format!("{function}, after {}", fixture.title()) };
            accounts.insert(title, account);
        }
    }
    accounts
}

fn table(accounts: &BTreeMap<String, Account>) -> String {
    let mut table = "# What each operation asks of AWS

Counted by a story for the requests in `events/` that go well, by functions that know their keys (all but `create-firm`, which is
called once). *In turn* is the longest chain of calls of which each waits for the one before; RRU and WRU are DynamoDB's request units.

| operation | calls | in turn | RRU | WRU |
|---|---|---|---|---|
"
    .to_owned();
    for (title, account) in accounts {
        let calls = account.calls.iter().map(|(call, count)| if *count == 1 { call.clone() } else { format!("{call} × {count}") });
        let calls = calls.collect::<Vec<_>>().join(", ");
        writeln!(table, "| {title} | {calls} | {} | {} | {} |", account.sequence, account.rru, account.wru).expect("text grows");
    }
    table
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_costs_what_the_table_says_and_nobody_waits_for_long() {
    let accounts = accounts().await;
    let (path, counted) = (root().join(TABLE), table(&accounts));
    #[expect(clippy::disallowed_methods, reason = "a person who runs the stories says whether the table is to be written anew")]
    if std::env::var("UPDATE_CALLS").is_ok() {
        fs::write(&path, &counted).expect("the table can be written");
    }
    let operations: Vec<_> = operations().into_iter().map(|described| described.operation.name).collect();
    for (title, account) in &accounts {
        let function = title.split(',').next().unwrap_or_default();
        let longer = LONGER.iter().find(|(longer, _)| longer == title).map(|(_, turns)| *turns);
        let most = longer.unwrap_or(if PROMISED_TWO.contains(&function) { 2 } else { MOST });
        let fine = account.sequence <= most || !operations.contains(&function);
        assert!(fine, "{title}: {} calls in turn, more than {most}\n{counted}", account.sequence);
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == counted,
        "{TABLE} says otherwise. If this is meant: UPDATE_CALLS=1 cargo test -p postern-tests --test stories round_trips\n\n{counted}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_function_may_do_what_it_does_and_nothing_more() {
    let stage = Stage::new().await;
    for fixture in Fixture::requests() {
        let ask = fixture.ask(&Scene::new(&stage)).await;
        // After a minute the use of a session is written down.
        stage.advance(61).await;
        let answer = ask.send().await;
        // An address that a function signs opens what the function may read.
        if let Some(address) = answer.json["url"].as_str() {
            stage.browser().get(address).await.is(200);
        }
    }
    // What was never sent, and what lies in the bin, goes for good.
    stage.advance(31 * 24 * 60 * 60).await;
    stage.settle().await;
    // A phone that takes no texts gets its code by mail, and is asked after.
    let opted_out = Scene::new(&stage).with_mobile("+14254147167");
    for _ in 0..2 {
        opted_out.ask().await;
        stage.settle().await;
        stage.advance(10 * 60).await;
    }
    // Whoever has a second factor comes in by two steps, by a code and by a link; and an owner who lost it, by whoever deploys.
    let scene = Scene::new(&stage);
    let code = scene.thing("factor_code").await;
    // That she has one is told by mail, before the link is.
    stage.settle().await;
    let token = scene.thing("token").await;
    scene.sign_in().await.post("/api/session/second-factor", json!({"code": code})).await.is(201);
    stage.browser().post("/api/links/redemption", json!({"token": token, "gate": "4321"})).await.is(201);
    scene.thing("staff_factor_code").await;
    stage.create_firm(&scene.firm, &scene.thing("staff_email").await).await.expect("another link");
    // The roster is made anew.
    stage.worker(keep_roster::NAME)(json!({"firm": "demo"})).await.expect("it is made");
    // What comes back of messages is written down.
    for fixture in Fixture::all().into_iter().filter(|fixture| fixture.function == record_delivery::NAME && fixture.is_good()) {
        let event = fixture.event(&Scene::new(&stage)).await;
        stage.worker(record_delivery::NAME)(event).await.expect("it can be written down");
    }
    // A log that is too large for an answer becomes a file, even if storage does not answer for it.
    stage
        .fault(
            json!({"service": "s3", "operation": "CompleteMultipartUpload", "mode": "timeout_after", "nth": 1, "function": "make-export"}),
        )
        .await;
    stage.fill_log(2_100).await;
    stage.owner().await.get("/api/access-log/export").await.is(202);
    stage.settle().await;
    stage.advance(61).await;
    stage.settle().await;
    // Keys are rotated twice, so that nothing was made with those in between, and these are retired once nobody is counted under them.
    let mut between = Vec::new();
    for group in [Group::SignIn, Group::Gate, Group::Link, Group::Factor, Group::Log, Group::Chain] {
        rotate_keys(&stage.postern.surroundings, group).await.expect("it is rotated");
        between.push((group, rotate_keys(&stage.postern.surroundings, group).await.expect("it is rotated").before));
    }
    stage.advance((policy::ATTEMPTS_MEMORY + SECRETS_SETTLED).as_secs()).await;
    for (group, version) in between {
        stage.worker(retire_keys::NAME)(json!({"group": group, "version": version})).await.expect("nothing names it");
    }
    let used = stage.postern.aws.calls.take_summary().into_iter().map(|(function, account)| (function, account.permissions)).collect();
    // What a role does not allow is refused, in this story and in all others; what is left to find is what nobody needs.
    let roles = Roles::read(&template::to_json(TEMPLATE).expect("the template can be read")).expect("the roles can be read");
    let called = |line: &String| !CALLED_BY_AWS.iter().any(|action| line.contains(action));
    let idle: Vec<_> = roles.idle(&used).into_iter().filter(called).collect();
    assert!(idle.is_empty(), "never needed:\n{}", idle.join("\n"));
}
