//! The access log as staff read it.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::stage::{Browser, Jane, Stage};

const LOG: &str = "/api/access-log";
const NONE: [Value; 0] = [];

fn items(page: &Value) -> Vec<Value> {
    page["items"].as_array().expect("a list").clone()
}

fn at(record: &Value) -> Timestamp {
    record["at"].as_str().expect("a time").parse().expect("RFC 3339")
}

/// All that fits `query`, page by page.
async fn paged(owner: &Browser, query: &str, limit: usize) -> Vec<Value> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    for _ in 0..200 {
        let page = owner.get(&format!("{LOG}?limit={limit}{query}{cursor}")).await.is(200);
        assert!(items(&page).len() <= limit);
        found.extend(items(&page));
        let Some(next) = page["cursor"].as_str() else { return found };
        cursor = format!("&cursor={next}");
    }
    panic!("the pages do not end");
}

/// Some attempts of Jane's and of someone unknown.
async fn busy_day(stage: &Stage) -> Jane {
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    for minute in 0..9 {
        let gate = if minute % 3 == 0 { Jane::GATE } else { "0000" };
        stage.browser().ask(Jane::EMAIL, gate).await.is(202);
        stage.browser().ask(" Stranger@Client.test", gate).await.is(202);
        stage.advance(60).await;
    }
    stage.settle().await;
    jane
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_tells_who_when_from_where_and_what_became_of_it() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let browser = stage.browser();
    let typed = " Jane.Doe@Client.TEST\u{a0}";
    let answer = browser.ask(typed, Jane::GATE).await;
    let newest =
        items(&owner.get(LOG).await.is(200)).into_iter().find(|record| record["outcome"] != "code-sent-sms").expect("it is there at once");
    let mut members: Vec<_> = newest.as_object().expect("an object").keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(
        members,
        [
            "at",
            "attempt",
            "channel",
            "client",
            "contact",
            "contact_name",
            "delivery",
            "email",
            "gate",
            "ip",
            "locks_until",
            "message",
            "message_id",
            "outcome",
            "record",
            "request_id",
            "staff",
            "user_agent",
            "values"
        ]
    );
    assert_eq!((&newest["outcome"], &newest["message"]), (&json!("code-requested"), &json!("Security code requested")));
    assert_eq!((&newest["contact"], &newest["email"]), (&json!(jane.id()), &json!(typed)), "the email as it was typed");
    assert_eq!(newest["contact_name"], "Jane Doe");
    assert_eq!((&newest["user_agent"], &newest["channel"], &newest["delivery"]), (&json!("Storybook/1.0"), &json!("sms"), &Value::Null));
    assert!(newest["ip"].as_str().is_some_and(|ip| ip.starts_with("198.")), "{newest}");
    assert_eq!(newest["request_id"], answer.headers["postern-request-id"].to_str().expect("text"));

    stage.settle().await;
    let sent = items(&owner.get(&format!("{LOG}?outcome=code-sent-sms")).await.is(200));
    assert_eq!((&sent[0]["delivery"], &sent[0]["channel"], &sent[0]["contact"]), (&json!("accepted"), &json!("sms"), &json!(jane.id())));
    assert_eq!(sent[0]["request_id"], newest["request_id"], "what caused it");
    browser.ask_by_email(Jane::EMAIL, Jane::GATE).await.is(202);
    stage.settle().await;
    let sent = items(&owner.get(&format!("{LOG}?outcome=code-sent-email&contact={}", jane.id())).await.is(200));
    assert_eq!((&sent[0]["delivery"], &sent[0]["channel"]), (&json!("accepted"), &json!("email")));
}

