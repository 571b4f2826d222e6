//! Erasing someone from the log: their salt is deleted, nobody reads what was sealed with it, and all the rest stands and proves itself.

use serde_json::{Value, json};

use crate::{
    log_export::verdict,
    stage::{Browser, Jane, Paper, Stage},
};

const EXPORT: &str = "/api/access-log/export";
const LOG: &str = "/api/access-log?limit=100";

fn items(page: &Value) -> &[Value] {
    page["items"].as_array().expect("a list")
}

/// Deletes the salt of whoever has `id`, and nothing else.
async fn erase(stage: &Stage, member: &str, id: &str) {
    let tables = stage.postern.aws.tables.items().await.expect("the tables can be read");
    let is_theirs = |row: &&Value| row[member]["S"] == id && row.get("salt").is_some();
    let row = tables["DirectoryTable"].iter().find(is_theirs).expect("their row");
    stage.edit("DirectoryTable", row, json!({"salt": null})).await;
}

/// The owner of a firm in whose log Jane, a stranger and Sam, who works there, left something of themselves; with Jane, Sam's id, and Jane's address.
async fn left(stage: &Stage) -> (Browser, Jane, String, String) {
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let sam = stage.colleague(&owner, "sam", "staff").await;
    let by_sam = stage.staff("sam@demo.test").await;
    let browser = stage.browser();
    // No code goes out, and what is answered to it is Jane's all the same.
    let asked = browser.ask(Jane::EMAIL, "0000").await.is(202);
    browser.answer(&asked, "000000").await.is_problem(401, "code-rejected");
    let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    browser.answer(&asked, &stage.code_for(Jane::MOBILE).await).await.is(201);
    let paper = Paper::pdf("jane-divorce.pdf");
    browser.hand_over(&paper, paper.announcement()).await;
    by_sam.delete(&format!("/api/contacts/{}/lock", jane.id())).await.is(204);
    stage.invited(&by_sam, &jane).await;
    browser.delete("/api/session").await.is(204);
    stage.browser().ask("stranger@client.test", "0000").await.is(202);
    stage.settle().await;
    let signed_in = owner.get(&format!("{LOG}&outcome=signed-in")).await.is(200);
    let address = items(&signed_in)[0]["ip"].as_str().expect("an address").to_owned();
    (owner, jane, sam, address)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_theirs_is_read_nowhere_and_the_chain_stays_whole() {
    let stage = Stage::new().await;
    let (owner, jane, sam, address) = left(&stage).await;
    let of_jane = [Jane::EMAIL, "jane-divorce.pdf", &format!("\"{address}\""), "Document sent by Jane Doe"];
    let of_sam = ["sam@demo.test", "Access unlocked by sam", "sam invited as staff by Olive Owner"];
    let of_others = ["stranger@client.test", "owner@demo.test", "Contact created by Olive Owner"];
    let whole = owner.get(EXPORT).await.text;
    for text in of_jane.iter().chain(&of_sam).chain(&of_others) {
        assert!(whole.contains(text), "{text}");
    }

    erase(&stage, "contact", jane.id()).await;
    stage.settle().await;
    let without_jane = owner.get(EXPORT).await.text;
    let found = verdict(&stage, &without_jane);
    assert!(found.whole == Some(true) && found.complete && found.not_chained_yet == 0, "{found:?}");
    for text in of_jane {
        assert!(!without_jane.contains(text), "{text}");
    }
    for text in of_sam.iter().chain(&of_others) {
        assert!(without_jane.contains(text), "{text}");
    }
    let page = owner.get(&format!("{LOG}&contact={}&outcome=signed-in", jane.id())).await.is(200);
    let [signed_in] = items(&page) else { panic!("{page}") };
    assert_eq!((&signed_in["erased"], &signed_in["ip"]), (&json!(["email", "ip", "user_agent"]), &Value::Null));
    assert_eq!(signed_in["message"], "Client Access Authenticate Success");
    let page = owner.get(&format!("{LOG}&contact={}&outcome=document-ready", jane.id())).await.is(200);
    assert_eq!(items(&page)[0]["message"], "Document sent by [erased]: [erased]");
    for query in [format!("email={}", Jane::EMAIL), format!("contact={}&q=client.test", jane.id())] {
        assert_eq!(items(&owner.get(&format!("{LOG}&{query}")).await.is(200)).len(), 0, "{query}");
    }
    owner.get(&format!("/api/contacts/{}/diagnosis", jane.id())).await.is(200);
    let csv = owner.get(&format!("{EXPORT}?format=csv")).await.text;
    let line = csv.lines().find(|line| line.contains(",signed-in,")).expect("a line");
    assert_eq!(line.matches(",[erased]").count(), 3, "{line}");

    erase(&stage, "staff", &sam).await;
    stage.settle().await;
    let without_both = owner.get(EXPORT).await.text;
    let found = verdict(&stage, &without_both);
    assert!(found.whole == Some(true) && found.complete, "{found:?}");
    for text in of_jane.iter().chain(&of_sam) {
        assert!(!without_both.contains(text), "{text}");
    }
    for text in of_others.iter().chain(&["Access unlocked by [erased]", "[erased] invited as staff by Olive Owner"]) {
        assert!(without_both.contains(text), "{text}");
    }
    // Who did it is still told apart from others.
    let page = owner.get(&format!("{LOG}&outcome=access-unlocked")).await.is(200);
    assert_eq!((&items(&page)[0]["staff"], &items(&page)[0]["contact"]), (&json!(sam), &json!(jane.id())));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_works_there_no_more_is_not_erased() {
    let stage = Stage::new().await;
    let (owner, _, sam, _) = left(&stage).await;
    let all = owner.get("/api/staff").await.is(200);
    let successor = items(&all).iter().find(|one| one["email"] == "owner@demo.test").expect("the owner")["staff"].clone();
    owner.delete(&format!("/api/staff/{sam}?successor={}", successor.as_str().expect("an id"))).await.is(204);
    let log = stage.log(&owner, "").await;
    for text in ["Access unlocked by sam", "Staff member sam removed by Olive Owner: Olive Owner takes over"] {
        assert!(log.iter().any(|told| told == text), "{text} in {log:?}");
    }
}