#[tokio::test(flavor = "multi_thread")]
async fn records_come_newest_first_and_at_once() {
    let stage = Stage::new().await;
    busy_day(&stage).await;
    let owner = stage.owner().await;
    let all = items(&owner.get(&format!("{LOG}?limit=100")).await.is(200));
    assert!(all.windows(2).all(|pair| at(&pair[0]) >= at(&pair[1])));
    assert!(all.iter().all(|record| record["at"].as_str().is_some_and(|at| at.ends_with('Z'))));
    for guess in 0..5 {
        let email = format!("guess{guess}@client.test");
        stage.browser().ask(&email, "0000").await.is(202);
        let newest = items(&owner.get(&format!("{LOG}?limit=1")).await.is(200))[0].clone();
        assert_eq!((&newest["email"], &newest["contact"]), (&json!(email), &Value::Null));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_found_by_contact_email_outcome_and_time() {
    let stage = Stage::new().await;
    let jane = busy_day(&stage).await;
    let owner = stage.owner().await;
    let all = paged(&owner, "", 100).await;
    let expect = |keep: &dyn Fn(&Value) -> bool| all.iter().filter(|record| keep(record)).cloned().collect::<Vec<_>>();
    let (early, late) = (at(&all[all.len() / 3 * 2]), at(&all[all.len() / 3]));
    assert!(early < late);
    let by_outcome = |name: &'static str| move |record: &Value| record["outcome"] == name;
    let janes = expect(&|record| record["contact"] == jane.id());
    assert!(janes.len() > 12, "{janes:?}");
    assert_eq!(paged(&owner, &format!("&contact={}", jane.id()), 100).await, janes);
    let strangers = expect(&|record| record["email"].as_str().is_some_and(|email| email.contains("Stranger")));
    assert_eq!(strangers.len(), 9);
    assert_eq!(paged(&owner, "&email=STRANGER@client.test", 100).await, strangers);
    assert_eq!(paged(&owner, "&outcome=ssn-mismatch", 100).await, expect(&by_outcome("ssn-mismatch")));
    assert_eq!(paged(&owner, &format!("&from={early}"), 100).await, expect(&|record| at(record) >= early));
    assert_eq!(paged(&owner, &format!("&to={late}"), 100).await, expect(&|record| at(record) < late));
    let between = expect(&|record| at(record) >= early && at(record) < late && record["contact"] == jane.id());
    assert_eq!(paged(&owner, &format!("&contact={}&from={early}&to={late}", jane.id()), 100).await, between);
    let both = expect(&|record| record["contact"] == jane.id() && record["outcome"] == "code-requested");
    assert_eq!(paged(&owner, &format!("&contact={}&outcome=code-requested", jane.id()), 100).await, both);
    assert_eq!(paged(&owner, "&outcome=pin-mismatch", 100).await, NONE);
    assert_eq!(paged(&owner, &format!("&from={late}&to={early}"), 100).await, NONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_found_by_name_and_by_part_of_an_email() {
    let stage = Stage::new().await;
    let jane = busy_day(&stage).await;
    let owner = stage.owner().await;
    let all = paged(&owner, "", 100).await;
    let expect = |keep: &dyn Fn(&Value) -> bool| all.iter().filter(|record| keep(record)).cloned().collect::<Vec<_>>();
    let is_janes = |record: &Value| record["contact"] == jane.id();
    for limit in [3, 100] {
        assert_eq!(paged(&owner, "&q=doe%20JANE", limit).await, expect(&is_janes));
        assert_eq!(paged(&owner, "&q=jane.doe@cl", limit).await, expect(&|record| record["email"] == Jane::EMAIL));
    }
    let strangers = expect(&|record| record["email"].as_str().is_some_and(|email| email.contains("Stranger")));
    assert_eq!(paged(&owner, "&q=strang", 4).await, strangers);
    assert_eq!(paged(&owner, "&q=nobody", 100).await, NONE);
    let acts = expect(&|record| record["values"].to_string().contains("Olive Owner"));
    assert!(acts.iter().any(|record| record["outcome"] == "contact-created"), "{acts:?}");
    assert_eq!(paged(&owner, "&q=olive", 4).await, acts);
    let mismatches = expect(&|record| is_janes(record) && record["outcome"] == "ssn-mismatch");
    assert_eq!(paged(&owner, "&q=jane&outcome=ssn-mismatch", 2).await, mismatches);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_records_of_one_attempt_say_so_and_none_of_another() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    stage.browser().ask(Jane::EMAIL, "0000").await.is(202);
    stage.settle().await;
    stage.advance(60).await;
    let browser = stage.browser();
    let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    stage.advance(31).await;
    browser.ask_again(&asked, json!({"channel": "email"})).await.is(202);
    stage.settle().await;
    browser.answer(&asked, if code == "000000" { "000001" } else { "000000" }).await.is_problem(401, "code-rejected");
    browser.answer(&asked, &code).await.is(201);
    let all = paged(&owner, &format!("&contact={}", jane.id()), 100).await;
    let of = |record: &Value| {
        let own = all.iter().rev().filter(|other| other["attempt"] == record["attempt"]);
        own.map(|record| record["outcome"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    let first = |outcome: &str| all.iter().find(|record| record["outcome"] == outcome).unwrap_or_else(|| panic!("{outcome}"));
    assert_eq!(of(first("ssn-mismatch")), ["ssn-mismatch", "honest-mail-sent"]);
    let whole = ["code-requested", "code-sent-sms", "code-requested-again", "code-sent-email", "code-mismatch", "signed-in"];
    assert_eq!(of(first("signed-in")), whole);
    assert_eq!(of(first("contact-created")), ["contact-created"]);
    assert!(first("contact-created")["staff"].is_string(), "who of the firm did it");
    assert_eq!(first("contact-created")["values"], json!({"staff": "Olive Owner"}));
    // What opens stands nowhere in it.
    let challenge = asked["challenge"].as_str().expect("an id");
    assert!(all.iter().all(|record| !record.to_string().contains(challenge)));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_lose_nothing_and_repeat_nothing() {
    let stage = Stage::new().await;
    let jane = busy_day(&stage).await;
    let owner = stage.owner().await;
    for query in [
        String::new(),
        format!("&contact={}", jane.id()),
        "&outcome=ssn-mismatch".to_owned(),
        format!("&email={}", Jane::EMAIL),
        format!("&contact={}&outcome=code-requested", jane.id()),
    ] {
        let whole = paged(&owner, &query, 100).await;
        assert!(!whole.is_empty());
        for limit in [1, 2, 7, whole.len()] {
            assert_eq!(paged(&owner, &query, limit).await, whole, "{query} by {limit}");
        }
    }
    // What is written meanwhile comes before the first page and moves nothing.
    let first = owner.get(&format!("{LOG}?limit=5")).await.is(200);
    let second = format!("{LOG}?limit=5&cursor={}", first["cursor"].as_str().expect("there is more"));
    let before = owner.get(&second).await.is(200);
    stage.browser().ask("late@client.test", "0000").await.is(202);
    assert_eq!(owner.get(&second).await.is(200), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_cannot_be_understood_is_refused_by_name() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    for (query, field) in [
        ("cursor=x", "cursor"),
        ("cursor=FIRM%23demo", "cursor"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("limit=-1", "limit"),
        ("outcome=nothing", "outcome"),
        ("outcome=Security%20code%20requested", "outcome"),
        ("contact=jane", "contact"),
        ("email=jane", "email"),
        ("from=yesterday", "from"),
        ("to=2026-03-02", "to"),
        ("page=2", "page"),
        ("limit=5&limit=6", "limit"),
    ] {
        let answer = owner.get(&format!("{LOG}?{query}")).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.text);
        answer.names(field);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_from_outside_of_what_is_asked_for_is_no_fault() {
    let stage = Stage::new().await;
    let jane = busy_day(&stage).await;
    let owner = stage.owner().await;
    let all = paged(&owner, "", 100).await;
    let (newest, oldest) = (&all[0], all.last().expect("records"));
    let text = |record: &Value, member: &str| record[member].as_str().expect("a text").to_owned();
    let middle = at(&all[all.len() / 2]);
    for query in [String::new(), format!("&from={middle}"), format!("&to={middle}"), format!("&contact={}&from={middle}", jane.id())] {
        let whole = paged(&owner, &query, 100).await;
        let page = async |cursor: &str| items(&owner.get(&format!("{LOG}?limit=100&cursor={cursor}{query}")).await.is(200));
        assert_eq!(page("ffffffffffffffffffffffffffffffff").await, whole, "{query}");
        assert_eq!(page("00000000000000000000000000000000").await, NONE, "{query}");
        assert_eq!(page(&text(oldest, "record")).await, NONE, "{query}");
        let after_newest: Vec<_> = whole.into_iter().filter(|record| record["record"] != newest["record"]).collect();
        assert_eq!(page(&text(newest, "record")).await, after_newest, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_marks_equal_mistakes_is_sealed_and_never_shown() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    for gate in ["0000", "00-00", "0000"] {
        stage.browser().ask(Jane::EMAIL, gate).await.is(202);
    }
    let tables = stage.lab.get("/_local/tables").await.is(200);
    let rows = tables["AccessLogTable"].as_array().expect("items");
    let wrong: Vec<_> = rows.iter().filter(|row| row["outcome"]["S"] == "ssn-mismatch").collect();
    assert_eq!(wrong.len(), 3);
    for row in wrong {
        let members: Vec<_> =
            row["sealed"]["L"][0]["M"]["members"]["L"].as_array().expect("members").iter().map(|name| &name["S"]).collect();
        assert_eq!(members, ["email", "gate_mark", "ip", "user_agent"]);
        assert!(row.get("gate_mark").is_none(), "{row}");
    }
    let shown = owner.get(&format!("{LOG}?limit=100")).await;
    assert!(!shown.text.contains("gate_mark"), "{}", shown.text);
    let verdict = owner.get(&format!("/api/contacts/{}/diagnosis", jane.id())).await.is(200);
    assert_eq!(verdict["evidence"].as_array().map(Vec::len), Some(3), "they are told apart by those who open them: {verdict}");
}
